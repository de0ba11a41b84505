//! What everything is worth, through the public doors.

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

/// A brand with three programs: a point is worth a cent, five cents, and half a cent.
fn shop() -> String {
    let program = |code: &str, value: &str, each: i64| {
        format!(
            "\n[[programs]]\ncode = \"{code}\"\nbrand = \"corner\"\nname = {{ es = \"El {code}\" }}\ncurrency = \"EUR\"\n\
            time_zone = \"Europe/Madrid\"\n\n[[programs.point_types]]\ncode = \"{code}-points\"\nvalue_minor = \"{value}\"\n\
            expiry = {{ basis = \"earned\", term = {{ days = 40 }} }}\n\
            \n[[programs.earning_rules]]\ncode = \"base\"\npoint_type = \"{code}-points\"\n\
            effect = {{ type = \"points_per_amount\", points = {each}, per_minor = 100 }}\n"
        )
    };
    let first = SHOP
        .replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"")
        .replace("code = \"points\"\n", "code = \"points\"\nvalue_minor = \"1\"\n");
    let review = "\n[[programs.earning_rules]]\ncode = \"review\"\nname = { es = \"Tu opinión\" }\non = \"review\"\n\
        point_type = \"points\"\neffect = { type = \"fixed\", points = 7 }\n\
        \n[[programs.rewards]]\ncode = \"mug\"\nname = { es = \"Una taza\" }\npoint_type = \"points\"\n\
        kind = { type = \"product\" }\nprice = 30\n";
    first + review + &program("hotel", "5", 2) + &program("mill", "1/2", 1)
}

async fn sells(bench: &Bench, program: &str, reference: &str, store: Option<&str>, cents: i64) {
    let line = json!({ "product": "bread", "net_minor": cents });
    let mut sale = json!({ "member": bench.members[0].id, "program": program, "reference": reference, "lines": [line] });
    if let Some(store) = store {
        sale["store"] = json!(store);
    }
    bench.make("cashier", "/purchases", sale).await;
}

fn sums(line: &Value) -> (i64, i64) {
    let number = |value: &Value| value.as_i64().unwrap();
    let parts = line["actions"].as_array().unwrap().iter().map(|it| number(&it["points"]));
    let total = ["available", "pending", "held"].iter().map(|side| number(&line[*side])).sum();
    (parts.sum::<i64>() + number(&line["before"]), total)
}

/// Goal: a member of three programs sees the sum of all balances at the published rates, and every point by the action that
/// brought it. Method: purchases, a review, a return, a redemption and points that end, whose effects are worked out by hand.
#[tokio::test(flavor = "multi_thread")]
async fn r100_r2_r108_three_programs_are_one_sum_and_each_point_has_its_action() {
    on_both(async |db| {
        let bench = Bench::with(db, &shop(), Limits::default()).await;
        for program in ["hotel", "mill"] {
            let path = format!("/members/{}/memberships/{program}", bench.members[0].id);
            let joined = bench.ask("agent", "PUT", &path, None).await;
            assert!(joined.status < 300, "{}", joined.body);
        }
        sells(&bench, "club", "c-1", Some("centro"), 10_000).await;
        sells(&bench, "club", "c-2", Some("centro"), 2_000).await;
        sells(&bench, "club", "c-3", None, 500).await;
        sells(&bench, "hotel", "h-1", None, 3_000).await;
        sells(&bench, "mill", "m-1", None, 1_100).await;
        let ana = bench.members[0].id;
        let back = json!({ "member": ana, "purchase": { "reference": "c-2" }, "reference": "b-1" });
        assert_eq!(bench.ask("cashier", "POST", "/returns", Some(back)).await.status, 201);
        let review =
            json!({ "member": ana, "program": "club", "name": "review", "reference": "r-1" });
        let posted = bench.ask("backend", "POST", "/events", Some(review)).await;
        assert_eq!(posted.status, 201, "{}", posted.body);
        let reserve =
            json!({ "member": ana, "program": "club", "reward": "mug", "reference": "x-1" });
        let made = bench.make("backend", "/redemptions", reserve).await;
        let path = format!("/redemptions/{}/capture", made["id"].as_str().unwrap());
        let captured = bench.ask("backend", "POST", &path, None).await;
        assert!(captured.status < 300, "{}", captured.body);

        // Club: 100 + 20 + 5 − 20 + 7 − 30 = 82 at 1; hotel: 60 at 5; mill: 11 at ½, rounded down.
        let told = bench.get("member", "/members/me/value").await;
        assert_eq!(told["worth_minor"], 82 + 60 * 5 + 5, "{told}");
        let lines = told["lines"].as_array().unwrap();
        let worth: Vec<i64> = lines.iter().map(|it| it["worth_minor"].as_i64().unwrap()).collect();
        assert_eq!(worth, [82, 300, 5]);
        let club = &lines[0];
        let action = |name: &str| {
            let all = club["actions"].as_array().unwrap().iter();
            let found = all.clone().find(|it| it["name"] == name);
            found.map(|it| (it["points"].as_i64().unwrap(), it["events"].as_i64().unwrap()))
        };
        assert_eq!(action("purchase"), Some((125, 3)));
        assert_eq!(action("return"), Some((-20, 1)));
        assert_eq!(action("event:review"), Some((7, 1)));
        assert_eq!(action("redemption").map(|(points, _)| points), Some(-30));
        assert_eq!((&club["earned"], &club["used"]), (&json!(112), &json!(30)));
        // By rule: 125 by the base rule, 7 by the review's, and what came back.
        let rules = club["rules"].as_array().unwrap().iter();
        let rules: Vec<_> = rules.map(|it| (it["name"].clone(), it["points"].clone())).collect();
        let by_rule = [("", -20), ("base", 125), ("review", 7)];
        assert_eq!(rules, by_rule.map(|(name, points)| (json!(name), json!(points))));
        let centro = club["places"].as_array().unwrap().iter().find(|it| it["name"] == "centro");
        assert_eq!(centro.unwrap()["points"], 120);
        for line in lines {
            let (parts, total) = sums(line);
            assert_eq!(parts, total, "{line}");
        }

        let visitor = bench.visitor(0, "one").await;
        let page = bench.browse(&visitor, "/portal/one/value", None).await;
        let page = String::from_utf8_lossy(&page.octets).into_owned();
        for told in ["3,87", "100 points = 1,00", "Tu opinión", "El hotel", "−30", "−20"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        let event = club["actions"][0]["latest"][0].as_str().unwrap();
        let line = bench.browse(&visitor, &format!("/portal/one/points/{event}"), None).await;
        assert_eq!((line.status, page.contains(event)), (200, true), "each opens");

        // Who redeems in one program lets time pass in all: what ended there is no redemption.
        bench.clock.advance(50 * DAY);
        let reserve =
            json!({ "member": ana, "program": "club", "reward": "mug", "reference": "x-2" });
        bench.make("backend", "/redemptions", reserve).await;
        sells(&bench, "hotel", "h-2", None, 100).await;
        let told = bench.get("agent", &format!("/members/{ana}/value")).await;
        let hotel = &told["lines"][1];
        let ended = hotel["actions"].as_array().unwrap().iter().find(|it| it["name"] == "elapse");
        assert_eq!(ended.map(|it| &it["points"]), Some(&json!(-60)), "{hotel}");
        assert_eq!(
            hotel["months"],
            json!([
                { "month": "2026-11", "earned": 60, "used": 0, "change": 60 },
                { "month": "2026-12", "earned": 2, "used": 0, "change": -58 },
            ])
        );
        assert_eq!((sums(hotel), &hotel["used"]), ((2, 2), &json!(0)));
        let club = &told["lines"][0];
        assert_eq!((sums(club), &club["held"], &club["used"]), ((82, 82), &json!(30), &json!(30)));
        assert_eq!(
            bench.ask("two", "GET", &format!("/members/{ana}/value"), None).await.status,
            404
        );
        let other = format!("/members/{}/value", bench.members[1].id);
        assert_eq!(bench.ask("member", "GET", &other, None).await.status, 404);
    })
    .await;
}
