//! A report stays as it was, says when later data would change it, and shows both sides whoever would rather not.

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Told;
use crate::api::bench::Bench;
use crate::features::measures::catch_up;
use crate::i18n::Locale;

/// A month in which Ana buys four times, and one in which she buys twice.
async fn two_months(bench: &Bench) {
    for at in 0..4 {
        bench.sell(0, &format!("a-{at}"), 2_000).await;
        bench.clock.advance(7 * DAY);
    }
    bench.clock.advance(2 * DAY);
    for at in 0..2 {
        bench.sell(0, &format!("b-{at}"), 2_000).await;
        bench.clock.advance(14 * DAY);
    }
    bench.clock.advance(3 * DAY);
    catch_up(&bench.app).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r78_a_report_stays_byte_for_byte_and_late_data_become_a_note() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        two_months(&bench).await;
        // 2026-12-02 to 2026-12-31, beside the thirty days before.
        let days = json!({ "from": "2026-12-02", "to": "2026-12-31" });
        let made = bench.make("analyst", "/reports", days.clone()).await;
        let path = format!("/reports/{}", made["id"].as_str().unwrap());
        let data = bench.get("analyst", &format!("{path}/data")).await;
        assert_eq!(bench.get("finance", &format!("{path}/restatement")).await, json!([]));
        let again = bench.make("finance", "/reports", days).await;
        assert_eq!(again["hash"], made["hash"], "the same data, the same bytes");

        // A receipt of then arrives now.
        let late = json!({
            "member": bench.members[1].id, "reference": "late", "at": "2026-12-20T10:00:00Z",
            "lines": [{ "product": "bread", "net_minor": 900 }]
        });
        bench.make("backend", "/purchases", late).await;
        bench.clock.advance(DAY);
        catch_up(&bench.app).await.unwrap();
        assert_eq!(bench.get("analyst", &format!("{path}/data")).await, data, "nothing changes");
        let notes = bench.get("analyst", &format!("{path}/restatement")).await;
        let basket = notes.as_array().unwrap().iter().find(|one| one["kpi"] == "K9b").unwrap();
        assert_eq!((&basket["then"], &basket["now"]), (&json!("2000"), &json!("4900/3")));
        let soon = json!({ "from": "2027-01-01", "to": "2027-03-01" });
        let refused = bench.ask("analyst", "POST", "/reports", Some(soon)).await;
        assert_eq!(refused.status, 422);
        assert_eq!(bench.ask("two", "GET", &path, None).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r79_a_fall_is_told_and_whoever_would_hide_it_is_named_beside_it() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        two_months(&bench).await;
        let days = json!({ "from": "2026-12-02", "to": "2026-12-31" });
        let made = bench.make("analyst", "/reports", days).await;
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let note = json!({ "item": "K10", "hide": true, "words": "obras en la calle" });
        let path = format!("/reports/{}/notes", made["id"].as_str().unwrap());
        assert_eq!(bench.ask("manager", "POST", &path, Some(note)).await.status, 204);
        let tenant = bench.members[0].tenant;
        let report = super::store::by_id(&bench.app.db, tenant, id).await.unwrap().unwrap();
        let hex: String =
            Sha256::digest(&report.text).iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(report.hash, hex);
        let (data, notes) =
            (report.data().unwrap(), super::store::notes(&bench.app.db, tenant, id).await.unwrap());
        let told = Told::new(Locale::EsEs, &data, &notes);
        let worse = told.worsened();
        // From 80.00 in a month that began without members (one on average) to 40.00 of two members.
        let spend = worse.iter().find(|(kpi, _, _)| kpi == "K10").expect("it is there");
        assert!(spend.1.contains("baja de 80,00\u{a0}€ a 20,00\u{a0}€ (−75,0 %)"), "{}", spend.1);
        assert!(spend.2[0].contains("preferiría no mostrarlo: obras en la calle"), "{spend:?}");
        let english = Told::new(Locale::En, &data, &notes);
        assert!(english.worsened().iter().any(|(_, words, _)| words.contains(" falls from ")));
        let pdf = bench
            .ask(
                "analyst",
                "GET",
                &format!("/reports/{}?format=pdf", made["id"].as_str().unwrap()),
                None,
            )
            .await;
        assert_eq!(
            (pdf.status, pdf.headers["content-type"].to_str().unwrap()),
            (200, "application/pdf")
        );
    })
    .await;
}

/// Goal: the roll-forward of points closes at what the lots hold, in points and by the journal's balance in money.
#[tokio::test(flavor = "multi_thread")]
async fn k24_the_roll_forward_closes_at_what_lots_hold() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        two_months(&bench).await;
        let days = json!({ "from": "2026-12-02", "to": "2026-12-31" });
        let made = bench.make("finance", "/reports", days).await;
        let path = format!("/reports/{}/data", made["id"].as_str().unwrap());
        let data = bench.get("finance", &path).await;
        let points = &data["points"][0]["points"];
        assert_eq!((&points["opening"], &points["issued"]), (&json!(80), &json!(40)));
        assert_eq!(points["redeemed"], 0);
        let owed = bench.app.ledger.books().liability(bench.members[0].tenant).await.unwrap();
        let open: i64 = owed.values().map(|one| one.available.0 + one.pending.0 + one.held.0).sum();
        assert_eq!(open, 120);
    })
    .await;
}
