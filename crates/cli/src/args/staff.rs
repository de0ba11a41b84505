//! Arguments of `staff`.

use clap::{Args, Subcommand};

/// Arguments of `staff`.
#[derive(Debug, Args)]
pub struct Staff {
    /// What to do.
    #[command(subcommand)]
    pub action: StaffAction,
}

/// What can be done with the people who work here.
#[derive(Debug, Subcommand)]
pub enum StaffAction {
    /// Lists the tenant's people, what they are and whether they have a password
    List,
    /// Adds somebody to the tenant, or gives roles to one who is there
    Add {
        /// What the person signs in with, such as an e-mail address
        login: String,
        /// The person's name
        #[arg(long)]
        name: String,
        /// What he or she shall be: cashier, agent, analyst, program_manager, finance or admin; may be given several times
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
    },
    /// Sets a password and a new second factor; the password is asked for, or read from standard input
    Password {
        /// What the person signs in with
        login: String,
    },
}
