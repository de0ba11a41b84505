//! Tiers, counters, vouchers, consents, blocks, erasure, plans, pools and companies.

use super::super::rules::{CounterMap, PlanMap, PoolChoice, VoucherMap, Wallet};
use super::super::snapshot::{
    Consent, ConsentState, PaidPlan, PoolSeat, SourceCounter, SourceStatus, SourceVoucher, Unit,
};
use super::super::{GoldenStatus, RunError, Totals, plan, plan_member};
use super::*;
use crate::merging::commitments::Commitment;
use crate::merging::prepare::{split, to_company_wallets};

pub(super) fn night(
    counter: &str,
    period: &str,
    value: i64,
    reference: Option<&str>,
) -> SourceCounter {
    SourceCounter {
        counter: counter.into(),
        period: period.into(),
        value,
        reference: reference.map(String::from),
    }
}

pub(super) fn nights(mut rules: MergeRules) -> MergeRules {
    for (source, counter, text) in [("brisa", "nights", "1"), ("aurora", "stays", "3/2")] {
        rules.counters.push(CounterMap {
            source: source.into(),
            counter: counter.into(),
            group: "status".into(),
            rate: rate(text),
            days: true,
        });
    }
    rules
}

#[test]
fn m22_the_best_of_mapped_and_requalified_wins() {
    let rules = nights(with_ladder(rules()));
    let mut people = ana();
    people[0].tiers.push(tier("silver", Provenance::Earned));
    let plan = plan_member(&rules, &people);
    assert_eq!((plan.tiers[0].tier.as_str(), plan.tiers[0].requalified.as_str()), ("plata", ""));
    assert_eq!(plan.tiers[0].from, Some(people[0].key.clone()));
    assert_eq!(plan.tiers[0].protected_until, Some(at("2027-12-31")));
    // 20 nights and 4 stays at 3/2 are 26 in 2026; 2025's 9 are looked at on their own.
    people[0].counters = vec![night("nights", "2026", 20, None), night("nights", "2025", 9, None)];
    people[1].counters = vec![night("stays", "2026", 4, None)];
    let plan = plan_member(&rules, &people);
    assert_eq!((plan.tiers[0].tier.as_str(), plan.tiers[0].from.as_ref()), ("oro", None));
    assert_eq!(plan.counters.iter().map(|c| c.value).collect::<Vec<_>>(), [9, 26]);
}

#[test]
fn m22_a_matched_tier_maps_to_its_equivalent_and_stays_matched() {
    let rules = with_ladder(rules());
    let held = |code: &str, provenance| {
        let mut people = ana();
        people[0].tiers.push(tier(code, provenance));
        plan_member(&rules, &people).tiers.first().map(|t| (t.tier.clone(), t.provenance))
    };
    assert_eq!(held("gold", Provenance::Earned), Some(("oro".into(), Provenance::Earned)));
    assert_eq!(held("gold", Provenance::Matched), Some(("plata".into(), Provenance::Matched)));
    assert_eq!(held("elite", Provenance::Gifted), None);
    assert_eq!(held("elite", Provenance::Lifetime), Some(("platino".into(), Provenance::Lifetime)));
}

#[test]
fn m24_lifetime_is_for_life_and_others_are_protected() {
    let rules = with_ladder(rules());
    let mut people = ana();
    people[0].tiers.push(tier("gold", Provenance::Lifetime));
    assert_eq!(plan_member(&rules, &people).tiers[0].protected_until, None);
    people[0].tiers[0] =
        SourceTier { until: Some(at("2029-01-01")), ..tier("gold", Provenance::Paid) };
    assert_eq!(plan_member(&rules, &people).tiers[0].protected_until, Some(at("2029-01-01")));
}

/// Nobody falls at the cut-over, and the dry run knows who falls when the protection ends.
#[test]
fn m24_future_downgrades_are_known_by_date() {
    let rules = nights(with_ladder(rules()));
    let mut totals = Totals::default();
    for (n, (code, provenance, value)) in [
        ("gold", Provenance::Earned, 0),
        ("gold", Provenance::Earned, 12),
        ("gold", Provenance::Earned, 25),
        ("gold", Provenance::Lifetime, 0),
        ("silver", Provenance::Earned, 60),
    ]
    .into_iter()
    .enumerate()
    {
        let mut one = member("brisa", &format!("B-{n}"));
        one.tiers.push(tier(code, provenance));
        one.counters.push(night("nights", "2026", value, None));
        totals.add(&plan_member(&rules, &[one])).unwrap();
    }
    let due = BTreeMap::from([(("status".to_owned(), at("2027-12-31")), 2)]);
    assert_eq!(totals.due_downgrades, due);
}

#[test]
fn m40_waves_go_from_the_simple_to_the_delicate() {
    use crate::merging::member::Complexity;
    let mut people = ana();
    assert_eq!(planned(&people[..1]).complexity(), Complexity::Single);
    assert_eq!(planned(&people).complexity(), Complexity::Matched);
    people[0].pool = Some(PoolSeat { pool: "casa".into(), ..PoolSeat::default() });
    assert_eq!(planned(&people).complexity(), Complexity::Pool);
    people[0].plans.push(PaidPlan {
        plan: "club".into(),
        paid_until: at("2027-01-01"),
        ..PaidPlan::default()
    });
    assert_eq!(planned(&people).complexity(), Complexity::Premium);
    let mut company = member("pro", "E");
    company.unit = Unit::Company;
    assert_eq!(planned(&[company]).complexity(), Complexity::Company);
}

#[test]
fn m23_a_booking_credited_twice_counts_once() {
    let rules = nights(with_ladder(rules()));
    let mut people = ana();
    people[0].counters =
        vec![night("nights", "2026", 4, Some("BK-9")), night("nights", "2026", 3, Some("BK-10"))];
    people[1].counters = vec![night("stays", "2026", 2, Some("BK-9"))];
    let plan = plan_member(&rules, &people);
    assert_eq!((plan.counters[0].value, plan.counters[0].counted_twice), (7, 3));
    people[0].counters.push(night("nights", "2026", 400, None));
    let plan = plan_member(&rules, &people);
    assert_eq!(plan.counters[0].value, 365);
    assert_eq!(codes(&plan), [ExceptionCode::CounterBeyondCalendar]);
}

#[test]
fn a8_vouchers_are_worth_no_less_and_valid_no_shorter() {
    let mut rules = rules();
    for (kind, value_minor, least_days) in
        [("night_a", Some(9_000), 0), ("night_b", Some(15_000), 365), ("cash", None, 0)]
    {
        rules.vouchers.push(VoucherMap {
            source: "brisa".into(),
            kind: kind.into(),
            to: format!("uno_{kind}"),
            value_minor,
            least_days,
        });
    }
    rules.commitments.push(Commitment::NoVoucherLoss);
    let voucher = |code: &str, kind: &str| SourceVoucher {
        code: code.into(),
        kind: kind.into(),
        value_minor: 12_000,
        bought_for: 30_000,
        expires_at: Some(at("2026-12-31")),
    };
    let mut people = ana();
    people[0].vouchers =
        ["night_a", "night_b", "cash", "package"].map(|kind| voucher(kind, kind)).into();
    let plan = plan_member(&rules, &people);
    let seen: Vec<_> = plan
        .vouchers
        .iter()
        .map(|v| {
            (
                v.voucher.code.as_str(),
                v.to.as_str(),
                v.value_minor,
                v.expires_at,
                v.or_source_points,
            )
        })
        .collect();
    let (year_end, year_on) = (Some(at("2026-12-31")), Some(at("2027-10-01")));
    assert_eq!(
        seen,
        [
            ("cash", "uno_cash", 12_000, year_end, 0),
            ("night_a", "uno_night_a", 12_000, year_end, 0),
            ("night_b", "uno_night_b", 15_000, year_on, 0),
            ("package", "", 12_000, year_end, 30_000),
        ]
    );
    assert_eq!(codes(&plan), [ExceptionCode::VoucherUnmapped]);
    assert_eq!(plan.breaches, []);
}

fn consent(state: ConsentState, day: &str, controller: &str, specific: bool) -> Consent {
    Consent {
        purpose: "marketing".into(),
        channel: "email".into(),
        state,
        at: at(day),
        controller: controller.into(),
        specific,
        evidence: format!("form {day}"),
    }
}

#[test]
fn a9_the_strictest_consent_holds_unless_a_newer_specific_yes_was_given_to_the_survivor() {
    use ConsentState::{Excluded, OptedIn, OptedOut};
    let holds = |ours: Consent, theirs: Consent| {
        let mut people = ana();
        people[0].consents = vec![theirs];
        people[1].consents = vec![ours];
        plan_member(&rules(), &people).consents[0].consent.clone()
    };
    let no = consent(OptedOut, "2024-01-01", "brisa", false);
    let general = consent(OptedIn, "2025-01-01", "aurora", false);
    assert_eq!(holds(general, no.clone()), no);
    let older = consent(OptedIn, "2023-01-01", "aurora", true);
    assert_eq!(holds(older, no.clone()), no);
    let stranger = consent(OptedIn, "2025-01-01", "brisa", true);
    assert_eq!(holds(stranger, no.clone()), no);
    let newer = consent(OptedIn, "2025-01-01", "aurora", true);
    assert_eq!(holds(newer.clone(), no), newer);
    let excluded = consent(Excluded, "2020-01-01", "brisa", false);
    assert_eq!(holds(newer, excluded.clone()), excluded);
}

#[test]
fn a10_erased_people_never_return() {
    let mut rules = rules();
    rules.erased.insert("hash-of-ana".into(), at("2024-06-01"));
    let mut people = ana();
    people[0].identity_hashes = vec!["hash-of-ana".into()];
    people[0].aliases = vec!["card 9".into()];
    // The export of Brisa still has somebody who was erased: only Aurora's account, enrolled by herself, moves.
    people[1].enrolled_at = at("2025-01-01");
    people[1].identity_hashes = vec!["hash-of-ana".into()];
    let plan = plan_member(&rules, &people);
    assert_eq!(codes(&plan), [ExceptionCode::ErasedReturns]);
    assert_eq!(plan.golden, people[1].key);
    assert_eq!(opened(&plan), 40);
    assert!(plan.accounts.iter().all(|account| account.aliases.is_empty()));

    let mut gone = member("aurora", "7");
    gone.status = SourceStatus::Erased;
    assert_eq!(plan_member(&rules, &[gone]).status, GoldenStatus::Left);
}

#[test]
fn m47_blocks_unite() {
    let status = |first, second| {
        let mut people = ana();
        (people[0].status, people[1].status) = (first, second);
        let plan = planned(&people);
        (plan.status, opened(&plan))
    };
    use SourceStatus::{Active, Blocked, Closed, Deceased, Investigated};
    assert_eq!(status(Blocked, Active), (GoldenStatus::Blocked, 252));
    assert_eq!(status(Active, Investigated), (GoldenStatus::Quarantined, 252));
    assert_eq!(status(Blocked, Investigated), (GoldenStatus::Blocked, 252));
    assert_eq!(status(Closed, Active), (GoldenStatus::Active, 40));
    assert_eq!(status(Deceased, Active), (GoldenStatus::HeldBack, 0));
}

#[test]
fn m8_a_person_is_never_merged_with_a_company() {
    let mut people = ana();
    people[0].unit = Unit::Company;
    assert_eq!(codes(&planned(&people)), [ExceptionCode::PersonWithCompany]);
}

#[test]
fn m12_everybody_has_exactly_one_destination_and_nobody_acts() {
    let mut all = ana();
    all.push(member("pro", "9"));
    let clusters = [vec![all[0].key.clone(), all[1].key.clone()]];
    let done = plan(&rules(), all.clone(), &clusters).unwrap();
    assert_eq!(done.members.len(), 2);
    assert_eq!(done.totals.counts["accounts"], 3);
    let twice = [clusters[0].clone(), vec![all[0].key.clone()]];
    assert!(matches!(plan(&rules(), all.clone(), &twice), Err(RunError::InTwoClusters(_))));
    let unknown = [vec![SourceKey::new("pro", "10")]];
    assert!(matches!(plan(&rules(), all.clone(), &unknown), Err(RunError::NotInSnapshot(_))));
    all.push(member("pro", "9"));
    assert!(matches!(plan(&rules(), all, &[]), Err(RunError::Twice(_))));
}

#[test]
fn m34_the_best_paid_plan_goes_on_and_the_other_is_paid_back() {
    let mut rules = rules();
    for (source, name) in [("brisa", "club_plus"), ("aurora", "club")] {
        rules.plans.push(PlanMap {
            source: source.into(),
            plan: name.into(),
            to: "uno_club".into(),
        });
    }
    let paid = |name: &str, promotion: &str| PaidPlan {
        plan: name.into(),
        paid_from: at("2026-01-01"),
        paid_until: at("2027-01-01"),
        price_minor: 36_500,
        promotions: vec![promotion.into()],
    };
    let mut people = ana();
    people[0].plans = vec![paid("club_plus", "late_checkout")];
    people[1].plans = vec![paid("club", "double_tuesday")];
    let plan = plan_member(&rules, &people);
    // 92 of 365 days are left on the first of October.
    let seen: Vec<_> =
        plan.plans.iter().map(|p| (p.plan.plan.as_str(), p.goes_on, p.refund_minor)).collect();
    assert_eq!(seen, [("club_plus", true, 0), ("club", false, 9_200)]);
    assert_eq!(plan.plans[0].promotions, ["double_tuesday", "late_checkout"]);
    rules.plans.remove(1);
    let plan = plan_member(&rules, &people);
    assert!(plan.plans.iter().all(|p| p.goes_on));
    assert_eq!(codes(&plan), [ExceptionCode::PlanUnmapped]);
}

#[test]
fn m33_a_member_of_two_pools_stays_in_one_and_pools_never_merge() {
    let seat = |pool: &str, head, since: &str| {
        Some(PoolSeat { pool: pool.into(), head, since: at(since), agrees_to_merge: false })
    };
    let mut people = ana();
    people[0].pool = seat("casa", true, "2024-01-01");
    people[1].pool = seat("hogar", false, "2022-01-01");
    let stays = |choice| {
        let mut rules = rules();
        rules.pools = choice;
        let plan = plan_member(&rules, &people);
        assert_eq!(codes(&plan), [ExceptionCode::TwoPools]);
        let stays = plan.pools.iter().filter(|pool| pool.stays);
        stays.map(|pool| pool.seat.pool.clone()).collect::<Vec<_>>()
    };
    assert_eq!(stays(PoolChoice::Oldest), ["hogar"]);
    assert_eq!(stays(PoolChoice::Led), ["casa"]);
    assert!(stays(PoolChoice::Ask).is_empty());
}

#[test]
fn m67_a_contact_keeps_nothing_of_the_companys_wallet() {
    let mut contact = member("pro", "C-1");
    contact.contact_of = Some("E-1".into());
    contact.lots.push(lot("x", "credits", 30));
    let mut company = member("pro", "E-1");
    company.unit = Unit::Company;
    company.lots.push(lot("x", "credits", 60));
    let mut all = vec![contact.clone(), company.clone()];
    assert_eq!(to_company_wallets(&mut all, Wallet::Company), []);
    assert!(all[0].lots.is_empty());
    assert_eq!(opened(&planned(&all[1..])), 30);
    let mut all = vec![contact.clone(), company];
    to_company_wallets(&mut all, Wallet::Contact);
    assert_eq!(all[0].lots.len(), 1);
    let alone = to_company_wallets(&mut [contact], Wallet::Company);
    assert_eq!(alone[0].code, ExceptionCode::CompanyMissing);
}

#[test]
fn m15_a_promise_that_a_plan_breaks_stops_the_approval() {
    let mut rules = rules();
    rules.commitments = vec![
        Commitment::RateAtLeast {
            source: "brisa".into(),
            point_type: "stars".into(),
            rate: rate("1"),
        },
        Commitment::NoExpiryBefore { at: at("2027-06-30") },
        Commitment::NoExpirySooner,
    ];
    let approvable = |rules: &MergeRules, people: &[MemberSnapshot]| {
        let mut totals = Totals::default();
        totals.add(&plan_member(rules, people)).unwrap();
        (totals.approvable(), totals.breaches.keys().copied().collect::<Vec<_>>())
    };
    assert_eq!(approvable(&rules, &ana()), (true, vec![]));
    rules.conversions[1] = flat("brisa", "stars", "99/100");
    assert_eq!(approvable(&rules, &ana()), (false, vec!["rate_at_least"]));
    let mut people = ana();
    people[1].lots[0].earned_at = at("2024-01-01");
    people[1].lots[0].expires_at = Some(at("2026-12-01"));
    assert_eq!(approvable(&rules, &people).1, ["no_expiry_before", "rate_at_least"]);
}

#[test]
fn m3_the_parts_of_a_split_are_the_whole() {
    let mut all = Vec::new();
    for n in 0..50 {
        let mut one = member("aurora", &format!("{n:03}"));
        one.lots.push(lot("a", "puntos", 10 + n));
        all.push(one);
    }
    let whole: i64 = all.iter().map(|m| m.lots[0].points).sum();
    let north =
        |m: &MemberSnapshot| Some(if m.key.member.as_str() < "020" { "norte" } else { "sur" });
    let parts = split(all.clone(), north).unwrap();
    assert_eq!(parts.values().map(Vec::len).collect::<Vec<_>>(), [20, 30]);
    let opened: i64 =
        parts.values().flatten().map(|m| opened(&planned(std::slice::from_ref(m)))).sum();
    assert_eq!(opened, whole);
    assert!(split(all, |_| None).is_err());
}
