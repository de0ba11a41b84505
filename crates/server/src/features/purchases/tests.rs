//! Purchases through the API: what they earn, once, for the right member.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_purchase_earns_and_says_why() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let sold = bench.sell(0, "t-1", 6_099).await;
        assert_eq!(
            sold["changes"],
            json!([{
                "point_type": "points", "side": "available", "points": 60
            }])
        );
        assert_eq!(sold["balances"][0]["available"], 60);
        assert_eq!(sold["replayed"], false);
        let headline = sold["explanation"]["headline"].as_str().unwrap();
        assert!(headline.starts_with("60 points: 60 for €60.99"), "{headline}");
        let id = sold["id"].as_str().unwrap();
        let found = bench.get("member", &format!("/purchases/{id}")).await;
        assert_eq!((&found["changes"], &found["lines"]), (&sold["changes"], &sold["lines"]));
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("member", &path).await["balances"][0]["available"], 60);
        for (who, status) in [("other", 404), ("two", 404), ("analyst", 403), ("revoked", 401)] {
            let answer = bench.ask(who, "GET", &format!("/purchases/{id}"), None).await;
            assert_eq!(answer.status, status, "{who}: {}", answer.body);
            assert_eq!(bench.ask(who, "GET", &path, None).await.status, status, "{who}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_till_that_wants_no_words_gets_all_but_them() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let body = json!({
            "member": bench.members[0].id, "reference": "t-1", "lines": [{ "product": "bread", "net_minor": 6_099 }]
        });
        let path = "/purchases?explain=false";
        let brief = bench.make("cashier", path, body).await;
        assert_eq!(brief["explanation"], json!({ "headline": "", "details": [] }));
        assert_eq!(brief["balances"][0]["available"], 60);
        // The words are there for whoever asks later.
        let id = brief["id"].as_str().unwrap();
        let found = bench.get("member", &format!("/purchases/{id}")).await;
        let headline = found["explanation"]["headline"].as_str().unwrap();
        assert!(headline.starts_with("60 points: 60 for €60.99"), "{headline}");
        assert_eq!((&found["changes"], &found["lines"]), (&brief["changes"], &brief["lines"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_a_receipt_counts_once_and_for_one_member() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let first = bench.sell(0, "t-1", 1_000).await;
        bench.clock.advance(lazo_domain::time::SECOND);
        let again = bench.sell(0, "t-1", 1_000).await;
        assert_eq!((&again["id"], &again["replayed"]), (&first["id"], &json!(true)));
        assert_eq!(again["effective_at"], first["effective_at"], "when it counted then");
        for (member, net, status, code) in
            [(0, 2_000, 422, "key_reused"), (1, 1_000, 409, "claimed_by_other")]
        {
            let body = json!({
                "member": bench.members[member].id, "reference": "t-1", "lines": [{ "product": "bread", "net_minor": net }]
            });
            let refused = bench.ask("cashier", "POST", "/purchases", Some(body)).await;
            assert_eq!((refused.status, refused.code()), (status, code), "{}", refused.body);
        }
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("member", &path).await["balances"][0]["available"], 10);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_dry_run_answers_the_same_and_does_nothing() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let body = json!({
            "member": "ext:email:ANA@example.com", "reference": "t-1", "lines": [{ "net_minor": 500 }]
        });
        let tried = bench.ask("cashier", "POST", "/purchases?dry_run=true", Some(body.clone())).await;
        assert_eq!((tried.status, &tried.body["changes"][0]["points"]), (200, &json!(5)));
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("member", &path).await["balances"], json!([]));
        let done = bench.make("cashier", "/purchases", body).await;
        assert_eq!(done["changes"], tried.body["changes"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_a_purchase_that_makes_no_sense_is_refused_with_its_place() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let whole = json!({
            "member": bench.members[0].id, "reference": "t-1", "lines": [{ "net_minor": 500 }]
        });
        for (pointer, value, status, code) in [
            ("/lines", json!([]), 422, "invalid"),
            ("/lines/0/net_minor", json!(i64::MAX), 422, "invalid"),
            ("/lines/0/net_minor", json!(2618.0), 422, "invalid"),
            ("/reference", json!(""), 422, "invalid"),
            ("/reference", json!("a\u{202e}\u{0}b"), 422, "invalid"),
            ("/reference", json!("x".repeat(201)), 422, "invalid"),
            ("/member", json!("mbr_0000000000000"), 404, "member_not_found"),
            ("/member", json!("me"), 404, "member_not_found"),
            ("/member", json!("ext:email:nobody@example.com"), 404, "member_not_found"),
        ] {
            let mut body = whole.clone();
            *body.pointer_mut(pointer).unwrap() = value;
            let answer = bench.ask("cashier", "POST", "/purchases", Some(body)).await;
            assert_eq!(
                (answer.status, answer.code()),
                (status, code),
                "{pointer}: {}",
                answer.body
            );
        }
        for (name, value, status, code) in [
            ("program", json!("nothing"), 404, "program_not_found"),
            ("at", json!("2026-11-02T09:00:01Z"), 422, "in_future"),
            ("at", json!("yesterday"), 422, "invalid"),
            ("balance", json!(5), 422, "invalid"),
        ] {
            let mut body = whole.clone();
            body[name] = value;
            let answer = bench.ask("cashier", "POST", "/purchases", Some(body)).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{name}: {}", answer.body);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_till_tells_of_a_sale_a_week_late_at_most_and_it_is_noted() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let sale = |reference: &str, day: &str| {
            json!({ "member": bench.members[0].id, "reference": reference, "at": format!("2026-10-{day}T09:00:00Z"),
                "lines": [{ "product": "bread", "net_minor": 1_000 }] })
        };
        // It is the second of November: the 27th of October is six days ago, the 24th nine.
        let late = bench.make("cashier", "/purchases", sale("t-1", "27")).await;
        let log = bench.get("admin", "/audit-entries").await;
        let noted = log["items"].as_array().unwrap().iter();
        let noted: Vec<_> = noted.filter(|entry| entry["action"] == "purchase.late").collect();
        assert_eq!((noted.len(), &noted[0]["object"]), (1, &late["id"]));
        let refused = bench.ask("cashier", "POST", "/purchases", Some(sale("t-2", "24"))).await;
        assert_eq!((refused.status, refused.code()), (422, "too_late"));
        bench.make("backend", "/purchases", sale("t-2", "24")).await;
        // What is on record already is answered as the first time, however late it is asked again.
        bench.clock.advance(30 * lazo_domain::time::DAY);
        let again = bench.make("cashier", "/purchases", sale("t-1", "27")).await;
        assert_eq!(again["replayed"], true);
    })
    .await;
}
