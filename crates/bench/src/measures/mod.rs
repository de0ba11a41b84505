//! The measures: one file each, in the order in which they run.

mod backtest;
mod balances;
mod floor;
mod growth;
mod mixed;
mod pages;
mod passing;
mod purchases;
mod redemptions;

use crate::Bench;

/// Every measure with its name.
pub const ALL: &[(&str, Measure)] = &[
    ("floor", floor::measure),
    ("purchases", purchases::measure),
    ("balances", balances::measure),
    ("redemptions", redemptions::measure),
    ("mixed", mixed::measure),
    ("pages", pages::measure),
    ("backtest", backtest::measure),
    ("passing", passing::measure),
    ("growth", growth::measure),
];

type Measure = fn(&mut Bench) -> anyhow::Result<()>;
