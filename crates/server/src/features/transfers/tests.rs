//! Transfers through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_transfer_moves_every_point_once() {
    on_both(async |db| {
        let document = SHOP.replace("[[programs.point_types]]", "transfers = { allowed = true }\n\n[[programs.point_types]]");
        let bench = Bench::with(db, &document, Limits::default()).await;
        bench.sell(0, "t-1", 6_000).await;
        let gift = json!({
            "from": "me", "to": bench.members[1].id, "point_type": "points", "points": 25, "reference": "g-1"
        });
        // Another member is nobody one may look up: sending needs somebody who speaks for both.
        assert_eq!(bench.ask("member", "POST", "/transfers", Some(gift)).await.status, 404);
        let gift = json!({
            "from": bench.members[0].id, "to": bench.members[1].id, "point_type": "points", "points": 25,
            "reference": "g-1"
        });
        let sent = bench.make("backend", "/transfers", gift.clone()).await;
        assert_eq!(sent["balances"][0]["available"], 35);
        // A moment later, when "now" is another instant.
        bench.clock.advance(1_000_000);
        let again = bench.make("backend", "/transfers", gift).await;
        assert_eq!((&again["id"], &again["replayed"]), (&sent["id"], &json!(true)));
        let path = format!("/accounts/{}/lots", bench.account(1));
        let lots = bench.get("other", &path).await;
        assert_eq!((&lots["items"][0]["kind"], &lots["items"][0]["available"]), (&json!("transferred"), &json!(25)));
        let mine = bench.get("member", &format!("/accounts/{}/lots", bench.account(0))).await;
        assert_eq!(mine["items"][0]["expires_at"], lots["items"][0]["expires_at"]);
    })
    .await;
}
