//! Endpoints of the technology audit.

use axum::Json;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use lazo_domain::ids::{EventId, RegisterEntryId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::estimate::Forecast;
use super::profile::{Profile, profile};
use super::{capabilities, keep, plan, prove, store};
use crate::App;
use crate::features::discovery::api::today;
use crate::features::registers::{self, READERS, WRITERS};
use crate::http::{Access, Asked, PathId, Payload, Problem, Scope};

/// The seed when nobody says another one.
pub const SEED: u64 = 2_026;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/technology", "technology:read", READERS),
    Access::get("/technology/plan", "technology:read", READERS),
    Access::get("/technology/forecasts", "technology:read", READERS),
    Access::post("/technology/forecasts", "technology:write", WRITERS),
    Access::post("/technology/points/{point}/proof", "technology:write", WRITERS),
    Access::post("/technology/profile", "technology:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_technology))
        .routes(routes!(get_plan))
        .routes(routes!(list_forecasts, keep_forecast))
        .routes(routes!(prove_point))
        .routes(routes!(profile_sample))
}

/// A capability with its system or its gap.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapabilityView {
    /// Which.
    capability: &'static str,
    /// The system that gives it; absent is a gap.
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    /// `low`, `medium` or `high`, for a gap.
    severity: String,
}

/// An integration point with its proof.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointView {
    /// The register's entry.
    #[schema(value_type = String)]
    point: RegisterEntryId,
    /// What it is called.
    name: String,
    /// `planned`, or `verified` once a message went through.
    state: &'static str,
    /// The event that showed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    event: Option<EventId>,
}

/// The technology audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct TechnologyView {
    /// Every capability that a program needs.
    capabilities: Vec<CapabilityView>,
    /// The integration points.
    points: Vec<PointView>,
}

/// How to plan.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// The first day, such as `2026-12-01`; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    start: Option<String>,
    /// The seed of the trials; the same seed gives the same forecast.
    seed: Option<u64>,
    /// A day that somebody promised.
    #[param(value_type = Option<String>, format = Date)]
    promised: Option<String>,
}

/// A task within the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedView {
    /// The register's entry.
    #[schema(value_type = String)]
    task: RegisterEntryId,
    /// What it is called.
    name: String,
    /// `(best + 4 × likely + worst) ÷ 6` in thousandths of a day, or what it took.
    mean_days_milli: i64,
    /// When it begins.
    begins: String,
    /// The day on which it ends.
    ends: String,
    /// Does the end of all depend on it?
    critical: bool,
}

/// The plan with its forecast.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// The tasks in the order in which they begin.
    tasks: Vec<PlannedView>,
    /// The day by which half of the trials were done.
    p50: String,
    /// The day by which four fifths were.
    p80: String,
    /// The day by which nine tenths were.
    p90: String,
    /// What half, four fifths and nine tenths of the trials cost at most, in minor units.
    cost_minor: [i64; 3],
    /// The seed that gives this again.
    seed: u64,
    /// `realistic`, or `not_realistic` when the promised day comes before half of the trials are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    promise: Option<&'static str>,
}

/// A forecast to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForecast {
    /// The first day; today when absent.
    #[serde(default)]
    #[schema(format = Date)]
    start: Option<String>,
    /// The seed of the trials.
    #[serde(default)]
    seed: Option<u64>,
    /// A day that somebody promised.
    #[serde(default)]
    #[schema(format = Date)]
    promised: Option<String>,
    /// Why it is made, in 3 to 500 characters.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// A forecast as it was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// From which day on.
    start: String,
    /// The days of half, four fifths and nine tenths.
    done: [String; 3],
    /// The day that was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    promised: Option<String>,
    /// The seed.
    seed: u64,
    /// Why it was made.
    reason: String,
    /// Who made it.
    made_by: String,
}

/// Forecasts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastsView {
    /// The latest first.
    items: Vec<ForecastView>,
}

/// A sample of a client's data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// A file with a heading, cells divided by `;`, `,`, tabs or `|`, as base 64.
    sample: String,
    /// The file whose first column names the members that the sample's rows belong to.
    #[serde(default)]
    members: Option<String>,
}

/// What is there, what is missing, and what really works.
#[utoipa::path(get, path = "/technology", tag = "technology",
    responses((status = 200, body = TechnologyView)))]
async fn get_technology(scope: Scope<App>) -> Result<Json<TechnologyView>, Problem> {
    let view = |one: super::Capability| CapabilityView {
        capability: one.code,
        system: one.system,
        severity: one.severity,
    };
    let capabilities = capabilities(&scope).await?.into_iter().map(view).collect();
    let proofs = store::proofs(&scope.app.db, scope.tenant).await?;
    let point = |entry: registers::Entry| {
        let event =
            proofs.iter().find(|(point, ..)| *point == entry.id).map(|(_, event, _)| *event);
        PointView {
            point: entry.id,
            name: entry.text("name").to_owned(),
            state: if event.is_some() { "verified" } else { "planned" },
            event,
        }
    };
    let points = registers::all(&scope, "integration_points").await?;
    Ok(Json(TechnologyView { capabilities, points: points.into_iter().map(point).collect() }))
}

fn date(name: &str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    let wrong = |_| Problem::field(&format!("/{name}"), "day", "such as 2026-12-31");
    text.map(|text| text.parse::<Date>().map_err(wrong)).transpose()
}

/// The work planned and tried: when it is done with which probability, and what the end depends on.
#[utoipa::path(get, path = "/technology/plan", tag = "technology", params(PlanQuery),
    responses((status = 200, body = PlanView)))]
async fn get_plan(
    scope: Scope<App>,
    Asked(query): Asked<PlanQuery>,
) -> Result<Json<PlanView>, Problem> {
    let start = date("start", query.start.as_deref())?.unwrap_or_else(|| today(&scope));
    let promised = date("promised", query.promised.as_deref())?;
    let made = plan(&scope, start, query.seed.unwrap_or(SEED)).await?;
    Ok(Json(told(made, promised)))
}

fn told(made: Forecast, promised: Option<Date>) -> PlanView {
    let promise =
        promised.map(|day| if day < made.done[0] { "not_realistic" } else { "realistic" });
    let task = |one: super::estimate::Planned| PlannedView {
        task: one.id,
        name: one.name,
        mean_days_milli: one.mean,
        begins: one.begins.to_string(),
        ends: one.ends.to_string(),
        critical: one.critical,
    };
    let [p50, p80, p90] = made.done.map(|day| day.to_string());
    let (cost_minor, seed) = (made.cost_minor, made.seed);
    PlanView {
        tasks: made.tasks.into_iter().map(task).collect(),
        p50,
        p80,
        p90,
        cost_minor,
        seed,
        promise,
    }
}

/// The forecasts that were kept: how the day moved, and why.
#[utoipa::path(get, path = "/technology/forecasts", tag = "technology",
    responses((status = 200, body = ForecastsView)))]
async fn list_forecasts(scope: Scope<App>) -> Result<Json<ForecastsView>, Problem> {
    let all = store::forecasts(&scope.app.db, scope.tenant).await?;
    Ok(Json(ForecastsView { items: all.into_iter().map(kept).collect() }))
}

fn kept(one: store::Kept) -> ForecastView {
    let store::Kept { at, start, done, promised, seed, reason, made_by } = one;
    ForecastView { at, start, done, promised, seed, reason, made_by }
}

/// Plans the work and keeps the forecast with its reason.
#[utoipa::path(post, path = "/technology/forecasts", tag = "technology", request_body = NewForecast,
    responses((status = 201, body = ForecastView)))]
async fn keep_forecast(
    scope: Scope<App>,
    Payload(new): Payload<NewForecast>,
) -> Result<(StatusCode, Json<ForecastView>), Problem> {
    let start = date("start", new.start.as_deref())?.unwrap_or_else(|| today(&scope));
    let promised = date("promised", new.promised.as_deref())?;
    let done = keep(&scope, start, new.seed.unwrap_or(SEED), promised, &new.reason).await?;
    Ok((StatusCode::CREATED, Json(kept(done))))
}

/// Looks in the ledger for a message of an integration point. It is verified only when there is one.
#[utoipa::path(post, path = "/technology/points/{point}/proof", tag = "technology",
    params(("point" = String, Path)), responses((status = 200, body = PointView)))]
async fn prove_point(
    scope: Scope<App>,
    PathId(id): PathId<RegisterEntryId>,
) -> Result<Json<PointView>, Problem> {
    let point = registers::get(&scope, registers::known("integration_points")?, id).await?;
    let event = prove(&scope, id).await?;
    Ok(Json(PointView {
        point: id,
        name: point.text("name").to_owned(),
        state: if event.is_some() { "verified" } else { "planned" },
        event,
    }))
}

/// Looks a sample of data over: its columns, and every defect with the rows on which it is. Nothing of it is kept.
#[utoipa::path(post, path = "/technology/profile", tag = "technology", request_body = Sample,
    responses((status = 200, body = Profile)))]
async fn profile_sample(
    scope: Scope<App>,
    Payload(sent): Payload<Sample>,
) -> Result<Json<Profile>, Problem> {
    let octets = |pointer: &str, text: &str| {
        let wrong = |_| Problem::field(pointer, "invalid", "must be base 64");
        STANDARD.decode(text).map_err(wrong)
    };
    let sample = octets("/sample", &sent.sample)?;
    let members = sent.members.as_deref().map(|text| octets("/members", text)).transpose()?;
    let today = today(&scope);
    let done =
        tokio::task::spawn_blocking(move || profile(&sample, members.as_deref(), today)).await;
    let done = done.map_err(|_| Problem::new(500, "internal"))?;
    done.map(Json).map_err(|why| Problem::field("/sample", "invalid", why))
}
