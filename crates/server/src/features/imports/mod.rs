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

use std::time::Duration;

pub use draft::{Draft, Output, Sink};
pub use finding::{ErrorFile, Finding, Treatment};
pub use mapping::{Mapping, MappingError, PERSON, RowKind, Unknown};
pub use members::dry_run_members;
pub use purchases::{PurchaseFile, ReadingError};
pub use run::{ImportError, Importer, Report, Status, dry_run};
pub use store::{Counts, ImportRun, RunState, by_id, list};
pub use undo::Undone;

use crate::App;
use crate::jobs::{Job, Step};
use crate::scratch;

/// Where files lie that the console was sent, below the data folder.
const FOLDER: &str = "imports";

/// Files of imports whose process is no more are removed: on every node, first when it starts.
pub fn jobs(app: &App) -> Vec<Job> {
    let root = app.data_dir.join(FOLDER);
    let sweep = Job::every_node("imports.sweep", Duration::from_secs(3_600), move |_| {
        let root = root.clone();
        async move {
            let done =
                tokio::task::spawn_blocking(move || scratch::sweep(&root, |_| false)).await?;
            Ok(Step { done: u64::try_from(done).unwrap_or(0), more: false })
        }
    });
    vec![sweep]
}
