//! What a program's figures mean: indicators, intervals, lifetime value, profit and loss, liability,
//! comparison of models and diagnosis. Pure: no files, clock or randomness; money and points are
//! integers or exact fractions, floats serve statistics alone.

pub mod catalogue;
pub mod changes;
pub mod churn;
pub mod closing;
pub mod clv;
pub mod cohorts;
pub mod diagnosis;
pub mod drivers;
pub mod experiment;
pub mod formula;
pub mod funnel;
pub mod liability;
pub mod profit;
pub mod ratio;
pub mod rfm;
pub mod seed;
pub mod simulator;
pub mod stats;
pub mod survival;
