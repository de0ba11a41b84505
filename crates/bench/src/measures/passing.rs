//! Time passes for everybody while purchases go on: a tier review over the new year, then every lot expires.

use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::bail;

use super::purchases;
use crate::load::{Maker, Pace};
use crate::report::Goal;
use crate::wire::Line;
use crate::{Bench, machine, say};

/// Purchases per second that go on meanwhile.
const PURCHASES_PER_S: f64 = 200.0;

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let million = bench.arguments.members as f64 * bench.arguments.history as f64 / 1e6;
    for place in 0..bench.stages.len() {
        let engine = bench.stages[place].engine;
        let goal = if engine == "postgres" {
            Goal::AtMost(180.0, 90.0)
        } else {
            Goal::AtMost(400.0, 200.0)
        };
        for (what, to, goal) in [
            ("tier review of 1,000,000 accounts", "2027-02-15T00:00:00Z", Goal::Told),
            ("expiry of 1,000,000 lots", "2028-06-01T00:00:00Z", goal),
        ] {
            let (seconds, wait) = pass(bench, place, to)?;
            say(&format!(
                "  {engine}: time passed to {to} in {seconds:.0} s; purchases meanwhile p99 {wait:.0} ms"
            ));
            bench.row(
                &format!("{what} while purchases go on, {engine}, s"),
                vec![seconds / million],
                goal,
            );
            bench.row(
                &format!("p99 of a purchase meanwhile, {engine}, ms"),
                vec![wait],
                Goal::Told,
            );
        }
    }
    Ok(())
}

/// Moves the clock, and answers how long everybody's time took to pass, and the p99 of purchases meanwhile.
fn pass(bench: &Bench, place: usize, to: &str) -> anyhow::Result<(f64, f64)> {
    let stage = &bench.stages[place];
    let door = stage.server.door.clone();
    let body = format!(r#"{{"to":"{to}"}}"#);
    let request = door.post("/test-clock", None, &body);
    let lazo = bench.lazo.clone();
    let database = stage.database.clone();
    let (sender, ended) = mpsc::channel();
    let started = machine::moment();
    let worker = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // The request itself ends at the server's time limit; the command line does what is left.
        let _ = runtime.block_on(async {
            anyhow::Ok(Line::open(&door.address).await?.ask(&request).await?.0)
        });
        let swept = lazo.run(&database, &["expire"]);
        let _ = sender.send(());
        swept.map(|_| started.elapsed().as_secs_f64())
    });
    let sales: Maker = Rc::new({
        let inner = purchases::maker(bench, stage);
        move |number| inner(number)
    });
    let mut waits = Vec::new();
    while ended.try_recv().is_err() {
        let seen = crate::load::run(
            &stage.server.door.address,
            32,
            Pace::Open(PURCHASES_PER_S),
            Duration::from_secs(2),
            &stage.number,
            &sales,
        )?;
        waits.extend(seen.waits);
    }
    waits.sort_unstable();
    let wait = crate::load::Seen { waits, ..Default::default() }.wait_ms(0.99);
    match worker.join() {
        Ok(seconds) => Ok((seconds?, wait)),
        Err(_) => bail!("the sweep broke off"),
    }
}
