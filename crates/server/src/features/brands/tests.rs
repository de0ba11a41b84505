//! Brands belong to one tenant.

use lazo_domain::ids::{BrandId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use lazo_store::testing::on_both;

use super::{BrandConfig, store};

#[tokio::test]
async fn r1_a_brand_is_seen_by_its_own_tenant_only() {
    on_both(async |test| {
        let brand = |name: &str| BrandConfig {
            code: "shop".into(),
            name: name.into(),
            ..BrandConfig::default()
        };
        let mut tx = test.db.begin().await.unwrap();
        store::insert(&mut tx, BrandId(1), TenantId(1), &brand("One"), Timestamp(0)).await.unwrap();
        store::insert(&mut tx, BrandId(2), TenantId(2), &brand("Two"), Timestamp(0)).await.unwrap();
        assert_eq!(store::id_of(&mut tx, TenantId(2), "shop").await.unwrap(), Some(BrandId(2)));
        assert_eq!(store::id_of(&mut tx, TenantId(3), "shop").await.unwrap(), None);
        store::rename(&mut tx, TenantId(1), BrandId(1), "Uno").await.unwrap();
        store::rename(&mut tx, TenantId(1), BrandId(2), "not mine").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.begin().await.unwrap();
        let twice =
            store::insert(&mut tx, BrandId(3), TenantId(1), &brand("x"), Timestamp(0)).await;
        assert!(matches!(twice, Err(StoreError::Unique(_))));
        drop(tx);
        let one = store::by_code(&test.db, TenantId(1), "shop").await.unwrap().unwrap();
        assert_eq!((one.id, one.config.name.as_str()), (BrandId(1), "Uno"));
        assert_eq!(store::all(&test.db, TenantId(2)).await.unwrap()[0].config.name, "Two");
    })
    .await;
    assert_eq!(BrandConfig::default().check().len(), 2);
}
