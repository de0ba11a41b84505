//! From a purchase to a receiver, on both engines: who hears what, when it fails, and who is held up by whom.

use std::sync::Arc;
use std::time::Duration;

use lazo_domain::ids::WebhookEndpointId;
use lazo_domain::time::DAY;
use lazo_store::testing::{TestDb, on_both};

use super::receiver::{Receiver, Reply};
use super::send::endpoint;
use super::stage::Stage;
use crate::features::audit;
use crate::features::webhook_endpoints::signing::Secret;
use crate::features::webhook_endpoints::{DeliveryState, Endpoint, deliveries, retry, store};
use crate::jobs::Stop;
use crate::testing::{NOON, until};

#[tokio::test(flavor = "multi_thread")]
async fn r130_a_purchase_is_told_once_signed_and_in_order() {
    on_both(async |test| {
        let receiver = Receiver::kind().await;
        let stage = Stage::new(test, &receiver.url).await;
        let receipt = stage.shop.buy("7", "r1", 1_250).await;
        stage.shop.buy("7", "r2", 300).await;
        assert_eq!(stage.fan_out().await, 2);
        assert_eq!(
            (stage.fan_out().await, stage.deliver().await, stage.deliver().await),
            (0, 2, 0)
        );
        let seen = receiver.seen();
        assert_eq!(seen.len(), 2);
        let first = seen[0].json();
        assert_eq!(first["type"], "points.earned");
        assert_eq!(first["id"], format!("{}-0", receipt.event));
        assert_eq!(first["source"], format!("urn:lazo:tenant:{}", stage.shop.tenant.id));
        assert_eq!(first["subject"], receipt.account.to_string());
        assert_eq!(first["time"], "2026-03-01T12:00:00Z");
        assert_eq!(first["schema_version"], 1);
        assert_eq!(first["data"]["points"], 12);
        let sequence = |n: usize| seen[n].json()["sequence"].as_i64().unwrap();
        assert_eq!((sequence(0), sequence(1)), (100_000, 200_000));
        for message in &seen {
            assert_eq!(message.verify(&stage.read().await.secrets, stage.now()), Ok(()));
        }
        let done = stage.deliveries(stage.key).await;
        assert!(done.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
        assert_eq!(stage.statuses(&done[0]).await, [Some(200)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r130_an_endpoint_hears_what_it_asked_for_from_its_making_on() {
    on_both(async |test| {
        let receiver = Receiver::kind().await;
        let stage = Stage::new(test, &receiver.url).await;
        let change = |wish: &str, n: i64| {
            let (wish, stage) = (wish.to_owned(), &stage);
            async move {
                let read = stage.read().await;
                let changed = Endpoint { events: vec![wish], version: read.version + 1, ..read };
                let mut tx = stage.shop.app.db.begin().await.unwrap();
                assert!(store::update(&mut tx, &changed).await.unwrap());
                let stale = Endpoint { version: changed.version, ..changed.clone() };
                assert!(
                    !store::update(&mut tx, &stale).await.unwrap(),
                    "only once from one reading"
                );
                tx.commit().await.unwrap();
                stage.shop.buy("7", &format!("r{n}"), 1_000).await;
                stage.fan_out().await;
                stage.deliver().await
            }
        };
        assert_eq!(change("tier.upgraded", 1).await, 0);
        assert_eq!(change("points.earned", 2).await, 1);
        assert_eq!(change("points.*", 3).await, 1);
        assert_eq!(change("point.*", 4).await, 0);
        // One that is made later hears nothing of before.
        let late = Receiver::kind().await;
        stage.shop.buy("7", "r5", 1_000).await;
        stage.shop.days(1);
        let new = Endpoint {
            id: WebhookEndpointId(2),
            tenant: stage.shop.tenant.id,
            created_at: stage.now(),
            ..endpoint(&late.url)
        };
        let mut tx = stage.shop.app.db.begin().await.unwrap();
        store::insert(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        stage.fan_out().await;
        stage.deliver().await;
        assert!(late.seen().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_a_failing_receiver_gets_it_later() {
    on_both(async |test| {
        let receiver = Receiver::statuses(&[500, 503, 200]).await;
        let stage = Stage::new(test, &receiver.url).await;
        stage.shop.buy("7", "r1", 1_000).await;
        stage.shop.buy("7", "r2", 1_000).await;
        stage.fan_out().await;
        assert_eq!(stage.deliver().await, 0);
        assert_eq!(receiver.seen().len(), 1, "after a failure the endpoint is left alone");
        assert_eq!(stage.deliver().await, 0, "also by the next turn");
        assert_eq!(receiver.seen().len(), 1);
        assert_eq!(stage.read().await.failures, 1);
        for _ in 0..2 {
            let waiting = stage.deliveries(stage.key).await;
            stage.wait_for(&waiting[0]);
            stage.deliver().await;
        }
        let done = stage.deliveries(stage.key).await;
        stage.wait_for(&done[0]);
        stage.deliver().await;
        let done = stage.deliveries(stage.key).await;
        assert!(done.iter().all(|d| d.state == DeliveryState::Delivered), "{done:?}");
        let mut statuses = stage.statuses(&done[0]).await;
        statuses.extend(stage.statuses(&done[1]).await);
        statuses.sort_unstable();
        assert_eq!(statuses, [Some(200), Some(200), Some(500), Some(503)]);
        let read = stage.read().await;
        assert_eq!((read.failures, read.failing_since), (0, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_after_the_last_attempt_it_is_dead_until_somebody_sends_it_again() {
    on_both(async |test| {
        let receiver =
            Receiver::statuses(&[500, 500, 500, 500, 500, 500, 500, 500, 500, 200]).await;
        let stage = Stage::new(test, &receiver.url).await;
        stage.shop.buy("7", "r1", 1_000).await;
        stage.fan_out().await;
        for _ in 0..9 {
            stage.deliver().await;
            let waiting = stage.deliveries(stage.key).await;
            stage.wait_for(&waiting[0]);
        }
        let dead = stage.deliveries(stage.key).await.remove(0);
        assert_eq!((dead.state, dead.attempts), (DeliveryState::Dead, 9));
        assert!(stage.now().0 - NOON.0 < 2 * DAY);
        assert_eq!((stage.deliver().await, receiver.seen().len()), (0, 9));

        let mut tx = stage.shop.app.db.begin().await.unwrap();
        assert_eq!(deliveries::replay_dead(&mut tx, stage.key, stage.now()).await.unwrap(), 1);
        store::wake(&mut tx, stage.key).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stage.deliver().await, 1);
        let seen = receiver.seen();
        assert!(seen.iter().all(|message| message.id() == seen[0].id()), "one id for ever");
        assert_eq!(stage.statuses(&dead).await.len(), 10);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_what_never_had_its_turn_is_given_up_in_the_end_and_forgotten_later() {
    on_both(async |test| {
        let stage = Stage::new(test, "http://127.0.0.1:1/hook").await;
        let app = &stage.shop.app;
        stage.shop.buy("7", "r1", 1_000).await;
        stage.fan_out().await;
        assert_eq!(deliveries::give_up(&app.db, stage.now()).await.unwrap(), 0);
        stage.shop.clock.advance(retry::GIVE_UP_MICROS);
        assert_eq!(deliveries::give_up(&app.db, stage.now()).await.unwrap(), 1);
        assert_eq!(stage.deliveries(stage.key).await[0].state, DeliveryState::Dead);
        let forget = async |at| deliveries::forget(&app.db, at).await.unwrap();
        assert_eq!(forget(stage.now()).await, (0, false));
        assert_eq!(forget(stage.now().plus_micros(1)).await, (1, false));
        assert!(stage.deliveries(stage.key).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_an_endpoint_that_fails_for_days_is_turned_off_and_the_log_says_so() {
    on_both(async |test| {
        let stage = Stage::new(test, "http://127.0.0.1:1/hook").await;
        for day in 0..7 {
            stage.shop.buy("7", &format!("r{day}"), 1_000).await;
            stage.fan_out().await;
            stage.deliver().await;
            assert_eq!(stage.read().await.active, day < 5, "day {day}");
            stage.shop.days(1);
        }
        let read = stage.read().await;
        assert_eq!(read.reason.as_deref(), Some("failing"));
        let app = &stage.shop.app;
        let noted = audit::store::page(&app.db, read.tenant, i64::MAX, 10).await.unwrap();
        let noted: Vec<_> =
            noted.iter().filter(|e| e.action == "webhook_endpoint.disabled").collect();
        assert_eq!(noted.len(), 1);
        assert_eq!(
            (noted[0].object.clone(), noted[0].reason.as_str()),
            (read.id.to_string(), "failing")
        );

        let gone = Receiver::statuses(&[410]).await;
        let key = stage.endpoint(9, &gone.url).await;
        stage.shop.buy("7", "last", 1_000).await;
        stage.fan_out().await;
        stage.deliver().await;
        let read = store::by_id(&app.db, key).await.unwrap().unwrap();
        assert_eq!((read.active, read.reason.as_deref()), (false, Some("gone")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_a_slow_endpoint_delays_nobody_else() {
    let test = TestDb::sqlite().await;
    let slow = Receiver::answering(Arc::new(|_| Reply {
        after: Duration::from_secs(60),
        ..Reply::status(200)
    }))
    .await;
    let quick = Receiver::kind().await;
    let stage = Stage::new(&test, &slow.url).await;
    let other = stage.endpoint(2, &quick.url).await;
    for n in 0..5 {
        stage.shop.buy("7", &format!("r{n}"), 1_000).await;
    }
    stage.fan_out().await;
    let courier = stage.courier_within(Duration::from_secs(10));
    let working = tokio::spawn(async move {
        let (_stopper, stop) = Stop::new();
        courier.work(&stop).await.unwrap().done
    });
    tokio::time::timeout(Duration::from_secs(8), async {
        while quick.seen().len() < 5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the quick one is not held up by the slow one");
    // What becomes due while the slow one is still at it is taken, too.
    stage.shop.buy("7", "late", 1_000).await;
    stage.fan_out().await;
    assert_eq!(working.await.unwrap(), 6);
    assert_eq!((quick.seen().len(), slow.seen().len()), (6, 1));
    assert!(stage.deliveries(other).await.iter().all(|d| d.state == DeliveryState::Delivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn r130_during_a_rotation_both_secrets_sign() {
    on_both(async |test| {
        let receiver = Receiver::kind().await;
        let stage = Stage::new(test, &receiver.url).await;
        let old = stage.read().await;
        let until = stage.now().plus_micros(DAY);
        let rotated = old.secrets.clone().rotated(Secret::from_random([9; 32]), until);
        let changed =
            Endpoint { secrets: rotated.clone(), version: old.version + 1, ..old.clone() };
        let mut tx = stage.shop.app.db.begin().await.unwrap();
        assert!(store::update(&mut tx, &changed).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(stage.read().await.secrets, rotated, "kept as it was");
        for (n, signatures) in [(0, 2), (1, 1)] {
            stage.shop.buy("7", &format!("r{n}"), 1_000).await;
            stage.fan_out().await;
            stage.deliver().await;
            let message = &receiver.seen()[n];
            assert_eq!(message.header("webhook-signature").split(' ').count(), signatures);
            assert_eq!(message.verify(&old.secrets, stage.now()).is_ok(), signatures == 2);
            assert_eq!(message.verify(&rotated, stage.now()), Ok(()));
            stage.shop.days(1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courier_that_is_asked_to_stop_ends_the_message_it_is_at() {
    let test = TestDb::sqlite().await;
    let receiver = Receiver::answering(Arc::new(|_| Reply {
        after: Duration::from_millis(300),
        ..Reply::status(200)
    }))
    .await;
    let stage = Stage::new(&test, &receiver.url).await;
    for n in 0..5 {
        stage.shop.buy("7", &format!("r{n}"), 1_000).await;
    }
    stage.fan_out().await;
    let (stopper, stop) = Stop::new();
    let courier = stage.courier();
    let working = tokio::spawn(async move { courier.work(&stop).await.unwrap().done });
    until(async || !receiver.seen().is_empty()).await;
    stopper.ask();
    assert_eq!(working.await.unwrap(), 1, "neither cut off nor gone on");
    assert_eq!(stage.deliver().await, 4, "the turn was given back");
}
