//! What callers do with a project. Long steps go on when the caller does not wait: `GET` tells how far they are.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::document::Document;
use super::super::fault::MergeFault;
use super::super::matching::key_of;
use super::super::reconcile::SignerRole;
use super::super::settle::{ExceptionName, Settlement};
use super::super::state::State;
use super::super::store::projects::Project;
use super::views::{
    ProjectView, at, bare, bench, exception_view, link_view, number, problem, request_view, shown,
    view,
};
use crate::App;
use crate::http::{PathId, Payload, Problem, Role, Scope};
use crate::places::Kind;

/// How long a caller waits for a step before being told that it goes on.
const WAITS: Duration = Duration::from_secs(10);

/// A project as it is described: the project file and the rules file, as JSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// What the project file holds; files are named from the project's folder below the server's data folder.
    #[schema(value_type = Object)]
    document: Value,
    /// What the rules file holds.
    #[schema(value_type = Object)]
    rules: Value,
}

/// What is decided on a pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkDecision {
    /// One account, as `source/number`.
    pub left: String,
    /// The other.
    pub right: String,
    /// `merge`, `not_same` or `need_info`.
    pub decision: String,
}

/// Where a project is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// The state.
    pub state: String,
}

/// What is agreed to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanApproval {
    /// The plan's run hash, as its status and its dry run tell it.
    #[schema(min_length = 64, max_length = 64)]
    pub run_hash: String,
}

/// What is signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The report's SHA-256, all 64 digits of it.
    #[schema(min_length = 64, max_length = 64)]
    pub sha256: String,
    /// In which role: `finance_controller` or `program_owner`. Both sign, and they are two people.
    pub role: String,
}

/// What is said about something that waits at the desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settling {
    /// The account, as `source/number`.
    member: String,
    /// The exception's code.
    code: String,
    /// What it is about, where the exception says so.
    #[serde(default)]
    subject: String,
    /// `resolved` or `waived`, with a note; none only names who takes care of it.
    #[serde(default)]
    outcome: String,
    /// Who takes care of it.
    #[serde(default)]
    #[schema(max_length = 200)]
    owner: String,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
}

/// Something that a second person must agree to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntegrationRequest {
    /// `unmerge` or `rollback`.
    pub kind: String,
    /// For an unmerge, the accounts that leave, as `source/number`.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// For an unmerge: does the program make good to whoever leaves what was spent and nobody knows by whom?
    #[serde(default)]
    pub make_whole: bool,
    /// For a rollback, the wave.
    #[serde(default)]
    pub wave: Option<i64>,
}

/// Yes or no.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Is it to be done?
    pub agrees: bool,
}

/// Nobody watches.
fn unseen(_: &'static str, _: u64, _: Option<u64>) {}

type Stepped = Result<(StatusCode, Json<Value>), Problem>;

/// Does a step that goes through whole files apart from the request, one of a client at a time.
async fn step<T: Serialize + Send + 'static>(
    app: &App,
    project: &Project,
    work: impl Future<Output = Result<T, MergeFault>> + Send + 'static,
) -> Stepped {
    let place = app.places.take(project.tenant, Kind::Files).await?;
    let placed = async move {
        let _place = place;
        work.await
    };
    apart(project, placed).await
}

/// Does something apart from the request, and answers with it when it is done in time.
async fn apart<T: Serialize + Send + 'static>(
    project: &Project,
    work: impl Future<Output = Result<T, MergeFault>> + Send + 'static,
) -> Stepped {
    let task = tokio::spawn(work);
    match tokio::time::timeout(WAITS, task).await {
        Ok(Ok(Ok(done))) => Ok((StatusCode::OK, shown(&done)?)),
        Ok(Ok(Err(fault))) => Err(problem(project)(fault)),
        Ok(Err(_)) => Err(Problem::new(500, "internal")),
        Err(_) => Ok((StatusCode::ACCEPTED, Json(json!({ "state": "running" })))),
    }
}

/// Begins a project, or describes it anew as long as nothing is approved.
#[utoipa::path(post, path = "/integration-projects", tag = "integration-projects", request_body = NewProject,
    responses((status = 201, body = ProjectView)))]
pub async fn describe_project(
    scope: Scope<App>,
    Payload(new): Payload<NewProject>,
) -> Result<(StatusCode, Json<ProjectView>), Problem> {
    let bench = bench(&scope).await?;
    let invalid = |pointer: &str, why: String| Problem::field(pointer, "invalid", why);
    let mut document: Document =
        serde_json::from_value(new.document).map_err(|e| invalid("/document", e.to_string()))?;
    let rules = serde_json::from_value(new.rules).map_err(|e| invalid("/rules", e.to_string()))?;
    if !document.folder.as_os_str().is_empty() {
        return Err(invalid("/document/folder", "the server knows its own folders".to_owned()));
    }
    let plain = |name: &String| {
        Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
    };
    let files = document.sources.iter().flat_map(|source| &source.files);
    if let Some(file) = files.flat_map(|f| [&f.file, &f.mapping]).find(|name| !plain(name)) {
        return Err(invalid(
            "/document/sources",
            format!("`{file}` is not below the project's folder"),
        ));
    }
    document.complete().map_err(bare)?;
    document.folder = folder(&scope.app, &bench.tenant.config.code, &document.code);
    let project = bench.describe(document, rules).await.map_err(bare)?;
    Ok((StatusCode::CREATED, Json(view(project))))
}

fn folder(app: &App, tenant: &str, project: &str) -> PathBuf {
    app.data_dir.join("merge").join(tenant).join(project)
}

/// Looks at the raw files.
#[utoipa::path(post, path = "/integration-projects/{project}/profile", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn profile_sources(scope: Scope<App>, PathId(name): PathId<String>) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let of = project.clone();
    step(&scope.app, &of, async move { bench.profile(&project, &unseen).await }).await
}

/// Loads the sources by their mappings, against their control totals.
#[utoipa::path(post, path = "/integration-projects/{project}/map", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn map_sources(scope: Scope<App>, PathId(name): PathId<String>) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let of = project.clone();
    step(&scope.app, &of, async move { bench.map(&project, &unseen).await }).await
}

/// Finds who is who.
#[utoipa::path(post, path = "/integration-projects/{project}/match", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn match_people(scope: Scope<App>, PathId(name): PathId<String>) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let of = project.clone();
    step(&scope.app, &of, async move { bench.match_people(&project, &unseen).await }).await
}

/// Plans everything and posts nothing.
#[utoipa::path(post, path = "/integration-projects/{project}/dry-run", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn dry_run(scope: Scope<App>, PathId(name): PathId<String>) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let of = project.clone();
    step(&scope.app, &of, async move { bench.dry_run(&project, &unseen).await }).await
}

/// Moves a project on: paused, frozen, delta, cutover, parallel, hypercare, closed, abandoned.
#[utoipa::path(post, path = "/integration-projects/{project}/advance", tag = "integration-projects",
    params(("project" = String, Path)), request_body = Advance, responses((status = 200, body = ProjectView)))]
pub async fn advance_project(
    scope: Scope<App>,
    PathId(name): PathId<String>,
    Payload(asked): Payload<Advance>,
) -> Result<Json<ProjectView>, Problem> {
    let (bench, project) = at(&scope, &name).await?;
    let to = State::named(&asked.state)
        .ok_or_else(|| Problem::field("/state", "invalid", "there is no such state"))?;
    Ok(Json(view(bench.advance(&project, to).await.map_err(problem(&project))?)))
}

/// Agrees to the latest plan by its run hash; one that was made meanwhile is not agreed to. Whoever made it cannot.
#[utoipa::path(post, path = "/integration-projects/{project}/approve", tag = "integration-projects",
    params(("project" = String, Path)), request_body = PlanApproval, responses((status = 200, body = Value)))]
pub async fn approve_plan(
    scope: Scope<App>,
    PathId(name): PathId<String>,
    Payload(asked): Payload<PlanApproval>,
) -> Result<Json<Value>, Problem> {
    let (bench, project) = at(&scope, &name).await?;
    let approved = bench.approve_as_shown(&project, Some(&asked.run_hash)).await;
    let plan = approved.map_err(problem(&project))?;
    Ok(Json(
        json!({ "revision": plan.revision, "run_hash": plan.run_hash, "approved_by": plan.approved_by }),
    ))
}

/// Decides on a pair. Where much is at stake a second person must decide alike.
#[utoipa::path(post, path = "/integration-projects/{project}/links", tag = "integration-projects",
    params(("project" = String, Path)), request_body = LinkDecision, responses((status = 200, body = Value)))]
pub async fn decide_link(
    scope: Scope<App>,
    PathId(name): PathId<String>,
    Payload(asked): Payload<LinkDecision>,
) -> Result<Json<Value>, Problem> {
    let (bench, project) = at(&scope, &name).await?;
    let key = |pointer: &str, text: &str| {
        key_of(text).ok_or_else(|| Problem::field(pointer, "invalid", "write source/number"))
    };
    let (left, right) = (key("/left", &asked.left)?, key("/right", &asked.right)?);
    let link = bench
        .decide(&project, (&left, &right), &asked.decision)
        .await
        .map_err(problem(&project))?;
    Ok(Json(link_view(link)))
}

/// Posts a wave of the approved plan. Asked again it goes on where it stopped, and posts nothing twice.
#[utoipa::path(post, path = "/integration-projects/{project}/waves/{wave}/run", tag = "integration-projects",
    params(("project" = String, Path), ("wave" = i64, Path)),
    responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn run_wave(
    scope: Scope<App>,
    axum::extract::Path((name, wave)): axum::extract::Path<(String, String)>,
) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let wave = number(&wave)?;
    let of = project.clone();
    step(&scope.app, &of, async move { bench.run_wave(&project, wave, &unseen).await }).await
}

/// Compares a wave with the ledger and freezes the report.
#[utoipa::path(post, path = "/integration-projects/{project}/waves/{wave}/reconcile", tag = "integration-projects",
    params(("project" = String, Path), ("wave" = i64, Path)),
    responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn reconcile_wave(
    scope: Scope<App>,
    axum::extract::Path((name, wave)): axum::extract::Path<(String, String)>,
) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let wave = number(&wave)?;
    let of = project.clone();
    step(&scope.app, &of, async move { Ok(bench.reconcile(&project, wave, &unseen).await?.json()) })
        .await
}

/// Compares all waves, the desk and what the sources' owners stated; keeps nothing.
#[utoipa::path(post, path = "/integration-projects/{project}/reconcile", tag = "integration-projects",
    params(("project" = String, Path)), responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn reconcile_project(scope: Scope<App>, PathId(name): PathId<String>) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let of = project.clone();
    step(&scope.app, &of, async move { Ok(bench.reconcile_whole(&project, &unseen).await?.json()) })
        .await
}

/// Says who takes care of an exception, or what becomes of it; that two people must say alike.
#[utoipa::path(post, path = "/integration-projects/{project}/exceptions/settle", tag = "integration-projects",
    params(("project" = String, Path)), request_body = Settling, responses((status = 200, body = Value)))]
pub async fn settle_exception(
    scope: Scope<App>,
    PathId(name): PathId<String>,
    Payload(asked): Payload<Settling>,
) -> Result<Json<Value>, Problem> {
    let (bench, project) = at(&scope, &name).await?;
    let key = key_of(&asked.member);
    let key = key.ok_or_else(|| Problem::field("/member", "invalid", "write source/number"))?;
    if asked.owner.chars().count() > 200 {
        return Err(Problem::field("/owner", "invalid", "at most 200 letters"));
    }
    let named = ExceptionName { key, code: asked.code, subject: asked.subject };
    let said = Settlement { outcome: asked.outcome, owner: asked.owner, note: asked.note };
    let item = bench.settle(&project, &named, &said).await.map_err(problem(&project))?;
    Ok(Json(exception_view(item)))
}

/// Signs the frozen report of a wave by its hash, as finance or as the program's owner. Whoever ran the wave cannot.
#[utoipa::path(post, path = "/integration-projects/{project}/waves/{wave}/sign", tag = "integration-projects",
    params(("project" = String, Path), ("wave" = i64, Path)), request_body = Signature,
    responses((status = 200, body = Value)))]
pub async fn sign_wave(
    scope: Scope<App>,
    axum::extract::Path((name, wave)): axum::extract::Path<(String, String)>,
    Payload(asked): Payload<Signature>,
) -> Result<Json<Value>, Problem> {
    let (bench, project) = at(&scope, &name).await?;
    let role = SignerRole::named(&asked.role);
    let role = role.ok_or_else(|| Problem::field("/role", "invalid", "there is no such role"))?;
    if !scope.is(role.who()) && !scope.is(Role::Admin) {
        return Err(Problem::new(403, "forbidden"));
    }
    let signed = bench.sign(&project, number(&wave)?, (role, &asked.sha256)).await;
    let wave = signed.map_err(problem(&project))?;
    let signatures = wave.signatures.iter().map(
        |signature| json!({ "role": signature.role, "by": signature.by, "at": signature.at, "sha256": signature.sha256 }),
    );
    let signatures: Vec<Value> = signatures.collect();
    Ok(Json(
        json!({ "wave": wave.wave, "state": wave.state, "sha256": wave.report_hash, "signatures": signatures }),
    ))
}

/// Asks for an unmerge or a rollback; it waits (202) until a second person agrees.
#[utoipa::path(post, path = "/integration-projects/{project}/requests", tag = "integration-projects",
    params(("project" = String, Path)), request_body = NewIntegrationRequest, responses((status = 202, body = Value)))]
pub async fn ask_for(
    scope: Scope<App>,
    PathId(name): PathId<String>,
    Payload(asked): Payload<NewIntegrationRequest>,
) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let told = match asked.kind.as_str() {
        "unmerge" => {
            let keys: Option<Vec<_>> = asked.accounts.iter().map(|text| key_of(text)).collect();
            let keys =
                keys.ok_or_else(|| Problem::field("/accounts", "invalid", "write source/number"))?;
            let (request, would_be) = bench
                .ask_unmerge(&project, &keys, asked.make_whole)
                .await
                .map_err(problem(&project))?;
            json!({ "request": request_view(request)?, "shown": would_be })
        }
        "rollback" => {
            let wave = asked.wave.ok_or_else(|| {
                Problem::field("/wave", "missing", "say which wave is to be rolled back")
            })?;
            let request = bench.ask_rollback(&project, wave).await;
            json!({ "request": request_view(request.map_err(problem(&project))?)? })
        }
        _ => return Err(Problem::field("/kind", "invalid", "unmerge or rollback")),
    };
    Ok((StatusCode::ACCEPTED, Json(told)))
}

/// Agrees to a request, and so does it; or rejects it. Whoever asked cannot.
#[utoipa::path(post, path = "/integration-projects/{project}/requests/{request}/decide", tag = "integration-projects",
    params(("project" = String, Path), ("request" = i64, Path)), request_body = Verdict,
    responses((status = 200, body = Value), (status = 202, body = Value)))]
pub async fn decide_request(
    scope: Scope<App>,
    axum::extract::Path((name, request)): axum::extract::Path<(String, String)>,
    Payload(asked): Payload<Verdict>,
) -> Stepped {
    let (bench, project) = at(&scope, &name).await?;
    let request = number(&request)?;
    let of = project.clone();
    apart(&of, async move { bench.decide_request(&project, request, asked.agrees, &unseen).await })
        .await
}
