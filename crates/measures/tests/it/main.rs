//! The crate through its public door: golden numbers of the measures, each test named by what it proves.

mod changes;
mod clv;
mod diagnosis;

mod experiments;
mod kpis;
mod liability;
mod members;
mod profit;
mod simulator;

/// Whether two figures agree to `tolerance`; says which when they do not.
#[track_caller]
fn near(is: f64, should: f64, tolerance: f64) {
    assert!((is - should).abs() <= tolerance, "{is} should be {should} ± {tolerance}");
}
