//! Registers through the API: what is refused, what stays on record, whose they are; and that every word is there.

use std::collections::BTreeSet;

use lazo_store::testing::on_both;
use serde_json::json;

use super::{Kind, sheets};
use crate::api::bench::Bench;
use crate::i18n::{Args, Locale};

#[tokio::test(flavor = "multi_thread")]
async fn r30_what_was_done_before_is_written_down_checked_and_kept_with_its_changes() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let card = |exists: bool, whereto: &str| {
            json!({ "values": { "name": "Stamp card", "mechanic": "stamps", "started_on": "2014-03-01",
                "members": 38000, "yearly_cost": 9_500_000, "data_exists": exists, "data_where": whereto } })
        };
        let path = "/registers/history";
        let refused = bench.ask("manager", "POST", path, Some(card(true, ""))).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid"));
        assert_eq!(refused.body["errors"][0]["pointer"], "/data_where");
        for (field, value, code) in [
            ("mechanic", json!("magic"), "choice"),
            ("started_on", json!("2014-13-01"), "day"),
            ("ended_on", json!("2013-01-01"), "order"),
            ("members", json!(-1), "number"),
            ("yearly_cost", json!("much"), "number"),
            ("name", json!("x".repeat(201)), "too_long"),
            ("name", json!(""), "required"),
            ("color", json!("red"), "unknown"),
        ] {
            let mut body = card(false, "");
            body["values"][field] = value;
            let refused = bench.ask("manager", "POST", path, Some(body)).await;
            let error = &refused.body["errors"][0];
            assert_eq!((&error["pointer"], &error["code"]), (&json!(format!("/{field}")), &json!(code)));
        }
        let made = bench.make("manager", path, card(true, "archive of 2019")).await;
        let own = format!("{path}/{}", made["id"].as_str().unwrap());
        let mut changed = card(true, "archive of 2020");
        changed["revision"] = json!(1);
        let second = bench.ask("second", "PUT", &own, Some(changed.clone())).await;
        assert_eq!((second.status, &second.body["revision"]), (200, &json!(2)), "{}", second.body);
        changed["values"]["members"] = json!(1);
        let stale = bench.ask("manager", "PUT", &own, Some(changed)).await;
        assert_eq!((stale.status, stale.code()), (409, "changed_meanwhile"));
        let told = bench.get("analyst", &format!("{own}/changes")).await;
        let wheres: Vec<_> = told["items"].as_array().unwrap().iter().map(|c| &c["values"]["data_where"]).collect();
        assert_eq!(wheres, ["archive of 2020", "archive of 2019"]);
        // Another tenant's entry is not there, and its register is empty.
        assert_eq!(bench.ask("two", "GET", &own, None).await.status, 404);
        assert_eq!(bench.ask("two", "DELETE", &own, None).await.status, 404);
        assert_eq!(bench.get("two", path).await["items"], json!([]));
        assert_eq!(bench.ask("manager", "DELETE", &own, None).await.status, 204);
        assert_eq!(bench.get("manager", path).await["items"], json!([]));
        let log = bench.get("admin", "/audit-entries").await.to_string();
        assert!(log.contains("register.entry_changed") && !log.contains("archive of"), "no values in the log");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r53_a_task_without_somebody_accountable_is_refused() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let task = json!({ "values": { "name": "Till", "best_days": "2", "likely_days": "4", "worst_days": "9" } });
        let refused = bench.ask("manager", "POST", "/registers/tasks", Some(task.clone())).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/accountable");
        let mut whole = task;
        whole["values"]["accountable"] = json!("Irene");
        bench.make("manager", "/registers/tasks", whole.clone()).await;
        whole["values"]["after"] = json!(["ren_0000000000001"]);
        let refused = bench.ask("manager", "POST", "/registers/tasks", Some(whole)).await;
        assert_eq!(refused.body["errors"][0]["code"], "entry");
    })
    .await;
}

/// Keys that pages make of what registers are made of.
fn keys() -> BTreeSet<String> {
    let dashed = |text: &str| text.replace('_', "-");
    let mut keys = BTreeSet::new();
    let choices = |all: &[&str], keys: &mut BTreeSet<String>| {
        keys.extend(all.iter().map(|choice| format!("registers-choice-{}", dashed(choice))));
    };
    for register in sheets::ALL {
        keys.insert(format!("registers-{}", dashed(register.code)));
        keys.insert(format!("registers-{}-lead", dashed(register.code)));
        for field in register.fields {
            keys.insert(format!("registers-field-{}", dashed(field.name)));
            if let Kind::Choice(all) | Kind::Choices(all) = field.kind {
                choices(all, &mut keys);
            }
        }
    }
    for code in [
        "required", "unknown", "too-long", "number", "day", "moment", "choice", "entry", "order",
        "smart", "same",
    ] {
        keys.insert(format!("registers-wrong-{code}"));
    }
    for key in [
        "add",
        "none",
        "wrong",
        "save",
        "leave",
        "changes",
        "remove",
        "yes",
        "no",
        "choose",
        "optional",
        "hint-lines",
        "count",
    ] {
        keys.insert(format!("registers-{key}"));
    }
    keys
}

#[test]
fn every_register_field_and_choice_has_words_and_no_word_is_left_over() {
    let text = include_str!("../../../../../locales/es-ES/registers.ftl");
    let there: BTreeSet<String> = text
        .lines()
        .filter(|line| line.starts_with("registers-"))
        .map(|line| line.split(" =").next().unwrap().to_owned())
        .collect();
    let wanted = keys();
    assert_eq!(wanted.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "missing");
    assert_eq!(there.difference(&wanted).collect::<Vec<_>>(), Vec::<&String>::new(), "left over");
    assert_ne!(
        Locale::En.text("registers-field-per-spend", &Args::new()),
        "registers-field-per-spend"
    );
}
