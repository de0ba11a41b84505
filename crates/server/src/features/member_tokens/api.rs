//! Endpoints of member tokens: a trusted back end asks for one and hands it to its member.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::MemberId;
use lazo_domain::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{MAX_TOKEN_S, TOKEN_PREFIX, TOKEN_S, store};
use crate::App;
use crate::features::members::{self, MemberStatus};
use crate::http::{Access, NotKept, PathId, Payload, Problem, Role, Scope};
use crate::secrets::Secret;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::post("/members/{member}/tokens", "member-tokens:write", &[Role::Backend]),
    Access::delete(
        "/members/{member}/tokens",
        "member-tokens:write",
        &[Role::Backend, Role::Agent],
    )
    .and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(issue_member_token, revoke_member_tokens))
}

/// For how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMemberToken {
    /// Seconds until it ends, 60 to 86,400; 900 when absent.
    #[serde(default)]
    #[schema(minimum = 60, maximum = 86400)]
    seconds: Option<i64>,
}

/// A token, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberTokenView {
    /// Whose it is.
    #[schema(value_type = String, example = "mbr_0000000000001")]
    member: MemberId,
    /// Send it as `Authorization: Bearer`. It reaches what is this member's own and nothing else.
    #[schema(example = "lzm_…")]
    token: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Makes a token with which the member can ask for his or her own.
#[utoipa::path(post, path = "/members/{member}/tokens", tag = "member-tokens",
    params(("member" = String, Path)), request_body = NewMemberToken,
    responses((status = 201, body = MemberTokenView)))]
async fn issue_member_token(
    scope: Scope<App>,
    PathId(member): PathId<MemberId>,
    Payload(new): Payload<NewMemberToken>,
) -> Result<NotKept<(StatusCode, Json<MemberTokenView>)>, Problem> {
    let seconds = new.seconds.unwrap_or(TOKEN_S);
    if !(60..=MAX_TOKEN_S).contains(&seconds) {
        let detail = format!("must be between 60 and {MAX_TOKEN_S}");
        return Err(Problem::field("/seconds", "invalid", detail));
    }
    let found = members::store::by_id(&scope.app.db, scope.tenant, member).await?;
    let found = found
        .filter(|member| member.status == MemberStatus::Active)
        .ok_or_else(|| Problem::not_found("member_not_found"))?;
    let now = scope.caller.real_now;
    let expires_at = now.plus_micros(seconds * SECOND);
    let secret = Secret::draw(TOKEN_PREFIX, scope.app.entropy.as_ref());
    let of = (scope.tenant, member, found.account);
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, &secret.hash, of, scope.actor(), now, expires_at).await?;
    tx.commit().await?;
    let view = MemberTokenView { member, token: secret.text, expires_at };
    Ok(NotKept((StatusCode::CREATED, Json(view))))
}

/// Ends all of a member's tokens, at once.
#[utoipa::path(delete, path = "/members/{member}/tokens", tag = "member-tokens",
    params(("member" = String, Path)), responses((status = 204)))]
async fn revoke_member_tokens(
    scope: Scope<App>,
    PathId(member): PathId<MemberId>,
) -> Result<StatusCode, Problem> {
    scope.own_member(member)?;
    let found = members::store::by_id(&scope.app.db, scope.tenant, member).await?;
    found.ok_or_else(|| Problem::not_found("member_not_found"))?;
    let mut tx = scope.app.db.begin().await?;
    store::revoke(&mut tx, scope.tenant, member).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
