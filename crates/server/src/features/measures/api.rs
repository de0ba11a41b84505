//! Endpoints of measures: the catalog, a program's figures, the days and accounts behind them, and what was observed.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::AccountId;
use lazo_domain::program::{PointKind, Program};
use lazo_measures::catalogue;
use lazo_measures::diagnosis::{Facts, Outcome, diagnose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::figures::{Board, Figure, board};
use super::observe::{MAX_FACTS, MAX_NAME};
use super::store::{self, Moved};
use super::{Days, date_of, number_of, observe};
use crate::App;
use crate::features::ledger::post;
use crate::features::tenants::Tenant;
use crate::http::{Access, Asked, Page, PathId, Payload, Problem, Role, Scope, window};
use crate::places::Kind;

/// Whoever reads figures.
pub const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
const WRITERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Admin];
/// The stretch that is shown where none is asked for: a quarter.
pub const USUAL_DAYS: i64 = 90;
/// The longest stretch, in days: what is compared with it must exist too.
const MOST_DAYS: i64 = 731;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/measures", "measures:read", READERS),
    Access::get("/measures/catalog", "measures:read", READERS),
    Access::get("/measures/diagnosis", "measures:read", READERS),
    Access::get("/measures/days", "measures:read", READERS),
    Access::get("/measures/days/{date}", "measures:read", READERS),
    Access::post("/measures/observations", "measures:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_measures))
        .routes(routes!(get_catalog))
        .routes(routes!(get_diagnosis))
        .routes(routes!(list_days))
        .routes(routes!(list_accounts))
        .routes(routes!(post_observations))
}

/// Which program, and over which days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StretchQuery {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The first day, `YYYY-MM-DD`; 90 days before the last one when absent.
    #[serde(default)]
    from: Option<String>,
    /// The last day; yesterday when absent.
    #[serde(default)]
    to: Option<String>,
}

/// A program's figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardView {
    /// The program's code.
    program: String,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// As of when.
    as_of: String,
    /// The figures.
    figures: Vec<Figure>,
}

/// An indicator of the catalog.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogEntry {
    /// Its id.
    kpi: &'static str,
    /// Its name in code.
    code: &'static str,
    /// Its name in the reader's language.
    name: String,
    /// Its formula over quantities, or the method that computes it.
    formula: &'static str,
    /// The version of the formula.
    version: u32,
    /// Where the quantities that it names come from.
    sources: Vec<String>,
}

/// What moved on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayView {
    /// The day.
    date: String,
    /// Purchases, less those undone.
    purchases: i64,
    /// Net sales less returns, in minor units.
    net_minor: i64,
    /// Points of each type that moved: those of different types are never added up.
    points: Vec<DayPointsView>,
}

/// What moved of a point type on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayPointsView {
    /// The point type's code.
    #[schema(example = "points")]
    point_type: String,
    /// Points granted by rules, in the type's smallest units.
    issued: i64,
    /// Points spent.
    redeemed: i64,
    /// Points gone unused.
    expired: i64,
}

/// What moved on an account's day.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountDayView {
    /// The account.
    #[schema(value_type = String)]
    account: AccountId,
    /// Where its entries are.
    entries: String,
    /// What moved. Where the program has several point types the entries tell which of them.
    #[serde(flatten)]
    moved: DayView,
}

/// Facts observed beside the ledger.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObservations {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// Where they come from.
    #[schema(example = "survey 2026-10")]
    source: String,
    /// The first day they are about.
    from: String,
    /// The last day.
    to: String,
    /// Facts by name, each a share (`hits`, `n`), a mean (`mean`, `sd`, `n`), an effect (`estimate`, `se`, `n`), a
    /// series (`series`, `n`), groups (`groups`: pairs of hits and n) or a plain `value`.
    #[schema(value_type = Object)]
    facts: Facts,
}

/// How many facts were recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// How many.
    recorded: usize,
}

/// Which accounts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountsQuery {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `cursor.next` of the page before.
    cursor: Option<String>,
}

/// What a request is about: the tenant, the program in force, the days.
pub struct Asking {
    /// The tenant.
    pub tenant: Arc<Tenant>,
    /// The program.
    pub program: Arc<Program>,
    /// The days.
    pub days: Days,
}

/// Finds what a request is about; both ends of the days are dates or absent.
pub async fn asking(
    scope: &Scope<App>,
    program: Option<&str>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Asking, Problem> {
    let tenant = scope.app.lookups.tenants.get(scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let program = post::program(scope, program, scope.now).await?;
    let usual = Days::last(USUAL_DAYS, scope.now, &tenant.config.time_zone);
    let to = to.map_or(Ok(usual.to), |text| day(text, "/to"))?;
    let from = from.map_or(Ok(to - USUAL_DAYS + 1), |text| day(text, "/from"))?;
    let days = Days { from, to };
    if days.count() < 1 || days.count() > MOST_DAYS {
        return Err(Problem::field("/from", "out_of_range", "1 to 731 days"));
    }
    Ok(Asking { tenant, program, days })
}

fn day(text: &str, pointer: &'static str) -> Result<i64, Problem> {
    let date = text.parse::<jiff::civil::Date>();
    date.map(number_of).map_err(|_| Problem::field(pointer, "not_a_date", "YYYY-MM-DD"))
}

/// The board that a request asks for.
pub async fn asked_board(scope: &Scope<App>, asking: &Asking) -> Result<Board, Problem> {
    let _place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    Ok(board(&scope.app, &asking.tenant, &asking.program, asking.days).await?)
}

/// A program's indicators over a stretch of days, each beside the stretch before, its target and its baseline.
#[utoipa::path(get, path = "/measures", tag = "measures", params(StretchQuery),
    responses((status = 200, body = BoardView)))]
async fn get_measures(
    scope: Scope<App>,
    Asked(query): Asked<StretchQuery>,
) -> Result<Json<BoardView>, Problem> {
    let StretchQuery { program, from, to } = query;
    let asking = asking(&scope, program.as_deref(), from.as_deref(), to.as_deref()).await?;
    let board = asked_board(&scope, &asking).await?;
    Ok(Json(BoardView {
        program: asking.program.code.to_string(),
        from: date_of(board.days.from).to_string(),
        to: date_of(board.days.to).to_string(),
        as_of: board.as_of.to_string(),
        figures: board.figures,
    }))
}

/// Every indicator with its formula, its unit, and where its quantities come from.
#[utoipa::path(get, path = "/measures/catalog", tag = "measures",
    responses((status = 200, body = Vec<CatalogEntry>)))]
async fn get_catalog(scope: Scope<App>) -> Json<Vec<CatalogEntry>> {
    let entry = |kpi: &'static catalogue::Kpi| {
        let read = kpi.read();
        let names = read.iter().flat_map(|formula| formula.names());
        let mut sources: Vec<String> = names
            .filter_map(|name| catalogue::quantities().iter().find(|q| q.code == name))
            .map(|quantity| quantity.source.clone())
            .collect();
        sources.sort();
        sources.dedup();
        CatalogEntry {
            kpi: &kpi.id,
            code: &kpi.code,
            name: super::words::name(scope.locale(), &kpi.id),
            formula: kpi.formula.as_deref().or(kpi.method.as_deref()).unwrap_or_default(),
            version: kpi.version,
            sources,
        }
    };
    Json(catalogue::kpis().iter().map(entry).collect())
}

/// The rules D1 to D46 over what is known of a program, with their evidence and what could not be tested.
#[utoipa::path(get, path = "/measures/diagnosis", tag = "measures", params(StretchQuery),
    responses((status = 200, body = Vec<Object>)))]
async fn get_diagnosis(
    scope: Scope<App>,
    Asked(query): Asked<StretchQuery>,
) -> Result<Json<Vec<Outcome>>, Problem> {
    let StretchQuery { program, from, to } = query;
    let asking = asking(&scope, program.as_deref(), from.as_deref(), to.as_deref()).await?;
    Ok(Json(diagnose(&asked_board(&scope, &asking).await?.facts)))
}

/// The days behind the figures of a stretch.
#[utoipa::path(get, path = "/measures/days", tag = "measures", params(StretchQuery),
    responses((status = 200, body = Vec<DayView>)))]
async fn list_days(
    scope: Scope<App>,
    Asked(query): Asked<StretchQuery>,
) -> Result<Json<Vec<DayView>>, Problem> {
    let StretchQuery { program, from, to } = query;
    let asking = asking(&scope, program.as_deref(), from.as_deref(), to.as_deref()).await?;
    let day = |(day, told): (i64, Day)| DayView {
        date: date_of(day).to_string(),
        purchases: told.purchases,
        net_minor: told.net_minor,
        points: told.points.into_iter().map(|(code, sum)| points_of(code, &sum)).collect(),
    };
    Ok(Json(days_told(&scope, &asking).await?.into_iter().map(day).collect()))
}

/// A day of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// Purchases, less those undone.
    pub purchases: i64,
    /// Net sales less returns, in minor units.
    pub net_minor: i64,
    /// What moved of each point type, by its code.
    pub points: BTreeMap<String, store::Sum>,
}

/// The days of a stretch on which anything moved, the earliest first.
pub async fn days_told(scope: &Scope<App>, asking: &Asking) -> Result<BTreeMap<i64, Day>, Problem> {
    let Asking { program, days, .. } = asking;
    let sums = store::sums_by_type(&scope.app.db, scope.tenant, program.id, *days).await?;
    let codes: BTreeMap<_, _> =
        program.point_types.values().map(|kind| (kind.id, kind.code.to_string())).collect();
    let mut told: BTreeMap<i64, Day> = BTreeMap::new();
    for ((kind, day), sum) in sums {
        let one = told.entry(day).or_default();
        // Sales are of no point type.
        one.purchases += sum.purchases;
        one.net_minor = one.net_minor.saturating_add(sum.net_minor);
        if kind.0 != 0 {
            let code = codes.get(&kind).cloned().unwrap_or_else(|| kind.to_string());
            one.points.insert(code, sum);
        }
    }
    Ok(told)
}

/// The code of the only redeemable point type; nothing where there are several.
#[must_use]
pub fn only_points(program: &Program) -> Option<String> {
    let mut kinds = program.point_types.values().filter(|p| p.kind == PointKind::Redeemable);
    let first = kinds.next()?;
    kinds.next().is_none().then(|| first.code.to_string())
}

fn points_of(point_type: String, sum: &store::Sum) -> DayPointsView {
    let store::Sum { issued, redeemed, expired, .. } = *sum;
    DayPointsView { point_type, issued, redeemed, expired }
}

/// The accounts behind a day, each with where its entries are.
#[utoipa::path(get, path = "/measures/days/{date}", tag = "measures",
    params(("date" = String, Path), AccountsQuery), responses((status = 200, body = Page<AccountDayView>)))]
async fn list_accounts(
    scope: Scope<App>,
    PathId(date): PathId<jiff::civil::Date>,
    Asked(query): Asked<AccountsQuery>,
) -> Result<Json<Page<AccountDayView>>, Problem> {
    let wish = window::<i64>("measure_accounts", query.limit, query.cursor.as_deref())?;
    let program = post::program(&scope, query.program.as_deref(), scope.now).await?;
    let after = AccountId(wish.after.unwrap_or(i64::MIN));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let day = number_of(date);
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let found = store::accounts_of(db, tenant, program.id, day, after, limit).await?;
    let only = only_points(&program);
    let show = |(account, moved): (AccountId, Moved)| AccountDayView {
        account,
        entries: format!("/api/v1/accounts/{account}/entries"),
        moved: DayView {
            date: date.to_string(),
            purchases: moved.purchases,
            net_minor: moved.net_minor,
            points: only
                .iter()
                .map(|only| DayPointsView {
                    point_type: only.clone(),
                    issued: moved.issued,
                    redeemed: moved.redeemed,
                    expired: moved.expired,
                })
                .collect(),
        },
    };
    Ok(Json(Page::of("measure_accounts", wish.limit, found, |(account, _)| account.0, show)))
}

/// Records what was observed beside the ledger: surveys, tills, training, competitors. Never of persons.
#[utoipa::path(post, path = "/measures/observations", tag = "measures", request_body = NewObservations,
    responses((status = 201, body = Recorded)))]
async fn post_observations(
    scope: Scope<App>,
    Payload(new): Payload<NewObservations>,
) -> Result<(StatusCode, Json<Recorded>), Problem> {
    let (from, to) = (Some(new.from.as_str()), Some(new.to.as_str()));
    let asking = asking(&scope, new.program.as_deref(), from, to).await?;
    let long = |text: &str| text.is_empty() || text.len() > MAX_NAME || text.contains('\0');
    if long(&new.source) {
        return Err(Problem::field("/source", "out_of_range", "1 to 120 octets"));
    }
    if new.facts.len() > MAX_FACTS || new.facts.keys().any(|name| long(name)) {
        return Err(Problem::field("/facts", "out_of_range", "at most 500 facts"));
    }
    let of = (scope.tenant, asking.program.id);
    let by = scope.actor();
    let recorded = observe(&scope.app, of, &new.facts, &new.source, asking.days, by).await?;
    Ok((StatusCode::CREATED, Json(Recorded { recorded })))
}
