//! Gathered look-ups answer each caller alone, see what was committed before, and survive callers that go away.

use std::collections::BTreeMap;

use lazo_domain::ids::TenantId;

use super::{Lookup, Question};
use crate::db::{Columns, Row, Statement};
use crate::error::StoreError;
use crate::params;
use crate::testing::on_both;

fn used() -> Question<(TenantId, String), i64> {
    Question { ask, read }
}

fn ask(keys: &[(TenantId, String)]) -> Statement {
    let set = Columns::of(keys).int(|k| k.0.0).text(|k| k.1.clone()).done();
    let sql = "select s.tenant, s.resource, s.used from {rows}
               {each resource s on s.tenant = r.column1 and s.resource = r.column2}";
    Statement::over(sql, set, &[])
}

fn read(rows: &[Row]) -> Result<BTreeMap<(TenantId, String), i64>, StoreError> {
    rows.iter()
        .map(|row| {
            let key = (TenantId(row.int("tenant")?), row.text("resource")?.to_owned());
            Ok((key, row.int("used")?))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_at_once_each_get_their_own_answer_and_what_was_committed_before() {
    on_both(async |test| {
        let lookup = Lookup::new(test.db.clone(), used());
        for round in 1..=20_i64 {
            let insert = "insert into resource (tenant, resource, used) values ($1, $2, $3)
                on conflict (tenant, resource) do update set used = excluded.used";
            for tenant in 0..10 {
                test.db
                    .execute(insert, params![tenant, "stock", tenant * 100 + round])
                    .await
                    .unwrap();
            }
            let asked: Vec<_> = (0..200_i64)
                .map(|n| {
                    let lookup = lookup.clone();
                    let caller = tokio::spawn(async move {
                        // Tenants 10 to 12 have none.
                        (n % 13, lookup.get((TenantId(n % 13), "stock".into())).await.unwrap())
                    });
                    if n % 7 == 0 {
                        caller.abort();
                    }
                    caller
                })
                .collect();
            for caller in asked {
                let Ok((tenant, found)) = caller.await else { continue };
                assert_eq!(found, (tenant < 10).then_some(tenant * 100 + round));
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_statement_fails_its_callers_and_nobody_after_them() {
    on_both(async |test| {
        let lookup = Lookup::new(test.db.clone(), used());
        let key = || (TenantId(1), "stock".to_owned());
        test.db.execute("alter table resource rename to away", &[]).await.unwrap();
        assert!(lookup.get(key()).await.is_err());
        test.db.execute("alter table away rename to resource", &[]).await.unwrap();
        assert_eq!(lookup.get(key()).await.unwrap(), None);
    })
    .await;
}
