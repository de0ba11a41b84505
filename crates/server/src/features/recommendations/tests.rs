//! A recommendation goes its way step by step, and closes only with a measurement.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn r82_from_a_finding_to_a_measured_effect() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let quiet = json!({ "rule": "D3" });
        let refused = bench.ask("analyst", "POST", "/recommendations", Some(quiet.clone())).await;
        assert_eq!((refused.status, refused.code()), (409, "rule_quiet"));
        let seen = json!({
            "source": "web form", "from": "2026-10-01", "to": "2026-10-31",
            "facts": {
                "form_abandonment": { "hits": 560, "n": 1_000 },
                "worst_field_dropout": { "hits": 300, "n": 1_000 }
            }
        });
        bench.make("analyst", "/measures/observations", seen).await;
        let made = bench.make("analyst", "/recommendations", quiet).await;
        assert_eq!((&made["state"], &made["kpi"]), (&json!("proposed"), &json!("K2")));
        let path = |what: &str| format!("/recommendations/{}/{what}", made["id"].as_str().unwrap());
        let ask = async |who: &str, what: &str, body| {
            let answer = bench.ask(who, "POST", &path(what), Some(body)).await;
            (answer.status, answer.body["state"].clone(), answer.body)
        };
        let effect = json!({ "estimate": 0.18, "low": 0.11, "high": 0.25 });
        // R5: nothing is a success before it was done and measured.
        assert_eq!(ask("manager", "measure", effect.clone()).await.0, 409);
        assert_eq!(ask("analyst", "decide", json!({ "accept": true })).await.0, 403);
        assert_eq!(ask("manager", "decide", json!({ "accept": false })).await.0, 422);
        assert_eq!(ask("manager", "decide", json!({ "accept": true })).await.1, "accepted");
        assert_eq!(ask("manager", "decide", json!({ "accept": true })).await.0, 409);
        let change = json!({ "change": "form version 4: e-mail alone" });
        assert_eq!(ask("manager", "implement", change).await.1, "implemented");
        let odd = json!({ "estimate": 0.5, "low": 0.11, "high": 0.25 });
        assert_eq!(ask("manager", "measure", odd).await.0, 422);
        let (status, state, body) = ask("manager", "measure", effect).await;
        assert_eq!((status, state), (200, json!("measured")));
        assert_eq!(body["measured"]["outcome"], "success");
        let good = bench.get("analyst", "/recommendations/calibration").await;
        // 0.18 was measured where 0.20 was predicted.
        assert_eq!((&good["measured"], &good["inside"]), (&json!(1), &json!(0)));
        let other = bench.get("two", "/recommendations").await;
        assert_eq!(other["items"], json!([]));
    })
    .await;
}
