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

use lazo_domain::program::ProgramConfig;
use lazo_store::StoreError;

/// What changes from one version of a program to another, in words, one line each.
pub fn differences_of(old: &ProgramConfig, new: &ProgramConfig) -> Result<Vec<String>, StoreError> {
    let json = |config: &ProgramConfig| {
        serde_json::to_value(config).map_err(|error| StoreError::Shape(error.to_string()))
    };
    Ok(words::differences(&json(old)?, &json(new)?))
}
