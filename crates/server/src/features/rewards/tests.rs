//! Rewards through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::features::redemptions::tests::bench;

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_member_sees_what_can_be_had_now_and_what_is_missing() {
    on_both(async |db| {
        let bench = bench(db).await;
        let mine = bench.get("member", "/rewards/coffee").await;
        assert_eq!(
            (&mine["available"], &mine["price"], &mine["left"]),
            (&json!(true), &json!(20), &json!(2))
        );
        let theirs = bench.get("other", "/rewards/coffee").await;
        assert_eq!(
            (&theirs["reason"], &theirs["missing"]),
            (&json!("insufficient_balance"), &json!(20))
        );
        let asked = format!("/rewards/coffee?member={}", bench.members[1].id);
        assert_eq!(bench.get("agent", &asked).await["missing"], 20);
        assert_eq!(bench.ask("member", "GET", &asked, None).await.status, 404);
        assert_eq!(
            bench.ask("member", "GET", "/rewards/tea", None).await.code(),
            "reward_not_found"
        );
        assert_eq!(bench.get("analyst", "/rewards").await["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
