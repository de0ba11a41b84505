//! Leaving a list: one click without signing in, for its reader alone; complaints and letters that come back.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::{Room, head, one_click};

async fn given(room: &Room, member: &str) -> bool {
    let all = room.bench.get("agent", &format!("/members/{member}/consents")).await;
    let items = all["items"].as_array().unwrap().clone();
    let of = |item: &&Value| item["purpose"] == "offers" && item["channel"] == "email";
    items.iter().find(of).unwrap()["given"] == true
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_one_click_leaves_the_list_without_signing_in_and_for_its_reader_alone() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let people = room.people(2).await;
        let id = room.scheduled(json!({})).await;
        room.work().await;
        let letters = room.sink.letters();
        let own = letters.iter().find(|letter| letter.to == ["p0@example.com"]).unwrap();
        let (ana, eva) = (people[0].id.to_string(), people[1].id.to_string());
        let path = one_click(own);
        // Mail programs and scanners open links: that alone changes nothing, and leads to the page with the button.
        let shown = room.bench.ask("", "GET", &path, None).await;
        assert_eq!(shown.status, 303);
        let to = shown.headers["location"].to_str().unwrap();
        assert!(to.starts_with("/portal/one/unsubscribe/lzu_"), "{to}");
        assert!(own.read().1.contains(to), "the letter names the same page");
        assert!(given(&room, &ana).await);
        // RFC 8058, 3.2: a POST of this body, without cookies or any other proof, answered without a redirect.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        for _ in 0..2 {
            let left = room.bench.ask_with("", "POST", &path, None, &form).await;
            assert_eq!((left.status, &left.body), (200, &json!({ "unsubscribed": true })));
        }
        assert!(!given(&room, &ana).await && given(&room, &eva).await, "its reader alone");
        let log = room.bench.get("admin", "/audit-entries").await;
        let told = log["items"].as_array().unwrap().iter();
        let told: Vec<_> = told.filter(|entry| entry["action"] == "consents.changed").collect();
        assert_eq!(
            (told.len(), &told[0]["reason"]),
            (1, &json!("unsubscribed")),
            "on record, once"
        );
        assert_eq!(room.rows(&id, "&state=unsubscribed").await.len(), 1);
        for wrong in ["lzu_preview", "lzu_", "x", "%00"] {
            let path = format!("/unsubscribe/{wrong}");
            assert_eq!(room.bench.ask("", "POST", &path, None).await.status, 404, "{wrong}");
        }
        // The next campaign does not reach her.
        room.scheduled(json!({ "name": "Next" })).await;
        room.work().await;
        let next: Vec<_> = room.sink.letters().iter().take(1).map(|l| l.to.clone()).collect();
        assert_eq!((room.sink.letters().len(), next), (3, vec![vec!["p1@example.com".to_owned()]]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r67_a_complaint_takes_consent_back_and_a_returned_letter_counts_as_bounced() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let people = room.people(2).await;
        let id = room.scheduled(json!({})).await;
        room.work().await;
        let letters = room.sink.letters();
        let name = |to: &str| {
            let letter = letters.iter().find(|letter| letter.to == [to]).unwrap();
            head(letter, "Message-ID")
        };
        let tell = async |who: &str, name: &str, kind: &str| {
            let body = json!({ "message_id": name, "kind": kind });
            room.bench.ask(who, "POST", "/letters/returned", Some(body)).await.status
        };
        assert_eq!(tell("backend", &name("p0@example.com"), "complained").await, 204);
        assert_eq!(tell("backend", &name("p1@example.com"), "bounced").await, 204);
        assert_eq!(tell("two", &name("p1@example.com"), "complained").await, 422, "not theirs");
        assert_eq!(tell("backend", "<cmp_x@example.com>", "bounced").await, 422);
        assert_eq!(tell("backend", &name("p0@example.com"), "opened").await, 422);
        assert!(!given(&room, &people[0].id.to_string()).await);
        assert!(given(&room, &people[1].id.to_string()).await);
        let results = room.bench.get("analyst", &format!("/campaigns/{id}/results")).await;
        let treated = &results["treated"];
        assert_eq!(
            (&treated["complained"], &treated["states"]),
            (&json!(1), &json!({ "bounced": 1, "sent": 1 }))
        );
        assert_eq!(treated["reasons"], json!({ "returned": 1 }));
    })
    .await;
}

/// A trial goes to who asks for it, and to nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn r67_a_trial_letter_goes_to_the_caller_alone() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.people(2).await;
        let new =
            json!({ "login": "eva@one.example", "name": "Eva", "roles": ["program_manager"] });
        room.bench.make("manager", "/staff", new).await;
        let draft = room.draft(json!({})).await;
        let made = room.bench.make("manager", "/campaigns", draft).await;
        let path = format!("/campaigns/{}/trial", made["id"].as_str().unwrap());
        let trial = json!({ "locale": "en" });
        // `manager` signs in with a name that is no address.
        let refused = room.bench.ask("manager", "POST", &path, Some(trial.clone())).await;
        assert_eq!((refused.status, refused.code()), (409, "campaign_no_address"));
        let scope = room.bench.scope("eva@one.example").await;
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let to = crate::features::campaigns::trial(&scope, id, None, Some(crate::i18n::Locale::En))
            .await;
        assert_eq!(to, Ok("eva@one.example".to_owned()));
        let letters = room.sink.letters();
        assert_eq!((letters.len(), letters[0].to[0].as_str()), (1, "eva@one.example"));
        assert_eq!(letters[0].read().0, "Hello friend");
        assert_eq!(room.bench.ask("", "POST", &one_click(&letters[0]), None).await.status, 404);
    })
    .await;
}
