//! Endpoints of journeys.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::{JourneyId, ProgramId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    DECIDERS, Journey, JourneyDraft, Plan, READERS, WRITERS, api_results, change, decide, end, get,
    make, pause, preview, resume, say, store, submit, templates,
};
use crate::App;
use crate::features::segments;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/journeys", "journeys:read", READERS),
    Access::post("/journeys", "journeys:write", WRITERS),
    Access::get("/journey-templates", "journeys:read", READERS),
    Access::get("/journeys/{journey}", "journeys:read", READERS),
    Access::put("/journeys/{journey}", "journeys:write", WRITERS),
    Access::post("/journeys/{journey}/submit", "journeys:write", WRITERS),
    Access::post("/journeys/{journey}/decisions", "journeys:write", DECIDERS).by_people(),
    Access::post("/journeys/{journey}/pause", "journeys:write", WRITERS),
    Access::post("/journeys/{journey}/resume", "journeys:write", WRITERS),
    Access::post("/journeys/{journey}/end", "journeys:write", WRITERS),
    Access::post("/journeys/{journey}/words", "journeys:write", READERS),
    Access::get("/journeys/{journey}/preview", "journeys:read", READERS),
    Access::get("/journeys/{journey}/people", "journeys:read", READERS),
    Access::get("/journeys/{journey}/results", "journeys:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_journeys, post_journey))
        .routes(routes!(list_journey_templates))
        .routes(routes!(get_journey, put_journey))
        .routes(routes!(submit_journey))
        .routes(routes!(decide_on_journey))
        .routes(routes!(pause_journey))
        .routes(routes!(resume_journey))
        .routes(routes!(end_journey))
        .routes(routes!(say_on_journey))
        .routes(routes!(preview_journey))
        .merge(api_results::routes())
}

/// A journey.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyView {
    /// Its id.
    #[schema(value_type = String, example = "jrn_0000000000001")]
    id: JourneyId,
    /// Of which program's members.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What people call it.
    name: String,
    /// `draft`, `in_approval`, `published`, `paused` or `ended`.
    state: String,
    /// Who enters, what happens, and to which goal.
    plan: Plan,
    /// The audience's condition as it was when somebody was asked to agree.
    #[serde(skip_serializing_if = "String::is_empty")]
    condition: String,
    /// Of the journeys of a group a member walks one at a time; empty is no group.
    group: String,
    /// Which journey of a group goes first: the higher one.
    priority: i64,
    /// Which share of those who enter gets no letter, in ten-thousandths.
    holdout: i64,
    /// Who made it.
    author: String,
    /// Everybody whose work is in it.
    authors: Vec<String>,
    /// Who agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    /// When members began to enter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// What was said about it; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<JourneyWordView>,
}

/// Something said about a journey.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyWordView {
    /// Who.
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `approved` or `sent_back`, where it decided something.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    /// What.
    body: String,
}

/// The word of a second person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyDecision {
    /// May it begin as it is?
    approved: bool,
    /// What is to be changed, or anything else.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
}

/// Something to say about a journey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJourneyWord {
    /// What.
    #[schema(min_length = 1, max_length = 2000)]
    body: String,
}

/// A journey that is ready to be made, with its words in the tenant's languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyTemplate {
    /// Its code.
    code: &'static str,
    /// What it is called.
    name: String,
    /// Which journey of a group goes first: the higher one.
    priority: i64,
    /// Who enters, what happens, and to which goal: as a journey is made with it.
    plan: Plan,
}

/// Every template.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyTemplates {
    /// The templates.
    items: Vec<JourneyTemplate>,
}

/// Which letter to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JourneyPreviewQuery {
    /// The letter's step.
    step: String,
    /// The variant; the first when absent.
    variant: Option<String>,
    /// The reader's language; the tenant's when absent.
    locale: Option<String>,
}

/// A letter as it would leave.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyLetter {
    /// What it is about.
    subject: String,
    /// Its words.
    text: String,
    /// The same as HTML.
    html: String,
}

/// The tenant's journeys, the newest first.
#[utoipa::path(get, path = "/journeys", tag = "journeys", params(PageQuery),
    responses((status = 200, body = Page<JourneyView>)))]
async fn list_journeys(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<JourneyView>>, Problem> {
    let wish = query.window::<i64>("journeys")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let before = wish.after.unwrap_or(i64::MAX);
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("journeys", wish.limit, found, |journey| journey.id.0, view)))
}

/// Makes a journey, a draft of the caller's.
#[utoipa::path(post, path = "/journeys", tag = "journeys", request_body = JourneyDraft,
    responses((status = 201, body = JourneyView)))]
async fn post_journey(
    scope: Scope<App>,
    Payload(draft): Payload<JourneyDraft>,
) -> Result<(StatusCode, Json<JourneyView>), Problem> {
    Ok((StatusCode::CREATED, Json(view(make(&scope, draft).await?))))
}

/// Journeys that are ready to be made.
#[utoipa::path(get, path = "/journey-templates", tag = "journeys",
    responses((status = 200, body = JourneyTemplates)))]
async fn list_journey_templates(scope: Scope<App>) -> Result<Json<JourneyTemplates>, Problem> {
    let tenant = segments::own_tenant(&scope).await?;
    let template = |code: &'static str| {
        let made = templates::of(code, &tenant, scope.caller.locale)?;
        let (name, priority, plan) = (made.name, made.priority, made.plan);
        Some(JourneyTemplate { code, name, priority, plan })
    };
    let items = templates::ALL.into_iter().filter_map(template).collect();
    Ok(Json(JourneyTemplates { items }))
}

/// A journey with what was said about it.
#[utoipa::path(get, path = "/journeys/{journey}", tag = "journeys", params(("journey" = String, Path)),
    responses((status = 200, body = JourneyView)))]
async fn get_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
) -> Result<Json<JourneyView>, Problem> {
    let journey = get(&scope, id).await?;
    let words = store::words(&scope.app.db, scope.tenant, id).await?.into_iter();
    let words = words.map(|word| JourneyWordView {
        author: word.author,
        at: word.at,
        verdict: word.verdict,
        body: word.body,
    });
    Ok(Json(JourneyView { words: words.collect(), ..view(journey) }))
}

/// Changes a journey that was not published. It is a draft again, and nobody has agreed to it.
#[utoipa::path(put, path = "/journeys/{journey}", tag = "journeys", request_body = JourneyDraft,
    params(("journey" = String, Path)), responses((status = 200, body = JourneyView)))]
async fn put_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
    Payload(draft): Payload<JourneyDraft>,
) -> Result<Json<JourneyView>, Problem> {
    Ok(Json(view(change(&scope, id, draft).await?)))
}

/// Asks others to agree to a journey as it is.
#[utoipa::path(post, path = "/journeys/{journey}/submit", tag = "journeys",
    params(("journey" = String, Path)), responses((status = 200, body = JourneyView)))]
async fn submit_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
) -> Result<Json<JourneyView>, Problem> {
    Ok(Json(view(submit(&scope, id).await?)))
}

/// Agrees to a journey, which publishes it, or sends it back. Whose work is in it does not agree to it.
#[utoipa::path(post, path = "/journeys/{journey}/decisions", tag = "journeys", request_body = JourneyDecision,
    params(("journey" = String, Path)), responses((status = 200, body = JourneyView)))]
async fn decide_on_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
    Payload(decision): Payload<JourneyDecision>,
) -> Result<Json<JourneyView>, Problem> {
    Ok(Json(view(decide(&scope, id, decision.approved, &decision.note).await?)))
}

/// Lets nobody enter and no letter leave, until it is resumed.
#[utoipa::path(post, path = "/journeys/{journey}/pause", tag = "journeys",
    params(("journey" = String, Path)), responses((status = 200, body = JourneyView)))]
async fn pause_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
) -> Result<Json<JourneyView>, Problem> {
    Ok(Json(view(pause(&scope, id).await?)))
}

/// Goes on where a journey was paused.
#[utoipa::path(post, path = "/journeys/{journey}/resume", tag = "journeys",
    params(("journey" = String, Path)), responses((status = 200, body = JourneyView)))]
async fn resume_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
) -> Result<Json<JourneyView>, Problem> {
    Ok(Json(view(resume(&scope, id).await?)))
}

/// Ends a journey for good: everybody who is under way leaves.
#[utoipa::path(post, path = "/journeys/{journey}/end", tag = "journeys",
    params(("journey" = String, Path)), responses((status = 200, body = JourneyView)))]
async fn end_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
) -> Result<Json<JourneyView>, Problem> {
    Ok(Json(view(end(&scope, id).await?)))
}

/// Says something about a journey.
#[utoipa::path(post, path = "/journeys/{journey}/words", tag = "journeys", request_body = NewJourneyWord,
    params(("journey" = String, Path)), responses((status = 204)))]
async fn say_on_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
    Payload(new): Payload<NewJourneyWord>,
) -> Result<StatusCode, Problem> {
    say(&scope, id, &new.body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A letter of a journey, as somebody made up gets it.
#[utoipa::path(get, path = "/journeys/{journey}/preview", tag = "journeys",
    params(("journey" = String, Path), JourneyPreviewQuery), responses((status = 200, body = JourneyLetter)))]
async fn preview_journey(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
    Asked(query): Asked<JourneyPreviewQuery>,
) -> Result<Json<JourneyLetter>, Problem> {
    let locale = query.locale.as_deref().map(str::parse).transpose();
    let locale = locale.map_err(|why: String| Problem::field("?locale", "choice", why))?;
    let of = (query.variant.as_deref(), locale);
    let letter = preview(&scope, id, &query.step, of).await?;
    Ok(Json(JourneyLetter { subject: letter.subject, text: letter.text, html: letter.html }))
}

fn view(journey: Journey) -> JourneyView {
    JourneyView {
        id: journey.id,
        program: journey.program,
        name: journey.name,
        state: journey.state,
        plan: journey.plan,
        condition: journey.condition,
        group: journey.group,
        priority: journey.priority,
        holdout: journey.holdout,
        author: journey.author,
        authors: journey.authors,
        approved_by: journey.approved_by,
        published_at: journey.published_at,
        ended_at: journey.ended_at,
        words: Vec::new(),
    }
}
