//! Each letter leaves once, also when whoever sends it dies; and what members are left in peace by holds here too.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use lazo_domain::time::SECOND;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{days, draft, letter, open, people, plan, published, results, subjects, work};
use crate::features::campaigns::tests::{again, head};
use crate::features::journeys::walk;
use crate::jobs::{Stop, Turn};

/// The sender dies again and again with letters in hand and with letters that left and were not noted yet. Whoever goes on
/// sends the rest; nobody gets a second letter but those whose letter was in hand, under the same name.
#[tokio::test(flavor = "multi_thread")]
async fn r65_a_walk_killed_again_and_again_hands_each_letter_over_once() {
    on_both(async |db| {
        const MANY: usize = 60;
        let room = open(db).await;
        let mut wanted = draft("Welcome", plan(json!({ "type": "enrolled" })));
        wanted["plan"]["steps"][1] = letter("between", "Y medio");
        let id = published(&room, wanted).await;
        room.people(MANY).await;
        let mut struck = 0;
        while struck < 8 {
            let before = room.sink.count();
            let further = 1 + (struck * 7 + 3) % 20;
            let (app, now) = (again(&room), room.bench.app.clock.now());
            let walking = tokio::spawn(async move {
                let (_stopper, stop) = Stop::new();
                let turn = Turn { now, stop };
                while walk::step(&app, &turn).await.unwrap().more {}
            });
            while room.sink.count() < before + further && !walking.is_finished() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            walking.abort();
            if walking.await.is_ok() {
                break;
            }
            struck += 1;
            // What was in hand is left alone until its lease is over.
            room.bench.clock.advance(301 * SECOND);
        }
        assert!(struck >= 4, "it died {struck} times");
        for _ in 0..3 {
            room.bench.clock.advance(301 * SECOND);
            work(&room).await;
        }
        let mut names: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        let letters = room.sink.letters();
        for letter in &letters {
            let of = (letter.to[0].clone(), letter.read().0);
            names.entry(of).or_default().insert(head(letter, "Message-ID"));
        }
        assert_eq!(names.len(), 3 * MANY, "everybody, each of the three");
        assert!(names.values().all(|of_one| of_one.len() == 1), "one letter has one name");
        let twice = letters.len() - 3 * MANY;
        assert!(twice <= struck * walk::IN_HAND, "{twice} handed over twice after {struck} kills");
        assert_eq!(people(&room, &id, "&state=done").await.len(), MANY);
        let told = results(&room, &id).await;
        for step in told["steps"].as_array().unwrap() {
            assert_eq!(step["outcomes"], json!({ "sent": MANY }), "{told}");
        }
        work(&room).await;
        assert_eq!(room.sink.letters().len(), letters.len(), "nothing is left to do");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r66_a_journey_keeps_quiet_hours_and_counts_within_the_weekly_limit() {
    on_both(async |db| {
        let room = open(db).await;
        let policy = |most: i64, from: i64, to: i64| {
            json!({ "max_per_week": most, "quiet_from": from, "quiet_to": to, "universal_holdout": 0 })
        };
        // Ten in Madrid at the beginning; quiet from ten to twelve.
        room.policy(policy(1, 10, 12)).await;
        let id = published(&room, draft("Welcome", plan(json!({ "type": "enrolled" })))).await;
        room.people(1).await;
        work(&room).await;
        assert_eq!(room.sink.count(), 0, "nothing leaves in quiet hours");
        room.bench.clock.advance(2 * 3_600 * SECOND);
        work(&room).await;
        assert_eq!(subjects(&room, "p0@example.com"), ["Uno"]);
        // The week's only letter was the journey's: the campaign's does not leave, and is counted as such.
        let campaign = room.scheduled(json!({ "name": "Autumn" })).await;
        room.work().await;
        let held = room.rows(&campaign, "&state=withheld").await;
        assert_eq!((held.len(), &held[0]["reason"]), (1, &json!("cap")));
        // And the other way round: a campaign's letter of the week keeps the journey's second one back.
        room.bench.clock.advance(7 * 86_400 * SECOND - 3 * 3_600 * SECOND);
        room.scheduled(json!({ "name": "Later" })).await;
        room.policy(policy(2, 0, 0)).await;
        room.work().await;
        room.policy(policy(1, 0, 0)).await;
        room.bench.clock.advance(3 * 3_600 * SECOND);
        work(&room).await;
        let told = results(&room, &id).await;
        assert_eq!(told["steps"][2]["outcomes"], json!({ "cap": 1 }), "{told}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r65_paused_sends_nothing_resumed_does_not_pile_up_and_ended_lets_everybody_go() {
    on_both(async |db| {
        let room = open(db).await;
        let mut wanted = draft("Welcome", plan(json!({ "type": "enrolled" })));
        let steps = wanted["plan"]["steps"].as_array_mut().unwrap();
        steps.push(json!({ "type": "wait", "code": "again", "days": 2 }));
        steps.push(letter("third", "Tres"));
        let id = published(&room, wanted).await;
        room.people(1).await;
        work(&room).await;
        let ask = async |last: &str| {
            let answer =
                room.bench.ask("manager", "POST", &format!("/journeys/{id}/{last}"), None).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        };
        ask("pause").await;
        days(&room, 30).await;
        work(&room).await;
        let own = || subjects(&room, "p0@example.com");
        assert_eq!(own(), ["Uno"]);
        ask("resume").await;
        work(&room).await;
        assert_eq!(own(), ["Uno", "Dos"], "not the third at once, though its day is long past");
        days(&room, 1).await;
        work(&room).await;
        assert_eq!(own().len(), 2);
        ask("end").await;
        days(&room, 1).await;
        work(&room).await;
        assert_eq!(own().len(), 2);
        let rows = people(&room, &id, "").await;
        assert_eq!((&rows[0]["state"], &rows[0]["reason"]), (&json!("left"), &json!("ended")));
        let told: Vec<Value> =
            room.bench.get("admin", "/audit-entries").await["items"].as_array().unwrap().clone();
        for action in ["made", "submitted", "decided", "paused", "resumed", "ended"] {
            let action = format!("journey.{action}");
            assert!(
                told.iter().any(|entry| entry["action"] == action.as_str()),
                "{action} is on record"
            );
        }
    })
    .await;
}
