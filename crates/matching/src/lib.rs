//! Who is the same person in several programs: normalizing, blocking, comparing, learning without
//! labels, deciding and explaining. Pure: no files, clock or randomness, except in the `cli` feature.

pub mod distance;
pub mod normalize;
pub mod table;
pub mod truth;

mod block;
#[cfg(feature = "cli")]
pub mod command;
mod compare;
mod decide;
mod hash;
mod matcher;
mod model;
mod parallel;
mod people;
mod words;

pub use decide::{Band, Link};
pub use matcher::{Explanation, Matcher, Outcome, Reason, Stats};
pub use table::{Field, Table};
