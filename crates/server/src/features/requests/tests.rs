//! Requests through the API: their clock in business hours, figures that stay, and a change from the wish to its measure.

use lazo_domain::time::{DAY, SECOND, Timestamp, Zone};
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{jobs, sla};
use crate::api::bench::Bench;
use crate::places::Kind;

const MINUTE: i64 = 60 * SECOND;

#[test]
fn r21_a_clock_runs_on_working_days_from_nine_to_six() {
    let zone = Zone::named("Europe/Madrid").unwrap();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    for (from, minutes, due) in [
        // Friday 2026-11-06; Madrid is an hour ahead of UTC.
        ("2026-11-06T08:00:00Z", 60, "2026-11-06T09:00:00Z"),
        ("2026-11-06T16:30:00Z", 60, "2026-11-09T08:30:00Z"),
        ("2026-11-07T12:00:00Z", 60, "2026-11-09T09:00:00Z"),
        ("2026-11-06T05:00:00Z", 540, "2026-11-06T17:00:00Z"),
        ("2026-11-06T05:00:00Z", 541, "2026-11-09T08:01:00Z"),
        // The clocks go back on Sunday 2026-10-25: nine is another instant.
        ("2026-10-23T16:00:00Z", 30, "2026-10-26T08:30:00Z"),
        ("2026-11-09T08:00:00Z", 0, "2026-11-09T08:00:00Z"),
    ] {
        assert_eq!(sla::due(at(from), minutes, &zone), at(due), "{from} and {minutes} minutes");
    }
}

async fn escalated(bench: &Bench, id: &Value) -> bool {
    let path = format!("/requests/{}", id.as_str().unwrap());
    bench.get("manager", &path).await["escalated_at"].is_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn r21_what_is_late_is_handed_up_at_its_minute_and_once() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        // Monday, ten in Madrid: an urgent request is answered by eleven.
        let new = json!({ "kind": "problem", "title": "The till is down", "priority": "urgent" });
        let late = bench.make("manager", "/requests", new.clone()).await;
        let answered = bench.make("manager", "/requests", new).await;
        assert_eq!(late["answer_due"], "2026-11-02T10:00:00Z");
        let say = json!({ "body": "On it." });
        let path = format!("/requests/{}/messages", answered["id"].as_str().unwrap());
        let own = bench.ask("manager", "POST", &path, Some(say.clone())).await;
        assert_eq!(own.body["answered_at"], Value::Null, "the asker's own word is no answer");
        let said = bench.ask("second", "POST", &path, Some(say)).await;
        assert_eq!(
            (&said.body["state"], said.body["answered_at"].is_string()),
            (&json!("answered"), true)
        );
        bench.clock.advance(59 * MINUTE);
        jobs::escalate(&bench.app, bench.app.clock.now()).await.unwrap();
        assert!(!escalated(&bench, &late["id"]).await);
        bench.clock.advance(MINUTE);
        assert_eq!(jobs::escalate(&bench.app, bench.app.clock.now()).await.unwrap().done, 1);
        assert_eq!(jobs::escalate(&bench.app, bench.app.clock.now()).await.unwrap().done, 0);
        assert!(escalated(&bench, &late["id"]).await && !escalated(&bench, &answered["id"]).await);
        let path = format!("/requests/{}", late["id"].as_str().unwrap());
        assert_eq!(bench.ask("two", "GET", &path, None).await.status, 404);
        assert_eq!(bench.get("two", "/requests").await["items"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r87_a_question_keeps_the_number_it_was_asked_of() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let ask = json!({ "kind": "question", "title": "Why?", "kpi": "revenue_of_members" });
        let refused = bench.ask("analyst", "POST", "/requests", Some(ask.clone())).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/kpi", "nothing was read yet");
        bench.sell(0, "t-1", 5_000).await;
        bench.ask("manager", "POST", "/kpis/readings", Some(json!({}))).await;
        let asked = bench.make("analyst", "/requests", ask).await;
        let figure = asked["figure"].clone();
        assert_eq!(
            (&figure["value"], &figure["as_of"]),
            (&json!(5_000), &json!("2026-11-02T09:00:00Z"))
        );
        bench.clock.advance(DAY);
        bench.sell(0, "t-2", 5_000).await;
        bench.ask("manager", "POST", "/kpis/readings", Some(json!({}))).await;
        let path = format!("/requests/{}", asked["id"].as_str().unwrap());
        let sorted = json!({ "kind": "change", "priority": "high", "mine": true });
        let changed = bench.ask("manager", "PUT", &path, Some(sorted)).await;
        assert_eq!((changed.status, &changed.body["kind"]), (200, &json!("change")));
        assert_eq!(bench.get("analyst", &path).await["figure"], figure);
    })
    .await;
}

/// A change of the base rule from one point to two, asked for, tried, agreed, released and measured.
#[tokio::test(flavor = "multi_thread")]
async fn r18_r35_a_change_is_tried_agreed_released_and_measured_to_the_cent() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let mut document = bench.get("manager", "/programs/club").await["document"].clone();
        document["point_types"][0]["value_minor"] = json!("1");
        bench.ask("manager", "PUT", "/programs/club/draft", Some(json!({ "document": document }))).await;
        bench.ask("second", "POST", "/programs/club/draft/publish", None).await;
        for (function, login) in [("finance", "manager"), ("marketing", "second"), ("merchandising", "second")] {
            let person = json!({ "values": { "name": login, "function": function, "influence": 3, "login": login } });
            let other = if login == "manager" { "second" } else { "manager" };
            bench.make(other, "/registers/stakeholders", person).await;
        }
        bench.clock.advance(DAY);
        bench.sell(0, "t-1", 12_000).await;
        bench.sell(1, "t-2", 3_000).await;
        let new = json!({ "kind": "change", "title": "Two points for a euro" });
        let request = bench.make("analyst", "/requests", new).await;
        let path = |last: &str| format!("/requests/{}{last}", request["id"].as_str().unwrap());
        let ask = async |who: &str, last: &str, body: Option<Value>| bench.ask(who, "POST", &path(last), body).await;
        let linked = json!({ "program": "club" });
        assert_eq!(ask("manager", "/draft", Some(linked.clone())).await.code(), "no_draft");
        document["earning_rules"][0]["effect"]["points"] = json!(2);
        bench.ask("manager", "PUT", "/programs/club/draft", Some(json!({ "document": document }))).await;
        let place = bench.app.places.take(bench.members[0].tenant, Kind::Replay).await.unwrap();
        let busy = ask("manager", "/draft", Some(linked.clone())).await;
        assert_eq!((busy.status, busy.code()), (429, "work_under_way"));
        drop(place);
        let tried = ask("manager", "/draft", Some(linked.clone())).await;
        assert_eq!((tried.status, &tried.body["state"]), (200, &json!("in_approval")), "{}", tried.body);
        // 120 + 30 points of a cent each, and twice as many.
        assert_eq!(tried.body["impact"]["cost_minor"], json!({ "before": 150, "after": 300 }));
        assert_eq!(tried.body["impact"]["winners"], 2);
        let functions: Vec<_> = tried.body["approvals"].as_array().unwrap().iter().map(|a| &a["function"]).collect();
        assert_eq!(functions, ["finance", "marketing", "merchandising"]);
        // The same draft tried again once there is more history is another thing to agree to.
        let shown = tried.body["sha256"].clone();
        let yes = |function: &str| Some(json!({ "function": function, "approved": true, "sha256": shown }));
        let other = json!({ "function": "finance", "approved": true, "sha256": "0".repeat(64) });
        let other = ask("manager", "/decisions", Some(other)).await;
        assert_eq!((other.status, other.code()), (409, "other_change"));
        assert_eq!(ask("manager", "/decisions", yes("finance")).await.status, 200);
        bench.sell(1, "t-0", 100).await;
        let tried = ask("manager", "/draft", Some(linked.clone())).await;
        assert_ne!(tried.body["sha256"], shown);
        assert!(tried.body["approvals"].as_array().unwrap().iter().all(|a| a["verdict"].is_null()), "{}", tried.body);
        assert_eq!(ask("manager", "/decisions", yes("finance")).await.code(), "other_change");
        let shown = tried.body["sha256"].clone();
        let yes = |function: &str| Some(json!({ "function": function, "approved": true, "sha256": shown }));
        assert_eq!(ask("manager", "/decisions", yes("marketing")).await.code(), "not_stakeholder");
        assert_eq!(ask("second", "/release", None).await.code(), "request_not_approved");
        ask("manager", "/decisions", yes("finance")).await;
        ask("second", "/decisions", yes("marketing")).await;
        let agreed = ask("second", "/decisions", yes("merchandising")).await;
        assert_eq!(agreed.body["state"], "approved", "{}", agreed.body);
        assert_eq!(ask("manager", "/release", None).await.code(), "four_eyes", "the author does not release it");
        // What comes at the very instant of a release comes under the new version: the sales were before it.
        bench.clock.advance(SECOND);
        // R35: 302 cents would be owed; a limit below that holds it back, one at it does not.
        let limit = |minor: i64| {
            json!({ "values": { "name": "Most", "limit": "maximum_liability", "amount": minor, "owner": "Jorge" } })
        };
        let made = bench.make("manager", "/registers/constraints", limit(301)).await;
        let shut = ask("second", "/release", None).await;
        assert_eq!((shut.status, shut.code()), (409, "limit_exceeded"));
        let needs = bench.get("analyst", "/workspace").await["needs"].to_string();
        assert!(!needs.contains("\"kind\":\"over\""), "nothing is over it yet");
        let mut raised = limit(302);
        raised["revision"] = json!(1);
        let own = format!("/registers/constraints/{}", made["id"].as_str().unwrap());
        assert_eq!(bench.ask("manager", "PUT", &own, Some(raised)).await.status, 200);
        let released = ask("second", "/release", None).await;
        assert_eq!((released.status, &released.body["state"]), (200, &json!("released")), "{}", released.body);
        assert_eq!(ask("second", "/close", None).await.code(), "request_unmeasured");
        bench.clock.advance(DAY);
        bench.sell(0, "t-3", 7_000).await;
        let measured = ask("second", "/measure", None).await;
        assert_eq!((measured.status, &measured.body["state"]), (200, &json!("measured")), "{}", measured.body);
        // What was before the release stays as it was; after it 140 instead of 70.
        assert_eq!(measured.body["result"]["cost_minor"], json!({ "with": 291, "without": 221 }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_one_function_that_does_not_agree_ends_the_change() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let person = json!({ "values": { "name": "m", "function": "finance", "influence": 5, "login": "manager" } });
        bench.make("second", "/registers/stakeholders", person).await;
        let mut document = bench.get("manager", "/programs/club").await["document"].clone();
        document["point_types"][0]["expiry"]["term"] = json!({ "days": 30 });
        bench.ask("manager", "PUT", "/programs/club/draft", Some(json!({ "document": document }))).await;
        let request = bench.make("analyst", "/requests", json!({ "kind": "change", "title": "Shorter" })).await;
        let path = |last: &str| format!("/requests/{}{last}", request["id"].as_str().unwrap());
        let linked = bench.ask("manager", "POST", &path("/draft"), Some(json!({ "program": "club" }))).await;
        let no = json!({ "function": "finance", "approved": false, "sha256": linked.body["sha256"], "note": "Members were promised 180 days." });
        let ended = bench.ask("manager", "POST", &path("/decisions"), Some(no)).await;
        assert_eq!((ended.status, &ended.body["state"]), (200, &json!("rejected")), "{}", ended.body);
        assert_eq!(bench.ask("second", "POST", &path("/release"), None).await.code(), "request_not_approved");
    })
    .await;
}
