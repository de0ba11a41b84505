//! Arguments of `merge`, in the order in which a merge is done.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The project, by its code; needed only where there are several
    #[arg(long, global = true, value_name = "CODE", env = "LAZO_PROJECT")]
    pub project: Option<String>,
    /// In whose name
    #[arg(long = "as", global = true, value_name = "NAME", env = "LAZO_AS")]
    pub author: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub action: MergeAction,
}

/// What can be done with a project.
#[derive(Debug, Subcommand)]
pub enum MergeAction {
    /// Begins a project from its file, or writes its document and rules anew
    Init {
        /// TOML with sources, rules and waves
        file: PathBuf,
    },
    /// Looks at the raw files: columns, how full they are, what they look like
    Profile,
    /// Loads the sources by their mappings and checks them against their control totals
    Map {
        /// Shows so many rows of each file as they are understood, and loads nothing
        #[arg(long, value_name = "ROWS")]
        preview: Option<usize>,
    },
    /// Finds who is the same person or company in several sources
    Match,
    /// Lists pairs that a person must decide on, or decides on one
    Review {
        /// The pair, each as source/number
        #[arg(num_args = 2, value_names = ["LEFT", "RIGHT"])]
        pair: Vec<String>,
        /// What is decided: merge, not_same or need_info
        #[arg(long, value_name = "DECISION", requires = "pair")]
        decide: Option<String>,
        /// Lists decided and sure pairs too
        #[arg(long)]
        all: bool,
    },
    /// Plans everything on full data and posts nothing
    DryRun,
    /// Lists what waits at the exception desk
    Exceptions {
        /// One code alone
        #[arg(long, value_name = "CODE")]
        code: Option<String>,
    },
    /// Says who takes care of an exception, or what becomes of it; a second person says the same
    Settle {
        /// The account, as source/number
        member: String,
        /// The exception's code
        code: String,
        /// What it is about, where `exceptions` tells it
        #[arg(long, default_value = "")]
        subject: String,
        /// What becomes of it: resolved (mended) or waived (stays as it is); none only names an owner
        #[arg(long, value_name = "OUTCOME", default_value = "", requires = "note")]
        outcome: String,
        /// Who takes care of it
        #[arg(long, value_name = "NAME", default_value = "")]
        owner: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Agrees to the latest plan, or to what was asked for under a number; whoever asked cannot
    Approve {
        /// The number of an unmerge or a rollback that waits
        request: Option<i64>,
        /// Says no instead
        #[arg(long, requires = "request")]
        reject: bool,
    },
    /// Posts a wave of the approved plan; the same command again goes on where it stopped
    Run {
        /// The wave, from 1
        #[arg(long, value_name = "NUMBER")]
        wave: i64,
    },
    /// Compares a wave with the ledger, and signs the report
    Reconcile {
        /// The wave
        #[arg(long, value_name = "NUMBER", required_unless_present = "all")]
        wave: Option<i64>,
        /// Compares all waves, the desk and what the sources' owners stated
        #[arg(long, conflicts_with_all = ["wave", "sign", "line"])]
        all: bool,
        /// Signs the frozen report, as somebody who did not run the wave
        #[arg(long, requires_all = ["hash", "role"])]
        sign: bool,
        /// The SHA-256 that is signed, all of it
        #[arg(long, value_name = "SHA256", requires = "sign")]
        hash: Option<String>,
        /// In which role: finance_controller or program_owner; both sign, and they are two people
        #[arg(long, value_name = "ROLE", requires = "sign")]
        role: Option<String>,
        /// Writes the report: .html, .pdf, .csv or .json
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The language of what is written: es-ES, es-MX or en
        #[arg(long, env = "LAZO_LANG", value_name = "LOCALE")]
        lang: Option<String>,
        /// Lists the members behind a line of the frozen report: CODE, CODE:SUBJECT or CODE:SOURCE/SUBJECT
        #[arg(long, value_name = "LINE", conflicts_with_all = ["sign", "out"])]
        line: Option<String>,
        /// Goes on after this golden member, as source/number
        #[arg(long, value_name = "MEMBER", requires = "line")]
        after: Option<String>,
    },
    /// Tells a member what happened to his or her points; or verifies everybody's statement
    Statement {
        /// source/number, a card, or scheme:value
        #[arg(required_unless_present = "verify")]
        member: Option<String>,
        /// Lays everybody's statement beside the ledger
        #[arg(long, conflicts_with = "member")]
        verify: bool,
        /// The language: es-ES, es-MX or en
        #[arg(long, env = "LAZO_LANG", value_name = "LOCALE")]
        lang: Option<String>,
        /// Writes it: .html, .pdf or .txt
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Takes in what a source tells after its snapshot: changes, late points, returns, cancelled awards
    CatchUp {
        /// The file
        file: PathBuf,
        /// Its mapping, of kind changes
        #[arg(long, value_name = "FILE")]
        mapping: PathBuf,
    },
    /// Asks for accounts to be taken out of a golden member; a second person agrees with `approve NUMBER`
    Unmerge {
        /// The accounts that leave, each as source/number
        #[arg(required = true, value_name = "ACCOUNT")]
        accounts: Vec<String>,
        /// The program makes good to whoever leaves what was spent and nobody knows by whom
        #[arg(long)]
        make_whole: bool,
    },
    /// Asks for a wave to be rolled back; a second person agrees with `approve NUMBER`
    Rollback {
        /// The wave
        #[arg(long, value_name = "NUMBER")]
        wave: i64,
    },
    /// Lists what the sources get back of waves that were rolled back
    GivenBack,
    /// Writes snapshots, plan and ledger as files for `tools/audit.py`
    Export {
        /// The folder
        folder: PathBuf,
    },
    /// Moves a project on: paused, frozen, delta, cutover, parallel, hypercare, closed, abandoned
    Advance {
        /// The state
        state: String,
    },
    /// Shows where the project is and what is next
    Status,
    /// Lists the projects
    List,
}
