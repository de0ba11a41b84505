//! Every step and every reason is told in every language, and the words say what the numbers say.

use std::collections::BTreeMap;

use lazo_domain::decision::{Change, Outcome, Side};
use lazo_domain::explain::{Step, ZeroReason};
use lazo_domain::ids::{EventId, LotId, PointTypeId};
use lazo_domain::points::Points;
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::Timestamp;

use super::Speaker;
use crate::i18n::Locale;

fn program() -> ProgramConfig {
    serde_json::from_value(serde_json::json!({
        "code": "club", "currency": "EUR", "time_zone": "Europe/Madrid",
        "point_types": [{ "code": "points" }],
        "earning_rules": [{
            "code": "base", "name": { "es-ES": "Base", "en": "Base" }, "point_type": "points",
            "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 }
        }],
        "tier_groups": [{
            "code": "status", "measure": "spend", "window": "calendar_year",
            "tiers": [{ "code": "gold", "name": { "es": "Oro", "en": "Gold" }, "threshold": 100 }]
        }]
    }))
    .unwrap()
}

fn tell(locale: Locale, points: i64, steps: Vec<Step>) -> super::Told {
    let program = program();
    let types = BTreeMap::from([(PointTypeId(1), "points".to_owned())]);
    let change =
        Change { point_type: PointTypeId(1), side: Side::Available, points: Points(points) };
    let outcome = Outcome { changes: vec![change], steps, ..Outcome::default() };
    Speaker::new(locale, &program, &types).tell(&outcome)
}

fn lot() -> LotId {
    LotId { event: EventId(7), seq: 0 }
}

#[test]
fn r4_a_doubled_purchase_is_explained_in_each_language() {
    let steps = || {
        vec![
            Step::ForAmount {
                rule: "base".into(),
                point_type: "points".into(),
                points: 60,
                amount_minor: 6_000,
                each: 1,
                per_minor: 100,
            },
            Step::Multiplied {
                rule: "tuesday".into(),
                point_type: "points".into(),
                points: 60,
                factor: "2".parse().unwrap(),
                of: 60,
            },
            Step::Expires {
                lot: lot(),
                points: 120,
                at: Some(Timestamp::parse("2027-01-01T00:00:00Z").unwrap()),
            },
        ]
    };
    let spain = tell(Locale::EsEs, 120, steps());
    assert_eq!(
        spain.headline.replace('\u{a0}', " "),
        "120 puntos: 60 por 60,00 € (1 por cada 1,00 €, regla «Base»), \
         60 más porque la regla «tuesday» multiplica por 2 los 60."
    );
    assert_eq!(spain.details, ["120 puntos caducan el 1 ene 2027, 01:00"]);
    assert_eq!(
        tell(Locale::EsMx, 120, steps()).details,
        ["120 puntos vencen el 1 ene 2027, 01:00"]
    );
    assert_eq!(
        tell(Locale::En, 120, steps()).headline,
        "120 points: 60 for €60.00 (1 per €1.00, rule “Base”), \
         60 more because the rule “tuesday” multiplies the 60 by 2."
    );
}

#[test]
fn r4_every_zero_has_its_reason_in_words() {
    let below = Step::Zero {
        rule: "base".into(),
        why: ZeroReason::BelowStep { amount_minor: 99, per_minor: 100 },
    };
    let told = tell(Locale::En, 0, vec![below]);
    assert_eq!(told.headline, "0 points.");
    assert_eq!(told.details, ["The rule “Base” gives nothing: €0.99 is less than €1.00."]);
}

/// Fluent shows a missing value as `{$name}` and a missing text as its key: neither may reach a reader.
#[test]
fn every_step_is_told_without_gaps_in_every_language() {
    for locale in Locale::ALL {
        for step in all_steps() {
            let told = tell(locale, 1, vec![step.clone()]);
            for text in told.details.iter().chain([&told.headline]) {
                assert!(
                    !text.contains('{') && !text.contains("ledger-"),
                    "{locale}: {step:?}: {text}"
                );
            }
        }
    }
}

fn all_steps() -> Vec<Step> {
    let (rule, point_type) = ("base".to_owned(), "points".to_owned());
    let at = Some(Timestamp(0));
    let mut steps = vec![
        Step::ForUnits { rule: rule.clone(), point_type: point_type.clone(), points: 1, units: 1 },
        Step::Fixed { rule: rule.clone(), point_type: point_type.clone(), points: 1 },
        Step::Multiplied {
            rule: "tier:status".into(),
            point_type,
            points: 1,
            factor: lazo_domain::rate::Rate::ONE,
            of: 1,
        },
        Step::Pending { points: 1, until: Timestamp(0) },
        Step::Expires { lot: lot(), points: 1, at: None },
        Step::DebtRepaid { points: 1 },
        Step::Share { due: 6, taken: 1, expired: 1, others: 1, debt: 1, forgiven: 1 },
        Step::Extended { lot: lot(), from: at, to: None },
        Step::Reason { code: "goodwill".into(), points: 1 },
    ];
    for scope in [
        "member_day",
        "member_week",
        "member_month",
        "member_quarter",
        "member_year",
        "member_ever",
        "budget",
    ] {
        steps.push(Step::Capped { rule: rule.clone(), cut: 1, limit: 1, scope: scope.into() });
    }
    for how in ["redeemed", "expired", "released", "held", "restored", "transferred", "adjusted"] {
        steps.push(Step::Moved { how: how.into(), lot: lot(), points: 1, expires_at: at });
    }
    for why in ["reached", "reviewed_kept", "reviewed_down", "granted", "soft_landing", "grace"] {
        steps.push(Step::Tier {
            group: "status".into(),
            from: String::new(),
            to: "gold".into(),
            why: why.into(),
            measured: 1,
            threshold: 1,
        });
    }
    let reasons = [
        ZeroReason::NoRule,
        ZeroReason::BelowStep { amount_minor: 1, per_minor: 2 },
        ZeroReason::BelowUnit { quantity_milli: 250 },
        ZeroReason::NoAmount,
        ZeroReason::NoLine,
        ZeroReason::Condition { when: "false".into() },
        ZeroReason::ConditionFailed { when: "1 / 0".into(), error: "division by zero".into() },
        ZeroReason::NotInForce,
        ZeroReason::Superseded { by: rule.clone() },
        ZeroReason::CapReached { limit: 1, scope: "budget".into() },
        ZeroReason::NotNth { seen: 1, wanted: 2 },
        ZeroReason::ForeignCurrency { currency: "USD".into(), program: "EUR".into() },
        ZeroReason::NothingToMultiply,
    ];
    for why in reasons {
        steps.push(Step::Zero { rule: rule.clone(), why: why.clone() });
        steps.push(Step::Nothing { why });
    }
    steps
}
