//! The goal, measured against those who were left alone; and who leaves by it.

use std::collections::BTreeMap;

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{buy, days, draft, open, people, plan, published, results, work};

#[tokio::test(flavor = "multi_thread")]
async fn r65_goal_is_measured_against_the_holdout() {
    on_both(async |db| {
        let room = open(db).await;
        let mut wanted = draft("Welcome", plan(json!({ "type": "enrolled" })));
        wanted["holdout"] = json!(4_000);
        let id = published(&room, wanted).await;
        room.people(80).await;
        work(&room).await;
        let all = people(&room, &id, "").await;
        let treated = all.iter().filter(|person| person["arm"] == "treated").count();
        assert_eq!(
            (all.len(), room.sink.letters().len()),
            (80, treated),
            "those left alone hear nothing"
        );
        // Of ten with letters eight buy, of those left alone one in four, on the third day.
        days(&room, 3).await;
        let mut own: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (at, person) in all.iter().enumerate() {
            let arm = person["arm"].as_str().unwrap();
            let group = own.entry(arm).or_default();
            group.0 += 1;
            let buys = if arm == "treated" {
                !group.0.is_multiple_of(5)
            } else {
                group.0.is_multiple_of(4)
            };
            if buys {
                group.1 += 1;
                buy(&room, &person["member"], &format!("t-{at}"), 1_000).await;
            }
        }
        work(&room).await;
        let early = results(&room, &id).await;
        assert_eq!(early["effect"]["reached"], Value::Null, "nobody has had all the days: {early}");
        assert_eq!(
            early["groups"]
                .as_array()
                .unwrap()
                .iter()
                .map(|g| g["open"].as_u64().unwrap())
                .sum::<u64>(),
            80
        );
        // The second letter is only for those who have not arrived, and who were not left alone.
        for _ in 0..9 {
            days(&room, 1).await;
            work(&room).await;
        }
        // What is bought after the days that count is no goal reached.
        let late = all.iter().filter(|p| p["arm"] == "holdout").take(3);
        for (at, person) in late.enumerate() {
            buy(&room, &person["member"], &format!("late-{at}"), 1_000).await;
        }
        work(&room).await;
        let found = results(&room, &id).await;
        let group = |name: &str| {
            let found = found["groups"]
                .as_array()
                .unwrap()
                .iter()
                .find(|g| g["name"] == name)
                .unwrap()
                .clone();
            (found["people"].as_u64().unwrap(), found["reached"].as_u64().unwrap())
        };
        assert_eq!((group("treated"), group("holdout")), (own["treated"], own["holdout"]));
        let effect = &found["effect"];
        assert_eq!(
            (&effect["sound"], &effect["reached"]["verdict"]),
            (&json!(true), &json!("higher")),
            "{effect}"
        );
        let share = |(people, reached): (u64, u64)| reached as f64 / people as f64;
        let difference = share(own["treated"]) - share(own["holdout"]);
        assert!((effect["reached"]["estimate"].as_f64().unwrap() - difference).abs() < 1e-9);
        // Each figure opens to its rows.
        let reached = people(&room, &id, "&state=reached").await;
        assert_eq!(reached.len() as u64, own["treated"].1 + own["holdout"].1);
        assert!(
            reached.iter().all(|person| person["state"] == "left" && person["reason"] == "goal"),
            "who arrives leaves"
        );
        let letters = room.sink.letters().len() as u64;
        let (all, arrived) = own["treated"];
        assert_eq!(
            letters,
            all + (all - arrived),
            "one letter each, and a second one for who has not arrived"
        );
        let steps = &found["steps"];
        assert_eq!(steps[0]["outcomes"]["sent"].as_u64(), Some(all));
        assert_eq!(steps[0]["outcomes"]["kept"].as_u64(), Some(own["holdout"].0));
        assert_eq!(steps[1]["left"].as_u64(), Some(own["treated"].1 + own["holdout"].1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r65_a_small_difference_is_said_to_be_not_conclusive_and_a_redemption_is_a_goal() {
    on_both(async |db| {
        let room = open(db).await;
        let mut wanted = draft("Near", plan(json!({ "type": "near_reward", "missing": 100 })));
        wanted["plan"]["goal"] = json!({ "type": "redemption", "days": 5 });
        wanted["holdout"] = json!(5_000);
        let members = room.people(12).await;
        for (at, member) in members.iter().enumerate() {
            // 100 points are fifty short of the coffee, 20 are too few.
            buy(&room, &json!(member.id), &format!("b-{at}"), if at < 10 { 10_000 } else { 2_000 })
                .await;
        }
        let id = published(&room, wanted).await;
        work(&room).await;
        let all = people(&room, &id, "").await;
        assert_eq!(all.len(), 10, "who lacks a little enters, nobody else");
        days(&room, 1).await;
        let lucky = &all[0]["member"];
        buy(&room, lucky, "enough", 6_000).await;
        let order = json!({ "member": lucky, "reward": "coffee", "reference": "r-1" });
        room.bench.make("cashier", "/redemptions", order).await;
        work(&room).await;
        days(&room, 1).await;
        work(&room).await;
        assert_eq!(people(&room, &id, "&state=reached").await[0]["member"], *lucky);
        days(&room, 6).await;
        work(&room).await;
        let effect = results(&room, &id).await["effect"].clone();
        assert_eq!(effect["reached"]["verdict"], "not_conclusive", "{effect}");
    })
    .await;
}
