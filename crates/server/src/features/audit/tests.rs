//! The audit log keeps what it was told, in order, and shows where somebody touched it.

use lazo_domain::time::Timestamp;
use lazo_store::testing::{TestDb, on_both};
use serde_json::json;

use super::*;

async fn tell(db: &TestDb, tenant: i64, object: &str) {
    let mut tx = db.db.begin().await.unwrap();
    let deed = Deed {
        tenant: TenantId(tenant),
        at: Timestamp(1),
        actor: "staff:stf_1",
        action: "thing.done",
        object: object.to_owned(),
        reason: "because",
        detail: json!({ "n": 1 }),
    };
    record(&mut tx, &deed).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn i18_the_log_is_chained_per_tenant_and_names_a_changed_entry() {
    on_both(async |db| {
        for object in ["a", "b", "c"] {
            tell(db, 1, object).await;
            tell(db, 2, object).await;
        }
        let page = store::page(&db.db, TenantId(1), i64::MAX, 2).await.unwrap();
        assert_eq!(
            page.iter().map(|e| (e.seq, e.object.as_str())).collect::<Vec<_>>(),
            [(3, "c"), (2, "b")]
        );
        assert_eq!(verify(&db.db, TenantId(1)).await.unwrap(), None);
        assert_eq!(verify(&db.db, TenantId(3)).await.unwrap(), None);
        let refused = db.db.execute("update audit_entry set actor = 'x' where seq = 2", &[]).await;
        assert!(refused.is_err(), "the database itself refuses to change the log");
        assert!(db.db.execute("delete from audit_entry", &[]).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i18_entries_told_at_once_keep_one_order() {
    on_both(async |db| {
        futures_util::future::join_all((0..20).map(|_| tell(db, 1, "x"))).await;
        assert_eq!(verify(&db.db, TenantId(1)).await.unwrap(), None);
        assert_eq!(store::page(&db.db, TenantId(1), i64::MAX, 50).await.unwrap().len(), 20);
    })
    .await;
}
