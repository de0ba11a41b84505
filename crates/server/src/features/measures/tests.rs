//! Figures follow the journal, open to its entries, and rules find what was observed.

use lazo_domain::ids::{AccountId, EventId};
use lazo_domain::time::{DAY, SECOND};
use lazo_measures::catalogue::kpis;
use lazo_measures::diagnosis::rules;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{Days, catch_up, date_of, number_of};
use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;
use crate::i18n::{Args, Locale};
use crate::places::Kind;

fn figure<'a>(board: &'a Value, kpi: &str) -> &'a Value {
    let all = board["figures"].as_array().unwrap();
    all.iter().find(|figure| figure["kpi"] == kpi).unwrap()
}

/// Goal: what was sold and earned is in the figures exactly, and each figure opens to days, accounts and entries.
#[tokio::test(flavor = "multi_thread")]
async fn r78_figures_follow_the_journal_and_open_to_its_entries() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let sold = bench.sell(0, "t-1", 5_000).await;
        bench.sell(0, "t-2", 2_550).await;
        bench.sell(1, "t-3", 1_000).await;
        // Half of the first one comes back: 25.00 less, and 25 points.
        let back = json!({
            "member": bench.members[0].id, "purchase": { "id": sold["id"] }, "reference": "r-1",
            "lines": [{ "line": 0, "quantity_milli": 500 }]
        });
        bench.make("cashier", "/returns", back).await;
        assert_eq!(catch_up(&bench.app).await.unwrap(), 0, "too young: others may still commit");
        bench.clock.advance(2 * DAY);
        assert_eq!(catch_up(&bench.app).await.unwrap(), 4);
        assert_eq!(catch_up(&bench.app).await.unwrap(), 0, "each event counts once");

        let board = bench.get("analyst", "/measures?from=2026-11-01&to=2026-11-03").await;
        assert_eq!(figure(&board, "K1")["exact"], "2");
        assert_eq!(figure(&board, "K8")["exact"], "3/2");
        // 25.00 + 25.50 + 10.00 on three purchases.
        assert_eq!(figure(&board, "K9b")["exact"], "6050/3");
        assert_eq!(figure(&board, "K11")["exact"], "1/2");
        assert_eq!(figure(&board, "K15")["exact"], "0");
        assert_eq!(figure(&board, "K26")["exact"], "30");
        assert_eq!(figure(&board, "K16")["exact"], "0");
        assert_eq!(figure(&board, "K2")["missing"], "enrolled_purchases");

        let days = bench.get("analyst", "/measures/days?from=2026-11-01&to=2026-11-03").await;
        let points = json!([{ "point_type": "points", "issued": 60, "redeemed": 0, "expired": 0 }]);
        let day =
            json!([{ "date": "2026-11-02", "purchases": 3, "net_minor": 6_050, "points": points }]);
        assert_eq!(days, day);
        let accounts = bench.get("analyst", "/measures/days/2026-11-02").await;
        let items = accounts["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        let ana = items.iter().find(|one| one["account"] == bench.account(0)).unwrap();
        assert_eq!((&ana["net_minor"], &ana["points"][0]["issued"]), (&json!(5_050), &json!(50)));
        let entries = bench.get("finance", ana["entries"].as_str().unwrap()).await;
        assert!(!entries["items"].as_array().unwrap().is_empty());
        // Another tenant has nothing of it.
        let other = bench.get("two", "/measures?from=2026-11-01&to=2026-11-03").await;
        assert_eq!(figure(&other, "K1")["exact"], "0");
    })
    .await;
}

/// Goal: points of two types are two things, on a day as everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn r78_a_day_tells_each_point_type_apart() {
    let miles = r#"
[[programs.point_types]]
code = "miles"
name = { en = "Miles" }

[[programs.earning_rules]]
code = "miles"
point_type = "miles"
effect = { type = "points_per_amount", points = 7, per_minor = 100 }
"#;
    on_both(async |db| {
        let bench = Bench::with(db, &format!("{SHOP}{miles}"), Limits::default()).await;
        bench.sell(0, "t-1", 5_000).await;
        bench.clock.advance(2 * DAY);
        catch_up(&bench.app).await.unwrap();
        let days = bench.get("analyst", "/measures/days?from=2026-11-01&to=2026-11-03").await;
        let of = |code: &str, issued: i64| {
            json!({ "point_type": code, "issued": issued, "redeemed": 0, "expired": 0 })
        };
        let points = json!([of("miles", 350), of("points", 50)]);
        assert_eq!(days, json!([{ "date": "2026-11-02", "purchases": 1, "net_minor": 5_000, "points": points }]));
        let accounts = bench.get("analyst", "/measures/days/2026-11-02").await;
        assert_eq!(accounts["items"][0]["points"], json!([]), "never 400 of nothing");
    })
    .await;
}

/// Goal: two processes that follow the same page at the same moment count it once.
#[tokio::test(flavor = "multi_thread")]
async fn r78_a_page_that_two_processes_read_counts_once() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        bench.sell(0, "t-1", 5_000).await;
        bench.clock.advance(2 * 60 * SECOND);
        let bucket = bench.members[0].account.bucket();
        let (first, last) = (EventId(0), EventId(1));
        let none = (Default::default(), Default::default());
        let add = || super::store::add(&bench.app.db, bucket, first, last, &none.0, &none.1);
        assert!(add().await.unwrap());
        assert!(!add().await.unwrap());
        let cursors = super::store::cursors(&bench.app.db).await.unwrap();
        assert_eq!(cursors.get(&AccountId(bench.members[0].account.0).bucket()), Some(&last));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r83_observed_stores_tills_and_training_name_untrained_associates() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let seen = json!({
            "source": "tills and training, October", "from": "2026-10-01", "to": "2026-10-31",
            "facts": {
                "K2": { "hits": 300, "n": 6_000 },
                "K2.target": { "value": 0.1 },
                "K2.weeks": { "series": [0.05, 0.05, 0.05, 0.05], "n": 1_500 },
                "K2.stores": { "groups": [[10, 1_000], [12, 1_000], [60, 1_000], [218, 3_000]] },
                "K51": { "hits": 2_000, "n": 6_000 },
                "training_overdue": { "hits": 22, "n": 40 },
                "value_score_of_nonjoiners": { "mean": 4.1, "sd": 0.8, "n": 150 }
            }
        });
        let recorded = bench.make("analyst", "/measures/observations", seen.clone()).await;
        assert_eq!(recorded["recorded"], 7);
        let found = bench.get("analyst", "/measures/diagnosis").await;
        let verdict = |rule: &str| {
            let all = found.as_array().unwrap();
            all.iter().find(|one| one["rule"] == rule).unwrap()["verdict"].clone()
        };
        assert_eq!(
            (verdict("D2"), verdict("D1"), verdict("D3")),
            (json!("fired"), json!("could_not_test"), json!("could_not_test"),)
        );
        let refused = bench.ask("cashier", "POST", "/measures/observations", Some(seen)).await;
        assert_eq!((refused.status, refused.code()), (403, "forbidden"));
        let catalog = bench.get("analyst", "/measures/catalog").await;
        assert!(catalog.as_array().unwrap().len() >= 60);
    })
    .await;
}

/// Goal: the comparison runs on the ledger's own history, through the API, to the cent and repeatably.
#[tokio::test(flavor = "multi_thread")]
async fn r37_a_points_program_without_lift_costs_its_rewards_and_its_running() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        bench.sell(0, "t-1", 50_000).await;
        bench.sell(1, "t-2", 23_000).await;
        bench.clock.advance(2 * DAY);
        catch_up(&bench.app).await.unwrap();
        let fixed = |value: i64| json!({ "low": value, "likely": value, "high": value });
        // A year of history: 730.00, of which 1.25 % × 80 % is 7.30.
        let asked = json!({ "from": "2025-11-04", "to": "2026-11-03", "scenario": {
            "model": { "kind": "points", "rate": 12_500, "urr": 800_000 },
            "enrollment": fixed(1_000_000), "lift": fixed(0), "margin": 300_000,
            "setup_minor": 0, "running_minor": 10_000, "discount": 0, "open_at_end": 0, "seed": 1
        } });
        let told = bench.ask("analyst", "POST", "/measures/simulations", Some(asked)).await;
        assert_eq!(told.status, 200, "{}", told.body);
        let year = &told.body["likely"]["year"];
        assert_eq!(
            (&year["reward_cost_minor"], &year["result_minor"]),
            (&json!(730), &json!(-10_730))
        );
        let few = bench.ask("analyst", "GET", "/measures/lifetime-values?margin=0.3", None).await;
        assert_eq!((few.status, few.code()), (409, "too_little_history"));
    })
    .await;
}

#[test]
fn r88_every_indicator_and_every_rule_is_said_in_every_language() {
    let keys = kpis().iter().map(|kpi| format!("measures-{}", kpi.id.to_lowercase()));
    let of =
        |id: &str| ["cause", "action"].map(|what| format!("measures-{}-{what}", id.to_lowercase()));
    let keys: Vec<String> = keys.chain(rules().iter().flat_map(|rule| of(&rule.id))).collect();
    for locale in Locale::ALL {
        for key in &keys {
            assert_ne!(&locale.text(key, &Args::new()), key, "{locale}");
        }
    }
}

#[test]
fn days_and_dates_are_the_same_thing_twice() {
    for text in ["1970-01-01", "2026-02-28", "2028-02-29", "1969-12-31"] {
        let date = text.parse().unwrap();
        assert_eq!(date_of(number_of(date)), date);
    }
    let days = Days { from: 100, to: 129 };
    assert_eq!((days.count(), days.before()), (30, Days { from: 70, to: 99 }));
}

/// Goal: nobody keeps everybody waiting by asking many times at once for what goes through a client's whole history.
#[tokio::test(flavor = "multi_thread")]
async fn q9_whole_history_is_gone_through_once_at_a_time_for_a_client_and_others_are_served() {
    on_both(async |db| {
        let bench = Bench::new(db).await.impatient();
        bench.sell(0, "t-1", 50_000).await;
        bench.clock.advance(2 * DAY);
        catch_up(&bench.app).await.unwrap();
        let tenant = bench.members[0].tenant;
        let stretch = json!({ "from": "2026-10-01", "to": "2026-11-02" });
        let fixed = json!({ "low": 0, "likely": 0, "high": 0 });
        let mut simulation = stretch.clone();
        simulation["scenario"] = json!({ "model": { "kind": "points", "rate": 1, "urr": 1 }, "enrollment": fixed,
            "lift": fixed, "margin": 1, "setup_minor": 0, "running_minor": 0, "discount": 0, "open_at_end": 0, "seed": 1 });
        let report = bench.make("analyst", "/reports", stretch.clone()).await;
        let again = format!("/reports/{}/restatement", report["id"].as_str().unwrap());
        let place = bench.app.places.take(tenant, Kind::Figures).await.unwrap();
        for (method, path, body) in [
            ("GET", "/measures", None),
            ("GET", "/measures/diagnosis", None),
            ("GET", "/measures/lifetime-values?margin=0.3", None),
            ("POST", "/measures/simulations", Some(simulation)),
            ("POST", "/reports", Some(stretch)),
            ("GET", again.as_str(), None),
            ("POST", "/kpis/readings", Some(json!({}))),
            ("POST", "/recommendations", Some(json!({ "rule": "D2" }))),
            ("GET", "/technology/plan", None),
            ("GET", "/workspace/digest?day=2020-01-01", None),
        ] {
            let refused = bench.ask("admin", method, path, body).await;
            assert_eq!((refused.status, refused.code()), (429, "work_under_way"), "{path}");
            assert!(refused.headers.contains_key("retry-after"), "{path}");
        }
        assert_eq!(bench.ask("two", "GET", "/measures", None).await.status, 200);
        let keyed = [("idempotency-key", "reading-1")];
        let read = async || {
            bench.ask_with("admin", "POST", "/kpis/readings", Some(json!({})), &keyed).await.status
        };
        assert_eq!(read().await, 429);
        drop(place);
        assert!(read().await < 300, "a refusal of the moment is not the answer for ever");
        assert_eq!(bench.ask("admin", "GET", "/measures", None).await.status, 200);
    })
    .await;
}
