//! The endpoints about deliveries: what became of each, sending again, and trying an endpoint out.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::{EventId, WebhookDeliveryId, WebhookEndpointId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::found;
use super::deliveries::{self, LoggedAttempt, NewDelivery};
use super::store::{self, Key};
use super::{Delivery, DeliveryState, TEST_EVENT, test_message};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Asked, Page, PathId, Problem, Scope, window};

/// The endpoints about deliveries; their rows stand with those of the noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(test_webhook_endpoint))
        .routes(routes!(list_webhook_deliveries))
        .routes(routes!(replay_dead_webhook_deliveries))
        .routes(routes!(get_webhook_delivery))
        .routes(routes!(replay_webhook_delivery))
}

/// Which page of an endpoint's deliveries.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
    /// Only those in this state: `waiting`, `delivered` or `dead`.
    pub state: Option<String>,
}

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryView {
    /// Its id, sent as `webhook-id` with every attempt.
    #[schema(value_type = String, example = "whd_0000000000001")]
    pub id: WebhookDeliveryId,
    /// The name of what it tells.
    #[serde(rename = "type")]
    #[schema(example = "points.earned")]
    pub name: String,
    /// `waiting`, `delivered` or `dead`.
    pub state: &'static str,
    /// Attempts since it was made or last sent again by hand.
    pub attempts: i64,
    /// When it is tried next, for one that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was delivered or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
}

/// A delivery with what is sent and the log of its attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryLog {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: WebhookDeliveryView,
    /// The message. Verify signatures over the octets as they arrive, not over this.
    #[schema(value_type = Object)]
    pub message: Value,
    /// Every attempt, the first one first.
    pub log: Vec<WebhookAttemptView>,
}

/// One attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAttemptView {
    /// Its number, from 1.
    pub number: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The HTTP status, when there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// What went wrong: `timeout`, `connect`, `tls`, `look_up`, `blocked`, `redirect` or `broken_off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// How long it took.
    pub latency_ms: i64,
    /// The beginning of the answer.
    pub answer: String,
}

/// What was set going.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookReplay {
    /// How many deliveries are sent again.
    pub replayed: u64,
}

/// Sends a test message, `webhook_endpoint.tested`, whatever the endpoint wants otherwise.
#[utoipa::path(post, path = "/webhook-endpoints/{webhook_endpoint}/tests", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path)), responses((status = 202, body = WebhookDeliveryView)))]
pub async fn test_webhook_endpoint(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
) -> Result<(StatusCode, Json<WebhookDeliveryView>), Problem> {
    let endpoint = found(&scope, id).await?;
    if !endpoint.active {
        return Err(Problem::new(409, "webhook_endpoint_off"));
    }
    let (key, now) = (Key { tenant: scope.tenant, endpoint: id }, scope.caller.real_now);
    let event = EventId(scope.app.ids.next());
    let new = NewDelivery {
        tenant: scope.tenant,
        endpoint: id,
        id: WebhookDeliveryId(scope.app.ids.next()),
        // No account, so no bucket: what is tested has a name of its own.
        bucket: 0,
        event,
        position: 0,
        name: TEST_EVENT.to_owned(),
        body: test_message(scope.tenant, id, event, now),
        created_at: now,
    };
    let mut tx = scope.app.db.begin().await?;
    tx.run_all(vec![deliveries::insert_statement(std::slice::from_ref(&new))]).await?;
    store::wake(&mut tx, key).await?;
    tx.commit().await?;
    let made = deliveries::by_id(&scope.app.db, key, new.id).await?;
    let made = made.ok_or_else(|| Problem::not_found("webhook_delivery_not_found"))?;
    Ok((StatusCode::ACCEPTED, Json(view(&made))))
}

/// An endpoint's deliveries, the newest first.
#[utoipa::path(get, path = "/webhook-endpoints/{webhook_endpoint}/deliveries", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path), DeliveryQuery),
    responses((status = 200, body = Page<WebhookDeliveryView>)))]
pub async fn list_webhook_deliveries(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Json<Page<WebhookDeliveryView>>, Problem> {
    let wish = window::<i64>("webhook-deliveries", query.limit, query.cursor.as_deref())?;
    let state = query.state.as_deref().map(|name| {
        let detail = "state: must be waiting, delivered or dead";
        DeliveryState::named(name)
            .ok_or_else(|| Problem::new(400, "bad_query").with("detail", detail))
    });
    let state = state.transpose()?;
    let key = Key { tenant: scope.tenant, endpoint: found(&scope, id).await?.id };
    let before = WebhookDeliveryId(wish.after.unwrap_or(i64::MAX));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = deliveries::page(&scope.app.db, key, state, before, limit).await?;
    let view = |delivery: Delivery| view(&delivery);
    Ok(Json(Page::of("webhook-deliveries", wish.limit, found, |delivery| delivery.id.0, view)))
}

/// A delivery with its message and the log of its attempts.
#[utoipa::path(get, path = "/webhook-endpoints/{webhook_endpoint}/deliveries/{webhook_delivery}",
    tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path), ("webhook_delivery" = String, Path)),
    responses((status = 200, body = WebhookDeliveryLog)))]
pub async fn get_webhook_delivery(
    scope: Scope<App>,
    Path(path): Path<(String, String)>,
) -> Result<Json<WebhookDeliveryLog>, Problem> {
    let (key, id) = named(&scope, &path)?;
    let missing = || Problem::not_found("webhook_delivery_not_found");
    let delivery = deliveries::by_id(&scope.app.db, key, id).await?.ok_or_else(missing)?;
    let log = deliveries::attempts(&scope.app.db, key, id).await?;
    Ok(Json(WebhookDeliveryLog {
        delivery: view(&delivery),
        message: serde_json::from_str(&delivery.body).unwrap_or_default(),
        log: log.into_iter().map(attempt).collect(),
    }))
}

/// Sends a delivery again, whatever became of it. It keeps its id, so that a receiver knows the repetition.
#[utoipa::path(post, path = "/webhook-endpoints/{webhook_endpoint}/deliveries/{webhook_delivery}/replays",
    tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path), ("webhook_delivery" = String, Path)),
    responses((status = 202, body = WebhookReplay)))]
pub async fn replay_webhook_delivery(
    scope: Scope<App>,
    Path(path): Path<(String, String)>,
) -> Result<(StatusCode, Json<WebhookReplay>), Problem> {
    let (key, id) = named(&scope, &path)?;
    let mut tx = scope.app.db.begin().await?;
    if !deliveries::replay(&mut tx, key, id, scope.caller.real_now).await? {
        return Err(Problem::not_found("webhook_delivery_not_found"));
    }
    store::wake(&mut tx, key).await?;
    let deed = Deed::of(&scope, "webhook_delivery.replayed", id, json!({}));
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReplay { replayed: 1 })))
}

/// Sends all dead deliveries of an endpoint again.
#[utoipa::path(post, path = "/webhook-endpoints/{webhook_endpoint}/replays", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path)), responses((status = 202, body = WebhookReplay)))]
pub async fn replay_dead_webhook_deliveries(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
) -> Result<(StatusCode, Json<WebhookReplay>), Problem> {
    let key = Key { tenant: scope.tenant, endpoint: found(&scope, id).await?.id };
    let mut tx = scope.app.db.begin().await?;
    let replayed = deliveries::replay_dead(&mut tx, key, scope.caller.real_now).await?;
    store::wake(&mut tx, key).await?;
    let detail = json!({ "replayed": replayed });
    let deed = Deed::of(&scope, "webhook_endpoint.dead_replayed", id, detail);
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReplay { replayed })))
}

/// The two ids of a path. What is no such id names nothing.
fn named(
    scope: &Scope<App>,
    (endpoint, delivery): &(String, String),
) -> Result<(Key, WebhookDeliveryId), Problem> {
    let missing = || Problem::not_found("webhook_delivery_not_found");
    let endpoint = endpoint.parse().map_err(|_| missing())?;
    let delivery = delivery.parse().map_err(|_| missing())?;
    Ok((Key { tenant: scope.tenant, endpoint }, delivery))
}

fn view(delivery: &Delivery) -> WebhookDeliveryView {
    let waits = delivery.state == DeliveryState::Waiting;
    WebhookDeliveryView {
        id: delivery.id,
        name: delivery.name.clone(),
        state: delivery.state.name(),
        attempts: delivery.attempts,
        next_at: waits.then_some(delivery.next_at),
        created_at: delivery.created_at,
        done_at: delivery.done_at,
    }
}

fn attempt(logged: LoggedAttempt) -> WebhookAttemptView {
    let LoggedAttempt { number, at, status, fault, latency_ms, answer } = logged;
    WebhookAttemptView { number, at, status, fault, latency_ms, answer }
}
