//! Unmerge, roll back and what comes late, with numbers worked out by hand.

use lazo_domain::merging::SourceKey;
use lazo_store::testing::on_both;

use super::super::fault::MergeFault;
use super::super::state::State;
use super::super::store::items;
use super::{Office, unseen};

fn hotel(number: &str) -> SourceKey {
    SourceKey::new("hotel", number)
}

/// Ana has 352: 212 of the hotel's 163 stars, 140 of the shop's stamps. Afterward 50 are earned with the hotel's card, 30
/// with the shop's and 7 with nobody knows whose; 200 are spent, of the lots that end first: the shop's 100 of September
/// 2026, then 100 of the hotel's of May 2027; the shop's 40 end in June 2027.
#[tokio::test(flavor = "multi_thread")]
async fn a12_m55_a_wrong_merge_is_taken_apart_with_all_that_happened_since() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let card = ("card", "0001");
        office.buy(card, "r-1", 50, "hotel/B-1").await;
        office.buy(card, "r-2", 30, "shop/0001").await;
        office.buy(card, "r-3", 7, "").await;
        office.coffee(card, "c-1", 2).await;
        let before = office.points("card", "0001").await;
        assert_eq!(before, 352 + 87 - 200);
        let project = office.project().await;
        let (request, shown) =
            office.ana.ask_unmerge(&project, &[hotel("B-1")], false).await.unwrap();
        assert!(shown["unplaced"].as_array().is_some_and(|events| events.len() == 1), "{shown}");
        // Whoever asked does not agree.
        let own = office.ana.decide_request(&project, request.request, true, &unseen).await;
        assert!(matches!(own, Err(MergeFault::Refused(why)) if why.code == "four_eyes"));
        office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
        let (stays, leaves) =
            (office.points("card", "0001").await, office.points("hotel", "B-1").await);
        assert_eq!(stays + leaves, before, "nothing made, nothing lost");
        assert_eq!((stays, leaves), (40 + 30 + 7, 212 - 100 + 50));
        let (one, other) =
            (office.member("card", "0001").await, office.member("hotel", "B-1").await);
        assert_ne!(one, other, "each has an account of its own");
        assert_eq!(office.member("shop", "0001").await, one);
        let again = office.eva.decide_request(&project, request.request, true, &unseen).await;
        assert!(matches!(again, Err(MergeFault::Refused(why)) if why.code == "merge_decided"));
        // The wave still agrees: what it opened is what it opened.
        let report = office.ana.reconcile(&office.project().await, 2, &unseen).await.unwrap();
        assert!(report.agrees, "{report:?}");
    })
    .await;
}

/// After 50 transactions a wave is given back: the sources get their snapshot plus these transactions.
#[tokio::test(flavor = "multi_thread")]
async fn a13_m54_a_wave_is_rolled_back_with_what_happened_since() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        office.wave(1).await;
        let card = ("card", "0002");
        for number in 0..49 {
            office.buy(card, &format!("r-{number}"), 10, "").await;
        }
        office.coffee(card, "c-1", 3).await;
        assert_eq!(office.points("card", "0002").await, 1_250 + 490 - 300);
        let project = office.project().await;
        let request = office.ana.ask_rollback(&project, 1).await.unwrap();
        office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
        for (scheme, number) in [("card", "0002"), ("card", "0003"), ("hotel", "B-2")] {
            assert_eq!(office.points(scheme, number).await, 0, "{scheme}/{number}");
        }
        let project = office.project().await;
        assert_eq!(project.state, State::RolledBack);
        let back =
            items::page(&office.app.db, &project, "given_back", ("", ""), 500).await.unwrap();
        let points: i64 = back
            .iter()
            .filter(|item| item.key.member == "0002")
            .map(|item| {
                serde_json::from_str::<serde_json::Value>(&item.body).unwrap()["points"]
                    .as_i64()
                    .unwrap()
            })
            .sum();
        assert_eq!(1_250 + points, 1_250 + 490 - 300, "the snapshot plus what happened");
        // It can be planned and posted anew.
        office.plan_and_approve().await;
        office.wave(1).await;
        assert_eq!(office.points("card", "0002").await, 1_250);
    })
    .await;
}

pub const CHANGES: &str = r#"
kind = "changes"
source = "hotel"
program = "uno"

[fields]
member = "id"
transaction = "tx"
change = "what"
lot = "lot"
point_type = { constant = "stars" }
points = "stars"
granted = "granted"
earned_at = "at"
expires_at = "until"
"#;

/// 3 stars late are worth what they would have been in time: 166 × 13/10 = 215.8, so 216, 4 more than 212. Of l2 (57
/// stars, 74 points) a third comes back: 19 of 57 are 24. Taken twice they count once.
#[tokio::test(flavor = "multi_thread")]
async fn a11_m27_m30_late_points_and_returns_after_the_merge() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let mapping = office.file("changes.toml", CHANGES);
        let rows = "id,tx,what,lot,stars,granted,at,until\n\
            B-1,t-1,earned,x1,3,,2026-01-20T00:00:00Z,2027-05-02T00:00:00Z\n\
            B-1,t-2,returned,l2,19,57,,\n\
            B-1,t-3,returned,l9,1,1,,\n\
            B-9,t-4,earned,x1,3,,2026-01-20T00:00:00Z,\n";
        let file = office.file("changes.csv", rows);
        let project = office.project().await;
        let done = office.ana.take_in(&project, &file, &mapping, &unseen).await.unwrap();
        assert_eq!((done.items, done.known, done.posted), (4, 0, 2), "{done:?}");
        assert_eq!(done.refused.keys().collect::<Vec<_>>(), ["late_no_account", "late_no_lot"]);
        assert_eq!(office.points("hotel", "B-1").await, 352 + 4 - 24);
        let again = office.ana.take_in(&project, &file, &mapping, &unseen).await.unwrap();
        assert_eq!((again.items, again.known, again.posted), (4, 4, 0));
        assert_eq!(office.points("hotel", "B-1").await, 352 + 4 - 24);
    })
    .await;
}

/// Before its wave a change is caught up, the plan is no longer approved, and the new one opens the new balance; while
/// the sources are frozen it waits, and counts as of when it happened.
#[tokio::test(flavor = "multi_thread")]
async fn m26_m42_changes_before_the_wave_are_caught_up_and_queued_in_the_freeze() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        office.wave(1).await;
        let mapping = office.file("changes.toml", CHANGES);
        let rows = "id,tx,what,lot,stars,granted,at,until\n\
            B-1,t-1,earned,x1,3,,2026-01-31T22:00:00Z,2027-05-02T00:00:00Z\n";
        let file = office.file("changes.csv", rows);
        office.ana.advance(&office.project().await, State::Frozen).await.unwrap();
        let done =
            office.ana.take_in(&office.project().await, &file, &mapping, &unseen).await.unwrap();
        assert_eq!((done.queued, done.caught_up), (1, 0));
        office.ana.advance(&office.project().await, State::Delta).await.unwrap();
        let refused = office.ana.run_wave(&office.project().await, 2, &unseen).await;
        assert!(
            matches!(refused, Err(MergeFault::Refused(why)) if why.code == "merge_not_approved")
        );
        office.plan_and_approve().await;
        office.wave(2).await;
        assert_eq!(office.points("hotel", "B-1").await, 216 + 140);
        assert_eq!(office.points("card", "0002").await, 1_250, "wave 1 is as it was");
    })
    .await;
}
