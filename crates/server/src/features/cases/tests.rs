//! Cases through the API: the walls between tenants, who may answer, and what is left of somebody who was erased.

use lazo_domain::ids::{BrandId, SupportCaseId};
use lazo_store::testing::on_both;
use serde_json::json;

use super::{Message, SupportCase, store};
use crate::api::bench::Bench;
use crate::testing::NOON;

/// A case of the first member of tenant one.
async fn asked(bench: &Bench) -> String {
    let member = &bench.members[0];
    let case = SupportCase {
        id: SupportCaseId(bench.app.ids.next()),
        brand: BrandId(1),
        member: member.id,
        tracking_code: "K7M2-9QXA".into(),
        language: "es-ES".into(),
        topic: "purchase".into(),
        screen: "/portal/one/points".into(),
        state: "open".into(),
        owner: None,
        opened_at: NOON,
        answer_due: NOON.plus_micros(1),
        answered_at: None,
        closed_at: None,
        helped: None,
    };
    let mut tx = bench.app.db.begin().await.unwrap();
    assert!(store::insert(&mut tx, member.tenant, &case, "a").await.unwrap());
    let message =
        Message { position: 0, author: String::new(), at: NOON, body: "¿Y mis puntos?".into() };
    store::say(&mut tx, member.tenant, case.id, &message, true).await.unwrap();
    tx.commit().await.unwrap();
    case.id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn r116_a_desk_of_its_own_reads_answers_and_ends_cases_of_its_tenant_alone() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let id = asked(&bench).await;
        let listed = bench.get("agent", "/cases").await;
        assert_eq!(listed["items"][0]["id"], json!(id));
        assert!(listed["items"][0].get("messages").is_none());
        let path = |last: &str| format!("/cases/{id}{last}");
        let one = bench.get("agent", &path("")).await;
        assert_eq!(one["messages"], json!([{ "at": one["opened_at"], "body": "¿Y mis puntos?" }]));
        for (who, status) in [("cashier", 403), ("analyst", 403), ("member", 403), ("two", 404)] {
            assert_eq!(bench.ask(who, "GET", &path(""), None).await.status, status, "{who}");
            let said = Some(json!({ "body": "hola" }));
            let answered = bench.ask(who, "POST", &path("/messages"), said).await;
            assert_eq!(answered.status, status, "{who}");
        }
        assert_eq!(bench.get("two", "/cases").await["items"], json!([]));
        let long = Some(json!({ "body": "a".repeat(4_001) }));
        let refused = bench.ask("agent", "POST", &path("/messages"), long).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &json!("/body")));
        let said = Some(json!({ "body": "Ya están." }));
        let answered = bench.ask("agent", "POST", &path("/messages"), said).await;
        assert_eq!((answered.status, &answered.body["state"]), (200, &json!("answered")));
        assert_eq!(answered.body["messages"].as_array().unwrap().len(), 2);
        assert!(answered.body["answered_at"].is_string() && answered.body["owner"].is_string());
        assert_eq!(bench.get("agent", "/cases").await["items"], json!([]));
        let closed = bench.ask("agent", "POST", &path("/close"), None).await;
        assert_eq!((closed.status, &closed.body["state"]), (200, &json!("closed")));
        assert_eq!(bench.get("agent", "/cases?state=closed").await["items"][0]["id"], json!(id));
    })
    .await;
}

/// Goal: an erased person's words are gone. Method: erased through the API, the case is not there, nor what was said.
#[tokio::test(flavor = "multi_thread")]
async fn r97_the_questions_of_an_erased_person_are_gone() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let id = asked(&bench).await;
        let member = &bench.members[0];
        let path = format!("/members/{}", member.id);
        assert!(bench.ask("agent", "DELETE", &path, None).await.status < 300);
        assert_eq!(bench.ask("agent", "GET", &format!("/cases/{id}"), None).await.status, 404);
        let left =
            store::messages(&bench.app.db, member.tenant, id.parse().unwrap()).await.unwrap();
        assert_eq!(left, []);
    })
    .await;
}
