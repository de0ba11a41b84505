//! What each command does, one file each. A new command is its file and two lines here.

mod apply;
mod backtest;
mod completions;
mod doctor;
mod export;
mod programs;

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
    /// Lists programs, and publishes or withdraws their drafts
    Programs => programs,
    /// Replays stored history under another rule set and compares it with the live one
    Backtest => backtest,
    /// Checks this machine, the settings and the database
    Doctor => doctor,
    /// Writes a script that completes commands in your shell
    Completions => completions,
}
