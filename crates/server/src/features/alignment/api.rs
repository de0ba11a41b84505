//! Endpoints of alignment: the matrix with its scores and conflicts, and meetings as files.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use lazo_domain::ids::RegisterEntryId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Cover, matrix, minutes};
use crate::App;
use crate::features::registers::READERS;
use crate::http::{Access, PathId, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/alignment", "alignment:read", READERS),
    Access::get("/workshops/{workshop}/invitation", "alignment:read", READERS),
    Access::get("/workshops/{workshop}/minutes", "alignment:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_alignment))
        .routes(routes!(get_invitation))
        .routes(routes!(get_minutes))
}

/// An objective with what serves it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    /// The register's entry.
    #[schema(value_type = String)]
    objective: RegisterEntryId,
    /// What it is called.
    name: String,
    /// Whose it is.
    function: String,
    /// Its indicator.
    kpi: String,
    /// The parts of programs that it names.
    elements: Vec<String>,
    /// Those of them that are not live.
    missing: Vec<String>,
    /// `green`, `amber` or `red`.
    cover: &'static str,
    /// `on`, `at_risk`, `off` or `unknown`.
    light: &'static str,
    /// Its indicator's latest reading, in the indicator's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<i64>,
}

/// A function's score.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreView {
    /// Which function.
    function: &'static str,
    /// The sum of the weights of its covered objectives.
    covered: i64,
    /// The sum of the weights of all of them.
    all: i64,
}

/// A contradiction.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictView {
    /// `opposite_targets`, `veto` or `liability`.
    kind: &'static str,
    /// The objective that is in it.
    #[schema(value_type = String)]
    objective: RegisterEntryId,
    /// What it is called.
    name: String,
    /// What stands against it.
    against: String,
    /// The part of a program that it is about; empty where it is about none.
    element: String,
}

/// The matrix.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlignmentView {
    /// The objectives.
    objectives: Vec<LineView>,
    /// Each function's score.
    scores: Vec<ScoreView>,
    /// What contradicts what.
    conflicts: Vec<ConflictView>,
    /// The parts of the live programs that objectives may name.
    elements: Vec<String>,
}

/// Objectives, indicators and parts of programs, with scores and conflicts.
#[utoipa::path(get, path = "/alignment", tag = "alignment",
    responses((status = 200, body = AlignmentView)))]
async fn get_alignment(scope: Scope<App>) -> Result<Json<AlignmentView>, Problem> {
    let found = matrix(&scope).await?;
    let line = |line: super::Line| LineView {
        objective: line.objective.id,
        name: line.objective.text("name").to_owned(),
        function: line.objective.text("function").to_owned(),
        kpi: line.objective.text("kpi").to_owned(),
        elements: line.objective.texts("elements").into_iter().map(str::to_owned).collect(),
        missing: line.missing,
        cover: match line.cover {
            Cover::Covered => "green",
            Cover::Loose => "amber",
            Cover::Bare => "red",
        },
        light: line.light.name(),
        reading: line.reading.map(|reading| reading.value),
    };
    let score = |score: super::Score| ScoreView {
        function: score.function,
        covered: score.covered,
        all: score.all,
    };
    let conflict = |one: super::conflicts::Conflict| ConflictView {
        kind: one.kind,
        objective: one.objective,
        name: one.name,
        against: one.against,
        element: one.element,
    };
    Ok(Json(AlignmentView {
        objectives: found.lines.into_iter().map(line).collect(),
        scores: found.scores.into_iter().map(score).collect(),
        conflicts: found.conflicts.into_iter().map(conflict).collect(),
        elements: found.elements.into_iter().collect(),
    }))
}

/// A meeting's invitation for calendars (iCalendar, RFC 5545).
#[utoipa::path(get, path = "/workshops/{workshop}/invitation", tag = "alignment",
    params(("workshop" = String, Path)),
    responses((status = 200, content_type = "text/calendar", body = String)))]
async fn get_invitation(
    scope: Scope<App>,
    PathId(id): PathId<RegisterEntryId>,
) -> Result<impl IntoResponse, Problem> {
    let text = minutes::meeting(&scope, id).await?.invitation();
    Ok(([(CONTENT_TYPE, "text/calendar; charset=utf-8")], text))
}

/// A meeting's minutes as a document.
#[utoipa::path(get, path = "/workshops/{workshop}/minutes", tag = "alignment",
    params(("workshop" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn get_minutes(
    scope: Scope<App>,
    PathId(id): PathId<RegisterEntryId>,
) -> Result<impl IntoResponse, Problem> {
    let bytes = minutes::meeting(&scope, id).await?.minutes(scope.locale())?;
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes))
}
