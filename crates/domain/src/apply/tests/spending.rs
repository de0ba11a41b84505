//! Redemptions in two phases: which lots pay, what cancel gives back, and what limits hold.

use super::*;

fn ends(story: &Story) -> Vec<(i64, i64)> {
    story.account.lots.values().map(|lot| (lot.available.0, lot.redeemed.0)).collect()
}

#[test]
fn i9_the_earliest_expiry_pays_first() {
    let mut story = Story::new(mug());
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
    let pieces =
        vec![piece(30, None), piece(30, Some("2026-09-01")), piece(30, Some("2026-06-01"))];
    story.act("2026-02-01", Body::Opening { pieces });
    story.act("2026-02-02", reserve(1, "mug", true));
    assert_eq!(ends(&story), [(30, 0), (10, 20), (0, 30)]);
}

#[test]
fn i9_a_lot_is_gone_at_its_expiry_instant_and_not_before() {
    for (when, paid) in [("2026-07-31T11:59:59.999999Z", true), ("2026-07-31T12:00:00Z", false)] {
        let mut story = Story::new(mug());
        story.buy("2026-02-01", &[5_000]);
        assert_eq!(story.try_do(when, reserve(1, "mug", true)).is_ok(), paid, "{when}");
    }
}

#[test]
fn i10_a_hold_ends_once() {
    let mut story = Story::new(mug());
    story.buy("2026-02-01", &[6_000]);
    story.act("2026-02-02", reserve(1, "mug", false));
    assert_eq!((story.available(), story.account.balance(POINTS).held), (10, Points(50)));
    let capture = Body::Capture { redemption: RedemptionId(1) };
    story.act("2026-02-02T12:30:00Z", capture.clone());
    assert_eq!(story.program_side(Side::Redeemed), 50);
    assert_eq!(story.try_do("2026-02-03", capture), Err(Refusal::RedemptionState("captured")));
    let cancel = Body::Cancel { redemption: RedemptionId(1) };
    story.act("2026-02-04", cancel.clone());
    assert_eq!((story.available(), story.program_side(Side::Redeemed)), (60, 0));
    assert_eq!(story.try_do("2026-02-05", cancel), Err(Refusal::RedemptionState("cancelled")));
}

#[test]
fn i10_a_hold_lapses_by_itself_before_the_next_decision() {
    let mut story = Story::new(mug());
    story.buy("2026-02-01", &[6_000]);
    story.act("2026-02-02", reserve(1, "mug", false));
    assert_eq!(story.account.next_at, Some(at("2026-02-02T13:00:00Z")));
    let late = Body::Capture { redemption: RedemptionId(1) };
    let refused = story.try_do("2026-02-02T13:00:00Z", late);
    assert_eq!(refused, Err(Refusal::RedemptionState("lapsed")));
    story.act("2026-02-02T13:00:00Z", reserve(2, "mug", true));
    assert_eq!(story.available(), 10);
}

#[test]
fn m30_a_cancelled_redemption_gives_back_the_time_its_lot_had_left() {
    let mut story = Story::new(mug());
    story.buy("2026-02-01", &[5_000]);
    // Ten days before the end (31 July) the points are spent; the order is cancelled in September.
    story.act("2026-07-21", reserve(1, "mug", true));
    story.act("2026-09-01", Body::Cancel { redemption: RedemptionId(1) });
    assert_eq!(story.available(), 50);
    let lot = story.account.lots.values().next().unwrap();
    assert_eq!(lot.expires_at, Some(at("2026-09-11")));
    story.elapse("2026-09-11");
    assert_eq!(story.available(), 0);
}

#[test]
fn i11_stock_and_personal_limits_hold() {
    let mut more = mug();
    more["rewards"][0]["limit_per_member"] = json!(1);
    let mut story = Story::new(more);
    story.buy("2026-02-01", &[20_000]);
    story.act("2026-02-02", reserve(1, "mug", true));
    let second = story.try_do("2026-02-03", reserve(2, "mug", true));
    assert_eq!(second, Err(Refusal::LimitReached(1)));
    story.act("2026-02-04", Body::Cancel { redemption: RedemptionId(1) });
    let event = story.event("2026-02-05", reserve(3, "mug", true));
    let resources = BTreeMap::from([("stock:club:mug".to_owned(), 0)]);
    let facts = Facts { resources, ..Facts::default() };
    let none = apply(&story.account, &event, &facts, &story.programs, Timestamp::MAX);
    assert_eq!(none, Err(Refusal::OutOfStock("mug".into())));
}

#[test]
fn r109_points_pay_part_of_a_bill_at_an_exact_rate() {
    let mut story = Story::new(json!({ "rewards": [
        { "code": "bill", "point_type": "points",
          "kind": { "type": "part_payment", "minor_per_point": "3/2", "min_minor": 10, "max_minor": 50 } },
    ] }));
    story.buy("2026-02-01", &[6_000]);
    let pay = |minor| {
        Body::Reserve(Reserve {
            redemption: RedemptionId(minor),
            reward: "bill".into(),
            quantity: 1,
            pay_minor: Some(minor),
            hold_until: None,
            capture: true,
        })
    };
    // 25 cents at 1.5 cents a point are 16.67 points: 17.
    story.act("2026-02-02", pay(25));
    assert_eq!(story.available(), 43);
    assert!(matches!(story.try_do("2026-02-03", pay(51)), Err(Refusal::Invalid { .. })));
    assert!(matches!(story.try_do("2026-02-03", pay(9)), Err(Refusal::Invalid { .. })));
}

/// A hold opened before a merge is captured, cancelled or lapses after it, and pending points keep their date.
#[test]
fn m20_an_opening_balance_brings_its_holds_and_its_pending_points() {
    let mut story = Story::new(json!({}));
    let piece = |points, release: Option<&str>, hold: Option<i64>| crate::event::Piece {
        point_type: POINTS,
        points: Points(points),
        earned_at: at("2025-01-01"),
        expires_at: Some(at("2027-01-01")),
        lot_kind: Default::default(),
        from_lot: None,
        release_at: release.map(at),
        hold: hold.map(|id| crate::event::PieceHold {
            redemption: RedemptionId(id),
            reward: "night at the sea".into(),
            until: at("2026-03-01"),
        }),
    };
    let opened = story.act(
        "2026-02-01",
        Body::Opening {
            pieces: vec![
                piece(100, None, None),
                piece(40, Some("2026-02-20"), None),
                piece(30, None, Some(5)),
                piece(12, None, Some(5)),
                piece(7, None, Some(6)),
                piece(3, None, Some(8)),
            ],
        },
    );
    let balance = |story: &Story| {
        let balance = story.account.balance(POINTS);
        [balance.available.0, balance.pending.0, balance.held.0]
    };
    assert_eq!(opened.redemption.unwrap().points, Points(3));
    assert_eq!(balance(&story), [100, 40, 52]);
    story.act("2026-02-10", Body::Capture { redemption: RedemptionId(5) });
    story.act("2026-02-11", Body::Cancel { redemption: RedemptionId(6) });
    assert_eq!(balance(&story), [107, 40, 3]);
    story.elapse("2026-02-20");
    assert_eq!(balance(&story), [147, 0, 3]);
    story.elapse("2026-03-01");
    assert_eq!(balance(&story), [150, 0, 0]);

    let refused = |story: &mut Story, piece| {
        story.try_do("2026-03-02", Body::Opening { pieces: vec![piece] }).unwrap_err().code()
    };
    assert_eq!(refused(&mut story, piece(1, None, Some(5))), "invalid");
    assert_eq!(refused(&mut story, piece(1, Some("2026-04-01"), Some(9))), "invalid");
    assert_eq!(refused(&mut story, piece(-1, None, Some(9))), "invalid");
}
