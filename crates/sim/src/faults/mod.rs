//! The fault harness: the real binary under load is killed, cut off from its disk, frozen and lied to, and an oracle
//! that knows what was acknowledged reads the ledger afterward. Faults are planted from outside to prove each test.

mod all;
mod backups;
mod clock;
mod crowd;
mod disk_full;
pub mod ground;
pub mod house;
mod io;
mod kill;
mod loopfs;
mod migrations;
mod moments;
mod nodes;
pub mod oracle;
pub mod plant;
pub mod postgres;
mod power;
mod retries;
mod shim;
pub mod shop;
mod table;
#[cfg(test)]
mod tests;
pub mod tills;
pub mod watch;

use std::path::PathBuf;

pub use all::all;
pub use plant::Plant;
pub use table::{HEAD, line, table};

use oracle::Verdict;
use watch::Watch;

/// What is done to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The server is killed (-9) under load.
    Kill,
    /// The file system under the database is cut off under load.
    Power,
    /// The Nth write, sync or truncation fails; `--cycles` is the step from one N to the next.
    Io,
    /// The disk is full.
    DiskFull,
    /// The clock jumps, forward and back.
    Clock,
    /// Several nodes over one PostgreSQL; one is killed or frozen.
    Nodes,
    /// Nodes are asked to end one after another and started again.
    Rolling,
    /// The schema's upgrade is killed at each statement.
    Migrations,
    /// Requests are sent again, twice at once, and with another body; `--cycles` is how many requests.
    Retries,
    /// Backups are made under load and restored into empty databases of both engines.
    Backups,
    /// The database is had back as it was at moments under load.
    Moments,
}

/// On which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// SQLite.
    Sqlite,
    /// A PostgreSQL of the harness's own.
    Postgres,
}

/// One run of the harness.
#[derive(Debug, Clone)]
pub struct Run {
    /// What is done.
    pub kind: Kind,
    /// On which engine.
    pub engine: Engine,
    /// How often.
    pub cycles: u64,
    /// The seed of what clients do and of when things happen.
    pub seed: u64,
    /// A fault that the run must find.
    pub plant: Option<Plant>,
    /// The binary.
    pub lazo: PathBuf,
    /// Leaves the scratch folder there.
    pub keep: bool,
}

impl Run {
    /// The first call that is struck where `cycles` is a step: the seed says where between 1 and the step.
    fn first(&self) -> i64 {
        i64::try_from(self.seed.saturating_sub(1) % self.cycles.max(1)).unwrap_or(0) + 1
    }
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was run.
    pub run: Run,
    /// How often the fault struck.
    pub struck: u64,
    /// What the oracle says.
    pub verdict: Verdict,
    /// What else is worth telling.
    pub note: String,
    /// Why this machine cannot run it.
    pub skipped: Option<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl Outcome {
    fn of(run: &Run, struck: u64, verdict: Verdict, note: String) -> Self {
        Self { run: run.clone(), struck, verdict, note, skipped: None, seconds: 0.0 }
    }

    fn skipped(run: &Run, why: String) -> Self {
        let outcome = Self::of(run, 0, Verdict::default(), String::new());
        Self { skipped: Some(why), ..outcome }
    }

    /// Is it as it should be: nothing wrong without a planted fault, and a planted one found?
    #[must_use]
    pub fn is_good(&self) -> bool {
        let good = match self.run.plant {
            None => self.verdict.is_clean(),
            Some(plant) if plant.must_be_found() => !self.verdict.is_clean(),
            // What refers to something that the planted fault hides is refused; the books are right all the same.
            Some(_) => self.verdict.has_right_books(),
        };
        self.skipped.is_some() || good
    }
}

/// Runs one.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    if let Some(why) = missing(run) {
        return Ok(Outcome::skipped(run, why.to_owned()));
    }
    let watch = Watch::start();
    let outcome = match run.kind {
        Kind::Kill => kill::run(run),
        Kind::Power => power::run(run),
        Kind::Io => io::run(run),
        Kind::DiskFull => disk_full::run(run),
        Kind::Clock => clock::run(run),
        Kind::Nodes => nodes::run(run),
        Kind::Rolling => nodes::rolling(run),
        Kind::Migrations => migrations::run(run),
        Kind::Retries => retries::run(run),
        Kind::Backups => backups::run(run),
        Kind::Moments => moments::run(run),
    }?;
    Ok(Outcome { seconds: watch.elapsed().as_secs_f64(), ..outcome })
}

/// What this machine lacks for a run.
fn missing(run: &Run) -> Option<&'static str> {
    let shimmed = matches!(run.kind, Kind::Power | Kind::Io | Kind::DiskFull | Kind::Clock)
        || (run.kind == Kind::Migrations && run.engine == Engine::Sqlite);
    if shimmed && !shim::has_compiler() {
        return Some("there is no C compiler for the shim");
    }
    let bare = run.engine == Engine::Postgres && postgres::bin().is_none();
    bare.then_some("no PostgreSQL server is installed")
}
