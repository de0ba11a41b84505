//! From the outbox to the endpoints: every message becomes one delivery per endpoint that wants it, in one transaction
//! with the message's leaving. Nothing is sent here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};

use lazo_domain::ids::{TenantId, WebhookDeliveryId};
use lazo_domain::time::Timestamp;
use lazo_store::outbox::{self, Message, Outbox};
use lazo_store::{Db, IdGenerator, StoreError};

use super::deliveries::{self, NewDelivery};
use super::{Endpoint, envelope, store};
use crate::jobs::Step;

/// Transactions of one step, before it asks whether to go on.
const TRANSACTIONS: usize = 16;

/// Passes on what waits, from the bucket `from` on and around; leaves in it where the next step goes on, so that a flood
/// in some buckets does not keep the others waiting.
pub async fn step(
    db: &Db,
    ids: &IdGenerator,
    now: Timestamp,
    from: &AtomicI64,
) -> Result<Step, StoreError> {
    let mut step = Step::default();
    for _ in 0..TRANSACTIONS {
        let start = from.load(Ordering::Relaxed);
        let (taken, last) = db.retry(|| pass_on(db, ids, now, start)).await?;
        let is_full = taken >= outbox::MAX_TAKEN;
        from.store(if is_full { last } else { 0 }, Ordering::Relaxed);
        step.done = step.done.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
        step.more = is_full || start > 0;
        if !step.more {
            break;
        }
    }
    Ok(step)
}

/// Messages leave the outbox and become deliveries in one transaction, and an endpoint has one place for each message.
/// Answers how many, and the bucket of the last.
async fn pass_on(
    db: &Db,
    ids: &IdGenerator,
    now: Timestamp,
    from: i64,
) -> Result<(usize, i64), StoreError> {
    let mut tx = db.begin().await?;
    let messages = Outbox::take(&mut tx, from).await?;
    let Some(last) = messages.last().map(|message| message.bucket) else {
        tx.rollback().await?;
        return Ok((0, 0));
    };
    let tenants: BTreeSet<TenantId> = messages.iter().map(|message| message.tenant).collect();
    let mut endpoints = BTreeMap::new();
    for tenant in tenants {
        endpoints.insert(tenant, store::active(db, tenant).await?);
    }
    let new = deliveries_of(&messages, &endpoints, ids, now);
    tx.run_all(vec![deliveries::insert_statement(&new)]).await?;
    tx.commit().await?;
    Ok((messages.len(), last))
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
