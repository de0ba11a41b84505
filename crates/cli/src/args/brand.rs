//! Arguments of `brand`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Arguments of `brand`.
#[derive(Debug, Args)]
pub struct Brand {
    /// What to do.
    #[command(subcommand)]
    pub action: BrandAction,
}

/// What can be done with brands.
#[derive(Debug, Subcommand)]
pub enum BrandAction {
    /// Checks kits: contrast with a colour that is enough, what is missing, and brands that could be taken for each other
    Check {
        /// A document as `lazo apply` takes it; the tenant's brands when absent
        file: Option<PathBuf>,
    },
}
