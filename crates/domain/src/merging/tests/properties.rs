//! Ten thousand random plans: nothing is lost, nothing ends sooner, nobody falls below the floor, order never matters.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::points::Disposition;
use super::super::snapshot::{LotState, SourceStatus};
use super::super::undo::{Later, LotRef, unmerge};
use super::super::{MergePlan, Run, plan};
use super::*;
use crate::conversion::{Band, Fraction, Level};

/// A seeded source of numbers; a failure prints the seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % below).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }
}

fn random_rules(dice: &mut Dice) -> MergeRules {
    let mut rules = with_ladder(rules());
    for conversion in &mut rules.conversions {
        let some = Rate::new(dice.roll(40) + 1, dice.roll(20) + 1).unwrap();
        let more = Rate::new(dice.roll(40) + 41, dice.roll(3) + 1).unwrap();
        let from = dice.roll(300) + 1;
        conversion.table = match dice.roll(7) {
            0 => Table::WholeBalanceBand {
                bands: vec![Band { from: 0, rate: some }, Band { from, rate: more }],
            },
            1 => Table::MarginalBands {
                bands: vec![Band { from: 0, rate: some }, Band { from, rate: more }],
            },
            2 => Table::LevelTable {
                levels: vec![Level { from, gives: 90 }, Level { from: from + 200, gives: 700 }],
                round_up: dice.roll(2) == 0,
            },
            3 => Table::ByTier { rates: BTreeMap::from([("gold".into(), more)]), otherwise: some },
            _ => Table::Flat { rate: some },
        };
        conversion.cap = (dice.roll(4) == 0).then_some(2_000);
        conversion.bonus = (dice.roll(4) == 0).then_some(25);
    }
    rules.value_floor = (dice.roll(2) == 0).then(|| rate("1"));
    rules.net_debts_across = dice.roll(2) == 0;
    rules.expiry.reinstate_days = i32::try_from(dice.roll(2) * 90).unwrap();
    rules.check().unwrap();
    rules
}

fn random_people(dice: &mut Dice) -> (Vec<MemberSnapshot>, Vec<Vec<SourceKey>>) {
    let types = [("aurora", "puntos"), ("brisa", "stars"), ("pro", "credits")];
    let mut people = Vec::new();
    for n in 0..dice.roll(6) + 2 {
        let (source, point_type) = *dice.one(&types);
        let mut snapshot = member(source, &format!("m{n}"));
        for l in 0..dice.roll(6) {
            let state = *dice.one(&[
                LotState::Available,
                LotState::Available,
                LotState::Available,
                LotState::Pending,
                LotState::Held,
                LotState::Expired,
            ]);
            let mut one = lot(&format!("l{l}"), point_type, dice.roll(400));
            one.state = state;
            one.earned_at = at("2025-01-01").plus_micros(dice.roll(600) * crate::time::DAY);
            one.expires_at = Some(one.earned_at.plus_micros(dice.roll(1_000) * crate::time::DAY));
            one.release_at = (state == LotState::Pending).then(|| at("2026-11-01"));
            if state == LotState::Available && dice.roll(8) == 0 {
                one.points = -one.points;
            }
            if state != LotState::Expired && dice.roll(5) == 0 {
                one.expires_at = None;
            }
            snapshot.lots.push(one);
        }
        if source == "brisa" && dice.roll(2) == 0 {
            let held = *dice.one::<&str>(&["silver", "gold", "elite"]);
            snapshot.tiers.push(tier(held, Provenance::Earned));
        }
        snapshot.status = *dice.one(&[
            SourceStatus::Active,
            SourceStatus::Active,
            SourceStatus::Active,
            SourceStatus::Blocked,
            SourceStatus::Closed,
            SourceStatus::Erased,
        ]);
        if dice.roll(9) == 0 {
            snapshot.balances.insert(point_type.into(), 77);
        }
        people.push(snapshot);
    }
    let pair = usize::try_from(dice.roll(people.len() as u64)).unwrap();
    let clusters = vec![people[..pair].iter().map(|p| p.key.clone()).collect()];
    (people, clusters)
}

fn check_all(rules: &MergeRules, people: &[MemberSnapshot], done: &MergePlan) {
    // 1. Every lot of every account stands in the journal exactly once.
    let lots: usize = people.iter().map(|p| p.lots.len()).sum();
    assert_eq!(done.members.iter().map(|m| m.lines.len()).sum::<usize>(), lots);
    let units: i64 = people.iter().flat_map(|p| &p.lots).map(|l| l.points).sum();
    assert_eq!(
        done.members.iter().flat_map(|m| &m.lines).map(|l| l.lot.points).sum::<i64>(),
        units
    );
    // 2. Every account has one destination.
    let accounts: BTreeSet<_> =
        done.members.iter().flat_map(|m| &m.accounts).map(|a| &a.key).collect();
    assert_eq!(accounts.len(), people.len());
    // 3. Every account of the conversion closes.
    assert!(done.totals.points.values().all(super::super::totals::PointTotals::closes));
    for member in &done.members {
        // 4. What opens is the exact sum, less caps, plus rounding, plus gifts.
        let mut expected = Fraction::ZERO;
        for conversion in member.conversions.iter().filter(|c| c.disposition == Disposition::Opens)
        {
            let c = &conversion.converted;
            assert!(!c.rounding.is_negative() && c.rounding < Fraction::whole(1));
            for part in [c.exact, c.rounding, Fraction::whole(c.gift)] {
                expected = expected.plus(part).unwrap();
            }
            expected = expected.minus(c.cut).unwrap();
        }
        let lift = member.compensation.as_ref().map_or(0, |given| given.points);
        assert_eq!(expected.plus(Fraction::whole(lift)).unwrap(), Fraction::whole(opened(member)));
        // 5. Nothing ends sooner.
        for line in &member.lines {
            assert!(match (line.lot.expires_at, line.expires_at) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(before), Some(after)) => after >= before,
            });
        }
        // 6. Nobody stands lower than any earned tier maps to.
        for account in
            people.iter().filter(|p| member.accounts.iter().any(|a| a.moves && a.key == p.key))
        {
            for held in account.tiers.iter().filter(|_| !member.conversions.is_empty()) {
                let map = rules.tiers.iter().find(|map| map.tier == held.tier).unwrap();
                let ladder = rules.ladder(&map.group).unwrap();
                assert!(ladder.rank(&member.tiers[0].tier) >= ladder.rank(&map.to));
            }
        }
        // 7. Nobody falls below the floor.
        if rules.value_floor.is_some() {
            assert!(member.value_after >= member.value_before);
        }
    }
}

/// Four parts of ten thousand, so that they run side by side.
#[test]
fn a2_random_plans_1_to_2500_lose_no_point() {
    random_plans(1..=2_500);
}

#[test]
fn a2_random_plans_2501_to_5000_lose_no_point() {
    random_plans(2_501..=5_000);
}

#[test]
fn a2_random_plans_5001_to_7500_lose_no_point() {
    random_plans(5_001..=7_500);
}

#[test]
fn a2_random_plans_7501_to_10000_lose_no_point() {
    random_plans(7_501..=10_000);
}

fn random_plans(seeds: std::ops::RangeInclusive<u64>) {
    for seed in seeds {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let rules = random_rules(&mut dice);
        let (people, clusters) = random_people(&mut dice);
        let done = std::panic::catch_unwind(|| {
            let done = plan(&rules, people.clone(), &clusters).unwrap();
            check_all(&rules, &people, &done);
            done
        });
        let done = done.unwrap_or_else(|_| panic!("seed {seed}"));
        // 8. The order of accounts, lots and clusters never matters.
        if seed % 10 == 0 {
            let mut turned = people;
            turned.reverse();
            turned.iter_mut().for_each(|p| p.lots.reverse());
            let clusters: Vec<Vec<SourceKey>> =
                clusters.iter().map(|c| c.iter().rev().cloned().collect()).collect();
            let again = plan(&rules, turned, &clusters).unwrap();
            assert_eq!(again.digest, done.digest, "seed {seed}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    /// Whatever happened since, what leaves and what stays is what was there plus the goodwill.
    #[test]
    fn a12_unmerging_conserves(seed in 1_u64..1_000_000, events in 0..25) {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let plan = planned(&ana());
        let keys: Vec<SourceKey> = plan.accounts.iter().map(|a| a.key.clone()).collect();
        let mut left: Vec<(LotRef, i64)> =
            plan.openings().iter().map(|o| (LotRef::Opened(o.line.unwrap()), o.points)).collect();
        let mut later = Vec::new();
        for n in 0..events {
            let via = dice.one(&[Some(keys[0].clone()), Some(keys[1].clone()), None]).clone();
            if dice.roll(2) == 0 {
                let (event, points) = (format!("e{n}"), dice.roll(90) + 1);
                left.push((LotRef::Later(event.clone()), points));
                later.push(Later::Earned {
                    event, to: "uno".into(), points, via, expires_at: None, source_points: None,
                });
            } else {
                let place = usize::try_from(dice.roll(left.len() as u64)).unwrap();
                let points = dice.roll(u64::try_from(left[place].1).unwrap() + 1);
                left[place].1 -= points;
                later.push(Later::Spent {
                    event: format!("s{n}"), lots: vec![(left[place].0.clone(), points)], via,
                });
            }
        }
        let whole: i64 = left.iter().map(|(_, points)| points).sum();
        let result = unmerge(&plan, &later, &BTreeSet::from([keys[1].clone()]), false).unwrap();
        let parts: i64 = result.leaving.iter().chain(&result.staying).map(|p| p.points).sum();
        prop_assert_eq!(parts, whole + result.goodwill.values().sum::<i64>());
        prop_assert!(result.leaving.iter().chain(&result.staying).all(|p| p.points > 0));
    }
}

#[test]
fn a4_a_run_is_the_same_to_the_byte_and_its_hash_tells_every_change() {
    let (rules, people) = (rules(), ana());
    let clusters = [people.iter().map(|p| p.key.clone()).collect::<Vec<_>>()];
    let hash = |rules: &MergeRules, people: Vec<MemberSnapshot>| {
        plan(rules, people, &clusters).unwrap().digest.run
    };
    let first = hash(&rules, people.clone());
    assert_eq!(first, hash(&rules, people.clone()));
    let mut other = people.clone();
    other[0].lots[0].points += 1;
    assert_ne!(first, hash(&rules, other));
    let mut other = rules.clone();
    other.expiry.grace_days += 1;
    assert_ne!(first, hash(&other, people));
}

/// Killed after every thousandth member and begun again, a run ends as if nothing had been.
#[test]
fn a3_a_run_begun_again_anywhere_ends_the_same() {
    let rules = rules();
    let mut people = Vec::new();
    for n in 0..5_000 {
        let mut one = member("brisa", &format!("{n:05}"));
        one.lots.push(lot("l", "stars", n % 90));
        people.push(one);
    }
    let whole = plan(&rules, people.clone(), &[]).unwrap();
    for stop in (0..5_000).step_by(1_000) {
        let mut killed = Run::new(&rules).unwrap();
        let mut again = Run::new(&rules).unwrap();
        for one in &people[..stop] {
            killed.add(&plan_member(&rules, std::slice::from_ref(one))).unwrap();
        }
        drop(killed);
        for one in &people {
            again.add(&plan_member(&rules, std::slice::from_ref(one))).unwrap();
        }
        let (totals, digest) = again.finish();
        assert_eq!((&totals, &digest), (&whole.totals, &whole.digest), "stopped at {stop}");
    }
}

#[test]
fn a6_no_lot_of_three_hundred_thousand_ends_sooner() {
    let mut dice = Dice(77);
    let mut rules = rules();
    rules.zone = crate::time::Zone::named("Europe/Madrid").unwrap();
    rules.expiry.freeze = Some((at("2026-09-29"), at("2026-10-01")));
    for n in 0..300_000 {
        rules.expiry.grace_days = i32::try_from(dice.roll(200)).unwrap();
        let day = |dice: &mut Dice| {
            at("2020-01-01")
                .plus_micros(dice.roll(4_000) * crate::time::DAY + dice.roll(86_400_000_000))
        };
        let one = SourceLot {
            earned_at: day(&mut dice),
            expires_at: Some(day(&mut dice)),
            ..lot("l", "puntos", 1)
        };
        let end = super::super::points::ends(&rules, "uno", &one, |_| "");
        assert!(end.is_none_or(|end| Some(end) >= one.expires_at), "lot {n}: {one:?} {end:?}");
    }
}

#[test]
fn a7_nobody_of_ten_thousand_stands_lower_on_the_day_of_the_merge() {
    use super::people::{night, nights};
    let mut dice = Dice(55);
    let rules = nights(with_ladder(rules()));
    // By hand: what each held tier is worth on the common ladder, and how high each of its tiers stands.
    let worth = |code: &str, given: bool| match (code, given) {
        ("silver", _) | ("gold", true) => 1,
        ("gold", false) => 2,
        ("elite", false) => 3,
        _ => 0,
    };
    let height = |tier: &str| match tier {
        "plata" => 1,
        "oro" => 2,
        "platino" => 3,
        other => panic!("{other} is no tier of the ladder"),
    };
    for n in 0..10_000 {
        let mut people = ana();
        let mut floor = 0;
        for _ in 0..dice.roll(4) {
            let code = *dice.one(&["silver", "gold", "elite"]);
            let (provenance, given) = *dice.one(&[
                (Provenance::Earned, false),
                (Provenance::Lifetime, false),
                (Provenance::Paid, false),
                (Provenance::Matched, true),
                (Provenance::Gifted, true),
            ]);
            people[0].tiers.push(tier(code, provenance));
            floor = floor.max(worth(code, given));
        }
        let stayed = dice.roll(60);
        people[0].counters = vec![night("nights", "2026", stayed, None)];
        let requalified = [50, 25, 10].iter().filter(|needed| stayed >= **needed).count();
        let plan = plan_member(&rules, &people);
        let stands = plan.tiers.iter().map(|tier| height(&tier.tier)).max().unwrap_or(0);
        assert_eq!(stands, floor.max(requalified), "{n}: {:?} {stayed}", people[0].tiers);
    }
}

#[test]
fn a9_ten_thousand_consents_are_never_looser() {
    use super::super::snapshot::{Consent, ConsentState};
    let mut dice = Dice(99);
    let states = [
        ConsentState::OptedIn,
        ConsentState::Unknown,
        ConsentState::OptedOut,
        ConsentState::Excluded,
    ];
    for _ in 0..10_000 {
        let mut people = ana();
        for person in &mut people {
            for _ in 0..dice.roll(3) + 1 {
                person.consents.push(Consent {
                    purpose: "marketing".into(),
                    channel: "email".into(),
                    state: *dice.one(&states),
                    at: at("2024-01-01").plus_micros(dice.roll(500) * crate::time::DAY),
                    controller: if dice.roll(2) == 0 { "aurora".into() } else { "brisa".into() },
                    specific: dice.roll(2) == 0,
                    evidence: String::new(),
                });
            }
        }
        let result = planned(&people).consents[0].consent.clone();
        let all: Vec<&Consent> = people.iter().flat_map(|p| &p.consents).collect();
        let strictest = all.iter().map(|c| c.state).max().unwrap();
        if result.state != strictest {
            // Looser than the strictest: only a later, specific yes to the controller that goes on, over a plain no.
            assert_eq!((strictest, result.state), (ConsentState::OptedOut, ConsentState::OptedIn));
            assert!(result.specific && result.controller == "aurora");
            let noes = all.iter().filter(|c| c.state == ConsentState::OptedOut);
            assert!(noes.into_iter().all(|no| no.at < result.at));
        }
    }
}

#[test]
fn a17_every_old_number_resolves_to_one_golden_member() {
    let mut people = ana();
    people[0].aliases = vec!["card-7".into(), "ana@example.com".into()];
    people.push(member("pro", "9"));
    let clusters = [vec![people[0].key.clone(), people[1].key.clone()]];
    let done = plan(&rules(), people, &clusters).unwrap();
    let mut resolved = BTreeMap::new();
    for one in &done.members {
        for (source, token) in one.identifiers() {
            assert!(resolved.insert((source, token), one.golden.member.as_str()).is_none());
        }
    }
    let expected = BTreeMap::from([
        (("aurora", "0001"), "0001"),
        (("brisa", "B-1"), "0001"),
        (("brisa", "ana@example.com"), "0001"),
        (("brisa", "card-7"), "0001"),
        (("pro", "9"), "9"),
    ]);
    assert_eq!(resolved, expected);
}

#[test]
fn a16_a_report_that_does_not_close_or_breaks_a_promise_is_not_approvable() {
    let done = plan(&rules(), ana(), &[]).unwrap();
    assert!(done.totals.approvable());
    let mut totals = done.totals.clone();
    let stars = totals.points.get_mut(&("brisa".to_owned(), "stars".to_owned())).unwrap();
    *stars.target.get_mut("available").unwrap() += 1;
    assert!(!totals.approvable());
    let mut totals = done.totals;
    totals.breaches.insert("no_expiry_sooner", 1);
    assert!(!totals.approvable());
}
