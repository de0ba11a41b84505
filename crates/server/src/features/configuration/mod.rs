//! Configuration as files: one document for a tenant, its brands and its programs; compared, applied, written back.

pub mod api;
mod carry_out;
mod document;
mod export;
mod plan;
#[cfg(test)]
mod tests;
mod words;

pub use carry_out::Applied;
pub use document::{Document, Problem, ProgramDocument, line_of};
pub use export::export;
pub use plan::{ApplyError, Plan, plan};
