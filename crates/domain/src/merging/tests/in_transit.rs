//! Points on their way to or from a partner: nobody's until the transfer is completed or closed.

use std::collections::BTreeSet;

use super::super::prepare::{Delta, DeltaChange, catch_up};
use super::super::reconcile::{IN_TRANSIT, Seen, reconcile};
use super::super::rules::Mode;
use super::super::snapshot::LotState;
use super::super::{GoldenStatus, Totals};
use super::*;

/// Ana with 20 more stars of `t1` on their way; Brisa states the 163 that she may spend.
fn traveling() -> Vec<MemberSnapshot> {
    let mut people = ana();
    people[0].balances.insert("stars".into(), 163);
    people[0].lots.push(SourceLot { state: LotState::InTransit, ..lot("t1", "stars", 20) });
    people
}

fn told(transaction: &str, change: DeltaChange) -> Delta {
    Delta { transaction: transaction.into(), change }
}

/// The control lines of one golden member by code: expected and actual.
fn lines(plan: &MemberPlan, people: &[MemberSnapshot], code: &str) -> Vec<(String, String)> {
    let (mut totals, mut seen) = (Totals::default(), Seen::default());
    totals.add(plan).unwrap();
    seen.snapshot(Mode::FullMerge, plan, people).unwrap();
    let all = reconcile(&totals, &seen).unwrap();
    let own = all.iter().filter(|line| line.code == code);
    own.map(|line| (line.expected.to_string(), line.actual.to_string())).collect()
}

#[test]
fn m31_points_on_their_way_are_in_no_balance_and_hold_the_member_back() {
    let people = traveling();
    let plan = planned(&people);
    assert_eq!(
        (plan.status, codes(&plan)),
        (GoldenStatus::HeldBack, vec![ExceptionCode::InTransit])
    );
    let found = &plan.exceptions[0];
    assert_eq!(
        (found.key.member.as_str(), found.subject.as_str(), found.points),
        ("B-1", "t1", 20)
    );
    assert!(plan.openings().is_empty());
    let pair = |number: &str| vec![(number.to_owned(), number.to_owned())];
    assert_eq!(lines(&plan, &people, "opening_in_transit"), pair("20"));
    assert_eq!(lines(&plan, &people, IN_TRANSIT), pair("0"), "nobody is posted");
    let mut owing = traveling();
    owing[0].lots.last_mut().unwrap().points = -20;
    assert!(codes(&planned(&owing)).contains(&ExceptionCode::ImpossibleLot));
}

/// 8 of the 20 arrive, 12 are gone: 171 stars at 13/10 are 222.3, so 223, and 40 points of Aurora.
#[test]
fn m31_what_is_completed_or_closed_lets_the_member_go_on() {
    let (mut people, mut seen) = (traveling(), BTreeSet::new());
    let changes = [
        told("c-1", DeltaChange::Arrived { lot: "t1".into(), points: 8 }),
        told("c-2", DeltaChange::Gone { lot: "t1".into(), points: 12 }),
        told("c-3", DeltaChange::Gone { lot: "t1".into(), points: 1 }),
        told("c-4", DeltaChange::Arrived { lot: "l1".into(), points: 1 }),
    ];
    let refused = catch_up(&mut people[0], &changes, &mut seen);
    assert_eq!(refused.len(), 2, "no more than were on their way: {refused:?}");
    assert_eq!(people[0].balances["stars"], 171);
    let plan = planned(&people);
    assert_eq!((plan.status, codes(&plan)), (GoldenStatus::Active, Vec::new()));
    assert_eq!(opened(&plan), 223 + 40);
    assert!(catch_up(&mut people[0], &changes[..2], &mut seen).is_empty(), "taken twice is once");
    assert_eq!(people[0].balances["stars"], 171);
    assert_eq!(lines(&plan, &people, IN_TRANSIT), [("0".to_owned(), "0".to_owned())]);
}

/// A member who is posted all the same would be told: the line comes from the snapshots and not from the plan.
#[test]
fn m31_the_control_total_tells_whoever_is_posted_with_points_on_their_way() {
    let (plan, people) = (planned(&ana()), traveling());
    assert_eq!(lines(&plan, &people, IN_TRANSIT), [("0".to_owned(), "20".to_owned())]);
    let closed = [MemberSnapshot {
        status: super::super::snapshot::SourceStatus::Closed,
        ..people[0].clone()
    }];
    let plan = planned(&closed);
    assert_eq!(lines(&plan, &closed, IN_TRANSIT), [("0".to_owned(), "0".to_owned())], "it stays");
    assert_eq!(codes(&plan), [ExceptionCode::ClosedWithPoints]);
}
