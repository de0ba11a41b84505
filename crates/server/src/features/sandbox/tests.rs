//! A sandbox's clock moves forward only, for one tenant, and time then does its work.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

#[tokio::test(flavor = "multi_thread")]
async fn r50_moving_the_test_clock_expires_what_is_due_in_this_tenant_only() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        bench.sell(0, "t-1", 5_000).await;
        let balances = format!("/accounts/{}/balances", bench.account(0));
        let moved = bench.ask("admin", "POST", "/test-clock", Some(json!({ "days": 179 }))).await;
        assert_eq!((moved.status, &moved.body["accounts_changed"]), (200, &json!(0)));
        assert_eq!(bench.get("member", &balances).await["balances"][0]["available"], 50);
        let sold = bench.sell(0, "t-2", 700).await;
        assert_eq!(sold["effective_at"], "2027-04-30T09:00:00Z");
        let moved = bench.ask("admin", "POST", "/test-clock", Some(json!({ "days": 1 }))).await;
        assert_eq!(moved.body["accounts_changed"], 1, "{}", moved.body);
        assert_eq!(moved.body["now"], "2027-05-01T09:00:00Z");
        assert_eq!(bench.get("member", &balances).await["balances"][0]["available"], 7);
        assert_eq!(bench.get("two", "/test-clock").await["moved"], false);
        let clock = bench.get("admin", "/test-clock").await;
        assert_eq!((&clock["now"], &clock["moved"]), (&moved.body["now"], &json!(true)));
        let back = json!({ "to": "2027-04-01T00:00:00Z" });
        let back = bench.ask("admin", "POST", "/test-clock", Some(back)).await;
        assert_eq!((back.status, back.code()), (409, "clock_backward"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r50_a_real_tenant_has_no_test_clock() {
    on_both(async |db| {
        let document = SHOP.replace("sandbox = true", "");
        let bench = Bench::with(db, &document, Limits::default()).await;
        let refused = bench.ask("admin", "POST", "/test-clock", Some(json!({ "days": 1 }))).await;
        assert_eq!((refused.status, refused.code()), (409, "not_a_sandbox"));
        for body in
            [json!({}), json!({ "days": 0 }), json!({ "days": 1, "to": "2027-01-01T00:00:00Z" })]
        {
            let refused = bench.ask("admin", "POST", "/test-clock", Some(body)).await;
            assert_eq!(refused.status, 409);
        }
    })
    .await;
}
