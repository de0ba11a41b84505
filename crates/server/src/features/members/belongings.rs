//! Endpoints below a member: the identifiers that resolve to it, and the programs it takes part in.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::{AccountId, MemberId, ProgramId};
use lazo_domain::time::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{IdentifierBody, READERS, WRITERS, program, tenant};
use super::{Identifier, resolve, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::memberships::{self, Membership};
use crate::http::{Access, NotKept, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/members/{member}/identifiers", "members:read", WRITERS).and_own(),
    Access::post("/members/{member}/identifiers", "members:write", WRITERS),
    Access::post("/members/{member}/identifiers/remove", "members:write", WRITERS),
    Access::get("/members/{member}/memberships", "memberships:read", READERS).and_own(),
    Access::put("/members/{member}/memberships/{program}", "memberships:write", WRITERS),
    Access::delete("/members/{member}/memberships/{program}", "memberships:write", WRITERS),
];

/// The endpoints below a member.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_identifiers, add_identifier))
        .routes(routes!(remove_identifier))
        .routes(routes!(list_memberships))
        .routes(routes!(join_program, leave_program))
}

/// All tokens that resolve to a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentifiersView {
    /// In the order in which they were added.
    items: Vec<IdentifierBody>,
}

/// A member's programs.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipsView {
    /// In the order of joining; those that ended too.
    items: Vec<MembershipView>,
}

/// A member in a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipView {
    /// Who.
    #[schema(value_type = String)]
    member: MemberId,
    /// The program's code.
    program: String,
    /// The member's account.
    #[schema(value_type = String)]
    account: AccountId,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    left_at: Option<Timestamp>,
}

/// The tokens that resolve to a member.
#[utoipa::path(get, path = "/members/{member}/identifiers", tag = "members",
    params(("member" = String, Path)), responses((status = 200, body = IdentifiersView)))]
async fn list_identifiers(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<IdentifiersView>, Problem> {
    let member = resolve(&scope, &member).await?;
    let found = store::identifiers(&scope.app.db, scope.tenant, member.id).await?;
    Ok(Json(IdentifiersView { items: found.into_iter().map(body).collect() }))
}

/// Adds a token; the same one again changes nothing.
#[utoipa::path(post, path = "/members/{member}/identifiers", tag = "members",
    params(("member" = String, Path)), request_body = IdentifierBody,
    responses((status = 201, body = IdentifierBody)))]
async fn add_identifier(
    scope: Scope<App>,
    Path(member): Path<String>,
    Payload(new): Payload<IdentifierBody>,
) -> Result<NotKept<(StatusCode, Json<IdentifierBody>)>, Problem> {
    let member = resolve(&scope, &member).await?;
    let tenant = tenant(&scope).await?;
    let (db, now) = (&scope.app.db, scope.now);
    let added = super::add_identifier(db, &tenant, member.id, &new.scheme, &new.value, now).await?;
    let detail = json!({ "scheme": added.scheme });
    let mut tx = db.begin().await?;
    audit::record(&mut tx, &Deed::of(&scope, "identity.linked", member.id, detail)).await?;
    tx.commit().await?;
    Ok(NotKept((StatusCode::CREATED, Json(body(added)))))
}

/// Takes a token away. The last one stays: without any, nobody would find the member again.
#[utoipa::path(post, path = "/members/{member}/identifiers/remove", tag = "members",
    params(("member" = String, Path)), request_body = IdentifierBody, responses((status = 204)))]
async fn remove_identifier(
    scope: Scope<App>,
    Path(member): Path<String>,
    Payload(old): Payload<IdentifierBody>,
) -> Result<StatusCode, Problem> {
    let member = resolve(&scope, &member).await?;
    let country = tenant(&scope).await?.config.country;
    let identifier = Identifier::new(&old.scheme, &old.value, &country)
        .map_err(|why| Problem::field("/value", "invalid", why))?;
    let detail = json!({ "scheme": identifier.scheme });
    let mut tx = scope.app.db.begin().await?;
    // The log's end is locked first, so that two removals at once come one after the other.
    audit::record(&mut tx, &Deed::of(&scope, "identity.unlinked", member.id, detail)).await?;
    let left = store::remove_identifier(&mut tx, scope.tenant, member.id, &identifier).await?;
    match left {
        None => Err(Problem::not_found("identifier_not_found")),
        Some(0) => Err(Problem::new(409, "last_identifier")),
        Some(_) => {
            tx.commit().await?;
            Ok(StatusCode::NO_CONTENT)
        }
    }
}

/// The programs that a member takes part in, or did.
#[utoipa::path(get, path = "/members/{member}/memberships", tag = "memberships",
    params(("member" = String, Path)), responses((status = 200, body = MembershipsView)))]
async fn list_memberships(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<MembershipsView>, Problem> {
    let member = resolve(&scope, &member).await?;
    let found = memberships::store::of_member(&scope.app.db, scope.tenant, member.id).await?;
    let mut items = Vec::with_capacity(found.len());
    for membership in found {
        items.push(view(&scope, membership).await?);
    }
    Ok(Json(MembershipsView { items }))
}

/// Lets a member join a program; who takes part already stays, who had left is back.
#[utoipa::path(put, path = "/members/{member}/memberships/{program}", tag = "memberships",
    params(("member" = String, Path), ("program" = String, Path, description = "The program's code")),
    responses((status = 200, body = MembershipView)))]
async fn join_program(
    scope: Scope<App>,
    Path((member, code)): Path<(String, String)>,
) -> Result<Json<MembershipView>, Problem> {
    let member = resolve(&scope, &member).await?;
    let id = known(&scope, &code).await?;
    let mut tx = scope.app.db.begin().await?;
    let joined = [(member.id, member.account)];
    memberships::store::join(&mut tx, scope.tenant, id, &joined, scope.now).await?;
    tx.commit().await?;
    let found = memberships::store::of_member(&scope.app.db, scope.tenant, member.id).await?;
    let found = found.into_iter().find(|membership| membership.program == id);
    let membership = found.ok_or_else(|| Problem::not_found("program_not_found"))?;
    Ok(Json(view(&scope, membership).await?))
}

/// Ends a member's part in a program. Points stay as the program's rules say.
#[utoipa::path(delete, path = "/members/{member}/memberships/{program}", tag = "memberships",
    params(("member" = String, Path), ("program" = String, Path, description = "The program's code")),
    responses((status = 204)))]
async fn leave_program(
    scope: Scope<App>,
    Path((member, code)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let member = resolve(&scope, &member).await?;
    let id = known(&scope, &code).await?;
    let (db, tenant) = (&scope.app.db, scope.tenant);
    if !memberships::store::leave(db, tenant, id, member.id, scope.now).await? {
        return Err(Problem::new(409, "not_in_program"));
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn known(scope: &Scope<App>, code: &str) -> Result<ProgramId, Problem> {
    let found = program(scope, Some(code)).await?;
    found.ok_or_else(|| Problem::not_found("program_not_found"))
}

async fn view(scope: &Scope<App>, membership: Membership) -> Result<MembershipView, Problem> {
    let programs = scope.app.programs.current(scope.tenant).await?;
    let program = programs.latest(membership.program).map(|program| program.code.clone());
    Ok(MembershipView {
        member: membership.member,
        program: program.unwrap_or_else(|| membership.program.to_string()),
        account: membership.account,
        joined_at: membership.joined_at,
        left_at: membership.left_at,
    })
}

fn body(identifier: Identifier) -> IdentifierBody {
    IdentifierBody { scheme: identifier.scheme, value: identifier.value }
}
