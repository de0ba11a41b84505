//! Endpoints of programs: what is there, in which version, and the second person's word on drafts.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::{PointTypeId, ProgramId};
use lazo_domain::program::{PointKind, ProgramConfig};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    BEGINNING, ProgramHead, PublishRefusal, Version, VersionState, roll_back, store, withdraw,
};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::tenants::{self, Tenant};
use crate::http::{Access, Payload, Problem, Role, Scope};

/// Who may see how programs are set up.
pub const READERS: &[Role] = &[
    Role::Cashier,
    Role::Agent,
    Role::Analyst,
    Role::ProgramManager,
    Role::Finance,
    Role::Admin,
    Role::Backend,
];
/// Who may change how programs are set up.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/programs", "programs:read", READERS),
    Access::get("/programs/{program}", "programs:read", READERS),
    Access::get("/programs/{program}/versions", "programs:read", READERS),
    Access::get("/programs/{program}/versions/{version}", "programs:read", READERS),
    Access::delete("/programs/{program}/draft", "programs:write", WRITERS),
    Access::post("/programs/{program}/rollback", "programs:write", WRITERS),
    Access::get("/point-types", "programs:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_programs))
        .routes(routes!(get_program))
        .routes(routes!(list_versions))
        .routes(routes!(get_version))
        .routes(routes!(withdraw_draft))
        .routes(routes!(roll_back_program))
        .routes(routes!(list_point_types))
}

/// A program's document, as in the files that `lazo apply` takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProgramDocumentView(pub ProgramConfig);

/// What the API tells of the document: every field with its meaning, and an example.
const DOCUMENT: &str = include_str!("document.schema.json");

impl PartialSchema for ProgramDocumentView {
    fn schema() -> RefOr<Schema> {
        serde_json::from_str(DOCUMENT).expect("a test reads the same file")
    }
}

impl ToSchema for ProgramDocumentView {
    fn name() -> std::borrow::Cow<'static, str> {
        "ProgramDocument".into()
    }
}

/// A program with the version that is live.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramView {
    /// Its id.
    #[schema(value_type = String, example = "prg_0000000000001")]
    id: ProgramId,
    /// Its code.
    code: String,
    /// The number of the version in force; absent before the first counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    live_version: Option<i64>,
    /// The number of the draft that waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft_version: Option<i64>,
    /// The document in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<ProgramDocumentView>,
}

/// All programs of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramsView {
    /// In the order of their codes.
    items: Vec<ProgramView>,
}

/// One version of a program. Its document never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// 1 for the first.
    version: i64,
    /// `draft`, `published` or `discarded`.
    state: &'static str,
    /// From when it counts; absent for a draft that counts from its publication, and for a first version that always did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    effective_from: Option<Timestamp>,
    /// Who wrote it.
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// The document.
    document: ProgramDocumentView,
}

/// A program's versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionsView {
    /// The newest first.
    items: Vec<VersionView>,
}

/// A loyalty currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointTypeView {
    /// Its id in the ledger.
    #[schema(value_type = String, example = "ptt_0000000000001")]
    id: PointTypeId,
    /// Its code within the program.
    code: String,
    /// The program's code.
    program: String,
    /// `redeemable` or `qualifying`.
    #[schema(value_type = String)]
    kind: PointKind,
    /// Decimals of its smallest unit: with 2, 150 means 1.50 points.
    decimals: u8,
}

/// Which version to go back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The number of an earlier published version; the one before the latest when absent.
    #[serde(default)]
    #[schema(minimum = 1)]
    version: Option<i64>,
}

/// All loyalty currencies of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointTypesView {
    /// By program, then by code.
    items: Vec<PointTypeView>,
}

/// The tenant's programs.
#[utoipa::path(get, path = "/programs", tag = "programs", responses((status = 200, body = ProgramsView)))]
async fn list_programs(scope: Scope<App>) -> Result<Json<ProgramsView>, Problem> {
    let mut items = Vec::new();
    for head in store::all(&scope.app.db, scope.tenant).await? {
        items.push(view(&scope, head).await?);
    }
    Ok(Json(ProgramsView { items }))
}

/// A program with the document in force.
#[utoipa::path(get, path = "/programs/{program}", tag = "programs",
    params(("program" = String, Path, description = "The program's code")),
    responses((status = 200, body = ProgramView)))]
async fn get_program(
    scope: Scope<App>,
    Path(code): Path<String>,
) -> Result<Json<ProgramView>, Problem> {
    let head = head(&scope, &code).await?;
    Ok(Json(view(&scope, head).await?))
}

/// A program's versions with their documents.
#[utoipa::path(get, path = "/programs/{program}/versions", tag = "programs",
    params(("program" = String, Path, description = "The program's code")),
    responses((status = 200, body = VersionsView)))]
async fn list_versions(
    scope: Scope<App>,
    Path(code): Path<String>,
) -> Result<Json<VersionsView>, Problem> {
    let head = head(&scope, &code).await?;
    let found = store::versions(&scope.app.db, scope.tenant, head.id).await?;
    Ok(Json(VersionsView { items: found.into_iter().map(version_view).collect() }))
}

/// One version of a program.
#[utoipa::path(get, path = "/programs/{program}/versions/{version}", tag = "programs",
    params(("program" = String, Path, description = "The program's code"), ("version" = i64, Path)),
    responses((status = 200, body = VersionView)))]
async fn get_version(
    scope: Scope<App>,
    Path((code, number)): Path<(String, String)>,
) -> Result<Json<VersionView>, Problem> {
    let missing = || Problem::not_found("version_not_found");
    let head = head(&scope, &code).await?;
    let number: i64 = number.parse().map_err(|_| missing())?;
    let found = store::version_of(&scope.app.db, scope.tenant, head.id, number).await?;
    Ok(Json(version_view(found.ok_or_else(missing)?)))
}

/// Discards the draft that waits.
#[utoipa::path(delete, path = "/programs/{program}/draft", tag = "programs",
    params(("program" = String, Path, description = "The program's code")), responses((status = 204)))]
async fn withdraw_draft(
    scope: Scope<App>,
    Path(code): Path<String>,
) -> Result<StatusCode, Problem> {
    withdraw_by(&scope, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Discards the draft that waits, in the caller's name.
pub async fn withdraw_by(scope: &Scope<App>, code: &str) -> Result<(), Problem> {
    let tenant = tenant(scope).await?;
    let version = withdraw(&scope.app.db, &tenant, code).await?;
    let detail = json!({ "version": version.version });
    let mut tx = scope.app.db.begin().await?;
    let deed = Deed::of(scope, "program.draft_withdrawn", version.program, detail);
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(())
}

/// Drafts the document of an earlier version again. A second person publishes it; history stays as it is.
#[utoipa::path(post, path = "/programs/{program}/rollback", tag = "programs", request_body = Rollback,
    params(("program" = String, Path, description = "The program's code")),
    responses((status = 200, body = VersionView)))]
async fn roll_back_program(
    scope: Scope<App>,
    Path(code): Path<String>,
    Payload(back): Payload<Rollback>,
) -> Result<Json<VersionView>, Problem> {
    let tenant = tenant(&scope).await?;
    let (db, actor, now) = (&scope.app.db, scope.actor(), scope.caller.real_now);
    let draft = roll_back(db, &tenant, &code, back.version, actor, now).await?;
    let detail = json!({ "to": back.version, "version": draft.version });
    let mut tx = db.begin().await?;
    audit::record(&mut tx, &Deed::of(&scope, "program.rolled_back", draft.program, detail)).await?;
    tx.commit().await?;
    Ok(Json(version_view(draft)))
}

/// The loyalty currencies of the tenant's programs.
#[utoipa::path(get, path = "/point-types", tag = "programs",
    responses((status = 200, body = PointTypesView)))]
async fn list_point_types(scope: Scope<App>) -> Result<Json<PointTypesView>, Problem> {
    let programs = scope.app.programs.current(scope.tenant).await?;
    let latest = programs.ids().filter_map(|id| programs.latest(id));
    let all = latest.flat_map(|program| program.point_types.values().map(move |p| (program, p)));
    let mut items: Vec<PointTypeView> = all
        .map(|(program, point_type)| PointTypeView {
            id: point_type.id,
            code: point_type.code.clone(),
            program: program.code.clone(),
            kind: point_type.kind,
            decimals: point_type.scale,
        })
        .collect();
    items.sort_by(|a, b| (&a.program, &a.code).cmp(&(&b.program, &b.code)));
    Ok(Json(PointTypesView { items }))
}

async fn tenant(scope: &Scope<App>) -> Result<Tenant, Problem> {
    let found = tenants::store::by_id(&scope.app.db, scope.tenant).await?;
    found.ok_or_else(|| Problem::not_found("tenant_not_found"))
}

async fn head(scope: &Scope<App>, code: &str) -> Result<ProgramHead, Problem> {
    let found = store::by_code(&scope.app.db, scope.tenant, code).await?;
    found.ok_or_else(|| Problem::not_found("program_not_found"))
}

async fn view(scope: &Scope<App>, head: ProgramHead) -> Result<ProgramView, Problem> {
    let versions = store::versions(&scope.app.db, scope.tenant, head.id).await?;
    let draft = versions.iter().find(|version| version.state == VersionState::Draft);
    let draft_version = draft.map(|draft| draft.version);
    let programs = scope.app.programs.current(scope.tenant).await?;
    let live_version = programs.at(head.id, scope.now).map(|program| program.version);
    let live = versions.into_iter().find(|version| Some(version.version) == live_version);
    Ok(ProgramView {
        id: head.id,
        code: head.code,
        live_version,
        draft_version,
        document: live.map(|live| ProgramDocumentView(live.config)),
    })
}

/// A version as endpoints tell it.
#[must_use]
pub fn version_view(version: Version) -> VersionView {
    VersionView {
        version: version.version,
        state: version.state.name(),
        effective_from: version.effective_from.filter(|from| *from != BEGINNING),
        author: version.author,
        created_at: version.created_at,
        publisher: version.publisher,
        published_at: version.published_at,
        document: ProgramDocumentView(version.config),
    }
}

impl From<PublishRefusal> for Problem {
    fn from(refusal: PublishRefusal) -> Self {
        match refusal {
            PublishRefusal::NoProgram(_) => Self::not_found("program_not_found"),
            PublishRefusal::NoDraft(_) => Self::new(409, "no_draft"),
            PublishRefusal::FourEyes(_) => Self::new(403, "four_eyes"),
            PublishRefusal::InPast(from) => {
                Self::new(422, "effective_in_past").with("from", from.to_string())
            }
            PublishRefusal::Unmet(unmet) => {
                Self::new(409, unmet.code()).with("why", unmet.to_string())
            }
            PublishRefusal::NoVersion => Self::not_found("version_not_found"),
            PublishRefusal::Changed => Self::new(409, "configuration_changed"),
            PublishRefusal::Store(error) => error.into(),
        }
    }
}
