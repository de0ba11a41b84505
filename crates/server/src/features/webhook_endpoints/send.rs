//! One attempt over HTTP: what is sent, and what is made of the answer. It follows no redirect and uses no proxy.

use std::error::Error;
use std::time::{Duration, Instant};

use lazo_domain::time::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, redirect};

use super::guard::{Gate, GateError, Target};
use super::signing::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, unix_seconds};
use super::{Attempt, Delivery, Endpoint};

/// The longest an attempt may take from look-up to the answer's head.
pub const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest we listen to the answer's body; what it says changes nothing.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of an answer is read.
const MAX_ANSWER: usize = 4_096;
/// How much of it is kept, in characters.
const KEPT_ANSWER: usize = 200;

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    gate: Gate,
    timeout: Duration,
}

impl Sender {
    /// A sender that goes where `gate` lets it.
    pub fn new(gate: &Gate) -> Result<Self, reqwest::Error> {
        let client = client(gate, "lazo-webhooks/1")?;
        Ok(Self { client, gate: gate.clone(), timeout: TIMEOUT })
    }

    /// The same with another limit to an attempt's time.
    #[cfg(test)]
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sends a delivery to its endpoint, signed for `now`.
    #[expect(
        clippy::disallowed_methods,
        reason = "only a duration is measured; it decides nothing"
    )]
    pub async fn send(&self, endpoint: &Endpoint, delivery: &Delivery, now: Timestamp) -> Attempt {
        let begun = Instant::now();
        let mut attempt = self.attempt(endpoint, delivery, now).await;
        attempt.latency_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        attempt
    }

    async fn attempt(&self, endpoint: &Endpoint, delivery: &Delivery, now: Timestamp) -> Attempt {
        // Checked again although it was when the endpoint was made: the policy may be stricter since.
        let Ok(target) = Target::parse(&endpoint.url, self.gate.policy()) else {
            return failed("blocked");
        };
        let id = delivery.id.to_string();
        let request = self
            .client
            .post(target.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ID_HEADER, &id)
            .header(TIMESTAMP_HEADER, unix_seconds(now))
            .header(SIGNATURE_HEADER, endpoint.secrets.sign(&id, now, delivery.body.as_bytes()))
            .body(delivery.body.clone());
        match tokio::time::timeout(self.timeout, request.send()).await {
            Err(_) => failed("timeout"),
            Ok(Err(error)) => failed(fault(&error)),
            Ok(Ok(response)) => answered(response).await,
        }
    }
}

/// A client that connects only where `gate` lets it, follows no redirect and uses no proxy.
pub fn client(gate: &Gate, agent: &str) -> Result<Client, reqwest::Error> {
    // TLS needs a provider of cryptography in the process; whoever comes first puts the same one in.
    drop(rustls::crypto::ring::default_provider().install_default());
    let build = || {
        Client::builder()
            .dns_resolver(gate.clone())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(agent)
    };
    build().build().or_else(|error| {
        tracing::warn!(
            error = &error as &dyn Error,
            agent,
            "the machine has no certificates to trust; calls over TLS will fail (install ca-certificates)"
        );
        build().tls_certs_only([]).build()
    })
}

async fn answered(mut response: Response) -> Attempt {
    let status = response.status();
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after_s = header.and_then(|value| value.parse().ok()).filter(|s: &i64| *s >= 0);
    let mut read = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = MAX_ANSWER.saturating_sub(read.len());
            read.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if read.len() >= MAX_ANSWER {
                break;
            }
        }
    };
    // The head decides; an answer whose body never ends was still an answer.
    let _ = tokio::time::timeout(BODY_TIMEOUT, reading).await;
    Attempt {
        status: Some(status.as_u16()),
        fault: status.is_redirection().then_some("redirect"),
        latency_ms: 0,
        answer: beginning(&read),
        retry_after_s,
    }
}

/// The first printable characters.
fn beginning(read: &[u8]) -> String {
    let text = String::from_utf8_lossy(read);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT_ANSWER).collect()
}

fn failed(fault: &'static str) -> Attempt {
    Attempt {
        status: None,
        fault: Some(fault),
        latency_ms: 0,
        answer: String::new(),
        retry_after_s: None,
    }
}

/// The kind of a failure. Its text stays with us: it may name addresses of our network.
fn fault(error: &reqwest::Error) -> &'static str {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(gate) = inner.downcast_ref::<GateError>() {
            return if matches!(gate, GateError::Blocked(_)) { "blocked" } else { "look_up" };
        }
        if inner.downcast_ref::<rustls::Error>().is_some() {
            return "tls";
        }
        source = inner.source();
    }
    match error {
        error if error.is_timeout() => "timeout",
        error if error.is_connect() => "connect",
        _ => "broken_off",
    }
}
