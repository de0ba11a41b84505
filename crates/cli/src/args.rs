//! What can be said on the command line. What it does is in `commands`, one file each.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lazo_domain::time::Timestamp;

pub use lazo_matching::command::MatchArgs as Match;

mod brand;
mod desk;
mod merge;
mod staff;

use crate::commands::Command;
pub use brand::{Brand, BrandAction};
pub use desk::{Profile, RegisterAction, Registers};
pub use merge::{Merge, MergeAction};
pub use staff::{Staff, StaffAction};

/// Lazo runs loyalty programs and merges several of them into one.
#[derive(Debug, Parser)]
#[command(name = "lazo", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What goes for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What goes for every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Where everything is kept: sqlite://path/to/file.db or postgres://user:password@host/name
    #[arg(long, global = true, env = "LAZO_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// A file of settings; `lazo doctor --settings` prints the defaults
    #[arg(long, global = true, env = "LAZO_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The client company, by its code; needed only where there are several
    #[arg(long, global = true, env = "LAZO_TENANT", value_name = "CODE")]
    pub tenant: Option<String>,
    /// How data is written on standard output
    #[arg(long, global = true, value_enum, default_value_t)]
    pub format: Format,
    /// Says nothing on standard error but errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// Columns for people.
    #[default]
    Text,
    /// Comma separated values with a header.
    Csv,
    /// One JSON document.
    Json,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// The document: TOML with a tenant, its brands and its programs
    pub file: PathBuf,
    /// Does not ask before changing something
    #[arg(long, short)]
    pub yes: bool,
    /// Shows what would change and changes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// In whose name
    #[arg(long = "as", value_name = "NAME", env = "LAZO_AS")]
    pub author: Option<String>,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// What to write.
    #[command(subcommand)]
    pub what: Exported,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Exported {
    /// The live configuration as a document for `lazo apply`
    Config,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// What to do.
    #[command(subcommand)]
    pub action: ImportAction,
}

/// What can be done with imports.
#[derive(Debug, Subcommand)]
pub enum ImportAction {
    /// Posts the purchases of a file; the same command again goes on where it stopped
    Purchases(ImportFile),
    /// Enrolls the members of a file; the same command again goes on where it stopped
    Members(ImportFile),
    /// Lists the runs there were, the latest first
    List,
    /// Shows one run
    Show {
        /// Its id (imp_…)
        id: lazo_domain::ids::ImportId,
    },
    /// Reverses all that an import posted; the members it enrolled stay
    Undo {
        /// Its id (imp_…)
        id: lazo_domain::ids::ImportId,
    },
}

/// A file to import.
#[derive(Debug, Args)]
pub struct ImportFile {
    /// CSV, TSV, JSON Lines or Parquet; compressed when the name ends in .gz
    pub file: PathBuf,
    /// How its rows are to be understood: TOML
    #[arg(long, value_name = "FILE")]
    pub mapping: PathBuf,
    /// Where rows are listed that are left out or met a rule; FILE.errors.csv in this folder unless given
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Reads and checks everything and changes nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `programs`.
#[derive(Debug, Args)]
pub struct Programs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: ProgramAction,
}

/// What can be done with programs.
#[derive(Debug, Subcommand)]
pub enum ProgramAction {
    /// Lists the programs and their versions
    List,
    /// Publishes a draft; whoever wrote it cannot
    Publish {
        /// The program's code
        code: String,
        /// In whose name
        #[arg(long = "as", value_name = "NAME", env = "LAZO_AS")]
        publisher: Option<String>,
    },
    /// Makes a draft of an earlier version, for a second person to publish
    Rollback {
        /// The program's code
        code: String,
        /// Which version; the one before the latest unless given
        #[arg(long, value_name = "VERSION")]
        to: Option<i64>,
        /// In whose name
        #[arg(long = "as", value_name = "NAME", env = "LAZO_AS")]
        author: Option<String>,
    },
    /// Discards a draft
    Withdraw {
        /// The program's code
        code: String,
    },
}

/// Arguments of `backtest`.
#[derive(Debug, Args)]
pub struct Backtest {
    /// The rule set to try: a document as for `lazo apply`, with a program of the live one's code
    pub file: PathBuf,
    /// The program, by its code; needed only where there are several
    #[arg(long, value_name = "CODE")]
    pub program: Option<String>,
    /// Balances, tiers and liability as of this instant (RFC 3339); now unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Timestamp>,
}

/// Arguments of `balances`.
#[derive(Debug, Args)]
pub struct Balances {
    /// As of this instant (RFC 3339), such as 2018-01-02T00:00:00Z; now unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// One member alone, by the identifier
    #[arg(long, value_name = "IDENTIFIER")]
    pub member: Option<String>,
    /// The kind of identifier that names members
    #[arg(long, value_name = "SCHEME", default_value = "external")]
    pub scheme: String,
    /// The program, by its code; needed only where there are several
    #[arg(long, value_name = "CODE")]
    pub program: Option<String>,
    /// The point type, by its code; the program's first unless given
    #[arg(long, value_name = "CODE")]
    pub point_type: Option<String>,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder it lives in
    #[arg(long, value_name = "FOLDER", default_value = "lazo-demo")]
    pub folder: PathBuf,
    /// Begins anew: removes what an earlier demo left in the folder
    #[arg(long)]
    pub fresh: bool,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: String,
    /// Sets everything up and says what to try, without serving
    #[arg(long)]
    pub no_serve: bool,
    /// How many members the largest of the three programs to be merged has
    #[arg(long, value_name = "MEMBERS", default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    pub members: u64,
}

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; it may not be there yet
    pub file: PathBuf,
    /// Keeps the file without looking it over
    #[arg(long)]
    pub no_verify: bool,
}

/// Arguments of `archive`.
#[derive(Debug, Args)]
pub struct Archive {
    /// The folder, better on another disk
    pub folder: PathBuf,
    /// How often, in milliseconds: so much is lost at most when the database's disk is
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1_000)]
    pub every_ms: u64,
    /// How many generations are kept; every day and every start begins one
    #[arg(long, value_name = "GENERATIONS", default_value_t = 8)]
    pub keep: usize,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The file that `lazo backup` wrote, or the folder that `lazo archive` writes
    pub from: PathBuf,
    /// The moment (RFC 3339): the last archived one that is not later; the last of all unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// Does not look over what was restored
    #[arg(long)]
    pub no_verify: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The receipt's or invoice's number in its source, or an event's id (evt_…)
    pub reference: String,
    /// The language: es-ES, es-MX or en
    #[arg(long, env = "LAZO_LANG", value_name = "LOCALE")]
    pub lang: Option<String>,
}

/// Arguments of `measures`.
#[derive(Debug, Args)]
pub struct Measures {
    /// The program's code; the only one of the tenant unless given
    #[arg(long, value_name = "CODE")]
    pub program: Option<String>,
    /// How many days before today
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=731))]
    pub days: i64,
    /// Records the facts of a TOML file (a source, its days, and facts by name) first
    #[arg(long, value_name = "FILE")]
    pub observe: Option<PathBuf>,
    /// Shows what the rules find instead of the figures
    #[arg(long)]
    pub diagnosis: bool,
    /// The language: es-ES, es-MX or en
    #[arg(long, env = "LAZO_LANG", value_name = "LOCALE")]
    pub lang: Option<String>,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The program's code; the only one of the tenant unless given
    #[arg(long, value_name = "CODE")]
    pub program: Option<String>,
    /// How many days before today
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=731))]
    pub days: i64,
    /// Where to write it: .pdf for people, .json for the data
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// In whose name
    #[arg(long = "as", value_name = "NAME", env = "LAZO_AS")]
    pub author: Option<String>,
    /// The language: es-ES, es-MX or en
    #[arg(long, env = "LAZO_LANG", value_name = "LOCALE")]
    pub lang: Option<String>,
}

/// Arguments of `expire`.
#[derive(Debug, Args)]
pub struct Expire {
    /// Lets time pass up to this instant (RFC 3339), at most now; now unless given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Timestamp>,
}

/// Arguments of `jobs`.
#[derive(Debug, Args)]
pub struct Jobs {
    /// What to do with them.
    #[command(subcommand)]
    pub action: JobAction,
}

/// What can be done with jobs.
#[derive(Debug, Subcommand)]
pub enum JobAction {
    /// Does scheduled work as it comes due: expiry, tier review, outbox, sealing
    Run {
        /// Does what is due now and ends
        #[arg(long)]
        once: bool,
    },
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen, such as 127.0.0.1:8080
    #[arg(long, env = "LAZO_BIND", value_name = "ADDRESS")]
    pub bind: Option<String>,
}

/// Arguments of `openapi`.
#[derive(Debug, Args)]
pub struct Openapi {}

/// Arguments of `keys`.
#[derive(Debug, Args)]
pub struct Keys {
    /// What to do with them.
    #[command(subcommand)]
    pub action: KeyAction,
}

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum KeyAction {
    /// Makes a key and shows its secret this once
    Create {
        /// What people call it, such as "till 12"
        #[arg(long)]
        name: String,
        /// What it may do: cashier, agent, analyst, program_manager, finance, admin or backend
        #[arg(long)]
        role: String,
        /// Narrows it, such as purchases:write; may be given several times
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
    },
    /// Lists the keys, revoked ones too
    List,
    /// Revokes a key, at once and for good
    Revoke {
        /// The key's id, key_…
        key: String,
    },
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Prints the defaults of all settings instead, with what they mean
    #[arg(long)]
    pub settings: bool,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// For which shell
    pub shell: clap_complete::Shell,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
}
