//! Promises kept and broken: ends of tiers, tiers lost, erased people, modes, and ways beside the merge.

use super::super::plan_member;
use super::super::rules::Mode;
use super::people::{night, nights};
use super::*;
use crate::merging::commitments::Commitment;

/// Gold is held in two programs: earned until 2027 in one, paid until 2030 in the other. It is earned, and lasts until
/// 2030; so it does where the counters alone reach it again.
#[test]
fn m24_of_equal_steps_the_latest_end_holds() {
    let mut rules = nights(with_ladder(rules()));
    rules.tiers.push(TierMap { source: "aurora".into(), ..rules.tiers[1].clone() });
    let mut people = ana();
    let until =
        |end: &str, provenance| SourceTier { until: Some(at(end)), ..tier("gold", provenance) };
    people[0].tiers.push(until("2027-03-01", Provenance::Earned));
    people[1].tiers.push(until("2030-03-01", Provenance::Paid));
    let told = |people: &[MemberSnapshot]| {
        let plan = plan_member(&rules, people);
        (plan.tiers[0].provenance, plan.tiers[0].protected_until)
    };
    assert_eq!(told(&people), (Provenance::Earned, Some(at("2030-03-01"))));
    people[0].tiers.clear();
    people[0].counters.push(night("nights", "2026", 30, None));
    assert_eq!(told(&people), (Provenance::Earned, Some(at("2030-03-01"))));
    // A lower step that lasts longer makes the higher one no longer.
    people[1].tiers[0].tier = "silver".into();
    rules.tiers.push(TierMap { source: "aurora".into(), ..rules.tiers[0].clone() });
    let plan = plan_member(&rules, &people);
    assert_eq!(plan.tiers[0].protected_until, Some(at("2027-12-31")));
}

/// A tier that no rule maps is lost, and so is one that was only given where it has no equivalent: the promise sees it.
#[test]
fn m15_a_lost_tier_breaks_the_promise_that_none_is_lost() {
    let mut rules = with_ladder(rules());
    rules.commitments = vec![Commitment::NoTierLossBefore { at: at("2027-06-30") }];
    let lost = |held: SourceTier| {
        let mut people = ana();
        people[0].tiers.push(held);
        let breaches = plan_member(&rules, &people).breaches;
        breaches.into_iter().map(|breach| breach.subject).collect::<Vec<_>>()
    };
    assert_eq!(lost(tier("gold", Provenance::Earned)), Vec::<String>::new());
    assert_eq!(lost(tier("diamond", Provenance::Earned)), ["brisa/diamond"]);
    assert_eq!(lost(tier("elite", Provenance::Gifted)), ["brisa/elite"]);
    // What ended before the cut-over is not held any more.
    let over = SourceTier { until: Some(at("2026-09-30")), ..tier("diamond", Provenance::Earned) };
    assert_eq!(lost(over), Vec::<String>::new());
}

/// Nobody says since when the member is there: whoever was erased does not come back by that.
#[test]
fn m46_an_unknown_enrollment_brings_no_erased_person_back() {
    let mut rules = rules();
    rules.erased.insert("hash".into(), at("2024-01-01"));
    let mut people = ana();
    people[0].identity_hashes.push("hash".into());
    people[0].enrolled_at = MemberSnapshot::UNKNOWN;
    let plan = plan_member(&rules, &people);
    assert_eq!(codes(&plan), [ExceptionCode::ErasedReturns]);
    assert_eq!(plan.enrolled_at, at("2018-02-03"));
    // Of somebody else only the beginning is unknown: here since the cut-over, and not since 1970.
    people[0].identity_hashes.clear();
    people[1].enrolled_at = MemberSnapshot::UNKNOWN;
    let plan = plan_member(&rules, &people);
    assert_eq!((codes(&plan), plan.enrolled_at), (vec![], at(CUTOVER)));
}

#[test]
fn m2_each_mode_moves_what_it_says() {
    let mut rules = with_ladder(rules());
    let mut people = ana();
    people[0].tiers.push(tier("gold", Provenance::Earned));
    let of = |mode, survivor: Option<&str>, rules: &mut MergeRules| {
        (rules.mode, rules.survivor) = (mode, survivor.map(String::from));
        rules.check().map_err(|bad| bad.to_string())?;
        let plan = plan_member(rules, &people);
        Ok::<_, String>((opened(&plan), plan.tiers.len()))
    };
    assert_eq!(of(Mode::FullMerge, None, &mut rules), Ok((252, 1)));
    assert_eq!(of(Mode::SharedCurrency, None, &mut rules), Ok((252, 0)));
    assert_eq!(of(Mode::LinkOnly, None, &mut rules), Ok((0, 0)));
    // Aurora takes Brisa in, and its own 40 stay 40; Brisa cannot, for its stars become more.
    assert_eq!(of(Mode::Absorb, Some("aurora"), &mut rules), Ok((252, 1)));
    for survivor in [None, Some("brisa"), Some("nobody")] {
        assert!(of(Mode::Absorb, survivor, &mut rules).is_err(), "{survivor:?}");
    }
    for mode in [Mode::Split, Mode::Redenominate] {
        let told = of(mode, None, &mut rules).unwrap_err();
        assert!(told.starts_with("mode "), "{told}");
    }
}

/// Stars can be bought back from points at 1 to 1 while the merge gives 13 for 10: round and round. And a status of
/// Brisa got by matching Aurora's reaches higher than Aurora's own.
#[test]
fn m17_ways_beside_the_merge_are_looked_at_with_it() {
    use crate::conversion::routes::{Route, TierMatch};
    let mut rules = with_ladder(rules());
    let codes = |rules: &MergeRules| {
        let found = rules.lint_ways().unwrap();
        found.iter().map(|finding| finding.code()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&rules), Vec::<&str>::new());
    rules.routes.push(Route {
        from: "uno".into(),
        to: "brisa/stars".into(),
        rate: rate("1"),
        step: None,
        rounding: crate::rate::Rounding::Floor,
        restarts_expiry: false,
        to_others: false,
    });
    assert!(codes(&rules).contains(&"loop"), "{:?}", rules.lint_ways());
    rules.routes.clear();
    rules.tier_matches.push(TierMatch {
        from: "aurora".into(),
        tier: "azul".into(),
        to: "brisa".into(),
        gives: "gold".into(),
        accepts_matched: false,
    });
    assert_eq!(codes(&rules), ["tier_laundering"]);
}
