//! Endpoints of tenants: made by whoever runs the installation, set up by their own administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Tenant, TenantConfig, store};
use crate::App;
use crate::features::audit::{self, Deed, INSTALLATION};
use crate::features::staff;
use crate::http::{Access, Caller, Grant, Payload, Problem, Role, Scope};

/// Everybody who works in a tenant.
const ALL: &[Role] = &[
    Role::Cashier,
    Role::Agent,
    Role::Analyst,
    Role::ProgramManager,
    Role::Finance,
    Role::Admin,
    Role::Backend,
];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/tenants", "tenants:read", &[Role::Platform]).of_installation(),
    Access::post("/tenants", "tenants:write", &[Role::Platform]).of_installation(),
    Access::get("/tenant", "tenants:read", ALL),
    Access::put("/tenant", "tenants:write", &[Role::Admin]),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tenants, create_tenant))
        .routes(routes!(get_tenant, set_tenant))
}

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantView {
    /// Its id.
    #[schema(value_type = String, example = "ten_0000000000001")]
    id: TenantId,
    /// What people set.
    #[serde(flatten)]
    config: TenantConfig,
    /// Is it in use?
    live: bool,
    /// Where its test clock stands; absent when it goes with the real one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    clock_at: Option<Timestamp>,
    /// Grows with every change of configuration.
    config_version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// All tenants of the installation.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantsView {
    /// In the order of their codes.
    items: Vec<TenantView>,
}

/// The installation's tenants.
#[utoipa::path(get, path = "/tenants", tag = "tenants", responses((status = 200, body = TenantsView)))]
async fn list_tenants(State(app): State<App>, _: Caller) -> Result<Json<TenantsView>, Problem> {
    let found = store::all(&app.db).await?;
    Ok(Json(TenantsView { items: found.into_iter().map(view).collect() }))
}

/// Makes a tenant. Whoever makes it is its first administrator.
#[utoipa::path(post, path = "/tenants", tag = "tenants", request_body = TenantConfig,
    responses((status = 201, body = TenantView)))]
async fn create_tenant(
    State(app): State<App>,
    caller: Caller,
    Payload(config): Payload<TenantConfig>,
) -> Result<(StatusCode, Json<TenantView>), Problem> {
    checked(&config)?;
    let (id, now) = (TenantId(app.ids.next()), caller.real_now);
    let actor = caller.principal.actor.as_str();
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx, id, &config, now).await?;
    if let Some(person) = staff::person_of(actor) {
        let grant = Grant { tenant: Some(id), role: Role::Admin };
        staff::store::grant(&mut tx, person, grant, actor, now).await?;
    }
    let deed = Deed {
        tenant: INSTALLATION,
        at: now,
        actor,
        action: "tenant.created",
        object: id.to_string(),
        reason: "",
        detail: json!({ "code": config.code, "sandbox": config.sandbox }),
    };
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    let made = store::by_id(&app.db, id).await?;
    let made = made.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    Ok((StatusCode::CREATED, Json(view(made))))
}

/// The tenant one works in.
#[utoipa::path(get, path = "/tenant", tag = "tenants", responses((status = 200, body = TenantView)))]
async fn get_tenant(scope: Scope<App>) -> Result<Json<TenantView>, Problem> {
    Ok(Json(view(own(&scope).await?)))
}

/// Sets the tenant up anew. Its code, and whether it is a sandbox, never change.
#[utoipa::path(put, path = "/tenant", tag = "tenants", request_body = TenantConfig,
    responses((status = 200, body = TenantView)))]
async fn set_tenant(
    scope: Scope<App>,
    Payload(config): Payload<TenantConfig>,
) -> Result<Json<TenantView>, Problem> {
    checked(&config)?;
    let before = own(&scope).await?;
    for (pointer, same) in [
        ("/code", before.config.code == config.code),
        ("/sandbox", before.config.sandbox == config.sandbox),
    ] {
        if !same {
            return Err(Problem::field(pointer, "invalid", "never changes"));
        }
    }
    let mut tx = scope.app.db.begin().await?;
    if !store::bump(&mut tx, scope.tenant, before.config_version).await? {
        return Err(StoreError::Conflict(None).into());
    }
    store::update(&mut tx, scope.tenant, &config).await?;
    audit::record(&mut tx, &Deed::of(&scope, "tenant.set", scope.tenant, json!({}))).await?;
    tx.commit().await?;
    Ok(Json(view(own(&scope).await?)))
}

async fn own(scope: &Scope<App>) -> Result<Tenant, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant).await?;
    found.ok_or_else(|| Problem::not_found("tenant_not_found"))
}

fn checked(config: &TenantConfig) -> Result<(), Problem> {
    let errors = config.check();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

fn view(tenant: Tenant) -> TenantView {
    TenantView {
        id: tenant.id,
        config: tenant.config,
        live: tenant.live,
        clock_at: tenant.clock_at,
        config_version: tenant.config_version,
        created_at: tenant.created_at,
    }
}
