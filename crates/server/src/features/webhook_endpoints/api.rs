//! The endpoints about webhook endpoints. A secret is answered once, when it is made.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::WebhookEndpointId;
use lazo_domain::time::{DAY, SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guard::{Blocked, Gate, Target};
use super::signing::{SECRET_BYTES, Secret, Secrets};
use super::store::{self, Key};
use super::{
    Endpoint, MAX_DESCRIPTION, MAX_ENDPOINTS, ROTATION_MICROS, deliveries, is_wish, log_api,
};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Access, Asked, NotKept, Page, PageQuery, PathId, Payload, Problem, Role, Scope};

/// Those who may set up and look into webhooks.
pub(super) const KEEPERS: &[Role] = &[Role::Admin, Role::ProgramManager];
const ONE: &str = "/webhook-endpoints/{webhook_endpoint}";
const READ: &str = "webhook-endpoints:read";
const WRITE: &str = "webhook-endpoints:write";
/// The most names that one endpoint asks for.
const MAX_WISHES: usize = 100;
/// The longest that a secret may go on signing after its rotation.
const MAX_OVERLAP: i64 = 30 * DAY;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/webhook-endpoints", READ, KEEPERS),
    Access::post("/webhook-endpoints", WRITE, KEEPERS),
    Access::get(ONE, READ, KEEPERS),
    Access::patch(ONE, WRITE, KEEPERS),
    Access::delete(ONE, WRITE, KEEPERS),
    Access::post("/webhook-endpoints/{webhook_endpoint}/secrets", WRITE, KEEPERS),
    Access::post("/webhook-endpoints/{webhook_endpoint}/tests", WRITE, KEEPERS),
    Access::get("/webhook-endpoints/{webhook_endpoint}/deliveries", READ, KEEPERS),
    Access::post("/webhook-endpoints/{webhook_endpoint}/replays", WRITE, KEEPERS),
    Access::get(
        "/webhook-endpoints/{webhook_endpoint}/deliveries/{webhook_delivery}",
        READ,
        KEEPERS,
    ),
    Access::post(
        "/webhook-endpoints/{webhook_endpoint}/deliveries/{webhook_delivery}/replays",
        WRITE,
        KEEPERS,
    ),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_webhook_endpoints, create_webhook_endpoint))
        .routes(routes!(get_webhook_endpoint, change_webhook_endpoint, delete_webhook_endpoint))
        .routes(routes!(rotate_webhook_secret))
        .merge(log_api::routes())
}

/// An endpoint to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookEndpoint {
    /// Where messages go: a public `https://` address.
    #[schema(max_length = 2000, example = "https://hooks.example.com/lazo")]
    pub url: String,
    /// What people call it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
    /// The names it wants, such as `points.earned` or `points.*`; all when absent or empty.
    #[serde(default)]
    #[schema(max_items = 100, example = json!(["points.*", "tier.upgraded"]))]
    pub events: Vec<String>,
}

/// What to change of an endpoint; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookEndpointChange {
    /// Where messages go.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub url: Option<String>,
    /// What people call it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: Option<String>,
    /// The names it wants.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub events: Option<Vec<String>>,
    /// Turns it on or off. While it is off, messages for it are not kept.
    #[serde(default)]
    pub active: Option<bool>,
}

/// How to rotate a secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSecretRotation {
    /// Seconds for which the secret before goes on signing beside the new one, 0 to 2,592,000; a day when absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub overlap_seconds: Option<i64>,
}

/// An endpoint without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpointView {
    /// Its id.
    #[schema(value_type = String, example = "whe_0000000000001")]
    pub id: WebhookEndpointId,
    /// Where messages go.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// The names it wants; all when empty.
    pub events: Vec<String>,
    /// Is it on?
    pub active: bool,
    /// Why it was turned off: `failing` or `gone`; absent when a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The end of its secret, by which people tell two apart.
    pub secret_hint: String,
    /// Until when the secret before signs too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub secret_before_until: Option<Timestamp>,
    /// Attempts in a row that failed.
    pub failures: i64,
    /// Since when they fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// An endpoint with its secret, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpointSecret {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: WebhookEndpointView,
    /// Verifies `webhook-signature` as Standard Webhooks says. It cannot be shown again.
    #[schema(example = "whsec_…")]
    pub secret: String,
}

/// The tenant's webhook endpoints.
#[utoipa::path(get, path = "/webhook-endpoints", tag = "webhook-endpoints", params(PageQuery),
    responses((status = 200, body = Page<WebhookEndpointView>)))]
pub async fn list_webhook_endpoints(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<WebhookEndpointView>>, Problem> {
    let wish = query.window::<i64>("webhook-endpoints")?;
    let after = WebhookEndpointId(wish.after.unwrap_or(i64::MIN));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, after, limit).await?;
    let now = scope.caller.real_now;
    let page = Page::of(
        "webhook-endpoints",
        wish.limit,
        found,
        |e| e.id.0,
        |endpoint| view(endpoint, now),
    );
    Ok(Json(page))
}

/// Makes an endpoint. Its secret is in this answer and nowhere else. It hears of what happens from now on.
#[utoipa::path(post, path = "/webhook-endpoints", tag = "webhook-endpoints",
    request_body = NewWebhookEndpoint, responses((status = 201, body = WebhookEndpointSecret)))]
pub async fn create_webhook_endpoint(
    scope: Scope<App>,
    Payload(new): Payload<NewWebhookEndpoint>,
) -> Result<NotKept<(StatusCode, Json<WebhookEndpointSecret>)>, Problem> {
    let secret = drawn(&scope.app);
    let endpoint = Endpoint {
        id: WebhookEndpointId(scope.app.ids.next()),
        tenant: scope.tenant,
        url: checked(&new.url, &scope.app.webhooks).await?,
        description: described(new.description)?,
        events: wished(new.events)?,
        active: true,
        reason: None,
        secrets: Secrets::new(secret.clone()),
        version: 1,
        created_at: scope.caller.real_now,
        failures: 0,
        failing_since: None,
    };
    let detail = json!({ "url": endpoint.url, "events": endpoint.events });
    let mut tx = scope.app.db.begin().await?;
    let there = store::count(&mut tx, scope.tenant).await?;
    if usize::try_from(there).unwrap_or(usize::MAX) >= MAX_ENDPOINTS {
        return Err(
            Problem::new(422, "webhook_endpoints_full").with("most", MAX_ENDPOINTS.to_string())
        );
    }
    store::insert(&mut tx, &endpoint).await?;
    let deed = Deed::of(&scope, "webhook_endpoint.created", endpoint.id, detail);
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(NotKept((StatusCode::CREATED, Json(told(endpoint, &secret, scope.caller.real_now)))))
}

/// A webhook endpoint.
#[utoipa::path(get, path = "/webhook-endpoints/{webhook_endpoint}", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path)), responses((status = 200, body = WebhookEndpointView)))]
pub async fn get_webhook_endpoint(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
) -> Result<Json<WebhookEndpointView>, Problem> {
    let endpoint = found(&scope, id).await?;
    Ok(Json(view(endpoint, scope.caller.real_now)))
}

/// Changes an endpoint, or turns it on or off.
#[utoipa::path(patch, path = "/webhook-endpoints/{webhook_endpoint}", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path)), request_body = WebhookEndpointChange,
    responses((status = 200, body = WebhookEndpointView)))]
pub async fn change_webhook_endpoint(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
    Payload(change): Payload<WebhookEndpointChange>,
) -> Result<Json<WebhookEndpointView>, Problem> {
    let mut endpoint = found(&scope, id).await?;
    if let Some(url) = change.url {
        endpoint.url = checked(&url, &scope.app.webhooks).await?;
    }
    if let Some(description) = change.description {
        endpoint.description = described(description)?;
    }
    if let Some(events) = change.events {
        endpoint.events = wished(events)?;
    }
    if let Some(active) = change.active {
        (endpoint.active, endpoint.reason) = (active, None);
    }
    let detail =
        json!({ "url": endpoint.url, "events": endpoint.events, "active": endpoint.active });
    changed(&scope, endpoint, "webhook_endpoint.changed", detail).await.map(|endpoint| {
        let endpoint = Endpoint { failures: 0, failing_since: None, ..endpoint };
        Json(view(endpoint, scope.caller.real_now))
    })
}

/// Makes a new secret, answered this once. Until the one before ends, messages carry a signature of each.
#[utoipa::path(post, path = "/webhook-endpoints/{webhook_endpoint}/secrets", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path)), request_body = WebhookSecretRotation,
    responses((status = 201, body = WebhookEndpointSecret)))]
pub async fn rotate_webhook_secret(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
    Payload(rotation): Payload<WebhookSecretRotation>,
) -> Result<NotKept<(StatusCode, Json<WebhookEndpointSecret>)>, Problem> {
    let overlap = rotation.overlap_seconds.map_or(ROTATION_MICROS, |s| s.saturating_mul(SECOND));
    if !(0..=MAX_OVERLAP).contains(&overlap) {
        let detail = "must be between 0 and 2592000";
        return Err(Problem::field("/overlap_seconds", "invalid", detail));
    }
    let endpoint = found(&scope, id).await?;
    let (secret, now) = (drawn(&scope.app), scope.caller.real_now);
    let secrets = endpoint.secrets.clone().rotated(secret.clone(), now.plus_micros(overlap));
    let detail = json!({ "overlap_seconds": overlap.div_euclid(SECOND) });
    let endpoint = Endpoint { secrets, ..endpoint };
    let endpoint = changed(&scope, endpoint, "webhook_endpoint.secret_rotated", detail).await?;
    Ok(NotKept((StatusCode::CREATED, Json(told(endpoint, &secret, now)))))
}

/// Removes an endpoint with its deliveries and their log.
#[utoipa::path(delete, path = "/webhook-endpoints/{webhook_endpoint}", tag = "webhook-endpoints",
    params(("webhook_endpoint" = String, Path)), responses((status = 204)))]
pub async fn delete_webhook_endpoint(
    scope: Scope<App>,
    PathId(id): PathId<WebhookEndpointId>,
) -> Result<StatusCode, Problem> {
    let key = Key { tenant: scope.tenant, endpoint: id };
    let mut tx = scope.app.db.begin().await?;
    if !store::delete(&mut tx, key).await? {
        return Err(Problem::not_found("webhook_endpoint_not_found"));
    }
    deliveries::delete_all(&mut tx, key).await?;
    audit::record(&mut tx, &Deed::of(&scope, "webhook_endpoint.deleted", id, json!({}))).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The endpoint, if it is this tenant's.
pub(super) async fn found(
    scope: &Scope<App>,
    endpoint: WebhookEndpointId,
) -> Result<Endpoint, Problem> {
    let key = Key { tenant: scope.tenant, endpoint };
    let found = store::by_id(&scope.app.db, key).await?;
    found.ok_or_else(|| Problem::not_found("webhook_endpoint_not_found"))
}

/// Keeps what was changed of an endpoint as it was read, with a line in the audit log.
async fn changed(
    scope: &Scope<App>,
    endpoint: Endpoint,
    action: &str,
    detail: serde_json::Value,
) -> Result<Endpoint, Problem> {
    let endpoint = Endpoint { version: endpoint.version + 1, ..endpoint };
    let mut tx = scope.app.db.begin().await?;
    if !store::update(&mut tx, &endpoint).await? {
        return Err(Problem::new(409, "changed_meanwhile"));
    }
    audit::record(&mut tx, &Deed::of(scope, action, endpoint.id, detail)).await?;
    tx.commit().await?;
    Ok(endpoint)
}

fn drawn(app: &App) -> Secret {
    let mut octets = [0; SECRET_BYTES];
    app.entropy.fill(&mut octets);
    Secret::from_random(octets)
}

/// The address as it is stored, if messages may go there.
async fn checked(url: &str, gate: &Gate) -> Result<String, Problem> {
    let local = ["//localhost", "//127.", "//[::1]"].iter().any(|host| url.contains(host));
    let refused = |why: Blocked| {
        let hint = if local {
            "; to reach this machine itself, run the server with LAZO_WEBHOOKS_TO_THIS_MACHINE=true"
        } else {
            ""
        };
        Problem::field("/url", why.code(), format!("{why}{hint}"))
    };
    let target = Target::parse(url, gate.policy()).map_err(refused)?;
    gate.check(&target).await.map_err(refused)?;
    Ok(target.url().to_string())
}

fn described(text: String) -> Result<String, Problem> {
    if text.chars().count() > MAX_DESCRIPTION || text.chars().any(char::is_control) {
        let detail = format!("must have at most {MAX_DESCRIPTION} printable characters");
        return Err(Problem::field("/description", "invalid", detail));
    }
    Ok(text)
}

fn wished(mut events: Vec<String>) -> Result<Vec<String>, Problem> {
    if events.len() > MAX_WISHES {
        let detail = format!("at most {MAX_WISHES} names");
        return Err(Problem::field("/events", "invalid", detail));
    }
    if let Some(at) = events.iter().position(|wish| !is_wish(wish)) {
        let detail = "is no event's name, and no noun's as in points.*";
        return Err(Problem::field(&format!("/events/{at}"), "unknown_event", detail));
    }
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

fn told(endpoint: Endpoint, secret: &Secret, now: Timestamp) -> WebhookEndpointSecret {
    WebhookEndpointSecret { endpoint: view(endpoint, now), secret: secret.reveal() }
}

fn view(endpoint: Endpoint, now: Timestamp) -> WebhookEndpointView {
    let before = endpoint.secrets.previous.as_ref();
    WebhookEndpointView {
        id: endpoint.id,
        secret_hint: endpoint.secrets.current.hint(),
        secret_before_until: before.map(|(_, until)| *until).filter(|until| now < *until),
        url: endpoint.url,
        description: endpoint.description,
        events: endpoint.events,
        active: endpoint.active,
        reason: endpoint.reason,
        failures: endpoint.failures,
        failing_since: endpoint.failing_since,
        created_at: endpoint.created_at,
    }
}
