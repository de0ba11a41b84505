//! Statistics behind the figures: special functions, distributions, intervals, sample sizes, tests.

pub mod distributions;
pub mod intervals;
pub mod sample_size;
pub mod special;
