//! The courier: one endpoint at a time per task, several tasks at once, so that a slow endpoint holds up nobody else.

use std::sync::Arc;
use std::time::Duration;

use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::{Clock, Db, StoreError};
use serde_json::json;
use tokio::task::JoinSet;

use super::deliveries::{self, Verdict};
use super::send::Sender;
use super::store::{self, Health, Key};
use super::{Attempt, Delivery, DeliveryState, Endpoint, retry};
use crate::app::App;
use crate::features::audit::{self, Deed};
use crate::jobs::{Fault, Step, Stop};

/// Endpoints that one node serves at once.
const TASKS: usize = 32;
/// Messages that one endpoint gets in one turn before others have theirs.
const PER_TURN: usize = 50;
/// How long a turn is held without renewal: longer than the longest attempt.
const LEASE_MICROS: i64 = 60 * SECOND;
/// How often a busy courier looks for endpoints that became due.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Delivers what is due. Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    db: Db,
    clock: Arc<dyn Clock>,
    sender: Result<Sender, Arc<str>>,
}

impl Courier {
    /// The courier of an installation, calling only where its policy allows.
    pub fn new(app: &App) -> Self {
        let sender = Sender::new(&app.webhooks);
        Self::with(app, sender.map_err(|error| error.to_string().into()))
    }

    /// A courier with a sender of one's own.
    pub(super) fn with(app: &App, sender: Result<Sender, Arc<str>>) -> Self {
        Self { db: app.db.clone(), clock: Arc::clone(&app.clock), sender }
    }

    /// Delivers until nothing is due and nothing is under way, or until `stop` is asked and each task has ended the
    /// message it is at.
    pub async fn work(&self, stop: &Stop) -> Result<Step, Fault> {
        let sender = self.sender.as_ref().map_err(|error| Fault::from(error.to_string()))?;
        let mut tasks = JoinSet::new();
        let mut done = 0_u64;
        loop {
            let room = TASKS.saturating_sub(tasks.len());
            if room > 0 && !stop.is_asked() {
                let limit = i64::try_from(room).unwrap_or(1);
                for key in store::due(&self.db, self.clock.now(), limit).await? {
                    let (courier, sender, stop) = (self.clone(), sender.clone(), stop.clone());
                    tasks.spawn(async move { courier.serve(&sender, key, &stop).await });
                }
            }
            if tasks.is_empty() {
                return Ok(Step { done, more: false });
            }
            tokio::select! {
                ended = tasks.join_next() => done = done.saturating_add(sent(ended)),
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// One turn of one endpoint. Answers how many messages it took.
    async fn serve(&self, sender: &Sender, key: Key, stop: &Stop) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let mut until = now.plus_micros(LEASE_MICROS);
        if !store::lease(&self.db, key, now, until).await? {
            return Ok(0);
        }
        let mut sent = 0;
        for _ in 0..PER_TURN {
            if stop.is_asked() {
                break;
            }
            // Read anew each time: its secret may have been changed, or it may have been turned off.
            let endpoint = store::by_id(&self.db, key).await?.filter(|endpoint| endpoint.active);
            let Some(endpoint) = endpoint else { break };
            let now = self.clock.now();
            let Some(delivery) = deliveries::next_due(&self.db, key, now).await? else { break };
            let attempt = sender.send(&endpoint, &delivery, now).await;
            let at = self.clock.now();
            // Leases are told apart by their ends, so each is later than the one before.
            let next = at.plus_micros(LEASE_MICROS).max(until.plus_micros(1));
            let outcome = judge(&endpoint, &delivery, &attempt, at);
            if !self.note(key, &delivery, &attempt, &outcome, at, (until, next)).await? {
                tracing::warn!(endpoint = %key.endpoint, "another node took over an endpoint of this one");
                return Ok(sent);
            }
            until = next;
            if outcome.0.state != DeliveryState::Delivered {
                break;
            }
            sent += 1;
        }
        store::release(&self.db, key, until).await?;
        Ok(sent)
    }

    /// One transaction: the log, what becomes of the delivery, and how the endpoint fares.
    async fn note(
        &self,
        key: Key,
        delivery: &Delivery,
        attempt: &Attempt,
        outcome: &(Verdict, Health),
        at: Timestamp,
        lease: (Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        let (verdict, health) = outcome;
        let still_ours = self
            .db
            .retry(|| async {
                let mut tx = self.db.begin().await?;
                let still_ours = store::note(&mut tx, key, health, lease).await?;
                deliveries::note(&mut tx, key, delivery, attempt, *verdict, at).await?;
                if let Some(reason) = health.turned_off.filter(|_| still_ours) {
                    audit::record(&mut tx, &turned_off(key, reason, health, at)).await?;
                }
                tx.commit().await?;
                Ok(still_ours)
            })
            .await?;
        if let Some(reason) = health.turned_off {
            tracing::warn!(endpoint = %key.endpoint, tenant = %key.tenant, reason, "a webhook endpoint was turned off");
        }
        Ok(still_ours)
    }
}

/// What a task that ended delivered.
fn sent(ended: Option<Result<Result<u64, StoreError>, tokio::task::JoinError>>) -> u64 {
    match ended {
        Some(Ok(Ok(sent))) => sent,
        Some(Ok(Err(error))) => {
            // Its lease ends by itself and the endpoint is served again.
            tracing::warn!(%error, "an endpoint could not be served");
            0
        }
        Some(Err(error)) => {
            tracing::error!(%error, "serving an endpoint ended unexpectedly");
            0
        }
        None => 0,
    }
}

/// What an attempt makes of its delivery and of its endpoint. Pure.
pub(super) fn judge(
    endpoint: &Endpoint,
    delivery: &Delivery,
    attempt: &Attempt,
    now: Timestamp,
) -> (Verdict, Health) {
    if attempt.status.is_some_and(|status| (200..300).contains(&status)) {
        let verdict = Verdict { state: DeliveryState::Delivered, next_at: now };
        let well =
            Health { failures: 0, failing_since: None, rest_until: Timestamp(0), turned_off: None };
        return (verdict, well);
    }
    let next = retry::next_attempt(delivery.id, delivery.attempts + 1, attempt, now)
        .filter(|next| *next <= delivery.give_up_at);
    let verdict = match next {
        Some(next_at) => Verdict { state: DeliveryState::Waiting, next_at },
        None => Verdict { state: DeliveryState::Dead, next_at: now },
    };
    let failures = endpoint.failures.saturating_add(1);
    let since = endpoint.failing_since.unwrap_or(now);
    let turned_off = match attempt.status {
        Some(410) => Some("gone"),
        _ if now.0.saturating_sub(since.0) >= retry::TURN_OFF_MICROS => Some("failing"),
        _ => None,
    };
    let rest_until = retry::rest_until(failures, attempt, now);
    (verdict, Health { failures, failing_since: Some(since), rest_until, turned_off })
}

fn turned_off(key: Key, reason: &'static str, health: &Health, at: Timestamp) -> Deed<'static> {
    Deed {
        tenant: key.tenant,
        at,
        actor: "webhooks",
        action: "webhook_endpoint.disabled",
        object: key.endpoint.to_string(),
        reason,
        detail: json!({ "failures": health.failures, "failing_since": health.failing_since }),
    }
}
