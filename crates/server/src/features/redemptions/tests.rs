//! Redemptions and their vouchers through the API.

mod ways;

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

/// A coffee for 20 points (two in stock) and a bill that points pay in part.
pub const REWARDS: &str = r#"
[[programs.rewards]]
code = "coffee"
point_type = "points"
kind = { type = "voucher", valid_for = { days = 30 } }
price = 20
stock = 2

[[programs.rewards]]
code = "bill"
point_type = "points"
kind = { type = "part_payment", minor_per_point = "1" }
"#;

/// A bench with rewards and 60 points for the first member.
pub async fn bench(db: &lazo_store::testing::TestDb) -> Bench {
    let bench = Bench::with(db, &format!("{SHOP}{REWARDS}"), Limits::default()).await;
    bench.sell(0, "t-1", 6_000).await;
    bench
}

async fn available(bench: &Bench) -> Value {
    let path = format!("/accounts/{}/balances", bench.account(0));
    bench.get("member", &path).await["balances"][0]["available"].clone()
}

fn coffee(reference: &str, capture: bool) -> Value {
    json!({ "member": "me", "reward": "coffee", "reference": reference, "capture": capture })
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_voucher_is_reserved_captured_used_once() {
    on_both(async |db| {
        let bench = bench(db).await;
        let held = bench.make("member", "/redemptions", coffee("c-1", false)).await;
        assert_eq!((&held["state"], available(&bench).await), (&json!("reserved"), json!(40)));
        assert_eq!(held["vouchers"], json!([]));
        let id = held["id"].as_str().unwrap().to_owned();
        let again = bench.make("member", "/redemptions", coffee("c-1", false)).await;
        assert_eq!((&again["id"], &again["receipt"]["replayed"]), (&json!(id), &json!(true)));
        let path = format!("/redemptions/{id}");
        assert_eq!(bench.ask("other", "GET", &path, None).await.status, 404);
        assert_eq!(bench.ask("two", "GET", &path, None).await.status, 404);

        let capture = format!("{path}/capture");
        let taken = bench.ask("member", "POST", &capture, None).await;
        assert_eq!((taken.status, &taken.body["state"]), (200, &json!("captured")));
        let code = taken.body["vouchers"][0]["code"].as_str().unwrap().to_owned();
        assert_eq!(taken.body["vouchers"][0]["valid_until"], "2026-12-02T09:00:00Z");

        let sale = |reference: &str| Some(json!({ "reference": reference }));
        let typed = code.to_lowercase().replace('-', " ").replace(' ', "%20");
        let use_path = format!("/vouchers/{typed}/use");
        assert_eq!(bench.ask("member", "POST", &use_path, sale("s-1")).await.status, 403);
        assert_eq!(bench.ask("cashier", "POST", &use_path, sale("s-1")).await.status, 200);
        assert_eq!(bench.ask("cashier", "POST", &use_path, sale("s-1")).await.status, 200);
        let second = bench.ask("cashier", "POST", &use_path, sale("s-2")).await;
        assert_eq!((second.status, second.code()), (409, "voucher_state"));
        let late = bench.ask("member", "POST", &format!("{path}/cancel"), None).await;
        assert_eq!((late.status, late.code()), (409, "voucher_used"));
        assert_eq!(bench.get("member", &format!("/vouchers/{code}")).await["state"], "used");
        assert_eq!(available(&bench).await, 40);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_stock_comes_back_with_a_cancelled_redemption() {
    on_both(async |db| {
        let bench = bench(db).await;
        let first = bench.make("member", "/redemptions", coffee("c-1", true)).await;
        bench.make("member", "/redemptions", coffee("c-2", true)).await;
        let third = bench.ask("member", "POST", "/redemptions", Some(coffee("c-3", true))).await;
        assert_eq!((third.status, third.code()), (422, "out_of_stock"));
        let rewards = bench.get("member", "/rewards").await;
        let found = rewards["items"].as_array().unwrap().iter().find(|r| r["code"] == "coffee");
        assert_eq!(
            (&found.unwrap()["left"], &found.unwrap()["reason"]),
            (&json!(0), &json!("out_of_stock"))
        );

        let code = first["vouchers"][0]["code"].as_str().unwrap();
        let path = format!("/redemptions/{}/cancel", first["id"].as_str().unwrap());
        let back = bench.ask("member", "POST", &path, None).await;
        assert_eq!((back.status, &back.body["state"]), (200, &json!("cancelled")));
        assert_eq!(available(&bench).await, 40);
        let again = bench.ask("member", "POST", &path, None).await;
        assert_eq!((again.status, &again.body["receipt"]["replayed"]), (200, &json!(true)));
        let withdrawn = bench
            .ask(
                "cashier",
                "POST",
                &format!("/vouchers/{code}/use"),
                Some(json!({ "reference": "s" })),
            )
            .await;
        assert_eq!((withdrawn.status, withdrawn.code()), (409, "voucher_state"));
        bench.make("member", "/redemptions", coffee("c-3", true)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i10_a_reservation_lapses_and_gives_the_points_back() {
    on_both(async |db| {
        let bench = bench(db).await;
        let held = bench.make("member", "/redemptions", coffee("c-1", false)).await;
        bench.clock.advance(DAY);
        let path = format!("/redemptions/{}/capture", held["id"].as_str().unwrap());
        let late = bench.ask("member", "POST", &path, None).await;
        assert_eq!((late.status, late.code()), (409, "redemption_state"));
        let other = bench.make("member", "/redemptions", coffee("c-2", true)).await;
        assert_eq!(other["receipt"]["balances"][0]["available"], 40);
        assert_eq!(other["receipt"]["balances"][0]["held"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_200_parallel_redemptions_of_the_last_points_succeed_once() {
    on_both(async |db| {
        let bench = std::sync::Arc::new(bench(db).await);
        let tries = (0..200).map(|n| {
            let bench = std::sync::Arc::clone(&bench);
            let body = json!({
                "member": bench.members[0].id, "reward": "bill", "pay_minor": 60, "capture": true,
                "reference": format!("p-{n}")
            });
            tokio::spawn(
                async move { bench.ask("cashier", "POST", "/redemptions", Some(body)).await },
            )
        });
        let mut done = 0;
        for answer in futures_util::future::join_all(tries).await {
            let answer = answer.unwrap();
            match answer.status {
                201 => done += 1,
                422 => assert_eq!(answer.code(), "insufficient_balance"),
                status => panic!("{status}: {}", answer.body),
            }
        }
        assert_eq!((done, available(&bench).await), (1, json!(0)));
    })
    .await;
}
