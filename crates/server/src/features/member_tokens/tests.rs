//! Member tokens reach what is the member's own, for a while.

use lazo_domain::time::SECOND;
use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn r91_a_member_token_reaches_its_own_for_as_long_as_it_was_asked_for() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        let path = format!("/members/{}/tokens", bench.members[0].id);
        let made = bench.make("backend", &path, json!({ "seconds": 60 })).await;
        bench.tokens.insert("short", made["token"].as_str().unwrap().to_owned());
        assert_eq!(bench.get("short", "/members/me").await["id"], json!(bench.members[0].id));
        let other = format!("/members/{}", bench.members[1].id);
        assert_eq!(bench.ask("short", "GET", &other, None).await.status, 404);
        assert_eq!(
            bench.ask("short", "GET", "/members/ext:email:eva@example.com", None).await.status,
            404
        );
        bench.clock.advance(59 * SECOND);
        assert_eq!(bench.ask("short", "GET", "/members/me", None).await.status, 200);
        bench.clock.advance(SECOND);
        assert_eq!(bench.ask("short", "GET", "/members/me", None).await.status, 401);
        for (who, seconds, status) in
            [("backend", 59, 422), ("backend", 86_401, 422), ("admin", 60, 403)]
        {
            let refused = bench.ask(who, "POST", &path, Some(json!({ "seconds": seconds }))).await;
            assert_eq!(refused.status, status, "{who} {seconds}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_ended_tokens_and_tokens_of_the_erased_no_longer_work() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let own = format!("/members/{}/tokens", bench.members[0].id);
        assert_eq!(bench.ask("member", "DELETE", &own, None).await.status, 204);
        assert_eq!(bench.ask("member", "GET", "/members/me", None).await.status, 401);
        let other = format!("/members/{}", bench.members[1].id);
        assert_eq!(bench.ask("agent", "DELETE", &other, None).await.status, 204);
        assert_eq!(bench.ask("other", "GET", "/members/me", None).await.status, 401);
    })
    .await;
}
