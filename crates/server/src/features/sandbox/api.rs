//! Endpoints of the test clock.

use axum::Json;
use lazo_domain::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::{ledger, tenants};
use crate::http::{Access, Payload, Problem, Role, Scope};

/// The farthest that one step may move the clock, in days: ten years.
const MAX_DAYS: i64 = 3_660;

const MOVERS: &[Role] = &[Role::ProgramManager, Role::Admin, Role::Backend];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/test-clock", "test-clock:read", MOVERS),
    Access::post("/test-clock", "test-clock:write", MOVERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_test_clock, move_test_clock))
}

/// Where to move the clock: `to` or `days`, not both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockMove {
    /// To this instant, no earlier than where it stands.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// By so many days of 24 hours.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3660, example = 180)]
    days: Option<i64>,
}

/// Where the clock stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// What time it is for the tenant.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// Was it ever moved? If not it goes with the real clock.
    moved: bool,
    /// How many accounts this move changed: points expired or released, holds lapsed, tiers reviewed.
    accounts_changed: usize,
}

/// Where the sandbox's test clock stands.
#[utoipa::path(get, path = "/test-clock", tag = "sandbox", responses((status = 200, body = ClockView)))]
async fn get_test_clock(scope: Scope<App>) -> Result<Json<ClockView>, Problem> {
    sandbox(&scope)?;
    let moved = scope.caller.tenancy.as_ref().is_some_and(|tenancy| tenancy.clock_at.is_some());
    Ok(Json(ClockView { now: scope.now, moved, accounts_changed: 0 }))
}

/// Moves the sandbox's test clock forward and does what then is due. From the first move on it stands still between
/// moves.
#[utoipa::path(post, path = "/test-clock", tag = "sandbox", request_body = ClockMove,
    responses((status = 200, body = ClockView)))]
async fn move_test_clock(
    scope: Scope<App>,
    Payload(wish): Payload<ClockMove>,
) -> Result<Json<ClockView>, Problem> {
    sandbox(&scope)?;
    let to = target(&scope, &wish)?;
    let detail = json!({ "from": scope.now, "to": to });
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(&scope, "test_clock.moved", scope.tenant, detail)).await?;
    tx.commit().await?;
    if !tenants::store::move_clock(&scope.app.db, scope.tenant, to).await? {
        return Err(Problem::new(409, "clock_backward"));
    }
    let accounts_changed = ledger::sweep(&scope.app, Some(scope.tenant), None).await?;
    Ok(Json(ClockView { now: to, moved: true, accounts_changed }))
}

fn target(scope: &Scope<App>, wish: &ClockMove) -> Result<Timestamp, Problem> {
    let to = match (wish.to, wish.days) {
        (Some(to), None) => to,
        (None, Some(days)) if (1..=MAX_DAYS).contains(&days) => scope.now.plus_micros(days * DAY),
        (None, Some(_)) => {
            let detail = format!("must be between 1 and {MAX_DAYS}");
            return Err(Problem::field("/days", "invalid", detail));
        }
        _ => return Err(Problem::field("", "invalid", "say either to or days")),
    };
    if to < scope.now {
        return Err(Problem::new(409, "clock_backward"));
    }
    if to > scope.now.plus_micros(MAX_DAYS * DAY) {
        let detail = format!("lies more than {MAX_DAYS} days ahead");
        return Err(Problem::field("/to", "invalid", detail));
    }
    Ok(to)
}

fn sandbox(scope: &Scope<App>) -> Result<(), Problem> {
    let is_sandbox = scope.caller.tenancy.as_ref().is_some_and(|tenancy| tenancy.sandbox);
    if is_sandbox { Ok(()) } else { Err(Problem::new(409, "not_a_sandbox")) }
}
