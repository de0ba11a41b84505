//! Returns through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn i12_a_return_takes_its_lines_share_and_no_more_than_was_bought() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let member = bench.members[0].id;
        let body = json!({
            "member": member, "reference": "t-1",
            "lines": [{ "net_minor": 4_000, "quantity_milli": 2_000 }, { "net_minor": 2_050 }]
        });
        let sold = bench.make("cashier", "/purchases", body).await;
        let back = |reference: &str, quantity: i64| {
            json!({
                "member": member, "purchase": { "reference": "t-1" }, "reference": reference,
                "lines": [{ "line": 0, "quantity_milli": quantity }]
            })
        };
        let half = bench.make("cashier", "/returns", back("r-1", 1_000)).await;
        assert_eq!(half["balances"][0]["available"], 40);
        let again = bench.make("cashier", "/returns", back("r-1", 1_000)).await;
        assert_eq!((&again["id"], &again["replayed"]), (&half["id"], &json!(true)));
        let more = bench.ask("cashier", "POST", "/returns", Some(back("r-2", 1_001))).await;
        assert_eq!((more.status, more.code()), (422, "returns_too_much"));
        let rest =
            json!({ "member": member, "purchase": { "id": sold["id"] }, "reference": "r-3" });
        let dry = bench.ask("cashier", "POST", "/returns?dry_run=true", Some(rest.clone())).await;
        assert_eq!((dry.status, &dry.body["balances"][0]["available"]), (200, &json!(0)));
        let all = bench.make("cashier", "/returns", rest).await;
        assert_eq!(all["balances"][0]["available"], 0);
        let path = format!("/returns/{}", all["id"].as_str().unwrap());
        assert_eq!(bench.get("member", &path).await["id"], all["id"]);
        assert_eq!(bench.ask("other", "GET", &path, None).await.status, 404);
        let stranger = json!({
            "member": bench.members[1].id, "purchase": { "reference": "t-1" }, "reference": "r-4"
        });
        let refused = bench.ask("cashier", "POST", "/returns", Some(stranger)).await;
        assert_eq!((refused.status, refused.code()), (404, "purchase_not_found"));
    })
    .await;
}
