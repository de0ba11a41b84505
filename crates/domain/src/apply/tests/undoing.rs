//! Events undone, debts paid in time, and other stories that the simulator told first.

use super::*;
use crate::account::LotKind;
use crate::event::Piece;
use crate::program::Provenance;

fn piece(points: i64, expires: Option<&str>) -> Piece {
    Piece {
        point_type: POINTS,
        points: Points(points),
        earned_at: at("2026-01-01"),
        expires_at: expires.map(at),
        lot_kind: LotKind::Opening,
        from_lot: None,
        release_at: None,
        hold: None,
    }
}

fn open(story: &mut Story, pieces: Vec<Piece>) -> EventId {
    story.act("2026-02-01", Body::Opening { pieces });
    EventId(story.next)
}

fn undo(story: &mut Story, when: &str, event: EventId) -> Result<Outcome, Refusal> {
    story.try_do(when, Body::Reverse { event })
}

fn with_status(more: Value) -> Story {
    let mut document = json!({ "point_types": [
        { "code": "points", "expiry": { "basis": "earned", "term": { "days": 180 } } },
        { "code": "status", "kind": "qualifying" },
    ] });
    for (key, value) in more.as_object().unwrap() {
        document[key] = value.clone();
    }
    Story::new(document)
}

fn adjust_status(points: i64) -> Body {
    Body::Adjust { point_type: STATUS, points: Points(points), reason: "goodwill".into() }
}

#[test]
fn i8_an_opening_whose_points_paid_its_own_debt_is_undone_to_nothing() {
    let mut story = Story::new(json!({}));
    let opening = open(&mut story, vec![piece(-50, None), piece(120, None)]);
    assert_eq!(story.available(), 70);
    undo(&mut story, "2026-02-02", opening).unwrap();
    assert_eq!((story.available(), story.program_side(Side::Opening)), (0, 0));
}

#[test]
fn i8_points_without_lots_are_undone_too() {
    let mut story = with_status(json!({}));
    story.act("2026-02-01", adjust_status(30));
    let adjustment = EventId(story.next);
    undo(&mut story, "2026-02-02", adjustment).unwrap();
    assert_eq!(story.account.balance(STATUS).available, Points(0));
    assert_eq!(undo(&mut story, "2026-02-03", adjustment), Err(Refusal::AlreadyReversed));
}

#[test]
fn i4_an_adjustment_takes_no_more_than_there_is_of_points_without_lots() {
    let mut story = with_status(json!({}));
    story.act("2026-02-01", adjust_status(30));
    let refused = story.try_do("2026-02-02", adjust_status(-31));
    assert_eq!(refused, Err(Refusal::InsufficientBalance { missing: Points(1) }));
}

#[test]
fn i8_undoing_a_reinstatement_leaves_what_expired_on_its_way() {
    let mut story = Story::new(json!({}));
    let first = story.buy("2026-02-01", &[6_000]);
    story.buy("2026-03-01", &[4_000]);
    story.elapse("2026-08-01");
    let lot = crate::ids::LotId { event: first, seq: 0 };
    let (points, reason) = (Points(60), "goodwill".to_owned());
    // The second purchase's 40 points expire on the way to this event.
    story.act("2026-10-01", Body::Reinstate { lot, points, expires_at: None, reason });
    let reinstatement = EventId(story.next);
    assert_eq!(story.available(), 60);
    undo(&mut story, "2026-10-02", reinstatement).unwrap();
    assert_eq!((story.available(), story.program_side(Side::Expired)), (0, 100));
}

#[test]
fn i12_returns_undone_out_of_order_leave_no_unit_behind() {
    let mut story = Story::new(json!({}));
    // 10 points on 3 pieces: 3, 3 and 4 come back.
    let line = Line { quantity_milli: 3_000, net_minor: 1_000, ..Line::default() };
    let bought = Purchase { currency: "EUR".into(), lines: vec![line], ..Purchase::default() };
    story.act("2026-02-01", Body::Purchase(bought));
    let purchase = EventId(story.next);
    story.bring_back("2026-02-02", purchase, &[(0, 1_000)]);
    let first = EventId(story.next);
    story.bring_back("2026-02-03", purchase, &[(0, 1_000)]);
    story.bring_back("2026-02-04", purchase, &[(0, 1_000)]);
    undo(&mut story, "2026-02-05", first).unwrap();
    assert_eq!(story.available(), 3);
    story.bring_back("2026-02-06", purchase, &[(0, 1_000)]);
    assert_eq!((story.available(), story.program_side(Side::Issued)), (0, 0));
}

#[test]
fn i8_a_return_of_a_purchase_that_was_undone_cannot_be_undone() {
    let mut story = Story::new(json!({}));
    let purchase = story.buy("2026-02-01", &[6_000]);
    story.bring_back("2026-02-02", purchase, &[]);
    let back = EventId(story.next);
    undo(&mut story, "2026-02-03", purchase).unwrap();
    assert_eq!(undo(&mut story, "2026-02-04", back), Err(Refusal::AlreadyReversed));
    assert_eq!(story.available(), 0);
}

#[test]
fn i22_released_points_pay_a_debt_before_they_expire_whenever_the_job_runs() {
    let run = |sweeps: &[&str]| {
        let mut story = Story::new(json!({ "point_types": [
            { "code": "points", "pending": { "days": 10 },
              "expiry": { "basis": "earned", "term": { "days": 20 } } },
        ] }));
        open(&mut story, vec![piece(-50, None)]);
        story.buy("2026-02-01", &[8_000]);
        for sweep in sweeps {
            story.elapse(sweep);
        }
        (story.available(), story.program_side(Side::Expired))
    };
    assert_eq!(run(&["2026-02-12", "2026-03-01"]), (0, 30));
    assert_eq!(run(&["2026-03-01"]), (0, 30));
}

#[test]
fn i17_a_member_limit_that_comes_later_counts_what_was_had_before() {
    let mut config = program(mug());
    let ids = BTreeMap::from([("points".to_owned(), POINTS)]);
    let first = config.compile(ProgramId(1), 1, Timestamp(0), &ids).unwrap();
    config.rewards[0].limit_per_member = Some(1);
    let second = config.compile(ProgramId(1), 2, at("2026-03-01"), &ids).unwrap();
    let mut story = Story::new(mug());
    story.programs = Programs::new([first, second]);
    story.buy("2026-02-01", &[20_000]);
    story.act("2026-02-02", reserve(1, "mug", true));
    let refused = story.try_do("2026-03-02", reserve(2, "mug", true));
    assert_eq!(refused, Err(Refusal::LimitReached(1)));
    story.act("2026-03-03", Body::Cancel { redemption: RedemptionId(1) });
    story.act("2026-03-04", reserve(3, "mug", true));
    assert_eq!(story.try_do("2026-03-05", reserve(4, "mug", true)), Err(Refusal::LimitReached(1)));
}

fn ladder() -> Value {
    json!([{ "code": "club", "measure": "spend", "window": { "rolling": { "months": 1 } },
        "tiers": [{ "code": "gold", "threshold": 5_000 }] }])
}

fn by_hand(tier: &str, until: Option<&str>) -> Body {
    let (group, tier, until) = ("club".into(), tier.into(), until.map(at));
    Body::GrantTier { group, tier, provenance: Provenance::Gifted, until }
}

#[test]
fn i22_a_tier_given_by_hand_finds_reviews_done_whether_or_not_a_job_ran() {
    let mut story = Story::new(json!({ "tier_groups": ladder() }));
    story.buy("2026-02-01", &[6_000]);
    assert_eq!(story.account.tier("club"), "gold");
    let outcome = story.act("2026-06-01", by_hand("gold", None));
    let moves: Vec<_> =
        outcome.tiers.iter().map(|(_, from, to)| (from.as_str(), to.as_str())).collect();
    assert_eq!(moves, [("gold", ""), ("", "gold")]);
}

#[test]
fn i22_a_tier_ends_with_its_ladder_and_is_due_no_more() {
    let config = program(json!({ "tier_groups": ladder() }));
    let ids = BTreeMap::from([("points".to_owned(), POINTS)]);
    let first = config.compile(ProgramId(1), 1, Timestamp(0), &ids).unwrap();
    let second = program(json!({})).compile(ProgramId(1), 2, at("2026-02-15"), &ids).unwrap();
    let mut story = Story::new(json!({}));
    story.programs = Programs::new([first, second]);
    story.buy("2026-02-01", &[6_000]);
    story.elapse("2026-04-01");
    assert_eq!(story.account.tier("club"), "");
    assert!(story.account.next_at.is_none_or(|next| next > at("2026-04-01")));
    assert_eq!(story.try_do("2026-04-01", Body::Elapse), Err(Refusal::NothingDue));
}

#[test]
fn i22_a_step_up_at_a_review_lengthens_what_lived_then() {
    // Gold asks for less since 20 February; the review of 1 March lengthens the points that end on 20 March.
    let terms = json!([
        { "code": "points", "expiry": { "basis": "earned", "term": { "days": 47 },
          "extend_on_upgrade": true,
          "by_tier": [{ "group": "club", "tier": "gold", "term": { "days": 400 } }] } },
    ]);
    let ladder = |silver: i64, gold: i64| {
        json!([{ "code": "club", "measure": "spend", "window": "calendar_year",
            "tiers": [{ "code": "silver", "threshold": silver }, { "code": "gold", "threshold": gold }] }])
    };
    let run = |sweeps: &[&str]| {
        let first = program(json!({ "point_types": terms, "tier_groups": ladder(1_000, 90_000) }));
        let second = program(json!({ "point_types": terms, "tier_groups": ladder(1_000, 2_000) }));
        let ids = BTreeMap::from([("points".to_owned(), POINTS)]);
        let mut story = Story::new(json!({}));
        story.programs = Programs::new([
            first.compile(ProgramId(1), 1, Timestamp(0), &ids).unwrap(),
            second.compile(ProgramId(1), 2, at("2026-02-20"), &ids).unwrap(),
        ]);
        story.buy("2026-02-01", &[6_000]);
        story.act("2026-02-02", by_hand("silver", Some("2026-03-01")));
        for sweep in sweeps {
            // After the first sweep has lengthened the points, the second finds nothing.
            let _ = story.try_do(sweep, Body::Elapse);
        }
        (story.account.tier("club").to_owned(), story.available())
    };
    assert_eq!(run(&["2026-03-02", "2026-03-25"]), run(&["2026-03-25"]));
    assert_eq!(run(&["2026-03-25"]), ("gold".to_owned(), 60));
}

#[test]
fn i15_sums_of_a_decision_refuse_to_wrap() {
    let mut story = Story::new(json!({}));
    open(&mut story, vec![piece(-i64::MAX, None)]);
    let pieces = vec![piece(i64::MAX, None), piece(i64::MAX, None)];
    let refused = story.try_do("2026-02-02", Body::Opening { pieces });
    assert_eq!(refused, Err(Refusal::Overflow));
}

#[test]
fn i11_a_hold_that_lapsed_on_the_way_frees_its_stock_at_once() {
    let mut story = Story::new(mug());
    story.buy("2026-02-01", &[20_000]);
    story.act("2026-02-02", reserve(1, "mug", false));
    story.act("2026-02-02", reserve(2, "mug", true));
    // The store has counted two of two; the first was only held, for an hour, and no job has run since.
    let event = story.event("2026-02-03", reserve(3, "mug", true));
    let left = BTreeMap::from([("stock:club:mug".to_owned(), 0)]);
    let facts = Facts { resources: left, ..Facts::default() };
    let decision = apply(&story.account, &event, &facts, &story.programs, Timestamp::MAX).unwrap();
    assert_eq!(decision.resources()["stock:club:mug"], 0);
}
