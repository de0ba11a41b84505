//! Consents through the API: nothing is given by default, each change is on record, and of others nobody sees any.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_given_by_purpose_and_channel_and_every_change_is_on_record() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let path = "/members/me/consents";
        let none = bench.get("member", path).await;
        let items = none["items"].as_array().unwrap();
        assert_eq!(items.len(), 9);
        assert!(items.iter().all(|item| item["given"] == false && item["at"].is_null()), "{none}");

        let given = json!({ "items": [
            { "purpose": "offers", "channel": "email", "given": true },
            { "purpose": "offers", "channel": "sms", "given": false },
        ] });
        for _ in 0..2 {
            let set = bench.ask("member", "PUT", path, Some(given.clone())).await;
            assert_eq!(set.status, 200, "{}", set.body);
            let of = |purpose: &str, channel: &str| {
                let items = set.body["items"].as_array().unwrap().iter();
                items
                    .clone()
                    .find(|i| i["purpose"] == purpose && i["channel"] == channel)
                    .unwrap()
                    .clone()
            };
            assert_eq!(
                (&of("offers", "email")["given"], &of("offers", "sms")["given"]),
                (&json!(true), &json!(false))
            );
            assert!(of("offers", "email")["text"].as_str().unwrap().len() > 12);
            assert!(of("surveys", "email")["at"].is_null());
        }
        let back =
            json!({ "items": [{ "purpose": "offers", "channel": "email", "given": false }] });
        assert_eq!(bench.ask("member", "PUT", path, Some(back)).await.status, 200);
        let log = bench.get("admin", "/audit-entries").await;
        let told: Vec<_> = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["action"] == "consents.changed")
            .map(|entry| entry["detail"]["changed"].clone())
            .collect();
        // The same sent twice is one change.
        assert_eq!(
            told,
            [json!(["offers/email=false"]), json!(["offers/email=true", "offers/sms=false"])]
        );

        let strange =
            json!({ "items": [{ "purpose": "offers", "channel": "pigeon", "given": true }] });
        let refused = bench.ask("member", "PUT", path, Some(strange)).await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["pointer"]),
            (422, &json!("/items/0"))
        );
        assert_eq!(bench.ask("cashier", "GET", path, None).await.status, 403);
    })
    .await;
}
