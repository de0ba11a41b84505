//! What callers read of a project.

use std::time::Duration;

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse as _, Response};
use lazo_domain::merging::SourceKey;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::super::fault::{MergeFault, Refused, parsed};
use super::super::matching::name;
use super::super::reconcile::LineName;
use super::super::store::projects::{self, Project};
use super::super::store::{desk, links, plans, sources};
use super::super::workbench::Workbench;
use crate::App;
use crate::http::{Asked, Page, PathId, Problem, Scope, window};

/// How long a call waits for whoever is at work: a step that just failed may still be letting go.
const PATIENCE: Duration = Duration::from_secs(3);

/// A project in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectView {
    /// Its id.
    #[schema(example = "itp_0000000000001")]
    pub id: String,
    /// Its code.
    #[schema(example = "aurora-uno")]
    pub code: String,
    /// `draft`, `profiled`, `mapped`, `matched`, `simulated`, `approved`, `pilot`, `waves`, …
    pub state: &'static str,
    /// The target program's code.
    pub program: String,
    /// The sources' codes.
    pub sources: Vec<String>,
    /// Who began it.
    pub author: String,
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
    /// Pairs that nobody has decided on alone; of exceptions one code alone.
    #[serde(default)]
    pub only: Option<String>,
}

/// Which line of a report, and which page of its members.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LineQuery {
    /// The line's code, such as `opening_available` or `posted`.
    pub code: String,
    /// Its source; needed where several lines have the code.
    #[serde(default)]
    pub source: String,
    /// Its point type, or what else it counts; needed where several lines have the code.
    #[serde(default)]
    pub subject: String,
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
}

/// In which form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormQuery {
    /// `json` (unless said otherwise), `html` or `pdf`.
    #[serde(default)]
    format: String,
}

/// The caller at work.
pub async fn bench(scope: &Scope<App>) -> Result<Workbench, Problem> {
    let tenant = scope.app.lookups.tenants.get(scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    Ok(Workbench {
        app: scope.app.clone(),
        tenant: (*tenant).clone(),
        actor: scope.actor().to_owned(),
        patience: PATIENCE,
    })
}

/// The project of a path, with somebody at work on it.
pub async fn at(scope: &Scope<App>, name: &str) -> Result<(Workbench, Project), Problem> {
    if name.contains('\0') {
        return Err(Problem::not_found("not_found"));
    }
    let bench = bench(scope).await?;
    let project = bench.project(name).await.map_err(bare)?;
    Ok((bench, project))
}

/// A refusal of a step of a project as it is answered: files are called what the caller called them, and where they lie
/// is the server's business.
pub fn problem(project: &Project) -> impl Fn(MergeFault) -> Problem {
    let folder = format!("{}/", project.document.folder.display());
    move |fault| match fault {
        MergeFault::Refused(why) => {
            bare(MergeFault::Refused(Refused { what: why.what.replace(&folder, ""), ..why }))
        }
        MergeFault::Reading(_) | MergeFault::Io(..) => {
            files(fault.to_string().replace(&folder, ""))
        }
        other => bare(other),
    }
}

fn files(why: String) -> Problem {
    Problem::new(409, "merge_refused").with("refusal", "merge_files").with("why", why)
}

/// A refusal that no project's files have part in.
pub fn bare(fault: MergeFault) -> Problem {
    match fault {
        MergeFault::Store(error) => error.into(),
        MergeFault::Unknown(_) => Problem::unavailable(),
        MergeFault::Refused(why) => match why.code {
            "merge_no_project" | "merge_no_member" | "merge_no_wave" | "merge_no_request"
            | "merge_no_pair" => Problem::not_found("not_found"),
            "four_eyes" => Problem::new(403, "four_eyes"),
            code => Problem::new(409, "merge_refused").with("refusal", code).with("why", why.what),
        },
        MergeFault::Broken { what, source } => {
            tracing::error!("{what} cannot be read or written: {source}");
            Problem::new(500, "internal")
        }
        other => files(other.to_string()),
    }
}

/// The tenant's projects, newest first.
#[utoipa::path(get, path = "/integration-projects", tag = "integration-projects", params(ListQuery),
    responses((status = 200, body = Page<ProjectView>)))]
pub async fn list_projects(
    scope: Scope<App>,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Page<ProjectView>>, Problem> {
    let wish = window::<i64>("integration-projects", query.limit, query.cursor.as_deref())?;
    let (before, limit) =
        (wish.after.unwrap_or(i64::MAX), i64::try_from(wish.limit).unwrap_or(1) + 1);
    let found = projects::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("integration-projects", wish.limit, found, |p| p.id.0, view)))
}

pub fn view(project: Project) -> ProjectView {
    ProjectView {
        id: project.id.to_string(),
        code: project.document.code.clone(),
        state: project.state.name(),
        program: project.document.program.clone(),
        sources: project.document.sources.iter().map(|source| source.code.clone()).collect(),
        author: project.author,
    }
}

/// Where a project is, what there is of it, and what is next.
#[utoipa::path(get, path = "/integration-projects/{project}", tag = "integration-projects",
    params(("project" = String, Path, description = "Id or code")), responses((status = 200, body = Value)))]
pub async fn get_project(
    scope: Scope<App>,
    PathId(name): PathId<String>,
) -> Result<Json<Value>, Problem> {
    let (bench, project) = at(&scope, &name).await?;
    let status = bench.status(&project).await.map_err(problem(&project))?;
    shown(&status)
}

/// The latest dry run: hashes, control totals, winners and losers, tiers, liability before and after.
#[utoipa::path(get, path = "/integration-projects/{project}/plan", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value)))]
pub async fn get_plan(
    scope: Scope<App>,
    PathId(name): PathId<String>,
) -> Result<Json<Value>, Problem> {
    let (_, project) = at(&scope, &name).await?;
    let fault = problem(&project);
    let plan = plans::latest(&scope.app.db, &project).await?;
    let plan = plan.ok_or_else(|| Problem::not_found("not_found"))?;
    let report: Value = parsed(&plan.report, "the report of a dry run").map_err(fault)?;
    Ok(Json(
        json!({ "revision": plan.revision, "run_hash": plan.run_hash, "manifest": plan.manifest,
        "inputs_hash": plan.inputs_hash, "approvable": plan.approvable, "made_by": plan.made_by,
        "approved_by": plan.approved_by, "report": report }),
    ))
}

/// What was found in the sources: raw columns, and what is wrong with the data, with examples.
#[utoipa::path(get, path = "/integration-projects/{project}/quality", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value)))]
pub async fn get_quality(
    scope: Scope<App>,
    PathId(name): PathId<String>,
) -> Result<Json<Value>, Problem> {
    let (_, project) = at(&scope, &name).await?;
    let all = sources::all(&scope.app.db, &project).await?;
    let told = all.into_iter().map(|source| {
        let of = |text: &str| parsed::<Value>(text, "what is kept of a source").map_err(bare);
        Ok(json!({ "source": source.source, "state": source.state, "snapshot": source.snapshot_hash,
            "files": of(&source.files)?, "profile": of(&source.profile)?,
            "report": of(&source.report)?, "stated": of(&source.stated)?,
            "totals": of(&source.totals)?["totals"] }))
    });
    Ok(Json(Value::Array(told.collect::<Result<_, Problem>>()?)))
}

/// Pairs of accounts believed to be one person, with the reasons field by field; `only=open` lists those for review.
#[utoipa::path(get, path = "/integration-projects/{project}/links", tag = "integration-projects",
    params(("project" = String, Path), ListQuery), responses((status = 200, body = Page<Value>)))]
pub async fn list_links(
    scope: Scope<App>,
    PathId(path): PathId<String>,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Page<Value>>, Problem> {
    let (_, project) = at(&scope, &path).await?;
    let wish = window::<[String; 4]>("integration-links", query.limit, query.cursor.as_deref())?;
    let after = wish.after.clone().unwrap_or_default();
    let [a, b, c, d] = &after;
    let after = (SourceKey::new(a, b), SourceKey::new(c, d));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let open = query.only.as_deref() == Some("open");
    let found = links::page(&scope.app.db, &project, &after, open, limit).await?;
    let key = |link: &links::Link| {
        [&link.left.source, &link.left.member, &link.right.source, &link.right.member]
            .map(Clone::clone)
    };
    Ok(Json(Page::of("integration-links", wish.limit, found, key, link_view)))
}

pub fn link_view(link: links::Link) -> Value {
    json!({ "left": name(&link.left), "right": name(&link.right), "probability_ppm": link.probability,
        "band": link.band, "reasons": link.reasons, "decision": link.decision, "decided_by": link.decided_by,
        "second_decision": link.second_decision, "second_by": link.second_by })
}

/// What waits at the exception desk; `only` names one code.
#[utoipa::path(get, path = "/integration-projects/{project}/exceptions", tag = "integration-projects",
    params(("project" = String, Path), ListQuery), responses((status = 200, body = Page<Value>)))]
pub async fn list_exceptions(
    scope: Scope<App>,
    PathId(path): PathId<String>,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Page<Value>>, Problem> {
    let (_, project) = at(&scope, &path).await?;
    let wish =
        window::<[String; 4]>("integration-exceptions", query.limit, query.cursor.as_deref())?;
    let [source, member, code, subject] = wish.after.clone().unwrap_or_default();
    let after = (SourceKey::new(&source, &member), code, subject);
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let only = query.only.unwrap_or_default();
    let found = desk::page(&scope.app.db, &project, &after, &only, limit).await?;
    let key = |item: &desk::DeskItem| {
        [item.key.source.clone(), item.key.member.clone(), item.code.clone(), item.subject.clone()]
    };
    Ok(Json(Page::of("integration-exceptions", wish.limit, found, key, exception_view)))
}

/// Something that waits at the desk.
pub fn exception_view(item: desk::DeskItem) -> Value {
    json!({ "member": name(&item.key), "code": item.code, "subject": item.subject,
        "points": item.points, "holds_back": desk::holds_back(&item.code), "state": item.state,
        "owner": item.owner, "note": item.note })
}

/// A document to take along.
#[cfg(feature = "pdf")]
pub fn pdf(bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/pdf")], bytes).into_response()
}

/// The form asked for is none that there is.
pub fn no_form() -> Problem {
    Problem::field("/format", "invalid", "json, html or pdf")
}

/// The control report of a wave as it was frozen, with its hash.
#[utoipa::path(get, path = "/integration-projects/{project}/waves/{wave}/report", tag = "integration-projects",
    params(("project" = String, Path), ("wave" = i64, Path), FormQuery), responses((status = 200, body = Value)))]
pub async fn get_report(
    scope: Scope<App>,
    axum::extract::Path((path, wave)): axum::extract::Path<(String, String)>,
    Asked(query): Asked<FormQuery>,
) -> Result<Response, Problem> {
    let (bench, project) = at(&scope, &path).await?;
    let report = bench.control_report(&project, number(&wave)?).await.map_err(problem(&project))?;
    match query.format.as_str() {
        "" | "json" => Ok(Json(report.json()).into_response()),
        "html" => {
            Ok(Html(report.html(scope.caller.locale, &project.document.names)).into_response())
        }
        #[cfg(feature = "pdf")]
        "pdf" => Ok(pdf(report.pdf(scope.caller.locale, &project.document.names))),
        _ => Err(no_form()),
    }
}

/// The members behind a line of a wave's report, with their lots and openings; together they are the line. A page may be
/// short, and empty, while `cursor.next` goes on.
#[utoipa::path(get, path = "/integration-projects/{project}/waves/{wave}/report/members", tag = "integration-projects",
    params(("project" = String, Path), ("wave" = i64, Path), LineQuery), responses((status = 200, body = Page<Value>)))]
pub async fn list_line_members(
    scope: Scope<App>,
    axum::extract::Path((path, wave)): axum::extract::Path<(String, String)>,
    Asked(query): Asked<LineQuery>,
) -> Result<Json<Page<Value>>, Problem> {
    let (bench, project) = at(&scope, &path).await?;
    let list = "integration-line-members";
    let wish = window::<[String; 2]>(list, query.limit, query.cursor.as_deref())?;
    let [source, member] = wish.after.clone().unwrap_or_default();
    let after = SourceKey::new(&source, &member);
    let line = LineName { code: query.code, source: query.source, subject: query.subject };
    let found = bench.behind(&project, number(&wave)?, &line, &after, wish.limit).await;
    let found = found.map_err(problem(&project))?;
    let next = found.next.map(|key| [key.source, key.member]);
    let items = found.members.iter().map(|behind| Ok(shown(behind)?.0));
    Ok(Json(Page::going_on(list, items.collect::<Result<_, Problem>>()?, next.as_ref())))
}

/// What was asked for that needs a second person, and what came of it.
#[utoipa::path(get, path = "/integration-projects/{project}/requests", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value)))]
pub async fn list_requests(
    scope: Scope<App>,
    PathId(path): PathId<String>,
) -> Result<Json<Value>, Problem> {
    let (bench, project) = at(&scope, &path).await?;
    let all = bench.requests(&project).await.map_err(problem(&project))?;
    Ok(Json(Value::Array(all.into_iter().map(request_view).collect::<Result<_, _>>()?)))
}

pub fn request_view(request: desk::Request) -> Result<Value, Problem> {
    let outcome = request.outcome.map(|text| parsed::<Value>(&text, "the outcome of a request"));
    let outcome = outcome.transpose().map_err(bare)?;
    Ok(
        json!({ "request": request.request, "kind": request.kind, "subject": request.subject, "state": request.state,
        "asked_by": request.asked_by, "asked_at": request.asked_at, "decided_by": request.decided_by,
        "outcome": outcome }),
    )
}

/// What is answered, as JSON.
pub fn shown(value: &impl Serialize) -> Result<Json<Value>, Problem> {
    let value = serde_json::to_value(value);
    value.map(Json).map_err(|source| bare(MergeFault::Broken { what: "an answer", source }))
}

/// A number of a path; what is none names nothing.
pub fn number(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found("not_found"))
}
