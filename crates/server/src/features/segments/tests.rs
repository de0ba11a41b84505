//! Segments through the API: who fits, who of them may be written to and why the others may not, and what is refused.

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::expression::{Condition, Vocabulary};
use super::facts::Facts;
use crate::api::bench::Bench;
use crate::features::measures;

async fn consent(bench: &Bench, at: usize, given: bool) {
    let who = ["member", "other"][at];
    let items = json!({ "items": [{ "purpose": "offers", "channel": "email", "given": given }] });
    let set = bench.ask(who, "PUT", "/members/me/consents", Some(items)).await;
    assert_eq!(set.status, 200, "{}", set.body);
}

async fn counted(bench: &Bench, body: Value) -> Value {
    let answer = bench.ask("analyst", "POST", "/segments/count", Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn three(body: &Value) -> [i64; 3] {
    ["members", "matched", "reachable"].map(|name| body[name].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_an_audience_is_counted_live_and_filtered_by_consent() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        // Ana has 50 points and bought today, Eva has none and never bought.
        bench.sell(0, "t-1", 5_000).await;
        measures::catch_up_alone(&bench.app).await.unwrap();
        let all = counted(&bench, json!({ "condition": "true" })).await;
        assert_eq!(three(&all), [2, 2, 0]);
        assert_eq!(all["barriers"], json!({ "no_consent": 2 }));
        consent(&bench, 0, true).await;
        for (condition, wanted) in [
            ("balance >= 50", [2, 1, 1]),
            ("balance > 50", [2, 0, 0]),
            ("days_since_purchase == 0 && purchases_90 == 1 && spent_minor_365 == 5000", [2, 1, 1]),
            ("days_since_purchase > 365", [2, 1, 0]),
            ("consent.offers_email", [2, 1, 1]),
            ("!consent.offers_email || language == \"en\"", [2, 1, 0]),
            ("language in [\"es-ES\", \"es-MX\"] && kind == 'person'", [2, 2, 1]),
        ] {
            let found = counted(&bench, json!({ "condition": condition })).await;
            assert_eq!(three(&found), wanted, "{condition}: {found}");
        }
        // Ten days later the same question has another answer, and what was bought is not forgotten.
        bench.clock.advance(10 * DAY);
        for (guided, wanted) in [
            (json!({ "bought_within": 9 }), [2, 0, 0]),
            (
                json!({ "bought_within": 10, "balance_from": 50, "consent": "offers_email" }),
                [2, 1, 1],
            ),
            (json!({ "silent_for": 10 }), [2, 2, 1]),
            (json!({ "enrolled_within": 9 }), [2, 0, 0]),
            (json!({ "spent_from_minor": 5_000 }), [2, 1, 1]),
            (json!({}), [2, 2, 1]),
        ] {
            let found = counted(&bench, json!({ "guided": guided })).await;
            assert_eq!(three(&found), wanted, "{guided}: {found}");
        }
        consent(&bench, 0, false).await;
        assert_eq!(
            three(&counted(&bench, json!({ "condition": "balance >= 50" })).await),
            [2, 1, 0]
        );
        // The same by another channel is another question.
        let sms = json!({ "condition": "true", "channel": "sms" });
        assert_eq!(three(&counted(&bench, sms).await), [2, 2, 0]);
        assert_eq!(
            three(&{
                let own = bench
                    .ask("two", "POST", "/segments/count", Some(json!({ "condition": "true" })))
                    .await;
                own.body
            }),
            [0, 0, 0],
            "another tenant has nobody"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_an_audience_is_kept_changed_and_seen_by_its_own_tenant_alone() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let written =
            json!({ "name": "Asleep", "guided": { "silent_for": 60, "balance_from": 1 } });
        let made = bench.make("analyst", "/segments", written).await;
        assert_eq!(made["condition"], "balance >= 1 && days_since_purchase >= 60");
        let path = format!("/segments/{}", made["id"].as_str().unwrap());
        let other = json!({ "name": "Asleep", "condition": "days_since_purchase >= 90" });
        let changed = bench.ask("manager", "PUT", &path, Some(other)).await;
        assert_eq!((changed.status, &changed.body["guided"]), (200, &Value::Null));
        let seen = bench.get("finance", &format!("{path}/audience?purpose=surveys")).await;
        assert_eq!(three(&seen), [2, 2, 0]);
        for (who, method, path) in [
            ("two", "GET", path.clone()),
            ("two", "GET", format!("{path}/audience")),
            ("two", "PUT", path.clone()),
        ] {
            let body = (method == "PUT").then(|| json!({ "name": "x", "condition": "true" }));
            assert_eq!(bench.ask(who, method, &path, body).await.status, 404);
        }
        assert_eq!(bench.get("two", "/segments").await["items"], json!([]));
        let refused = json!({ "name": "x", "condition": "true" });
        assert_eq!(bench.ask("finance", "POST", "/segments", Some(refused)).await.status, 403);
        for (body, pointer) in [
            (json!({ "name": "", "condition": "true" }), "/name"),
            (json!({ "name": "x" }), "/condition"),
            (json!({ "name": "x", "condition": "true", "guided": {} }), "/condition"),
            (json!({ "name": "x", "condition": "points > 3" }), "/condition"),
            (json!({ "name": "x", "condition": "balance" }), "/condition"),
            (json!({ "name": "x", "guided": { "tier": "status.gold" } }), "/guided"),
            (json!({ "name": "x", "condition": "true", "program": "nothing" }), "/program"),
        ] {
            let answer = bench.ask("manager", "POST", "/segments", Some(body.clone())).await;
            let found = &answer.body["errors"][0]["pointer"];
            assert_eq!((answer.status, found), (422, &json!(pointer)), "{body}: {}", answer.body);
        }
    })
    .await;
}

/// Ten people, each of whom bought more often and later than the one before: two to a fifth.
#[tokio::test(flavor = "multi_thread")]
async fn r67_scores_are_cut_into_fifths_among_all_who_bought() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let mut people = Vec::new();
        for at in 0..10 {
            let body = json!({ "email": format!("p{at}@example.com") });
            people.push(bench.make("agent", "/members", body).await["id"].clone());
        }
        for (at, member) in people.iter().enumerate() {
            for time in 0..=at {
                let body = json!({
                    "member": member, "reference": format!("{at}-{time}"),
                    "lines": [{ "product": "bread", "net_minor": 1_000 }]
                });
                bench.make("cashier", "/purchases", body).await;
            }
            bench.clock.advance(DAY);
        }
        measures::catch_up_alone(&bench.app).await.unwrap();
        let groups = bench.get("analyst", "/segments/rfm").await;
        assert_eq!(groups["days"], 365);
        let told = |name: &str| {
            let all = groups["groups"].as_array().unwrap();
            let found = all.iter().find(|group| group["name"] == name).unwrap();
            ["people", "purchases", "net_minor"].map(|what| found[what].as_i64().unwrap())
        };
        // By fifths: 1 and 2 purchases, 3 and 4, 5 and 6, 7 and 8, 9 and 10.
        for (name, purchases) in [
            ("lost", 3),
            ("hibernating", 7),
            ("need_attention", 11),
            ("loyal", 15),
            ("champions", 19),
        ] {
            assert_eq!(told(name), [2, purchases, 1_000 * purchases], "{name}: {groups}");
        }
        assert_eq!(told("at_risk"), [0, 0, 0]);
        // The two others of the tenant never bought.
        for (condition, wanted) in [
            ("rfm == 'champions'", 2),
            ("rfm in ['lost', 'hibernating']", 4),
            ("recency == 5 && frequency == 5 && monetary == 5", 2),
            ("monetary >= 2", 8),
            ("recency == 0 && rfm == ''", 2),
        ] {
            let found = counted(&bench, json!({ "condition": condition })).await;
            assert_eq!(three(&found)[..2], [12, wanted], "{condition}: {found}");
        }
        let guided = counted(&bench, json!({ "guided": { "rfm": "loyal" } })).await;
        assert_eq!(three(&guided)[1], 2);
        // A year later nobody has bought within it, and the fifths are cut anew.
        bench.clock.advance(365 * DAY);
        assert_eq!(three(&counted(&bench, json!({ "condition": "recency > 0" })).await)[1], 0);
        let groups = bench.get("two", "/segments/rfm").await;
        let empty = groups["groups"].as_array().unwrap().iter().all(|group| group["people"] == 0);
        assert!(empty, "another tenant has nobody: {groups}");
    })
    .await;
}

/// What is refused names what may be written instead; nothing that loops gets in.
#[test]
fn r67_a_condition_is_checked_before_anybody_is_asked() {
    let names = Vocabulary {
        attributes: ["city".to_owned()].into(),
        ladders: ["status".to_owned()].into(),
        consents: ["offers_email".to_owned()].into(),
    };
    let why = |text: &str| Condition::compile(text, &names).unwrap_err();
    for (text, part) in [
        ("balanse > 3", "a condition may use balance, days_enrolled"),
        ("member.town == 'x'", "it has city"),
        ("balance > '3'", "does not take a whole number and a text"),
        ("[1, 2].exists(x, x > 1)", "loops and maps are not known"),
        ("balance > 1.5", "whole numbers"),
        ("tier.status", "must yield yes or no"),
        ("balance >", "not a CEL expression"),
        ("((((((((((true))))))))))", ""),
    ] {
        assert!(why(text).contains(part), "{text}: {}", why(text));
    }
    assert!(why(&format!("balance > {}", "1".repeat(1_000))).contains("1000"));
    let nobody = Facts::default();
    let holds = |text: &str| Condition::compile(text, &names).unwrap().holds(&nobody);
    // What leaves the range of numbers is not so; what is decided by one side is.
    assert!(!holds("balance + 9223372036854775807 + 1 > 0"));
    assert!(holds("true || balance - 9223372036854775807 - 2 > 0"));
    assert!(holds("member.city == '' && !consent.offers_email && balance * 3 == 0"));
}
