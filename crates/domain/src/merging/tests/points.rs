//! Points of one member: lots, ends, pending, holds, debts, what comes back and what waits.

use super::super::member::Verdict;
use super::super::points::Disposition;
use super::super::reconcile::{PostedLot, compare};
use super::super::snapshot::{LotState, SourceKey, SourceLot};
use super::super::{ExceptionCode, File, GoldenStatus, Totals, plan_member};
use super::*;
use crate::conversion::Fraction;
use crate::program::expiry::TierTerm;

#[test]
fn m18_a_member_of_two_programs_is_rounded_once_for_each() {
    let plan = planned(&ana());
    assert_eq!(plan.golden, SourceKey::new("aurora", "0001"));
    assert_eq!(plan.enrolled_at, at("2018-02-03"));
    let points: Vec<i64> = plan.lines.iter().map(|line| line.points).collect();
    assert_eq!(points, [40, 132, 74, 4, 1, 1]);
    assert_eq!(opened(&plan), 252);
    assert_eq!(plan.conversions[1].converted.rounding, Fraction::new(1, 10).unwrap());
}

#[test]
fn m19_ends_are_the_latest_of_source_policy_and_grace() {
    let end_of = |earned: &str, expires: Option<&str>| {
        let mut snapshot = member("aurora", "1");
        snapshot.lots.push(SourceLot {
            earned_at: at(earned),
            expires_at: expires.map(at),
            ..lot("a", "puntos", 5)
        });
        planned(&[snapshot]).lines[0].expires_at
    };
    // Earned 2026-09-01: the policy's 18 months are later than the grace to 2027-03-30.
    assert_eq!(end_of("2026-09-01", Some("2026-12-01")), Some(at("2028-03-01")));
    // Earned long ago: the grace.
    assert_eq!(end_of("2024-01-01", Some("2026-10-02")), Some(at("2027-03-30")));
    // The source promised longer.
    assert_eq!(end_of("2024-01-01", Some("2030-01-01")), Some(at("2030-01-01")));
    // Points without an end keep none.
    assert_eq!(end_of("2024-01-01", None), None);
}

#[test]
fn m19_points_without_an_end_get_24_months_or_stay() {
    let mut rules = rules();
    rules.expiry.never_becomes_months = Some(23);
    assert_eq!(rules.check().unwrap_err().code(), "merge_rule_too_short");
    rules.expiry.never_becomes_months = Some(24);
    rules.check().unwrap();
    let mut snapshot = member("aurora", "1");
    snapshot.lots.push(SourceLot { expires_at: None, ..lot("a", "puntos", 5) });
    let plan = plan_member(&rules, &[snapshot]);
    assert_eq!(plan.lines[0].expires_at, Some(at("2028-10-01")));
}

/// Points without an end are given 24 months; where the policy gives others longer, or for ever, so it does these.
#[test]
fn m19_points_without_an_end_get_no_less_than_others() {
    let mut rules = rules();
    rules.expiry.never_becomes_months = Some(24);
    let mut snapshot = member("aurora", "1");
    snapshot.lots.push(SourceLot { expires_at: None, ..lot("a", "puntos", 5) });
    let end = |rules: &_| plan_member(rules, std::slice::from_ref(&snapshot)).lines[0].expires_at;
    if let Some(target) = rules.point_types.get_mut("uno") {
        target.expiry.term = Some(crate::time::Term::Months(60));
    }
    assert_eq!(end(&rules), Some(at("2031-01-15")));
    rules.expiry.grace_days = 4_000;
    assert_eq!(end(&rules), Some(at("2037-09-13")));
    rules.point_types.insert("uno".into(), super::super::rules::TargetPoints::default());
    assert_eq!(end(&rules), None);
}

/// An award cancelled before the wave brings its points back to the lot they came from; a lot of the same name that
/// ends on another day is another lot, and the desk is asked.
#[test]
fn m30_points_that_come_back_before_the_wave_join_their_lot() {
    use super::super::prepare::{Delta, DeltaChange, catch_up};
    let mut snapshot = member("aurora", "1");
    snapshot.lots.push(lot("a", "puntos", 5));
    snapshot.balances.insert("puntos".into(), 5);
    let back = |lot| Delta { transaction: format!("{lot:?}"), change: DeltaChange::Earned(lot) };
    let mut seen = std::collections::BTreeSet::new();
    catch_up(&mut snapshot, &[back(lot("a", "puntos", 7))], &mut seen);
    let plan = planned(std::slice::from_ref(&snapshot));
    assert_eq!((codes(&plan), opened(&plan), plan.lines.len()), (vec![], 12, 1));
    let other = SourceLot { expires_at: Some(at("2027-07-01")), ..lot("a", "puntos", 1) };
    catch_up(&mut snapshot, &[back(other)], &mut seen);
    assert_eq!(codes(&planned(&[snapshot])), [ExceptionCode::DuplicateLot]);
}

#[test]
fn m19_the_clock_stands_still_in_the_freeze() {
    let mut rules = rules();
    rules.expiry.freeze = Some((at("2026-09-28"), at("2026-10-01")));
    rules.expiry.grace_days = 0;
    let mut snapshot = member("aurora", "1");
    snapshot.lots.push(SourceLot {
        earned_at: at("2020-01-01"),
        expires_at: Some(at("2026-11-30")),
        ..lot("a", "puntos", 5)
    });
    assert_eq!(plan_member(&rules, &[snapshot]).lines[0].expires_at, Some(at("2026-12-03")));
}

#[test]
fn r122_the_tier_after_the_merge_lengthens_lots() {
    let mut rules = with_ladder(rules());
    let expiry = &mut rules.point_types.get_mut("uno").unwrap().expiry;
    expiry.by_tier.push(TierTerm {
        group: "status".into(),
        tier: "oro".into(),
        term: Some(Term::Months(36)),
    });
    let mut people = ana();
    people[0].tiers.push(tier("gold", Provenance::Earned));
    let plan = plan_member(&rules, &people);
    assert_eq!(plan.tiers[0].tier, "oro");
    assert!(plan.lines.iter().all(|line| line.expires_at == Some(at("2029-01-15"))));
}

#[test]
fn m19_recently_expired_points_come_back_where_the_rules_say() {
    let mut rules = rules();
    rules.expiry.reinstate_days = 90;
    let expired = |name: &str, end: &str| SourceLot {
        state: LotState::Expired,
        earned_at: at("2024-08-01"),
        expires_at: Some(at(end)),
        ..lot(name, "stars", 10)
    };
    let mut snapshot = member("brisa", "1");
    snapshot.lots = vec![expired("new", "2026-08-01"), expired("old", "2026-06-01")];
    let plan = plan_member(&rules, &[snapshot]);
    assert_eq!(plan.lines[0].disposition, Disposition::Opens);
    assert_eq!((plan.lines[0].points, plan.lines[0].expires_at), (13, Some(at("2027-03-30"))));
    assert_eq!((plan.lines[1].disposition, plan.lines[1].points), (Disposition::Expired, 0));
    let mut totals = Totals::default();
    totals.add(&plan).unwrap();
    assert_eq!(totals.points.values().next().unwrap().target["reinstated"], 13);
    assert!(totals.approvable());
}

#[test]
fn m20_pending_and_held_keep_their_dates_and_names() {
    let mut snapshot = member("pro", "1");
    snapshot.lots = vec![
        SourceLot {
            state: LotState::Pending,
            release_at: Some(at("2026-10-20")),
            ..lot("p", "credits", 300)
        },
        SourceLot {
            state: LotState::Held,
            hold: "H-77".into(),
            hold_until: Some(at("2026-10-05")),
            ..lot("q", "credits", 61)
        },
        lot("q", "credits", 30),
    ];
    let plan = planned(&[snapshot]);
    let openings = plan.openings();
    // 391 / 3 = 130.33 → 131: 100 + 20.33 + 10, the unit left goes to the largest fraction.
    let seen: Vec<_> =
        openings.iter().map(|o| (o.points, o.state, o.release_at, o.hold.as_str())).collect();
    assert_eq!(
        seen,
        [
            (100, LotState::Pending, Some(at("2026-10-20")), ""),
            (10, LotState::Available, None, ""),
            (21, LotState::Held, None, "H-77"),
        ]
    );
    assert_eq!(openings[2].hold_until, Some(at("2026-10-05")));
}

#[test]
fn m21_a_debt_stands_apart_from_another_programs_points() {
    let mut people = ana();
    people[1].lots = vec![lot("a1", "puntos", -70), lot("a2", "puntos", 20)];
    let plan = planned(&people);
    assert_eq!(codes(&plan), [ExceptionCode::DebtAcrossPrograms]);
    assert_eq!(opened(&plan), 212);
    let mut totals = Totals::default();
    totals.add(&plan).unwrap();
    let aurora = &totals.points[&("aurora".to_owned(), "puntos".to_owned())];
    assert_eq!(
        (aurora.opening["debt"], aurora.source["kept_apart"], aurora.kept_apart),
        (-70, -50, -50)
    );
    assert!(totals.approvable());

    let mut netting = rules();
    netting.net_debts_across = true;
    assert_eq!(opened(&plan_member(&netting, &people)), 162);
    // Alone, the debt opens as a debt.
    assert_eq!(opened(&planned(&people[1..])), -50);
}

#[test]
fn m5_a_ledger_that_does_not_add_up_waits_at_the_desk() {
    let mut people = ana();
    people[0].balances.insert("stars".into(), 164);
    let plan = planned(&people);
    assert_eq!(codes(&plan), [ExceptionCode::BalanceDiffers]);
    assert_eq!(plan.status, GoldenStatus::HeldBack);
    assert!(plan.openings().is_empty() && plan.conversions.is_empty());
    assert_eq!(plan.lines.len(), 6);
    people[0].balances.insert("stars".into(), 163);
    assert_eq!(planned(&people).status, GoldenStatus::Active);
}

#[test]
fn m37_each_bad_lot_has_its_exception() {
    let with = |change: fn(&mut MemberSnapshot)| {
        let mut people = ana();
        change(&mut people[0]);
        codes(&planned(&people))
    };
    assert_eq!(with(|m| m.lots[1].lot = "l1".into()), [ExceptionCode::DuplicateLot]);
    assert_eq!(with(|m| m.lots[1].point_type = "miles".into()), [ExceptionCode::NoRule]);
    assert_eq!(with(|m| m.lots[1].points = i64::MAX), [ExceptionCode::TooLarge]);
    assert_eq!(
        with(|m| m.lots[1].expires_at = Some(at("2025-01-01"))),
        [ExceptionCode::ImpossibleLot]
    );
    assert_eq!(with(|m| m.lots[1].state = LotState::Pending), [ExceptionCode::ImpossibleLot]);
}

#[test]
fn r102_losers_are_named_and_a_floor_lifts_them() {
    let mut rules = rules();
    // The table gives half of what Brisa's points were worth.
    rules.conversions[1] = flat("brisa", "stars", "13/20");
    let plan = plan_member(&rules, &ana());
    assert_eq!(plan.value_before, Fraction::new(40 * 10 + 2_119, 10).unwrap());
    assert_eq!(plan.value_after, Fraction::whole(40 + 106));
    rules.value_floor = Some(rate("1"));
    rules.check().unwrap();
    let plan = plan_member(&rules, &ana());
    // 251.9 before: 106 more lift 146 to 252.
    assert_eq!(plan.compensation.as_ref().unwrap().points, 106);
    assert_eq!(plan.value_after, Fraction::whole(252));
    rules.values.remove("pro");
    assert_eq!(rules.check().unwrap_err().code(), "merge_rule_no_value");
}

/// Gold of Brisa converts at half its value: exactly its 37 members lose, each by half.
#[test]
fn r102_exactly_the_planted_losers_are_listed() {
    let mut rules = rules();
    rules.conversions[1].table = Table::ByTier {
        rates: BTreeMap::from([("gold".into(), rate("13/20"))]),
        otherwise: rate("13/10"),
    };
    let mut people = Vec::new();
    for n in 0..407 {
        let mut one = member("brisa", &format!("B-{n:03}"));
        one.lots.push(lot("l", "stars", 200));
        if n % 11 == 5 {
            one.tiers.push(tier("gold", Provenance::Earned));
        }
        people.push(one);
    }
    let done = super::super::plan(&rules, people, &[]).unwrap();
    let losers: Vec<_> =
        done.members.iter().filter(|m| m.verdict() == Some(Verdict::Loser)).collect();
    assert_eq!((losers.len(), done.totals.counts["losers"]), (37, 37));
    for loser in losers {
        assert_eq!(loser.value_before.minus(loser.value_after).unwrap(), Fraction::whole(130));
        assert_eq!(loser.lines[0].tier, "gold");
        assert!(loser.file_lines(File::Values).ends_with(",260,1,130,1,loser\n"));
    }
}

#[test]
fn m58_what_the_ledger_opened_is_compared_lot_by_lot() {
    let plan = planned(&ana());
    let mut posted: Vec<PostedLot> = plan
        .openings()
        .into_iter()
        .map(|o| PostedLot {
            to: o.to,
            points: o.points,
            state: o.state,
            earned_at: o.earned_at,
            expires_at: o.expires_at,
        })
        .rev()
        .collect();
    assert_eq!(compare(&plan, &posted), []);
    posted[0].points += 1;
    assert_eq!(compare(&plan, &posted).len(), 2);
}
