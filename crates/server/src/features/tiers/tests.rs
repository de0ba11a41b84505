//! Tiers through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

const LADDER: &str = r#"
[[programs.tier_groups]]
code = "level"
measure = "spend"
window = "calendar_year"
tiers = [{ code = "silver", threshold = 10000 }, { code = "gold", threshold = 50000 }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn r111_the_path_to_a_tier_says_exactly_what_is_missing() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{LADDER}"), Limits::default()).await;
        bench.sell(0, "t-1", 9_000).await;
        let standing = bench.get("member", "/members/me/tiers").await;
        assert_eq!((&standing["items"][0]["tier"], &standing["items"][0]["measured"]), (&json!(""), &json!(9_000)));
        assert_eq!(standing["items"][0]["path"][0]["missing"], 1_000);
        // Executing the plan literally reaches the tier.
        let reached = bench.sell(0, "t-2", 1_000).await;
        assert_eq!(reached["tiers"][0]["to"], "silver");
        let standing = bench.get("member", "/members/me/tiers").await;
        let silver = &standing["items"][0];
        assert_eq!((&silver["tier"], &silver["provenance"]), (&json!("silver"), &json!("earned")));
        assert_eq!(silver["valid_until"], "2027-12-31T23:00:00Z");
        assert_eq!(silver["path"], json!([{ "tier": "gold", "name": {}, "threshold": 50_000, "missing": 40_000 }]));

        let path = format!("/members/{}/tiers", bench.members[1].id);
        let matched = json!({ "group": "level", "tier": "gold", "provenance": "matched", "reference": "m-1" });
        assert_eq!(bench.ask("agent", "POST", &path, Some(matched.clone())).await.status, 403);
        let given = bench.make("manager", &path, matched).await;
        assert_eq!(given["tiers"][0]["to"], "gold");
        let earned = json!({ "group": "level", "tier": "gold", "provenance": "earned", "reference": "m-2" });
        assert_eq!(bench.ask("manager", "POST", &path, Some(earned)).await.status, 422);
        assert_eq!(bench.get("other", "/members/me/tiers").await["items"][0]["provenance"], "matched");
    })
    .await;
}

/// 2026-03-01 at noon is ten months from the end of the year; the ladder counts money.
#[tokio::test(flavor = "multi_thread")]
async fn r111_a_plan_executed_literally_reaches_the_tier_and_one_purchase_less_does_not() {
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{LADDER}"), Limits::default()).await;
        // Three purchases, the middle one of 30 €.
        for (reference, cents) in [("p-1", 1_000), ("p-2", 3_000), ("p-3", 4_000)] {
            bench.sell(0, reference, cents).await;
        }
        let path = |tier: &str, by: &str| format!("/members/me/tier-plans?tier={tier}&by={by}");
        let plan = bench.get("member", &path("silver", "2026-12-31T23:00:00Z")).await;
        assert_eq!((&plan["measured"], &plan["missing"]), (&json!(8_000), &json!(2_000)));
        assert_eq!((&plan["usual_minor"], &plan["per_purchase"]), (&json!(3_000), &json!(3_000)));
        let kinds: Vec<&str> = plan["ways"]
            .as_array()
            .unwrap()
            .iter()
            .map(|way| way["kind"].as_str().unwrap())
            .collect();
        assert!(kinds.contains(&"as_usual") && kinds.contains(&"more_often"), "{plan}");

        let gold = bench.get("member", &path("gold", "2026-12-31T23:00:00Z")).await;
        let often = gold["ways"].as_array().unwrap().iter().find(|w| w["kind"] == "more_often");
        // 420 € are missing: fourteen purchases of 30 €.
        assert_eq!(
            (&often.unwrap()["purchases"], &often.unwrap()["each_minor"]),
            (&json!(14), &json!(3_000))
        );
        for place in 0..13 {
            let told = bench.sell(0, &format!("q-{place}"), 3_000).await;
            let reached = told["tiers"].as_array().unwrap().iter().any(|tier| tier["to"] == "gold");
            assert!(!reached, "{place}");
        }
        let last = bench.sell(0, "q-13", 3_000).await;
        assert_eq!(last["tiers"][0]["to"], "gold");
        let done = bench.get("member", &path("gold", "2026-12-31T23:00:00Z")).await;
        assert_eq!(done["none"], "reached");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r111_what_cannot_be_reached_in_time_is_said_and_what_counts_next_year_begins_next_year() {
    on_both(async |db| {
        let far = LADDER.replace("50000", "900000000");
        let bench = Bench::with(db, &format!("{SHOP}{far}"), Limits::default()).await;
        bench.sell(0, "p-1", 5_000).await;
        let plan =
            bench.get("member", "/members/me/tier-plans?tier=gold&by=2026-03-03T00:00:00Z").await;
        assert_eq!((&plan["none"], &plan["ways"]), (&json!("too_late"), &json!([])));
        // In Madrid the year begins an hour before it does in Greenwich.
        let next =
            bench.get("member", "/members/me/tier-plans?tier=silver&by=2027-06-30T22:00:00Z").await;
        assert_eq!((&next["from"], &next["measured"]), (&json!("2026-12-31T23:00:00Z"), &json!(0)));
        let none = bench.ask("member", "GET", "/members/me/tier-plans?tier=ruby", None).await;
        assert_eq!((none.status, none.code()), (404, "tier_not_found"));
    })
    .await;
}

/// Goal: the tier one has, how one came to it and until when, and no block at all where there is no ladder. Method: the page of
/// a member after each way to a tier.
#[tokio::test(flavor = "multi_thread")]
async fn r110_each_source_of_a_tier_is_told_and_without_a_ladder_there_is_no_block() {
    const LADDER: &str = "\n[[programs.tier_groups]]\ncode = \"level\"\nmeasure = \"visits\"\n\
        window = \"calendar_year\"\ntiers = [{ code = \"silver\", name = { es = \"Plata\" }, threshold = 2, \
        benefits = [{ es = \"Café al llegar\" }] }, { code = \"gold\", name = { es = \"Oro\" }, threshold = 9 }]\n";
    on_both(async |db| {
        let site = SHOP.replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"");
        let bench = Bench::with(db, &format!("{site}{LADDER}"), Limits::default()).await;
        let visitor = bench.visitor(0, "one").await;
        let page = async |path: &str| {
            let page = bench.browse(&visitor, &format!("/portal/one{path}"), None).await;
            String::from_utf8_lossy(&page.octets).into_owned()
        };
        bench.sell(0, "t-1", 6_000).await;
        let none = page("/tier").await;
        assert!(none.contains("1 de 2") && !none.contains("Lo has conseguido"), "{none}");
        bench.sell(0, "t-2", 6_000).await;
        let earned = page("/tier").await;
        for told in ["Plata", "Lo has conseguido", "Café al llegar", "31 dic 2027", "Oro"] {
            assert!(earned.contains(told), "{told}: {earned}");
        }
        let ways = [
            ("matched", "Por el nivel de otro programa"),
            ("gifted", "Es un regalo"),
            ("paid", "Lo has pagado"),
            ("protected", "Se conserva por el cambio de programa"),
            ("lifetime", "Para siempre"),
        ];
        for (how, words) in ways {
            let until = (how != "lifetime").then_some("2027-06-15T10:00:00Z");
            let grant = json!({ "group": "level", "tier": "gold", "provenance": how, "reference": how, "until": until });
            let path = format!("/members/{}/tiers", bench.members[0].id);
            let given = bench.ask("manager", "POST", &path, Some(grant)).await;
            assert!(given.status < 300, "{how}: {}", given.body);
            let told = page("/tier").await;
            assert!(told.contains(words), "{how}: {told}");
            assert_eq!(told.contains("jun 2027"), until.is_some(), "{how}: {told}");
            assert!(page("").await.contains("Oro"), "{how}");
        }
    })
    .await;
    on_both(async |db| {
        let site = SHOP.replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"");
        let bench = Bench::with(db, &site, Limits::default()).await;
        bench.sell(0, "t-1", 6_000).await;
        let visitor = bench.visitor(0, "one").await;
        let home = bench.browse(&visitor, "/portal/one", None).await;
        assert!(!String::from_utf8_lossy(&home.octets).contains("class=\"standing"));
        let tier = bench.browse(&visitor, "/portal/one/tier", None).await;
        assert!(String::from_utf8_lossy(&tier.octets).contains("no tiene niveles"));
    })
    .await;
}
