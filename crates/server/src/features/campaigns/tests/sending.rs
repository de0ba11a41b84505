//! Letters leave once each, as they were previewed, to who still agrees when they leave; also when the sender dies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_store::testing::on_both;
use serde_json::json;

use super::{Room, again, head};
use crate::features::campaigns::send;
use crate::jobs::{Stop, Turn};

#[tokio::test(flavor = "multi_thread")]
async fn r67_what_is_sent_is_what_was_previewed_in_each_readers_language() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let people = room.people(2).await;
        let id = room.scheduled(json!({})).await;
        room.work().await;
        let letters = room.sink.letters();
        assert_eq!(letters.len(), 2);
        for (member, subject) in people.iter().zip(["Hola Ñ0: 0 puntos", "Hello Ñ1"]) {
            let path = format!("/campaigns/{id}/preview?member={}", member.id);
            let shown = room.bench.get("manager", &path).await;
            assert_eq!(shown["subject"], subject);
            let letter = letters.iter().find(|letter| letter.read().0 == subject).unwrap();
            assert_eq!(
                shown["raw"].as_str().unwrap().trim_end(),
                letter.raw.trim_end(),
                "to the octet"
            );
            assert_eq!(head(letter, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
            let name = format!("<{id}.{}@example.com>", member.id);
            assert_eq!(head(letter, "Message-ID"), name);
        }
        let spanish = letters.iter().find(|letter| letter.to == ["p0@example.com"]).unwrap();
        let (_, words) = spanish.read();
        assert!(words.contains("Párrafo uno.\n\nPárrafo <dos> de Corner."), "{words}");
        assert!(words.contains("Ver: https://club.example.com/portal/one/rewards"), "{words}");
        assert!(words.contains("porque aceptaste recibir mensajes de Corner"), "{words}");
        let html =
            room.bench.get("manager", &format!("/campaigns/{id}/preview")).await["html"].clone();
        assert!(html.as_str().unwrap().contains("Párrafo &lt;dos&gt; de Corner"), "{html}");
        assert!(
            html.as_str().unwrap().contains("Hola") || html.as_str().unwrap().contains("Corner")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_consent_withdrawn_after_scheduling_is_honoured() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let people = room.people(3).await;
        let draft = room.draft(json!({})).await;
        let made = room.bench.make("manager", "/campaigns", draft).await;
        let path = |last: &str| format!("/campaigns/{}/{last}", made["id"].as_str().unwrap());
        room.bench.ask("manager", "POST", &path("submit"), None).await;
        room.bench
            .ask("second", "POST", &path("decisions"), Some(json!({ "approved": true })))
            .await;
        let hour = json!({ "send_at": "2026-11-02T10:00:00Z" });
        let given = room.bench.ask("manager", "POST", &path("schedule"), Some(hour)).await;
        assert_eq!(given.body["state"], "scheduled");
        room.work().await;
        assert!(room.sink.letters().is_empty(), "its hour has not come");
        // One takes it back before groups are drawn, one between the drawing and the letter.
        room.consent(people[0].id, false).await;
        room.bench.clock.advance(3_600 * SECOND);
        let (_stopper, stop) = Stop::new();
        let turn = Turn { now: room.bench.app.clock.now(), stop };
        send::step(&room.bench.app, &turn).await.unwrap();
        send::step(&room.bench.app, &turn).await.unwrap();
        let id = made["id"].as_str().unwrap();
        assert_eq!(room.rows(id, "").await.len(), 2, "drawn, and nothing sent");
        room.consent(people[1].id, false).await;
        room.work().await;
        let letters = room.sink.letters();
        assert_eq!(letters.iter().map(|l| l.to.clone()).collect::<Vec<_>>(), [["p2@example.com"]]);
        let held = room.rows(id, "&state=withheld").await;
        assert_eq!((held.len(), &held[0]["reason"]), (1, &json!("no_consent")));
        assert_eq!(held[0]["member"], json!(people[1].id));
    })
    .await;
}

/// The sender dies again and again with letters in hand. Whoever goes on sends the rest; nobody gets a second letter but
/// those whose letter was in hand, under the same name. `LAZO_CAMPAIGN_LETTERS` and `LAZO_CAMPAIGN_KILLS` make it long.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "only measures how fast letters go out")]
async fn r67_a_send_killed_half_way_reaches_each_person_exactly_once() {
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().map_or(usual, |told| told.parse().expect(name))
    };
    let (many, kills) = (number("LAZO_CAMPAIGN_LETTERS", 120), number("LAZO_CAMPAIGN_KILLS", 10));
    on_both(async |db| {
        let room = Room::open(db).await;
        room.people(many).await;
        let id = room.scheduled(json!({})).await;
        let mut struck = 0;
        let began = Instant::now();
        while struck < kills {
            let before = room.sink.count();
            // Between one letter and twice as many as bring the last stroke near the end.
            let further = 1 + (struck * 7 + 3) % (2 * many / (kills + 1)).max(1);
            let (app, now) = (again(&room), room.bench.app.clock.now());
            let sending = tokio::spawn(async move {
                let (_stopper, stop) = Stop::new();
                let turn = Turn { now, stop };
                while send::step(&app, &turn).await.unwrap().more {}
            });
            while room.sink.count() < before + further && !sending.is_finished() {
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
        assert!(struck >= 1 && (kills > 10 || struck > kills / 2), "it died {struck} times");
        room.work().await;
        assert_eq!(room.campaign(&id).await["state"], "sent");
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let letters = room.sink.letters();
        for letter in &letters {
            names.entry(letter.to[0].clone()).or_default().insert(head(letter, "Message-ID"));
        }
        assert_eq!(names.len(), many, "everybody");
        assert!(names.values().all(|of_one| of_one.len() == 1), "one letter has one name");
        let twice = letters.len() - many;
        assert!(twice <= struck * send::IN_HAND, "{twice} handed over twice after {struck} kills");
        let rows = room.rows(&id, "").await;
        let other: Vec<_> = rows.iter().filter(|row| row["state"] != "sent").collect();
        assert!(other.is_empty() && rows.len() == many, "{other:?}");
        println!(
            "{many} letters, {struck} kills: {twice} handed over again, {:.0} a second",
            many as f64 / began.elapsed().as_secs_f64()
        );
        // Nothing is left to do, however often it is tried.
        room.work().await;
        assert_eq!(room.sink.letters().len(), letters.len());
    })
    .await;
}

/// Two processes that both believe that it is their turn.
#[tokio::test(flavor = "multi_thread")]
async fn r67_two_senders_at_once_send_each_letter_once() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.people(40).await;
        let id = room.scheduled(json!({})).await;
        tokio::join!(room.work(), room.work());
        room.work().await;
        assert_eq!(room.sink.letters().len(), 40);
        assert_eq!(room.campaign(&id).await["state"], "sent");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_a_server_that_refuses_waits_or_stays_away_is_told_apart() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.people(3).await;
        let id = room.scheduled(json!({})).await;
        room.sink.refuse("p0@example.com", "550 nobody here");
        room.sink.refuse("p1@example.com", "451 not now");
        room.work().await;
        assert_eq!(room.sink.letters().len(), 1);
        let bounced = room.rows(&id, "&state=bounced").await;
        assert_eq!((bounced.len(), &bounced[0]["reason"]), (1, &json!("550")));
        assert_eq!(room.campaign(&id).await["state"], "sending", "one letter waits");
        room.sink.refuse_nobody();
        room.work().await;
        assert_eq!(room.sink.letters().len(), 1, "it is not tried at once");
        room.bench.clock.advance(121 * SECOND);
        room.work().await;
        assert_eq!(room.sink.letters().len(), 2);
        assert_eq!(room.campaign(&id).await["state"], "sent");
        // A server that never takes it: after two days it counts as not delivered.
        let id = room.scheduled(json!({ "name": "Again" })).await;
        room.sink.refuse("p2@example.com", "451 not now");
        room.work().await;
        room.bench.clock.advance(2 * DAY + SECOND);
        room.work().await;
        let bounced = room.rows(&id, "&state=bounced").await;
        assert_eq!((bounced.len(), &bounced[0]["reason"]), (1, &json!("gave_up")));
        let ended = room.campaign(&id).await["ended_at"].as_str().map(Timestamp::parse);
        assert_eq!(ended, Some(Ok(room.bench.app.clock.now())));
    })
    .await;
}
