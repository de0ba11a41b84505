//! The ledger's contract on both engines: what goes in once counts once, and comes back as it was written.

mod books;
mod keys;
mod requests;
pub(crate) mod shop;
mod undo;

use std::collections::BTreeSet;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, PurchaseRef};
use lazo_domain::ids::{AccountId, EventId, RedemptionId};
use lazo_domain::points::Points;
use lazo_domain::refusal::Refusal;
use serde_json::json;

use super::{Command, PostError};
use crate::testing::on_both;
use shop::{Shop, TENANT, back, buy, opening, reserve};

fn refused(result: Result<super::Receipt, PostError>) -> Refusal {
    match result {
        Err(PostError::Refused(refusal)) => refusal,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_purchase_becomes_a_balance_a_lot_and_entries() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let receipt = shop.post(1, "r1", buy(1234)).await.unwrap();
        assert_eq!(receipt.outcome.changes[0].points, Points(12));
        assert!(!receipt.replayed);
        assert_eq!(shop.available(1).await, 12);
        let entries =
            shop.ledger.books().entries_of(TENANT, AccountId(1), receipt.event).await.unwrap();
        let lines: Vec<_> = entries.iter().map(|line| (line.side, line.points.0)).collect();
        assert_eq!(lines, [(Side::Available, 12), (Side::Issued, -12)]);
        assert_eq!(shop.count("event").await, 1);
        assert_eq!(shop.count("lot").await, 1);
        assert_eq!(shop.count("claim").await, 1);
        assert_eq!(shop.count("outbox").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_the_same_key_counts_once_and_answers_the_same() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let first = shop.post(1, "r1", buy(1000)).await.unwrap();
        let again = shop.post(1, "r1", buy(1000)).await.unwrap();
        assert!(again.replayed);
        assert_eq!((again.event, &again.outcome), (first.event, &first.outcome));
        assert_eq!(refused(shop.post(1, "r1", buy(2000)).await), Refusal::KeyReused);
        assert_eq!(shop.available(1).await, 10);
        // Within one batch too.
        let batch = [("r2", 500), ("r2", 500), ("r2", 600)];
        let commands = batch.map(|(key, minor)| shop.command(1, key, buy(minor))).to_vec();
        let answers = shop.ledger.post(commands).await;
        assert!(!answers[0].as_ref().unwrap().replayed);
        assert!(answers[1].as_ref().unwrap().replayed);
        assert!(matches!(answers[2], Err(PostError::Refused(Refusal::KeyReused))));
        assert_eq!(shop.available(1).await, 15);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_fifty_posts_at_once_with_one_key_count_once() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let posts = (0..50).map(|n| {
            let (ledger, command) = (shop.ledger.clone(), shop.command(1, "r1", buy(1000)));
            // Half of them past the gatherer, so that several transactions race.
            tokio::spawn(async move {
                match n % 2 {
                    0 => ledger.post_one(command).await,
                    _ => ledger.post(vec![command]).await.remove(0),
                }
            })
        });
        let mut fresh = 0;
        let mut events = BTreeSet::new();
        for post in posts.collect::<Vec<_>>() {
            let receipt = post.await.unwrap().unwrap();
            fresh += u32::from(!receipt.replayed);
            events.insert(receipt.event);
        }
        assert_eq!((fresh, events.len()), (1, 1));
        assert_eq!(shop.available(1).await, 10);
        assert_eq!(shop.count("event").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_two_hundred_redemptions_of_the_last_points_succeed_once() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(10_000)).await.unwrap();
        let posts = (0..200).map(|n| {
            let (ledger, command) =
                (shop.ledger.clone(), shop.command(1, &format!("d{n}"), reserve(n, "coffee")));
            tokio::spawn(async move {
                match n % 20 {
                    0 => ledger.post(vec![command]).await.remove(0),
                    _ => ledger.post_one(command).await,
                }
            })
        });
        let mut won = 0;
        for post in posts.collect::<Vec<_>>() {
            match post.await.unwrap() {
                Ok(_) => won += 1,
                Err(PostError::Refused(Refusal::InsufficientBalance { .. })) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(shop.available(1).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_a_receipt_posted_for_another_account_is_refused() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(1000)).await.unwrap();
        assert_eq!(refused(shop.post(2, "r1", buy(1000)).await), Refusal::ClaimedByOther);
        let both = vec![shop.command(3, "r2", buy(100)), shop.command(4, "r2", buy(100))];
        let answers = shop.ledger.post(both).await;
        assert!(answers[0].is_ok());
        assert!(matches!(answers[1], Err(PostError::Refused(Refusal::ClaimedByOther))));
        // What does not come from outside belongs to nobody: the same adjustment key serves two accounts.
        for account in [1, 2] {
            shop.post(account, "a1", shop.adjust(5)).await.unwrap();
        }
        assert_eq!(shop.available(2).await, 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i20_a_refusal_changes_nothing_and_its_neighbors_are_kept() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let unknown =
            Command::One { event: shop.event(99, "x", buy(100)), facts: Default::default() };
        let batch = vec![
            shop.command(1, "r1", buy(1000)),
            shop.command(1, "d1", reserve(1, "coffee")),
            unknown,
            shop.command(1, "r2", buy(500)),
        ];
        let answers = shop.ledger.post(batch).await;
        assert!(answers[0].is_ok() && answers[3].is_ok());
        assert!(matches!(answers[1], Err(PostError::Refused(Refusal::InsufficientBalance { .. }))));
        assert!(matches!(answers[2], Err(PostError::Refused(Refusal::AccountNotFound))));
        assert_eq!(shop.available(1).await, 15);
        assert_eq!(shop.count("event").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r52_returns_find_their_purchase_by_event_by_source_and_within_the_batch() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let bought = shop.post(1, "r1", buy(1000)).await.unwrap();
        let by_source =
            |key: &str| PurchaseRef::Source { source: "till".into(), source_ref: key.into() };
        shop.post(1, "b1", back(PurchaseRef::Event(bought.event), 400)).await.unwrap();
        assert_eq!(shop.available(1).await, 6);
        // The grant that the first return left behind is the one the second sees.
        shop.post(1, "b2", back(by_source("r1"), 600)).await.unwrap();
        assert_eq!(shop.available(1).await, 0);
        let more = refused(shop.post(1, "b3", back(by_source("r1"), 1)).await);
        assert!(matches!(more, Refusal::ReturnsTooMuch { .. }), "{more:?}");
        assert_eq!(
            refused(shop.post(2, "b4", back(by_source("r1"), 1)).await),
            Refusal::PurchaseNotFound
        );

        let batch = vec![
            shop.command(3, "r3", buy(2000)),
            shop.command(3, "b5", back(by_source("r3"), 250)),
            shop.command(3, "b6", back(by_source("r3"), 750)),
        ];
        for answer in shop.ledger.post(batch).await {
            answer.unwrap();
        }
        assert_eq!(shop.available(3).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_what_is_reversed_is_reversed_once() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let bought = shop.post(1, "r1", buy(1000)).await.unwrap().event;
        let given = shop.post(1, "a1", shop.adjust(50)).await.unwrap().event;
        let returned =
            shop.post(1, "b1", back(PurchaseRef::Event(bought), 500)).await.unwrap().event;
        assert_eq!(shop.available(1).await, 55);
        let undo = |event: EventId| Body::Reverse { event };
        shop.post(1, "u1", undo(returned)).await.unwrap();
        assert_eq!(shop.available(1).await, 60);
        shop.post(1, "u2", undo(given)).await.unwrap();
        assert_eq!(shop.available(1).await, 10);
        shop.post(1, "u3", undo(bought)).await.unwrap();
        assert_eq!(shop.available(1).await, 0);
        for (key, event) in [("v1", returned), ("v2", given), ("v3", bought)] {
            assert_eq!(
                refused(shop.post(1, key, undo(event)).await),
                Refusal::AlreadyReversed,
                "{key}"
            );
        }
        assert_eq!(refused(shop.post(2, "v4", undo(given)).await), Refusal::NotReversible);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i10_a_hold_ends_once_and_closed_redemptions_are_found() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(25_000)).await.unwrap();
        shop.post(1, "d1", reserve(1, "coffee")).await.unwrap();
        assert_eq!(shop.balance(1).await, (150, 0, 100));
        let capture = |id| Body::Capture { redemption: RedemptionId(id) };
        let cancel = |id| Body::Cancel { redemption: RedemptionId(id) };
        shop.post(1, "c1", capture(1)).await.unwrap();
        assert!(matches!(
            refused(shop.post(1, "c2", capture(1)).await),
            Refusal::RedemptionState(_)
        ));
        shop.post(1, "x1", cancel(1)).await.unwrap();
        assert_eq!(shop.balance(1).await, (250, 0, 0));
        shop.post(1, "d2", reserve(2, "coffee")).await.unwrap();
        shop.clock.advance(2 * 3600 * 1_000_000);
        shop.post(1, "e1", Body::Elapse).await.unwrap();
        assert_eq!(shop.balance(1).await, (250, 0, 0));
        assert!(matches!(
            refused(shop.post(1, "c3", capture(2)).await),
            Refusal::RedemptionState(_)
        ));
        assert_eq!(refused(shop.post(1, "e2", Body::Elapse).await), Refusal::NothingDue);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_stock_is_never_oversold_and_comes_back() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        for account in 1..=20 {
            shop.post(account, &format!("r{account}"), buy(100_000)).await.unwrap();
        }
        let posts = (1..=20).map(|n| {
            let (ledger, command) = (shop.ledger.clone(), shop.command(n, "d1", reserve(n, "mug")));
            tokio::spawn(async move {
                match n % 2 {
                    0 => ledger.post(vec![command]).await.remove(0),
                    _ => ledger.post_one(command).await,
                }
            })
        });
        let mut winners = Vec::new();
        for (n, post) in (1..).zip(posts.collect::<Vec<_>>()) {
            match post.await.unwrap() {
                Ok(_) => winners.push(n),
                Err(PostError::Refused(Refusal::OutOfStock(_))) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(winners.len(), 3, "three mugs were there");
        let winner = winners[0];
        shop.post(winner, "x", Body::Cancel { redemption: RedemptionId(winner) }).await.unwrap();
        let other = (1..=20).find(|n| !winners.contains(n)).unwrap();
        shop.post(other, "d2", reserve(100, "mug")).await.unwrap();
        let late = (1..=20).rfind(|n| !winners.contains(n)).unwrap();
        assert!(matches!(
            refused(shop.post(late, "d3", reserve(101, "mug")).await),
            Refusal::OutOfStock(_)
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i14_a_transfer_moves_both_halves_or_neither() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(10_000)).await.unwrap();
        let sent = shop.transfer(1, 2, "t1", 30).await.unwrap();
        assert_eq!((shop.available(1).await, shop.available(2).await), (70, 30));
        let again = shop.transfer(1, 2, "t1", 30).await.unwrap();
        assert_eq!((again.event, again.replayed), (sent.event, true));
        assert_eq!(refused(shop.transfer(1, 2, "t1", 31).await), Refusal::KeyReused);
        assert!(shop.transfer(1, 2, "t2", 71).await.is_err());
        assert_eq!(refused(shop.transfer(1, 99, "t3", 1).await), Refusal::AccountNotFound);
        assert_eq!((shop.available(1).await, shop.available(2).await), (70, 30));
        assert_eq!(shop.count("event").await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_an_expired_lot_is_taken_and_its_points_can_be_reinstated() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let event = shop.post(1, "r1", buy(1000)).await.unwrap().event;
        shop.clock.advance(181 * 86_400 * 1_000_000);
        shop.post(1, "e1", Body::Elapse).await.unwrap();
        assert_eq!(shop.available(1).await, 0);
        let lot = lazo_domain::ids::LotId { event, seq: 0 };
        let reason = "goodwill".to_owned();
        let reinstate = Body::Reinstate { lot, points: Points(4), expires_at: None, reason };
        shop.post(1, "i1", reinstate).await.unwrap();
        assert_eq!(shop.available(1).await, 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_writers_of_two_processes_lose_nothing() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let other = shop.second_process(test).await;
        let write = |shop: &Shop, from: i64| {
            let commands: Vec<_> = (from..from + 300)
                .map(|n| shop.command(n % 5 + 1, &format!("r{n}"), buy(100)))
                .collect();
            let ledger = shop.ledger.clone();
            tokio::spawn(async move {
                for chunk in commands.chunks(30) {
                    for answer in ledger.post(chunk.to_vec()).await {
                        answer.unwrap();
                    }
                }
            })
        };
        let (first, second) = (write(&shop, 0), write(&other, 1000));
        first.await.unwrap();
        second.await.unwrap();
        for account in 1..=5 {
            assert_eq!(shop.available(account).await, 120);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m57_an_opening_balance_and_an_unknown_tenant() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "o1", opening(500)).await.unwrap();
        assert_eq!(shop.available(1).await, 500);
        let mut event = shop.event(1, "o2", buy(100));
        event.tenant = lazo_domain::ids::TenantId(77);
        let answers =
            shop.ledger.post(vec![Command::One { event, facts: Default::default() }]).await;
        assert!(matches!(answers[0], Err(PostError::Refused(Refusal::AccountNotFound))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i20_a_dry_run_answers_and_keeps_nothing() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let receipt = shop.ledger.dry_run(shop.command(1, "r1", buy(1000))).await.unwrap();
        assert_eq!(receipt.outcome.changes[0].points, Points(10));
        assert_eq!(receipt.account, AccountId(1));
        assert_eq!(shop.count("event").await, 0);
        assert_eq!(shop.available(1).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_names_no_database_could_keep_are_refused_alone() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let bad = ["", "a\0b", &"x".repeat(201), &"ñ".repeat(101)];
        let mut commands: Vec<_> = bad.iter().map(|key| shop.command(1, key, buy(100))).collect();
        commands.push(shop.command(1, &"ñ".repeat(100), buy(100)));
        let answers = shop.ledger.post(commands).await;
        for (answer, key) in answers.iter().zip(bad) {
            let refusal = answer.as_ref().unwrap_err();
            assert!(
                matches!(refusal, PostError::Refused(Refusal::Invalid { .. })),
                "{key:?}: {refusal:?}"
            );
        }
        assert!(answers[4].is_ok());
    })
    .await;
}

/// A row that cannot be read spoils the commands that need it and no other.
#[tokio::test(flavor = "multi_thread")]
async fn i20_a_damaged_account_fails_alone() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        test.tamper("update account set state = 'damaged' where account = 1").await;
        let commands = (1..=3).map(|n| shop.command(n, &format!("r{n}"), buy(1000))).collect();
        let answers = shop.ledger.post(commands).await;
        assert!(matches!(answers[0], Err(PostError::Unknown(_))));
        assert!(answers[1].is_ok() && answers[2].is_ok());
        assert_eq!((shop.available(2).await, shop.count("event").await), (10, 2));
    })
    .await;
}
