//! Campaigns on paper: addresses as the post wants them, one letter for each home, codes that tills read, and the run for a
//! print house: one page and one row for each letter.

pub(super) mod api;
pub(super) mod files;
pub(super) mod forget;
pub(super) mod lay;
#[cfg(feature = "pdf")]
mod piece;
pub(super) mod store;

pub use crate::features::segments::POST;

/// Letters of one file for the print house.
pub const PART: i64 = 5_000;
