//! Merging programs: a plan is a pure function of snapshots, clusters and rules; so are its undoing and its proof.
//!
//! The order of calls: [`MergeRules::check`] and the lint of [`crate::conversion`], [`plan_member`] for each cluster in
//! the order of golden keys, [`Run::add`] for totals and hash, [`MemberPlan`] for what the ledger
//! is to post.

pub mod belongings;
pub mod calendar;
pub mod commitments;
pub mod consents;
mod csv;
pub mod digest;
pub mod exceptions;
pub mod journal;
pub mod late;
pub mod ledger_export;
pub mod member;
mod modes;
pub mod openings;
pub mod orders;
pub mod points;
pub mod prepare;
pub mod reconcile;
pub mod rules;
pub mod run;
pub mod snapshot;
pub mod statement;
pub mod survivorship;
pub mod tiers;
pub mod totals;
pub mod undo;
pub mod vouchers;

#[cfg(test)]
mod tests;

pub use digest::{RunDigest, SnapshotHash};
pub use exceptions::{Exception, ExceptionCode};
pub use journal::File;
pub use member::{GoldenStatus, MemberPlan, golden_of, plan_member};
pub use rules::{BadRules, MergeRules, Mode};
pub use run::{MergePlan, Run, RunError, plan};
pub use snapshot::{MemberSnapshot, SourceKey};
pub use totals::Totals;
