//! A process that posts a history is killed between statements and started again, over and over; then everything that
//! was acknowledged must be there, and nothing twice.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use super::script::Script;
use super::{Door, Posted, compare, open};
use crate::features::Features;
use crate::rng::Rng;

/// What the killing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Killed {
    /// How often the process was killed.
    pub kills: u64,
    /// Batches acknowledged before the last kill.
    pub batches: usize,
    /// Steps of the history.
    pub steps: usize,
}

/// Posts the batches of a seed from number `from` on, and says on `out` which are acknowledged. The first may have
/// been posted before.
pub async fn feed(
    url: &str,
    seed: u64,
    ops: usize,
    from: usize,
    mut out: impl Write,
) -> anyhow::Result<Posted> {
    let mut door = Door::new(open(url).await?, Script::write(seed, ops, Features::all()));
    for (number, batch) in door.script.batches().iter().enumerate().skip(from) {
        door.post(batch, true).await?;
        writeln!(out, "acknowledged {number}")?;
        out.flush()?;
    }
    Ok(door.posted)
}

/// Lets `program` feed a seed to the store at `url`, kills it (-9, by its own id) up to `kills` times, and compares.
pub async fn run(
    program: &Path,
    url: &str,
    seed: u64,
    ops: usize,
    kills: u64,
) -> anyhow::Result<Killed> {
    let db = open(url).await?;
    db.migrate().await?;
    let mut door = Door::new(db, Script::write(seed, ops, Features::all()));
    door.enroll().await?;
    let batches = door.script.batches().len();
    let mut rng = Rng::new(seed ^ 0xdead);
    let mut killed = Killed { steps: ops, ..Killed::default() };
    let mut from = 0;
    while from < batches {
        let kill = (killed.kills < kills).then(|| rng.within(0, 60));
        from = one_life(program, url, (seed, ops, from), kill, &mut killed)?;
    }
    killed.batches = batches;
    compare::all(&door.script, door.ledger.db(), &mut door.names).await?;
    Ok(killed)
}

/// Starts the feeding process and kills it some milliseconds after its first acknowledgement; answers the first batch
/// that is not acknowledged.
fn one_life(
    program: &Path,
    url: &str,
    (seed, ops, from): (u64, usize, usize),
    kill_after_ms: Option<i64>,
    killed: &mut Killed,
) -> anyhow::Result<usize> {
    let mut child = Command::new(program)
        .args(["feed", "--database", url])
        .args(["--seed", &seed.to_string(), "--ops", &ops.to_string()])
        .args(["--from", &from.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .context("the feeding process does not start")?;
    let lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut next = from;
    for line in lines {
        let line = line?;
        let number = line.strip_prefix("acknowledged ").and_then(|n| n.parse::<usize>().ok());
        let Some(number) = number else { bail!("the feeding process said {line}") };
        ensure!(number == next, "batch {number} was acknowledged instead of {next}");
        next = number + 1;
        if let Some(ms) = kill_after_ms
            && next == from + 1
        {
            std::thread::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
            child.kill()?;
            killed.kills += 1;
        }
    }
    let status = child.wait()?;
    ensure!(status.success() || kill_after_ms.is_some(), "the feeding process failed: {status}");
    Ok(next)
}
