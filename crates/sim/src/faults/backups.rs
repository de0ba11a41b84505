//! Backups made under load and restored into empty databases of both engines: what was acknowledged before a backup
//! began is in it, nothing is in it that was asked for after it had ended, and its books are in order.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, free_port};
use super::oracle::{Mark, Oracle, Verdict};
use super::plant::{self, Plant};
use super::postgres::{self, Cluster};
use super::tills::{Floor, Shopper};
use super::{Engine, Outcome, Run, shop};
use crate::pos::Server;
use crate::rng::Rng;

const TILLS: u64 = 8;
const SHOPPERS: usize = 8;

/// A backup with how things stood before and after it was made.
struct Made {
    file: PathBuf,
    before: Mark,
    after: Mark,
}

/// Runs it.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let ground = Ground::lay(run, None, &[])?;
    let house = House::build(&run.lazo, &ground.folder(), &ground.url(), 4)?;
    let port = free_port()?;
    let oracle = Oracle::default();
    let node = house.serve(port)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    let (stop, nodes) = (AtomicBool::new(false), [server.address.clone()]);
    let floor = Floor::new(&oracle, &shoppers, &nodes, &house.keys, run.seed, &stop);
    let (backups, fared) = crowd(&floor, TILLS, || make(run, &ground, &house, &oracle))?;
    let mut verdict = shop::judge(&house, &server, &oracle, &shoppers, false)?;
    node.end()?;
    let elsewhere = other(run, &ground)?;
    for (number, made) in backups.iter().enumerate() {
        let target = match (&ground.cluster, &elsewhere, number % 2) {
            (Some(cluster), _, 0) | (None, Some(cluster), 1) => fresh(cluster, number)?,
            _ => format!("sqlite://{}", ground.folder().join(format!("{number}.db")).display()),
        };
        let restored = House { database: target, ..house.clone() };
        verdict.find(judge(run, &restored, made, &server, port, &oracle, &shoppers)?);
    }
    let note =
        format!("{} backups restored and verified, {} sent again", backups.len(), fared.again);
    Ok(Outcome::of(run, run.cycles, verdict, note))
}

fn make(run: &Run, ground: &Ground, house: &House, oracle: &Oracle) -> anyhow::Result<Vec<Made>> {
    let mut rng = Rng::new(run.seed ^ 0x6261_636b);
    let mut backups = Vec::new();
    for cycle in 0..run.cycles {
        thread::sleep(Duration::from_millis(u64::try_from(rng.within(50, 400)).unwrap_or(50)));
        let file = ground.folder().join(format!("backup-{cycle}.db"));
        let before = oracle.mark();
        if run.plant == Some(Plant::LooseCopy) {
            fs::copy(ground.file(), &file)?;
        } else {
            house.run(&["backup", "--no-verify", &file.display().to_string()])?;
        }
        backups.push(Made { file, before, after: oracle.mark() });
    }
    Ok(backups)
}

/// A server for the engine that the run itself does not need, where there is one.
fn other(run: &Run, ground: &Ground) -> anyhow::Result<Option<Cluster>> {
    if run.engine == Engine::Postgres || postgres::bin().is_none() {
        return Ok(None);
    }
    Cluster::make(&ground.folder().join("other"), &[]).map(Some)
}

fn fresh(cluster: &Cluster, number: usize) -> anyhow::Result<String> {
    cluster.sql("postgres", &format!("create database restored_{number}"))?;
    Ok(cluster.url_of(&format!("restored_{number}")))
}

fn judge(
    run: &Run,
    restored: &House,
    made: &Made,
    server: &Server,
    port: u16,
    oracle: &Oracle,
    shoppers: &[Shopper],
) -> anyhow::Result<Verdict> {
    if let Err(error) = restore(restored, &made.file) {
        let mut verdict = Verdict::default();
        verdict.wrong(format!("{}: {error:#}", made.file.display()));
        return Ok(verdict);
    }
    if run.plant == Some(Plant::Forget) {
        plant::forget(restored)?;
    }
    let node = restored.serve(port)?;
    let then = oracle.as_of(&made.before, &made.after);
    let verdict = shop::judge(restored, server, &then, shoppers, run.plant.is_some())?;
    node.end()?;
    Ok(verdict)
}

fn restore(house: &House, file: &Path) -> anyhow::Result<()> {
    house.run(&["restore", &file.display().to_string()]).map(|_| ())
}
