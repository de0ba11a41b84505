//! Imports: files of purchases and members become events and enrollments, row by row, and can be undone.

mod amount;
mod cancel;
mod draft;
mod expression;
mod finding;
mod group;
mod instant;
mod line;
mod mapping;
mod purchases;
mod reading;
mod spool;
#[cfg(test)]
mod tests;

pub use draft::{Draft, Output, Sink};
pub use finding::{ErrorFile, Finding, Treatment};
pub use mapping::{Mapping, MappingError, RowKind, Unknown};
pub use purchases::{PurchaseFile, ReadingError};
