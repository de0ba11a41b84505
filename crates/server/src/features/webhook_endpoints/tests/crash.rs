//! Processes that die between any two steps: nothing is missed, and what comes twice has the same id.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use lazo_domain::time::SECOND;
use lazo_store::outbox::Outbox;
use lazo_store::testing::on_both;

use super::receiver::Receiver;
use super::stage::Stage;
use crate::features::webhook_endpoints::send::Sender;
use crate::features::webhook_endpoints::{deliveries, fan_out, store};
use crate::jobs::Stop;

#[tokio::test(flavor = "multi_thread")]
async fn q13_a_crash_anywhere_misses_nothing_and_repeats_only_with_the_same_id() {
    on_both(async |test| {
        let receiver = Receiver::kind().await;
        let stage = Stage::new(test, &receiver.url).await;
        let app = &stage.shop.app;
        for n in 0..20 {
            stage.shop.buy(&n.to_string(), &format!("r{n}"), 1_000).await;
        }
        // Dies after taking messages out of the outbox, before they became deliveries: they are there as before.
        let mut tx = app.db.begin().await.unwrap();
        assert_eq!(Outbox::take(&mut tx, 0).await.unwrap().len(), 20);
        drop(tx);
        assert_eq!(stage.fan_out().await, 20);
        assert_eq!(stage.deliveries(stage.key).await.len(), 20);

        // Dies after an endpoint took a message and before it was written down.
        let first = deliveries::next_due(&app.db, stage.key, stage.now()).await.unwrap().unwrap();
        let until = stage.now().plus_micros(60 * SECOND);
        assert!(store::lease(&app.db, stage.key, stage.now(), until).await.unwrap());
        let sender = Sender::new(&app.webhooks).unwrap();
        sender.send(&stage.read().await, &first, stage.now()).await;
        assert_eq!(stage.deliver().await, 0, "the dead one's lease still holds");
        stage.shop.clock.advance(61 * SECOND);
        assert_eq!(stage.deliver().await, 20);

        let mut ids: Vec<String> = receiver.seen().iter().map(|s| s.id().to_owned()).collect();
        let mut bodies: Vec<_> = receiver.seen().into_iter().map(|s| s.body).collect();
        assert_eq!(ids.len(), 21);
        ids.sort_unstable();
        ids.dedup();
        bodies.sort_unstable();
        bodies.dedup();
        assert_eq!((ids.len(), bodies.len()), (20, 20));
    })
    .await;
}

/// Nodes that die at arbitrary moments, each followed by one that takes over when its leases have ended.
#[tokio::test(flavor = "multi_thread")]
async fn q13_nodes_killed_at_any_moment_miss_nothing() {
    on_both(async |test| {
        let receiver = Receiver::kind().await;
        let stage = Stage::new(test, &receiver.url).await;
        for n in 0..150 {
            stage.shop.buy(&(n % 10).to_string(), &format!("r{n}"), 1_000).await;
        }
        let mut kills = 0_u64;
        loop {
            let (courier, app) = (stage.courier(), stage.shop.app.clone());
            let node = tokio::spawn(async move {
                fan_out::step(&app.db, &app.ids, app.clock.now(), &AtomicI64::new(0))
                    .await
                    .unwrap();
                let (_stopper, stop) = Stop::new();
                courier.work(&stop).await.unwrap();
            });
            tokio::time::sleep(Duration::from_millis(5 + kills * 37 % 90)).await;
            if node.is_finished() && kills > 5 {
                break;
            }
            node.abort();
            let _ = node.await;
            kills += 1;
            stage.shop.clock.advance(61 * SECOND);
        }
        let mut ids: Vec<String> = receiver.seen().iter().map(|s| s.id().to_owned()).collect();
        let mut told: Vec<String> =
            receiver.seen().iter().map(|s| s.json()["id"].as_str().unwrap().to_owned()).collect();
        let sent = ids.len();
        for all in [&mut ids, &mut told] {
            all.sort_unstable();
            all.dedup();
        }
        assert_eq!((ids.len(), told.len()), (150, 150), "after {kills} kills");
        // At most the message that was under way when a node died comes again.
        assert!(sent <= 150 + usize::try_from(kills).unwrap(), "{sent} sent, {kills} kills");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_messages_passed_on_twice_at_once_are_delivered_once() {
    on_both(async |test| {
        let receiver = Receiver::kind().await;
        let stage = Stage::new(test, &receiver.url).await;
        for n in 0..10 {
            stage.shop.buy(&n.to_string(), &format!("r{n}"), 1_000).await;
        }
        let (a, b) = tokio::join!(stage.fan_out(), stage.fan_out());
        assert_eq!(a + b, 10);
        let (a, b, c) = tokio::join!(stage.deliver(), stage.deliver(), stage.deliver());
        assert_eq!((a + b + c, receiver.seen().len()), (10, 10));
    })
    .await;
}
