//! Webhook endpoints: where a tenant wants to hear what happens, and the deliveries that tell it. At least once.

pub mod api;
pub mod console;
mod deliver;
pub mod deliveries;
mod envelope;
mod fan_out;
pub mod guard;
mod log_api;
mod retry;
pub mod send;
pub mod signing;
pub mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use lazo_domain::ids::{TenantId, WebhookDeliveryId, WebhookEndpointId};
use lazo_domain::time::{DAY, Timestamp};

pub use envelope::test_message;
pub use guard::Gate;
use signing::Secrets;

use crate::app::App;
use crate::jobs::{Job, Step};

/// The most endpoints of one tenant: each gets every message it wants.
pub const MAX_ENDPOINTS: usize = 50;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 500;
/// How long the secret before goes on signing after a rotation, unless the caller says how long.
pub const ROTATION_MICROS: i64 = DAY;
/// How long deliveries are kept after they ended, for whoever looks into a complaint.
const KEPT_MICROS: i64 = 30 * DAY;
/// The name of the message that a tenant sends itself to see whether an endpoint works.
pub const TEST_EVENT: &str = "webhook_endpoint.tested";

/// Every name of an event that can be told.
pub const EVENT_NAMES: [&str; 53] = [
    "badge.awarded",
    "campaign.budget_reached",
    "campaign.ended",
    "campaign.started",
    "challenge.completed",
    "challenge.progressed",
    "identity.linked",
    "identity.unlinked",
    "import.executed",
    "import.failed",
    "import.validated",
    "integration.cutover_completed",
    "integration.cutover_started",
    "integration.rolled_back",
    "member.deactivated",
    "member.enrolled",
    "member.erased",
    "member.updated",
    "membership.merged",
    "membership.unmerged",
    "merge_case.approved",
    "merge_case.proposed",
    "merge_case.rejected",
    "points.activated",
    "points.adjusted",
    "points.earned",
    "points.expired",
    "points.expiring",
    "points.locked",
    "points.pending",
    "points.redeemed",
    "points.reversed",
    "points.transferred",
    "points.unlocked",
    "reconciliation.failed",
    "reconciliation.passed",
    "referral.completed",
    "reward.cancelled",
    "reward.fulfilled",
    "reward.redeemed",
    "reward.reserved",
    "segment.entered",
    "segment.left",
    "tier.downgrade_scheduled",
    "tier.downgraded",
    "tier.granted",
    "tier.prolonged",
    "tier.upgraded",
    "voucher.cancelled",
    "voucher.expired",
    "voucher.issued",
    "voucher.used",
    TEST_EVENT,
];

/// An endpoint of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where messages go; checked by [`guard`].
    pub url: String,
    /// What people call it.
    pub description: String,
    /// The names it wants, or `points.*`; all when empty.
    pub events: Vec<String>,
    /// Is it in use?
    pub active: bool,
    /// Why not, for one that was turned off.
    pub reason: Option<String>,
    /// What signs its messages.
    pub secrets: Secrets,
    /// Grows with every change that people make.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Attempts in a row that failed.
    pub failures: i64,
    /// Since when they fail.
    pub failing_since: Option<Timestamp>,
}

impl Endpoint {
    /// Does it want messages of this name?
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|wish| covers(wish, name))
    }
}

/// Is it the name of an event, or all events of a noun as `points.*`?
#[must_use]
pub fn is_wish(wish: &str) -> bool {
    EVENT_NAMES.iter().any(|name| covers(wish, name))
}

fn covers(wish: &str, name: &str) -> bool {
    match wish.strip_suffix(".*") {
        Some(noun) => name.split('.').next() == Some(noun),
        None => wish == name,
    }
}

/// How far a delivery is. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It will be sent, perhaps again.
    Waiting = 0,
    /// The endpoint took it.
    Delivered = 1,
    /// Given up; it can be sent again by hand.
    Dead = 2,
}

impl DeliveryState {
    /// Every state with its name outside.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Waiting, "waiting"), (Self::Delivered, "delivered"), (Self::Dead, "dead")];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(state, _)| *state)
    }
}

/// One message for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, the `webhook-id` of every attempt.
    pub id: WebhookDeliveryId,
    /// The name of what it tells.
    pub name: String,
    /// The octets that are sent, the same on every attempt.
    pub body: String,
    /// How far it is.
    pub state: DeliveryState,
    /// Attempts since it was made, or since it was last sent again by hand.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it is given up.
    pub give_up_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was delivered or given up.
    pub done_at: Option<Timestamp>,
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// What went wrong without an answer that counts: `timeout`, `connect`, `blocked`, `redirect`, …
    pub fault: Option<&'static str>,
    /// How long it took.
    pub latency_ms: i64,
    /// The beginning of the answer.
    pub answer: String,
    /// How long the endpoint asked us to wait, in seconds.
    pub retry_after_s: Option<i64>,
}

/// Sends an endpoint a test message; answers the delivery's id.
#[cfg(test)]
pub(crate) async fn try_out(
    scope: crate::http::Scope<App>,
    id: WebhookEndpointId,
) -> Result<WebhookDeliveryId, crate::http::Problem> {
    let (_, axum::Json(made)) =
        log_api::test_webhook_endpoint(scope, crate::http::PathId(id)).await?;
    Ok(made.id)
}

/// The jobs of this noun: messages are handed to endpoints, delivered, and forgotten when they are old.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    let second = Duration::from_secs(1);
    let sorting = (app.clone(), Arc::new(AtomicI64::new(0)));
    let fan_out = Job::one("webhooks.fan_out", second, move |turn| {
        let (app, from) = sorting.clone();
        async move { Ok(fan_out::step(&app.db, &app.ids, turn.now, &from).await?) }
    });
    let courier = Arc::new(deliver::Courier::new(app));
    let deliver = Job::every_node("webhooks.deliver", second, move |turn| {
        let courier = Arc::clone(&courier);
        async move { courier.work(&turn.stop).await }
    });
    let db = app.db.clone();
    let forget = Job::one("webhooks.forget", Duration::from_secs(60), move |turn| {
        let db = db.clone();
        async move {
            let given_up = deliveries::give_up(&db, turn.now).await?;
            let before = turn.now.plus_micros(-KEPT_MICROS);
            let (gone, more) = deliveries::forget(&db, before).await?;
            Ok(Step { done: given_up.saturating_add(gone), more })
        }
    });
    vec![fan_out, deliver, forget]
}
