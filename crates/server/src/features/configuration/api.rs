//! Endpoints that change programs: a first version, and drafts with what they would change.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{ApplyError, Document, Plan, ProgramDocument, plan};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::programs::api::{ProgramDocumentView, WRITERS};
use crate::features::{brands, programs, tenants};
use crate::http::{Access, Asked, FieldError, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::post("/programs", "programs:write", WRITERS),
    Access::put("/programs/{program}/draft", "programs:write", WRITERS),
];

/// The endpoints that change programs.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_program)).routes(routes!(draft_program))
}

/// How a program shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// The code of the brand it belongs to.
    #[serde(default)]
    brand: Option<String>,
    /// From when the version counts; from its publication when absent (a first version: always).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    effective_from: Option<Timestamp>,
    /// The document.
    document: ProgramDocumentView,
}

/// How to draft.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DraftQuery {
    /// Says what would change and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesView {
    /// One line per change.
    lines: Vec<String>,
    /// Codes of programs whose first version is published.
    published: Vec<String>,
    /// Codes of programs whose change waits for a second person.
    drafted: Vec<String>,
}

/// Makes a program and publishes its first version.
#[utoipa::path(post, path = "/programs", tag = "programs", request_body = NewVersion,
    responses((status = 201, body = ChangesView)))]
async fn create_program(
    scope: Scope<App>,
    Payload(new): Payload<NewVersion>,
) -> Result<(StatusCode, Json<ChangesView>), Problem> {
    let code = &new.document.0.code;
    if programs::store::by_code(&scope.app.db, scope.tenant, code).await?.is_some() {
        return Err(Problem::new(409, "already_exists"));
    }
    let plan = planned(&scope, new).await?;
    Ok((StatusCode::CREATED, Json(carried_out(&scope, plan, "program.created").await?)))
}

/// Drafts a change to a program, in place of the draft that waits. A second person publishes it.
#[utoipa::path(put, path = "/programs/{program}/draft", tag = "programs", request_body = NewVersion,
    params(("program" = String, Path, description = "The program's code"), DraftQuery),
    responses((status = 200, body = ChangesView)))]
async fn draft_program(
    scope: Scope<App>,
    Path(code): Path<String>,
    Asked(query): Asked<DraftQuery>,
    Payload(new): Payload<NewVersion>,
) -> Result<Json<ChangesView>, Problem> {
    let head = programs::store::by_code(&scope.app.db, scope.tenant, &code).await?;
    let head = head.ok_or_else(|| Problem::not_found("program_not_found"))?;
    if new.document.0.code != head.code {
        return Err(Problem::field("/document/code", "invalid", "never changes"));
    }
    let plan = planned(&scope, new).await?;
    if query.dry_run {
        let lines = plan.lines();
        return Ok(Json(ChangesView { lines, published: Vec::new(), drafted: Vec::new() }));
    }
    Ok(Json(carried_out(&scope, plan, "program.drafted").await?))
}

/// Drafts `config` for a program that is there, under the brand it has, to count from `effective_from` or from the instant
/// it is published. Answers what changes, in words.
pub async fn draft(
    scope: &Scope<App>,
    head: &programs::ProgramHead,
    config: ProgramConfig,
    effective_from: Option<Timestamp>,
) -> Result<Vec<String>, Problem> {
    let brands = brands::store::all(&scope.app.db, scope.tenant).await?;
    let brand = brands.into_iter().find(|brand| Some(brand.id) == head.brand);
    let new = NewVersion {
        document: ProgramDocumentView(config),
        brand: brand.map(|brand| brand.config.code),
        effective_from,
    };
    let plan = planned(scope, new).await?;
    Ok(carried_out(scope, plan, "program.drafted").await?.lines)
}

async fn planned(scope: &Scope<App>, new: NewVersion) -> Result<Plan, Problem> {
    let errors = programs::check(&new.document.0);
    if !errors.is_empty() {
        let below = |error: lazo_domain::program::ConfigError| FieldError {
            pointer: format!("/document{}", error.pointer),
            code: "invalid".to_owned(),
            detail: error.message,
        };
        return Err(Problem::invalid(errors.into_iter().map(below).collect()));
    }
    let tenant = tenants::store::by_id(&scope.app.db, scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let program = ProgramDocument {
        brand: new.brand,
        effective_from: new.effective_from,
        config: new.document.0,
    };
    let document = Document {
        tenant: tenant.config,
        brands: Vec::new(),
        programs: vec![program],
        single: true,
    };
    Ok(plan(&scope.app.db, document).await?)
}

async fn carried_out(
    scope: &Scope<App>,
    plan: Plan,
    action: &'static str,
) -> Result<ChangesView, Problem> {
    let lines = plan.lines();
    let app = &scope.app;
    let done = plan.carry_out(&app.db, &app.ids, scope.actor(), scope.now).await?;
    let codes = [done.published.as_slice(), done.drafted.as_slice()].concat().join(" ");
    let detail = json!({ "published": done.published, "drafted": done.drafted });
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, action, codes, detail)).await?;
    tx.commit().await?;
    Ok(ChangesView { lines, published: done.published, drafted: done.drafted })
}

impl From<ApplyError> for Problem {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Impossible { pointer, why, .. } => {
                let pointer = pointer.strip_prefix("/program").unwrap_or(&pointer).to_owned();
                Self::field(&pointer, "invalid", why)
            }
            ApplyError::Changed => Self::new(409, "configuration_changed"),
            ApplyError::Store(error) => error.into(),
        }
    }
}
