//! Estimates against what anybody can compute by hand, and a sample with twelve defects planted row by row.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::profile::profile;
use crate::api::bench::Bench;

async fn task(bench: &Bench, name: &str, days: [&str; 3], more: Value) -> String {
    let [best, likely, worst] = days;
    let mut values = json!({ "name": name, "best_days": best, "likely_days": likely, "worst_days": worst,
        "accountable": "Irene", "day_rate": 40_000 });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = bench.make("manager", "/registers/tasks", json!({ "values": values })).await;
    made["id"].as_str().unwrap().to_owned()
}

fn of<'v>(plan: &'v Value, name: &str) -> &'v Value {
    plan["tasks"].as_array().unwrap().iter().find(|task| task["name"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r45_the_mean_is_perts_and_a_seed_gives_the_same_forecast_again() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        task(&bench, "Till", ["2", "4", "12"], json!({})).await;
        let plan = async |seed: u64| {
            bench.get("analyst", &format!("/technology/plan?start=2026-11-02&seed={seed}")).await
        };
        let first = plan(7).await;
        assert_eq!(of(&first, "Till")["mean_days_milli"], 5_000, "(2 + 4 × 4 + 12) / 6");
        assert_eq!(first, plan(7).await);
        assert_ne!(first["cost_minor"], plan(8).await["cost_minor"]);
        // Half of the trials lie near the mean of five days at 400 €, and none beyond twelve days.
        let [half, fourfifths, ninetenths] =
            [0_usize, 1, 2].map(|at| first["cost_minor"][at].as_i64().unwrap());
        assert!((170_000..=210_000).contains(&half), "{half}");
        assert!(half < fourfifths && fourfifths < ninetenths && ninetenths < 480_000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r49_ten_days_more_move_the_end_on_the_critical_way_only() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let sure = |days: &'static str| [days, days, days];
        let first = task(&bench, "Contract", sure("5"), json!({})).await;
        let long = task(&bench, "Till", sure("20"), json!({ "after": [first] })).await;
        let short = task(&bench, "Letters", sure("2"), json!({ "after": [first] })).await;
        let plan = async || {
            bench.get("analyst", "/technology/plan?start=2026-11-02&promised=2026-12-03").await
        };
        let before = plan().await;
        // 25 working days from Monday 2 November: Friday 4 December.
        assert_eq!([&before["p50"], &before["p80"], &before["p90"]], ["2026-12-04"; 3]);
        assert_eq!(before["promise"], "not_realistic");
        assert_eq!(of(&before, "Contract")["ends"], "2026-11-06");
        assert_eq!(of(&before, "Till")["begins"], "2026-11-09");
        let critical =
            ["Contract", "Till", "Letters"].map(|name| of(&before, name)["critical"] == true);
        assert_eq!(critical, [true, true, false]);
        let longer = async |id: &str, name: &str, days: &str| {
            let path = format!("/registers/tasks/{id}");
            let entry = bench.get("manager", &path).await;
            let mut values = entry["values"].clone();
            for field in ["best_days", "likely_days", "worst_days"] {
                values[field] = json!(days);
            }
            let body = json!({ "revision": entry["revision"], "values": values });
            assert_eq!(bench.ask("manager", "PUT", &path, Some(body)).await.status, 200, "{name}");
        };
        longer(&short, "Letters", "12").await;
        assert_eq!(plan().await["p80"], "2026-12-04", "Letters do not hold anybody up");
        longer(&long, "Till", "30").await;
        assert_eq!(plan().await["p80"], "2026-12-18", "ten working days later");
        let blackout =
            json!({ "values": { "name": "Sales", "from": "2026-12-07", "until": "2026-12-11" } });
        bench.make("manager", "/registers/blackouts", blackout).await;
        assert_eq!(plan().await["p80"], "2026-12-25", "a week on which nobody works");
        let ring = bench.get("manager", &format!("/registers/tasks/{first}")).await;
        let mut values = ring["values"].clone();
        values["after"] = json!([long]);
        let body = json!({ "revision": ring["revision"], "values": values });
        bench.ask("manager", "PUT", &format!("/registers/tasks/{first}"), Some(body)).await;
        let none = bench.ask("analyst", "GET", "/technology/plan", None).await;
        assert_eq!((none.status, none.code()), (422, "tasks_in_a_ring"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_every_capability_is_covered_or_a_gap_and_r48_a_point_is_verified_by_a_message_alone() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let add = async |register: &str, values: Value| {
            let made = bench
                .make("manager", &format!("/registers/{register}"), json!({ "values": values }))
                .await;
            made["id"].as_str().unwrap().to_owned()
        };
        let till =
            add("systems", json!({ "name": "Till", "owner": "Irene", "timing": "real_time" }))
                .await;
        add("capabilities", json!({ "name": "earn_at_pos", "severity": "high", "system": till }))
            .await;
        add("capabilities", json!({ "name": "sms_send", "severity": "low" })).await;
        let told = bench.get("analyst", "/technology").await;
        let gaps = told["capabilities"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["system"].is_null())
            .count();
        assert_eq!((told["capabilities"].as_array().unwrap().len(), gaps), (14, 13));
        let point = |source: &str| {
            json!({ "name": "Sales", "source": till, "direction": "in", "event": "sale",
            "protocol": "HTTPS", "owner": "Irene", "proof_source": source })
        };
        let (real, dead) = (
            add("integration_points", point("api")).await,
            add("integration_points", point("fax")).await,
        );
        let prove = async |id: &str| {
            bench.ask("manager", "POST", &format!("/technology/points/{id}/proof"), None).await.body
                ["state"]
                .clone()
        };
        assert_eq!(prove(&real).await, "planned", "nothing arrived yet");
        bench.sell(0, "t-1", 1_000).await;
        assert_eq!([prove(&real).await, prove(&dead).await], ["verified", "planned"]);
        assert_eq!(
            bench
                .ask("two", "POST", &format!("/technology/points/{real}/proof"), None)
                .await
                .status,
            404
        );
    })
    .await;
}

const TODAY: Date = jiff::civil::date(2026, 11, 2);

/// Twelve defects, each planted in rows of its own.
fn planted() -> Vec<u8> {
    let mut file = b"\xef\xbb\xbfid;member;name;email;nif;points;spend;bought;phone\n".to_vec();
    let rows: [&[u8]; 13] = [
        "1;M1;Núria;a@example.com;12345678Z;10;5.50;31/01/2026;600100100".as_bytes(),
        b"2;M2;Mar\xeda;b@example.com;12345678Z;10;5.50;30/01/2026;600100101",
        b"3;M1;Ana;c@example.com;12345678Z;10;5.50;02/28/2026;600100102",
        b"4;M1;Ana;d@example.com;12345678Z;-10;5.50;29/01/2026;600100103",
        b"1;M1;Ana;e@example.com;12345678Z;10;5.50;28/01/2026;600100104",
        b"6;M9;Ana;f@example.com;12345678Z;10;5.50;27/01/2026;600100105",
        b"7;M1;Ana;g@example.com;12345678Z;10;1.234,50;26/01/2026;600100106",
        b"8;M1;Ana ;h@example.com;12345678Z;10;5.50;25/01/2026;600100107",
        b"9;M1;Ana;i@example.com;12345678A;10;5.50;24/01/2026;600100108",
        b"10;M1;Ana;j@example.com;12345678Z;10;5.50;23/01/2030;600100109",
        b"11;M1;Ana;null;12345678Z;10;5.50;22/01/2026;600100110",
        b"12;M1;Ana;l@example.com;12345678Z;10;5.50;21/01/2026;34600100111",
        b"13;M2;Ana;m@example.com;B12345674;10;5.50;20/01/2026;600100112",
    ];
    for row in rows {
        file.extend_from_slice(row);
        file.push(b'\n');
    }
    file
}

#[test]
fn r47_all_twelve_planted_defects_are_found_with_their_rows_and_nothing_else() {
    let members = b"member;since\nM1;2020-01-01\nM2;2020-01-01\n";
    let found = profile(&planted(), Some(members), TODAY).unwrap();
    let told: Vec<(&str, &str, &[usize])> =
        found.defects.iter().map(|d| (d.kind, d.column.as_str(), d.rows.as_slice())).collect();
    let wanted: [(&str, &str, &[usize]); 12] = [
        ("bom", "", &[0]),
        ("duplicate_key", "id", &[5]),
        ("future_date", "bought", &[10]),
        ("invalid_nif", "nif", &[9]),
        ("missing_email", "email", &[11]),
        ("mixed_dates", "bought", &[3]),
        ("mixed_encodings", "", &[2]),
        ("mixed_lengths", "phone", &[12]),
        ("negative_points", "points", &[4]),
        ("orphan", "member", &[6]),
        ("spaces", "name", &[8]),
        ("thousands_separator", "spend", &[7]),
    ];
    assert_eq!(told, wanted);
    assert_eq!(
        (found.rows, found.columns[2].name.as_str(), found.columns[2].distinct),
        (13, "name", 3)
    );
    let clean = b"id,email\n1,a@example.com\n2,b@example.com\n";
    assert!(profile(clean, None, TODAY).unwrap().defects.is_empty());
    assert!(profile(b"", None, TODAY).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_a_sample_is_looked_over_through_the_api_and_not_kept() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let body = json!({ "sample": STANDARD.encode(planted()) });
        let told = bench.ask("analyst", "POST", "/technology/profile", Some(body)).await;
        assert_eq!((told.status, &told.body["rows"]), (200, &json!(13)), "{}", told.body);
        assert_eq!(
            told.body["defects"].as_array().unwrap().len(),
            11,
            "without members nobody is an orphan"
        );
        let wrong = json!({ "sample": "***" });
        assert_eq!(
            bench.ask("analyst", "POST", "/technology/profile", Some(wrong)).await.status,
            422
        );
    })
    .await;
}
