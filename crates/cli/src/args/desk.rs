//! What can be said to the commands of the partner's desk.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Arguments of `registers`.
#[derive(Debug, Args)]
pub struct Registers {
    /// What to do.
    #[command(subcommand)]
    pub action: RegisterAction,
}

/// What can be done with registers.
#[derive(Debug, Subcommand)]
pub enum RegisterAction {
    /// Lists the registers with how much each holds
    List,
    /// Shows what a register holds
    Show {
        /// Its code, such as competitors
        register: String,
    },
    /// Writes the entries of a file down: one JSON object of fields, or a list of them
    Add {
        /// Its code, such as competitors
        register: String,
        /// The file
        file: PathBuf,
    },
}

/// Arguments of `profile`.
#[derive(Debug, Args)]
pub struct Profile {
    /// The sample: a heading, cells divided by `;`, `,`, tabs or `|`
    pub file: PathBuf,
    /// The file whose first column names the members that the sample's rows belong to
    #[arg(long, value_name = "FILE")]
    pub members: Option<PathBuf>,
}
