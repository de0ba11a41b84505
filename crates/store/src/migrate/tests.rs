//! What keeps the ledger's tables movable to a database of many machines: rules on keys, held on both engines.

use std::collections::BTreeMap;

use crate::db::{Db, Dialect};
use crate::testing::on_both;

/// The columns of every key that must be unique, by table and key; the primary key is one of them.
async fn unique_keys(db: &Db) -> BTreeMap<(String, String), Vec<String>> {
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "select m.name as tbl, l.name as idx, i.name as col, i.seqno as place from sqlite_master m
             join pragma_index_list(m.name) l join pragma_index_info(l.name) i
             where m.type = 'table' and l.\"unique\" = 1 order by 1, 2, 4"
        }
        Dialect::Postgres => {
            "select t.relname::text as tbl, c.relname::text as idx, a.attname::text as col, k.place::bigint as place
             from pg_index x join pg_class t on t.oid = x.indrelid join pg_class c on c.oid = x.indexrelid
             cross join lateral unnest(x.indkey) with ordinality as k(number, place)
             join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number
             where x.indisunique and t.relnamespace = current_schema()::regnamespace order by 1, 2, 4"
        }
    };
    let mut keys: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in db.query(sql, &[]).await.unwrap() {
        let text = |name| row.text(name).unwrap().to_owned();
        keys.entry((text("tbl"), text("idx"))).or_default().push(text("col"));
    }
    keys
}

/// The tables whose rows belong to an account: those with a bucket.
async fn of_accounts(db: &Db) -> Vec<String> {
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "select m.name as tbl from sqlite_master m join pragma_table_info(m.name) c
             where m.type = 'table' and c.name = 'bucket' order by 1"
        }
        Dialect::Postgres => {
            "select table_name::text as tbl from information_schema.columns
             where table_schema = current_schema() and column_name = 'bucket' order by 1"
        }
    };
    let rows = db.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.text("tbl").unwrap().to_owned()).collect()
}

/// Tables that name a bucket to find the account again, and are themselves spread by something else.
const SPREAD_OTHERWISE: [&str; 1] = ["webhook_delivery"];

#[tokio::test(flavor = "multi_thread")]
async fn r108_every_key_of_an_account_leads_with_its_bucket() {
    on_both(async |test| {
        let (tables, keys) = (of_accounts(&test.db).await, unique_keys(&test.db).await);
        for hot in ["account", "claim", "event", "lot", "outbox", "redemption"] {
            assert!(tables.iter().any(|table| table == hot), "{hot} has no bucket: {tables:?}");
        }
        let hot = tables.iter().filter(|table| !SPREAD_OTHERWISE.contains(&table.as_str()));
        for table in hot {
            let own: Vec<_> = keys.iter().filter(|((of, _), _)| of == table).collect();
            assert!(!own.is_empty(), "{table} has no key");
            for ((_, name), columns) in own {
                assert_eq!(columns[0], "bucket", "{table}.{name} is {columns:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r108_no_table_refers_to_another_and_no_database_makes_ids() {
    on_both(async |test| {
        let sql = match test.db.dialect() {
            Dialect::Sqlite => {
                "select m.name as what from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'
                 union all select name from sqlite_master where sql like '%autoincrement%'"
            }
            Dialect::Postgres => {
                "select conname::text as what from pg_constraint
                 where contype in ('f', 'x') and connamespace = current_schema()::regnamespace
                 union all select sequence_name::text from information_schema.sequences
                 where sequence_schema = current_schema()
                 union all select relname::text from pg_class
                 where relkind in ('S', 'm') and relnamespace = current_schema()::regnamespace
                 union all select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
                 where c.relnamespace = current_schema()::regnamespace"
            }
        };
        let found = test.db.query(sql, &[]).await.unwrap();
        let names: Vec<&str> = found.iter().map(|row| row.text("what").unwrap()).collect();
        assert!(names.is_empty(), "{names:?}");
    })
    .await;
}
