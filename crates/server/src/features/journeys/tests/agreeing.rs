//! A journey begins with the word of a second person, is no more changed then, and is nobody else's.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{draft, letter, open, people, plan, published, template, work};

#[tokio::test(flavor = "multi_thread")]
async fn r65_a_journey_does_not_begin_with_one_signature_and_is_not_changed_once_it_runs() {
    on_both(async |db| {
        let room = open(db).await;
        room.people(1).await;
        let wanted = draft("Welcome", plan(json!({ "type": "enrolled" })));
        let made = room.bench.make("manager", "/journeys", wanted.clone()).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let path = |last: &str| format!("/journeys/{id}{last}");
        let ask = async |who: &str, last: &str, body: Option<Value>| {
            room.bench.ask(who, "POST", &path(last), body).await
        };
        let yes = || Some(json!({ "approved": true }));
        assert_eq!(
            ask("second", "/decisions", yes()).await.code(),
            "journey_state",
            "nobody asked yet"
        );
        assert_eq!(ask("manager", "/submit", None).await.status, 200);
        let own = ask("manager", "/decisions", yes()).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"), "the author does not agree");
        assert_eq!(
            ask("admin", "/decisions", yes()).await.code(),
            "person_required",
            "a key is nobody"
        );
        work(&room).await;
        assert!(room.sink.letters().is_empty());
        // Whoever changes it becomes an author.
        let changed = room.bench.ask("second", "PUT", &path(""), Some(wanted.clone())).await;
        assert_eq!((changed.status, &changed.body["state"]), (200, &json!("draft")));
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
        let running = ask("controller", "/decisions", yes()).await;
        assert_eq!((running.status, &running.body["state"]), (200, &json!("published")));
        let late = room.bench.ask("manager", "PUT", &path(""), Some(wanted)).await;
        assert_eq!(late.code(), "journey_state", "what runs is what was agreed to");
        work(&room).await;
        assert_eq!(room.sink.letters().len(), 1);
        let told = room.bench.get("manager", &path("")).await["words"].clone();
        let verdicts: Vec<_> =
            told.as_array().unwrap().iter().map(|w| w["verdict"].clone()).collect();
        assert_eq!(verdicts, [json!("sent_back"), json!("approved")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r65_another_tenant_sees_nothing_of_a_journey_and_walks_none() {
    on_both(async |db| {
        let room = open(db).await;
        let id = published(&room, draft("Welcome", plan(json!({ "type": "enrolled" })))).await;
        room.people(1).await;
        work(&room).await;
        assert_eq!(people(&room, &id, "").await.len(), 1);
        for last in ["", "/people", "/results", "/preview?step=first"] {
            let answer = room.bench.ask("two", "GET", &format!("/journeys/{id}{last}"), None).await;
            assert_eq!(answer.status, 404, "{last}");
        }
        for last in ["/submit", "/pause", "/resume", "/end"] {
            let answer =
                room.bench.ask("two", "POST", &format!("/journeys/{id}{last}"), None).await;
            assert_eq!(answer.status, 404, "{last}");
        }
        assert_eq!(room.bench.get("two", "/journeys").await["items"], json!([]));
        let identifiers = json!([{ "scheme": "email", "value": "other@example.com" }]);
        room.bench.make("two", "/members", json!({ "identifiers": identifiers })).await;
        work(&room).await;
        assert_eq!(room.sink.letters().len(), 1, "a member of another tenant is not welcomed here");
        // Nor is an audience of one tenant an entry of another's journey.
        let everybody = json!({ "name": "Everybody", "condition": "true" });
        let segment = room.bench.make("manager", "/segments", everybody).await["id"].clone();
        let theirs = draft("Theirs", plan(json!({ "type": "segment", "segment": segment })));
        let refused = room.bench.ask("two", "POST", "/journeys", Some(theirs)).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/plan/entry/segment");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r65_a_wrong_plan_says_what_is_wrong_and_every_template_is_right() {
    on_both(async |db| {
        let room = open(db).await;
        for code in ["welcome", "near-reward", "near-tier", "expiring", "at-risk", "win-back"] {
            let made = room.bench.make("manager", "/journeys", template(&room, code).await).await;
            let first = made["plan"]["steps"][0]["code"].as_str().unwrap();
            let path = format!("/journeys/{}/preview?step={first}", made["id"].as_str().unwrap());
            let shown = room.bench.get("manager", &path).await;
            assert!(!shown["text"].as_str().unwrap().contains("{{"), "{shown}");
        }
        let good = draft("Welcome", plan(json!({ "type": "enrolled" })));
        let branch = |condition: &str, otherwise: &str| {
            json!({ "type": "branch", "code": "b", "condition": condition, "otherwise": otherwise })
        };
        for (at, value, pointer) in [
            ("/plan/steps/0/content/variants/0/texts/es-ES/subject", json!(""), None),
            ("/plan/steps/0/code", json!("Uno dos"), None),
            ("/plan/steps/2/code", json!("first"), None),
            ("/plan/steps/1/days", json!(0), None),
            ("/plan/steps/1", branch("nothing > 1", "end"), Some("/plan/steps/1/condition")),
            ("/plan/steps/1", branch("balance > 1", "first"), Some("/plan/steps/1/otherwise")),
            ("/plan/steps", json!([{ "type": "wait", "code": "w", "days": 1 }]), None),
            ("/plan/entry", json!({ "type": "near_reward", "missing": 0 }), Some("/plan/entry/missing")),
            ("/plan/entry", json!({ "type": "silent", "days": 9, "until": 8 }), Some("/plan/entry/until")),
            ("/plan/goal/days", json!(181), None),
            ("/holdout", json!(5_001), None),
            ("/priority", json!(-1), None),
            ("/name", json!(" "), None),
        ] {
            let mut wrong = good.clone();
            match wrong.pointer_mut(at) {
                Some(place) => *place = value,
                None => wrong[at.trim_start_matches('/')] = value,
            }
            let answer = room.bench.ask("manager", "POST", "/journeys", Some(wrong)).await;
            let wanted = json!(pointer.unwrap_or(at));
            assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (422, &wanted), "{}", answer.body);
        }
        let mut branched = good;
        branched["plan"]["steps"][1] = branch("balance >= 100", "second");
        branched["plan"]["steps"].as_array_mut().unwrap().insert(2, letter("rich", "Rica"));
        let id = published(&room, branched).await;
        room.people(1).await;
        work(&room).await;
        assert_eq!(super::subjects(&room, "p0@example.com"), ["Uno", "Dos"]);
        let told = super::results(&room, &id).await;
        assert_eq!(told["steps"][1]["outcomes"], json!({ "no": 1 }));
        assert_eq!(told["steps"][2]["entered"], 0);
    })
    .await;
}
