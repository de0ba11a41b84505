//! What readers see of the ledger, now and at any past instant, on both engines.

use std::collections::BTreeMap;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Kind, PurchaseRef};
use lazo_domain::ids::{AccountId, EventId, ImportId};
use lazo_domain::points::Points;
use lazo_domain::time::{DAY, Timestamp};
use serde_json::json;

use super::shop::{POINTS, Shop, TENANT, back, buy, noon, reserve};
use crate::ledger::{Command, history};
use crate::testing::on_both;

async fn at(shop: &Shop, at: Timestamp) -> BTreeMap<i64, (i64, i64)> {
    let mut all = BTreeMap::new();
    let books = shop.ledger.books();
    let keep = |page: Vec<crate::ledger::AccountAt>| {
        for account in page {
            if let Some(points) = account.points.get(&POINTS) {
                all.insert(account.account.0, (points.earned.0, points.available.0));
            }
        }
        Ok(())
    };
    books.balances_at(TENANT, at, keep).await.unwrap();
    all
}

/// Three purchases 100 days apart, 180 days to live, read at instants worked out by hand.
#[tokio::test(flavor = "multi_thread")]
async fn i3_a_balance_at_an_instant_does_not_depend_on_jobs() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        for n in 0..3 {
            shop.post(1, &format!("r{n}"), buy(1000 * (n + 1))).await.unwrap();
            shop.clock.advance(100 * DAY);
        }
        let day = |n: i64| Timestamp(noon().0 + n * DAY);
        let expected = [
            (day(0), (10, 10)),
            (Timestamp(day(100).0 - 1), (10, 10)),
            (day(100), (30, 30)),
            // On the expiry instant itself the first lot is gone.
            (Timestamp(day(180).0 - 1), (30, 30)),
            (day(180), (30, 20)),
            (day(200), (60, 50)),
            (day(299), (60, 30)),
            (day(380), (60, 0)),
        ];
        for (instant, points) in expected {
            assert_eq!(
                at(&shop, instant).await.get(&1),
                Some(&points),
                "before the sweep, {instant}"
            );
        }
        assert!(at(&shop, Timestamp(noon().0 - 1)).await.is_empty());
        let one = shop.ledger.books().balance_at(TENANT, AccountId(1), day(180)).await.unwrap();
        assert_eq!(one.unwrap().points[&POINTS].available, Points(20));
        let none = shop.ledger.books().balance_at(TENANT, AccountId(99), day(180)).await.unwrap();
        assert!(none.is_none());
        let called = shop.ledger.books().events_called(TENANT, "r1").await.unwrap();
        assert_eq!((called.len(), called[0].event.account), (1, AccountId(1)));
        shop.clock.set(day(400));
        shop.post(1, "sweep", Body::Elapse).await.unwrap();
        for (instant, points) in expected {
            assert_eq!(
                at(&shop, instant).await.get(&1),
                Some(&points),
                "after the sweep, {instant}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r52_pending_points_count_from_their_release_on() {
    on_both(async |test| {
        let point_types = json!({ "point_types": [{ "code": "points", "pending": { "days": 14 },
            "expiry": { "basis": "earned", "term": { "days": 180 } } }] });
        let shop = Shop::open(test, point_types).await;
        shop.post(1, "r1", buy(1000)).await.unwrap();
        assert_eq!(shop.balance(1).await, (0, 10, 0));
        let day = |n: i64| Timestamp(noon().0 + n * DAY);
        let expected = [(day(13), (10, 0)), (day(14), (10, 10)), (day(180), (10, 0))];
        for (instant, points) in expected {
            assert_eq!(at(&shop, instant).await[&1], points);
        }
        shop.clock.set(day(20));
        let due = shop.ledger.books().due(AccountId(1).bucket(), day(20), None, 10).await.unwrap();
        assert_eq!(
            due.iter().map(|d| (d.account, d.next_at)).collect::<Vec<_>>(),
            [(AccountId(1), day(14))]
        );
        let after = shop.ledger.books().due(AccountId(1).bucket(), day(20), Some(due[0]), 10).await;
        assert!(after.unwrap().is_empty());
        shop.post(1, "e1", Body::Elapse).await.unwrap();
        assert_eq!(shop.balance(1).await, (10, 0, 0));
        for (instant, points) in expected {
            assert_eq!(at(&shop, instant).await[&1], points);
        }
        assert!(
            shop.ledger
                .books()
                .due(AccountId(1).bucket(), day(20), None, 10)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_what_was_written_is_read_back_whole() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let books = shop.ledger.books();
        let bought = shop.post(1, "r1", buy(20_000)).await.unwrap();
        let held = shop.post(1, "d1", reserve(7, "coffee")).await.unwrap();
        let returned =
            shop.post(1, "b1", back(PurchaseRef::Event(bought.event), 500)).await.unwrap();

        let account = books.account_with_lots(TENANT, AccountId(1)).await.unwrap().unwrap();
        assert_eq!((account.version, account.lots.len(), account.redemptions.len()), (3, 1, 1));
        assert_eq!(account.balance(POINTS).held, Points(100));
        let head = books.account(TENANT, AccountId(1)).await.unwrap().unwrap();
        assert_eq!(head.balances, account.balances);
        assert!(books.account(TENANT, AccountId(99)).await.unwrap().is_none());
        assert_eq!(books.accounts_of(TENANT, account.member).await.unwrap(), [AccountId(1)]);

        let event = books.event(TENANT, bought.event).await.unwrap().unwrap();
        assert_eq!(
            (event.event.body.clone(), &event.outcome, event.seq),
            (buy(20_000), &bought.outcome, 1)
        );
        let named =
            books.event_named(TENANT, AccountId(1), "till", "r1", Kind::Purchase).await.unwrap();
        assert_eq!(named, Some(event));
        let claimed = books.claimed(TENANT, "till", "r1").await.unwrap();
        assert_eq!(claimed, Some((AccountId(1), bought.event)));
        assert_eq!(books.claimed(TENANT, "till", "r9").await.unwrap(), None);

        let newest = books.events(TENANT, AccountId(1), None, 2).await.unwrap();
        assert_eq!(
            newest.iter().map(|e| e.event.id).collect::<Vec<_>>(),
            [returned.event, held.event]
        );
        assert_eq!(newest[0].origin, Some(bought.event));
        let oldest = books.events(TENANT, AccountId(1), Some(held.event), 2).await.unwrap();
        assert_eq!(oldest.iter().map(|e| e.event.id).collect::<Vec<_>>(), [bought.event]);

        let all = books.entries(TENANT, AccountId(1), None, 100).await.unwrap();
        let first = books.entries(TENANT, AccountId(1), Some(held.event), 1).await.unwrap();
        assert_eq!(first.iter().map(|e| e.entry.points.0).collect::<Vec<_>>(), [200, -200]);
        let sum: i64 = all.iter().map(|e| e.entry.points.0).sum();
        assert_eq!(sum, 0);
        assert_eq!(books.entries_of(TENANT, AccountId(1), bought.event).await.unwrap().len(), 2);

        let lots = books.lots(TENANT, AccountId(1), true, None, 10).await.unwrap();
        assert_eq!(lots, account.lots.values().cloned().collect::<Vec<_>>());
        assert!(
            books.lots(TENANT, AccountId(1), true, Some(lots[0].id), 10).await.unwrap().is_empty()
        );
        let redemptions = books.redemptions(TENANT, AccountId(1), None, 10).await.unwrap();
        let id = redemptions[0].id;
        assert_eq!(
            books.redemption(TENANT, AccountId(1), id).await.unwrap().as_ref(),
            Some(&redemptions[0])
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_the_redemptions_listed_are_the_latest_whatever_their_names() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(900_000)).await.unwrap();
        // Names are hashes: in no order.
        for name in [70, 10, 90, 30, 50] {
            shop.post(1, &format!("d{name}"), reserve(name, "coffee")).await.unwrap();
        }
        let books = shop.ledger.books();
        let latest = books.latest_redemptions(TENANT, AccountId(1), 3).await.unwrap();
        assert_eq!(latest.iter().map(|r| r.id.0).collect::<Vec<_>>(), [50, 30, 90]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i21_liability_is_the_sum_of_open_lots_and_the_journal_balances() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        for account in 1..=3 {
            shop.post(account, &format!("r{account}"), buy(account * 20_000)).await.unwrap();
        }
        shop.post(1, "d1", reserve(1, "coffee")).await.unwrap();
        let books = shop.ledger.books();
        let liability = books.liability(TENANT).await.unwrap()[&POINTS];
        assert_eq!((liability.available.0, liability.held.0, liability.debt.0), (1100, 100, 0));
        let totals = books.totals(TENANT).await.unwrap();
        assert_eq!(totals[&(POINTS, Side::Issued)], Points(-1200));
        assert_eq!(totals.values().map(|points| points.0).sum::<i64>(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r111_an_import_and_a_history_are_read_page_by_page() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        let commands: Vec<_> = (0..30)
            .map(|n| {
                let mut event = shop.event(n % 3 + 1, &format!("r{n}"), buy(100));
                event.import = (n % 2 == 0).then_some(ImportId(4));
                Command::One { event, facts: Default::default() }
            })
            .collect();
        for answer in shop.ledger.post(commands).await {
            answer.unwrap();
        }
        let books = shop.ledger.books();
        let (mut seen, mut after) = (0, None::<EventId>);
        loop {
            let page = books.events_of_import(TENANT, ImportId(4), after, 4).await.unwrap();
            let Some(last) = page.last() else { break };
            seen += page.len();
            after = Some(last.event.id);
        }
        assert_eq!(seen, 15);
        let before = AccountId(i64::MIN);
        let bucket = AccountId(2).bucket();
        let page = history::page(shop.ledger.db(), TENANT, bucket, before).await.unwrap();
        let history = page.iter().find(|history| history.account == AccountId(2)).unwrap();
        let references: Vec<_> = history.events.iter().map(|e| e.source_ref.as_str()).collect();
        let asked: Vec<_> = (0..10).map(|n| format!("r{}", n * 3 + 1)).collect();
        assert_eq!(references, asked);
        let last = page.last().unwrap().account;
        assert!(history::page(shop.ledger.db(), TENANT, bucket, last).await.unwrap().is_empty());
    })
    .await;
}
