//! The outbox tells everything at least once and leases a message to one deliverer at a time, on both engines.

use lazo_domain::ids::AccountId;
use lazo_domain::time::{SECOND, Timestamp};
use serde_json::json;

use super::Outbox;
use crate::clock::Clock;
use crate::ledger::tests::shop::{Shop, buy};
use crate::testing::on_both;

#[tokio::test(flavor = "multi_thread")]
async fn i18_every_event_is_told_and_leases_are_exclusive() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        for n in 0..10 {
            shop.post(1, &format!("r{n}"), buy(100)).await.unwrap();
        }
        let outbox = Outbox::new(test.db.clone());
        let (now, bucket) = (shop.clock.now(), AccountId(1).bucket());
        let later = |seconds: i64| Timestamp(now.0 + seconds * SECOND);
        assert_eq!(outbox.waiting(now).await.unwrap(), [bucket]);
        assert_eq!(outbox.backlog().await.unwrap(), (10, Some(now)));
        let claim = || outbox.claim(bucket, now, later(30), 4);
        let (a, b, c) = tokio::join!(claim(), claim(), claim());
        let mut all: Vec<_> = [a, b, c].into_iter().flat_map(Result::unwrap).collect();
        all.extend(claim().await.unwrap());
        all.extend(claim().await.unwrap());
        let mut seqs: Vec<_> = all.iter().map(|m| m.seq).collect();
        seqs.sort_unstable();
        assert_eq!(seqs, (1..=10).collect::<Vec<_>>());
        assert!(outbox.waiting(now).await.unwrap().is_empty());

        // What is not finished before its lease ends is leased again; what is done is not.
        outbox.done(&all[..7], now).await.unwrap();
        outbox.again(&all[7], later(5)).await.unwrap();
        assert_eq!(outbox.claim(bucket, later(5), later(30), 10).await.unwrap().len(), 1);
        let late = outbox.claim(bucket, later(31), later(60), 10).await.unwrap();
        assert_eq!(late.iter().map(|m| m.attempts).max(), Some(3));
        assert_eq!(late.len(), 3);
        assert_eq!(outbox.purge(later(1)).await.unwrap(), 7);
    })
    .await;
}
