//! Integration projects: several programs become one, from their extracts to a signed reconciliation, and back.
//!
//! The core plans and judges; here is what carries it out: state and gates, snapshots in tables, matching, dry runs,
//! waves through the ledger's door, reports, statements and undoing.

pub mod api;
mod clusters;
pub mod console;
mod counters;
mod document;
mod dry_run;
mod export;
mod fault;
mod golden;
mod late;
mod later;
mod load;
mod matching;
mod names;
#[cfg(feature = "pdf")]
mod paper;
mod parted;
mod pilot;
pub mod portal;
mod post;
mod profile;
mod profiles;
mod quality;
mod reconcile;
mod requests;
mod rollback;
mod rows;
mod rules_of;
mod settle;
mod speak;
mod spool;
mod state;
mod statement;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
pub mod two_files;
mod unmerge;
mod waves;
mod workbench;

pub use document::{Document, SourceFile, SourceSpec, WaveSpec};
pub use dry_run::DryRun;
pub use export::Exported;
pub use fault::{MergeFault, Refused};
pub use late::TakenIn;
pub use later::mark;
pub use load::{Loaded, Preview};
pub use matching::Matched;
pub use post::WaveRun;
pub use profile::{ColumnProfile, FileProfile};
pub use profiles::MemberProfile;
pub use quality::{Finding, Report as QualityReport, Severity};
pub use reconcile::{
    Behind, BehindLot, ControlReport, Line as ControlReportLine, LineMembers, LineName, Names,
    SignerRole, Verified,
};
pub use settle::{ExceptionName, SETTLEMENTS, Settlement};
pub use state::State;
pub use statement::MemberStatement;
pub use store::projects::Project;
pub use workbench::{PartnerStatus, Status, Watch, WaveStatus, Workbench};
