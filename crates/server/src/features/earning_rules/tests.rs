//! Earning rules through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

const DOUBLE: &str = r#"
[[programs.earning_rules]]
code = "double-fresh"
point_type = "points"
lines = { categories = ["fresh"] }
effect = { type = "multiplier", factor = "2" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn r70_an_examination_says_rule_by_rule_what_would_be_earned() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{DOUBLE}"), Limits::default()).await;
        let basket = json!({ "lines": [
            { "category": "fresh", "net_minor": 3_000 }, { "category": "dry", "net_minor": 2_000 },
        ] });
        let answer =
            bench.ask("program_manager", "POST", "/earning-rules/examine", Some(basket)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let awards = answer.body["awards"].as_array().unwrap();
        let of =
            |rule: &str| awards.iter().find(|a| a["rule"] == rule).map(|a| a["points"].clone());
        assert_eq!((of("base"), of("double-fresh")), (Some(json!(50)), Some(json!(30))));
        let headline = answer.body["headline"].as_str().unwrap();
        assert!(headline.contains("80 points"), "{headline}");
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("agent", &path).await["balances"], json!([]));
        let nothing = bench.ask("agent", "POST", "/earning-rules/examine", Some(json!({}))).await;
        assert_eq!(nothing.status, 422);
        let draft = json!({ "draft": true, "lines": [{ "net_minor": 100 }] });
        let none = bench.ask("agent", "POST", "/earning-rules/examine", Some(draft)).await;
        assert_eq!((none.status, none.code()), (404, "draft_not_found"));
        assert_eq!(
            bench.get("analyst", "/earning-rules").await["items"].as_array().unwrap().len(),
            2
        );
    })
    .await;
}
