//! A campaign leaves with the word of a second person, and as that person saw it.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::Room;

#[tokio::test(flavor = "multi_thread")]
async fn r76_a_campaign_does_not_start_with_one_signature() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.people(2).await;
        let draft = room.draft(json!({})).await;
        let made = room.bench.make("manager", "/campaigns", draft.clone()).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let path = |last: &str| format!("/campaigns/{id}{last}");
        let ask = async |who: &str, last: &str, body: Option<Value>| {
            room.bench.ask(who, "POST", &path(last), body).await
        };
        let yes = || Some(json!({ "approved": true }));
        assert_eq!(
            ask("second", "/decisions", yes()).await.code(),
            "campaign_state",
            "nobody asked yet"
        );
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.code(), "campaign_state");
        assert_eq!(ask("manager", "/submit", None).await.status, 200);
        let own = ask("manager", "/decisions", yes()).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"), "the author does not agree");
        assert_eq!(
            ask("admin", "/decisions", yes()).await.code(),
            "person_required",
            "a key is nobody"
        );
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.code(), "campaign_state");
        room.work().await;
        assert!(room.sink.letters().is_empty());
        // Whoever changes it becomes an author, and what was agreed to is so no more.
        assert_eq!(ask("second", "/decisions", yes()).await.body["state"], "approved");
        let mut other = draft.clone();
        other["name"] = json!("Autumn again");
        let changed = room.bench.ask("second", "PUT", &path(""), Some(other)).await;
        assert_eq!((changed.status, &changed.body["state"]), (200, &json!("draft")));
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.code(), "campaign_state");
        ask("manager", "/submit", None).await;
        assert_eq!(
            ask("second", "/decisions", yes()).await.code(),
            "four_eyes",
            "now it is hers too"
        );
        let empty = ask("controller", "/decisions", Some(json!({ "approved": false }))).await;
        assert_eq!(empty.body["errors"][0]["pointer"], "/note");
        let back = json!({ "approved": false, "note": "Too long." });
        assert_eq!(ask("controller", "/decisions", Some(back)).await.body["state"], "draft");
        ask("manager", "/submit", None).await;
        assert_eq!(ask("controller", "/decisions", yes()).await.body["state"], "approved");
        let words = room.campaign(&id).await["words"].clone();
        let told: Vec<_> =
            words.as_array().unwrap().iter().map(|w| (&w["verdict"], &w["body"])).collect();
        assert_eq!(
            told,
            [
                (&json!("approved"), &json!("")),
                (&json!("sent_back"), &json!("Too long.")),
                (&json!("approved"), &json!(""))
            ]
        );
        // What was agreed to is the audience as it was: a wider one later reaches nobody else.
        let segment = format!("/segments/{}", draft["segment"].as_str().unwrap());
        let nobody = json!({ "name": "Nobody", "condition": "balance > 1000000" });
        assert_eq!(room.bench.ask("manager", "PUT", &segment, Some(nobody)).await.status, 200);
        assert_eq!(ask("manager", "/schedule", Some(json!({}))).await.body["state"], "scheduled");
        room.work().await;
        assert_eq!(room.sink.letters().len(), 2);
        assert_eq!(room.campaign(&id).await["state"], "sent");
        assert_eq!(
            ask("manager", "/cancel", None).await.code(),
            "campaign_state",
            "what is over is over"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_another_tenant_sees_nothing_of_a_campaign_and_a_wrong_draft_says_what_is_wrong() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let draft = room.draft(json!({})).await;
        let made = room.bench.make("manager", "/campaigns", draft.clone()).await;
        let id = made["id"].as_str().unwrap();
        for last in ["", "/preview", "/people", "/results"] {
            let path = format!("/campaigns/{id}{last}");
            assert_eq!(room.bench.ask("two", "GET", &path, None).await.status, 404, "{last}");
        }
        for last in ["/submit", "/cancel"] {
            let path = format!("/campaigns/{id}{last}");
            assert_eq!(room.bench.ask("two", "POST", &path, None).await.status, 404, "{last}");
        }
        assert_eq!(room.bench.get("two", "/campaigns").await["items"], json!([]));
        assert_eq!(
            room.bench.ask("two", "POST", "/campaigns", Some(draft.clone())).await.body["errors"]
                [0]["pointer"],
            "/segment"
        );
        let words = |subject: &str, body: &str, button: &str, link: &str| {
            json!({ "variants": [{ "name": "A", "weight": 1, "texts": { "es-ES": {
                "subject": subject, "body": body, "button": button, "link": link } } }] })
        };
        let texts = "/content/variants/0/texts/es-ES";
        for (change, pointer) in [
            (json!({ "content": words("", "x", "", "") }), format!("{texts}/subject")),
            (
                json!({ "content": words("a\r\nBcc: x@example.com", "x", "", "") }),
                format!("{texts}/subject"),
            ),
            (json!({ "content": words("x", "{{iban}}", "", "") }), format!("{texts}/body")),
            (json!({ "content": words("x", "{{given_name}}", "", "") }), format!("{texts}/body")),
            (json!({ "content": words("x", "{{points", "", "") }), format!("{texts}/body")),
            (
                json!({ "content": words("x", "x", "Go", "javascript:alert(1)") }),
                format!("{texts}/link"),
            ),
            (
                json!({ "content": words("x", "x", "Go", "//elsewhere.example") }),
                format!("{texts}/link"),
            ),
            (json!({ "content": words("x", "x", "Go", "") }), format!("{texts}/button")),
            (json!({ "content": { "variants": [] } }), "/content/variants".to_owned()),
            (json!({ "holdout": 5_001 }), "/holdout".to_owned()),
            (json!({ "window_days": 0 }), "/window_days".to_owned()),
            (json!({ "purpose": "profile" }), "/purpose".to_owned()),
        ] {
            let mut wrong = draft.clone();
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            let answer = room.bench.ask("manager", "POST", "/campaigns", Some(wrong)).await;
            assert_eq!(
                (answer.status, &answer.body["errors"][0]["pointer"]),
                (422, &json!(pointer)),
                "{change}"
            );
        }
    })
    .await;
}
