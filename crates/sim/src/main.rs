//! `lazo-sim`: runs seeded histories and prints the seed, the step and a small history when something is wrong.

use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use lazo_sim::faults::{self, Engine, Kind, Plant};
use lazo_sim::features::Features;
use lazo_sim::pos::{self, Done, Plan, Server};
use lazo_sim::run::{self, Failure, Tally};
use lazo_sim::through::{self, Posted, killing};
use lazo_sim::world::core::Real;
use lazo_sim::world::faults::{Fault, Faulty};

#[derive(Parser)]
#[command(
    name = "lazo-sim",
    about = "Random histories over the ledger's core, checked after every step"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs histories in memory
    Run {
        /// The first seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many seeds from there on
        #[arg(long, default_value_t = 1)]
        seeds: u64,
        /// Steps per seed
        #[arg(long, default_value_t = 1_000)]
        ops: usize,
        /// The features a seed may turn on, separated by commas; all unless given
        #[arg(long)]
        features: Option<String>,
        /// Go on after a failing seed
        #[arg(long)]
        keep_going: bool,
    },
    /// Runs histories through the store, in batches with retries, and compares it with the core in memory
    Store {
        /// A throw-away database: sqlite://path or postgres://user@host/name
        #[arg(long)]
        database: String,
        /// The seed; a database holds one history
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Steps
        #[arg(long, default_value_t = 1_000)]
        ops: usize,
        /// How often the posting process is killed and started again
        #[arg(long, default_value_t = 0)]
        kills: u64,
    },
    /// Runs tills against a served API with an empty program of one point per whole unit of money, and compares
    Pos {
        /// Host and port of the API
        #[arg(long, default_value = "127.0.0.1:8080")]
        api: String,
        /// The secret of an API key that may enroll, sell and read
        #[arg(long, env = "LAZO_KEY", hide_env_values = true)]
        key: String,
        /// The seed; another one for every run on the same database
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Sales and returns
        #[arg(long, default_value_t = 10_000)]
        transactions: u64,
        /// Members who shop
        #[arg(long, default_value_t = 200)]
        members: usize,
        /// Tills at work side by side
        #[arg(long, default_value_t = 8)]
        tills: u64,
        /// Minor units that one point is given for
        #[arg(long, default_value_t = 100)]
        per_minor: i64,
    },
    /// Posts a history batch by batch and says which are acknowledged (what `store --kills` starts and kills)
    #[command(hide = true)]
    Feed {
        #[arg(long)]
        database: String,
        #[arg(long)]
        seed: u64,
        #[arg(long)]
        ops: usize,
        #[arg(long)]
        from: usize,
    },
    /// Tortures the real server and says what was lost, counted twice or cannot be explained
    Faults {
        /// What is done to it
        #[arg(value_enum)]
        kind: Kind,
        /// On which engine
        #[arg(long, value_enum, default_value = "sqlite")]
        engine: Engine,
        /// How often
        #[arg(long, default_value_t = 20)]
        cycles: u64,
        /// The seed of what clients do and of when things happen
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A fault to plant, which the run must find
        #[arg(long, value_enum)]
        plant: Option<Plant>,
        /// The server's binary; the one beside this program unless given
        #[arg(long)]
        lazo: Option<PathBuf>,
        /// Fails where this machine cannot run it
        #[arg(long)]
        require: bool,
        /// Leaves the scratch folder there
        #[arg(long)]
        keep: bool,
    },
    /// Runs every kind of `faults` on every engine, without and with planted faults, and prints one table
    FaultTable {
        /// Hours instead of minutes
        #[arg(long)]
        long: bool,
        /// The seed of all of them
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The server's binary; the one beside this program unless given
        #[arg(long)]
        lazo: Option<PathBuf>,
    },
    /// Plants faults between the core and the shell, and tells how soon each is found
    Core {
        /// How many seeds to try at most
        #[arg(long, default_value_t = 200)]
        seeds: u64,
        /// Steps per seed
        #[arg(long, default_value_t = 300)]
        ops: usize,
    },
}

fn main() -> anyhow::Result<()> {
    // A panic of the core is reported with its seed and step like any other finding.
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = std::io::stdout().lock();
    match Cli::parse().command {
        Command::Run { seed, seeds, ops, features, keep_going } => {
            let features = match features {
                Some(names) => Features::parse(&names).map_err(anyhow::Error::msg)?,
                None => Features::all(),
            };
            histories(&mut out, seed..seed.saturating_add(seeds), ops, features, keep_going)
        }
        Command::Core { seeds, ops } => core(&mut out, seeds, ops),
        Command::Faults { kind, engine, cycles, seed, plant, lazo, require, keep } => {
            let lazo = lazo.map_or_else(beside, Ok)?;
            torture(
                &mut out,
                &faults::Run { kind, engine, cycles, seed, plant, lazo, keep },
                require,
            )
        }
        Command::FaultTable { long, seed, lazo } => {
            fault_table(&mut out, &faults::all(&lazo.map_or_else(beside, Ok)?, seed, long))
        }
        Command::Store { database, seed, ops, kills: 0 } => {
            let posted = runtime()?.block_on(through::play(&database, seed, ops))?;
            let Posted { batches, commands, again } = posted;
            writeln!(
                out,
                "{ops} operations as {commands} commands ({again} sent again) in {batches} batches: equal"
            )?;
            Ok(())
        }
        Command::Store { database, seed, ops, kills } => {
            let program = std::env::current_exe()?;
            let run = killing::run(&program, &database, seed, ops, kills);
            let killed = runtime()?.block_on(run)?;
            writeln!(
                out,
                "{ops} operations in {} batches, killed {} times: nothing lost, nothing twice",
                killed.batches, killed.kills
            )?;
            Ok(())
        }
        Command::Pos { api, key, seed, transactions, members, tills, per_minor } => {
            let server = Server { address: api, key };
            let plan = Plan { seed, transactions, members, tills, per_minor };
            let start = started();
            let Done { sales, returns, twice, lost } = pos::run(&server, plan)?;
            let seconds = start.elapsed().as_secs_f64();
            writeln!(
                out,
                "{sales} sales and {returns} returns, {twice} sent twice, {lost} answers lost: equal; {seconds:.1} s"
            )?;
            Ok(())
        }
        Command::Feed { database, seed, ops, from } => {
            runtime()?.block_on(killing::feed(&database, seed, ops, from, out))?;
            Ok(())
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

fn histories(
    out: &mut impl Write,
    seeds: Range<u64>,
    ops: usize,
    features: Features,
    keep_going: bool,
) -> anyhow::Result<()> {
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    let start = started();
    for seed in seeds {
        match run::seed(|_| Real, seed, ops, features) {
            Ok(of_seed) => tally.add(&of_seed),
            Err(failure) => {
                report(out, &failure)?;
                failed.push(failure.seed);
                if !keep_going {
                    break;
                }
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    writeln!(
        out,
        "{} operations, {} accepted, {} refused, {} sent again, {} entries; {seconds:.1} s",
        tally.ops, tally.accepted, tally.refused, tally.again, tally.entries
    )?;
    if failed.is_empty() { Ok(()) } else { anyhow::bail!("seeds that failed: {failed:?}") }
}

fn core(out: &mut impl Write, seeds: u64, ops: usize) -> anyhow::Result<()> {
    let mut missed = Vec::new();
    for (fault, name) in Fault::ALL {
        let core = |versions: &[_]| Faulty::new(fault, versions);
        let found = (1..=seeds).find_map(|s| run::seed(core, s, ops, Features::all()).err());
        let Some(failure) = found else {
            missed.push(name);
            continue;
        };
        let small = run::shrink(core, &failure);
        let why = small.why.lines().take(2).collect::<Vec<_>>().join(" ");
        let (seed, at, steps) = (failure.seed, failure.at, small.history.len());
        writeln!(out, "{name}: seed {seed}, operation {at}, {steps} steps when small: {why:.160}")?;
    }
    if missed.is_empty() { Ok(()) } else { anyhow::bail!("not found: {missed:?}") }
}

/// The server's binary in the folder of this one.
fn beside() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("lazo");
    anyhow::ensure!(path.exists(), "there is no {}; name it with --lazo", path.display());
    Ok(path)
}

fn torture(out: &mut impl Write, run: &faults::Run, require: bool) -> anyhow::Result<()> {
    let outcome = faults::run(run)?;
    for told in &outcome.verdict.told {
        writeln!(out, "{told}")?;
    }
    write!(out, "{}", faults::table(std::slice::from_ref(&outcome)))?;
    anyhow::ensure!(!require || outcome.skipped.is_none(), "this machine cannot run it");
    anyhow::ensure!(outcome.is_good(), "the run is not as it should be");
    Ok(())
}

fn fault_table(out: &mut impl Write, runs: &[faults::Run]) -> anyhow::Result<()> {
    let mut bad = 0;
    writeln!(out, "{}", faults::HEAD)?;
    for run in runs {
        match faults::run(run) {
            Ok(outcome) => {
                writeln!(out, "{}", faults::line(&outcome))?;
                if !outcome.is_good() {
                    bad += 1;
                    outcome.verdict.told.iter().try_for_each(|told| writeln!(out, "  {told}"))?;
                }
            }
            Err(error) => {
                bad += 1;
                writeln!(out, "  {run:?}: {error:#}")?;
            }
        }
        out.flush()?;
    }
    anyhow::ensure!(bad == 0, "{bad} runs are not as they should be");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "only a duration is measured and nothing is decided")]
fn started() -> std::time::Instant {
    std::time::Instant::now()
}

fn report(out: &mut impl Write, failure: &Failure) -> anyhow::Result<()> {
    writeln!(out, "seed {} failed at operation {}: {}", failure.seed, failure.at, failure.why)?;
    let small = run::shrink(|_| Real, failure);
    writeln!(
        out,
        "the smallest history that fails ({} operations): {}",
        small.history.len(),
        small.why
    )?;
    for op in &small.history {
        let event = &op.event;
        writeln!(
            out,
            "  now {} {} {} {} at {}: {:?}",
            op.now, event.id.0, event.account.0, event.program.0, event.effective_at, event.body
        )?;
    }
    for version in &small.versions {
        let text = serde_json::to_string(&version.config)?;
        writeln!(
            out,
            "  program {} version {} from {}: {text}",
            version.program.0, version.number, version.from
        )?;
    }
    writeln!(out, "  accounts {:?}", small.accounts)?;
    Ok(())
}
