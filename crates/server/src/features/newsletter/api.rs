//! Endpoints of newsletters: setting one up, and its issues from the draft to the last letter.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::{BrandId, NewsletterIssueId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api_subscribers;
use super::{
    DECIDERS, Issue, IssueDraft, READERS, WRITERS, cancel, change, decide, get, letters, make,
    preview, schedule, store, submit, trial,
};
use crate::App;
use crate::features::campaigns::Words;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Role, Scope};
use crate::i18n::Locale;

const MAIL: &[Role] = &[Role::Backend, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/newsletter", "newsletter:read", READERS),
    Access::put("/newsletter/brands/{brand}", "newsletter:write", WRITERS),
    Access::post("/newsletter/brands/{brand}/evidence", "newsletter:write", &[Role::Admin]),
    Access::get("/newsletter/issues", "newsletter:read", READERS),
    Access::post("/newsletter/issues", "newsletter:write", WRITERS),
    Access::get("/newsletter/issues/{issue}", "newsletter:read", READERS),
    Access::put("/newsletter/issues/{issue}", "newsletter:write", WRITERS),
    Access::post("/newsletter/issues/{issue}/submit", "newsletter:write", WRITERS),
    Access::post("/newsletter/issues/{issue}/decisions", "newsletter:write", DECIDERS).by_people(),
    Access::post("/newsletter/issues/{issue}/schedule", "newsletter:write", WRITERS),
    Access::post("/newsletter/issues/{issue}/cancel", "newsletter:write", WRITERS),
    Access::post("/newsletter/issues/{issue}/trial", "newsletter:write", WRITERS).by_people(),
    Access::get("/newsletter/issues/{issue}/preview", "newsletter:read", READERS),
    Access::post("/newsletter/returned", "newsletter:write", MAIL),
    Access::get("/newsletter/unsubscribe/{token}", "unsubscribe:read", &[])
        .of_installation()
        .open(),
    Access::post("/newsletter/unsubscribe/{token}", "unsubscribe:write", &[])
        .of_installation()
        .open(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_issues, post_issue))
        .routes(routes!(get_issue, put_issue))
        .routes(routes!(submit_issue))
        .routes(routes!(decide_on_issue))
        .routes(routes!(schedule_issue))
        .routes(routes!(cancel_issue))
        .routes(routes!(try_issue))
        .routes(routes!(preview_issue))
        .merge(api_subscribers::routes())
}

/// An issue of a newsletter.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterIssueView {
    /// Its id.
    #[schema(value_type = String, example = "nli_0000000000001")]
    id: NewsletterIssueId,
    /// Of which brand's newsletter.
    #[schema(value_type = String)]
    brand: BrandId,
    /// The code of its topic; absent when it goes to the whole list.
    #[serde(skip_serializing_if = "String::is_empty")]
    topic: String,
    /// `draft`, `in_approval`, `approved`, `scheduled`, `sending`, `sent` or `cancelled`.
    state: String,
    /// What it says, by language.
    texts: BTreeMap<String, Words>,
    /// Everybody whose work is in it.
    authors: Vec<String>,
    /// Who agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    /// When letters are to leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    send_at: Option<Timestamp>,
    /// When the last one left, or the issue was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Its letters by state and reason; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    letters: Vec<NewsletterLetters>,
    /// What was said about it; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<NewsletterWordView>,
}

/// How many letters of an issue are of a state.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterLetters {
    /// `ready`, `handing`, `sent`, `bounced` or `withheld`.
    state: String,
    /// Why a letter bounced or was withheld; of one that was sent, what its reader did by it.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// How many.
    letters: i64,
}

/// What a second person said about an issue.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterWordView {
    /// Who.
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `approved` or `sent_back`.
    verdict: String,
    /// What.
    body: String,
}

/// The word of a second person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterDecision {
    /// May it leave as it is?
    approved: bool,
    /// What is to be changed, or anything else.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
}

/// When letters are to leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterHour {
    /// The instant; now when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    send_at: Option<Timestamp>,
}

/// In which language.
#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewsletterLanguage {
    /// The language; the tenant's when absent.
    #[serde(default)]
    locale: Option<String>,
}

/// To whom a trial went.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterTried {
    /// The caller's address.
    to: String,
}

/// A letter as it would leave.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterLetter {
    /// What it is about.
    subject: String,
    /// Its words.
    text: String,
    /// The same as HTML.
    html: String,
    /// The octets that the mail server gets, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

/// The tenant's issues, the newest first.
#[utoipa::path(get, path = "/newsletter/issues", tag = "newsletter", params(PageQuery),
    responses((status = 200, body = Page<NewsletterIssueView>)))]
async fn list_issues(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<NewsletterIssueView>>, Problem> {
    let wish = query.window::<i64>("newsletter")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let before = wish.after.unwrap_or(i64::MAX);
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("newsletter", wish.limit, found, |issue| issue.id.0, view)))
}

/// Writes an issue, a draft of the caller's.
#[utoipa::path(post, path = "/newsletter/issues", tag = "newsletter", request_body = IssueDraft,
    responses((status = 201, body = NewsletterIssueView)))]
async fn post_issue(
    scope: Scope<App>,
    Payload(draft): Payload<IssueDraft>,
) -> Result<(StatusCode, Json<NewsletterIssueView>), Problem> {
    Ok((StatusCode::CREATED, Json(view(make(&scope, draft).await?))))
}

/// An issue with its letters and what was said about it.
#[utoipa::path(get, path = "/newsletter/issues/{issue}", tag = "newsletter", params(("issue" = String, Path)),
    responses((status = 200, body = NewsletterIssueView)))]
async fn get_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
) -> Result<Json<NewsletterIssueView>, Problem> {
    let issue = get(&scope, id).await?;
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let counts = letters::counts(db, tenant, id).await?.into_iter();
    let letters =
        counts.map(|(state, reason, letters)| NewsletterLetters { state, reason, letters });
    let words = store::words(db, tenant, id).await?.into_iter();
    let words = words.map(|word| NewsletterWordView {
        author: word.author,
        at: word.at,
        verdict: word.verdict,
        body: word.body,
    });
    let (letters, words) = (letters.collect(), words.collect());
    Ok(Json(NewsletterIssueView { letters, words, ..view(issue) }))
}

/// Changes an issue that has no hour yet. It is a draft again, and nobody has agreed to it.
#[utoipa::path(put, path = "/newsletter/issues/{issue}", tag = "newsletter", request_body = IssueDraft,
    params(("issue" = String, Path)), responses((status = 200, body = NewsletterIssueView)))]
async fn put_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
    Payload(draft): Payload<IssueDraft>,
) -> Result<Json<NewsletterIssueView>, Problem> {
    Ok(Json(view(change(&scope, id, draft).await?)))
}

/// Asks others to agree to an issue as it is.
#[utoipa::path(post, path = "/newsletter/issues/{issue}/submit", tag = "newsletter",
    params(("issue" = String, Path)), responses((status = 200, body = NewsletterIssueView)))]
async fn submit_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
) -> Result<Json<NewsletterIssueView>, Problem> {
    Ok(Json(view(submit(&scope, id).await?)))
}

/// Agrees to an issue, or sends it back. Whose work is in it does not agree to it.
#[utoipa::path(post, path = "/newsletter/issues/{issue}/decisions", tag = "newsletter",
    request_body = NewsletterDecision, params(("issue" = String, Path)),
    responses((status = 200, body = NewsletterIssueView)))]
async fn decide_on_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
    Payload(decision): Payload<NewsletterDecision>,
) -> Result<Json<NewsletterIssueView>, Problem> {
    Ok(Json(view(decide(&scope, id, decision.approved, &decision.note).await?)))
}

/// Gives an approved issue its hour.
#[utoipa::path(post, path = "/newsletter/issues/{issue}/schedule", tag = "newsletter",
    request_body = NewsletterHour, params(("issue" = String, Path)),
    responses((status = 200, body = NewsletterIssueView)))]
async fn schedule_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
    Payload(hour): Payload<NewsletterHour>,
) -> Result<Json<NewsletterIssueView>, Problem> {
    Ok(Json(view(schedule(&scope, id, hour.send_at).await?)))
}

/// Stops an issue: no further letter leaves.
#[utoipa::path(post, path = "/newsletter/issues/{issue}/cancel", tag = "newsletter",
    params(("issue" = String, Path)), responses((status = 200, body = NewsletterIssueView)))]
async fn cancel_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
) -> Result<Json<NewsletterIssueView>, Problem> {
    Ok(Json(view(cancel(&scope, id).await?)))
}

/// Sends the letter of an issue to the caller, and to nobody else.
#[utoipa::path(post, path = "/newsletter/issues/{issue}/trial", tag = "newsletter",
    request_body = NewsletterLanguage, params(("issue" = String, Path)),
    responses((status = 200, body = NewsletterTried)))]
async fn try_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
    Payload(body): Payload<NewsletterLanguage>,
) -> Result<Json<NewsletterTried>, Problem> {
    let to = trial(&scope, id, locale("/locale", body.locale.as_deref())?).await?;
    Ok(Json(NewsletterTried { to }))
}

/// The letter of an issue, to the octet.
#[utoipa::path(get, path = "/newsletter/issues/{issue}/preview", tag = "newsletter",
    params(("issue" = String, Path), NewsletterLanguage), responses((status = 200, body = NewsletterLetter)))]
async fn preview_issue(
    scope: Scope<App>,
    PathId(id): PathId<NewsletterIssueId>,
    Asked(query): Asked<NewsletterLanguage>,
) -> Result<Json<NewsletterLetter>, Problem> {
    let issue = get(&scope, id).await?;
    let locale = locale("?locale", query.locale.as_deref())?;
    let (letter, bulk) = preview(&scope, &issue, locale).await?;
    let raw = scope.app.mailer.octets(&letter, &bulk).ok();
    let raw = raw.map(|octets| String::from_utf8_lossy(&octets).into_owned());
    let (subject, text, html) = (letter.subject, letter.text, letter.html);
    Ok(Json(NewsletterLetter { subject, text, html, raw }))
}

fn locale(pointer: &str, tag: Option<&str>) -> Result<Option<Locale>, Problem> {
    tag.map(str::parse).transpose().map_err(|why| Problem::field(pointer, "choice", why))
}

fn view(issue: Issue) -> NewsletterIssueView {
    NewsletterIssueView {
        id: issue.id,
        brand: issue.brand,
        topic: issue.topic,
        state: issue.state,
        texts: issue.texts,
        authors: issue.authors,
        approved_by: issue.approved_by,
        send_at: issue.send_at,
        ended_at: issue.ended_at,
        letters: Vec::new(),
        words: Vec::new(),
    }
}
