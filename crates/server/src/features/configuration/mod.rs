//! Configuration as files: one document for a tenant, its brands and its programs; compared, applied, written back.

mod document;
mod export;
mod plan;
#[cfg(test)]
mod tests;
mod words;

pub use document::{Document, Problem, ProgramDocument, line_of};
pub use export::export;
pub use plan::{Applied, ApplyError, Plan, plan};
