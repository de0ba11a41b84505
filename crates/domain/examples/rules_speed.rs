//! Measures how long 20 rules, 10 of them with a condition, take for one purchase of five lines.
//!
//! `cargo run --release -p lazo-domain --example rules_speed -- 300000` with reasons, and with `quiet` behind it without.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use lazo_domain::account::{Counters, Standings};
use lazo_domain::event::{Facts, Line, Purchase};
use lazo_domain::ids::{PointTypeId, ProgramId};
use lazo_domain::program::{Program, ProgramConfig};
use lazo_domain::rules::{EarnInput, Subject};
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};

const CONDITIONS: [&str; 10] = [
    "purchase.net_minor >= 5000",
    "purchase.store == 'madrid-1'",
    "purchase.store in ['madrid-1', 'madrid-2', 'sevilla-1']",
    "member.segment == 'family' && purchase.net_minor > 2000",
    "at.weekday >= 6",
    "at.hour >= 9 && at.hour < 12",
    "tier.status == 'gold' || tier.status == 'silver'",
    "purchase.lines.exists(l, l.category == 'c3')",
    "purchase.attributes.coupon == 'SUMMER'",
    "purchase.channel == 'web' && purchase.units > 3",
];

fn main() -> Result<(), Box<dyn Error>> {
    let events: i64 = std::env::args().nth(1).map_or(Ok(300_000), |number| number.parse())?;
    let program = program()?;
    let purchases: Vec<Purchase> = (0..1_000).map(purchase).collect();
    let facts = Facts {
        attributes: BTreeMap::from([("segment".to_owned(), "family".to_owned())]),
        ..Facts::default()
    };
    let reasons = std::env::args().nth(2).is_none_or(|word| word != "quiet");
    let (standings, counters) = (Standings::new(), Counters::default());
    let mut points = 0_i64;
    #[expect(clippy::disallowed_methods, reason = "a duration is measured and nothing is decided")]
    let begin = Instant::now();
    for (n, purchase) in (0..events).zip(purchases.iter().cycle()) {
        let earned = program.rules.evaluate(&EarnInput {
            subject: Subject::Purchase(purchase),
            at: Timestamp(1_780_000_000_000_000 + n * 60_000_000),
            program: &program,
            facts: &facts,
            reasons,
            standings: &standings,
            counters: &counters,
        });
        points = points.saturating_add(earned.awards.iter().map(|award| award.points).sum());
    }
    let micros = begin.elapsed().as_micros();
    let hundredths = micros.saturating_mul(100) / u128::from(events.unsigned_abs().max(1));
    #[expect(clippy::print_stdout, reason = "the result of the measurement")]
    {
        println!("{}.{:02} µs per event; {points} points", hundredths / 100, hundredths % 100);
    }
    Ok(())
}

/// 10 rules with a condition, and 10 on categories; every fifth is a multiplier, some are capped.
fn rules() -> Vec<Value> {
    let rule = |n: usize| {
        let effect = match n % 5 {
            0 => json!({ "type": "points_per_amount", "points": 1, "per_minor": 100 }),
            1 => json!({ "type": "fixed", "points": 10 }),
            2 => json!({ "type": "points_per_unit", "points": 2 }),
            3 => {
                json!({ "type": "points_per_amount", "points": 3, "per_minor": 500, "over": "line" })
            }
            _ => json!({ "type": "multiplier", "factor": "1.5" }),
        };
        let mut rule =
            json!({ "code": format!("rule-{n}"), "point_type": "points", "effect": effect });
        match CONDITIONS.get(n) {
            Some(condition) => rule["when"] = json!(condition),
            None => rule["lines"] = json!({ "categories": [format!("c{}", n % 7)] }),
        }
        if n.is_multiple_of(6) {
            rule["caps"] = json!([{ "per": "month", "points": 100_000 }]);
        }
        rule
    };
    (0..20).map(rule).collect()
}

fn program() -> Result<Program, Box<dyn Error>> {
    let config: ProgramConfig = serde_json::from_value(json!({
        "code": "club", "currency": "EUR", "time_zone": "Europe/Madrid",
        "point_types": [{ "code": "points" }],
        "tier_groups": [{ "code": "status", "measure": "spend", "window": "calendar_year",
            "tiers": [{ "code": "gold", "threshold": 100, "multiplier": 2 }] }],
        "earning_rules": rules(),
    }))?;
    let ids = BTreeMap::from([("points".to_owned(), PointTypeId(1))]);
    config
        .compile(ProgramId(1), 1, Timestamp(0), &ids)
        .map_err(|errors| format!("{errors:?}").into())
}

fn purchase(n: i64) -> Purchase {
    let line = |l: i64| Line {
        product: format!("sku-{}", n * 7 + l),
        category: format!("c{}", (n + l) % 9),
        quantity_milli: 1_000 * (1 + l % 3),
        net_minor: 250 + (n * 37 + l * 911) % 4_000,
        ..Line::default()
    };
    Purchase {
        currency: "EUR".to_owned(),
        lines: (0..5).map(line).collect(),
        store: Some(format!("madrid-{}", n % 4)),
        ..Purchase::default()
    }
}
