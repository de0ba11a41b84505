//! What each command does, one file each. A new command is its file and two lines here.

mod apply;
mod archive;
mod backtest;
mod backup;
mod balances;
mod brand;
mod completions;
mod demo;
mod doctor;
mod expire;
mod explain;
mod export;
mod import;
mod jobs;
mod keys;
mod match_;
mod measures;
mod merge;
mod openapi;
mod profile;
mod programs;
mod registers;
mod report;
mod restore;
mod serve;
mod staff;
mod verify;

use clap::Subcommand;

use crate::args;
use crate::context::Context;
use crate::fault::Fault;

macro_rules! commands {
    ($($(#[$meta:meta])* $name:ident => $module:ident),* $(,)?) => {
        /// What to do.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($(#[$meta])* $name(args::$name)),*
        }

        impl Command {
            /// Does it.
            pub async fn run(self, context: &Context) -> Result<(), Fault> {
                match self {
                    $(Self::$name(args) => $module::run(context, args).await),*
                }
            }
        }
    };
}

commands! {
    /// Sets up a tenant, its brands and its programs from a document, after showing what would change
    Apply => apply,
    /// Writes what is there as files
    Export => export,
    /// Brings purchases and members in from files, and undoes what was brought
    Import => import,
    /// Lists programs, and publishes or withdraws their drafts
    Programs => programs,
    /// Shows what members have earned and can spend, now or at any past instant
    Balances => balances,
    /// Tells why a purchase got its points, in words
    Explain => explain,
    /// Shows a program's figures, or what the rules find in them
    Measures => measures,
    /// Makes a report over days that are over, keeps it, and writes it as PDF or data
    Report => report,
    /// Checks the whole ledger and names every fault
    Verify => verify,
    /// Lets points expire, be released and tiers be reviewed, for whoever is due
    Expire => expire,
    /// Does scheduled work, once or until stopped
    Jobs => jobs,
    /// Writes everything that is there at one moment into one file, while others read and write
    Backup => backup,
    /// Keeps every moment of a SQLite database in a folder, until stopped
    Archive => archive,
    /// Fills an empty database, of either engine, with what a backup holds
    Restore => restore,
    /// Replays stored history under another rule set and compares it with the live one
    Backtest => backtest,
    /// Finds the records of one person in two member files, or within one; needs no database
    Match => match_,
    /// Makes one program of several: sources, matching, dry run, waves, reconciliation, statements, undoing
    Merge => merge,
    /// Shows and fills the registers of what is written down about a client
    Registers => registers,
    /// Looks a sample of data over and names the rows of every defect; needs no database
    Profile => profile,
    /// Serves the HTTP API and does the scheduled work
    Serve => serve,
    /// Makes, lists and revokes API keys
    Keys => keys,
    /// Lists and adds the people who work here, and sets their passwords
    Staff => staff,
    /// Checks brands' kits and says what to write instead
    Brand => brand,
    /// Writes the API's OpenAPI document
    Openapi => openapi,
    /// Sets up an invented company in a folder of its own, serves it and says what to try
    Demo => demo,
    /// Checks this machine, the settings and the database
    Doctor => doctor,
    /// Writes a script that completes commands in your shell
    Completions => completions,
}
