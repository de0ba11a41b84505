//! A ledger of an earlier schema is brought up with every line, balance and seal of it, on both engines.

use std::collections::BTreeMap;

use super::{busy, look};
use crate::db::Dialect;
use crate::ledger::tests::shop::TENANT;
use crate::testing::on_both;

/// The steps that put balances and lines into the rows they belong to, and gave the journal its keys.
const STEPS: [[&str; 3]; 2] = [
    [
        include_str!("../../../migrations/sqlite/0063_account_balances.sql"),
        include_str!("../../../migrations/sqlite/0064_event_entries.sql"),
        include_str!("../../../migrations/sqlite/0185_keys_that_grow.sql"),
    ],
    [
        include_str!("../../../migrations/postgres/0063_account_balances.sql"),
        include_str!("../../../migrations/postgres/0064_event_entries.sql"),
        include_str!("../../../migrations/postgres/0185_keys_that_grow.sql"),
    ],
];

/// Takes a database back to the schema before those steps.
fn before(dialect: Dialect) -> String {
    let (line, balance) = match dialect {
        Dialect::Sqlite => (
            ["j.key", "json_extract(j.value, '$[#]')", "json_each(e.entries) j"],
            ["json_extract(j.value, '$[#]')", "json_each(a.balances) j"],
        ),
        Dialect::Postgres => (
            [
                "j.place - 1",
                "(j.value->>#)::bigint",
                "json_array_elements(e.entries::json) with ordinality as j(value, place)",
            ],
            ["(j.value->>#)::bigint", "json_array_elements(a.balances::json) as j(value)"],
        ),
    };
    let of_line = |n: usize| line[1].replace('#', &n.to_string());
    let of_balance = |n: usize| balance[0].replace('#', &n.to_string());
    let own = match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => {
            "alter table entry owner to lazo_plain; alter table balance owner to lazo_plain;"
        }
    };
    format!(
        "create table entry as select e.bucket, e.tenant, e.account, e.event, {} as position, {} as point_type,
            {} as side, case when {} = 0 then e.event else {} end as lot_event, {} as lot_seq, {} as points,
            coalesce({}, e.effective_at) as effective_at from event e cross join {};
         create table balance as select a.bucket, a.tenant, a.account, {} as point_type, {} as available,
            {} as pending, {} as held from account a cross join {};
         alter table event drop column entries;
         create index lot_open on lot (bucket, tenant, account) where is_open = 1;
         alter table account drop column balances;
         {own}",
        line[0],
        of_line(0),
        of_line(1),
        of_line(3),
        of_line(3),
        of_line(4),
        of_line(2),
        of_line(5),
        line[2],
        of_balance(0),
        of_balance(1),
        of_balance(2),
        of_balance(3),
        balance[1],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn q12_a_ledger_of_an_earlier_schema_keeps_every_line_balance_and_seal() {
    on_both(async |test| {
        let shop = busy(test).await;
        let mut had = BTreeMap::new();
        for n in 1..=10 {
            had.insert(n, shop.balance(n).await);
        }
        let books = shop.ledger.books();
        let totals = books.totals(TENANT).await.unwrap();
        let checked = look(&test.db).await.0;

        test.tamper(&before(test.db.dialect())).await;
        let old = test.db.query("select event from entry", &[]).await.unwrap();
        assert_eq!(u64::try_from(old.len()).unwrap(), checked.entries);
        let steps = STEPS[usize::from(test.db.dialect() == Dialect::Postgres)];
        let mut tx = test.db.begin().await.unwrap();
        for step in steps {
            tx.script(step).await.unwrap();
        }
        tx.commit().await.unwrap();

        assert_eq!(look(&test.db).await, (checked, Vec::new()));
        assert_eq!(books.totals(TENANT).await.unwrap(), totals);
        for (n, balance) in had {
            assert_eq!(shop.balance(n).await, balance, "of account {n}");
        }
    })
    .await;
}
