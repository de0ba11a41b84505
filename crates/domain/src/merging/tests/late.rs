//! Late points, cancelled awards, returns and price drops after the merge.

use super::super::late::{LateRefusal, claw_back, late, reprice};
use super::super::prepare::{Delta, DeltaChange, catch_up};
use super::*;
use crate::conversion::table::{Level, Period};
use std::collections::BTreeSet;

#[test]
fn a11_a_late_purchase_gets_what_it_would_have_got_in_time() {
    let rules = rules();
    let plan = planned(&ana());
    let key = SourceKey::new("brisa", "B-1");
    let one = [lot("late1", "stars", 1)];
    // 163 stars are 211.9, rounded to 212; 164 are 213.2, rounded to 214.
    let first = late(&rules, &plan, &ana(), &key, &[], &one, at("2026-11-30")).unwrap();
    assert_eq!((first[0].points, first[0].expires_at), (2, Some(at("2027-07-15"))));
    let before = [(key.clone(), one[0].clone())];
    // 165 are 214.5 → 215: splitting into two late purchases gains nothing.
    let second =
        late(&rules, &plan, &ana(), &key, &before, &[lot("late2", "stars", 1)], at("2026-12-01"))
            .unwrap();
    assert_eq!(second[0].points, 1);
    let both = [lot("late1", "stars", 1), lot("late2", "stars", 1)];
    let together = late(&rules, &plan, &ana(), &key, &[], &both, at("2026-11-30")).unwrap();
    assert_eq!(together.iter().map(|line| line.points).sum::<i64>(), 3);
}

#[test]
fn m27_the_rule_of_the_transactions_own_date_holds() {
    let mut rules = rules();
    rules.conversions[1].table = Table::ByDate {
        periods: vec![Period { from: at("2026-04-01"), rate: rate("1/2") }],
        otherwise: rate("1"),
    };
    let mut people = ana();
    people[0].lots.truncate(1);
    let plan = plan_member(&rules, &people);
    let key = people[0].key.clone();
    let dated = |day: &str| SourceLot { earned_at: at(day), ..lot("late", "stars", 10) };
    let points = |day: &str| {
        late(&rules, &plan, &people, &key, &[], &[dated(day)], at("2026-11-30")).unwrap()[0].points
    };
    // The 101 stars were 50.5 → 51; ten more of March count whole, ten of May half.
    assert_eq!((points("2026-03-20"), points("2026-05-20")), (10, 5));
}

#[test]
fn m27_what_is_not_theirs_or_too_late_is_refused() {
    let (rules, plan) = (rules(), planned(&ana()));
    let try_it = |member: &str, point_type: &str, day: &str| {
        let key = SourceKey::new("brisa", member);
        late(&rules, &plan, &ana(), &key, &[], &[lot("x", point_type, 1)], at(day)).unwrap_err()
    };
    assert_eq!(try_it("B-2", "stars", "2026-11-30"), LateRefusal::NotTheirs);
    assert_eq!(try_it("B-1", "miles", "2026-11-30").code(), "late_no_rule");
    assert_eq!(try_it("B-1", "stars", "2027-11-02").code(), "late_too_late");
}

#[test]
fn m30_a_cancelled_award_restores_its_original_lots() {
    let rules = rules();
    // Before the merge 60 stars of two lots had paid an award: they are not in the snapshot.
    let plan = planned(&ana());
    let paid = [
        SourceLot { expires_at: Some(at("2026-11-01")), ..lot("l0", "stars", 40) },
        SourceLot { expires_at: Some(at("2028-01-01")), ..lot("l1", "stars", 20) },
    ];
    let key = SourceKey::new("brisa", "B-1");
    let back = late(&rules, &plan, &ana(), &key, &[], &paid, at("2026-12-15")).unwrap();
    // 223 stars are 289.9 → 290, of which 212 are there.
    let seen: Vec<_> = back.iter().map(|line| (line.points, line.expires_at)).collect();
    assert_eq!(seen, [(52, Some(at("2027-07-15"))), (26, Some(at("2028-01-01")))]);
}

#[test]
fn m30_a_return_takes_back_exactly_what_the_purchase_became() {
    let plan = planned(&ana());
    let key = SourceKey::new("brisa", "B-1");
    let back = |before, returned| claw_back(&plan, &key, "l1", 101, before, returned).unwrap();
    assert_eq!((back(0, 101).from_lot, back(0, 101).shortfall), (132, 0));
    let pieces: i64 = [(0, 40), (40, 40), (80, 21)].map(|(b, r)| back(b, r).from_lot).iter().sum();
    assert_eq!(pieces, 132);
    // Of 200 granted 99 had been spent before the merge: that part comes back at the lot's own rate.
    let whole = claw_back(&plan, &key, "l1", 200, 0, 200).unwrap();
    assert_eq!((whole.from_lot, whole.shortfall), (132, 129));
    let refused = |lot: &str, before, returned| {
        claw_back(&plan, &key, lot, 101, before, returned).unwrap_err().code()
    };
    assert_eq!(refused("l9", 0, 1), "late_no_lot");
    assert_eq!(refused("l1", 100, 2), "late_too_many");
}

#[test]
fn m30_a_price_drop_goes_back_to_the_lots_that_paid() {
    assert_eq!(reprice(&[50, 30, 20], 75), [13, 7, 5]);
    assert_eq!(reprice(&[50, 30, 20], 120), [0, 0, 0]);
}

#[test]
fn a11_a_level_table_lifts_late_points_over_the_next_level() {
    let mut rules = rules();
    rules.conversions[1].table = Table::LevelTable {
        levels: vec![Level { from: 100, gives: 100 }, Level { from: 165, gives: 250 }],
        round_up: false,
    };
    let plan = plan_member(&rules, &ana());
    let key = SourceKey::new("brisa", "B-1");
    let gained = |points| {
        let lots = [lot("late", "stars", points)];
        late(&rules, &plan, &ana(), &key, &[], &lots, at("2026-11-30")).unwrap()[0].points
    };
    assert_eq!((gained(1), gained(2)), (0, 150));
}

/// Two late purchases on two accounts of one source are one balance: the second does not reach the level again.
#[test]
fn a11_late_points_of_several_accounts_of_one_source_count_together() {
    let mut rules = rules();
    rules.conversions[1].table = Table::LevelTable {
        levels: vec![Level { from: 100, gives: 100 }, Level { from: 165, gives: 250 }],
        round_up: false,
    };
    let plan = plan_member(&rules, &ana());
    let key = SourceKey::new("brisa", "B-1");
    let one = lot("late", "stars", 2);
    let on_another = [(SourceKey::new("brisa", "B-7"), one.clone())];
    let gained = |earlier: &[(SourceKey, SourceLot)]| {
        let lots = [lot("late2", "stars", 2)];
        late(&rules, &plan, &ana(), &key, earlier, &lots, at("2026-11-30")).unwrap()[0].points
    };
    assert_eq!((gained(&[]), gained(&on_another)), (150, 0));
}

#[test]
fn m26_a_delta_loaded_twice_is_loaded_once() {
    let mut snapshot = ana().remove(0);
    snapshot.balances.insert("stars".into(), 163);
    let delta = |transaction: &str, change| Delta { transaction: transaction.into(), change };
    let deltas = [
        delta("t1", DeltaChange::Earned(lot("l6", "stars", 10))),
        delta("t2", DeltaChange::Spent { lot: "l1".into(), points: 100 }),
        delta("t3", DeltaChange::Spent { lot: "l1".into(), points: 2 }),
    ];
    let mut seen = BTreeSet::new();
    assert_eq!(catch_up(&mut snapshot, &deltas, &mut seen).len(), 1);
    let once = snapshot.clone();
    assert_eq!(catch_up(&mut snapshot, &deltas, &mut seen).len(), 1);
    assert_eq!(snapshot, once);
    assert_eq!(snapshot.balances["stars"], 73);
    assert!(codes(&planned(&[snapshot])).is_empty());
}
