//! The floor under everything: an endpoint that does nothing, over the same HTTP and the same load generator.

use std::rc::Rc;

use crate::load::{Maker, Pace};
use crate::report::Goal;
use crate::{Bench, say};

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    let Some(stage) = bench.stages.first() else { return Ok(()) };
    let door = stage.server.door.clone();
    let maker: Maker = Rc::new(move |_| door.get("/livez"));
    for _ in 0..bench.arguments.rounds {
        let seen = bench.load(stage, Pace::Closed, bench.arguments.connections, &maker)?;
        seen.check("the floor")?;
        say(&format!(
            "  nothing: {:.0} a second, {:.0} µs of CPU each",
            seen.rate(),
            seen.cpu_us()
        ));
        rates.push(seen.rate());
        costs.push(seen.cpu_us());
    }
    bench.row("requests per second that do nothing (/livez)", rates, Goal::Told);
    bench.row("CPU µs of such a request", costs, Goal::Told);
    Ok(())
}
