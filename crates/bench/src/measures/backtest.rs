//! Backtest of the whole history under 20 rules: events per second and core.

use std::fmt::Write as _;
use std::fs;

use crate::report::Goal;
use crate::{Bench, machine, say};

/// Rules of the set that is tried.
const RULES: usize = 20;

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let mut text = include_str!("../../program.toml").to_owned();
    let existing = text.matches("[[program.earning_rules]]").count();
    for rule in existing..RULES {
        write!(
            text,
            "\n[[program.earning_rules]]\ncode = \"extra-{rule}\"\nname = {{ es = \"Extra {rule}\", en = \"Extra {rule}\" }}\n\
             point_type = \"points\"\nwhen = \"at.weekday == {} && purchase.lines.exists(l, l.net_minor > {}00)\"\n\
             effect = {{ type = \"fixed\", points = 1 }}\n",
            rule % 7 + 1,
            rule
        )?;
    }
    fs::write(bench.lazo.folder.join("candidate.toml"), text)?;
    let events = (bench.arguments.members * bench.arguments.history) as f64;
    for place in 0..bench.stages.len() {
        let stage = &bench.stages[place];
        let (mut rates, mut peaks) = (Vec::new(), Vec::new());
        for _ in 0..bench.arguments.rounds.min(3) {
            let own = [std::process::id()];
            let before = machine::cpu_of(&own);
            let (seconds, peak) =
                bench.lazo.timed(&stage.database, &["backtest", "candidate.toml"])?;
            // The load generator sleeps meanwhile, so this is the command's CPU (on PostgreSQL without the server's).
            let cpu = (machine::cpu_of(&own) - before).seconds();
            say(&format!("  {}: {seconds:.1} s, {cpu:.1} s of CPU", stage.engine));
            rates.push(events / cpu.max(0.01));
            peaks.push(peak as f64 / 1e6);
        }
        let engine = stage.engine;
        bench.row(
            &format!("backtest with {RULES} rules, events per second and core, {engine}"),
            rates,
            Goal::AtLeast(50_000.0, 100_000.0),
        );
        bench.row(&format!("peak memory of a backtest, {engine}, MB"), peaks, Goal::Told);
    }
    Ok(())
}
