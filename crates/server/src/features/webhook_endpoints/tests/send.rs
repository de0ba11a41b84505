//! One attempt against receivers that behave badly, and names that lead to where they must not.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lazo_domain::ids::{TenantId, WebhookDeliveryId, WebhookEndpointId};
use lazo_domain::time::{SECOND, Timestamp};

use super::receiver::{Receiver, Reply};
use crate::features::webhook_endpoints::guard::{Gate, Policy};
use crate::features::webhook_endpoints::send::Sender;
use crate::features::webhook_endpoints::signing::{Secret, Secrets};
use crate::features::webhook_endpoints::{Attempt, Delivery, DeliveryState, Endpoint};

const NOW: Timestamp = Timestamp(1_800_000_000 * SECOND);

pub fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        id: WebhookEndpointId(1),
        tenant: TenantId(1),
        url: url.to_owned(),
        description: String::new(),
        events: Vec::new(),
        active: true,
        reason: None,
        secrets: Secrets::new(Secret::from_random([3; 32])),
        version: 1,
        created_at: Timestamp(0),
        failures: 0,
        failing_since: None,
    }
}

fn delivery() -> Delivery {
    Delivery {
        id: WebhookDeliveryId(7),
        name: "points.earned".into(),
        body: r#"{"type":"points.earned"}"#.into(),
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: NOW,
        give_up_at: Timestamp::MAX,
        created_at: NOW,
        done_at: None,
    }
}

async fn send(url: &str) -> Attempt {
    let sender = Sender::new(&Gate::local()).unwrap().within(Duration::from_millis(700));
    sender.send(&endpoint(url), &delivery(), NOW).await
}

#[tokio::test]
async fn r130_a_message_arrives_signed_over_the_octets_that_were_sent() {
    let receiver = Receiver::kind().await;
    let attempt = send(&receiver.url).await;
    assert_eq!(
        (attempt.status, attempt.fault, attempt.answer.as_str()),
        (Some(200), None, "noted ")
    );
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(&seen[0].body[..], delivery().body.as_bytes());
    assert_eq!(seen[0].id(), "whd_0000000000007");
    assert_eq!(seen[0].header("webhook-timestamp"), "1800000000");
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert_eq!(seen[0].verify(&endpoint("").secrets, NOW), Ok(()));
}

#[tokio::test]
async fn q13_no_redirect_is_followed() {
    let target = Receiver::kind().await;
    let to = target.url.clone();
    let receiver = Receiver::answering(Arc::new(move |_| Reply {
        headers: vec![("location", to.clone())],
        ..Reply::status(307)
    }));
    let attempt = send(&receiver.await.url).await;
    assert_eq!((attempt.status, attempt.fault), (Some(307), Some("redirect")));
    assert!(target.seen().is_empty());
}

#[tokio::test]
async fn q13_slow_huge_and_silent_receivers_cost_a_bounded_time() {
    let slow = Receiver::answering(Arc::new(|_| Reply {
        after: Duration::from_secs(60),
        ..Reply::status(200)
    }));
    let attempt = send(&slow.await.url).await;
    assert_eq!((attempt.status, attempt.fault), (None, Some("timeout")));
    assert!((600..5_000).contains(&attempt.latency_ms), "{attempt:?}");

    let huge = Receiver::answering(Arc::new(|_| Reply {
        body: "<b>\u{0}\u{1b}[31m".repeat(1_000_000),
        ..Reply::status(500)
    }));
    let attempt = send(&huge.await.url).await;
    assert_eq!(attempt.status, Some(500));
    assert_eq!(attempt.answer.chars().count(), 200);
    assert!(!attempt.answer.chars().any(char::is_control), "nothing that a terminal would obey");

    let asks = Receiver::answering(Arc::new(|_| Reply {
        headers: vec![("retry-after", "120".into())],
        ..Reply::status(429)
    }));
    assert_eq!(send(&asks.await.url).await.retry_after_s, Some(120));

    let nobody = send("http://127.0.0.1:1/hook").await;
    assert_eq!((nobody.status, nobody.fault), (None, Some("connect")));
}

#[tokio::test]
async fn q13_a_blocked_address_is_never_connected_to() {
    // The address of an endpoint made under a laxer policy.
    let receiver = Receiver::kind().await;
    let strict = Sender::new(&Gate::strict()).unwrap();
    let attempt = strict.send(&endpoint(&receiver.url), &delivery(), NOW).await;
    assert_eq!(attempt.fault, Some("blocked"));

    // A public name that leads to this machine: on a port that would answer.
    let port = receiver.url.split(':').nth(2).unwrap().split('/').next().unwrap().parse().unwrap();
    let policy = Policy { extra_ports: vec![port], allow_local: false };
    for inner in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1"] {
        let answer: IpAddr = inner.parse().unwrap();
        let lookup = Arc::new(move |_| -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(async move { Ok(vec![answer]) })
        });
        let sender = Sender::new(&Gate::new(policy.clone(), lookup)).unwrap();
        let url = format!("https://rebind.shop.example.com:{port}/hook");
        let attempt = sender.send(&endpoint(&url), &delivery(), NOW).await;
        assert_eq!((attempt.status, attempt.fault), (None, Some("blocked")), "{inner}");
    }
    assert!(receiver.seen().is_empty());
}

#[tokio::test]
async fn q13_a_receiver_without_tls_is_refused() {
    // Under a demo's leave https works for this machine too, and its certificate is checked all the same.
    let receiver = Receiver::kind().await;
    let attempt = send(&receiver.url.replace("http://", "https://")).await;
    assert_eq!(attempt.status, None);
    assert!(matches!(attempt.fault, Some("tls" | "connect")), "{attempt:?}");
    assert!(receiver.seen().is_empty());
}
