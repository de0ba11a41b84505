//! Imports: files of purchases and members become events and enrollments, row by row, and can be undone.

mod amount;
mod cancel;
pub mod console;
mod draft;
mod expression;
pub mod extract;
mod finding;
mod group;
mod instant;
mod line;
mod mapping;
mod members;
mod post;
mod purchases;
mod reading;
mod run;
mod spool;
mod store;
#[cfg(test)]
mod tests;
mod undo;

pub use draft::{Draft, Output, Sink};
pub use finding::{ErrorFile, Finding, Treatment};
pub use mapping::{Mapping, MappingError, PERSON, RowKind, Unknown};
pub use members::dry_run_members;
pub use purchases::{PurchaseFile, ReadingError};
pub use run::{ImportError, Importer, Report, Status, dry_run};
pub use store::{Counts, ImportRun, RunState, by_id, list};
pub use undo::Undone;
