//! Endpoints of sign-offs: the sheet of a program's pending version, and the word of a function.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Standing, demand, pending, sheets, sign, store};
use crate::App;
use crate::features::programs::{self, Version};
use crate::features::registers::{READERS, WRITERS};
use crate::http::{Access, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/programs/{program}/sign-offs", "sign_offs:read", READERS),
    Access::put("/programs/{program}/sign-offs/{function}", "sign_offs:write", READERS).by_people(),
    Access::put("/sign-off-policy", "sign_offs:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_sign_offs))
        .routes(routes!(sign_off))
        .routes(routes!(set_sign_off_policy))
}

/// A function with its word.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetView {
    /// Which function.
    function: &'static str,
    /// `missing`, `signed`, `reopened` or `refused`.
    state: &'static str,
    /// What changed since it signed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    topics: Vec<&'static str>,
    /// Who may speak for it.
    people: Vec<String>,
    /// Who spoke last.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    signed_at: Option<Timestamp>,
    /// On which version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// What was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The sheet of a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignOffsView {
    /// Which version: the draft, else the latest published one.
    version: i64,
    /// Must all have signed before it is published?
    demanded: bool,
    /// The six functions.
    items: Vec<SheetView>,
}

/// A function's word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The version that was read: what is signed is that one, and no other that took its place.
    version: i64,
    /// Does it agree?
    agreed: bool,
    /// What it adds.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// Whether sign-offs are asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOffPolicy {
    /// Must all six functions have signed a version before it is published?
    demanded: bool,
}

/// The version that waits for words.
pub async fn version(scope: &Scope<App>, code: &str) -> Result<Version, Problem> {
    let db = &scope.app.db;
    let head = programs::store::by_code(db, scope.tenant, code).await?;
    let head = head.ok_or_else(|| Problem::not_found("program_not_found"))?;
    let found = pending(db, scope.tenant, head.id).await?;
    found.ok_or_else(|| Problem::not_found("version_not_found"))
}

/// Where the word of each function stands for the draft, else for the latest published version.
#[utoipa::path(get, path = "/programs/{program}/sign-offs", tag = "sign_offs",
    params(("program" = String, Path)), responses((status = 200, body = SignOffsView)))]
async fn get_sign_offs(
    scope: Scope<App>,
    Path(code): Path<String>,
) -> Result<Json<SignOffsView>, Problem> {
    let version = version(&scope, &code).await?;
    let db = &scope.app.db;
    let all = sheets(db, scope.tenant, &version).await?;
    let view = |sheet: super::Sheet| {
        let (state, topics) = match sheet.standing {
            Standing::Missing => ("missing", Vec::new()),
            Standing::Signed => ("signed", Vec::new()),
            Standing::Reopened(topics) => ("reopened", topics),
            Standing::Refused => ("refused", Vec::new()),
        };
        SheetView {
            function: sheet.function,
            state,
            topics,
            people: sheet.people,
            signed_by: sheet.last.as_ref().map(|last| last.signed_by.clone()),
            signed_at: sheet.last.as_ref().map(|last| last.signed_at),
            version: sheet.last.as_ref().map(|last| last.version),
            note: sheet.last.map(|last| last.note),
        }
    };
    let demanded = store::is_demanded(db, scope.tenant).await?;
    let items = all.into_iter().map(view).collect();
    Ok(Json(SignOffsView { version: version.version, demanded, items }))
}

/// Speaks for a function on the version that waits. Only a person whom the register of stakeholders names may.
#[utoipa::path(put, path = "/programs/{program}/sign-offs/{function}", tag = "sign_offs", request_body = Word,
    params(("program" = String, Path), ("function" = String, Path)), responses((status = 204)))]
async fn sign_off(
    scope: Scope<App>,
    Path((code, function)): Path<(String, String)>,
    Payload(word): Payload<Word>,
) -> Result<StatusCode, Problem> {
    let version = version(&scope, &code).await?;
    if word.version != version.version {
        return Err(Problem::new(409, "changed_meanwhile"));
    }
    sign(&scope, &version, &function, word.agreed, &word.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says whether the six functions must have signed a version before it is published.
#[utoipa::path(put, path = "/sign-off-policy", tag = "sign_offs", request_body = SignOffPolicy,
    responses((status = 204)))]
async fn set_sign_off_policy(
    scope: Scope<App>,
    Payload(policy): Payload<SignOffPolicy>,
) -> Result<StatusCode, Problem> {
    demand(&scope, policy.demanded).await?;
    Ok(StatusCode::NO_CONTENT)
}
