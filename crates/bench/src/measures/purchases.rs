//! Purchases over HTTP: throughput and CPU beside pgbench, and how long a till waits at half that load.

use std::rc::Rc;

use crate::load::{Maker, Pace};
use crate::report::{Goal, median};
use crate::{Bench, Stage, people, say};

/// Connections of the steady load; more than ever wait, so that none holds a request back.
const OPEN_CONNECTIONS: usize = 256;

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let stages = bench.stages.len();
    let (mut rates, mut costs) = (vec![Vec::new(); stages], vec![Vec::new(); stages]);
    let mut yardsticks = Vec::new();
    for _ in 0..bench.arguments.rounds {
        yardsticks.push(bench.yardstick()?);
        for (place, stage) in bench.stages.iter().enumerate() {
            let seen = bench.load(
                stage,
                Pace::Closed,
                bench.arguments.connections,
                &maker(bench, stage),
            )?;
            seen.check("purchases")?;
            let (rate, cost) = (seen.rate(), seen.cpu_us());
            say(&format!(
                "  {}: {rate:.0} purchases a second, {cost:.0} µs of CPU each, p50 {:.1} ms, p99 {:.1} ms",
                stage.engine,
                seen.wait_ms(0.5),
                seen.wait_ms(0.99)
            ));
            rates[place].push(rate);
            costs[place].push(cost);
        }
    }
    let yard_rate = median(&yardsticks.iter().map(|y| y.rate).collect::<Vec<_>>());
    let yard_cost = median(&yardsticks.iter().map(|y| y.cpu_us).collect::<Vec<_>>());
    let mut waits = vec![Vec::new(); stages];
    for _ in 0..bench.arguments.rounds {
        for (place, stage) in bench.stages.iter().enumerate() {
            let half = median(&rates[place]) / 2.0;
            let seen =
                bench.load(stage, Pace::Open(half), OPEN_CONNECTIONS, &maker(bench, stage))?;
            seen.check("purchases at a steady pace")?;
            say(&format!(
                "  {} at {half:.0} a second: p50 {:.1}, p99 {:.1}, p99.9 {:.1} ms",
                stage.engine,
                seen.wait_ms(0.5),
                seen.wait_ms(0.99),
                seen.wait_ms(0.999)
            ));
            waits[place].push(seen.wait_ms(0.99));
        }
    }
    for (place, waits) in waits.into_iter().enumerate() {
        let engine = bench.stages[place].engine;
        let on_postgres = engine == "postgres";
        let ratios = rates[place].iter().map(|rate| rate / yard_rate).collect();
        let goal = if on_postgres { Goal::AtLeast(3.0, 5.0) } else { Goal::AtLeast(1.5, 2.5) };
        bench.row(&format!("purchases ÷ pgbench transactions per second, {engine}"), ratios, goal);
        let ratios = costs[place].iter().map(|cost| yard_cost / cost).collect();
        let goal = if on_postgres { Goal::AtLeast(5.0, 6.0) } else { Goal::Told };
        bench.row(&format!("CPU of a pgbench transaction ÷ of a purchase, {engine}"), ratios, goal);
        bench.row(&format!("purchases per second, {engine}"), rates[place].clone(), Goal::Told);
        bench.row(&format!("CPU µs per purchase, {engine}"), costs[place].clone(), Goal::Told);
        let goal = if on_postgres { Goal::AtMost(80.0, 50.0) } else { Goal::AtMost(120.0, 60.0) };
        bench.row(&format!("p99 of a purchase at half that load, {engine}, ms"), waits, goal);
    }
    Ok(())
}

/// Sales by members at random, each with a key of its own; a till that counts has nobody to show words to.
pub fn maker(bench: &Bench, stage: &Stage) -> Maker {
    let (door, members) = (stage.server.door.clone(), bench.arguments.members);
    Rc::new(move |number| {
        door.post(
            "/purchases?explain=false",
            Some(&format!("sale-{number}")),
            &people::sale("sale", number, members),
        )
    })
}
