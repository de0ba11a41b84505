//! From the outbox to the endpoints: every message becomes one delivery per endpoint that wants it, in one transaction
//! with the mark that it was passed on. Nothing is sent here.

use std::collections::BTreeMap;

use lazo_domain::ids::{TenantId, WebhookDeliveryId};
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::outbox::{Message, Outbox};
use lazo_store::{Db, IdGenerator, StoreError};

use super::deliveries::{self, NewDelivery};
use super::{Endpoint, envelope, store};
use crate::jobs::Step;

/// Messages handled in one transaction.
const BATCH: i64 = 200;
/// How long messages are ours; a crash leaves them to the next who looks after it.
const LEASE_MICROS: i64 = 60 * SECOND;

/// Passes on one batch of every bucket in which messages wait.
pub async fn step(db: &Db, ids: &IdGenerator, now: Timestamp) -> Result<Step, StoreError> {
    let outbox = Outbox::new(db.clone());
    let mut endpoints = BTreeMap::new();
    let mut step = Step::default();
    for bucket in outbox.waiting(now).await? {
        let until = now.plus_micros(LEASE_MICROS);
        let messages = outbox.claim(bucket, now, until, BATCH).await?;
        for tenant in messages.iter().map(|message| message.tenant) {
            if let std::collections::btree_map::Entry::Vacant(place) = endpoints.entry(tenant) {
                place.insert(store::active(db, tenant).await?);
            }
        }
        let new = deliveries_of(&messages, &endpoints, ids, now);
        pass_on(db, &messages, &new, now).await?;
        step.done = step.done.saturating_add(messages.len().try_into().unwrap_or(u64::MAX));
        step.more |= messages.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
    }
    Ok(step)
}

fn deliveries_of(
    messages: &[Message],
    endpoints: &BTreeMap<TenantId, Vec<Endpoint>>,
    ids: &IdGenerator,
    now: Timestamp,
) -> Vec<NewDelivery> {
    let mut new = Vec::new();
    for message in messages {
        let all = endpoints.get(&message.tenant).map_or(&[][..], Vec::as_slice);
        // What happened before an endpoint was there is not told to it: an old backlog would only startle it.
        let told = |e: &&Endpoint| e.wants(&message.name) && e.created_at <= message.created_at;
        let mut wanting = all.iter().filter(told).peekable();
        if wanting.peek().is_none() {
            continue;
        }
        let body = envelope::body(message);
        new.extend(wanting.map(|endpoint| NewDelivery {
            tenant: message.tenant,
            endpoint: endpoint.id,
            id: WebhookDeliveryId(ids.next()),
            bucket: message.bucket,
            event: message.event,
            position: message.position,
            name: message.name.clone(),
            body: body.clone(),
            created_at: now,
        }));
    }
    new
}

/// The deliveries and the mark are one transaction, and an endpoint has one place for each message: whoever passes a
/// message on a second time adds nothing.
async fn pass_on(
    db: &Db,
    messages: &[Message],
    new: &[NewDelivery],
    now: Timestamp,
) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    db.retry(|| async {
        let mut tx = db.begin().await?;
        let mark = Outbox::done_statement(messages, now);
        tx.run_all(vec![deliveries::insert_statement(new), mark]).await?;
        tx.commit().await
    })
    .await
}
