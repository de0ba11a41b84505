//! Time as an event: expiry, activity, release, and jobs that run late without changing an answer.

use super::*;
use crate::account::Standing;
use crate::program::Provenance;

#[test]
fn r122_a_late_sweep_gives_the_entries_a_punctual_one_would() {
    let run = |sweeps: &[&str]| {
        let mut story = Story::new(json!({}));
        story.buy("2026-02-01", &[6_000]);
        story.buy("2026-03-01", &[4_000]);
        for sweep in sweeps {
            story.elapse(sweep);
        }
        let entries = story.originals.values().flat_map(|o| o.entries.iter());
        let expired = entries.filter(|e| e.side == Side::Expired);
        expired.map(|e| (e.points.0, e.effective_at)).collect::<Vec<_>>()
    };
    let want = [(60, at("2026-07-31")), (40, at("2026-08-28"))];
    assert_eq!(run(&["2026-07-31", "2026-08-28"]), want);
    assert_eq!(run(&["2027-01-01"]), want);
}

/// A step up puts the review off, which the account's note of what is due does not know: the sweep that finds nothing
/// to do moves the note on, so that no later one comes back for it.
#[test]
fn i22_a_sweep_that_finds_nothing_due_is_not_called_again() {
    let tiers = json!([{ "code": "silver", "threshold": 10 }, { "code": "gold", "threshold": 20 }]);
    let group =
        json!({ "code": "level", "measure": "visits", "window": "calendar_year", "tiers": tiers });
    let mut story = Story::new(json!({ "tier_groups": [group],
        "point_types": [{ "code": "points" }], "earning_rules": [] }));
    story.account.standings.insert(
        "level".into(),
        Standing {
            program: ProgramId(1),
            tier: "silver".into(),
            since: at("2026-02-01"),
            provenance: Provenance::Earned,
            review_at: Some(at("2028-01-01")),
            protected_until: None,
            in_grace: false,
        },
    );
    story.account.next_at = Some(at("2026-06-01"));
    let outcome = story.elapse("2026-07-01");
    assert!(outcome.changes.is_empty());
    assert_eq!(story.account.next_at, Some(at("2028-01-01")));
    assert_eq!(story.try_do("2026-07-02", Body::Elapse), Err(Refusal::NothingDue));
    // A review that no program decides is waited for by nobody.
    story.programs = Programs::default();
    story.elapse("2028-02-01");
    assert_eq!(story.account.next_at, None);
}

#[test]
fn i22_a_second_sweep_finds_nothing() {
    let mut story = Story::new(json!({}));
    story.buy("2026-02-01", &[6_000]);
    story.elapse("2026-07-31");
    assert_eq!(story.try_do("2026-07-31", Body::Elapse), Err(Refusal::NothingDue));
    assert_eq!(story.account.next_at, None);
}

#[test]
fn r122_activity_keeps_points_alive_but_does_not_wake_the_dead() {
    let mut story = Story::new(json!({ "point_types": [
        { "code": "points", "expiry": { "basis": "activity", "term": { "months": 6 } } },
    ] }));
    story.buy("2026-01-15", &[1_000]);
    story.buy("2026-06-15", &[2_000]);
    assert!(story.account.lots.values().all(|l| l.expires_at == Some(at("2026-12-15"))));
    story.buy("2026-12-15", &[4_000]);
    assert_eq!(story.available(), 40);
    assert_eq!(story.program_side(Side::Expired), 30);
}

#[test]
fn r122_redeeming_does_not_extend() {
    let mut more = mug();
    more["point_types"] = json!([
        { "code": "points", "expiry": { "basis": "activity", "term": { "months": 6 } } },
    ]);
    let mut story = Story::new(more);
    story.buy("2026-01-15", &[6_000]);
    story.act("2026-05-15", reserve(1, "mug", true));
    story.elapse("2026-07-15");
    assert_eq!((story.available(), story.program_side(Side::Expired)), (0, 10));
}

#[test]
fn i22_a_late_purchase_counts_at_its_own_date_and_expires_by_it() {
    let mut story = Story::new(json!({}));
    story.buy("2026-08-01", &[1_000]);
    story.buy("2026-01-15", &[2_000]);
    assert_eq!(story.account.next_at, Some(at("2026-07-14")));
    story.elapse("2026-08-02");
    assert_eq!(story.available(), 10);
}
