//! How throughput changes with the number of members: the same load on a small and on a large company.

use std::cell::Cell;

use super::purchases;
use crate::load::Pace;
use crate::report::Goal;
use crate::{Bench, Stage, people, say};

/// Members of the small company.
const FEW: u64 = 10_000;

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let Some(place) = bench.stages.iter().position(|stage| stage.engine == "postgres") else {
        return Ok(());
    };
    let many = bench.arguments.members;
    people::write(&bench.lazo.folder, FEW, 1)?;
    let database = bench.cluster.database("few")?;
    bench.lazo.run(&database, &["apply", "--yes", "program.toml"])?;
    bench
        .lazo
        .run(&database, &["import", "members", "members.csv", "--mapping", "members.toml"])?;
    bench
        .lazo
        .run(&database, &["import", "purchases", "purchases.csv", "--mapping", "purchases.toml"])?;
    bench.cluster.sql("few", "vacuum analyze")?;
    let server = bench.lazo.serve(&database)?;
    let few = Stage { engine: "postgres", database, server, number: Cell::new(0) };
    let mut ratios = Vec::new();
    for _ in 0..bench.arguments.rounds {
        bench.arguments.members = FEW;
        let small = bench.load(
            &few,
            Pace::Closed,
            bench.arguments.connections,
            &purchases::maker(bench, &few),
        );
        bench.arguments.members = many;
        let (small, stage) = (small?, &bench.stages[place]);
        let large = bench.load(
            stage,
            Pace::Closed,
            bench.arguments.connections,
            &purchases::maker(bench, stage),
        )?;
        small.check("purchases of few")?;
        large.check("purchases of many")?;
        say(&format!("  {FEW} members: {:.0} a second; {many}: {:.0}", small.rate(), large.rate()));
        ratios.push(large.rate() / small.rate());
    }
    bench.row(
        &format!("throughput at {many} members ÷ at {FEW}, postgres"),
        ratios,
        Goal::AtLeast(0.6, 0.8),
    );
    Ok(())
}
