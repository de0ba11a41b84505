//! The benchmark: a PostgreSQL and a server of its own, interleaved rounds against pgbench, and a table of medians.
//!
//! `cargo xtask bench` builds and runs it. A measure is one file in `measures/`.

mod cluster;
mod load;
mod machine;
mod measures;
mod people;
mod report;
mod server;
mod wire;

use std::cell::Cell;
use std::io::Write as _;
use std::time::Duration;

use clap::Parser;

use cluster::{Cluster, Yardstick};
use report::{Goal, Row};
use server::{Lazo, Server};

/// How long the servers have to be at rest before a measure begins.
const QUIET_SECONDS: u32 = 5;
/// The CPU of a second at rest, in seconds.
const BUSY_SECONDS: f64 = 0.1;
/// How long is waited for that.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// Measures Lazo against pgbench on this machine, load generator included.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many members there are.
    #[arg(long, default_value_t = 1_000_000)]
    members: u64,
    /// Purchases in the history, per member.
    #[arg(long, default_value_t = 1)]
    history: u64,
    /// Rounds of each measure; medians are told.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Seconds of each stretch of load.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Connections of the load generator: as many tills as ask at once. The yardstick has 64 clients, as it is defined.
    #[arg(long, default_value_t = 256)]
    connections: usize,
    /// Measures to run, by name; all unless told.
    #[arg(long = "only", value_name = "MEASURE")]
    only: Vec<String>,
    /// Engines to run them on.
    #[arg(long = "engine", default_values = ["postgres", "sqlite"])]
    engines: Vec<String>,
    /// Tells after each measure which statements PostgreSQL spent its time on. Slows it a little.
    #[arg(long)]
    statements: bool,
    /// Lists the measures.
    #[arg(long)]
    list: bool,
}

/// A database with members, and the server on it.
struct Stage {
    engine: &'static str,
    database: String,
    server: Server,
    /// Requests are counted on, so that no reference comes twice.
    number: Cell<u64>,
}

/// What every measure works with.
struct Bench {
    arguments: Arguments,
    lazo: Lazo,
    cluster: Cluster,
    stages: Vec<Stage>,
    yardsticks: Vec<Yardstick>,
    rows: Vec<Row>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.list {
        let names: Vec<&str> = measures::ALL.iter().map(|(name, _)| *name).collect();
        return print(&format!("{}\n", names.join("\n")));
    }
    let folder = tempfile::Builder::new().prefix("lazo-bench").tempdir()?;
    // PostgreSQL runs as another user, who must be able to pass.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let lazo = Lazo { binary: server::binary()?, folder: folder.path().to_owned() };
    say("starting PostgreSQL, and pgbench at scale 50");
    let cluster = Cluster::start(folder.path(), arguments.statements)?;
    let mut bench = Bench {
        arguments,
        lazo,
        cluster,
        stages: Vec::new(),
        yardsticks: Vec::new(),
        rows: Vec::new(),
    };
    bench.set_up()?;
    for (name, measure) in measures::ALL {
        if bench.arguments.only.is_empty() || bench.arguments.only.iter().any(|only| only == name) {
            say(&format!("{name} …"));
            if bench.arguments.statements {
                bench.cluster.forget_statements()?;
            }
            measure(&mut bench)?;
            if bench.arguments.statements {
                say(&bench.cluster.statements()?);
            }
        }
    }
    bench.finish()
}

impl Bench {
    /// Loads the members and their history into each engine, and serves them.
    fn set_up(&mut self) -> anyhow::Result<()> {
        let Arguments { members, history, .. } = self.arguments;
        people::write(&self.lazo.folder, members, history)?;
        for engine in ["postgres", "sqlite"] {
            if !self.arguments.engines.iter().any(|wanted| wanted == engine) {
                continue;
            }
            let database = match engine {
                "postgres" => self.cluster.database("lazo")?,
                _ => format!("sqlite://{}", self.lazo.folder.join("lazo.db").display()),
            };
            self.lazo.run(&database, &["apply", "--yes", "program.toml"])?;
            let (enrolled, _) = self.lazo.timed(
                &database,
                &["import", "members", "members.csv", "--mapping", "members.toml"],
            )?;
            say(&format!("{engine}: {members} members enrolled in {enrolled:.0} s"));
            if history > 0 {
                let (posted, peak) = self.lazo.timed(
                    &database,
                    &["import", "purchases", "purchases.csv", "--mapping", "purchases.toml"],
                )?;
                let rate = (members * history) as f64 / posted;
                say(&format!(
                    "{engine}: history posted in {posted:.0} s, {rate:.0} a second, {} MB",
                    peak / 1_000_000
                ));
            }
            if engine == "postgres" {
                self.cluster.sql("lazo", "vacuum analyze")?;
                self.cluster.settle()?;
            }
            let server = self.lazo.serve(&database)?;
            self.stages.push(Stage { engine, database, server, number: Cell::new(0) });
        }
        self.rest()
    }

    /// Waits until what follows a load, such as its seals and daily sums, is done: it is no part of any measure.
    fn rest(&self) -> anyhow::Result<()> {
        let mut roots = vec![self.cluster.pid()?];
        roots.extend(self.stages.iter().map(|stage| stage.server.pid()));
        let (began, mut quiet) = (machine::moment(), 0);
        while quiet < QUIET_SECONDS {
            if began.elapsed() > PATIENCE {
                anyhow::bail!(
                    "the servers are still at work {} s after the load",
                    PATIENCE.as_secs()
                );
            }
            let before = machine::cpu_of(&roots);
            std::thread::sleep(Duration::from_secs(1));
            let busy = machine::cpu_of(&roots) - before;
            quiet = if busy.seconds() < BUSY_SECONDS { quiet + 1 } else { 0 };
        }
        say(&format!("at rest after {:.0} s", began.elapsed().as_secs_f64()));
        Ok(())
    }

    /// One round of the yardstick.
    fn yardstick(&mut self) -> anyhow::Result<Yardstick> {
        self.cluster.settle()?;
        let seen = self.cluster.pgbench(self.arguments.seconds)?;
        say(&format!("  pgbench: {:.0} a second, {:.0} µs of CPU each", seen.rate, seen.cpu_us));
        self.yardsticks.push(seen);
        Ok(seen)
    }

    /// Puts load on a stage, counting the CPU of everybody who takes part.
    fn load(
        &self,
        stage: &Stage,
        pace: load::Pace,
        connections: usize,
        maker: &load::Maker,
    ) -> anyhow::Result<load::Seen> {
        self.cluster.settle()?;
        let mut roots = vec![std::process::id(), stage.server.pid()];
        if stage.engine == "postgres" {
            roots.push(self.cluster.pid()?);
        }
        let before = machine::cpu_of(&roots);
        let duration = Duration::from_secs(self.arguments.seconds);
        let mut seen = load::run(
            &stage.server.door.address,
            connections,
            pace,
            duration,
            &stage.number,
            maker,
        )?;
        seen.cpu = machine::cpu_of(&roots) - before;
        Ok(seen)
    }

    fn row(&mut self, what: &str, rounds: Vec<f64>, goal: Goal) {
        self.rows.push(Row::of(what, rounds, goal));
    }

    fn finish(mut self) -> anyhow::Result<()> {
        for place in 0..self.stages.len() {
            let stage = &self.stages[place];
            let what = format!("peak memory of the server under full load, {}, MB", stage.engine);
            let peak = stage.server.peak_memory() as f64 / 1e6;
            self.row(&what, vec![peak], Goal::AtMost(500.0, 300.0));
        }
        let rates = self.yardsticks.iter().map(|y| y.rate).collect();
        self.row("pgbench, transactions per second", rates, Goal::Told);
        let Arguments { members, history, rounds, seconds, connections, .. } = self.arguments;
        let head = format!(
            "Machine: {}. {members} members with {history} purchase(s) each, {rounds} rounds of {seconds} s, {connections} connections.\n\n",
            machine::description()
        );
        print(&(head + &report::table(&self.rows)))
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

/// Tells whoever waits what is going on.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
