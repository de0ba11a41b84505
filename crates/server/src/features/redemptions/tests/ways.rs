//! Every way to redeem, from "you can now" to the points back on the lots that they came from.

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::{Bench, SHOP};
use crate::http::{Limits, Role};

/// One reward of each kind, and a ladder whose gold can be paid for.
const WAYS: &str = r#"
[[programs.tier_groups]]
code = "level"
measure = "visits"
window = "lifetime"
tiers = [{ code = "silver", threshold = 5 }, { code = "gold", name = { es = "Oro" }, threshold = 50 }]

[[programs.rewards]]
code = "mug"
point_type = "points"
kind = { type = "product" }
price = 70

[[programs.rewards]]
code = "coffee"
point_type = "points"
kind = { type = "voucher", valid_for = { days = 30 } }
price = 80

[[programs.rewards]]
code = "bill"
point_type = "points"
kind = { type = "part_payment", minor_per_point = "1" }

[[programs.rewards]]
code = "show"
point_type = "points"
kind = { type = "experience", starts_at = "2026-12-20T18:00:00Z" }
price = 90

[[programs.rewards]]
code = "meals"
name = { es = "Comidas", en = "Meals" }
point_type = "points"
kind = { type = "donation", to = { es = "la Despensa" }, value_minor = 500 }
price = 100

[[programs.rewards]]
code = "credit"
point_type = "points"
kind = { type = "invoice_credit", value_minor = 600 }
price = 110

[[programs.rewards]]
code = "lift"
point_type = "points"
kind = { type = "tier_boost", group = "level", tier = "gold", lasts = { months = 1 } }
price = 95

[[programs.rewards]]
code = "far"
point_type = "points"
kind = { type = "product" }
price = 161
"#;

/// Two lots for the first member: 60 points of today and 100 of a day later.
async fn bench(db: &lazo_store::testing::TestDb) -> Bench {
    let bench = Bench::with(db, &format!("{SHOP}{WAYS}"), Limits::default()).await;
    bench.sell(0, "t-1", 6_000).await;
    bench.clock.advance(DAY);
    bench.sell(0, "t-2", 10_000).await;
    bench
}

/// What is left on each lot, the oldest first.
async fn lots(bench: &Bench) -> Vec<i64> {
    let path = format!("/accounts/{}/lots", bench.account(0));
    let found = bench.get("finance", &path).await;
    let items = found["items"].as_array().unwrap();
    let mut all: Vec<(String, i64)> = items
        .iter()
        .map(|lot| {
            (lot["earned_at"].as_str().unwrap().to_owned(), lot["available"].as_i64().unwrap())
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, available)| available).collect()
}

async fn tier(bench: &Bench) -> Value {
    let path = format!("/members/{}/tiers", bench.members[0].id);
    bench.get("agent", &path).await["items"][0]["tier"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_every_way_to_redeem_goes_there_and_back_to_the_same_lots() {
    // What it costs, what is left on the two lots then, may the member undo it alone, does it leave a code.
    let ways = [
        ("mug", 70, [0, 90], true, true),
        ("coffee", 80, [0, 80], true, true),
        ("bill", 75, [0, 85], false, false),
        ("show", 90, [0, 70], true, true),
        ("meals", 100, [0, 60], true, true),
        ("credit", 110, [0, 50], true, true),
        ("lift", 95, [0, 65], false, false),
    ];
    on_both(async |db| {
        let bench = bench(db).await;
        let all = bench.get("member", "/rewards").await;
        let mut now: Vec<&str> = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|reward| reward["available"] == true)
            .map(|reward| reward["code"].as_str().unwrap())
            .collect();
        now.sort_unstable();
        assert_eq!(now, ["bill", "coffee", "credit", "lift", "meals", "mug", "show"]);
        for (n, (code, price, left, alone, leaves_code)) in ways.into_iter().enumerate() {
            let mut body =
                json!({ "member": "me", "reward": code, "reference": format!("way-{n}") });
            if code == "bill" {
                body["pay_minor"] = json!(75);
            }
            let held = bench.make("member", "/redemptions", body).await;
            assert_eq!((&held["state"], &held["points"]), (&json!("reserved"), &json!(price)));
            assert_eq!(lots(&bench).await, left, "{code}");
            let path = format!("/redemptions/{}", held["id"].as_str().unwrap());
            let spent = bench.ask("member", "POST", &format!("{path}/capture"), None).await;
            assert_eq!((spent.status, &spent.body["state"]), (200, &json!("captured")), "{code}");
            let codes = spent.body["vouchers"].as_array().unwrap().len();
            assert_eq!((codes == 1, &spent.body["cancellable"]), (leaves_code, &json!(alone)));
            let held_tier = tier(&bench).await;
            assert_eq!(held_tier == "gold", code == "lift", "{code}: {held_tier}");
            let back = bench.ask("member", "POST", &format!("{path}/cancel"), None).await;
            if alone {
                assert_eq!(
                    (back.status, &back.body["state"]),
                    (200, &json!("cancelled")),
                    "{code}"
                );
            } else {
                assert_eq!((back.status, back.code()), (409, "redemption_spent"), "{code}");
                let by_staff = bench.ask("agent", "POST", &format!("{path}/cancel"), None).await;
                assert_eq!(by_staff.status, 200, "{code}: {}", by_staff.body);
            }
            assert_eq!(lots(&bench).await, [60, 100], "{code}");
            assert_ne!(tier(&bench).await, "gold", "{code}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_donation_is_final_once_the_back_office_has_paid_it() {
    on_both(async |db| {
        let mut bench = bench(db).await;
        bench.add_person("fina", Role::Finance).await;
        bench.add_person("ada", Role::Agent).await;
        let meals = |reference: &str| {
            json!({ "member": "me", "reward": "meals", "reference": reference, "capture": true })
        };
        let given = bench.make("member", "/redemptions", meals("d-1")).await;
        let page = bench.page("fina", "/console/vouchers").await;
        assert!(page.contains("Comidas") && page.contains("5,00"), "{page}");
        let page = bench.page("fina", "/console/vouchers/meals").await;
        assert!(page.contains("la Despensa") && page.contains("name=\"reference\""), "{page}");
        // Whoever only answers members sees what waits and says of nothing that it was paid.
        let agent = bench.page("ada", "/console/vouchers/meals").await;
        assert!(!agent.contains("name=\"reference\""), "{agent}");
        let (desk, own) = (bench.desk("fina").await, "/console/vouchers/meals");
        let (status, _) = bench.fill(&desk, own, "reference=").await;
        assert_eq!(status, 200, "a reference is asked for");
        let (status, place) = bench.fill(&desk, own, "reference=SEPA-77").await;
        assert_eq!((status, place.as_str()), (303, own));
        let code = given["vouchers"][0]["code"].as_str().unwrap();
        assert_eq!(bench.get("member", &format!("/vouchers/{code}")).await["state"], "used");
        let path = format!("/redemptions/{}/cancel", given["id"].as_str().unwrap());
        for who in ["member", "agent"] {
            let late = bench.ask(who, "POST", &path, None).await;
            assert_eq!((late.status, late.code()), (409, "voucher_used"), "{who}");
        }
        let page = bench.page("fina", "/console/vouchers").await;
        assert!(!page.contains("Comidas"), "{page}");
        let audit = bench.get("admin", "/audit-entries?limit=1").await;
        assert_eq!(audit["items"][0]["action"], "vouchers.handed_over");
        assert_eq!(audit["items"][0]["detail"]["reference"], "SEPA-77");
    })
    .await;
}
