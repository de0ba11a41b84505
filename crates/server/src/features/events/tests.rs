//! Custom events through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

const REVIEW: &str = r#"
[[programs.earning_rules]]
code = "review"
on = "review"
point_type = "points"
when = "event.numbers.stars >= 1"
effect = { type = "fixed", points = 20 }
caps = [{ per = "day", times = 1 }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_custom_event_earns_within_its_cap_and_says_why_not() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{REVIEW}"), Limits::default()).await;
        let review = |reference: &str, name: &str| {
            json!({
                "member": "ext:email:ana@example.com", "name": name, "reference": reference,
                "numbers": { "stars": 5 }
            })
        };
        let first = bench.make("backend", "/events", review("e-1", "review")).await;
        assert_eq!(first["changes"][0]["points"], 20);
        let second = bench.make("backend", "/events", review("e-2", "review")).await;
        assert_eq!(second["changes"], json!([]));
        assert!(!second["explanation"]["headline"].as_str().unwrap().is_empty());
        let unknown = bench.make("backend", "/events", review("e-3", "visit")).await;
        assert_eq!(unknown["changes"], json!([]));
        let bad = bench.ask("backend", "POST", "/events", Some(review("e-4", "purchase"))).await;
        assert_eq!((bad.status, bad.code()), (422, "invalid"));
        let path = format!("/events/{}", first["id"].as_str().unwrap());
        assert_eq!(bench.get("member", &path).await["kind"], "event");
    })
    .await;
}
