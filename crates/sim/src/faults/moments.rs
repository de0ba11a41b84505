//! The database had back as it was at moments under load, on SQLite from `lazo archive`, on PostgreSQL from its own log:
//! what was acknowledged well before is there, nothing that was asked for later, and the books are in order.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use lazo_store::{Clock, SystemClock};

use super::crowd::crowd;
use super::ground::Ground;
use super::house::{House, Node, free_port};
use super::oracle::{Mark, Oracle, Verdict};
use super::plant::{self, Plant};
use super::postgres::{Cluster, lend};
use super::tills::{Floor, Shopper};
use super::watch::Watch;
use super::{Engine, Outcome, Run, shop};
use crate::pos::Server;
use crate::rng::Rng;

const TILLS: u64 = 8;
const SHOPPERS: usize = 8;
/// How much is done between two moments, and the longest that is waited for it.
const ENOUGH: usize = 30;
const SOON: Duration = Duration::from_secs(30);
/// How often SQLite's log is archived, and how long what was acknowledged may take to be there.
const EVERY_MS: &str = "200";
const SURE: Duration = Duration::from_millis(1_500);

/// An instant with how things stood well before it and right after.
struct Moment {
    at: String,
    before: Mark,
    after: Mark,
}

/// Where the archive is, and who writes it.
struct Archive {
    folder: PathBuf,
    base: PathBuf,
    writer: Option<Node>,
}

/// Runs it.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let place = super::house::Scratch::make()?;
    let folder = place.path.join("archive");
    fs::create_dir_all(&folder)?;
    lend_for(run, &[&place.path, &folder])?;
    let command = format!("archive_command='cp %p {}/%f'", folder.display());
    let settings: &[&str] = &["archive_mode=on", &command];
    let ground = Ground::lay(run, None, settings)?;
    let house = House::build(&run.lazo, &ground.folder(), &ground.url(), 4)?;
    let port = free_port()?;
    let oracle = Oracle::default();
    let node = house.serve(port)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    let mut archive = open(&ground, &house, folder, place.path.join("base"))?;
    let (stop, nodes) = (AtomicBool::new(false), [server.address.clone()]);
    let floor = Floor::new(&oracle, &shoppers, &nodes, &house.keys, run.seed, &stop);
    let (moments, fared) = crowd(&floor, TILLS, || watch(run, &ground, &oracle))?;
    let mut verdict = shop::judge(&house, &server, &oracle, &shoppers, false)?;
    node.end()?;
    close(run, &ground, &mut archive)?;
    for (number, moment) in moments.iter().enumerate() {
        let scene = Scene { run, ground: &ground, house: &house, archive: &archive, number };
        let then = oracle.as_of(&moment.before, &moment.after);
        verdict.find(scene.judge(&moment.at, &server, port, &then, &shoppers)?);
    }
    let note = format!("{} moments restored, {} sent again", moments.len(), fared.again);
    Ok(Outcome::of(run, run.cycles, verdict, note))
}

fn lend_for(run: &Run, folders: &[&Path]) -> anyhow::Result<()> {
    match run.engine {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => folders.iter().try_for_each(|folder| lend(folder)),
    }
}

fn open(ground: &Ground, house: &House, folder: PathBuf, base: PathBuf) -> anyhow::Result<Archive> {
    if let Some(cluster) = &ground.cluster {
        cluster.base(&base)?;
        return Ok(Archive { folder, base, writer: None });
    }
    let log = File::create(house.folder.join("archive.log"))?;
    let mut command = house.command(&["archive", "--every-ms", EVERY_MS]);
    let child = command.arg(&folder).stdout(Stdio::null()).stderr(log).spawn()?;
    let writer = Some(Node::of(child));
    for _ in 0..200 {
        // The first generation has its name once its copy is whole.
        let begun = fs::read_dir(&folder)?.flatten();
        if begun.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("generation"))
        {
            return Ok(Archive { folder, base, writer });
        }
        thread::sleep(Duration::from_millis(20));
    }
    anyhow::bail!("the archive does not begin")
}

fn watch(run: &Run, ground: &Ground, oracle: &Oracle) -> anyhow::Result<Vec<Moment>> {
    let mut rng = Rng::new(run.seed ^ 0x6d6f_6d65);
    let mut moments = Vec::new();
    let mut done = oracle.mark().done();
    for _ in 0..run.cycles {
        // On a slow machine a moment must have something behind it, too.
        let watch = Watch::start();
        while oracle.mark().done() < done + ENOUGH && !watch.reached(SOON) {
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(u64::try_from(rng.within(50, 600)).unwrap_or(50)));
        let before = oracle.mark();
        done = before.done();
        let at = match &ground.cluster {
            Some(cluster) => cluster.sql("lazo", "select clock_timestamp()")?,
            None => {
                thread::sleep(SURE);
                SystemClock.now().to_string()
            }
        };
        moments.push(Moment { at, before, after: oracle.mark() });
    }
    Ok(moments)
}

/// The archive has everything there is.
fn close(run: &Run, ground: &Ground, archive: &mut Archive) -> anyhow::Result<()> {
    if let Some(writer) = archive.writer.take() {
        ensure!(writer.end()?.success(), "the archive did not end well");
    }
    if let Some(cluster) = &ground.cluster {
        let last = cluster.sql("lazo", "select pg_walfile_name(pg_switch_wal())")?;
        let there = || archive.folder.join(&last).exists();
        for _ in 0..600 {
            if there() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        ensure!(there(), "PostgreSQL does not archive {last}");
    }
    if run.plant == Some(Plant::LostTail) {
        cut(&archive.folder)?;
    }
    Ok(())
}

/// Every archived log of SQLite loses its second half, as on a disk that lied.
fn cut(folder: &Path) -> anyhow::Result<()> {
    for generation in fs::read_dir(folder)?.flatten() {
        for entry in fs::read_dir(generation.path())?.flatten() {
            if entry.path().extension().is_some_and(|end| end == "wal") {
                let log = File::options().write(true).open(entry.path())?;
                log.set_len(log.metadata()?.len() / 2)?;
            }
        }
    }
    Ok(())
}

/// Where one moment is had back.
struct Scene<'a> {
    run: &'a Run,
    ground: &'a Ground,
    house: &'a House,
    archive: &'a Archive,
    number: usize,
}

impl Scene<'_> {
    fn judge(
        &self,
        at: &str,
        server: &Server,
        port: u16,
        then: &Oracle,
        shoppers: &[Shopper],
    ) -> anyhow::Result<Verdict> {
        let (database, _server) = match self.restore(at) {
            Ok(restored) => restored,
            Err(error) => {
                let mut verdict = Verdict::default();
                verdict.wrong(format!("as it was at {at}: {error:#}"));
                return Ok(verdict);
            }
        };
        let house = House { database, ..self.house.clone() };
        if self.run.plant == Some(Plant::Forget) {
            plant::forget(&house)?;
        }
        let node = house.serve(port)?;
        let verdict = shop::judge(&house, server, then, shoppers, self.run.plant.is_some())?;
        node.end()?;
        Ok(verdict)
    }

    /// The address of the restored database, and the server that has it.
    fn restore(&self, at: &str) -> anyhow::Result<(String, Option<Cluster>)> {
        let folder = self.ground.folder().join(format!("moment-{}", self.number));
        if let Some(cluster) = &self.ground.cluster {
            let Archive { folder: archive, base, .. } = self.archive;
            let restored = cluster.as_it_was(&folder, base, archive, at)?;
            return Ok((restored.url(), Some(restored)));
        }
        fs::create_dir_all(&folder)?;
        let database = format!("sqlite://{}", folder.join("lazo.db").display());
        let house = House { database: database.clone(), ..self.house.clone() };
        let from = self.archive.folder.to_str().context("a path of other letters")?;
        house.run(&["restore", "--at", at, from])?;
        Ok((database, None))
    }
}
