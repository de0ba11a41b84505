//! Undoing at the door: shared limits that are full by then, and halves of transfers that nobody may post alone.

use lazo_domain::event::Piece;

use super::shop::POINTS;
use super::*;

/// The member keeps a purchase after all, though its budget has gone to others since. The guard of the shared limit
/// must not fail the batch, and with it everybody else's commands, for ever.
#[tokio::test(flavor = "multi_thread")]
async fn i11_an_undone_return_takes_its_budget_back_though_it_is_full() {
    on_both(async |test| {
        let rules = json!({ "earning_rules": [{ "code": "base", "point_type": "points", "budget": 15,
            "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } }] });
        let shop = Shop::open(test, rules).await;
        let first = shop.post(1, "a", buy(1_000)).await.unwrap();
        let purchase = PurchaseRef::Event(first.event);
        let returned = shop.post(1, "a-back", back(purchase, 1_000)).await.unwrap();
        shop.post(2, "b", buy(1_000)).await.unwrap();
        let undo = shop.command(1, "a-keep", Body::Reverse { event: returned.event });
        let answers = shop.ledger.post(vec![undo, shop.command(3, "c", buy(1_000))]).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let left = (shop.available(1).await, shop.available(2).await, shop.available(3).await);
        assert_eq!(left, (10, 10, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_half_a_transfer_is_refused() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({ "transfers": { "allowed": true } })).await;
        shop.post(1, "a", buy(1_000)).await.unwrap();
        let piece = Piece {
            point_type: POINTS,
            points: Points(1_000),
            earned_at: shop::noon(),
            expires_at: None,
            lot_kind: lazo_domain::account::LotKind::Transferred,
            from_lot: None,
            release_at: None,
            hold: None,
        };
        let halves = [
            Body::TransferIn { from: AccountId(1), pieces: vec![piece] },
            Body::TransferOut { point_type: POINTS, points: Points(5), to: AccountId(2) },
        ];
        for (n, half) in halves.into_iter().enumerate() {
            let answer = shop.post(1, &format!("half-{n}"), half).await.unwrap_err();
            let refused = matches!(answer, PostError::Refused(Refusal::TransferNotAllowed(_)));
            assert!(refused, "{answer:?}");
        }
        assert_eq!(shop.available(1).await, 10);
    })
    .await;
}
