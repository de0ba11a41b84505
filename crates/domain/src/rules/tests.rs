//! What rules give, with numbers worked out by hand.

mod conditions;
mod config;
mod effects;
mod limits;
mod properties;
mod stacking;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::account::{Counters, Standing};
use crate::event::Line;
use crate::explain::ZeroReason;
use crate::ids::ProgramId;
use crate::program::{ConfigError, ProgramConfig, Provenance};

/// A program with two point types and two ladders, and a member to try rules on.
struct Bench {
    program: Program,
    facts: Facts,
    standings: Standings,
    counters: Counters,
    at: Timestamp,
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn config(rules: &Value) -> ProgramConfig {
    serde_json::from_value(json!({
        "code": "club",
        "currency": "EUR",
        "time_zone": "Europe/Madrid",
        "point_types": [{ "code": "points" }, { "code": "nights", "kind": "qualifying" }],
        "tier_groups": [
            { "code": "status", "measure": "spend", "window": "calendar_year", "tiers": [
                { "code": "silver", "threshold": 10_000 },
                { "code": "gold", "threshold": 50_000, "multiplier": "1.5" },
            ] },
            { "code": "fans", "measure": "visits", "window": "lifetime", "tiers": [
                { "code": "fan", "threshold": 10, "multiplier": 2 },
            ] },
        ],
        "earning_rules": rules,
    }))
    .unwrap()
}

fn compile(rules: &Value) -> Result<Program, Vec<ConfigError>> {
    let ids = BTreeMap::from([("points".to_owned(), POINTS), ("nights".to_owned(), NIGHTS)]);
    config(rules).compile(ProgramId(7), 1, Timestamp(0), &ids)
}

const POINTS: PointTypeId = PointTypeId(1);
const NIGHTS: PointTypeId = PointTypeId(2);

impl Bench {
    fn new(rules: Value) -> Self {
        Self {
            program: compile(&rules).unwrap(),
            facts: Facts::default(),
            standings: Standings::new(),
            counters: Counters::default(),
            at: at("2026-03-11T10:00:00Z"),
        }
    }

    fn ask(&self, subject: Subject<'_>) -> Earned {
        self.program.rules.evaluate(&EarnInput {
            subject,
            at: self.at,
            program: &self.program,
            facts: &self.facts,
            reasons: true,
            standings: &self.standings,
            counters: &self.counters,
        })
    }

    fn buy(&self, purchase: &Purchase) -> Earned {
        self.ask(Subject::Purchase(purchase))
    }

    /// Asks, and remembers what the rules counted and used.
    fn commit(&mut self, purchase: &Purchase) -> Earned {
        let earned = self.buy(purchase);
        self.remember(&earned);
        earned
    }

    fn remember(&mut self, earned: &Earned) {
        for change in &earned.counted {
            self.counters.add(change);
        }
        for (key, used) in &earned.budgets {
            *self.facts.resources.get_mut(key).unwrap() -= used;
        }
    }
}

/// A tier earned in a program.
fn standing(tier: &str, program: ProgramId) -> Standing {
    Standing {
        program,
        tier: tier.to_owned(),
        since: Timestamp(0),
        provenance: Provenance::Earned,
        review_at: None,
        protected_until: None,
        in_grace: false,
    }
}

/// A purchase in euro of lines `(product, category, thousandths, net)`.
fn purchase(lines: &[(&str, &str, i64, i64)]) -> Purchase {
    let line = |(product, category, quantity_milli, net_minor): &(&str, &str, i64, i64)| Line {
        product: (*product).to_owned(),
        category: (*category).to_owned(),
        quantity_milli: *quantity_milli,
        net_minor: *net_minor,
        ..Line::default()
    };
    Purchase {
        currency: "EUR".to_owned(),
        lines: lines.iter().map(line).collect(),
        ..Purchase::default()
    }
}

fn euros(net_minor: i64) -> Purchase {
    purchase(&[("", "", 1_000, net_minor)])
}

/// Rule, points and shares of each award.
fn awards(earned: &Earned) -> Vec<(&str, i64, Vec<i64>)> {
    earned.awards.iter().map(|a| (a.rule.as_str(), a.points, a.shares.clone())).collect()
}

fn zeros(earned: &Earned) -> Vec<(&str, &ZeroReason)> {
    earned
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Zero { rule, why } => Some((rule.as_str(), why)),
            _ => None,
        })
        .collect()
}

fn base() -> Value {
    json!({ "code": "base", "point_type": "points",
        "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } })
}
