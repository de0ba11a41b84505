//! Endpoints of staff: who is what, and tokens for people. The last administrator of a tenant stays.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lazo_domain::ids::StaffId;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    MAX_TOKEN_DAYS, Staff, TENANT_ROLES, TOKEN_DAYS, TOKEN_PREFIX, ends, not_to_oneself, person_of,
    setup, store,
};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{
    Access, Asked, Grant, NotKept, Page, PageQuery, PathId, Payload, Problem, Role, Scope, VIA,
};
use crate::secrets::Secret;

const ADMIN: &[Role] = &[Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/staff", "staff:read", ADMIN),
    Access::post("/staff", "staff:write", ADMIN),
    Access::put("/staff/{staff}/roles", "staff:write", ADMIN),
    Access::post("/staff/{staff}/tokens", "staff:write", ADMIN),
    Access::delete("/staff/{staff}/tokens", "staff:write", ADMIN),
    Access::post("/setup", "setup:write", &[]).of_installation().open(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_staff, add_staff))
        .routes(routes!(set_staff_roles))
        .routes(routes!(issue_staff_token, revoke_staff_tokens))
        .routes(routes!(set_up))
}

/// A person to add to the tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaff {
    /// What the person signs in with; unique in the installation.
    #[schema(min_length = 1, max_length = 200, example = "ana@example.com")]
    pub login: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What the person shall be in the tenant.
    #[schema(min_items = 1)]
    pub roles: Vec<Role>,
}

/// A person of the tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffView {
    /// Its id.
    #[schema(value_type = String, example = "stf_0000000000001")]
    pub id: StaffId,
    /// What the person signs in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What the person is in the tenant.
    pub roles: Vec<Role>,
}

/// What a person shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesBody {
    /// All roles in the tenant; none takes the person out of it.
    pub roles: Vec<Role>,
}

/// For how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaffToken {
    /// Days until it ends, 1 to 365; 30 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    days: Option<i64>,
}

/// A token, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffTokenView {
    /// Whose it is.
    #[schema(value_type = String)]
    staff: StaffId,
    /// Send it as `Authorization: Bearer`. It cannot be shown again.
    #[schema(example = "lzs_…")]
    token: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// How the first administrator comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The one-time token that `lazo serve` printed.
    setup_token: String,
    /// What the person will sign in with.
    #[schema(min_length = 1, max_length = 200)]
    login: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// The tenant's people.
#[utoipa::path(get, path = "/staff", tag = "staff", params(PageQuery),
    responses((status = 200, body = Page<StaffView>)))]
pub async fn list_staff(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<StaffView>>, Problem> {
    let wish = query.window::<i64>("staff")?;
    let after = StaffId(wish.after.unwrap_or(i64::MIN));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, after, limit).await?;
    Ok(Json(Page::of("staff", wish.limit, found, |staff| staff.id.0, view)))
}

/// Adds a person to the tenant, or gives roles to one who is there.
#[utoipa::path(post, path = "/staff", tag = "staff", request_body = NewStaff,
    responses((status = 201, body = StaffView)))]
pub async fn add_staff(
    scope: Scope<App>,
    Payload(new): Payload<NewStaff>,
) -> Result<(StatusCode, Json<StaffView>), Problem> {
    scope.may_all()?;
    let login = named("/login", &new.login)?.to_lowercase();
    let name = named("/name", &new.name)?;
    grantable(&new.roles)?;
    if new.roles.is_empty() {
        return Err(Problem::field("/roles", "invalid", "say at least one role"));
    }
    if let Some(known) = store::by_login(&scope.app.db, &login).await? {
        let had = store::by_id(&scope.app.db, scope.tenant, known).await?;
        let had = had.map(|had| had.roles).unwrap_or_default();
        not_to_oneself(&scope, known, (&had, &new.roles)).await?;
    }
    let now = scope.caller.real_now;
    let mut tx = scope.app.db.begin().await?;
    let fresh = StaffId(scope.app.ids.next());
    let staff = store::ensure(&mut tx, fresh, &login, &name, now).await?;
    for role in &new.roles {
        let grant = Grant { tenant: Some(scope.tenant), role: *role };
        store::grant(&mut tx, staff, grant, scope.actor(), now).await?;
    }
    let detail = json!({ "roles": new.roles });
    audit::record(&mut tx, &Deed::of(&scope, "staff.added", staff, detail)).await?;
    tx.commit().await?;
    // The name that was given, not the one that the person may have elsewhere: that is nobody's business here.
    let view = StaffView { name, ..found(&scope, staff).await? };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Says all that a person is in the tenant.
#[utoipa::path(put, path = "/staff/{staff}/roles", tag = "staff", request_body = RolesBody,
    params(("staff" = String, Path)), responses((status = 200, body = StaffView)))]
pub async fn set_staff_roles(
    scope: Scope<App>,
    PathId(staff): PathId<StaffId>,
    Payload(body): Payload<RolesBody>,
) -> Result<Json<StaffView>, Problem> {
    scope.may_all()?;
    grantable(&body.roles)?;
    let before = found(&scope, staff).await?;
    not_to_oneself(&scope, staff, (&before.roles, &body.roles)).await?;
    let now = scope.caller.real_now;
    let mut tx = scope.app.db.begin().await?;
    // The log's end is locked first: two people taking each other's role away at once come one after the other.
    let detail = json!({ "roles": body.roles });
    audit::record(&mut tx, &Deed::of(&scope, "staff.roles_set", staff, detail)).await?;
    store::ungrant_all(&mut tx, staff, scope.tenant).await?;
    for role in &body.roles {
        let grant = Grant { tenant: Some(scope.tenant), role: *role };
        store::grant(&mut tx, staff, grant, scope.actor(), now).await?;
    }
    if store::count(&mut tx, scope.tenant, Role::Admin).await? == 0 {
        return Err(Problem::new(409, "last_admin"));
    }
    tx.commit().await?;
    Ok(Json(StaffView { roles: body.roles, ..before }))
}

/// Makes a token for a person. It works in this tenant only and is shown this once. Where a second person is asked for,
/// a token counts as whoever made it: a colleague with one is no second pair of eyes.
#[utoipa::path(post, path = "/staff/{staff}/tokens", tag = "staff", request_body = NewStaffToken,
    params(("staff" = String, Path)), responses((status = 201, body = StaffTokenView)))]
async fn issue_staff_token(
    scope: Scope<App>,
    PathId(staff): PathId<StaffId>,
    Payload(new): Payload<NewStaffToken>,
) -> Result<NotKept<(StatusCode, Json<StaffTokenView>)>, Problem> {
    scope.may_all()?;
    let days = new.days.unwrap_or(TOKEN_DAYS);
    if !(1..=MAX_TOKEN_DAYS).contains(&days) {
        let detail = format!("must be between 1 and {MAX_TOKEN_DAYS}");
        return Err(Problem::field("/days", "invalid", detail));
    }
    found(&scope, staff).await?;
    let now = scope.caller.real_now;
    let secret = Secret::draw(TOKEN_PREFIX, scope.app.entropy.as_ref());
    let expires_at = ends(now, days);
    let mut tx = scope.app.db.begin().await?;
    // Whoever makes a token for a colleague has seen it: what is done with it counts as done by both.
    let own = person_of(scope.actor()) == Some(staff) && !scope.actor().contains(VIA);
    let issued_by = (!own).then(|| scope.actor().to_owned());
    let held = store::Held { staff, tenant: Some(scope.tenant), issued_by };
    store::add_token(&mut tx, &secret.hash, &held, now, expires_at).await?;
    let detail = json!({ "days": days });
    audit::record(&mut tx, &Deed::of(&scope, "staff.token_issued", staff, detail)).await?;
    tx.commit().await?;
    let view = StaffTokenView { staff, token: secret.text, expires_at };
    Ok(NotKept((StatusCode::CREATED, Json(view))))
}

/// Ends all of a person's tokens in this tenant, at once.
#[utoipa::path(delete, path = "/staff/{staff}/tokens", tag = "staff",
    params(("staff" = String, Path)), responses((status = 204)))]
async fn revoke_staff_tokens(
    scope: Scope<App>,
    PathId(staff): PathId<StaffId>,
) -> Result<StatusCode, Problem> {
    found(&scope, staff).await?;
    let mut tx = scope.app.db.begin().await?;
    store::revoke_tokens(&mut tx, staff, scope.tenant, scope.caller.real_now).await?;
    audit::record(&mut tx, &Deed::of(&scope, "staff.tokens_revoked", staff, json!({}))).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the first administrator of an empty installation, with the one-time token that `lazo serve` printed.
#[utoipa::path(post, path = "/setup", tag = "staff", request_body = Setup,
    responses((status = 201, body = StaffTokenView)))]
async fn set_up(
    State(app): State<App>,
    Payload(body): Payload<Setup>,
) -> Result<NotKept<(StatusCode, Json<StaffTokenView>)>, Problem> {
    let login = named("/login", &body.login)?.to_lowercase();
    let name = named("/name", &body.name)?;
    let now = app.clock.now();
    let entropy = app.entropy.as_ref();
    let person = (login.as_str(), name.as_str());
    let made = setup::redeem(&app.db, &app.ids, entropy, &body.setup_token, person, now).await?;
    let (staff, secret) = made.ok_or_else(|| Problem::new(403, "bad_setup_token"))?;
    let view = StaffTokenView { staff, token: secret.text, expires_at: ends(now, TOKEN_DAYS) };
    Ok(NotKept((StatusCode::CREATED, Json(view))))
}

async fn found(scope: &Scope<App>, staff: StaffId) -> Result<StaffView, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, staff).await?;
    found.map(view).ok_or_else(|| Problem::not_found("staff_not_found"))
}

fn view(staff: Staff) -> StaffView {
    StaffView { id: staff.id, login: staff.login, name: staff.name, roles: staff.roles }
}

fn named(pointer: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if !(1..=200).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err(Problem::field(pointer, "invalid", "must have 1 to 200 printable characters"));
    }
    Ok(text.to_owned())
}

fn grantable(roles: &[Role]) -> Result<(), Problem> {
    match roles.iter().position(|role| !TENANT_ROLES.contains(role)) {
        None => Ok(()),
        Some(at) => {
            let detail = "is no role of a person in a tenant";
            Err(Problem::field(&format!("/roles/{at}"), "invalid", detail))
        }
    }
}
