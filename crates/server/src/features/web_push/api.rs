//! Endpoints of notices: for apps of a brand's own that want what the portal's page does.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::PushDeviceId;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::devices::{Offered, add, end};
use super::vapid::Vapid;
use super::{Device, store};
use crate::App;
use crate::features::brands;
use crate::features::members;
use crate::http::{Access, PathId, Payload, Problem, Role, Scope};

/// The longest name of a browser, in characters.
const MAX_NAME: usize = 100;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get(
        "/members/{member}/push-devices",
        "push-devices:read",
        &[Role::Agent, Role::Backend, Role::Admin],
    )
    .and_own(),
    Access::post("/members/{member}/push-devices", "push-devices:write", &[Role::Backend])
        .and_own(),
    Access::delete(
        "/members/{member}/push-devices/{device}",
        "push-devices:write",
        &[Role::Agent, Role::Backend, Role::Admin],
    )
    .and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_push_devices, add_push_device))
        .routes(routes!(end_push_device))
}

/// A browser that a member gets notices on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushDeviceView {
    /// Its id.
    #[schema(value_type = String, example = "pdv_0000000000001")]
    id: PushDeviceId,
    /// What it calls itself.
    name: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// A member's browsers, and the key that new ones are asked with.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushDevicesView {
    /// The tenant's public key, the `applicationServerKey` of `pushManager.subscribe`.
    key: String,
    /// The browsers.
    items: Vec<PushDeviceView>,
}

/// A browser as it says of itself: the parts of its `PushSubscription`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPushDevice {
    /// The code of the brand in whose name it is told.
    #[serde(default)]
    #[schema(min_length = 1)]
    brand: String,
    /// Where its maker takes notices: https, a public host.
    #[serde(default)]
    #[schema(max_length = 2000)]
    endpoint: String,
    /// `keys.p256dh`.
    #[serde(default)]
    p256dh: String,
    /// `keys.auth`.
    #[serde(default)]
    auth: String,
    /// What it calls itself, such as `Chrome, Android`.
    #[serde(default)]
    #[schema(max_length = 100)]
    name: String,
}

/// A member's browsers that get notices.
#[utoipa::path(get, path = "/members/{member}/push-devices", tag = "push",
    params(("member" = String, Path)), responses((status = 200, body = PushDevicesView)))]
async fn list_push_devices(
    scope: Scope<App>,
    PathId(member): PathId<String>,
) -> Result<Json<PushDevicesView>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let key = Vapid::of(&scope.app, scope.tenant).await?.public();
    let found = store::devices(&scope.app.db, scope.tenant, member.id).await?;
    Ok(Json(PushDevicesView { key, items: found.into_iter().map(view).collect() }))
}

/// Adds a browser, with the member's consent to be told of offers by notices, which the caller has asked for.
#[utoipa::path(post, path = "/members/{member}/push-devices", tag = "push",
    params(("member" = String, Path)), request_body = NewPushDevice,
    responses((status = 201, body = PushDeviceView)))]
async fn add_push_device(
    scope: Scope<App>,
    PathId(member): PathId<String>,
    Payload(new): Payload<NewPushDevice>,
) -> Result<(StatusCode, Json<PushDeviceView>), Problem> {
    let member = members::resolve_active(&scope, &member).await?;
    let brand = brands::store::by_code(&scope.app.db, scope.tenant, &new.brand).await?;
    let brand = brand.filter(|brand| brand.config.site.is_some());
    let Some(brand) = brand else {
        return Err(Problem::field("/brand", "unknown", "is no brand with a portal"));
    };
    if new.name.chars().count() > MAX_NAME || new.name.chars().any(char::is_control) {
        return Err(Problem::field(
            "/name",
            "invalid",
            "must have at most 100 printable characters",
        ));
    }
    let offered = Offered {
        endpoint: &new.endpoint,
        p256dh: &new.p256dh,
        auth: &new.auth,
        name: new.name.clone(),
    };
    let id = add(&scope, &member, brand.id, &offered).await?;
    let made = store::by_id(&scope.app.db, id).await?;
    let made = made.ok_or_else(|| Problem::not_found("push_device_not_found"))?;
    Ok((StatusCode::CREATED, Json(view(made))))
}

/// Ends a browser; with the last one the consent ends, too.
#[utoipa::path(delete, path = "/members/{member}/push-devices/{device}", tag = "push",
    params(("member" = String, Path), ("device" = String, Path)), responses((status = 204)))]
async fn end_push_device(
    scope: Scope<App>,
    Path((member, device)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let missing = || Problem::not_found("push_device_not_found");
    let device = device.parse().map_err(|_| missing())?;
    if end(&scope, &member, device).await? { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

/// A member's browsers as they are told.
pub async fn of_member(
    scope: &Scope<App>,
    member: lazo_domain::ids::MemberId,
) -> Result<Vec<PushDeviceView>, Problem> {
    let found = store::devices(&scope.app.db, scope.tenant, member).await?;
    Ok(found.into_iter().map(view).collect())
}

fn view(device: Device) -> PushDeviceView {
    PushDeviceView { id: device.id, name: device.name, created_at: device.created_at }
}
