//! Merging by stories with worked numbers, by random plans, and by a judge who shares no code.

mod audit;
mod in_transit;
mod late;
mod orders;
mod people;
mod points;
mod promises;
mod properties;
mod statement;
mod survivors;
mod undo;

use std::collections::BTreeMap;

use super::rules::{Ladder, MergeRules, TargetPoints, TierMap};
use super::snapshot::{MemberSnapshot, SourceKey, SourceLot, SourceTier};
use super::{ExceptionCode, MemberPlan, plan_member};
use crate::conversion::{ConversionRule, Table};
use crate::program::expiry::Basis;
use crate::program::{ExpiryPolicy, Provenance};
use crate::rate::Rate;
use crate::time::{Term, Timestamp};

fn at(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn flat(source: &str, point_type: &str, text: &str) -> ConversionRule {
    ConversionRule::plain(source, point_type, "uno", Table::Flat { rate: rate(text) })
}

const CUTOVER: &str = "2026-10-01";

/// Aurora at 1, Brisa at 13/10, Pro at 1/3, all into `uno`, which ends 18 months after it was earned.
fn rules() -> MergeRules {
    let conversions = vec![
        flat("aurora", "puntos", "1"),
        flat("brisa", "stars", "13/10"),
        flat("pro", "credits", "1/3"),
    ];
    let mut rules = MergeRules::plain(at(CUTOVER), conversions);
    let expiry = ExpiryPolicy {
        basis: Basis::Earned,
        term: Some(Term::Months(18)),
        ..ExpiryPolicy::default()
    };
    rules.point_types.insert("uno".into(), TargetPoints { expiry, value_minor: Some(rate("1")) });
    rules.values = BTreeMap::from([
        ("aurora".to_owned(), BTreeMap::from([("puntos".to_owned(), rate("1"))])),
        ("brisa".to_owned(), BTreeMap::from([("stars".to_owned(), rate("1.3"))])),
        ("pro".to_owned(), BTreeMap::from([("credits".to_owned(), rate("1/3"))])),
    ]);
    rules.controller = "aurora".into();
    rules
}

fn with_ladder(mut rules: MergeRules) -> MergeRules {
    rules.ladders.push(Ladder {
        group: "status".into(),
        tiers: vec![("plata".into(), 10), ("oro".into(), 25), ("platino".into(), 50)],
        periods: vec!["2025".into(), "2026".into()],
        protected_until: at("2027-12-31"),
    });
    for (tier, to, matched_to) in [
        ("silver", "plata", Some("plata")),
        ("gold", "oro", Some("plata")),
        ("elite", "platino", None),
    ] {
        rules.tiers.push(TierMap {
            source: "brisa".into(),
            tier: tier.into(),
            group: "status".into(),
            to: to.into(),
            matched_to: matched_to.map(String::from),
        });
    }
    rules
}

fn member(source: &str, number: &str) -> MemberSnapshot {
    MemberSnapshot {
        key: SourceKey::new(source, number),
        enrolled_at: at("2020-05-01"),
        ..MemberSnapshot::default()
    }
}

fn lot(name: &str, point_type: &str, points: i64) -> SourceLot {
    SourceLot {
        lot: name.into(),
        point_type: point_type.into(),
        points,
        kind: "earned".into(),
        earned_at: at("2026-01-15"),
        expires_at: Some(at("2027-06-30")),
        ..SourceLot::default()
    }
}

fn tier(code: &str, provenance: Provenance) -> SourceTier {
    SourceTier { tier: code.into(), provenance, since: at("2026-01-01"), until: None }
}

/// Ana: 101, 57, 3, 1 and 1 stars in Brisa, and 40 points in Aurora.
fn ana() -> Vec<MemberSnapshot> {
    let mut brisa = member("brisa", "B-1");
    for (name, points) in [("l1", 101), ("l2", 57), ("l3", 3), ("l4", 1), ("l5", 1)] {
        brisa.lots.push(lot(name, "stars", points));
    }
    let mut aurora = member("aurora", "0001");
    aurora.enrolled_at = at("2018-02-03");
    aurora.lots.push(lot("a1", "puntos", 40));
    vec![brisa, aurora]
}

fn codes(plan: &MemberPlan) -> Vec<ExceptionCode> {
    plan.exceptions.iter().map(|exception| exception.code).collect()
}

fn opened(plan: &MemberPlan) -> i64 {
    plan.openings().iter().map(|opening| opening.points).sum()
}

fn planned(members: &[MemberSnapshot]) -> MemberPlan {
    plan_member(&rules(), members)
}
