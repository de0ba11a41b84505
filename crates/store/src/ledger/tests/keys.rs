//! The database's own last word: a second row of a key that must be there once is refused, whoever writes it.

use lazo_domain::event::PurchaseRef;
use lazo_domain::refusal::Refusal;
use serde_json::json;

use super::shop::{Shop, back, buy};
use crate::db::Dialect;
use crate::error::StoreError;
use crate::ledger::PostError;
use crate::testing::{TestDb, on_both};

/// One row again under another id, past the ledger's door: what two writers would do who know nothing of each other.
const AGAIN: [(&str, &str); 2] = [
    (
        "event",
        "insert into event select bucket, tenant, account, event + 1, seq + 1, kind, program, source, source_ref,
         effective_at, recorded_at, actor, import, origin, body_hash, detail, entries from event where kind <> 1",
    ),
    ("claim", "insert into claim select bucket, tenant, hash, account + 1, event + 1 from claim"),
];

fn of_till(source_ref: &str) -> PurchaseRef {
    PurchaseRef::Source { source: "till".to_owned(), source_ref: source_ref.to_owned() }
}

/// Tables that take a second row of a key.
async fn open_tables(test: &TestDb) -> Vec<&'static str> {
    let mut open = Vec::new();
    for (table, again) in AGAIN {
        match test.db.execute(again, &[]).await {
            Err(StoreError::Unique(_)) => {}
            Ok(_) => open.push(table),
            Err(other) => panic!("{table}: {other}"),
        }
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_the_database_refuses_a_second_row_of_a_key() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(1_000)).await.unwrap();
        shop.post(1, "r2", back(of_till("r1"), 1_000)).await.unwrap();
        assert_eq!(open_tables(test).await, [""; 0]);
        assert_eq!(shop.count("event").await, 2);
    })
    .await;
}

/// The planted fault: somebody undid the unique keys of the journal's names. The check above is what finds it.
#[tokio::test(flavor = "multi_thread")]
async fn i5_an_undone_unique_index_is_found() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(1_000)).await.unwrap();
        shop.post(1, "r2", back(of_till("r1"), 1_000)).await.unwrap();
        test.tamper(match test.db.dialect() {
            Dialect::Sqlite => {
                "drop index event_named;
                 create table undone as select * from claim; drop table claim;
                 alter table undone rename to claim;"
            }
            Dialect::Postgres => {
                "drop index event_named; alter table claim drop constraint claim_pkey"
            }
        })
        .await;
        assert_eq!(open_tables(test).await, ["event", "claim"]);
    })
    .await;
}

/// The name of a purchase is kept by its claim, that of a return by the journal, and one does not stand in for the other.
#[tokio::test(flavor = "multi_thread")]
async fn i5_a_name_that_a_return_had_first_names_one_purchase() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(1_000)).await.unwrap();
        shop.post(1, "r2", back(of_till("r1"), 1_000)).await.unwrap();
        let bought = shop.post(1, "r2", buy(3_000)).await.unwrap();
        assert!(!bought.replayed);
        assert_eq!(shop.count("claim").await, 3, "the purchase has a claim of its own");
        let again = shop.post(1, "r2", buy(3_000)).await.unwrap();
        assert!(again.replayed && again.event == bought.event);
        let other = shop.post(1, "r2", buy(4_000)).await;
        assert!(matches!(other, Err(PostError::Refused(Refusal::KeyReused))));
        let others = shop.post(2, "r2", buy(3_000)).await;
        assert!(matches!(others, Err(PostError::Refused(Refusal::ClaimedByOther))));
        // A return of it finds it by its name.
        shop.post(1, "r3", back(of_till("r2"), 1_000)).await.unwrap();
        assert_eq!(shop.balance(1).await.0, 0);
        assert_eq!(shop.count("event").await, 4);
    })
    .await;
}

/// A claim whose event is not there lets nothing be done under its name, and spoils nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn i5_a_claim_without_its_event_is_never_taken_for_free() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(1_000)).await.unwrap();
        test.tamper("update claim set event = event + 1").await;
        assert!(shop.post(1, "r1", buy(1_000)).await.is_err());
        shop.post(1, "r2", buy(1_000)).await.unwrap();
        assert_eq!(shop.count("event").await, 2);
    })
    .await;
}
