//! Redemptions over HTTP: a small reward, captured at once.

use std::rc::Rc;

use crate::load::{Maker, Pace};
use crate::people::Dice;
use crate::report::Goal;
use crate::{Bench, Stage, say};

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    for place in 0..bench.stages.len() {
        let stage = &bench.stages[place];
        let maker = maker(bench, stage);
        let (mut rates, mut costs) = (Vec::new(), Vec::new());
        for _ in 0..bench.arguments.rounds {
            let seen = bench.load(stage, Pace::Closed, bench.arguments.connections, &maker)?;
            seen.check("redemptions")?;
            say(&format!(
                "  {}: {:.0} redemptions a second, {:.0} µs of CPU each, p99 {:.1} ms",
                stage.engine,
                seen.rate(),
                seen.cpu_us(),
                seen.wait_ms(0.99)
            ));
            rates.push(seen.rate());
            costs.push(seen.cpu_us());
        }
        let engine = stage.engine;
        bench.row(&format!("redemptions per second, {engine}"), rates, Goal::Told);
        bench.row(&format!("CPU µs per redemption, {engine}"), costs, Goal::Told);
    }
    Ok(())
}

/// Redemptions by members at random.
pub fn maker(bench: &Bench, stage: &Stage) -> Maker {
    let (door, members) = (stage.server.door.clone(), bench.arguments.members);
    Rc::new(move |number| {
        let member = Dice(number ^ 0x7ed).below(members);
        let body = format!(
            r#"{{"member":"ext:{member}","reward":"coffee","capture":true,"reference":"r{number}"}}"#
        );
        door.post("/redemptions", None, &body)
    })
}
