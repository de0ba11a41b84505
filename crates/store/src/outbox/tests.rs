//! The outbox tells everything: a message is there until the transaction that passes it on is, on both engines.

use serde_json::json;

use super::Outbox;
use crate::clock::Clock;
use crate::ledger::tests::shop::{Shop, buy};
use crate::testing::on_both;

#[tokio::test(flavor = "multi_thread")]
async fn i18_every_event_is_told_and_a_message_is_gone_only_with_what_became_of_it() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        for n in 0..10 {
            shop.post(1, &format!("r{n}"), buy(100)).await.unwrap();
        }
        let outbox = Outbox::new(test.db.clone());
        assert_eq!(outbox.backlog().await.unwrap(), (10, Some(shop.clock.now())));

        // Whoever took them and died has taken nothing.
        let mut tx = test.db.begin().await.unwrap();
        assert_eq!(Outbox::take(&mut tx, 0).await.unwrap().len(), 10);
        drop(tx);
        assert_eq!(outbox.backlog().await.unwrap().0, 10);

        let mut tx = test.db.begin().await.unwrap();
        let messages = Outbox::take(&mut tx, 0).await.unwrap();
        tx.commit().await.unwrap();
        let seqs: Vec<_> = messages.iter().map(|m| m.seq).collect();
        assert_eq!(seqs, (1..=10).collect::<Vec<_>>(), "an account's messages come in their order");
        assert_eq!(outbox.backlog().await.unwrap(), (0, None));

        let mut tx = test.db.begin().await.unwrap();
        assert!(Outbox::take(&mut tx, 0).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i18_two_who_take_at_once_never_get_the_same_message() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        for n in 0..50 {
            shop.post(n % 5 + 1, &format!("r{n}"), buy(100)).await.unwrap();
        }
        let take = || async {
            let mut tx = test.db.begin().await.unwrap();
            let taken = Outbox::take(&mut tx, 0).await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        let (a, b, c) = tokio::join!(take(), take(), take());
        let mut all: Vec<_> =
            [a, b, c].concat().into_iter().map(|m| (m.event, m.position)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 50);
    })
    .await;
}
