//! The database's own last word: a second row of a key that must be there once is refused, whoever writes it.

use serde_json::json;

use super::shop::{Shop, buy};
use crate::db::Dialect;
use crate::error::StoreError;
use crate::testing::{TestDb, on_both};

/// One row again under another id, past the ledger's door: what two writers would do who know nothing of each other.
const AGAIN: [(&str, &str); 2] = [
    (
        "event",
        "insert into event select bucket, tenant, account, event + 1, seq + 1, kind, program, source, source_ref,
         effective_at, recorded_at, actor, import, origin, body_hash, detail, entries from event",
    ),
    ("claim", "insert into claim select bucket, tenant, hash, account + 1, event + 1 from claim"),
];

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
        assert_eq!(open_tables(test).await, [""; 0]);
        assert_eq!(shop.count("event").await, 1);
    })
    .await;
}

/// The planted fault: somebody undid the unique index of the journal's keys. The check above is what finds it.
#[tokio::test(flavor = "multi_thread")]
async fn i5_an_undone_unique_index_is_found() {
    on_both(async |test| {
        let shop = Shop::open(test, json!({})).await;
        shop.post(1, "r1", buy(1_000)).await.unwrap();
        test.tamper(match test.db.dialect() {
            Dialect::Sqlite => {
                "create table undone as select * from event; drop table event;
                 alter table undone rename to event;"
            }
            Dialect::Postgres => {
                "alter table event drop constraint event_bucket_tenant_account_source_source_ref_kind_key"
            }
        })
        .await;
        assert_eq!(open_tables(test).await, ["event"]);
    })
    .await;
}
