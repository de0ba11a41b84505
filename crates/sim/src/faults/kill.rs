//! `kill -9` of the real server under load, over and over; clients ask again until they are answered.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, free_port};
use super::oracle::Oracle;
use super::plant::{self, Plant};
use super::tills::Floor;
use super::{Engine, Outcome, Run, shop};
use crate::pos::Server;
use crate::rng::Rng;

/// Clients at work side by side.
const TILLS: u64 = 12;
/// A life lasts until up to so many deeds are done, whatever the machine's speed, and then a moment longer.
const AT_LEAST: u64 = 16;
/// Who shops: few, so that clients meet on the same accounts.
const SHOPPERS: usize = 12;

/// Runs it.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let ground = Ground::lay(run, None, &[])?;
    let house = House::build(&run.lazo, &ground.folder(), &ground.url(), 8)?;
    let port = free_port()?;
    let oracle = Oracle::default();
    let node = house.serve(port)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    node.end()?;
    ground.plant(run.plant, &house)?;
    let (stop, nodes) = (AtomicBool::new(false), [server.address.clone()]);
    let floor = Floor::new(&oracle, &shoppers, &nodes, &house.keys, run.seed, &stop);
    let (node, fared) = crowd(&floor, TILLS, || {
        lives(run, &ground, &house, &oracle, port)?;
        house.serve(port)
    })?;
    node.kill()?;
    ground.mend(run.plant, &house)?;
    let node = house.serve(port)?;
    let verdict = shop::judge(&house, &server, &oracle, &shoppers, run.plant.is_some())?;
    node.end()?;
    Ok(Outcome::of(run, run.cycles, verdict, format!("{} sent again", fared.again)))
}

/// The server's lives, each ended by a kill.
fn lives(
    run: &Run,
    ground: &Ground,
    house: &House,
    oracle: &Oracle,
    port: u16,
) -> anyhow::Result<()> {
    let mut rng = Rng::new(run.seed ^ 0x6b69_6c6c);
    for cycle in 0..run.cycles {
        let node = house.serve(port).with_context(|| format!("cycle {cycle}"))?;
        // Some die before they have done anything.
        oracle.wait_for(rng.bits() % AT_LEAST);
        let ms = u64::try_from(rng.within(0, 250)).unwrap_or(0);
        thread::sleep(Duration::from_millis(ms));
        node.kill()?;
        match (run.plant, run.engine) {
            (Some(Plant::LostTail), Engine::Sqlite) => cut(&ground.file())?,
            (Some(Plant::Forget), _) if cycle == run.cycles / 2 => plant::forget(house)?,
            _ => {}
        }
    }
    Ok(())
}

/// The log is lost, as on a disk that lied about having it: what was not copied into the database is gone.
fn cut(database: &Path) -> anyhow::Result<()> {
    let log = database.with_extension("db-wal");
    let file = File::options().write(true).open(&log)?;
    Ok(file.set_len(0)?)
}
