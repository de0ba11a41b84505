//! Endpoints of requests.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::{ProgramId, RequestId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    NewRequest, READERS, Request, RequestFigure, change, close, get, open, say, sort, store,
};
use crate::App;
use crate::features::registers::WRITERS;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/requests", "requests:read", READERS),
    Access::post("/requests", "requests:write", READERS),
    Access::get("/requests/{request}", "requests:read", READERS),
    Access::put("/requests/{request}", "requests:write", WRITERS),
    Access::post("/requests/{request}/messages", "requests:write", READERS),
    Access::post("/requests/{request}/draft", "requests:write", WRITERS),
    Access::post("/requests/{request}/decisions", "requests:write", READERS).by_people(),
    Access::post("/requests/{request}/release", "requests:write", WRITERS).by_people(),
    Access::post("/requests/{request}/measure", "requests:write", WRITERS),
    Access::post("/requests/{request}/close", "requests:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_requests, open_request))
        .routes(routes!(get_request, sort_request))
        .routes(routes!(say_on_request))
        .routes(routes!(link_draft))
        .routes(routes!(decide_on_request))
        .routes(routes!(release_request))
        .routes(routes!(measure_request))
        .routes(routes!(close_request))
}

/// A request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    #[schema(value_type = String, example = "req_0000000000001")]
    id: RequestId,
    /// `comment`, `question`, `analysis`, `problem` or `change`.
    kind: String,
    /// In one line.
    title: String,
    /// In full.
    body: String,
    /// The number that it is about, as it was when it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<RequestFigure>,
    /// `open`, `answered`, `in_approval`, `approved`, `rejected`, `released`, `measured` or `closed`.
    state: String,
    /// `low`, `normal`, `high` or `urgent`.
    priority: String,
    /// Who asked.
    asked_by: String,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// By when somebody must have answered.
    #[schema(value_type = String, format = DateTime)]
    answer_due: Timestamp,
    /// When somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    /// By when it must be done.
    #[schema(value_type = String, format = DateTime)]
    resolve_due: Timestamp,
    /// When it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    /// When it was handed up because its time had run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    escalated_at: Option<Timestamp>,
    /// The program that the change is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    program: Option<ProgramId>,
    /// The version that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// What it would do, by backtest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    impact: Option<Value>,
    /// SHA-256 of version and impact: what functions agree to by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// What it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// What was said, in its order; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<MessageView>,
    /// The functions that a change concerns; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    approvals: Vec<ApprovalView>,
}

/// Something said.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Who.
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What.
    body: String,
}

/// The word of a function.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalView {
    /// Which function.
    function: String,
    /// `approved` or `rejected`; absent until somebody speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    /// What was added.
    note: String,
    /// Who spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// SHA-256 of the change on which it spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// How a request is sorted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sorting {
    /// What it is.
    kind: String,
    /// How much it presses.
    priority: String,
    /// Does the caller see to it from now on?
    #[serde(default)]
    mine: bool,
}

/// Something to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// What.
    #[schema(min_length = 1, max_length = 4000)]
    body: String,
}

/// Whose draft makes the change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedDraft {
    /// The program's code.
    program: String,
}

/// The word of a function.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// Which function.
    function: String,
    /// SHA-256 of the change as it was shown; of another one nothing is said.
    #[schema(min_length = 64, max_length = 64)]
    sha256: String,
    /// Does it agree?
    approved: bool,
    /// What it adds.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// The tenant's requests, the newest first.
#[utoipa::path(get, path = "/requests", tag = "requests", params(PageQuery),
    responses((status = 200, body = Page<RequestView>)))]
async fn list_requests(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<RequestView>>, Problem> {
    let wish = query.window::<i64>("requests")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let before = wish.after.unwrap_or(i64::MAX);
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("requests", wish.limit, found, |request| request.id.0, view)))
}

/// Asks something; its clock begins to run in business hours.
#[utoipa::path(post, path = "/requests", tag = "requests", request_body = NewRequest,
    responses((status = 201, body = RequestView)))]
async fn open_request(
    scope: Scope<App>,
    Payload(new): Payload<NewRequest>,
) -> Result<(StatusCode, Json<RequestView>), Problem> {
    let request = open(&scope, new).await?;
    Ok((StatusCode::CREATED, Json(view(request))))
}

/// A request with what was said on it.
#[utoipa::path(get, path = "/requests/{request}", tag = "requests", params(("request" = String, Path)),
    responses((status = 200, body = RequestView)))]
async fn get_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    let request = get(&scope, id).await?;
    whole(&scope, request).await
}

/// Sorts a request: what it is, how much it presses, who sees to it.
#[utoipa::path(put, path = "/requests/{request}", tag = "requests", request_body = Sorting,
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn sort_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
    Payload(body): Payload<Sorting>,
) -> Result<Json<RequestView>, Problem> {
    let request = sort(&scope, id, &body.kind, &body.priority, body.mine).await?;
    whole(&scope, request).await
}

/// Says something on a request. The first word of somebody else is its answer.
#[utoipa::path(post, path = "/requests/{request}/messages", tag = "requests", request_body = NewMessage,
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn say_on_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
    Payload(new): Payload<NewMessage>,
) -> Result<Json<RequestView>, Problem> {
    let request = say(&scope, id, &new.body).await?;
    whole(&scope, request).await
}

/// Links the draft of a program: its impact is tried on all of history, and those whom it concerns are asked.
#[utoipa::path(post, path = "/requests/{request}/draft", tag = "requests", request_body = LinkedDraft,
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn link_draft(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
    Payload(linked): Payload<LinkedDraft>,
) -> Result<Json<RequestView>, Problem> {
    let request = change::attach(&scope, id, &linked.program).await?;
    whole(&scope, request).await
}

/// Speaks for a function on a change.
#[utoipa::path(post, path = "/requests/{request}/decisions", tag = "requests", request_body = NewDecision,
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn decide_on_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
    Payload(new): Payload<NewDecision>,
) -> Result<Json<RequestView>, Problem> {
    let request =
        change::decide(&scope, id, (&new.function, &new.sha256), new.approved, &new.note).await?;
    whole(&scope, request).await
}

/// Publishes an approved change.
#[utoipa::path(post, path = "/requests/{request}/release", tag = "requests",
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn release_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    let request = change::release(&scope, id).await?;
    whole(&scope, request).await
}

/// Measures a released change against the version before it.
#[utoipa::path(post, path = "/requests/{request}/measure", tag = "requests",
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn measure_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    let request = change::measure(&scope, id).await?;
    whole(&scope, request).await
}

/// Ends a request. A released change is measured first.
#[utoipa::path(post, path = "/requests/{request}/close", tag = "requests",
    params(("request" = String, Path)), responses((status = 200, body = RequestView)))]
async fn close_request(
    scope: Scope<App>,
    PathId(id): PathId<RequestId>,
) -> Result<Json<RequestView>, Problem> {
    let request = close(&scope, id).await?;
    whole(&scope, request).await
}

async fn whole(scope: &Scope<App>, request: Request) -> Result<Json<RequestView>, Problem> {
    let (db, id) = (&scope.app.db, request.id);
    let messages = store::messages(db, scope.tenant, id).await?.into_iter();
    let approvals = store::approvals(db, scope.tenant, id).await?.into_iter();
    let messages = messages.map(|m| MessageView { author: m.author, at: m.at, body: m.body });
    let approvals = approvals.map(|a| ApprovalView {
        function: a.function,
        verdict: a.verdict,
        note: a.note,
        decided_by: a.decided_by,
        sha256: a.digest,
    });
    let (messages, approvals) = (messages.collect(), approvals.collect());
    Ok(Json(RequestView { messages, approvals, ..view(request) }))
}

fn view(request: Request) -> RequestView {
    let sha256 = change::digest(&request);
    RequestView {
        id: request.id,
        kind: request.kind,
        title: request.title,
        body: request.body,
        figure: request.figure,
        state: request.state,
        priority: request.priority,
        asked_by: request.asked_by,
        owner: request.owner,
        opened_at: request.opened_at,
        answer_due: request.answer_due,
        answered_at: request.answered_at,
        resolve_due: request.resolve_due,
        resolved_at: request.resolved_at,
        escalated_at: request.escalated_at,
        program: request.version.map(|(program, _)| program),
        version: request.version.map(|(_, version)| version),
        sha256,
        impact: request.impact,
        result: request.result,
        messages: Vec::new(),
        approvals: Vec::new(),
    }
}
