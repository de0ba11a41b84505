//! Endpoints of invitations: how they work, those there are, and a person's word on one.

use axum::Json;
use axum::extract::Path;
use lazo_domain::ids::{EventId, InvitationId, MemberId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Invitation, InvitationPolicy, READERS, WRITERS, policy, review, store};
use crate::App;
use crate::features::members;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Scope};

/// Those of a member in one answer.
const OF_MEMBER: i64 = 500;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/invitations", "invitations:read", READERS),
    Access::get("/invitations/policy", "invitations:read", READERS),
    Access::put("/invitations/policy", "invitations:write", WRITERS),
    Access::post("/invitations/{invitation}/decisions", "invitations:write", WRITERS),
    Access::get("/members/{member}/invitations", "invitations:read", READERS).and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_invitations))
        .routes(routes!(get_invitation_policy, put_invitation_policy))
        .routes(routes!(decide_on_invitation))
        .routes(routes!(list_invitations_of_member))
}

/// Somebody who came by a member's link.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationView {
    /// Its id.
    #[schema(value_type = String, example = "inv_0000000000001")]
    id: InvitationId,
    /// Who invited.
    #[schema(value_type = String)]
    inviter: MemberId,
    /// Who came; to the inviter it is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    invited: Option<MemberId>,
    /// `waiting`, `held`, `over_limit`, `paying`, `paid`, `taking_back`, `taken_back`, `refused` or `lapsed`.
    state: String,
    /// Why it is held or was refused.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// When the invited one joined.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// When the reward counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Timestamp>,
    /// What was posted for who invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    inviter_event: Option<EventId>,
    /// What was posted for who came; to the inviter it is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    invited_event: Option<EventId>,
}

/// A member's invitations.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationsOfMember {
    /// Those whom the member brought, the latest first.
    items: Vec<InvitationView>,
}

/// A person's word on an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationDecision {
    /// May it go on?
    approved: bool,
    /// Why not.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

/// The tenant's invitations, the newest first.
#[utoipa::path(get, path = "/invitations", tag = "invitations", params(PageQuery),
    responses((status = 200, body = Page<InvitationView>)))]
async fn list_invitations(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<InvitationView>>, Problem> {
    let wish = query.window::<i64>("invitations")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let before = wish.after.unwrap_or(i64::MAX);
    let found = store::page(&scope.app.db, scope.tenant, "", before, limit).await?;
    Ok(Json(Page::of("invitations", wish.limit, found, |it| it.id.0, view)))
}

/// How invitations work; 404 where nobody set them up.
#[utoipa::path(get, path = "/invitations/policy", tag = "invitations", responses((status = 200, body = InvitationPolicy)))]
async fn get_invitation_policy(scope: Scope<App>) -> Result<Json<InvitationPolicy>, Problem> {
    let found = policy::of(&scope.app.db, scope.tenant).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("invitation_policy_not_found"))
}

/// Sets how invitations work.
#[utoipa::path(put, path = "/invitations/policy", tag = "invitations", request_body = InvitationPolicy,
    responses((status = 200, body = InvitationPolicy)))]
async fn put_invitation_policy(
    scope: Scope<App>,
    Payload(wanted): Payload<InvitationPolicy>,
) -> Result<Json<InvitationPolicy>, Problem> {
    policy::set(&scope, &wanted).await?;
    Ok(Json(wanted))
}

/// Lets a held invitation go on, or refuses one with a reason. What was paid for it is taken back.
#[utoipa::path(post, path = "/invitations/{invitation}/decisions", tag = "invitations",
    request_body = InvitationDecision, params(("invitation" = String, Path)),
    responses((status = 200, body = InvitationView)))]
async fn decide_on_invitation(
    scope: Scope<App>,
    PathId(id): PathId<InvitationId>,
    Payload(decision): Payload<InvitationDecision>,
) -> Result<Json<InvitationView>, Problem> {
    let decided = review::decide(&scope, id, decision.approved, &decision.reason).await?;
    Ok(Json(view(decided)))
}

/// Those whom a member brought. Who they are is told to the staff alone.
#[utoipa::path(get, path = "/members/{member}/invitations", tag = "invitations",
    params(("member" = String, Path)), responses((status = 200, body = InvitationsOfMember)))]
async fn list_invitations_of_member(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<InvitationsOfMember>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let all = store::of_inviter(&scope.app.db, scope.tenant, member.id, OF_MEMBER).await?;
    let own = scope.member().is_some();
    let told = |it: Invitation| {
        let all = view(it);
        if !own {
            return all;
        }
        InvitationView { invited: None, invited_event: None, reason: String::new(), ..all }
    };
    Ok(Json(InvitationsOfMember { items: all.into_iter().map(told).collect() }))
}

fn view(it: Invitation) -> InvitationView {
    InvitationView {
        id: it.id,
        inviter: it.inviter,
        invited: Some(it.invited),
        state: it.state,
        reason: it.reason,
        joined_at: it.joined_at,
        paid_at: it.paid_at,
        inviter_event: it.inviter_event,
        invited_event: it.invited_event,
    }
}
