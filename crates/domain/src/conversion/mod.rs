//! Conversion of one point type into another: exact rules, their published words, and what is wrong with a table.

pub mod convert;
pub mod fraction;
pub mod lint;
pub mod redenominate;
pub mod routes;
pub mod rule;
pub mod table;
pub mod words;

#[cfg(test)]
pub(crate) mod tests;

pub use convert::{Converted, Part, Share};
pub use fraction::{Fraction, TooLarge};
pub use rule::{BadRule, ConversionRule, Step};
pub use table::{Band, Level, Table};
