//! Keys: shown once, narrowed, revoked at once.

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use lazo_store::{Db, params};
use serde_json::{Value, json};

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn q9_a_narrowed_key_hands_on_no_more_than_it_has() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let narrow = json!({
            "name": "keys", "role": "admin", "scopes": ["api-keys:write", "purchases:*", "staff:write"]
        });
        let made = bench.make("manager", "/api-keys", narrow).await;
        let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
        let headers = [("authorization", bearer.as_str())];
        for (scopes, status) in [
            (Value::Null, 403),
            (json!(["*"]), 403),
            (json!(["members:read"]), 403),
            (json!(["purchases:write", "members:read"]), 403),
            (json!(["purchases:write"]), 201),
        ] {
            let wanted = json!({ "name": "more", "role": "admin", "scopes": scopes });
            let answer = bench.ask_with("", "POST", "/api-keys", Some(wanted), &headers).await;
            assert_eq!(answer.status, status, "{scopes}: {}", answer.body);
        }
        let person = json!({ "login": "eve@example.com", "name": "Eve", "roles": ["admin"] });
        let answer = bench.ask_with("", "POST", "/staff", Some(person), &headers).await;
        assert_eq!((answer.status, answer.code()), (403, "scope_missing"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_a_key_is_shown_once_kept_as_a_hash_and_revoked_at_once() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        let body = json!({ "name": "till 12", "role": "cashier" });
        let made = bench.make("admin", "/api-keys", body).await;
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("lzk_") && secret.len() == 43, "{secret}");
        bench.tokens.insert("till", secret.clone());
        assert_eq!(bench.ask("till", "GET", "/tenant", None).await.status, 200);
        let list = bench.get("admin", "/api-keys").await;
        assert!(!list.to_string().contains(&secret));
        assert_eq!(
            stored(&bench.app.db, &secret).await,
            0,
            "the database does not hold the secret"
        );
        let path = format!("/api-keys/{}", made["id"].as_str().unwrap());
        assert_eq!(bench.ask("two", "DELETE", &path, None).await.status, 404);
        assert_eq!(bench.ask("till", "GET", "/tenant", None).await.status, 200);
        assert_eq!(bench.ask("admin", "DELETE", &path, None).await.status, 204);
        assert_eq!(bench.ask("till", "GET", "/tenant", None).await.status, 401);
        let log = bench.get("admin", "/audit-entries").await;
        assert_eq!(log["items"][0]["action"], "api_key.revoked");
        assert_eq!(log["items"][1]["action"], "api_key.created");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_scopes_narrow_a_key_and_its_end_ends_it() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        let body = json!({
            "name": "web", "role": "backend", "scopes": ["members:read"],
            "expires_at": "2026-11-03T09:00:00Z"
        });
        let made = bench.make("admin", "/api-keys", body).await;
        bench.tokens.insert("web", made["secret"].as_str().unwrap().to_owned());
        assert_eq!(bench.ask("web", "GET", "/members", None).await.status, 200);
        let refused =
            bench.ask("web", "POST", "/members", Some(json!({ "email": "x@example.com" }))).await;
        assert_eq!((refused.status, refused.code()), (403, "scope_missing"));
        bench.clock.advance(DAY);
        assert_eq!(bench.ask("web", "GET", "/members", None).await.status, 401);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_a_key_that_makes_no_sense_is_not_made() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        for (field, value) in [
            ("name", json!("")),
            ("name", json!("a\nb")),
            ("role", json!("platform")),
            ("role", json!("king")),
            ("scopes", json!(["purchases"])),
            ("scopes", json!(["Purchases:write"])),
            ("expires_at", json!("2026-11-02T09:00:00Z")),
            ("tenant", json!("two")),
        ] {
            let mut body = json!({ "name": "till", "role": "cashier" });
            body[field] = value;
            let answer = bench.ask("admin", "POST", "/api-keys", Some(body)).await;
            assert_eq!(
                (answer.status, answer.code()),
                (422, "invalid"),
                "{field}: {}",
                answer.body
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_lists_of_keys_go_on_page_by_page() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let mut names = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = bench.get("admin", &format!("/api-keys?limit=3{cursor}")).await;
            let items = page["items"].as_array().unwrap();
            names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page["cursor"]["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
            assert_eq!(items.len(), 3);
        }
        assert_eq!(names.len(), 8, "seven roles and the revoked one: {names:?}");
    })
    .await;
}

async fn stored(db: &Db, secret: &str) -> i64 {
    let sql = "select count(*) as n from api_key where name = $1 or hint = $1 or created_by = $1";
    let rows = db.query(sql, params![secret]).await.unwrap();
    rows[0].int("n").unwrap()
}

/// What is done with a token that a colleague made counts as done by both, so neither can be the second person of the other.
#[tokio::test(flavor = "multi_thread")]
async fn r91_a_token_of_a_colleague_is_no_second_pair_of_eyes() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let behind = async |actor: &str| {
            crate::features::audit::people_behind(&bench.app.db, bench.members[0].tenant, actor)
                .await
                .unwrap()
        };
        let token = behind("staff:stf_B via staff:stf_A").await;
        for one in ["staff:stf_b", "staff:stf_a", "staff:STF_B via staff:stf_c"] {
            assert!(!token.is_disjoint(&behind(one).await), "{one}");
        }
        assert!(token.is_disjoint(&behind("staff:stf_c").await));
    })
    .await;
}
