//! Endpoints of API keys. A key's secret is answered once, when the key is made.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::ApiKeyId;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ApiKey, MAX_SCOPES, Wanted, is_scope, store};
use crate::App;
use crate::http::{Access, Asked, NotKept, Page, PageQuery, PathId, Payload, Problem, Role, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/api-keys", "api-keys:read", &[Role::Admin]),
    Access::post("/api-keys", "api-keys:write", &[Role::Admin]),
    Access::delete("/api-keys/{api_key}", "api-keys:write", &[Role::Admin]),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(revoke_api_key))
}

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, example = "till 12")]
    pub name: String,
    /// What it shall be in the tenant; `platform` is for people only.
    pub role: Role,
    /// Narrows it, such as `purchases:write` or `members:*`; all that the role may do when absent.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// When it ends; never when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// A key without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyView {
    /// Its id.
    #[schema(value_type = String, example = "key_0000000000001")]
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// What it is in the tenant.
    pub role: Role,
    /// What narrows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The last characters of its secret.
    pub hint: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

/// A key with its secret, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeySecret {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKeyView,
    /// Send it as `Authorization: Bearer`. It cannot be shown again.
    #[schema(example = "lzk_…")]
    pub secret: String,
}

/// The tenant's keys, revoked ones too.
#[utoipa::path(get, path = "/api-keys", tag = "api-keys", params(PageQuery),
    responses((status = 200, body = Page<ApiKeyView>)))]
pub async fn list_api_keys(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<ApiKeyView>>, Problem> {
    let wish = query.window::<i64>("api-keys")?;
    let after = ApiKeyId(wish.after.unwrap_or(i64::MIN));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, after, limit).await?;
    Ok(Json(Page::of("api-keys", wish.limit, found, |key| key.id.0, view)))
}

/// Makes a key. Its secret is in this answer and nowhere else. A narrowed key makes none that is wider than itself.
#[utoipa::path(post, path = "/api-keys", tag = "api-keys", request_body = NewApiKey,
    responses((status = 201, body = ApiKeySecret)))]
pub async fn create_api_key(
    scope: Scope<App>,
    Payload(new): Payload<NewApiKey>,
) -> Result<NotKept<(StatusCode, Json<ApiKeySecret>)>, Problem> {
    check(&new, scope.caller.real_now)?;
    // A narrowed key hands on no more than it has.
    match new.scopes.as_deref() {
        None => scope.may_all()?,
        Some(scopes) => scopes.iter().try_for_each(|wanted| scope.may(wanted))?,
    }
    let wanted = Wanted {
        tenant: scope.tenant,
        name: new.name.trim().to_owned(),
        role: new.role,
        scopes: new.scopes,
        expires_at: new.expires_at,
    };
    let now = scope.caller.real_now;
    let (key, secret) = super::create(&scope.app, wanted, scope.actor(), now).await?;
    let answer = ApiKeySecret { key: view(key), secret: secret.text };
    Ok(NotKept((StatusCode::CREATED, Json(answer))))
}

/// Revokes a key, at once and for good.
#[utoipa::path(delete, path = "/api-keys/{api_key}", tag = "api-keys",
    params(("api_key" = String, Path)), responses((status = 204)))]
pub async fn revoke_api_key(
    scope: Scope<App>,
    PathId(id): PathId<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    let now = scope.caller.real_now;
    if !super::revoke(&scope.app, scope.tenant, id, scope.actor(), now).await? {
        return Err(Problem::not_found("api_key_not_found"));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn check(new: &NewApiKey, now: Timestamp) -> Result<(), Problem> {
    let name = new.name.trim();
    if !(1..=200).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Problem::field("/name", "invalid", "must have 1 to 200 printable characters"));
    }
    if new.role == Role::Platform {
        return Err(Problem::field("/role", "invalid", "is for people only"));
    }
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::field("/expires_at", "invalid", "must lie ahead"));
    }
    let scopes = new.scopes.as_deref().unwrap_or_default();
    if scopes.len() > MAX_SCOPES {
        let detail = format!("at most {MAX_SCOPES} scopes");
        return Err(Problem::field("/scopes", "invalid", detail));
    }
    match scopes.iter().position(|scope| !is_scope(scope)) {
        None => Ok(()),
        Some(at) => {
            let detail = "a scope looks like purchases:write, members:* or *";
            Err(Problem::field(&format!("/scopes/{at}"), "invalid", detail))
        }
    }
}

fn view(key: ApiKey) -> ApiKeyView {
    ApiKeyView {
        id: key.id,
        name: key.name,
        role: key.role,
        scopes: key.scopes,
        hint: key.hint,
        created_by: key.created_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
    }
}
