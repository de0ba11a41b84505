//! Tenants keep what people wrote, and never share anything with another.

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use lazo_store::testing::on_both;
use serde_json::json;

use super::{AttributeSchema, Attributes, TenantConfig, store};

pub(crate) fn other() -> TenantId {
    TenantId(i64::MAX)
}

pub(crate) fn config(code: &str) -> TenantConfig {
    serde_json::from_value(json!({
        "code": code, "name": "Casa Lazo", "legal_entity": "Casa Lazo S. L.", "country": "ES",
        "time_zone": "Europe/Madrid", "currency": "EUR", "locales": ["es-ES", "en"],
        "member_attributes": { "plan": { "type": "text", "choices": ["free", "paid"] } }
    }))
    .unwrap()
}

#[tokio::test]
async fn r1_a_tenant_is_kept_as_written_and_its_code_is_its_own() {
    on_both(async |test| {
        let mut tx = test.db.begin().await.unwrap();
        store::insert(&mut tx, TenantId(1), &config("a"), Timestamp(5)).await.unwrap();
        store::insert(&mut tx, TenantId(2), &config("b"), Timestamp(5)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.begin().await.unwrap();
        let again = store::insert(&mut tx, TenantId(3), &config("a"), Timestamp(5)).await;
        assert!(matches!(again, Err(StoreError::Unique(_))), "{again:?}");
        drop(tx);

        let read = store::by_code(&test.db, "a").await.unwrap().unwrap();
        assert_eq!((read.id, &read.config, read.live), (TenantId(1), &config("a"), true));
        assert_eq!(store::by_id(&test.db, TenantId(1)).await.unwrap(), Some(read.clone()));
        assert_eq!(store::by_code(&test.db, "c").await.unwrap(), None);
        let codes: Vec<_> =
            store::all(&test.db).await.unwrap().into_iter().map(|t| t.config.code).collect();
        assert_eq!(codes, ["a", "b"]);

        let mut tx = test.db.begin().await.unwrap();
        let renamed = TenantConfig { name: "Otra".into(), ..config("a") };
        assert!(store::bump(&mut tx, TenantId(1), 1).await.unwrap());
        assert!(!store::bump(&mut tx, TenantId(1), 1).await.unwrap(), "somebody was faster");
        store::update(&mut tx, TenantId(1), &renamed).await.unwrap();
        store::retire(&mut tx, TenantId(2)).await.unwrap();
        tx.commit().await.unwrap();
        let read = store::by_code(&test.db, "a").await.unwrap().unwrap();
        assert_eq!((read.config, read.config_version), (renamed, 2));
        assert_eq!(store::config_version(&test.db, TenantId(1)).await.unwrap(), Some(2));
        assert!(!store::by_id(&test.db, TenantId(2)).await.unwrap().unwrap().live);
    })
    .await;
}

#[tokio::test]
async fn only_a_sandbox_has_a_test_clock_and_it_only_goes_forward() {
    on_both(async |test| {
        let mut tx = test.db.begin().await.unwrap();
        let sandbox = TenantConfig { sandbox: true, ..config("sandbox") };
        store::insert(&mut tx, TenantId(1), &sandbox, Timestamp(5)).await.unwrap();
        store::insert(&mut tx, TenantId(2), &config("real"), Timestamp(5)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store::move_clock(&test.db, TenantId(1), Timestamp(100)).await.unwrap());
        assert!(!store::move_clock(&test.db, TenantId(1), Timestamp(99)).await.unwrap());
        assert!(!store::move_clock(&test.db, TenantId(2), Timestamp(100)).await.unwrap());
        let read = store::by_id(&test.db, TenantId(1)).await.unwrap().unwrap();
        assert_eq!((read.now(Timestamp(7)), read.config.sandbox), (Timestamp(100), true));
        let real = store::by_id(&test.db, TenantId(2)).await.unwrap().unwrap();
        assert_eq!(real.now(Timestamp(7)), Timestamp(7));
    })
    .await;
}

#[test]
fn attributes_must_fit_the_tenants_schema() {
    let schema: AttributeSchema = serde_json::from_value(json!({
        "plan": { "type": "text", "required": true, "choices": ["free", "paid"] },
        "children": { "type": "integer" }, "vip": { "type": "flag" }, "since": { "type": "date" }
    }))
    .unwrap();
    let check = |value: serde_json::Value| {
        let attributes: Attributes = serde_json::from_value(value).unwrap();
        schema.check(&attributes).into_iter().map(|e| e.pointer).collect::<Vec<_>>()
    };
    assert!(
        check(json!({ "plan": "free", "children": 2, "vip": true, "since": "2024-02-29" }))
            .is_empty()
    );
    assert_eq!(check(json!({})), ["/attributes/plan"]);
    assert_eq!(
        check(
            json!({ "plan": "gold", "children": 1.5, "vip": "yes", "since": "2023-02-29", "shoe": 42 })
        ),
        [
            "/attributes/children",
            "/attributes/plan",
            "/attributes/shoe",
            "/attributes/since",
            "/attributes/vip"
        ]
    );
}

#[test]
fn a_tenant_that_makes_no_sense_is_told_where() {
    let wrong = TenantConfig {
        code: "Big".into(),
        name: " ".into(),
        country: "Spain".into(),
        locales: vec!["fr".into()],
        ..config("a")
    };
    let pointers: Vec<_> = wrong.check().into_iter().map(|e| e.pointer).collect();
    assert_eq!(pointers, ["/code", "/name", "/country", "/locales/0"]);
    assert!(config("a").check().is_empty());
}
