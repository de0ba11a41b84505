//! Endpoints of indicators: what they are now, what they were, and the reference lines.

use axum::Json;
use axum::extract::Path;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Kpi, Reading, Unit, store, take};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::registers::READERS;
use crate::http::{Access, Payload, Problem, Role, Scope};
use crate::places::Kind;

const WRITERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
/// Readings of one indicator in one answer.
const MOST: i64 = 400;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/kpis", "kpis:read", READERS),
    Access::get("/kpis/{kpi}/readings", "kpis:read", READERS),
    Access::post("/kpis/readings", "kpis:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_kpis))
        .routes(routes!(list_readings))
        .routes(routes!(take_readings))
}

/// A reading of an indicator.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingView {
    /// Which indicator.
    kpi: &'static str,
    /// `count`, `share` (hundredths of a percent), `money` (minor units) or `times` (hundredths).
    unit: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What it was, in its unit.
    value: i64,
    /// The number above the line.
    part: i64,
    /// The number below it; 1 where there is none.
    whole: i64,
    /// How many events of the journal were read for it.
    events: i64,
    /// Is it a reference line?
    is_baseline: bool,
    /// Who took it.
    taken_by: String,
}

/// Readings.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingsView {
    /// By indicator, or the latest first.
    items: Vec<ReadingView>,
}

/// What shall be read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReadings {
    /// Shall they be the reference lines from now on? Those that are stay.
    #[serde(default)]
    is_baseline: bool,
}

/// The latest reading of every indicator.
#[utoipa::path(get, path = "/kpis", tag = "kpis", responses((status = 200, body = ReadingsView)))]
async fn list_kpis(scope: Scope<App>) -> Result<Json<ReadingsView>, Problem> {
    let found = store::latest(&scope.app.db, scope.tenant).await?;
    Ok(Json(ReadingsView { items: found.into_iter().map(view).collect() }))
}

/// What an indicator was, the latest reading first.
#[utoipa::path(get, path = "/kpis/{kpi}/readings", tag = "kpis", params(("kpi" = String, Path)),
    responses((status = 200, body = ReadingsView)))]
async fn list_readings(
    scope: Scope<App>,
    Path(name): Path<String>,
) -> Result<Json<ReadingsView>, Problem> {
    let kpi = Kpi::named(&name).ok_or_else(|| Problem::not_found("not_found"))?;
    let found = store::of(&scope.app.db, scope.tenant, kpi, MOST).await?;
    Ok(Json(ReadingsView { items: found.into_iter().map(view).collect() }))
}

/// Reads every indicator from the ledger now.
#[utoipa::path(post, path = "/kpis/readings", tag = "kpis", request_body = NewReadings,
    responses((status = 200, body = ReadingsView)))]
async fn take_readings(
    scope: Scope<App>,
    Payload(new): Payload<NewReadings>,
) -> Result<Json<ReadingsView>, Problem> {
    let found = take_by(&scope, new.is_baseline).await?;
    Ok(Json(ReadingsView { items: found.into_iter().map(view).collect() }))
}

/// Reads every indicator in the caller's name.
pub async fn take_by(scope: &Scope<App>, is_baseline: bool) -> Result<Vec<Reading>, Problem> {
    let _place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    let found = take(&scope.app, scope.tenant, scope.now, scope.actor(), is_baseline).await?;
    if is_baseline {
        let mut tx = scope.app.db.begin().await?;
        let detail = json!({ "readings": found.len() });
        let at = scope.now.to_string();
        audit::record(&mut tx, &Deed::of(scope, "kpis.baseline_frozen", at, detail)).await?;
        tx.commit().await?;
    }
    Ok(found)
}

fn view(reading: Reading) -> ReadingView {
    let unit = match reading.kpi.unit() {
        Unit::Count => "count",
        Unit::Share => "share",
        Unit::Money => "money",
        Unit::Times => "times",
    };
    let Reading { kpi, at, value, part, whole, events, is_baseline, taken_by } = reading;
    ReadingView { kpi: kpi.name(), unit, at, value, part, whole, events, is_baseline, taken_by }
}
