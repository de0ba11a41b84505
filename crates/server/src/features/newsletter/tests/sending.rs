//! Letters of an issue leave once each, as they were previewed; also when the sender dies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use lazo_domain::time::SECOND;
use lazo_store::testing::on_both;
use serde_json::json;

use super::{Room, head, turn};
use crate::features::newsletter::send;

/// The sender dies again and again with letters in hand. Whoever goes on sends the rest; nobody gets a second letter but
/// those whose letter was in hand, under the same name.
#[tokio::test(flavor = "multi_thread")]
async fn r95_a_send_killed_half_way_reaches_each_address_exactly_once() {
    const MANY: usize = 40;
    const KILLS: usize = 5;
    on_both(async |db| {
        let room = Room::open(db).await;
        for number in 0..MANY {
            room.joined(&format!("p{number}@example.com")).await;
        }
        let id = room.scheduled(json!({})).await;
        let (mut struck, before) = (0, room.sink.count());
        while struck < KILLS {
            let further = room.sink.count() + 1 + (struck * 5 + 2) % (2 * MANY / (KILLS + 1));
            let (app, turn) = (room.bench.app.clone(), turn(&room.bench));
            let sending =
                tokio::spawn(async move { while send::step(&app, &turn).await.unwrap().more {} });
            while room.sink.count() < further && !sending.is_finished() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            sending.abort();
            if sending.await.is_ok() {
                break;
            }
            struck += 1;
            // What was in hand is left alone until its lease is over.
            room.bench.clock.advance(301 * SECOND);
        }
        assert!(struck >= 1, "it died {struck} times");
        room.work().await;
        assert_eq!(room.issue(&id).await["state"], "sent");
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let letters = room.issues();
        for letter in &letters {
            names.entry(letter.to[0].clone()).or_default().insert(head(letter, "Message-ID"));
        }
        assert_eq!(names.len(), MANY, "everybody");
        assert!(names.values().all(|of_one| of_one.len() == 1), "one letter has one name");
        let twice = letters.len() - MANY;
        assert!(twice <= struck * send::IN_HAND, "{twice} handed over twice after {struck} kills");
        assert_eq!(room.issue(&id).await["letters"], json!([{ "state": "sent", "letters": MANY }]));
        // Nothing is left to do, however often it is tried.
        room.work().await;
        assert_eq!(room.sink.count(), before + letters.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_two_senders_at_once_send_each_letter_once_and_as_it_was_previewed() {
    on_both(async |db| {
        let room = Room::open(db).await;
        for number in 0..12 {
            room.joined(&format!("p{number}@example.com")).await;
        }
        let id = room.scheduled(json!({})).await;
        tokio::join!(room.work(), room.work());
        room.work().await;
        let letters = room.issues();
        assert_eq!((letters.len(), &room.issue(&id).await["state"]), (12, &json!("sent")));
        let path = format!("/newsletter/issues/{id}/preview");
        let shown = room.bench.get("manager", &path).await;
        let (subject, words) = letters[0].read();
        assert_eq!(json!(subject), shown["subject"]);
        let until = |text: &str| text.split("\n-- ").next().unwrap().trim().replace('\r', "");
        assert_eq!(until(&words), until(shown["text"].as_str().unwrap()));
        assert!(words.contains("Ver: https://club.example.com/portal/one/program"), "{words}");
        assert!(shown["html"].as_str().unwrap().contains("Párrafo &lt;dos&gt;"));
    })
    .await;
}
