//! The point of sale through the API.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::features::redemptions::tests::bench;

fn basket(reference: &str, net_minor: i64) -> Value {
    json!({
        "member": "ext:email:ana@example.com", "reference": reference, "source": "pos:store-12",
        "lines": [{ "product": "bread", "net_minor": net_minor }]
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_sale_from_scan_to_paper() {
    on_both(async |db| {
        let bench = bench(db).await;
        let who = json!({ "member": "ext:email:ana@example.com" });
        let found = bench.ask("cashier", "POST", "/pos/identify", Some(who)).await;
        assert_eq!((found.status, &found.body["lines"]), (200, &json!(["You have 60 points"])));
        assert!(!found.body.to_string().contains("example.com"), "a till learns no address");

        let quote = bench.ask("cashier", "POST", "/pos/quote", Some(basket("s-1", 1_050))).await;
        assert_eq!(quote.body["lines"], json!(["+10 points", "You have 70 points"]));
        let order = json!({
            "member": "ext:email:ana@example.com", "reward": "bill", "pay_minor": 30, "reference": "s-1"
        });
        let held = bench.make("cashier", "/pos/reserve", order).await;
        let sale = json!({ "purchase": basket("s-1", 1_050), "redemption": held["id"] });
        let sold = bench.make("cashier", "/pos/commit", sale.clone()).await;
        assert_eq!(sold["redemption"]["state"], "captured");
        assert_eq!(sold["lines"], json!(["+10 points", "You have 40 points"]));
        let again = bench.make("cashier", "/pos/commit", sale).await;
        assert_eq!((&again["purchase"]["id"], &again["purchase"]["replayed"]), (&sold["purchase"]["id"], &json!(true)));

        let void = json!({ "purchase": sold["purchase"]["id"], "redemption": held["id"] });
        let voided = bench.ask("cashier", "POST", "/pos/void", Some(void)).await;
        assert_eq!(voided.status, 200, "{}", voided.body);
        assert_eq!(voided.body["redemption"]["receipt"]["balances"][0]["available"], 60);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q9_somebody_elses_reservation_pays_no_bill() {
    on_both(async |db| {
        let bench = bench(db).await;
        let order = json!({
            "member": "ext:email:ana@example.com", "reward": "bill", "pay_minor": 30, "reference": "s-1"
        });
        let held = bench.make("cashier", "/pos/reserve", order).await;
        let mut purchase = basket("s-9", 1_050);
        purchase["member"] = json!("ext:email:eva@example.com");
        let sale = json!({ "purchase": purchase, "redemption": held["id"] });
        let refused = bench.ask("cashier", "POST", "/pos/commit", Some(sale)).await;
        assert_eq!((refused.status, refused.code()), (404, "redemption_not_found"));
        let path = format!("/redemptions/{}", held["id"].as_str().unwrap());
        assert_eq!(bench.get("cashier", &path).await["state"], "reserved");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_a_receipt_has_visible_names_and_lines_of_something() {
    on_both(async |db| {
        let bench = bench(db).await;
        let mut nothing = basket("s-1", 100);
        nothing["lines"][0]["quantity_milli"] = json!(0);
        let mut long = basket("s-1", 100);
        long["lines"] = json!(vec![json!({ "net_minor": 1 }); 2_001]);
        let backward = basket("s-\u{202e}1", 100);
        for (sale, pointer) in [
            (nothing, "/lines/0/quantity_milli"),
            (long.clone(), "/lines"),
            (backward, "/reference"),
        ] {
            let refused = bench.ask("cashier", "POST", "/purchases", Some(sale)).await;
            assert_eq!((refused.status, refused.code()), (422, "invalid"), "{}", refused.body);
            assert_eq!(refused.body["errors"][0]["pointer"], pointer);
        }
        let asked = json!({ "lines": long["lines"] });
        let refused = bench.ask("admin", "POST", "/earning-rules/examine", Some(asked)).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_an_offline_queue_counts_each_sale_once_at_its_own_instant() {
    on_both(async |db| {
        let bench = bench(db).await;
        let at = |mut sale: Value, at: &str| {
            sale["at"] = json!(at);
            sale
        };
        let queue = json!({ "purchases": [
            at(basket("q-1", 1_000), "2026-11-01T10:00:00Z"),
            at(basket("q-2", 2_000), "2026-11-01T11:00:00Z"),
            at(basket("q-2", 2_000), "2026-11-01T11:00:00Z"),
            at(basket("q-3", 3_000), "2030-01-01T00:00:00Z"),
        ] });
        for _ in 0..2 {
            let done = bench.ask("cashier", "POST", "/pos/replay", Some(queue.clone())).await;
            assert_eq!(done.status, 200, "{}", done.body);
            assert_eq!((&done.body["posted"], &done.body["refused"]), (&json!(3), &json!(1)));
            assert_eq!(done.body["items"][3]["problem"]["code"], "in_future");
        }
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("member", &path).await["balances"][0]["available"], 90);
        let undated = json!({ "purchases": [basket("q-4", 100)] });
        let refused = bench.ask("cashier", "POST", "/pos/replay", Some(undated)).await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["pointer"]),
            (422, &json!("/purchases/0/at"))
        );
    })
    .await;
}
