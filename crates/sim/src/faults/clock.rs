//! Jumps of the clock, forward and back, with restarts between them: nothing expires twice, no order of ids breaks, and
//! nobody is locked out when the clock is put right.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::ensure;
use serde_json::json;

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, Node, free_port};
use super::oracle::{Oracle, Verdict};
use super::plant::{self, Plant};
use super::shim::Shim;
use super::tills::{Floor, Shopper};
use super::{Outcome, Run, shop};
use crate::pos::{Line, Server};
use crate::rng::Rng;

const TILLS: u64 = 3;
const SHOPPERS: usize = 6;
const DAY_S: i64 = 86_400;
/// Points of a day that each probe buys.
const BRIEF: i64 = 12;
/// A return may come to lie before its purchase, and time that has passed cannot pass back.
const RIGHTLY_REFUSED: &[&str] = &["before_purchase", "purchase_not_found"];

/// Runs it.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let ground = Ground::lay(run, None, &[])?;
    let mut house = House::build(&run.lazo, &ground.folder(), &ground.url(), 4)?;
    let shim = Shim::build(&ground.folder(), &ground.file())?;
    house.env = shim.env();
    let port = free_port()?;
    let oracle = Oracle::default();
    let node = house.serve(port)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    let (stop, nodes) = (AtomicBool::new(false), [server.address.clone()]);
    let mut floor = Floor::new(&oracle, &shoppers, &nodes, &house.keys, run.seed, &stop);
    floor.may_refuse = RIGHTLY_REFUSED;
    let mut probes = Vec::new();
    let (node, fared) = crowd(&floor, TILLS, || {
        let mut node = node;
        let mut rng = Rng::new(run.seed ^ 0x636c_6f63);
        for cycle in 0..run.cycles {
            probes.push(buy_brief(&server, cycle)?);
            let hours = rng.one(&[-72, -30, -2, 1, 26, 49, 80]);
            if rng.chance(60) {
                // Scheduled work is of this node's own process, so it is down while that is done apart.
                node.kill()?;
                shim.move_clock(hours * 3_600)?;
                house.run(&["jobs", "run", "--once"])?;
                node = house.serve(port)?;
            } else {
                shim.move_clock(hours * 3_600)?;
            }
            thread::sleep(Duration::from_millis(150));
        }
        shim.move_clock(0)?;
        restart(&house, node, port)
    })?;
    // A balance leaves out what was booked while the clock was ahead until that instant has come.
    shim.move_clock(4 * DAY_S)?;
    let mut verdict = shop::judge(&house, &server, &oracle, &shoppers, run.plant.is_some())?;
    // In the end all days are over, twice; each probe's points are gone once.
    shim.move_clock(10 * DAY_S)?;
    house.run(&["expire"])?;
    if run.plant == Some(Plant::Reopen) {
        plant::reopen(&house)?;
    }
    shim.move_clock(9 * DAY_S)?;
    house.run(&["expire"])?;
    shim.move_clock(20 * DAY_S)?;
    house.run(&["expire"])?;
    once_each(&server, &probes, &mut verdict)?;
    house.verify()?.into_iter().for_each(|finding| verdict.wrong(finding));
    node.end()?;
    Ok(Outcome::of(run, run.cycles, verdict, format!("{} sent again", fared.again)))
}

fn restart(house: &House, node: Node, port: u16) -> anyhow::Result<Node> {
    node.kill()?;
    house.serve(port)
}

/// Somebody new buys points of a day.
fn buy_brief(server: &Server, cycle: u64) -> anyhow::Result<Shopper> {
    let mut line = Line::open(server)?;
    let name = format!("brief-{cycle}");
    let shopper = shop::enroll(&mut line, &name)?;
    let body = json!({
        "member": format!("ext:external:{name}"), "source": "brief", "reference": name, "channel": "brief",
        "lines": [{ "net_minor": BRIEF * 100 }],
    });
    let answer = shop::insist(&mut line, &shop::post("/purchases", None, body))?;
    ensure!(answer.status == 201, "a brief purchase: {answer:?}");
    Ok(shopper)
}

/// Every probe has nothing left, and lost what it had once.
fn once_each(server: &Server, probes: &[Shopper], verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut line = Line::open(server)?;
    for probe in probes {
        let mut found = Vec::new();
        shop::events(&mut line, 0, &probe.account, &mut found)?;
        let gone: i64 = found.iter().filter(|e| e.kind == "elapse").map(|e| -e.available).sum();
        let left = shop::balance(&mut line, &probe.account)?;
        match (gone, left) {
            (BRIEF, (0, 0)) => {}
            (2.., _) if gone > BRIEF => verdict.doubled += 1,
            _ => verdict.wrong(format!("{}: {gone} points expired, {left:?} left", probe.name)),
        }
        if !found.windows(2).all(|pair| pair[0].id > pair[1].id) {
            verdict.wrong(format!("{}: ids are out of order: {found:?}", probe.name));
        }
    }
    Ok(())
}
