//! Joining by a letter: nobody is on a list who did not press the button, and who asks learns nothing of others.

use lazo_domain::time::{DAY, SECOND};
use lazo_store::testing::on_both;
use serde_json::json;

use super::{Room, page, to, turn};
use crate::features::newsletter::jobs;

#[tokio::test(flavor = "multi_thread")]
async fn r95_an_unconfirmed_address_never_receives_a_newsletter() {
    on_both(async |db| {
        let room = Room::open(db).await;
        for email in ["p0@example.com", "p1@example.com", "p2@example.com"] {
            room.ask(email).await;
        }
        // One confirms, one only has the link opened by a scanner, one does nothing.
        let (own, other) =
            (room.link("p0@example.com", "confirm"), room.link("p1@example.com", "confirm"));
        for _ in 0..3 {
            let shown = room.bench.browse("", &other, None).await;
            assert!(page(&shown).contains("Confirmar la suscripción"), "one button");
        }
        assert_eq!(room.list().await, json!({ "asked": 3 }), "opening a link changes nothing");
        for _ in 0..2 {
            let done = room.bench.browse("", &own, Some("")).await;
            assert_eq!((done.status, to(&done)), (303, "/portal/one/newsletter/welcome"));
        }
        assert_eq!(room.list().await, json!({ "active": 1, "asked": 2 }));
        room.letters("p0@example.com", |letters| letters.len() == 2).await;
        let id = room.scheduled(json!({})).await;
        room.work().await;
        let issues = room.issues();
        assert_eq!(
            issues.iter().map(|it| it.to[0].as_str()).collect::<Vec<_>>(),
            ["p0@example.com"]
        );
        assert_eq!(room.issue(&id).await["state"], "sent");
        // A link that is nobody's confirms nobody.
        for wrong in ["lzn_preview", "lzn_", "x"] {
            let path = format!("/portal/one/newsletter/confirm/{wrong}");
            let refused = room.bench.browse("", &path, Some("")).await;
            assert_eq!(to(&refused), path);
        }
        // After seven days the address is gone, its link is over, and nothing was ever written to it again.
        room.bench.clock.advance(7 * DAY + SECOND);
        let over = room.bench.browse("", &other, Some("")).await;
        assert_eq!(to(&over), other, "the link is over before the address is deleted");
        while jobs::forget(&room.bench.app, &turn(&room.bench)).await.unwrap().more {}
        assert_eq!(room.list().await, json!({ "active": 1 }));
        let asked = json!({ "email": "p1@example.com" });
        let path = "/newsletter/brands/corner/evidence";
        let gone = room.bench.ask("admin", "POST", path, Some(asked)).await;
        assert_eq!(gone.code(), "newsletter_subscriber_not_found");
        room.scheduled(json!({})).await;
        room.work().await;
        let letters = room.sink.letters();
        for email in ["p1@example.com", "p2@example.com"] {
            assert_eq!(letters.iter().filter(|it| it.to == [email]).count(), 1, "the first alone");
        }
        assert_eq!(room.issues().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_whoever_asks_hears_the_same_of_every_address_and_writes_few_letters() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.joined("known@example.com").await;
        let form = room.bench.browse("", "/portal/one/newsletter", None).await;
        let form = page(&form);
        assert!(form.contains("type=\"email\"") && !form.contains("checked"), "nothing is ticked");
        let mut heard = Vec::new();
        for email in ["known@example.com", "stranger@example.com"] {
            let answer = room.typed(email).await;
            heard.push((answer.status, to(&answer).to_owned(), page(&answer)));
        }
        assert_eq!(heard[0], heard[1]);
        assert_eq!((heard[0].0, heard[0].1.as_str()), (303, "/portal/one/newsletter/asked"));
        // Who is on the list already is told so by letter, and nobody else.
        let known = room.letters("known@example.com", |letters| letters.len() == 3).await;
        assert_eq!(known[2].read().0, "Ya estás en la lista de Corner");
        room.letters("stranger@example.com", |letters| letters.len() == 1).await;
        assert_eq!(room.typed("no address").await.status, 200, "the form again, with a word");
        // An address is sent three letters a day, whoever asks.
        for _ in 0..6 {
            room.ask("stranger@example.com").await;
        }
        assert_eq!(
            room.letters("stranger@example.com", |letters| letters.len() >= 3).await.len(),
            3
        );
        room.bench.clock.advance(DAY + SECOND);
        room.ask("stranger@example.com").await;
        room.letters("stranger@example.com", |letters| letters.len() == 4).await;
        // One network address makes us write ten an hour.
        let mut status = Vec::new();
        for number in 0..12 {
            status.push(room.typed(&format!("n{number}@example.com")).await.status);
        }
        assert_eq!(status.iter().filter(|status| **status == 303).count(), 10, "{status:?}");
        assert!(status.ends_with(&[429]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_a_new_reader_is_greeted_as_the_brand_chose_and_the_consent_is_on_record() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.ask("p0@example.com").await;
        let path = room.link("p0@example.com", "confirm");
        room.bench.browse("", &path, Some("")).await;
        let plain = "¡Te damos la bienvenida! Gracias por suscribirte";
        let welcome = room.bench.browse("", "/portal/one/newsletter/welcome", None).await;
        assert!(page(&welcome).contains(plain));
        let letters = room.letters("p0@example.com", |letters| letters.len() == 2).await;
        assert_eq!(letters[1].read().0, plain);
        room.put("/newsletter/brands/corner", json!({ "open": true, "greeting": "inclusive" }))
            .await;
        let welcome = room.bench.browse("", "/portal/one/newsletter/welcome", None).await;
        assert!(page(&welcome).contains("¡Bienvenid@!"));
        room.ask("p1@example.com").await;
        room.bench.browse("", &room.link("p1@example.com", "confirm"), Some("")).await;
        let letters = room.letters("p1@example.com", |letters| letters.len() == 2).await;
        assert!(letters[1].read().0.starts_with("¡Bienvenid@!"));
        // The record: what was read, where, when.
        let asked = || Some(json!({ "email": " P0@example.com" }));
        let path = "/newsletter/brands/corner/evidence";
        let record = room.bench.ask("admin", "POST", path, asked()).await;
        let steps = record.body["steps"].as_array().unwrap();
        let told: Vec<_> = steps
            .iter()
            .map(|it| (it["what"].as_str().unwrap(), it["place"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [("asked", "/portal/one/newsletter"), ("confirmed", "/portal/one/newsletter/confirm")]
        );
        assert!(
            steps.iter().all(|it| it["text"].as_str().unwrap().len() == 12 && it["at"].is_string())
        );
        assert_eq!(
            room.bench.ask("manager", "POST", path, asked()).await.status,
            200,
            "an administrator"
        );
        assert_eq!(room.bench.ask("analyst", "POST", path, asked()).await.status, 403);
        let log = room.bench.get("admin", "/audit-entries").await;
        let log = log["items"].as_array().unwrap();
        assert_eq!(log.iter().filter(|it| it["action"] == "newsletter.evidence_read").count(), 2);
        assert!(!log.iter().any(|it| it.to_string().contains("@example.com")), "nobody's address");
        let wrong =
            json!({ "open": true, "greeting": "loud", "topics": [{ "code": "A b", "name": {} }] });
        let refused =
            room.bench.ask("manager", "PUT", "/newsletter/brands/corner", Some(wrong)).await;
        assert_eq!((refused.status, refused.body["errors"].as_array().unwrap().len()), (422, 3));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_a_reader_chooses_topics_and_language_by_the_link_of_a_letter() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.joined("p0@example.com").await;
        room.joined("p1@example.com").await;
        let mine = room.link("p0@example.com", "mine");
        let shown = page(&room.bench.browse("", &mine, None).await);
        assert_eq!(
            shown.matches(" checked").count(),
            2,
            "both topics, until something is left out"
        );
        let saved = room.bench.browse("", &mine, Some("topic-shops=1&locale=en")).await;
        assert_eq!(to(&saved), format!("{mine}?saved"));
        room.scheduled(json!({ "topic": "recipes" })).await;
        room.work().await;
        assert_eq!(
            room.issues().iter().map(|it| it.to[0].as_str()).collect::<Vec<_>>(),
            ["p1@example.com"]
        );
        room.scheduled(json!({})).await;
        room.work().await;
        let english = room.issues().into_iter().find(|it| it.to == ["p0@example.com"]).unwrap();
        assert_eq!(english.read().0, "News from Corner");
        // The archive has what was sent, and nothing else.
        room.bench.make("manager", "/newsletter/issues", room.draft()).await;
        let archive = page(&room.bench.browse("", "/portal/one/newsletter/archive", None).await);
        assert_eq!(archive.matches("/newsletter/archive/nli_").count(), 2);
        let draft = room.bench.get("manager", "/newsletter/issues").await["items"][0]["id"].clone();
        let path = format!("/portal/one/newsletter/archive/{}", draft.as_str().unwrap());
        assert_eq!(
            room.bench.browse("", &path, None).await.status,
            404,
            "a draft is nobody's to read"
        );
        // Another brand's portal knows nothing of the link.
        let theirs = mine.replace("/portal/one/", "/portal/two/");
        assert_eq!(room.bench.browse("", &theirs, Some("locale=en")).await.status, 404);
    })
    .await;
}
