//! Indicators are what anybody would count by hand, and a baseline stays.

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::Bench;

fn value(all: &Value, kpi: &str) -> (i64, i64, i64) {
    let found = all["items"].as_array().unwrap().iter().find(|one| one["kpi"] == kpi).unwrap();
    let number = |name: &str| found[name].as_i64().unwrap();
    (number("value"), number("part"), number("whole"))
}

#[tokio::test(flavor = "multi_thread")]
async fn r31_indicators_are_counted_from_the_ledger_and_a_baseline_stays_as_it_was() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        // The first buys twice, the second once and long ago.
        bench.sell(1, "t-0", 1_000).await;
        bench.clock.advance(120 * DAY);
        bench.sell(0, "t-1", 2_000).await;
        bench.sell(0, "t-2", 4_000).await;
        let taken = bench
            .ask("manager", "POST", "/kpis/readings", Some(json!({ "is_baseline": true })))
            .await;
        assert_eq!(taken.status, 200, "{}", taken.body);
        let all = &taken.body;
        assert_eq!(value(all, "members"), (2, 2, 1));
        assert_eq!(value(all, "active_members"), (1, 1, 1));
        assert_eq!(value(all, "repeat_rate"), (5_000, 1, 2));
        assert_eq!(value(all, "purchase_frequency"), (200, 2, 1));
        assert_eq!(value(all, "average_order"), (3_000, 6_000, 2));
        assert_eq!(value(all, "revenue_of_members"), (6_000, 6_000, 1));
        assert_eq!(value(all, "redeemer_share"), (0, 0, 2));
        bench.clock.advance(DAY);
        bench.sell(0, "t-3", 9_000).await;
        bench.ask("manager", "POST", "/kpis/readings", Some(json!({}))).await;
        let read = bench.get("analyst", "/kpis/average_order/readings").await;
        let told: Vec<_> = read["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (&r["value"], &r["is_baseline"]))
            .collect();
        assert_eq!(told, [(&json!(5_000), &json!(false)), (&json!(3_000), &json!(true))]);
        assert_eq!(bench.get("two", "/kpis").await["items"], json!([]));
    })
    .await;
}
