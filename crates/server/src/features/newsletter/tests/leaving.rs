//! Leaving a list: one click without signing in, at once; complaints, letters that come back, and what campaigns know.

use lazo_store::testing::on_both;
use serde_json::json;

use super::{Room, head, one_click, page, to, turn};
use crate::features::newsletter::send;

#[tokio::test(flavor = "multi_thread")]
async fn r95_one_click_unsubscribe_works_without_signing_in_and_at_once() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.joined("p0@example.com").await;
        room.joined("p1@example.com").await;
        room.scheduled(json!({})).await;
        room.work().await;
        let letters = room.issues();
        assert_eq!(letters.len(), 2);
        let own = letters.iter().find(|letter| letter.to == ["p0@example.com"]).unwrap();
        assert_eq!(head(own, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let path = one_click(own);
        // Mail programs and scanners open links: that alone changes nothing, and leads to the page with the button.
        let shown = room.bench.ask("", "GET", &path, None).await;
        assert_eq!(shown.status, 303);
        assert!(own.read().1.contains(to(&shown)), "the letter names the same page");
        assert!(page(&room.bench.browse("", to(&shown), None).await).contains("Darme de baja"));
        assert_eq!(room.list().await, json!({ "active": 2 }));
        // The next issue is laid already when the reader leaves: it does not reach her all the same.
        let next = room.scheduled(json!({})).await;
        let turn = turn(&room.bench);
        for _ in 0..2 {
            send::step(&room.bench.app, &turn).await.unwrap();
        }
        assert_eq!(room.issue(&next).await["letters"], json!([{ "state": "ready", "letters": 2 }]));
        // RFC 8058, 3.2: a POST of this body, without cookies or any other proof, answered without a redirect.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for _ in 0..2 {
            let left = room.bench.ask_with("", "POST", &path, None, &form).await;
            assert_eq!((left.status, &left.body), (200, &json!({ "unsubscribed": true })));
        }
        room.work().await;
        assert_eq!(room.list().await, json!({ "active": 1, "left": 1 }), "its reader alone");
        let letters = json!([{ "state": "sent", "letters": 1 }, { "state": "withheld", "reason": "left", "letters": 1 }]);
        assert_eq!(room.issue(&next).await["letters"], letters);
        assert_eq!(room.issues().len(), 3);
        for wrong in ["lzn_preview", "lzn_", "x", "%00"] {
            let path = format!("/newsletter/unsubscribe/{wrong}");
            assert_eq!(room.bench.ask("", "POST", &path, None).await.status, 404, "{wrong}");
        }
        let log = room.bench.get("admin", "/audit-entries").await;
        let log = log["items"].as_array().unwrap().iter();
        assert_eq!(log.filter(|it| it["action"] == "newsletter.left").count(), 1, "on record, once");
        // Who left may come back by asking and confirming again.
        room.joined("p0@example.com").await;
        assert_eq!(room.list().await, json!({ "active": 2 }));
        // The page does the same as the click.
        let leave = room.link("p1@example.com", "leave");
        let done = room.bench.browse("", &leave, Some("")).await;
        assert_eq!(to(&done), leave);
        assert!(page(&room.bench.browse("", &leave, None).await).contains("no está en la lista"));
        assert_eq!(room.list().await, json!({ "active": 1, "left": 1 }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_who_complained_or_cannot_be_reached_is_written_to_no_more() {
    on_both(async |db| {
        let room = Room::open(db).await;
        for number in 0..4 {
            room.joined(&format!("p{number}@example.com")).await;
        }
        room.sink.refuse("p3@example.com", "550 nobody here");
        let id = room.scheduled(json!({})).await;
        room.work().await;
        room.sink.refuse_nobody();
        let bounced = json!({ "state": "bounced", "reason": "550", "letters": 1 });
        assert_eq!(room.issue(&id).await["letters"][0], bounced);
        let letters = room.issues();
        let name = |to: &str| {
            let letter = letters.iter().find(|letter| letter.to == [to]).unwrap();
            head(letter, "Message-ID")
        };
        let tell = async |who: &str, name: &str, kind: &str| {
            let body = json!({ "message_id": name, "kind": kind });
            room.bench.ask(who, "POST", "/newsletter/returned", Some(body)).await.status
        };
        assert_eq!(tell("backend", &name("p0@example.com"), "complained").await, 204);
        assert_eq!(tell("backend", &name("p1@example.com"), "bounced").await, 204);
        assert_eq!(tell("two", &name("p2@example.com"), "complained").await, 422, "not theirs");
        assert_eq!(tell("backend", "<nli_x@example.com>", "bounced").await, 422);
        assert_eq!(tell("backend", &name("p2@example.com"), "opened").await, 422);
        assert_eq!(room.list().await, json!({ "active": 1, "bounced": 2, "complained": 1 }));
        let before = room.sink.count();
        for number in [0, 1, 3] {
            room.ask(&format!("p{number}@example.com")).await;
        }
        assert_eq!(room.sink.count(), before, "nothing is written to them, whoever asks");
        room.scheduled(json!({})).await;
        room.work().await;
        assert_eq!(room.issues().len(), 4);
    })
    .await;
}

/// What a member did with a letter of a campaign after joining the newsletter counts here; what was before does not, for
/// the confirmation is the later word.
#[tokio::test(flavor = "multi_thread")]
async fn r95_suppressions_of_campaigns_are_honoured() {
    on_both(async |db| {
        let room = Room::open(db).await;
        // `ana` of the bench is a member; her address is hers by an identifier.
        let member = room.bench.members[0].id;
        let card = json!({ "scheme": "email", "value": "ana@example.com" });
        let path = format!("/members/{member}/identifiers");
        room.bench.ask("agent", "POST", &path, Some(card)).await;
        let given = json!({ "items": [{ "purpose": "offers", "channel": "email", "given": true }] });
        room.bench.ask("member", "PUT", "/members/me/consents", Some(given)).await;
        room.joined("ana@example.com").await;
        room.joined("p1@example.com").await;
        let everybody = json!({ "name": "Everybody", "condition": "true" });
        let segment = room.bench.make("manager", "/segments", everybody).await;
        let draft = json!({ "name": "Autumn", "segment": segment["id"], "purpose": "offers", "holdout": 0,
            "content": { "variants": [{ "name": "A", "weight": 1, "texts": { "es-ES": { "subject": "Hola", "body": "Uno." } } }] } });
        let made = room.bench.make("manager", "/campaigns", draft).await;
        let path = |last: &str| format!("/campaigns/{}/{last}", made["id"].as_str().unwrap());
        room.bench.ask("manager", "POST", &path("submit"), None).await;
        let yes = json!({ "approved": true });
        room.bench.ask("second", "POST", &path("decisions"), Some(yes)).await;
        room.bench.ask("manager", "POST", &path("schedule"), Some(json!({}))).await;
        room.bench.clock.advance(lazo_domain::time::SECOND);
        let turn = turn(&room.bench);
        while crate::features::campaigns::send::step(&room.bench.app, &turn).await.unwrap().more {}
        let letter = room.issues().into_iter().next().expect("the campaign's letter");
        let body = json!({ "message_id": head(&letter, "Message-ID"), "kind": "complained" });
        let told = room.bench.ask("backend", "POST", "/letters/returned", Some(body)).await;
        assert_eq!(told.status, 204, "{}", told.body);
        let id = room.scheduled(json!({})).await;
        room.work().await;
        let letters = json!([{ "state": "sent", "letters": 1 }, { "state": "withheld", "reason": "complained", "letters": 1 }]);
        assert_eq!(room.issue(&id).await["letters"], letters);
    })
    .await;
}
