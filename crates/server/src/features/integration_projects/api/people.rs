//! What callers ask about one member of a merge: the statement, and whose names and addresses survived.

use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[cfg(feature = "pdf")]
use super::views::pdf;
use super::views::{at, no_form, problem, shown};
use crate::App;
use crate::features::members::{EMAIL, PHONE};
use crate::http::{Asked, PathId, Payload, Problem, Scope};

/// Whose statement.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// `source/number`, a card, or `ext:…`; who is known by e-mail or phone alone is asked for by POST.
    pub member: String,
    /// `json` (unless said otherwise), `html` or `pdf`.
    #[serde(default)]
    pub format: String,
}

/// Whose statement, by whatever is known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementOf {
    /// `source/number`, a card, or `scheme:value`, such as `email:ana@example.com`.
    pub member: String,
    /// `json` (unless said otherwise), `html` or `pdf`.
    #[serde(default)]
    pub format: String,
}

/// Whose profile.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SurvivorQuery {
    /// `source/number`, a card, or `ext:…`.
    member: String,
}

/// "What happened to my points?" of one member, in the caller's language.
#[utoipa::path(get, path = "/integration-projects/{project}/statement", tag = "integration-projects",
    params(("project" = String, Path), StatementQuery), responses((status = 200, body = Value)))]
pub async fn get_statement(
    scope: Scope<App>,
    PathId(path): PathId<String>,
    Asked(query): Asked<StatementQuery>,
) -> Result<Response, Problem> {
    impersonal(&query.member)?;
    tell(&scope, &path, &query.member, &query.format).await
}

/// "What happened to my points?" of one member, by e-mail, phone or any other number.
#[utoipa::path(post, path = "/integration-projects/{project}/statement", tag = "integration-projects",
    params(("project" = String, Path)), request_body = StatementOf, responses((status = 200, body = Value)))]
pub async fn find_statement(
    scope: Scope<App>,
    PathId(path): PathId<String>,
    Payload(asked): Payload<StatementOf>,
) -> Result<Response, Problem> {
    tell(&scope, &path, &asked.member, &asked.format).await
}

/// Names, dates and addresses of one member: what survived of each, whose it was and why, and what lost.
#[utoipa::path(get, path = "/integration-projects/{project}/survivors", tag = "integration-projects",
    params(("project" = String, Path), SurvivorQuery), responses((status = 200, body = Value)))]
pub async fn get_survivors(
    scope: Scope<App>,
    PathId(path): PathId<String>,
    Asked(query): Asked<SurvivorQuery>,
) -> Result<Response, Problem> {
    impersonal(&query.member)?;
    let (bench, project) = at(&scope, &path).await?;
    let profile = bench.profile_of(&project, &query.member).await.map_err(problem(&project))?;
    Ok(shown(&profile)?.into_response())
}

/// Addresses of pages are kept in logs and histories, where no e-mail and no phone may stand.
fn impersonal(member: &str) -> Result<(), Problem> {
    if !is_personal(member) {
        return Ok(());
    }
    let why = "an e-mail address or a phone number is asked for by POST, in the body";
    Err(Problem::field("/member", "invalid", why))
}

fn is_personal(text: &str) -> bool {
    let text = text.trim().trim_start_matches("ext:");
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    text.contains('@') || text.starts_with('+') || matches!(scheme, EMAIL | PHONE)
}

async fn tell(
    scope: &Scope<App>,
    path: &str,
    member: &str,
    format: &str,
) -> Result<Response, Problem> {
    let (bench, project) = at(scope, path).await?;
    let told =
        bench.statement(&project, member, scope.caller.locale).await.map_err(problem(&project))?;
    match format {
        "" | "json" => Ok(shown(&told)?.into_response()),
        "html" => Ok(Html(told.html()).into_response()),
        #[cfg(feature = "pdf")]
        "pdf" => Ok(pdf(told.pdf())),
        _ => Err(no_form()),
    }
}
