//! A full disk: writes are refused clearly, reads go on, and all is well when there is room again.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::json;

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, Node, Scratch, free_port};
use super::loopfs::LoopFs;
use super::oracle::{Oracle, Verdict};
use super::plant::Plant;
use super::postgres::Cluster;
use super::shim::{Mode, Shim};
use super::tills::Floor;
use super::watch::Watch;
use super::{Engine, Outcome, Run, shop};
use crate::pos::{Line, Request, Server};

const TILLS: u64 = 6;
const SHOPPERS: usize = 6;
/// The size of the disk: an empty PostgreSQL alone takes a good part of it.
const MEGABYTES: [u64; 2] = [48, 256];
/// Whose purchases try whether there is room.
const PROBE: &str = "probe";
/// The longest until a full disk is noticed, and until writes go on when there is room again.
const SOON: Duration = Duration::from_secs(20);
/// How often writes are swallowed at most until something was promised meanwhile, and how long each time.
const LIES: u64 = 20;
const A_LIE: Duration = Duration::from_secs(1);
/// So long no till is answered before it counts as being at rest.
const REST: Duration = Duration::from_millis(300);

/// Runs it.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let scratch = Scratch::make()?;
    let megabytes = MEGABYTES[usize::from(run.engine == Engine::Postgres)];
    let disk = match LoopFs::make(&scratch.path, megabytes) {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::skipped(run, why.to_string())),
    };
    let ground = Ground::lay(run, Some(&disk.mount), &[])?;
    let mut house = House::build(&run.lazo, &ground.folder(), &ground.url(), 4)?;
    let shim = Shim::build(&ground.folder(), &disk.mount)?;
    if run.plant == Some(Plant::Swallow) {
        house.env = shim.env();
    }
    let oracle = Oracle::default();
    let node = house.serve(free_port()?)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    shop::enroll(&mut Line::open(&server)?, PROBE)?;
    let (stop, pause) = (AtomicBool::new(false), AtomicBool::new(false));
    let nodes = [server.address.clone()];
    let floor = Floor {
        pause: &pause,
        ..Floor::new(&oracle, &shoppers, &nodes, &house.keys, run.seed, &stop)
    };
    let mut extra = Verdict::default();
    let (node, fared) = crowd(&floor, TILLS, || {
        let mut node = node;
        for cycle in 0..run.cycles {
            oracle.wait_for(10);
            if run.plant == Some(Plant::Swallow) {
                node = swallow(&shim, &house, &floor, node)?;
                continue;
            }
            let ballast = disk.mount.join("ballast");
            fill(&ballast)?;
            let own = ground.cluster.is_none();
            let refused = probe(&server, &shoppers[0].account, own, cycle, &mut extra);
            fs::remove_file(&ballast)?;
            refused?;
            recover(&server, &ground, cycle)?;
        }
        Ok(node)
    })?;
    let mut verdict = shop::judge(&house, &server, &oracle, &shoppers, run.plant.is_some())?;
    verdict.add(extra);
    drop(node);
    drop(ground);
    disk.unmount()?;
    Ok(Outcome::of(run, run.cycles, verdict, format!("{} sent again", fared.again)))
}

/// The plant: what does not fit is said to be written. Soon nothing of it can be read back, so that only what comes
/// first is acknowledged: the tills rest until it begins, and it begins anew until something was promised.
fn swallow(shim: &Shim, house: &House, floor: &Floor<'_>, mut node: Node) -> anyhow::Result<Node> {
    for _ in 0..LIES {
        floor.pause.store(true, Ordering::SeqCst);
        quiet(floor.oracle);
        shim.arm(Mode::Swallow, 1)?;
        let (mark, watch) = (floor.oracle.mark(), Watch::start());
        floor.pause.store(false, Ordering::SeqCst);
        while !floor.oracle.has_promised_since(&mark) && !watch.reached(A_LIE) {
            thread::sleep(Duration::from_millis(2));
        }
        let promised = floor.oracle.has_promised_since(&mark);
        let port = node.address.rsplit(':').next().unwrap_or_default().parse()?;
        node.kill()?;
        shim.disarm()?;
        node = house.serve(port)?;
        if promised {
            return Ok(node);
        }
        floor.oracle.wait_for(1);
    }
    bail!("nothing was acknowledged in {LIES} times while what was written was swallowed")
}

/// Waits until what was begun is answered.
fn quiet(oracle: &Oracle) {
    let mut before = None;
    while before.replace(oracle.acknowledged()) != Some(oracle.acknowledged()) {
        thread::sleep(REST);
    }
}

/// Takes all the room there is.
fn fill(ballast: &Path) -> anyhow::Result<()> {
    let mut file = File::create(ballast)?;
    for size in [1 << 20, 1 << 12, 1 << 9] {
        let block = vec![1; size];
        while file.write_all(&block).is_ok() {}
    }
    Ok(())
}

/// Writes until it is told that there is no room, and looks at how it is told; reads must go on. A database of its own
/// process may be away altogether, which must be told in the same way.
fn probe(
    server: &Server,
    account: &str,
    own: bool,
    cycle: u64,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let mut line = Line::open(server)?;
    let watch = Watch::start();
    let mut number = 0;
    while !watch.reached(SOON) {
        number += 1;
        let answer = line.ask(&small_purchase(format!("full-{cycle}-{number}")))?;
        if answer.status == 201 || answer.status == 429 {
            continue;
        }
        let kind = answer.headers.get("content-type").map(String::as_str);
        let told = answer.headers.contains_key("retry-after");
        if (answer.status, kind, told) != (503, Some("application/problem+json"), true) {
            let said = String::from_utf8_lossy(&answer.octets);
            verdict
                .wrong(format!("a full disk is told as {} {kind:?}: {said:.200}", answer.status));
        }
        let read = line.ask(&shop::get(format!("/accounts/{account}/balances")))?;
        if read.status != 200 && (own || read.status != 503) {
            verdict.wrong(format!("reading on a full disk: {}", read.status));
        }
        return Ok(());
    }
    ensure!(false, "the disk did not get full");
    Ok(())
}

fn small_purchase(reference: String) -> Request {
    let body = json!({
        "member": format!("ext:external:{PROBE}"), "source": "probe", "reference": reference,
        "lines": [{ "net_minor": 100 }],
    });
    shop::post("/purchases", None, body)
}

/// Writes go on by themselves. A PostgreSQL that found no room for its log has ended, and its operator starts it.
fn recover(server: &Server, ground: &Ground, cycle: u64) -> anyhow::Result<()> {
    let watch = Watch::start();
    let mut line = Line::open(server)?;
    while !watch.reached(SOON) {
        let reference = format!("room-{cycle}-{}", watch.elapsed().as_millis());
        let answer = line.ask(&small_purchase(reference))?;
        if answer.status == 201 {
            return Ok(());
        }
        ground.cluster.as_ref().map_or(Ok(()), Cluster::revive)?;
        thread::sleep(Duration::from_millis(20));
    }
    bail!("writes do not go on although there is room again")
}
