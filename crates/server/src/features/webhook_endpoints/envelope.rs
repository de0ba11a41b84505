//! What a message looks like outside: one JSON object in the manner of CloudEvents. No personal data is in it.

use lazo_domain::ids::{EventId, TenantId, WebhookEndpointId};
use lazo_domain::time::Timestamp;
use lazo_store::outbox::Message;
use serde::Serialize;
use serde_json::Value;

use super::TEST_EVENT;

/// Grows when the shape of `data` changes in a way that an old reader would not understand.
const SCHEMA_VERSION: i64 = 1;
/// Places that one event of an account may take in its sequence: more messages than any event makes.
const PLACES: i64 = 100_000;

/// The body of a message. Receivers ignore fields that they do not know.
#[derive(Serialize)]
struct Envelope<'a> {
    /// Names the message for ever: also when another endpoint gets it, or this one gets it again.
    id: String,
    #[serde(rename = "type")]
    name: &'a str,
    /// Who tells: the tenant.
    source: String,
    /// When it was recorded.
    time: Timestamp,
    /// Whom it is about: an account.
    subject: String,
    /// Grows with every message about the subject: of two messages, the one with the lower number happened first.
    sequence: i64,
    schema_version: i64,
    data: Value,
}

/// The body that tells a message of the outbox.
#[must_use]
pub fn body(message: &Message) -> String {
    let data = serde_json::from_str(&message.data).unwrap_or_else(|error| {
        tracing::error!(%error, event = %message.event, "a message of the outbox is not JSON");
        Value::Null
    });
    written(&Envelope {
        id: format!("{}-{}", message.event, message.position),
        name: &message.name,
        source: source(message.tenant),
        time: message.created_at,
        subject: message.account.to_string(),
        sequence: message.seq.saturating_mul(PLACES).saturating_add(message.position),
        schema_version: SCHEMA_VERSION,
        data,
    })
}

/// The body of the message by which a tenant tries an endpoint.
#[must_use]
pub fn test_message(
    tenant: TenantId,
    endpoint: WebhookEndpointId,
    event: EventId,
    now: Timestamp,
) -> String {
    written(&Envelope {
        id: format!("{event}-0"),
        name: TEST_EVENT,
        source: source(tenant),
        time: now,
        subject: endpoint.to_string(),
        sequence: 0,
        schema_version: SCHEMA_VERSION,
        data: serde_json::json!({ "endpoint": endpoint }),
    })
}

fn source(tenant: TenantId) -> String {
    format!("urn:lazo:tenant:{tenant}")
}

fn written(envelope: &Envelope<'_>) -> String {
    serde_json::to_string(envelope).expect("an envelope has text keys only, so it can be written")
}
