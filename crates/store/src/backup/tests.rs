//! A backup of either engine holds everything, can be verified as it is, and fills an empty database of either engine.

use std::path::PathBuf;

use serde_json::json;

use super::{catalog, seal, url};
use crate::chain;
use crate::clock::Clock;
use crate::db::{Db, Options};
use crate::ledger::tests::shop::{Shop, buy};
use crate::testing::{TestDb, on_both};
use crate::verify::verify;

fn file(name: &str) -> PathBuf {
    let file = std::env::temp_dir().join(format!("lazo-backup-{}-{name}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file
}

/// What is in order, and the heads of the chain.
async fn books(db: &Db) -> (u64, u64, Vec<chain::ChainHead>) {
    let mut findings = Vec::new();
    let checked = verify(db, |finding| findings.push(finding), |_, _| {}).await.unwrap();
    assert_eq!(findings, []);
    (checked.events, checked.entries, chain::heads(db).await.unwrap())
}

async fn busy(test: &TestDb) -> Shop {
    let shop = Shop::open(test, json!({})).await;
    for n in 1..=10 {
        shop.post(n, &format!("r{n}"), buy(20_000 + n * 100)).await.unwrap();
    }
    shop.transfer(3, 4, "t1", 50).await.unwrap();
    shop.clock.advance(chain::SEAL_AFTER_MICROS + 1_000_000);
    chain::seal(&test.db, shop.clock.now()).await.unwrap();
    shop.post(7, "late", buy(100)).await.unwrap();
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn q12_a_backup_fills_an_empty_database_of_either_engine_with_everything() {
    on_both(async |test| {
        let shop = busy(test).await;
        let name = format!("{:?}", test.db.dialect());
        let backup = file(&name);
        test.db.back_up(&backup).await.unwrap();
        // What is posted meanwhile and after is not of that moment.
        shop.post(1, "after", buy(100)).await.unwrap();
        seal(&backup).await.unwrap();
        let of_backup = Db::open_to_read(&backup).unwrap();
        let expected = books(&of_backup).await;
        assert_eq!((expected.0, test_events(&test.db).await), (13, 14));
        assert!(!backup.with_extension("db-wal").exists(), "one file without companions");
        let mut targets = vec![TestDb::sqlite().await];
        targets.extend(TestDb::postgres().await);
        for target in &targets {
            let rows = target.db.restore(&backup).await.unwrap();
            assert!(rows > 40, "{rows}");
            assert_eq!(books(&target.db).await, expected);
            let again = target.db.restore(&backup).await.unwrap_err().to_string();
            assert!(again.contains("not empty"), "{again}");
        }
        std::fs::remove_file(&backup).unwrap();
    })
    .await;
}

async fn test_events(db: &Db) -> i64 {
    let row = db.query_one("select count(*) as n from event", &[]).await.unwrap();
    row.unwrap().int("n").unwrap()
}

/// Goal: nothing is left out of backups. Method: the columns of every table are asked for on both engines.
#[tokio::test(flavor = "multi_thread")]
async fn q12_every_table_has_a_key_and_the_same_columns_on_both_engines() {
    let sqlite = TestDb::sqlite().await;
    let tables = catalog::of(&sqlite.db).await.unwrap();
    assert!(tables.iter().any(|table| table.name == "event") && tables.len() > 30);
    if let Some(postgres) = TestDb::postgres().await {
        for table in &tables {
            postgres.db.query(&table.page(false, 1), &[]).await.unwrap();
        }
        let count = "select count(*) as n from information_schema.tables
            where table_schema = current_schema() and table_type = 'BASE TABLE'";
        let count = postgres.db.query_one(count, &[]).await.unwrap().unwrap().int("n").unwrap();
        assert_eq!(usize::try_from(count).unwrap(), tables.len() + 1, "and schema_version");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn q12_a_damaged_file_is_no_backup() {
    let test = TestDb::sqlite().await;
    busy(&test).await;
    let backup = file("damaged");
    test.db.back_up(&backup).await.unwrap();
    seal(&backup).await.unwrap();
    let mut octets = std::fs::read(&backup).unwrap();
    let middle = octets.len() / 2;
    octets[middle..middle + 4_096].fill(0x5a);
    std::fs::write(&backup, octets).unwrap();
    let opened = Db::open(&url(&backup), Options::default()).await;
    drop(opened);
    assert!(seal(&backup).await.is_err());
    std::fs::remove_file(&backup).unwrap();
}
