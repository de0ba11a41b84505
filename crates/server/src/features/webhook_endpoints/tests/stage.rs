//! A shop with an endpoint at a receiver, and the steps between a purchase and its message.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use lazo_domain::ids::{WebhookDeliveryId, WebhookEndpointId};
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::testing::TestDb;

use super::send::endpoint;
use crate::features::webhook_endpoints::deliver::Courier;
use crate::features::webhook_endpoints::send::Sender;
use crate::features::webhook_endpoints::store::{self, Key};
use crate::features::webhook_endpoints::{
    Attempt, Delivery, Endpoint, Gate, deliveries, fan_out, retry,
};
use crate::jobs::Stop;
use crate::testing::{NOON, Shop};

/// A shop with one endpoint at a receiver.
pub struct Stage {
    pub shop: Shop,
    pub key: Key,
}

impl Stage {
    pub async fn new(test: &TestDb, url: &str) -> Self {
        let mut shop = Shop::open(test).await;
        shop.app = shop.app.with(|parts| parts.webhooks = Gate::local());
        let key = Key { tenant: shop.tenant.id, endpoint: WebhookEndpointId(0) };
        let mut stage = Self { shop, key };
        stage.key = stage.endpoint(1, url).await;
        stage
    }

    pub async fn endpoint(&self, id: i64, url: &str) -> Key {
        let new = Endpoint {
            id: WebhookEndpointId(id),
            tenant: self.shop.tenant.id,
            created_at: NOON,
            ..endpoint(url)
        };
        let mut tx = self.shop.app.db.begin().await.unwrap();
        store::insert(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        Key { tenant: new.tenant, endpoint: new.id }
    }

    pub fn now(&self) -> Timestamp {
        self.shop.app.clock.now()
    }

    pub fn courier(&self) -> Courier {
        self.courier_within(Duration::from_secs(2))
    }

    /// One who waits so long for an answer.
    pub fn courier_within(&self, patience: Duration) -> Courier {
        let sender = Sender::new(&self.shop.app.webhooks).unwrap();
        Courier::with(&self.shop.app, Ok(sender.within(patience)))
    }

    pub async fn fan_out(&self) -> u64 {
        let app = &self.shop.app;
        fan_out::step(&app.db, &app.ids, self.now(), &AtomicI64::new(0)).await.unwrap().done
    }

    pub async fn deliver(&self) -> u64 {
        let (_stopper, stop) = Stop::new();
        self.courier().work(&stop).await.unwrap().done
    }

    pub async fn deliveries(&self, key: Key) -> Vec<Delivery> {
        let before = WebhookDeliveryId(i64::MAX);
        let mut all = deliveries::page(&self.shop.app.db, key, None, before, 100).await.unwrap();
        all.reverse();
        all
    }

    pub async fn statuses(&self, delivery: &Delivery) -> Vec<Option<i64>> {
        let log = deliveries::attempts(&self.shop.app.db, self.key, delivery.id).await.unwrap();
        assert!(log.iter().map(|one| one.number).eq(1..=i64::try_from(log.len()).unwrap()));
        log.into_iter().map(|one| one.status).collect()
    }

    pub async fn read(&self) -> Endpoint {
        store::by_id(&self.shop.app.db, self.key).await.unwrap().unwrap()
    }

    /// Turns the clock to when the next attempt of `delivery` may be made.
    pub fn wait_for(&self, delivery: &Delivery) {
        let rest = retry::rest_until(9, &failed(), self.now()).0 - self.now().0;
        let wait = (delivery.next_at.0 - self.now().0).max(rest);
        self.shop.clock.advance(wait + SECOND);
    }
}

fn failed() -> Attempt {
    Attempt { status: None, fault: None, latency_ms: 0, answer: String::new(), retry_after_s: None }
}
