//! A clean ledger passes, and every planted fault is found and named, on both engines.

mod upgrade;

use lazo_domain::event::PurchaseRef;
use lazo_domain::ids::AccountId;
use lazo_domain::time::SECOND;
use serde_json::json;

use super::{Checked, Finding, verify};
use crate::chain::{self, SEAL_AFTER_MICROS};
use crate::clock::Clock;
use crate::db::Db;
use crate::ledger::tests::shop::{Shop, TENANT, back, buy, reserve};
use crate::testing::{TestDb, on_both};

async fn look(db: &Db) -> (Checked, Vec<Finding>) {
    let mut findings = Vec::new();
    let checked = verify(db, |finding| findings.push(finding), |_, _| {}).await.unwrap();
    assert_eq!(usize::try_from(checked.findings).unwrap(), findings.len());
    (checked, findings)
}

/// A little of everything, sealed.
async fn busy(test: &TestDb) -> Shop {
    let shop = Shop::open(test, json!({})).await;
    for n in 1..=10 {
        shop.post(n, &format!("r{n}"), buy(20_000 + n * 100)).await.unwrap();
    }
    shop.post(
        1,
        "b1",
        back(PurchaseRef::Source { source: "till".into(), source_ref: "r1".into() }, 500),
    )
    .await
    .unwrap();
    shop.post(2, "d1", reserve(1, "coffee")).await.unwrap();
    shop.transfer(3, 4, "t1", 50).await.unwrap();
    shop.post(5, "a1", shop.adjust(-7)).await.unwrap();
    let event = shop.post(6, "a2", shop.adjust(9)).await.unwrap().event;
    shop.post(6, "u1", lazo_domain::event::Body::Reverse { event }).await.unwrap();
    shop.clock.advance(SEAL_AFTER_MICROS + SECOND);
    let sealed = chain::seal(&test.db, shop.clock.now()).await.unwrap();
    assert_eq!(sealed.events, 17);
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn i16_a_clean_ledger_has_no_findings() {
    on_both(async |test| {
        let shop = busy(test).await;
        shop.post(7, "r77", buy(100)).await.unwrap();
        let (checked, findings) = look(&test.db).await;
        assert_eq!(findings, []);
        assert_eq!((checked.events, checked.unsealed), (18, 1));
        assert!(checked.segments >= 6);
        // Sealing again seals nothing twice, and a head copied earlier still holds later.
        let heads = chain::heads(&test.db).await.unwrap();
        assert_eq!(
            chain::seal(&test.db, shop.clock.now()).await.unwrap(),
            chain::Sealed::default()
        );
        shop.clock.advance(SEAL_AFTER_MICROS + SECOND);
        assert_eq!(chain::seal(&test.db, shop.clock.now()).await.unwrap().events, 1);
        for head in &heads {
            assert!(chain::holds(&test.db, head).await.unwrap());
        }
        assert_eq!(look(&test.db).await.1, []);
    })
    .await;
}

/// Plants one fault in a ledger that was clean and expects each named check to name the place.
async fn planted(sql: &str, expected: &[(&str, &[&str])]) {
    on_both(async |test| {
        let _shop = busy(test).await;
        test.tamper(sql).await;
        let (_, findings) = look(&test.db).await;
        let told: Vec<(&str, String)> = findings.iter().map(|f| (f.check, f.to_string())).collect();
        for (check, words) in expected {
            let hit = told.iter().any(|(found, text)| {
                found == check && words.iter().all(|word| text.contains(word))
            });
            assert!(hit, "{sql}\nexpected {check} {words:?} among {told:#?}");
        }
    })
    .await;
}

fn account(n: i64) -> String {
    format!("tenant {TENANT}, account {}", AccountId(n))
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_point_added_to_one_line_is_found() {
    let bucket = format!("bucket {}", AccountId(7).bucket());
    let sql = "update event set entries = replace(entries, ',1,207,', ',1,208,') where account = 7";
    planted(
        sql,
        &[
            ("entry_sum", &[&account(7), "expected 0, found 1"]),
            ("entry", &[&account(7), "position [0]", "expected 207, found 208"]),
            ("chain", &[&bucket]),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_a_line_whose_event_still_sums_is_found() {
    let sql = "update event set entries = replace(replace(entries, ',1,207,', ',1,212,'), ',11,-207,', ',11,-212,')
               where account = 7";
    planted(
        sql,
        &[
            ("entry", &[&account(7), "expected 207, found 212"]),
            ("balance", &[&account(7), "expected 212, found 207"]),
            ("chain", &["its events are those that were sealed"]),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_point_added_to_a_balance_is_found() {
    let sql = "update account set balances = replace(balances, ',207,', ',208,') where account = 7";
    planted(
        sql,
        &[("balance", &[&account(7), "available stored balance", "expected 207, found 208"])],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_point_added_to_a_lot_is_found() {
    let sql = "update lot set available = available + 1 where account = 7;
               update lot set is_open = 0 where account = 8";
    planted(
        sql,
        &[
            ("lot", &[&account(7), "the available points of the lot", "expected 207, found 208"]),
            (
                "lot",
                &[&account(7), "its parts must sum to what was granted: expected 207, found 208"],
            ),
            ("lot", &[&account(8), "its mark of being open: expected 1, found 0"]),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i16_a_broken_chain_is_found() {
    let place = |n: i64| format!("bucket {}, segment", AccountId(n).bucket());
    let key = |n: i64| format!("where bucket = {}", AccountId(n).bucket());
    let sql = format!(
        "update chain set count = count + 1 {}; update chain set prev_hash = hash {}; update chain set seq = seq + 1 {}",
        key(7),
        key(8),
        key(9)
    );
    planted(
        &sql,
        &[
            ("chain", &[&place(7), "as many events as were sealed"]),
            ("chain", &[&place(8), "it follows the segment before it"]),
            ("chain", &[&place(9), "without a gap: expected 1, found 2"]),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_a_deleted_event_is_found_sealed_or_not() {
    let sql = "delete from event where account in (7, 8)";
    planted(
        sql,
        &[
            ("chain", &["as many events as were sealed: expected 1, found 0"]),
            ("version", &[&account(7), "expected 1, found 0 events"]),
            ("balance", &[&account(8), "expected 0, found"]),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_a_moved_claim_is_found() {
    let sql = "update claim set account = 9 where account = 7; delete from claim where account = 8";
    let other = format!("found {}", AccountId(9));
    planted(sql, &[("claim", &[&account(7), &other]), ("claim", &[&account(8), "no claim"])]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_a_rewritten_receipt_and_a_lost_reservation_are_found() {
    let sql = "update event set effective_at = effective_at + 1 where account = 7; delete from redemption";
    planted(
        sql,
        &[
            ("event", &[&account(7), "its hash is that of its body"]),
            ("hold", &[&account(2), "expected 0, found -100"]),
        ],
    )
    .await;
}
