//! Ladders in an account: up at once, down at review, with grace and soft landing, and longer lives for points.

use super::*;
use crate::program::Provenance;

fn ladder(more: Value) -> Value {
    let mut group = json!({ "code": "level", "measure": { "points": "status" }, "window": "calendar_year",
        "tiers": [ { "code": "silver", "threshold": 100 },
                   { "code": "gold", "threshold": 300, "multiplier": "2" },
                   { "code": "black", "threshold": 900 } ] });
    for (key, value) in more.as_object().unwrap() {
        group[key] = value.clone();
    }
    json!({
        "point_types": [
            { "code": "points", "expiry": { "basis": "earned", "term": { "months": 12 }, "extend_on_upgrade": true,
              "by_tier": [{ "group": "level", "tier": "gold", "term": { "months": 24 } }] } },
            { "code": "status", "kind": "qualifying" },
        ],
        "earning_rules": [
            { "code": "base", "point_type": "points",
              "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } },
            { "code": "status", "point_type": "status", "stackable": false,
              "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } },
        ],
        "tier_groups": [group],
    })
}

#[test]
fn r110_a_step_is_reached_at_once_and_doubles_from_the_next_purchase() {
    let mut story = Story::new(ladder(json!({})));
    let outcome = story.act("2026-02-01", purchase(&[30_000]));
    assert_eq!(outcome.tiers, [("level".to_owned(), String::new(), "gold".to_owned())]);
    assert_eq!((story.available(), story.account.balance(STATUS).available), (300, Points(300)));
    story.buy("2026-02-02", &[1_000]);
    assert_eq!((story.available(), story.account.balance(STATUS).available), (320, Points(310)));
}

#[test]
fn r122_reaching_a_tier_lengthens_points_and_losing_it_never_shortens_them() {
    let mut story = Story::new(ladder(json!({})));
    story.buy("2026-02-01", &[1_000]);
    let end = |story: &Story| story.account.lots.values().next().unwrap().expires_at;
    assert_eq!(end(&story), Some(at("2027-02-01")));
    story.buy("2026-03-01", &[30_000]);
    assert_eq!(end(&story), Some(at("2028-02-01")));
    // Gold was kept until the end of 2027; nothing was bought in 2027.
    let outcome = story.elapse("2028-01-01");
    assert_eq!(outcome.tiers, [("level".to_owned(), "gold".to_owned(), String::new())]);
    assert_eq!(end(&story), Some(at("2028-02-01")));
}

/// Two programs of one tenant call their ladders the same: what was bought in one counts for nothing in the other.
#[test]
fn r110_ladders_of_the_same_name_count_apart_in_each_program() {
    let mut story = Story::new(ladder(json!({})));
    let ids = BTreeMap::from([
        ("points".to_owned(), PointTypeId(3)),
        ("status".to_owned(), PointTypeId(4)),
    ]);
    let mut other = ladder(json!({}));
    other["code"] = json!("other");
    let other = program(other).compile(ProgramId(2), 1, Timestamp(0), &ids).unwrap();
    let club = Programs::clone(&story.programs).latest(ProgramId(1)).unwrap().as_ref().clone();
    story.programs = Programs::new([club, other]);
    story.buy("2026-02-01", &[9_000]);
    let mut event = story.event("2026-02-02", purchase(&[9_000]));
    event.program = ProgramId(2);
    let decision =
        apply(&story.account, &event, &Facts::default(), &story.programs, Timestamp::MAX).unwrap();
    // 90 of 100 in each, and not 180 in both.
    assert_eq!((story.commit(decision).tiers, story.account.tier("level")), (vec![], ""));
    let counted = |key| story.account.counters.get(key, "2026-01-01");
    assert_eq!((counted("tier:club:level"), counted("tier:other:level")), (90, 90));
}

#[test]
fn r110_a_review_goes_by_grace_then_one_step_at_a_time() {
    let more = json!({ "grace": { "months": 2 }, "soft_landing": true });
    let mut story = Story::new(ladder(more));
    story.buy("2026-02-01", &[90_000]);
    assert_eq!(story.account.tier("level"), "black");
    story.elapse("2028-01-01T00:00:00Z");
    assert_eq!(story.account.tier("level"), "black");
    assert!(story.account.standings.get("level").unwrap().in_grace);
    story.elapse("2028-03-01T00:00:00Z");
    assert_eq!(story.account.tier("level"), "gold");
    assert_eq!(
        story.account.standings.get("level").unwrap().review_at,
        Some(at("2029-01-01T00:00:00Z"))
    );
}

#[test]
fn r110_a_review_keeps_a_step_that_was_earned_again() {
    let mut story = Story::new(ladder(json!({})));
    story.buy("2026-02-01", &[30_000]);
    story.buy("2027-06-01", &[15_000]);
    // 150 euros at the gold multiplier give 300 points but 150 of status: silver only.
    story.elapse("2028-01-01T00:00:00Z");
    assert_eq!(story.account.tier("level"), "silver");
    story.buy("2028-06-01", &[10_000]);
    story.elapse("2029-01-01T00:00:00Z");
    assert_eq!(story.account.tier("level"), "silver");
}

#[test]
fn r110_a_return_takes_status_back_in_the_year_it_was_earned() {
    let mut story = Story::new(ladder(json!({})));
    let bought = story.buy("2026-12-30", &[20_000]);
    story.buy("2026-12-31", &[15_000]);
    assert_eq!(story.account.tier("level"), "gold");
    story.bring_back("2027-01-05", bought, &[]);
    assert_eq!(story.account.counters.get("tier:club:level", "2026-01-01"), 150);
    assert_eq!(story.account.balance(STATUS).available, Points(150));
    // The return does not take the step at once; the review does.
    assert_eq!(story.account.tier("level"), "gold");
    story.elapse("2028-01-01T00:00:00Z");
    assert_eq!(story.account.tier("level"), "");
}

#[test]
fn m22_a_given_tier_keeps_its_provenance_and_its_end() {
    let mut story = Story::new(ladder(json!({})));
    let give = |tier: &str, provenance, until: Option<&str>| Body::GrantTier {
        group: "level".into(),
        tier: tier.into(),
        provenance,
        until: until.map(at),
    };
    story.act("2026-02-01", give("gold", Provenance::Matched, Some("2026-08-01")));
    assert_eq!(story.account.standings.get("level").unwrap().provenance, Provenance::Matched);
    story.elapse("2026-08-01");
    assert_eq!(story.account.tier("level"), "");
    story.act("2026-09-01", give("silver", Provenance::Lifetime, None));
    assert_eq!(story.try_do("2030-01-01", Body::Elapse), Err(Refusal::NothingDue));
    assert_eq!(story.account.tier("level"), "silver");
}

/// A ladder whose gold can be had for a month for 50 points.
fn lift(more: Value) -> Value {
    let mut config = ladder(more);
    config["rewards"] = json!([{ "code": "month-of-gold", "point_type": "points", "price": 50,
        "kind": { "type": "tier_boost", "group": "level", "tier": "gold", "lasts": { "months": 1 } } }]);
    config
}

fn stands(story: &Story) -> (&str, Option<Timestamp>) {
    let standing = story.account.standings.get("level");
    (story.account.tier("level"), standing.and_then(|standing| standing.review_at))
}

#[test]
fn r109_a_step_that_was_paid_for_lasts_as_long_as_was_paid_and_leaves_nothing_behind() {
    let mut story = Story::new(lift(json!({ "grace": { "days": 90 }, "soft_landing": true })));
    story.buy("2026-02-01", &[8_000]);
    story.act("2026-03-01", reserve(1, "month-of-gold", false));
    assert_eq!(stands(&story), ("", None), "set aside is not paid");
    let outcome = story.act("2026-03-01T12:30:00Z", Body::Capture { redemption: RedemptionId(1) });
    assert_eq!(outcome.tiers, [("level".to_owned(), String::new(), "gold".to_owned())]);
    assert_eq!(stands(&story), ("gold", Some(at("2026-04-01T12:30:00Z"))));
    assert_eq!(story.account.standings.get("level").unwrap().provenance, Provenance::Paid);
    // Gold doubles: 10 and 10 more.
    story.buy("2026-03-02", &[1_000]);
    assert_eq!(story.available(), 80 - 50 + 20);
    // 90 of status earned no silver, and the days of grace are for what was earned.
    let outcome = story.elapse("2026-04-01T12:30:00Z");
    assert_eq!(outcome.tiers, [("level".to_owned(), "gold".to_owned(), String::new())]);
}

#[test]
fn r109_a_step_that_was_given_back_ends_at_once_and_what_was_earned_by_then_stays() {
    let mut story = Story::new(lift(json!({})));
    story.buy("2026-02-01", &[8_000]);
    story.act("2026-03-01", reserve(1, "month-of-gold", true));
    story.act("2026-03-02", Body::Cancel { redemption: RedemptionId(1) });
    assert_eq!((stands(&story).0, story.available()), ("", 80));
    story.act("2026-03-03", reserve(2, "month-of-gold", true));
    // The purchase reaches gold by itself: giving the paid month back takes nothing.
    story.buy("2026-03-04", &[30_000]);
    assert_eq!(story.account.standings.get("level").unwrap().provenance, Provenance::Earned);
    story.act("2026-03-05", Body::Cancel { redemption: RedemptionId(2) });
    assert_eq!(stands(&story).0, "gold");
}

#[test]
fn r109_nobody_pays_for_a_step_already_held() {
    let mut story = Story::new(lift(json!({})));
    story.buy("2026-02-01", &[20_000]);
    story.act("2026-02-01T13:00:00Z", reserve(1, "month-of-gold", false));
    story.buy("2026-02-01T13:10:00Z", &[20_000]);
    let held = Err(Refusal::RewardInactive("tier_held".into()));
    let capture = Body::Capture { redemption: RedemptionId(1) };
    assert_eq!(story.try_do("2026-02-01T13:20:00Z", capture), held);
    assert_eq!(story.try_do("2026-02-02", reserve(2, "month-of-gold", true)), held);
    story.elapse("2026-02-03");
    assert_eq!(story.available(), 400, "the points set aside came back");
}
