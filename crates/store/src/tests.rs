//! The contract of the seam, the migrations and the ids, on both engines.

use std::sync::Arc;

use lazo_domain::time::Timestamp;

use crate::clock::{Clock, ManualClock};
use crate::db::{Columns, Db, Dialect, Options, Statement, Value};
use crate::error::StoreError;
use crate::ids::IdGenerator;
use crate::params;
use crate::testing::{TestDb, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn one_text_reads_and_writes_every_kind_of_value() {
    on_both(async |test| {
        let db = &test.db;
        let insert = "insert into node (node, holder, leased_until) values ($1, $2, $3)";
        assert_eq!(db.execute(insert, params![3, "ñandú", i64::MAX]).await.unwrap(), 1);
        let select = "select node, holder, leased_until from node where node = $1";
        let rows = db.query(select, params![3]).await.unwrap();
        assert_eq!(rows[0].int("node").unwrap(), 3);
        assert_eq!(rows[0].text("holder").unwrap(), "ñandú");
        assert_eq!(rows[0].int("leased_until").unwrap(), i64::MAX);
        let error = rows[0].text("node").unwrap_err().to_string();
        assert!(error.contains("`node` should hold text"), "{error}");
        assert!(rows[0].int("other").unwrap_err().to_string().contains("no column `other`"));
        assert!(matches!(
            db.execute(insert, params![3, "again", 0]).await,
            Err(StoreError::Unique(_))
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_statements_sent_together_the_first_that_fails_says_why() {
    on_both(async |test| {
        let insert = "insert into node (node, holder, leased_until) values ($1, $2, $3)";
        test.db.execute(insert, params![3, "first", 0]).await.unwrap();
        let holder = |node: i64| Statement::new(insert, params![node, "next", 0]);
        // Whether the answers are heard of one by one or at once differs from time to time.
        for _ in 0..200 {
            let mut tx = test.db.begin().await.unwrap();
            let statements = vec![holder(4), holder(3), holder(5), holder(6), holder(7)];
            let failed = tx.run_all(statements).await;
            assert!(matches!(failed, Err(StoreError::Unique(_))), "{failed:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_text_works_on_a_set_of_rows() {
    on_both(async |test| {
        let rows: Vec<(i64, Option<i64>)> = (0..500).map(|n| (n, (n % 2 == 0).then_some(n))).collect();
        let set = Columns::of(&rows)
            .int(|r| r.0)
            .int(|_| 9)
            .int(|r| r.0)
            .int(|_| 1)
            .int(|_| 0)
            .int(|_| 0)
            .maybe_int(|r| r.1)
            .text(|r| format!("s{}", r.0))
            .text(|_| "[]".to_owned())
            .done();
        let insert = "insert into account (bucket, tenant, account, member, version, enrolled_at, next_at, state, balances)
                      select * from {rows} where true on conflict do nothing";
        let mut tx = test.db.begin().await.unwrap();
        let changed = tx.run_all(vec![Statement::over(insert, set.clone(), &[])]).await.unwrap();
        assert_eq!(changed, [500]);
        assert_eq!(tx.run_all(vec![Statement::over(insert, set, &[])]).await.unwrap(), [0]);
        tx.commit().await.unwrap();

        let wanted = Columns::of(&rows[10..14]).int(|r| r.0).int(|r| r.0).done();
        let select = "select a.account, a.next_at, a.state from {rows}
                      join account a on a.bucket = r.column1 and a.account = r.column2 and a.tenant = $3";
        let mut found = test.db.ask(Statement::over(select, wanted, params![9])).await.unwrap();
        found.sort_by_key(|row| row.int("account").unwrap());
        let seen: Vec<_> = found.iter().map(|r| (r.maybe_int("next_at").unwrap(), r.text("state").unwrap())).collect();
        assert_eq!(seen, [(Some(10), "s10"), (None, "s11"), (Some(12), "s12"), (None, "s13")]);
        let none = Columns::of::<i64>(&[]).int(|n| *n).int(|n| *n).done();
        assert!(test.db.ask(Statement::over(select, none, params![9])).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i20_a_dropped_transaction_leaves_nothing() {
    on_both(async |test| {
        let insert = "insert into node (node, holder, leased_until) values ($1, 'x', 0)";
        let mut tx = test.db.begin().await.unwrap();
        tx.execute(insert, params![1]).await.unwrap();
        drop(tx);
        let mut tx = test.db.begin().await.unwrap();
        tx.execute(insert, params![2]).await.unwrap();
        assert!(tx.execute("insert into nowhere values (1)", &[]).await.is_err());
        drop(tx);
        let mut tx = test.db.begin().await.unwrap();
        tx.execute(insert, params![3]).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(test.db.query("select node from node", &[]).await.unwrap().is_empty());
        test.db.execute(insert, params![4]).await.unwrap();
        assert_eq!(test.db.query("select node from node", &[]).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_sees_one_moment() {
    on_both(async |test| {
        let insert = "insert into node (node, holder, leased_until) values ($1, 'x', 0)";
        let mut snapshot = test.db.snapshot().await.unwrap();
        assert_eq!(snapshot.query("select node from node", &[]).await.unwrap().len(), 0);
        test.db.execute(insert, params![1]).await.unwrap();
        assert_eq!(snapshot.query("select node from node", &[]).await.unwrap().len(), 0);
        assert!(snapshot.execute(insert, params![2]).await.is_err());
        drop(snapshot);
        assert_eq!(test.db.query("select node from node", &[]).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_again_does_nothing_and_unknown_steps_are_refused() {
    on_both(async |test| {
        assert_eq!(test.db.migrate().await.unwrap(), 0);
        test.db.check_schema().await.unwrap();
        let newer = "insert into schema_version (number, name, hash) values (999, 'later', 'x')";
        test.db.execute(newer, &[]).await.unwrap();
        let refused = test.db.migrate().await.unwrap_err().to_string();
        assert!(refused.contains("step 999 (later)"), "{refused}");
        test.db.execute("delete from schema_version where number = 999", &[]).await.unwrap();
        test.db
            .execute("update schema_version set hash = 'x' where number = 1", &[])
            .await
            .unwrap();
        let refused = test.db.check_schema().await.unwrap_err().to_string();
        assert!(refused.contains("another text"), "{refused}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_may_migrate_at_once() {
    let Some(test) = TestDb::postgres().await else { return };
    let schema = test.schema.as_deref().unwrap();
    let afresh =
        format!("drop schema {schema} cascade; create schema {schema} authorization lazo_plain");
    test.tamper(&afresh).await;
    let open = || async {
        let db = Db::open(&test.url, Options::default()).await.unwrap();
        db.migrate().await.unwrap()
    };
    let (first, second, third) = tokio::join!(open(), open(), open());
    assert!(first + second + third >= 2);
    test.db.check_schema().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_the_database_itself_refuses_to_change_the_journal() {
    on_both(async |test| {
        let event = "insert into event values
            (1, 1, 1, 1, 1, 1, 1, 's', 'r', 0, 0, 'a', null, null, $1, $2, '[[1,1,5,0,0,null]]')";
        test.db.execute(event, params![&b"h"[..], &b"d"[..]]).await.unwrap();
        for forbidden in [
            "update event set entries = '[]'",
            "update event set effective_at = 1",
            "delete from event",
        ] {
            assert!(test.db.execute(forbidden, &[]).await.is_err(), "{forbidden}");
        }
        let left = test.db.query("select entries from event", &[]).await.unwrap();
        assert_eq!(left[0].text("entries").unwrap(), "[[1,1,5,0,0,null]]");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i16_two_leases_never_share_a_node_number() {
    on_both(async |test| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_800_000_000_000_000)));
        let shared = || Arc::clone(&clock) as Arc<dyn Clock>;
        let first = IdGenerator::lease(&test.db, shared(), "a").await.unwrap();
        let second = IdGenerator::lease(&test.db, shared(), "b").await.unwrap();
        let node = |generator: &IdGenerator| (generator.next() >> 12) & 1023;
        assert_eq!((node(&first), node(&second)), (0, 1));
        first.release(&test.db, "a").await.unwrap();
        clock.advance(10_000);
        let third = IdGenerator::lease(&test.db, shared(), "c").await.unwrap();
        assert_eq!(node(&third), 0);
        assert!(third.next() > first.next() - (1 << 22));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_is_refused_with_a_hint() {
    for (url, word) in [
        ("mysql://x", "sqlite://"),
        ("sqlite://", "sqlite://lazo.db"),
        ("postgres://[", "not understood"),
    ] {
        let Err(error) = Db::open(url, Options::default()).await else { panic!("{url} opened") };
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_takes_a_second_process_beside_it() {
    let test = TestDb::sqlite().await;
    let other = Db::open(&test.url, Options::default()).await.unwrap();
    assert_eq!(other.dialect(), Dialect::Sqlite);
    let insert = "insert into node (node, holder, leased_until) values ($1, 'x', 0)";
    let write = |db: Db, from: i64| async move {
        for n in from..from + 50 {
            db.execute(insert, &[Value::Int(n)]).await.unwrap();
        }
    };
    tokio::join!(write(test.db.clone(), 0), write(other, 100));
    assert_eq!(test.db.query("select node from node", &[]).await.unwrap().len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_a_silent_server_is_not_waited_for_and_the_result_is_unknown() {
    let Some(test) = TestDb::postgres().await else { return };
    // As in real use; the tests' own databases wait longer for a busy machine.
    let db = Db::open(&test.url, Options::default()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let silent = tx.query("select cast(pg_sleep(30) as text) as slept", &[]).await.unwrap_err();
    assert!(matches!(silent, StoreError::Deadline(_)) && silent.is_unknown(), "{silent}");
    drop(tx);
    // The connection whose answer is still on its way serves nobody else.
    let row = db.query_one("select cast(1 as bigint) as one", &[]).await.unwrap().unwrap();
    assert_eq!(row.int("one").unwrap(), 1);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(
        tx.query("select cast(2 as bigint) as two", &[]).await.unwrap()[0].int("two").unwrap(),
        2
    );
}

/// Definitions are part of their transaction on both engines, so a migration killed at any statement left nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_ends_early_leaves_nothing() {
    on_both(async |test| {
        let mut tx = test.db.begin().await.unwrap();
        tx.script("create table half (a bigint); create index half_a on half (a)").await.unwrap();
        drop(tx);
        let mut tx = test.db.begin().await.unwrap();
        assert!(
            tx.script("create table half (a bigint); create table half (a bigint)").await.is_err()
        );
        drop(tx);
        assert!(test.db.query("select a from half", &[]).await.is_err());
        assert_eq!(test.db.migrate().await.unwrap(), 0);
    })
    .await;
}

/// A statement planned while its table was empty read the whole table for every key, until the server's own upkeep came.
#[tokio::test(flavor = "multi_thread")]
async fn a_young_table_gets_its_statistics_without_waiting_for_the_servers_upkeep() {
    let Some(test) = TestDb::postgres().await else { return };
    test.tamper("alter table node set (autovacuum_enabled = false)").await;
    let rows: Vec<i64> = (0..500).collect();
    let set = Columns::of(&rows).int(|r| 1_000 + r).text(|_| "young".to_owned()).int(|_| 0).done();
    let insert = "insert into node (node, holder, leased_until) select * from {rows}";
    let mut tx = test.db.begin().await.unwrap();
    tx.run_all(vec![Statement::over(insert, set, &[])]).await.unwrap();
    tx.commit().await.unwrap();
    let known = "select c.reltuples::bigint as rows from pg_class c where c.oid = 'node'::regclass";
    for _ in 0..600 {
        test.db.execute("update node set leased_until = 1 where node = 1000", &[]).await.unwrap();
        if test.db.query_one(known, &[]).await.unwrap().unwrap().int("rows").unwrap() >= 500 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("nobody told PostgreSQL how many rows the table holds");
}
