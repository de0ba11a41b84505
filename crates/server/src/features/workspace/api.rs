//! Endpoints of the client's home: people, what needs somebody, and the daily letter.

use axum::Json;
use axum::http::StatusCode;
use jiff::civil::Date;
use lazo_domain::ids::StaffId;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Place, contact, digest, needs, place, store};
use crate::App;
use crate::features::registers::{READERS, WRITERS};
use crate::features::tenants::{self, Tenant};
use crate::http::{Access, Asked, PathId, Payload, Problem, Scope};
use crate::places::Kind;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/workspace", "workspace:read", READERS),
    Access::put("/workspace/people/{staff}", "workspace:write", WRITERS),
    Access::get("/workspace/digest", "workspace:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_workspace))
        .routes(routes!(place_person))
        .routes(routes!(get_digest))
}

/// Somebody who works on the client's program.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// The person of the staff.
    #[schema(value_type = String)]
    staff: StaffId,
    /// The person's name.
    name: String,
    /// `client` or `partner`.
    side: String,
    /// What the person does.
    duty: String,
    /// Where to reach the person at once.
    phone: String,
    /// Is the person away at present?
    away: bool,
}

/// Something that needs somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedView {
    /// What kind.
    kind: &'static str,
    /// What it is about.
    what: String,
    /// The page on which it is done.
    path: String,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
    /// Is it late?
    late: bool,
}

/// The client's home.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceView {
    /// Whom the client reaches now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    contact: Option<StaffId>,
    /// Everybody on both sides.
    people: Vec<PersonView>,
    /// What needs somebody.
    needs: Vec<NeedView>,
}

/// Where a person stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    /// `client` or `partner`.
    side: String,
    /// What the person does.
    duty: String,
    /// Where to reach the person at once.
    #[serde(default)]
    #[schema(max_length = 40)]
    phone: String,
    /// Does the person want the daily letter?
    #[serde(default)]
    digest: bool,
    /// Until when the person is away.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    away_until: Option<Timestamp>,
    /// Who stands in.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    deputy: Option<StaffId>,
}

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// Such as `2026-12-31`; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    day: Option<String>,
}

/// The daily letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct DigestView {
    /// Of which day.
    day: String,
    /// What the client's people and systems did.
    changed: Vec<String>,
    /// What the partner's people did.
    did: Vec<String>,
    /// What needs somebody.
    needs: Vec<String>,
}

/// Who works on the client's program, and what needs whom.
#[utoipa::path(get, path = "/workspace", tag = "workspace",
    responses((status = 200, body = WorkspaceView)))]
async fn get_workspace(scope: Scope<App>) -> Result<Json<WorkspaceView>, Problem> {
    let (db, tenant) = (&scope.app.db, tenant(&scope).await?);
    let now = scope.caller.real_now;
    let people = store::people(db, scope.tenant).await?;
    let found = needs::all(db, scope.tenant, &tenant.config.time_zone, now).await?;
    let need = |need: needs::Need| NeedView {
        kind: need.kind,
        what: need.what,
        path: need.path,
        due: need.due,
        late: need.late,
    };
    let contact = contact(&people, now).map(|person| person.staff);
    let person = |person: super::Person| PersonView {
        away: person.is_away(now),
        staff: person.staff,
        name: person.name,
        side: person.side,
        duty: person.duty,
        phone: person.phone,
    };
    Ok(Json(WorkspaceView {
        contact,
        people: people.into_iter().map(person).collect(),
        needs: found.into_iter().map(need).collect(),
    }))
}

/// Says where a person of the staff stands on the client's program.
#[utoipa::path(put, path = "/workspace/people/{staff}", tag = "workspace", request_body = PlaceBody,
    params(("staff" = String, Path)), responses((status = 204)))]
async fn place_person(
    scope: Scope<App>,
    PathId(staff): PathId<StaffId>,
    Payload(body): Payload<PlaceBody>,
) -> Result<StatusCode, Problem> {
    let PlaceBody { side, duty, phone, digest, away_until, deputy } = body;
    place(&scope, staff, &Place { side, duty, phone, digest, away_until, deputy }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The daily letter of a day, in the caller's language.
#[utoipa::path(get, path = "/workspace/digest", tag = "workspace", params(DayQuery),
    responses((status = 200, body = DigestView)))]
async fn get_digest(
    scope: Scope<App>,
    Asked(query): Asked<DayQuery>,
) -> Result<Json<DigestView>, Problem> {
    let tenant = tenant(&scope).await?;
    let today = scope.caller.real_now.local(&tenant.config.time_zone).date();
    let wrong = || Problem::new(400, "bad_query").with("detail", "day: such as 2026-12-31");
    let day = match query.day {
        Some(text) => text.parse::<Date>().map_err(|_| wrong())?,
        None => today,
    };
    // A day long past is looked for through the whole log.
    let _place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    let found = digest::of(&scope.app, &tenant, day, scope.locale()).await?;
    Ok(Json(DigestView {
        day: day.to_string(),
        changed: found.changed,
        did: found.did,
        needs: found.needs.into_iter().map(|(text, _)| text).collect(),
    }))
}

/// The tenant itself.
pub async fn tenant(scope: &Scope<App>) -> Result<Tenant, Problem> {
    let found = tenants::store::by_id(&scope.app.db, scope.tenant).await?;
    found.ok_or_else(|| Problem::not_found("tenant_not_found"))
}
