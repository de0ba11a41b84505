//! Endpoints of reports.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use lazo_domain::ids::ReportId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Note, Report, Told, changed_since, make, store};
use crate::App;
use crate::features::measures::api::{Asking, READERS, asking};
use crate::features::measures::{date_of, words};
use crate::features::programs;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Role, Scope};
use crate::places::Kind;

const WRITERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// The longest note, in characters.
const MAX_WORDS: usize = 2_000;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/reports", "reports:read", READERS),
    Access::post("/reports", "reports:write", WRITERS),
    Access::get("/reports/{report}", "reports:read", READERS),
    Access::get("/reports/{report}/data", "reports:read", READERS),
    Access::get("/reports/{report}/restatement", "reports:read", READERS),
    Access::post("/reports/{report}/notes", "reports:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_reports, post_report))
        .routes(routes!(get_report))
        .routes(routes!(get_report_data))
        .routes(routes!(get_restatement))
        .routes(routes!(post_note))
}

/// Which program, over which days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// The last day; it must be over.
    to: String,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportView {
    /// Its id.
    #[schema(value_type = String)]
    id: ReportId,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// As of when its numbers were taken.
    as_of: String,
    /// SHA-256 of its data.
    hash: String,
    /// Who made it.
    author: String,
}

/// A note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// The indicator it is about.
    #[schema(example = "K13")]
    item: String,
    /// Whether the author would rather not show the item. It is shown all the same, and says so.
    #[serde(default)]
    hide: bool,
    /// In which words.
    words: String,
}

/// A figure that is another now than when the report was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Restated {
    /// The indicator.
    kpi: String,
    /// As the report tells it.
    then: Option<String>,
    /// As it is now.
    now: Option<String>,
}

/// In which form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormQuery {
    /// `json` (the default) or `pdf`.
    #[serde(default)]
    format: Option<String>,
}

/// Reports, the newest first.
#[utoipa::path(get, path = "/reports", tag = "reports", params(PageQuery),
    responses((status = 200, body = Page<ReportView>)))]
async fn list_reports(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<ReportView>>, Problem> {
    let wish = query.window::<i64>("reports")?;
    let before = ReportId(wish.after.unwrap_or(i64::MAX));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("reports", wish.limit, found, |report| report.id.0, view)))
}

/// Makes a report over days that are over, and keeps it as it is.
#[utoipa::path(post, path = "/reports", tag = "reports", request_body = NewReport,
    responses((status = 201, body = ReportView)))]
async fn post_report(
    scope: Scope<App>,
    Payload(new): Payload<NewReport>,
) -> Result<(StatusCode, Json<ReportView>), Problem> {
    let asking = asking(&scope, new.program.as_deref(), Some(&new.from), Some(&new.to)).await?;
    Ok((StatusCode::CREATED, Json(view(made(&scope, &asking).await?))))
}

/// Makes a report; its days must be over.
pub async fn made(scope: &Scope<App>, asking: &Asking) -> Result<Report, Problem> {
    let zone = &asking.tenant.config.time_zone;
    if asking.days.to >= crate::features::measures::day_of(scope.now, zone) {
        return Err(Problem::field("/to", "not_over", "the last day must be over"));
    }
    let author = scope.actor();
    let _place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    Ok(make(&scope.app, &asking.tenant, &asking.program, asking.days, author).await?)
}

/// A report with its data, or on paper.
#[utoipa::path(get, path = "/reports/{report}", tag = "reports",
    params(("report" = String, Path), FormQuery), responses((status = 200, body = ReportView)))]
async fn get_report(
    scope: Scope<App>,
    PathId(id): PathId<ReportId>,
    Asked(query): Asked<FormQuery>,
) -> Result<Response, Problem> {
    let report = find(&scope, id).await?;
    match query.format.as_deref() {
        None | Some("json") => Ok(Json(view(report)).into_response()),
        #[cfg(feature = "pdf")]
        Some("pdf") => paper(&scope, &report).await,
        Some(_) => Err(Problem::field("/format", "unknown", "json or pdf")),
    }
}

/// A report's file for people.
#[cfg(feature = "pdf")]
pub async fn paper(scope: &Scope<App>, report: &Report) -> Result<Response, Problem> {
    let notes = store::notes(&scope.app.db, scope.tenant, report.id).await?;
    let (data, locale) = (report.data()?, scope.locale());
    let told = Told::new(locale, &data, &notes);
    let bytes = super::paper::pdf(locale, report, &told, &data);
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// The data of a report, byte for byte as they were hashed.
#[utoipa::path(get, path = "/reports/{report}/data", tag = "reports",
    params(("report" = String, Path)), responses((status = 200, body = Object)))]
async fn get_report_data(
    scope: Scope<App>,
    PathId(id): PathId<ReportId>,
) -> Result<Response, Problem> {
    let report = find(&scope, id).await?;
    Ok(([(CONTENT_TYPE, "application/json")], report.text).into_response())
}

/// Which figures of a report are others by now, because something was learned later. The report stays as it is.
#[utoipa::path(get, path = "/reports/{report}/restatement", tag = "reports",
    params(("report" = String, Path)), responses((status = 200, body = Vec<Restated>)))]
async fn get_restatement(
    scope: Scope<App>,
    PathId(id): PathId<ReportId>,
) -> Result<Json<Vec<Restated>>, Problem> {
    let report = find(&scope, id).await?;
    Ok(Json(restated(&scope, &report).await?))
}

/// What later data would change in a report.
pub async fn restated(scope: &Scope<App>, report: &Report) -> Result<Vec<Restated>, Problem> {
    let tenant = scope.app.lookups.tenants.get(scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let programs = programs::of(scope).await?;
    let program = programs.latest(report.program);
    let program = program.ok_or_else(|| Problem::not_found("program_not_found"))?;
    let _place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    let differ = changed_since(&scope.app, &tenant, program, report).await?;
    let told = |(then, now): (_, super::super::measures::Figure)| -> Restated {
        let then: super::super::measures::Figure = then;
        Restated { kpi: then.kpi, then: then.exact, now: now.exact }
    };
    Ok(differ.into_iter().map(told).collect())
}

/// Adds context to an item of a report, or says that one would rather not show it. Items cannot be removed.
#[utoipa::path(post, path = "/reports/{report}/notes", tag = "reports",
    params(("report" = String, Path)), request_body = NewNote, responses((status = 204)))]
async fn post_note(
    scope: Scope<App>,
    PathId(id): PathId<ReportId>,
    Payload(new): Payload<NewNote>,
) -> Result<StatusCode, Problem> {
    noted(&scope, id, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewNote {
    /// As a form says it.
    #[must_use]
    pub fn new(item: &str, hide: bool, words: &str) -> Self {
        Self { item: item.to_owned(), hide, words: words.to_owned() }
    }
}

/// Adds a note to a report.
pub async fn noted(scope: &Scope<App>, id: ReportId, new: NewNote) -> Result<(), Problem> {
    let report = find(scope, id).await?;
    if lazo_measures::catalogue::kpi(&new.item).is_none() {
        return Err(Problem::field("/item", "unknown", "an indicator of the catalog"));
    }
    if new.words.trim().is_empty() || new.words.chars().count() > MAX_WORDS {
        return Err(Problem::field("/words", "out_of_range", "1 to 2,000 characters"));
    }
    let note = Note {
        id: scope.app.ids.next(),
        item: new.item,
        kind: if new.hide { "hidden" } else { "comment" }.to_owned(),
        words: new.words,
        author: scope.actor().to_owned(),
        created_at: scope.caller.real_now,
    };
    Ok(store::add_note(&scope.app.db, scope.tenant, report.id, &note).await?)
}

/// One report of the tenant.
pub async fn find(scope: &Scope<App>, id: ReportId) -> Result<Report, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("report_not_found"))
}

fn view(report: Report) -> ReportView {
    ReportView {
        id: report.id,
        from: date_of(report.days.from).to_string(),
        to: date_of(report.days.to).to_string(),
        as_of: report.as_of.to_string(),
        hash: report.hash,
        author: report.author,
    }
}

/// The stretch of a report in words.
#[must_use]
pub fn stretch(scope: &Scope<App>, report: &Report) -> String {
    let day = |day| words::date(scope.locale(), date_of(day));
    format!("{} – {}", day(report.days.from), day(report.days.to))
}
