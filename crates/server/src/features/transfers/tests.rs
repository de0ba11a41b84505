//! Transfers through the API.

use lazo_store::testing::on_both;
use serde_json::json;

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_transfer_moves_every_point_once() {
    on_both(async |db| {
        let document = SHOP.replace("[[programs.point_types]]", "transfers = { allowed = true }\n\n[[programs.point_types]]");
        let bench = Bench::with(db, &document, Limits::default()).await;
        bench.sell(0, "t-1", 6_000).await;
        let gift = json!({
            "from": "me", "to": bench.members[1].id, "point_type": "points", "points": 25, "reference": "g-1"
        });
        // Another member is nobody one may look up: sending needs somebody who speaks for both.
        assert_eq!(bench.ask("member", "POST", "/transfers", Some(gift)).await.status, 404);
        let gift = json!({
            "from": bench.members[0].id, "to": bench.members[1].id, "point_type": "points", "points": 25,
            "reference": "g-1"
        });
        let sent = bench.make("backend", "/transfers", gift.clone()).await;
        assert_eq!(sent["balances"][0]["available"], 35);
        // A moment later, when "now" is another instant.
        bench.clock.advance(1_000_000);
        let again = bench.make("backend", "/transfers", gift).await;
        assert_eq!((&again["id"], &again["replayed"]), (&sent["id"], &json!(true)));
        let path = format!("/accounts/{}/lots", bench.account(1));
        let lots = bench.get("other", &path).await;
        assert_eq!((&lots["items"][0]["kind"], &lots["items"][0]["available"]), (&json!("transferred"), &json!(25)));
        let mine = bench.get("member", &format!("/accounts/{}/lots", bench.account(0))).await;
        assert_eq!(mine["items"][0]["expires_at"], lots["items"][0]["expires_at"]);
    })
    .await;
}

const GIVING: &str =
    "transfers = { allowed = true, min = 10, max = 50 }\n\n[[programs.point_types]]";

/// A shop with a portal where members give each other points.
async fn portal(db: &lazo_store::testing::TestDb) -> Bench {
    let shop = SHOP
        .replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"")
        .replace("[[programs.point_types]]", GIVING);
    let bench = Bench::with(db, &shop, Limits::default()).await;
    bench.sell(0, "t-1", 6_000).await;
    let card = json!({ "scheme": "card", "value": "8400 12 34" });
    let path = format!("/members/{}/identifiers", bench.members[1].id);
    let added = bench.ask("agent", "POST", &path, Some(card)).await;
    assert!(added.status < 300, "{}", added.body);
    bench
}

async fn has(bench: &Bench, at: usize) -> serde_json::Value {
    let path = format!("/accounts/{}/balances", bench.account(at));
    let found = bench.get("finance", &path).await;
    found["balances"].get(0).map_or(json!(0), |balance| balance["available"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_member_gives_points_to_the_card_of_another() {
    on_both(async |db| {
        let bench = portal(db).await;
        let own = bench.visitor(0, "one").await;
        let path = "/portal/one/transfers";
        let rewards = bench.browse(&own, "/portal/one/rewards", None).await;
        assert!(String::from_utf8_lossy(&rewards.octets).contains(path));
        // Looked at first: nothing has moved.
        let typed = "card=84001234&points=25&reference=g-1";
        let (status, look) = bench.fill(&own, path, typed).await;
        assert_eq!(status, 200, "{look}");
        assert!(look.contains("84001234") && look.contains("25") && look.contains("35"), "{look}");
        assert!(!look.contains("other@example.com"), "who it is stays unsaid");
        assert_eq!((has(&bench, 0).await, has(&bench, 1).await), (json!(60), json!(0)));
        let sure = format!("{typed}&confirmed=1");
        let (status, place) = bench.fill(&own, path, &sure).await;
        assert_eq!(status, 303, "{place}");
        assert_eq!((has(&bench, 0).await, has(&bench, 1).await), (json!(35), json!(25)));
        // A double click is one gift, and leads to the same movement.
        assert_eq!(bench.fill(&own, path, &sure).await, (303, place.clone()));
        assert_eq!((has(&bench, 0).await, has(&bench, 1).await), (json!(35), json!(25)));
        let movement = bench.browse(&own, &place, None).await;
        assert_eq!(movement.status, 200);
        let got = bench.browse(&bench.visitor(1, "one").await, "/portal/one/points", None).await;
        assert!(String::from_utf8_lossy(&got.octets).contains("25"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_gift_outside_its_limits_or_to_nobody_moves_nothing() {
    on_both(async |db| {
        let bench = portal(db).await;
        let own = bench.visitor(0, "one").await;
        let path = "/portal/one/transfers";
        let no_card =
            bench.fill(&own, path, "card=99999999&points=25&reference=g&confirmed=1").await;
        assert!(no_card.0 == 200 && no_card.1.contains("aria-invalid"), "{}", no_card.1);
        for points in ["9", "51", "-5", "x", ""] {
            let typed = format!("card=84001234&points={points}&reference=g&confirmed=1");
            let (status, page) = bench.fill(&own, path, &typed).await;
            assert!(status == 200 && page.contains("aria-invalid"), "{points}: {page}");
        }
        // Nobody gives to oneself.
        let mine = json!({ "scheme": "card", "value": "7700" });
        let names = format!("/members/{}/identifiers", bench.members[0].id);
        assert!(bench.ask("agent", "POST", &names, Some(mine)).await.status < 300);
        let (status, _) =
            bench.fill(&own, path, "card=7700&points=25&reference=g&confirmed=1").await;
        assert_eq!(status, 200);
        assert_eq!((has(&bench, 0).await, has(&bench, 1).await), (json!(60), json!(0)));
        // Cards are not tried out one after another.
        let mut refused = 0;
        for n in 0..30 {
            let typed = format!("card={n}&points=25&reference=g");
            refused += usize::from(bench.fill(&own, path, &typed).await.0 == 429);
        }
        assert!(refused >= 10, "{refused}");
    })
    .await;
}
