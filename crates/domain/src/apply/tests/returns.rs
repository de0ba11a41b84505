//! Returns and reversals: what a purchase gave comes back exactly, whatever happened to it meanwhile.

use super::*;
use crate::explain::Step;

fn share(outcome: &Outcome) -> (i64, i64, i64, i64, i64, i64) {
    let found = outcome.steps.iter().find_map(|step| match step {
        Step::Share { due, taken, expired, others, debt, forgiven } => {
            Some((*due, *taken, *expired, *others, *debt, *forgiven))
        }
        _ => None,
    });
    found.unwrap()
}

#[test]
fn m30_pieces_of_a_return_end_where_the_whole_does() {
    // 10 points over three equal lines: 4, 3, 3.
    for order in [[0, 1, 2], [2, 0, 1]] {
        let mut story = Story::new(json!({}));
        let bought = story.buy("2026-02-01", &[334, 333, 333]);
        assert_eq!(story.available(), 10);
        for line in order {
            story.bring_back("2026-02-02", bought, &[(line, 400)]);
            story.bring_back("2026-02-03", bought, &[(line, 600)]);
        }
        assert_eq!((story.available(), story.program_side(Side::Issued)), (0, 0));
        let refused = story.try_do("2026-02-04", back(bought, &[(0, 1)]));
        assert_eq!(refused, Err(Refusal::ReturnsTooMuch { line: 0, left: 0, asked: 1 }));
    }
}

#[test]
fn i12_an_expired_share_is_not_taken_twice() {
    let mut story = Story::new(mug());
    let bought = story.buy("2026-02-01", &[6_000, 4_000]);
    story.act("2026-02-02", reserve(1, "mug", true));
    story.elapse("2026-12-01");
    assert_eq!((story.available(), story.program_side(Side::Expired)), (0, 50));
    // Of the 60 points of the first line 50 had expired; 10 were spent and are owed.
    let outcome = story.bring_back("2026-12-02", bought, &[(0, 1_000)]);
    assert_eq!(share(&outcome), (60, 0, 50, 0, 10, 0));
    let outcome = story.bring_back("2026-12-03", bought, &[(1, 1_000)]);
    assert_eq!(share(&outcome), (40, 0, 0, 0, 40, 0));
    assert_eq!(story.available(), -50);
    // The next purchase pays the debt first.
    story.buy("2026-12-04", &[8_000]);
    assert_eq!(story.available(), 30);
    assert_eq!(story.account.lots.values().filter(|l| l.available.0 < 0).count(), 0);
}

#[test]
fn i4_the_policy_decides_what_a_spent_share_becomes() {
    for (policy, debt_limit, want, left) in [
        ("debt", 1_000, (60, 10, 0, 20, 30, 0), -30),
        ("debt", 25, (60, 10, 0, 20, 25, 5), -25),
        ("others", 0, (60, 10, 0, 20, 0, 30), 0),
        ("forgive", 0, (60, 10, 0, 0, 0, 50), 20),
    ] {
        let mut more = mug();
        more["returns"] = json!({ "shortfall": policy, "debt_limit": debt_limit });
        let mut story = Story::new(more);
        let bought = story.buy("2026-02-01", &[6_000]);
        story.act("2026-02-02", reserve(1, "mug", true));
        story.buy("2026-02-03", &[2_000]);
        let outcome = story.bring_back("2026-02-04", bought, &[]);
        assert_eq!(share(&outcome), want, "{policy}");
        assert_eq!(story.available(), left, "{policy}");
        if left < 0 {
            let refused = story.try_do("2026-02-05", reserve(2, "mug", true));
            let missing = Points(50 - left);
            assert_eq!(
                refused,
                Err(Refusal::InsufficientBalance { missing }),
                "a debt comes first"
            );
        }
    }
}

#[test]
fn i12_a_return_takes_pending_points_first() {
    let mut story = Story::new(json!({ "point_types": [
        { "code": "points", "pending": { "days": 14 }, "expiry": { "basis": "earned", "term": { "days": 180 } } },
    ] }));
    let bought = story.buy("2026-02-01", &[6_000]);
    assert_eq!(story.account.balance(POINTS).pending, Points(60));
    story.bring_back("2026-02-02", bought, &[(0, 500)]);
    assert_eq!(story.account.balance(POINTS).pending, Points(30));
    story.elapse("2026-02-15");
    assert_eq!((story.account.balance(POINTS).pending, story.available()), (Points(0), 30));
}

#[test]
fn i8_undoing_everything_leaves_nothing_even_after_expiry() {
    let mut story = Story::new(json!({}));
    let bought = story.buy("2026-02-01", &[6_000, 4_000]);
    let reason = story.bring_back("2026-02-03", bought, &[(1, 250)]);
    assert_eq!(share(&reason), (10, 10, 0, 0, 0, 0));
    let returned = EventId(story.next);
    story.elapse("2026-12-01");
    assert_eq!(story.available(), 0);
    story.act("2026-12-02", Body::Reverse { event: returned });
    let twice = story.try_do("2026-12-02", Body::Reverse { event: returned });
    assert_eq!(twice, Err(Refusal::AlreadyReversed));
    story.act("2026-12-03", Body::Reverse { event: bought });
    assert_eq!(story.available(), 0);
    assert_eq!((story.program_side(Side::Issued), story.program_side(Side::Expired)), (0, 0));
    let twice = story.try_do("2026-12-03", Body::Reverse { event: bought });
    assert_eq!(twice, Err(Refusal::AlreadyReversed));
}

#[test]
fn i8_an_adjustment_either_way_can_be_undone() {
    let mut story = Story::new(json!({}));
    story.buy("2026-02-01", &[6_000]);
    story.act("2026-02-02", adjust(25));
    let added = EventId(story.next);
    story.act("2026-02-03", adjust(-70));
    let taken = EventId(story.next);
    assert_eq!(story.available(), 15);
    story.act("2026-02-04", Body::Reverse { event: taken });
    assert_eq!(story.available(), 85);
    story.act("2026-02-05", Body::Reverse { event: added });
    assert_eq!((story.available(), story.program_side(Side::Adjusted)), (60, 0));
}

#[test]
fn m21_an_opening_debt_is_a_lot_below_zero_and_can_be_undone() {
    let mut story = Story::new(json!({}));
    let piece = |points, expires_at: Option<&str>| crate::event::Piece {
        point_type: POINTS,
        points: Points(points),
        earned_at: at("2025-01-01"),
        expires_at: expires_at.map(at),
        lot_kind: Default::default(),
        from_lot: None,
        release_at: None,
        hold: None,
    };
    story.act("2026-02-01", Body::Opening { pieces: vec![piece(-40, None)] });
    let opened = EventId(story.next);
    assert_eq!(story.available(), -40);
    story.act("2026-02-02", Body::Reverse { event: opened });
    assert_eq!((story.available(), story.program_side(Side::Opening)), (0, 0));
    let pieces = vec![piece(30, Some("2026-06-01")), piece(12, None)];
    story.act("2026-02-03", Body::Opening { pieces });
    story.elapse("2026-06-01");
    assert_eq!(story.available(), 12);
}

#[test]
fn i18_points_that_expired_can_be_reinstated_once() {
    let mut story = Story::new(json!({}));
    story.buy("2026-02-01", &[6_000]);
    story.elapse("2026-12-01");
    let lot = *story.account.lots.keys().next().unwrap();
    let again = |points| Body::Reinstate {
        lot,
        points: Points(points),
        expires_at: None,
        reason: "goodwill".into(),
    };
    story.act("2026-12-02", again(45));
    assert_eq!((story.available(), story.program_side(Side::Expired)), (45, 15));
    assert_eq!(story.try_do("2026-12-02", again(16)), Err(Refusal::LotNotFound));
}
