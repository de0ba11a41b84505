//! An issue leaves with the word of a second person; another tenant sees and does nothing.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::Room;

#[tokio::test(flavor = "multi_thread")]
async fn r95_an_issue_does_not_leave_with_one_signature() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.joined("p0@example.com").await;
        let made = room.bench.make("manager", "/newsletter/issues", room.draft()).await;
        let path =
            |last: &str| format!("/newsletter/issues/{}{last}", made["id"].as_str().unwrap());
        let ask = async |who: &str, last: &str, body: Option<Value>| {
            room.bench.ask(who, "POST", &path(last), body).await
        };
        let yes = || Some(json!({ "approved": true }));
        let state = "newsletter_issue_state";
        assert_eq!(ask("second", "/decisions", yes()).await.code(), state, "nobody asked yet");
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.code(), state);
        assert_eq!(ask("manager", "/submit", None).await.status, 200);
        let own = ask("manager", "/decisions", yes()).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"), "the author does not agree");
        assert_eq!(ask("admin", "/decisions", yes()).await.code(), "person_required");
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.code(), state);
        assert_eq!(ask("second", "/decisions", yes()).await.body["state"], "approved");
        // Whoever changes it becomes an author, and what was agreed to is so no more.
        let changed = room.bench.ask("second", "PUT", &path(""), Some(room.draft())).await;
        assert_eq!((changed.status, &changed.body["state"]), (200, &json!("draft")));
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.code(), state);
        ask("manager", "/submit", None).await;
        assert_eq!(ask("second", "/decisions", yes()).await.code(), "four_eyes", "hers too now");
        let back = json!({ "approved": false, "note": "Too long." });
        assert_eq!(ask("controller", "/decisions", Some(back)).await.body["state"], "draft");
        ask("manager", "/submit", None).await;
        assert_eq!(ask("controller", "/decisions", yes()).await.body["state"], "approved");
        room.work().await;
        assert!(room.issues().is_empty(), "it has no hour yet");
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.body["state"], "scheduled");
        room.work().await;
        assert_eq!(room.issues().len(), 1);
        assert_eq!(ask("manager", "/cancel", None).await.code(), state, "what is over is over");
        let words = room.bench.get("manager", &path("")).await["words"].clone();
        assert_eq!(words.as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_another_tenant_sees_nothing_of_a_newsletter_and_a_wrong_draft_says_what_is_wrong() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.joined("p0@example.com").await;
        let made = room.bench.make("manager", "/newsletter/issues", room.draft()).await;
        let id = made["id"].as_str().unwrap();
        for last in ["", "/preview"] {
            let path = format!("/newsletter/issues/{id}{last}");
            assert_eq!(room.bench.ask("two", "GET", &path, None).await.status, 404, "{last}");
        }
        for last in ["/submit", "/cancel"] {
            let path = format!("/newsletter/issues/{id}{last}");
            assert_eq!(room.bench.ask("two", "POST", &path, None).await.status, 404, "{last}");
        }
        assert_eq!(room.bench.get("two", "/newsletter/issues").await["items"], json!([]));
        assert_eq!(room.bench.get("two", "/newsletter").await["items"], json!([]));
        let asked = json!({ "email": "p0@example.com" });
        let path = "/newsletter/brands/corner/evidence";
        assert_eq!(room.bench.ask("two", "POST", path, Some(asked)).await.status, 404);
        // Their portal has no newsletter, and takes nobody into ours.
        assert_eq!(room.bench.browse("", "/portal/two/newsletter", None).await.status, 404);
        let form = Some("email=x%40example.com");
        assert_eq!(room.bench.browse("", "/portal/two/newsletter", form).await.status, 404);
        for (change, pointer) in [
            (json!({ "texts": {} }), "/texts"),
            (
                json!({ "texts": { "es-ES": { "subject": "{{points}}", "body": "x" } } }),
                "/texts/es-ES/subject",
            ),
            (json!({ "texts": { "es-ES": { "subject": "x", "body": "" } } }), "/texts/es-ES/body"),
            (json!({ "brand": "none" }), "/brand"),
            (json!({ "topic": "none" }), "/topic"),
        ] {
            let mut wrong = room.draft();
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            let answer = room.bench.ask("manager", "POST", "/newsletter/issues", Some(wrong)).await;
            let told = (answer.status, &answer.body["errors"][0]["pointer"]);
            assert_eq!(told, (422, &json!(pointer)), "{change}");
        }
    })
    .await;
}
