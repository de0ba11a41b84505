//! Nobody is in two journeys that contradict each other.

use std::collections::BTreeMap;

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{buy, days, draft, letter, open, people, plan, published, work};

#[tokio::test(flavor = "multi_thread")]
async fn r65_nobody_is_in_two_contradictory_journeys() {
    on_both(async |db| {
        let room = open(db).await;
        let members = room.people(8).await;
        let everybody = json!({ "name": "Everybody", "condition": "true" });
        let segment = room.bench.make("manager", "/segments", everybody).await["id"].clone();
        // Three journeys whose entries hold for the same people at the same time, with waits that overlap, and one outside of
        // the group.
        let mut all = Vec::new();
        for (name, entry, priority, group) in [
            ("Low", json!({ "type": "segment", "segment": segment }), 10, "lifecycle"),
            ("Middle", json!({ "type": "silent", "days": 3 }), 20, "lifecycle"),
            ("High", json!({ "type": "silent", "days": 6 }), 30, "lifecycle"),
            ("Apart", json!({ "type": "segment", "segment": segment }), 90, ""),
        ] {
            let mut draft = draft(name, plan(entry));
            draft["plan"]["again_after_days"] = json!(4);
            draft["plan"]["goal"]["count"] = json!(9);
            draft["priority"] = json!(priority);
            draft["group"] = json!(group);
            draft["plan"]["steps"][0] = letter("first", name);
            all.push((name, published(&room, draft).await));
        }
        for day in 0..30 {
            if day > 0 {
                days(&room, 1).await;
            }
            for (at, member) in members.iter().enumerate().filter(|(at, _)| day % (5 + at) == *at) {
                buy(&room, &json!(member.id), &format!("{day}-{at}"), 100).await;
            }
            // Two processes that both believe that it is their turn.
            tokio::join!(work(&room), work(&room));
            let mut under_way: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for (name, id) in all.iter().filter(|(name, _)| *name != "Apart") {
                for person in people(&room, id, "&state=waiting").await {
                    let member = person["member"].as_str().unwrap().to_owned();
                    under_way.entry(member).or_default().push(name);
                }
            }
            let two: Vec<_> = under_way.iter().filter(|(_, names)| names.len() > 1).collect();
            assert!(two.is_empty(), "day {day}: {two:?}");
        }
        let count = async |at: usize, query: &str| people(&room, &all[at].1, query).await.len();
        assert!(count(0, "&state=outranked").await > 0, "the higher one goes first");
        assert!(count(1, "&state=outranked").await > 0);
        assert_eq!(count(2, "&state=outranked").await, 0, "and nothing goes before the highest");
        assert!(count(2, "").await > 0);
        assert!(count(3, "&state=waiting").await > 0, "what is in no group contradicts nothing");
        // Who left hears nothing more of what was left: the second letter is of those who walked to it.
        for (_, id) in &all {
            let told = super::results(&room, id).await;
            let second = &told["steps"][2];
            let walked = |of: &Value| of["outcomes"]["sent"].as_u64().unwrap_or(0);
            assert_eq!(walked(second), told["done"].as_u64().unwrap(), "{told}");
        }
    })
    .await;
}
