//! Power cuts: the file system under the database is shut off under load, without a flush, and mounted again.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, Scratch, free_port};
use super::loopfs::LoopFs;
use super::oracle::Oracle;
use super::plant::Plant;
use super::postgres::Cluster;
use super::shim::Shim;
use super::tills::Floor;
use super::{Engine, Outcome, Run, shop};
use crate::pos::Server;
use crate::rng::Rng;

/// Clients at work side by side.
const TILLS: u64 = 12;
/// Who shops.
const SHOPPERS: usize = 12;
/// Power lasts until up to so many deeds are done, whatever the machine's speed, and then a moment longer.
const AT_LEAST: u64 = 16;
/// The size of the disk.
const MEGABYTES: u64 = 768;

/// Runs it.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let scratch = Scratch::make()?;
    let disk = match LoopFs::make(&scratch.path, MEGABYTES) {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::skipped(run, why.to_string())),
    };
    let no_sync = run.plant == Some(Plant::NoSync);
    let settings: &[&str] = if no_sync { &["fsync=off"] } else { &[] };
    let ground = Ground::lay(run, Some(&disk.mount), settings)?;
    let mut house = House::bare(&run.lazo, &ground.folder(), &ground.url());
    let shim = Shim::build(&ground.folder(), &disk.mount)?;
    if no_sync {
        house.env = shim.env();
        house.env.push(("LAZO_ALLOW_UNSAFE".into(), "true".into()));
    }
    house.open(8)?;
    let port = free_port()?;
    let oracle = Oracle::default();
    let node = house.serve(port)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    node.end()?;
    settle(&ground, &disk)?;
    if no_sync && run.engine == Engine::Sqlite {
        shim.leave_syncs_out()?;
    }
    let (stop, nodes) = (AtomicBool::new(false), [server.address.clone()]);
    let floor = Floor::new(&oracle, &shoppers, &nodes, &house.keys, run.seed, &stop);
    let (node, fared) = crowd(&floor, TILLS, || {
        cuts(run, &ground, &disk, &house, &oracle, port)?;
        house.serve(port)
    })?;
    let verdict = shop::judge(&house, &server, &oracle, &shoppers, run.plant.is_some())?;
    node.end()?;
    drop(ground);
    disk.unmount()?;
    Ok(Outcome::of(run, run.cycles, verdict, format!("{} sent again", fared.again)))
}

/// Everything of the beginning reaches the disk: what is tried is the load.
fn settle(ground: &Ground, disk: &LoopFs) -> anyhow::Result<()> {
    if let Some(cluster) = &ground.cluster {
        cluster.stop("fast")?;
    }
    disk.unmount()?;
    disk.mount()?;
    ground.cluster.as_ref().map_or(Ok(()), Cluster::start)
}

fn cuts(
    run: &Run,
    ground: &Ground,
    disk: &LoopFs,
    house: &House,
    oracle: &Oracle,
    port: u16,
) -> anyhow::Result<()> {
    let mut rng = Rng::new(run.seed ^ 0x706f_7765);
    for cycle in 0..run.cycles {
        let node = house.serve(port).with_context(|| format!("cycle {cycle}"))?;
        oracle.wait_for(rng.bits() % AT_LEAST);
        let ms = u64::try_from(rng.within(0, 250)).unwrap_or(0);
        thread::sleep(Duration::from_millis(ms));
        let processes = ground.cluster.as_ref().map(Cluster::processes).transpose()?;
        disk.cut(&node)?;
        oracle.power(false);
        node.kill()?;
        if let (Some(cluster), Some(processes)) = (&ground.cluster, processes) {
            cluster.kill(&processes)?;
        }
        disk.unmount()?;
        disk.mount()?;
        oracle.power(true);
        if let Some(cluster) = &ground.cluster {
            cluster.start().with_context(|| format!("cycle {cycle}: PostgreSQL"))?;
        }
    }
    Ok(())
}
