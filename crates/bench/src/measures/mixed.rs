//! Mixed traffic: of ten requests six read a balance, three are purchases, one is a redemption.

use std::rc::Rc;

use super::{balances, purchases, redemptions};
use crate::load::{Maker, Pace};
use crate::report::Goal;
use crate::{Bench, say};

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    for place in 0..bench.stages.len() {
        let stage = &bench.stages[place];
        let reads = balances::maker(stage)?;
        let (sales, spends) = (purchases::maker(bench, stage), redemptions::maker(bench, stage));
        let maker: Maker = Rc::new(move |number| match number % 10 {
            0..6 => reads(number),
            6..9 => sales(number),
            _ => spends(number),
        });
        let (mut rates, mut waits) = (Vec::new(), Vec::new());
        for _ in 0..bench.arguments.rounds {
            let seen = bench.load(stage, Pace::Closed, bench.arguments.connections, &maker)?;
            seen.check("mixed traffic")?;
            say(&format!(
                "  {}: {:.0} mixed requests a second, p99 {:.1} ms",
                stage.engine,
                seen.rate(),
                seen.wait_ms(0.99)
            ));
            rates.push(seen.rate());
            waits.push(seen.wait_ms(0.99));
        }
        let engine = stage.engine;
        bench.row(&format!("mixed requests per second, {engine}"), rates, Goal::Told);
        bench.row(&format!("p99 of mixed requests, {engine}, ms"), waits, Goal::Told);
    }
    Ok(())
}
