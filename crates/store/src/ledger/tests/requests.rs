//! A request's own key goes on record with its posting, or not at all.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use lazo_domain::refusal::Refusal;
use serde_json::json;

use super::shop::{Shop, TENANT, buy};
use crate::ledger::{PostError, RequestKey};
use crate::testing::on_both;

#[tokio::test(flavor = "multi_thread")]
async fn i6_a_requests_key_is_on_record_exactly_with_what_it_did() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let kept = crate::idempotency::lookup(test.db.clone());
        let request = |key: &str, hash: u8| RequestKey::new(TENANT, key, vec![hash; 4]);
        let post = async |reference: &str, key: RequestKey| {
            let command = shop.command(1, reference, buy(100));
            shop.ledger.post_keyed(command, key).await
        };
        let key = request("k1", 1);
        let first = post("r1", key.clone()).await.unwrap();
        assert!(key.is_noted() && !first.replayed);
        let found = kept.get((TENANT, "k1".to_owned())).await.unwrap().unwrap();
        assert!(found.asked(&[1; 4]) && found.answer.is_none());

        // The same request again: the same answer, not marked as a repetition, and nothing more in the books.
        let again = post("r1", request("k1", 1)).await.unwrap();
        assert_eq!((again.event, again.replayed), (first.event, false));
        // The same key for something else is refused and does nothing.
        let other = post("r2", request("k1", 2)).await;
        assert!(matches!(other, Err(PostError::Refused(Refusal::KeyReused))), "{other:?}");
        assert_eq!(shop.count("event").await, 1);
        // What is refused leaves no key.
        let key = request("k2", 1);
        let command = shop.command(99, "r3", buy(100));
        assert!(shop.ledger.post_keyed(command, key.clone()).await.is_err());
        assert!(!key.is_noted());
        assert!(kept.get((TENANT, "k2".to_owned())).await.unwrap().is_none());
        // Twins in one batch, and twins across batches, count once.
        let twins = (0..40).map(|_| post("r4", request("k4", 4)));
        let events: BTreeSet<_> =
            join_all(twins).await.into_iter().map(|a| a.unwrap().event).collect();
        assert_eq!((events.len(), shop.count("event").await), (1, 2));
    })
    .await;
}
