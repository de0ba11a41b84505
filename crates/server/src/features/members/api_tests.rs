//! Members through the API: enrolled with an e-mail alone, found by any identifier, erased for good.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn r43_an_email_alone_enrolls_and_joins_the_only_program() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let made = bench.make("cashier", "/members", json!({ "email": "Luz@Example.com" })).await;
        let id = made["id"].as_str().unwrap();
        assert!(
            !made.to_string().to_lowercase().contains("luz@"),
            "an answer that is kept holds nothing personal"
        );
        let found = bench.get("agent", "/members/ext:email:luz@example.com").await;
        assert_eq!(found["id"], made["id"]);
        let programs = bench.get("agent", &format!("/members/{id}/memberships")).await;
        assert_eq!(programs["items"][0]["program"], "club");
        let again = bench
            .ask("cashier", "POST", "/members", Some(json!({ "email": "LUZ@example.com" })))
            .await;
        assert_eq!((again.status, again.code()), (409, "identifier_taken"));
        let other = bench.ask("two", "GET", "/members/ext:email:luz@example.com", None).await;
        assert_eq!((other.status, other.code()), (404, "member_not_found"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_identifiers_are_added_taken_away_and_resolve() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let path = format!("/members/{}/identifiers", bench.members[0].id);
        let card = json!({ "scheme": "card", "value": "8400 12-34" });
        let added = bench.make("agent", &path, card.clone()).await;
        assert_eq!(added["value"], "84001234");
        assert_eq!(
            bench.get("cashier", "/members/ext:card:84001234").await["id"],
            json!(bench.members[0].id)
        );
        let other = format!("/members/{}/identifiers", bench.members[1].id);
        let taken = bench.ask("agent", "POST", &other, Some(card.clone())).await;
        assert_eq!((taken.status, taken.code()), (409, "identifier_taken"));
        let remove = format!("{path}/remove");
        assert_eq!(bench.ask("agent", "POST", &remove, Some(card.clone())).await.status, 204);
        let gone = bench.ask("agent", "POST", &remove, Some(card)).await;
        assert_eq!((gone.status, gone.code()), (404, "identifier_not_found"));
        let email = json!({ "scheme": "email", "value": "ana@example.com" });
        let last = bench.ask("agent", "POST", &remove, Some(email)).await;
        assert_eq!((last.status, last.code()), (409, "last_identifier"));
        assert_eq!(bench.get("member", &path).await["items"][0]["scheme"], "email");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_members_are_changed_within_the_schema_only() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let mut tenant = bench.get("admin", "/tenant").await;
        for own in ["id", "live", "config_version", "created_at"] {
            tenant.as_object_mut().unwrap().remove(own);
        }
        tenant["member_attributes"] = json!({ "plan": { "type": "text", "choices": ["a", "b"] } });
        let set = bench.ask("admin", "PUT", "/tenant", Some(tenant)).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let path = format!("/members/{}", bench.members[0].id);
        for (body, status) in [
            (json!({ "attributes": { "plan": "a" }, "locale": "es-MX" }), 200),
            (json!({ "attributes": { "plan": "c" } }), 422),
            (json!({ "attributes": { "tier": "gold" } }), 422),
            (json!({ "status": "erased" }), 422),
            (json!({ "balance": 1 }), 422),
            (json!({ "status": "suspended" }), 200),
        ] {
            let answer = bench.ask("agent", "PATCH", &path, Some(body.clone())).await;
            assert_eq!(answer.status, status, "{body}: {}", answer.body);
        }
        let sale = json!({ "member": bench.members[0].id, "reference": "r", "lines": [{ "net_minor": 100 }] });
        let refused = bench.ask("cashier", "POST", "/purchases", Some(sale)).await;
        assert_eq!((refused.status, refused.code()), (409, "member_suspended"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r97_an_erased_person_is_gone_and_the_numbers_stay() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let sold = bench.sell(0, "t-1", 4_000).await;
        let path = format!("/members/{}", bench.members[0].id);
        assert_eq!(bench.ask("agent", "DELETE", &path, None).await.status, 204);
        for path in [path.as_str(), "/members/ext:email:ana@example.com"] {
            assert_eq!(bench.ask("agent", "GET", path, None).await.code(), "member_not_found");
        }
        let balances = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("finance", &balances).await["balances"][0]["available"], 40);
        let purchase = format!("/purchases/{}", sold["id"].as_str().unwrap());
        assert!(!bench.get("finance", &purchase).await.to_string().contains("ana@"));
    })
    .await;
}
