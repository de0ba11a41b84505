//! Time passes for whoever is due, once, and never beyond a tenant's own now.

use lazo_domain::points::Points;
use lazo_domain::time::DAY;
use lazo_store::testing::on_both;

use super::{expiry, run_once};
use crate::testing::{NOON, Shop};

#[tokio::test(flavor = "multi_thread")]
async fn r122_points_expire_at_their_instant_whenever_the_job_runs() {
    on_both(async |test| {
        let shop = Shop::open(test).await;
        for n in 0..40 {
            shop.buy(&n.to_string(), &format!("r{n}"), 1_000).await;
        }
        shop.days(100);
        let late = shop.buy("7", "late", 500).await;
        shop.days(79);
        assert_eq!(expiry::run(&shop.app).await.unwrap(), 0, "179 days: nothing is due");
        shop.days(10);
        assert_eq!(
            expiry::sweep(&shop.app, None, Some(NOON.plus_micros(180 * DAY - 1))).await.unwrap(),
            0,
            "a microsecond before the first expiry"
        );
        assert_eq!(run_once(&shop.app).await[0].done.as_ref().unwrap(), &40);
        assert_eq!(run_once(&shop.app).await[0].done.as_ref().unwrap(), &0, "once is enough");
        let account =
            shop.app.ledger.books().account(shop.tenant.id, late.account).await.unwrap().unwrap();
        assert_eq!(account.balance(shop.points).available, Points(5));
        let events =
            shop.app.ledger.books().events(shop.tenant.id, late.account, None, 1).await.unwrap();
        let entries = shop
            .app
            .ledger
            .books()
            .entries_of(shop.tenant.id, late.account, events[0].event.id)
            .await
            .unwrap();
        assert!(
            entries.iter().all(|entry| entry.effective_at == NOON.plus_micros(180 * DAY)),
            "{entries:?}"
        );
        let nobody = lazo_domain::ids::TenantId(1);
        shop.days(200);
        assert_eq!(expiry::sweep(&shop.app, Some(nobody), None).await.unwrap(), 0);
        assert_eq!(expiry::sweep(&shop.app, Some(shop.tenant.id), None).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_stop_when_told() {
    let test = lazo_store::testing::TestDb::sqlite().await;
    let shop = Shop::open(&test).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn({
        let app = shop.app.clone();
        async move { super::run(&app, stopped).await }
    });
    stop.send(true).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), running).await.unwrap().unwrap();
}
