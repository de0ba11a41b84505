//! Tiers through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

const LADDER: &str = r#"
[[programs.tier_groups]]
code = "level"
measure = "spend"
window = "calendar_year"
tiers = [{ code = "silver", threshold = 10000 }, { code = "gold", threshold = 50000 }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn r111_the_path_to_a_tier_says_exactly_what_is_missing() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{LADDER}"), Limits::default()).await;
        bench.sell(0, "t-1", 9_000).await;
        let standing = bench.get("member", "/members/me/tiers").await;
        assert_eq!((&standing["items"][0]["tier"], &standing["items"][0]["measured"]), (&json!(""), &json!(9_000)));
        assert_eq!(standing["items"][0]["path"][0]["missing"], 1_000);
        // Executing the plan literally reaches the tier.
        let reached = bench.sell(0, "t-2", 1_000).await;
        assert_eq!(reached["tiers"][0]["to"], "silver");
        let standing = bench.get("member", "/members/me/tiers").await;
        let silver = &standing["items"][0];
        assert_eq!((&silver["tier"], &silver["provenance"]), (&json!("silver"), &json!("earned")));
        assert_eq!(silver["valid_until"], "2027-12-31T23:00:00Z");
        assert_eq!(silver["path"], json!([{ "tier": "gold", "name": {}, "threshold": 50_000, "missing": 40_000 }]));

        let path = format!("/members/{}/tiers", bench.members[1].id);
        let matched = json!({ "group": "level", "tier": "gold", "provenance": "matched", "reference": "m-1" });
        assert_eq!(bench.ask("agent", "POST", &path, Some(matched.clone())).await.status, 403);
        let given = bench.make("manager", &path, matched).await;
        assert_eq!(given["tiers"][0]["to"], "gold");
        let earned = json!({ "group": "level", "tier": "gold", "provenance": "earned", "reference": "m-2" });
        assert_eq!(bench.ask("manager", "POST", &path, Some(earned)).await.status, 422);
        assert_eq!(bench.get("other", "/members/me/tiers").await["items"][0]["provenance"], "matched");
    })
    .await;
}
