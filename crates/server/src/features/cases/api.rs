//! Endpoints of cases: for a desk of the tenant's own.

use axum::Json;
use lazo_domain::ids::{MemberId, SupportCaseId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{AGENTS, SupportCase, answer, close, get, store};
use crate::App;
use crate::http::{Access, Asked, Page, PathId, Payload, Problem, Scope, window};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/cases", "cases:read", AGENTS),
    Access::get("/cases/{case}", "cases:read", AGENTS),
    Access::post("/cases/{case}/messages", "cases:write", AGENTS),
    Access::post("/cases/{case}/close", "cases:write", AGENTS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_cases))
        .routes(routes!(get_case))
        .routes(routes!(answer_case))
        .routes(routes!(close_case))
}

/// Which page of cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// `open`, `answered` or `closed`; `open` unless given.
    pub state: Option<String>,
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
}

/// What a member asks, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// Its id.
    #[schema(value_type = String, example = "cse_0000000000001")]
    id: SupportCaseId,
    /// What people say on the phone.
    #[schema(example = "K7M2-9QXA")]
    tracking_code: String,
    /// Whose.
    #[schema(value_type = String, example = "mem_0000000000001")]
    member: MemberId,
    /// `points`, `purchase`, `reward`, `account`, `merge` or `other`.
    topic: String,
    /// The path of the page on which it was opened.
    screen: String,
    /// The member's language.
    #[schema(example = "es-ES")]
    language: String,
    /// `open`, `answered` or `closed`.
    state: String,
    /// Who of the staff sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// By when somebody must have answered.
    #[schema(value_type = String, format = DateTime)]
    answer_due: Timestamp,
    /// When somebody did, the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    /// When it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
    /// Did it help, as the member says?
    #[serde(skip_serializing_if = "Option::is_none")]
    helped: Option<bool>,
    /// What was said, in its order; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<CaseMessageView>,
}

/// Something said in a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseMessageView {
    /// Who of the staff; absent for the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What.
    body: String,
}

/// An answer to a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// What.
    #[schema(min_length = 1, max_length = 4000)]
    body: String,
}

/// The tenant's cases of a state: those that wait by when they are due, others the newest first.
#[utoipa::path(get, path = "/cases", tag = "cases", params(CaseQuery),
    responses((status = 200, body = Page<CaseView>)))]
async fn list_cases(
    scope: Scope<App>,
    Asked(query): Asked<CaseQuery>,
) -> Result<Json<Page<CaseView>>, Problem> {
    let wish = window::<(i64, i64)>("cases", query.limit, query.cursor.as_deref())?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let state = query.state.unwrap_or_else(|| "open".to_owned());
    let found = store::page(&scope.app.db, scope.tenant, &state, wish.after, limit).await?;
    let key = |case: &SupportCase| (case.answer_due.0, case.id.0);
    Ok(Json(Page::of("cases", wish.limit, found, key, view)))
}

/// A case with what was said in it.
#[utoipa::path(get, path = "/cases/{case}", tag = "cases", params(("case" = String, Path)),
    responses((status = 200, body = CaseView)))]
async fn get_case(
    scope: Scope<App>,
    PathId(id): PathId<SupportCaseId>,
) -> Result<Json<CaseView>, Problem> {
    let case = get(&scope, id).await?;
    whole(&scope, case).await
}

/// Answers a member: by letter and on the member's page. The same words twice in a row are one answer.
#[utoipa::path(post, path = "/cases/{case}/messages", tag = "cases", request_body = NewAnswer,
    params(("case" = String, Path)), responses((status = 200, body = CaseView)))]
async fn answer_case(
    scope: Scope<App>,
    PathId(id): PathId<SupportCaseId>,
    Payload(new): Payload<NewAnswer>,
) -> Result<Json<CaseView>, Problem> {
    let case = answer(&scope, id, &new.body).await?;
    whole(&scope, case).await
}

/// Ends a case; what a member says later opens it again.
#[utoipa::path(post, path = "/cases/{case}/close", tag = "cases", params(("case" = String, Path)),
    responses((status = 200, body = CaseView)))]
async fn close_case(
    scope: Scope<App>,
    PathId(id): PathId<SupportCaseId>,
) -> Result<Json<CaseView>, Problem> {
    let case = get(&scope, id).await?;
    let case = close(&scope, case, None).await?;
    whole(&scope, case).await
}

async fn whole(scope: &Scope<App>, case: SupportCase) -> Result<Json<CaseView>, Problem> {
    let said = store::messages(&scope.app.db, scope.tenant, case.id).await?;
    let messages = said.into_iter().map(|message| CaseMessageView {
        author: (!message.author.is_empty()).then_some(message.author),
        at: message.at,
        body: message.body,
    });
    Ok(Json(CaseView { messages: messages.collect(), ..view(case) }))
}

fn view(case: SupportCase) -> CaseView {
    CaseView {
        id: case.id,
        tracking_code: case.tracking_code,
        member: case.member,
        topic: case.topic,
        screen: case.screen,
        language: case.language,
        state: case.state,
        owner: case.owner,
        opened_at: case.opened_at,
        answer_due: case.answer_due,
        answered_at: case.answered_at,
        closed_at: case.closed_at,
        helped: case.helped,
        messages: Vec::new(),
    }
}
