//! Members are left in peace: so many letters a week, none by night, and some never.

use lazo_domain::time::{DAY, SECOND};
use lazo_store::testing::on_both;
use serde_json::json;

use super::Room;

#[tokio::test(flavor = "multi_thread")]
async fn r66_two_a_week_holds_under_five_campaigns_at_once() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.policy(
            json!({ "max_per_week": 2, "quiet_from": 0, "quiet_to": 0, "universal_holdout": 0 }),
        )
        .await;
        room.people(5).await;
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(room.scheduled(json!({ "name": format!("Campaign {number}") })).await);
        }
        room.work().await;
        let count = |address: &str| {
            room.sink.letters().iter().filter(|letter| letter.to == [address]).count()
        };
        for number in 0..5 {
            assert_eq!(count(&format!("p{number}@example.com")), 2);
        }
        let mut held = 0;
        for id in &ids {
            held += room
                .rows(id, "&state=withheld")
                .await
                .iter()
                .filter(|row| row["reason"] == "cap")
                .count();
        }
        assert_eq!(held, 15, "three of five for each of five people");
        // Seven days later there is room again, and not a second before.
        room.bench.clock.advance(7 * DAY - SECOND);
        room.scheduled(json!({ "name": "Early" })).await;
        room.work().await;
        assert_eq!(room.sink.letters().len(), 10);
        room.bench.clock.advance(SECOND);
        room.scheduled(json!({ "name": "Late" })).await;
        room.work().await;
        assert_eq!(room.sink.letters().len(), 15);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r66_nothing_leaves_in_quiet_hours() {
    on_both(async |db| {
        let room = Room::open(db).await;
        // Ten in Madrid at the beginning; quiet from ten to twelve, and then over midnight.
        room.people(1).await;
        for (from, to, wait) in [(10, 12, 2), (12, 9, 21)] {
            let before = room.sink.letters().len();
            let policy = json!({ "max_per_week": 7, "quiet_from": from, "quiet_to": to, "universal_holdout": 0 });
            room.policy(policy).await;
            let id = room.scheduled(json!({})).await;
            room.work().await;
            room.bench.clock.advance((wait * 3_600 - 1) * SECOND);
            room.work().await;
            assert_eq!((room.sink.letters().len(), &room.campaign(&id).await["state"]), (before, &json!("scheduled")));
            room.bench.clock.advance(SECOND);
            room.work().await;
            assert_eq!((room.sink.letters().len(), &room.campaign(&id).await["state"]), (before + 1, &json!("sent")));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r74_the_universal_holdout_hears_of_no_campaign_and_stays_the_same_people() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let share = |universal: i64| {
            json!({ "max_per_week": 7, "quiet_from": 0, "quiet_to": 0, "universal_holdout": universal })
        };
        room.policy(share(3_000)).await;
        room.people(60).await;
        let mut alone = Vec::new();
        for name in ["One", "Two"] {
            let id = room.scheduled(json!({ "name": name, "holdout": 2_000 })).await;
            room.work().await;
            let rows = room.rows(&id, "&arm=universal").await;
            alone.push(rows.iter().map(|row| row["member"].clone()).collect::<Vec<_>>());
            assert!(rows.iter().all(|row| row["state"] == "kept"));
            let holdout = room.rows(&id, "&arm=holdout").await.len();
            let sent = room.rows(&id, "&state=sent").await.len();
            assert_eq!(rows.len() + holdout + sent, 60, "everybody is in one group");
            assert!(holdout > 0);
        }
        assert_eq!(alone[0], alone[1]);
        // Of 60 with a chance of 0.3 between 6 and 30 in all but one of a million draws.
        assert!((6..=30).contains(&alone[0].len()), "{}", alone[0].len());
        // A larger share keeps those who were left alone.
        room.policy(share(5_000)).await;
        let id = room.scheduled(json!({ "name": "Three" })).await;
        room.work().await;
        let more: Vec<_> = room.rows(&id, "&arm=universal").await.iter().map(|row| row["member"].clone()).collect();
        assert!(alone[0].iter().all(|member| more.contains(member)) && more.len() > alone[0].len());
    })
    .await;
}
