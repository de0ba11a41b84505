//! The matrix: what serves whom, what contradicts what, lights on a straight line; and meetings as files.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::minutes;
use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;
use crate::i18n::Locale;

const DOUBLE: &str = r#"
[[programs.earning_rules]]
code = "friday"
point_type = "points"
when = "at.weekday == 5"
effect = { type = "multiplier", factor = "2" }
"#;

fn objective(name: &str, function: &str, kpi: &str, weight: i64, elements: &[&str]) -> Value {
    json!({ "values": { "name": name, "function": function, "kpi": kpi, "baseline": "10", "target": "20",
        "from": "2026-10-03", "due": "2026-12-02", "owner": "Marta", "weight": weight, "elements": elements } })
}

#[tokio::test(flavor = "multi_thread")]
async fn r29_bare_objectives_are_red_a_rule_taken_away_makes_amber_and_the_score_is_by_weight() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{DOUBLE}"), Limits::default()).await;
        let add = async |body| bench.make("manager", "/registers/objectives", body).await;
        add(objective("Come back", "marketing", "repeat_rate", 30, &["club/rule:base"])).await;
        add(objective("Fridays", "marketing", "members", 20, &["club/rule:friday"])).await;
        add(objective("Nobody's", "marketing", "members", 50, &[])).await;
        let told = bench.get("analyst", "/alignment").await;
        let covers = |told: &Value| -> Vec<String> {
            told["objectives"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| o["cover"].as_str().unwrap().to_owned())
                .collect()
        };
        let marketing = |told: &Value| {
            let all = told["scores"].as_array().unwrap();
            let own = all.iter().find(|score| score["function"] == "marketing").unwrap();
            (own["covered"].as_i64().unwrap(), own["all"].as_i64().unwrap())
        };
        assert_eq!(covers(&told), ["green", "green", "red"]);
        assert_eq!(marketing(&told), (50, 100));
        let mut document = bench.get("manager", "/programs/club").await["document"].clone();
        document["earning_rules"].as_array_mut().unwrap().retain(|rule| rule["code"] != "friday");
        bench
            .ask("manager", "PUT", "/programs/club/draft", Some(json!({ "document": document })))
            .await;
        let gone = bench.ask("second", "POST", "/programs/club/draft/publish", None).await;
        assert_eq!(gone.status, 200, "{}", gone.body);
        let told = bench.get("analyst", "/alignment").await;
        assert_eq!(covers(&told), ["green", "amber", "red"]);
        assert_eq!(told["objectives"][1]["missing"], json!(["club/rule:friday"]));
        assert_eq!(marketing(&told), (30, 100));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r29_conflicts_are_found_between_targets_vetoes_and_what_may_be_owed() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{DOUBLE}"), Limits::default()).await;
        let add = async |register: &str, body| bench.make("manager", &format!("/registers/{register}"), body).await;
        add("objectives", objective("More members", "marketing", "members", 10, &["club/rule:friday"])).await;
        let mut fewer = objective("Fewer, better", "finance", "members", 10, &["club/rule:base"]);
        fewer["values"]["target"] = json!("5");
        add("objectives", fewer).await;
        assert_eq!(bench.get("analyst", "/alignment").await["conflicts"].as_array().unwrap().len(), 1);
        let person = json!({ "values": { "name": "Pablo", "function": "merchandising", "influence": 3, "vetoes": ["earning"] } });
        add("stakeholders", person).await;
        let limit = json!({ "values": { "name": "At most 1000 €", "limit": "maximum_liability", "amount": 100_000, "owner": "Jorge" } });
        add("constraints", limit).await;
        let told = bench.get("analyst", "/alignment").await;
        let conflicts: Vec<_> = told["conflicts"].as_array().unwrap().iter()
            .map(|c| [c["kind"].as_str().unwrap(), c["name"].as_str().unwrap(), c["against"].as_str().unwrap(), c["element"].as_str().unwrap()])
            .collect();
        assert_eq!(conflicts, [
            ["opposite_targets", "More members", "Fewer, better", ""],
            ["veto", "More members", "Pablo", "club/rule:friday"],
            ["veto", "Fewer, better", "Pablo", "club/rule:base"],
            ["liability", "More members", "At most 1000 €", "club/rule:friday"],
        ]);
        assert_eq!(bench.get("two", "/alignment").await["conflicts"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_a_light_is_read_on_the_straight_line_from_baseline_to_target() {
    on_both(async |db| {
        // Half of the time has passed and there are two members: half of the way is enough, 45 hundredths are a little
        // behind, 9 are far behind.
        let bench = Bench::new(db).await;
        bench.ask("manager", "POST", "/kpis/readings", Some(json!({}))).await;
        for (baseline, target, light) in
            [("1", "3", "on"), ("-9", "15", "at_risk"), ("-8", "100", "off")]
        {
            let mut one = objective("Members", "marketing", "members", 1, &["club/rule:base"]);
            one["values"]["baseline"] = json!(baseline);
            one["values"]["target"] = json!(target);
            let made = bench.make("manager", "/registers/objectives", one).await;
            let told = bench.get("analyst", "/alignment").await;
            let own = told["objectives"]
                .as_array()
                .unwrap()
                .iter()
                .find(|o| o["objective"] == made["id"])
                .unwrap();
            assert_eq!(
                (&own["reading"], &own["light"]),
                (&json!(2), &json!(light)),
                "{baseline} to {target}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r27_a_meeting_gives_an_invitation_and_minutes_and_late_actions_are_seen() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let add = async |register: &str, values: Value| {
            bench.make("manager", &format!("/registers/{register}"), json!({ "values": values })).await
        };
        let meeting = add("workshops", json!({ "name": "Alignment; first, part", "at": "2026-11-09T10:00:00Z", "minutes": 90,
            "place": "Room 2", "agenda": ["What each function wants, in two minutes and not one more than that", "Who signs what"] })).await;
        let id = meeting["id"].as_str().unwrap().to_owned();
        let alone = json!({ "values": { "name": "Yes", "workshop": id } });
        let refused = bench.ask("manager", "POST", "/registers/decisions", Some(alone)).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/objective", "a decision concerns something");
        add("decisions", json!({ "name": "Cap of 500", "workshop": id, "element": "club/rule:base" })).await;
        add("actions", json!({ "name": "Train the stores", "workshop": id, "owner": "Tomás", "due": "2026-11-01" })).await;
        add("actions", json!({ "name": "Later", "workshop": id, "owner": "Eva", "due": "2026-11-30" })).await;
        let scope = bench.scope("manager").await;
        let found = minutes::meeting(&scope, id.parse().unwrap()).await.unwrap();
        let text = found.invitation();
        assert!(text.lines().all(|line| line.len() <= 75) && text.ends_with("END:VCALENDAR\r\n"));
        let unfolded = text.replace("\r\n ", "");
        for line in ["DTSTART:20261109T100000Z", "DTEND:20261109T113000Z", "SUMMARY:Alignment\\; first\\, part",
            "DESCRIPTION:What each function wants\\, in two minutes and not one more than that\\nWho signs what"] {
            assert!(unfolded.contains(&format!("{line}\r\n")), "{line} in {unfolded}");
        }
        let pdf = found.minutes(Locale::En).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        let needs = bench.get("analyst", "/workspace").await["needs"].clone();
        let late: Vec<_> = needs.as_array().unwrap().iter().filter(|n| n["late"] == true).map(|n| &n["what"]).collect();
        assert_eq!(late, ["Train the stores (Tomás)"]);
        let path = format!("/workshops/{id}/invitation");
        assert_eq!(bench.ask("two", "GET", &path, None).await.status, 404);
    })
    .await;
}
