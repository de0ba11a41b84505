//! The discovery through the API: payout rates, votes, waivers with a name, and a form that answers once.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{forms, tactics};
use crate::api::bench::Bench;
use crate::i18n::Locale;

fn competitor(checked_on: &str) -> Value {
    json!({ "values": { "name": "Coalition", "offer": "Points everywhere", "currency": "COP", "points": "1",
        "per_spend": "700", "point_worth": "7", "checked_on": checked_on, "found_where": "their terms" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn r33_a_point_for_700_worth_7_is_one_percent_and_old_looks_are_flagged() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        // The bench's clock stands at 2026-11-02: 2026-08-04 is 90 days before, the day before that is 91.
        for day in ["2026-08-04", "2026-08-03"] {
            bench.make("manager", "/registers/competitors", competitor(day)).await;
        }
        let told = bench.get("analyst", "/discovery/competitors").await;
        let told: Vec<_> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["payout_hundredths"].as_i64(), one["stale"].as_bool()))
            .collect();
        assert_eq!(told, [(Some(100), Some(false)), (Some(100), Some(true))]);
        let mut free = competitor("2026-08-04");
        free["values"]["per_spend"] = json!("0");
        let refused = bench.ask("manager", "POST", "/registers/competitors", Some(free)).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/per_spend");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_at_least_thirty_tactics_with_the_votes_of_each_function() {
    assert!(tactics::all().len() >= 30);
    for tactic in tactics::all() {
        for names in [&tactic.name, &tactic.evidence, &tactic.needs] {
            assert!(names.contains_key("es") && names.contains_key("en"), "{}", tactic.code);
        }
    }
    on_both(async |db| {
        let bench = Bench::new(db).await;
        for (function, vote) in [("finance", -1), ("marketing", 2), ("marketing", 1)] {
            let path = format!("/discovery/tactics/paid/votes/{function}");
            let voted = bench.ask("manager", "PUT", &path, Some(json!({ "vote": vote }))).await;
            assert_eq!(voted.status, 204, "{}", voted.body);
        }
        let path = "/discovery/tactics/paid/votes/finance";
        assert_eq!(bench.ask("manager", "PUT", path, Some(json!({ "vote": 3 }))).await.status, 422);
        let path = "/discovery/tactics/paid/votes/nobody";
        assert_eq!(bench.ask("manager", "PUT", path, Some(json!({ "vote": 1 }))).await.status, 404);
        let all = bench.get("analyst", "/discovery/tactics").await;
        let paid = all["items"].as_array().unwrap().iter().find(|t| t["code"] == "paid").unwrap();
        assert_eq!(paid["votes"], json!({ "finance": -1, "marketing": 1 }));
        assert_eq!(paid["score"], 0);
        let others = bench.get("two", "/discovery/tactics").await;
        assert!(others["items"].as_array().unwrap().iter().all(|t| t["votes"] == json!({})));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r34_an_objective_without_number_or_date_is_not_approved() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let mut objective = json!({ "values": { "name": "Come back", "function": "marketing", "kpi": "repeat_rate",
            "baseline": "30", "owner": "Marta", "weight": 40, "approved": true } });
        let refused = bench.ask("manager", "POST", "/registers/objectives", Some(objective.clone())).await;
        let errors: Vec<_> = refused.body["errors"].as_array().unwrap().iter()
            .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
            .collect();
        assert_eq!(errors, [("/target", "smart"), ("/due", "smart")]);
        objective["values"]["approved"] = json!(false);
        bench.make("manager", "/registers/objectives", objective.clone()).await;
        let open = bench.get("manager", "/discovery").await;
        let question = |all: &Value| {
            all["questions"].as_array().unwrap().iter().find(|q| q["question"] == "objectives").unwrap().clone()
        };
        assert_eq!(question(&open)["done"], false, "an objective that is not approved answers nothing");
        objective["values"]["approved"] = json!(true);
        objective["values"]["target"] = json!("33.5");
        objective["values"]["due"] = json!("2027-06-30");
        bench.make("manager", "/registers/objectives", objective).await;
        assert_eq!(question(&bench.get("manager", "/discovery").await)["done"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r36_a_waiver_carries_a_name_and_a_reason() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let path = "/discovery/waivers/competitors";
        assert_eq!(
            bench.ask("admin", "PUT", path, Some(json!({ "reason": "monopoly" }))).await.status,
            403,
            "no key"
        );
        assert_eq!(
            bench.ask("manager", "PUT", path, Some(json!({ "reason": " " }))).await.status,
            422
        );
        let reason = json!({ "reason": "nobody else sells here" });
        assert_eq!(bench.ask("manager", "PUT", path, Some(reason)).await.status, 204);
        let all = bench.get("analyst", "/discovery").await;
        let one = all["questions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|q| q["question"] == "competitors")
            .unwrap();
        assert_eq!(
            (&one["done"], &one["waived_because"]),
            (&json!(true), &json!("nobody else sells here"))
        );
        assert!(one["waived_by"].as_str().unwrap().starts_with("staff:stf_"));
        assert_eq!(all["complete"], false);
        assert_eq!(bench.ask("manager", "DELETE", path, None).await.status, 204);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r30_a_form_answers_once_for_its_own_client_and_not_after_its_time() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let ask = json!({ "register": "competitors", "days": 2 });
        let form = bench.make("manager", "/discovery/forms", ask.clone()).await;
        let secret = form["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let values = competitor("2026-11-01")["values"].as_object().unwrap().clone();
        let answer = async |secret: &str, name: &str, values: super::registers::Values| {
            forms::answer(&bench.app, secret, name, values, Locale::En).await
        };
        assert_eq!(
            answer(&secret, "", values.clone()).await.unwrap_err().errors.len(),
            1,
            "without a name"
        );
        answer(&secret, "Jorge", values.clone()).await.unwrap();
        assert_eq!(answer(&secret, "Jorge", values.clone()).await.unwrap_err().code, "link_over");
        assert_eq!(
            answer("lzf_guess", "Jorge", values.clone()).await.unwrap_err().code,
            "link_over"
        );
        let there = bench.get("manager", "/registers/competitors").await;
        assert_eq!(
            (&there["items"][0]["author"], there["items"].as_array().unwrap().len()),
            (&json!("form"), 1)
        );
        assert_eq!(bench.get("two", "/registers/competitors").await["items"], json!([]));
        let late = bench.make("manager", "/discovery/forms", ask).await;
        let late = late["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        bench.clock.advance(2 * lazo_domain::time::DAY);
        assert_eq!(answer(&late, "Jorge", values).await.unwrap_err().code, "link_over");
        let people = json!({ "register": "stakeholders", "days": 2 });
        assert_eq!(
            bench.ask("manager", "POST", "/discovery/forms", Some(people)).await.status,
            422
        );
    })
    .await;
}
