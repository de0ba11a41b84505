//! Adjustments through the API: limits, reasons and the second person.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::Bench;

fn ask(bench: &Bench, points: i64, reason: &str) -> Option<Value> {
    let member = bench.members[0].id;
    Some(json!({ "member": member, "point_type": "points", "points": points, "reason": reason }))
}

#[tokio::test(flavor = "multi_thread")]
async fn r116_a_large_adjustment_waits_for_a_second_person() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let small =
            bench.ask("agent", "POST", "/adjustments", ask(&bench, 1_000, "goodwill")).await;
        assert_eq!((small.status, &small.body["state"]), (201, &json!("posted")), "{}", small.body);
        assert_eq!(small.body["receipt"]["balances"][0]["available"], 1_000);

        let large =
            bench.ask("manager", "POST", "/adjustments", ask(&bench, 1_001, "goodwill")).await;
        assert_eq!((large.status, &large.body["state"]), (202, &json!("pending")));
        let path = format!("/adjustments/{}/approve", large.body["id"].as_str().unwrap());
        let own = bench.ask("manager", "POST", &path, None).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"));
        assert_eq!(bench.ask("agent", "POST", &path, None).await.status, 403);
        assert_eq!(bench.ask("two", "POST", &path, None).await.status, 404);
        let waiting = bench.get("finance", "/adjustments?pending=true").await;
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        let agreed = bench.ask("second", "POST", &path, None).await;
        assert_eq!((agreed.status, &agreed.body["state"]), (200, &json!("posted")));
        assert_eq!(agreed.body["receipt"]["balances"][0]["available"], 2_001);
        let again = bench.ask("second", "POST", &path, None).await;
        assert_eq!((again.status, again.code()), (409, "adjustment_decided"));

        let no =
            bench.ask("manager", "POST", "/adjustments", ask(&bench, -2_000, "correction")).await;
        let path = format!("/adjustments/{}/reject", no.body["id"].as_str().unwrap());
        assert_eq!(bench.ask("second", "POST", &path, None).await.body["state"], "rejected");
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("finance", &path).await["balances"][0]["available"], 2_001);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r116_a_large_adjustment_in_small_pieces_waits_all_the_same() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        for (points, status) in [(600, 201), (400, 201), (1, 202), (-1, 202)] {
            let asked =
                bench.ask("agent", "POST", "/adjustments", ask(&bench, points, "goodwill")).await;
            assert_eq!(asked.status, status, "{points}: {}", asked.body);
        }
        bench.clock.advance(lazo_domain::time::DAY + 1);
        let next_day =
            bench.ask("agent", "POST", "/adjustments", ask(&bench, 900, "goodwill")).await;
        assert_eq!(next_day.status, 201, "{}", next_day.body);
        let pieces =
            (0..8).map(|_| bench.ask("agent", "POST", "/adjustments", ask(&bench, 30, "goodwill")));
        let answers = futures_util::future::join_all(pieces).await;
        let alone = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(alone, 3, "900 and three times 30 are within 1000, however they race");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r116_the_second_person_is_not_the_maker_of_the_key_that_asked() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let key = json!({ "name": "own", "role": "admin" });
        let first = bench.make("manager", "/api-keys", key.clone()).await;
        let as_first = [("authorization", format!("Bearer {}", first["secret"].as_str().unwrap()))];
        let as_first = as_first.each_ref().map(|(name, value)| (*name, value.as_str()));
        // A key that a key made leads back to the same person.
        let second = bench.ask_with("", "POST", "/api-keys", Some(key), &as_first).await;
        let as_second = format!("Bearer {}", second.body["secret"].as_str().unwrap());
        let as_second = [("authorization", as_second.as_str())];
        for headers in [as_first, as_second] {
            let asked = ask(&bench, 5_000, "goodwill");
            let waits = bench.ask_with("", "POST", "/adjustments", asked, &headers).await;
            assert_eq!(waits.status, 202, "{}", waits.body);
            let path = format!("/adjustments/{}/approve", waits.body["id"].as_str().unwrap());
            let own = bench.ask("manager", "POST", &path, None).await;
            assert_eq!((own.status, own.code()), (403, "four_eyes"));
            assert_eq!(bench.ask("second", "POST", &path, None).await.status, 200);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r116_an_adjustment_needs_a_known_reason_and_the_points() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        for (points, reason, code) in [
            (5, "because", "bad_reason"),
            (-5, "correction", "insufficient_balance"),
            (0, "goodwill", "invalid"),
        ] {
            let refused =
                bench.ask("agent", "POST", "/adjustments", ask(&bench, points, reason)).await;
            assert_eq!((refused.status, refused.code()), (422, code), "{}", refused.body);
        }
        let cashier =
            bench.ask("cashier", "POST", "/adjustments", ask(&bench, 5, "goodwill")).await;
        assert_eq!(cashier.status, 403);
        let all = bench.get("admin", "/adjustments").await;
        assert!(all["items"].as_array().unwrap().iter().all(|a| a["state"] == "rejected"));
    })
    .await;
}

/// Goal: I5. An adjustment has no name but its idempotency key. Method: the answer that was kept for the key is lost, as
/// when a process dies between the effect and its answer, and the request comes again, also days later.
#[tokio::test(flavor = "multi_thread")]
async fn i5_an_adjustment_counts_once_per_key_for_ever() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let headers = [("idempotency-key", "k-1")];
        let post = |points: i64| {
            let (bench, body) = (&bench, ask(&bench, points, "goodwill"));
            async move { bench.ask_with("agent", "POST", "/adjustments", body, &headers).await }
        };
        let first = post(5).await;
        assert_eq!(first.status, 201, "{}", first.body);
        for days in [0, 1, 30] {
            bench.clock.advance(days * lazo_domain::time::DAY);
            bench.app.db.execute("delete from idempotency", &[]).await.unwrap();
            let again = post(5).await;
            assert_eq!(
                (again.status, &again.body["id"]),
                (201, &first.body["id"]),
                "{}",
                again.body
            );
            assert_eq!(again.body["receipt"]["id"], first.body["receipt"]["id"]);
        }
        bench.app.db.execute("delete from idempotency", &[]).await.unwrap();
        let other = post(6).await;
        assert_eq!((other.status, other.code()), (422, "idempotency_key_reused"));
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("finance", &path).await["balances"][0]["available"], 5);
    })
    .await;
}
