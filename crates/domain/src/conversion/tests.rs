//! Conversion by hand-worked numbers: the casebook's tables, rounding, limits, published words and what lint finds.

mod exploits;
mod rounding;
mod tables;
pub(crate) mod words;

use super::{ConversionRule, Part, Table};
use crate::rate::Rate;
use crate::time::Timestamp;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{text}T00:00:00Z")).unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn lot(name: &str, points: i64) -> Part {
    Part {
        name: name.into(),
        points,
        kind: "earned".into(),
        tier: String::new(),
        rated_at: at("2026-10-01"),
        expires_at: Some(at("2027-06-30")),
    }
}

fn rule(table: Table) -> ConversionRule {
    let rule = ConversionRule::plain("old", "stars", "points", table);
    rule.check().unwrap();
    rule
}

fn flat(text: &str) -> ConversionRule {
    rule(Table::Flat { rate: rate(text) })
}

fn bands(pairs: &[(i64, &str)]) -> Vec<super::Band> {
    pairs.iter().map(|(from, text)| super::Band { from: *from, rate: rate(text) }).collect()
}

/// The table of the casebook: the whole balance at the rate of the band it reaches.
fn optimum() -> ConversionRule {
    rule(Table::WholeBalanceBand {
        bands: bands(&[
            (0, "10000/8000"),
            (22_000, "30000/22000"),
            (38_000, "60000/38000"),
            (50_000, "85000/50000"),
            (95_000, "170000/95000"),
        ]),
    })
}

fn total(rule: &ConversionRule, points: i64) -> i64 {
    rule.convert(&[lot("a", points)]).unwrap().total
}
