//! Several nodes over one PostgreSQL: one is killed or frozen under load and comes back, which costs callers retries
//! only; and all are asked to end one after another, which costs nothing.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, Node, free_port};
use super::oracle::Oracle;
use super::plant::Plant;
use super::tills::Floor;
use super::{Engine, Outcome, Run, shop};
use crate::pos::Server;
use crate::rng::Rng;

const TILLS: u64 = 12;
const SHOPPERS: usize = 12;
/// Nodes side by side.
const NODES: usize = 3;

/// Kills and freezes.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    if run.engine == Engine::Sqlite {
        return Ok(Outcome::skipped(run, "several nodes need --engine postgres".to_owned()));
    }
    let scene = Scene::set(run)?;
    let ports = scene.ports.clone();
    scene.play(run, false, |house, oracle, nodes| {
        let mut rng = Rng::new(run.seed ^ 0x6e6f_6465);
        for _ in 0..run.cycles {
            oracle.wait_for(20);
            thread::sleep(ms(rng.within(0, 200)));
            let which = rng.index(nodes.len());
            if rng.chance(50) {
                nodes.remove(which).kill()?;
                thread::sleep(ms(rng.within(50, 600)));
                nodes.insert(which, house.serve(ports[which])?);
            } else {
                nodes[which].signal("STOP")?;
                // Past a client's patience, past the deadline of a call, past a key's lease.
                thread::sleep(ms(rng.one(&[300, 2_000, 7_000])));
                nodes[which].signal("CONT")?;
            }
        }
        Ok(())
    })
}

/// Rolling restarts.
pub fn rolling(run: &Run) -> anyhow::Result<Outcome> {
    let scene = Scene::set(run)?;
    let ports = scene.ports.clone();
    let hasty = run.plant == Some(Plant::Hasty);
    scene.play(run, true, |house, oracle, nodes| {
        for cycle in 0..run.cycles {
            oracle.wait_for(20);
            let which = usize::try_from(cycle).unwrap_or(0) % nodes.len();
            let node = nodes.remove(which);
            if hasty {
                node.kill()?;
            } else {
                node.end()?;
            }
            thread::sleep(ms(50));
            nodes.insert(which, house.serve(ports[which])?);
        }
        Ok(())
    })
}

fn ms(time: i64) -> Duration {
    Duration::from_millis(u64::try_from(time).unwrap_or(0))
}

struct Scene {
    ground: Ground,
    house: House,
    ports: Vec<u16>,
}

impl Scene {
    fn set(run: &Run) -> anyhow::Result<Self> {
        let ground = Ground::lay(run, None, &[])?;
        let house = House::build(&run.lazo, &ground.folder(), &ground.url(), 8)?;
        let count = if run.engine == Engine::Sqlite { 1 } else { NODES };
        let ports = (0..count).map(|_| free_port()).collect::<anyhow::Result<_>>()?;
        Ok(Self { ground, house, ports })
    }

    fn play(
        self,
        run: &Run,
        gently: bool,
        torture: impl FnOnce(&House, &Oracle, &mut Vec<Node>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        let Self { ground, house, ports } = self;
        let oracle = Oracle::default();
        let first = house.serve(ports[0])?;
        let server = Server { address: first.address.clone(), key: house.keys[0].clone() };
        let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
        first.end()?;
        ground.plant(run.plant, &house)?;
        let mut nodes: Vec<Node> =
            ports.iter().map(|port| house.serve(*port)).collect::<anyhow::Result<_>>()?;
        let addresses: Vec<String> = nodes.iter().map(|node| node.address.clone()).collect();
        let stop = AtomicBool::new(false);
        let mut floor = Floor::new(&oracle, &shoppers, &addresses, &house.keys, run.seed, &stop);
        floor.anew = gently;
        let ((), fared) = crowd(&floor, TILLS, || torture(&house, &oracle, &mut nodes))?;
        for node in nodes {
            node.end()?;
        }
        ground.mend(run.plant, &house)?;
        let last = house.serve(ports[0])?;
        let mut verdict = shop::judge(&house, &server, &oracle, &shoppers, run.plant.is_some())?;
        last.end()?;
        if gently && fared.broken > 0 {
            verdict.wrong(format!("{} requests were broken off by nodes that ended", fared.broken));
        }
        let note = format!("{} sent again, {} broken off", fared.again, fared.broken);
        Ok(Outcome::of(run, run.cycles, verdict, note))
    }
}
