//! Endpoints of accounts: balances now, lots, journal lines and movements with their reasons.

use axum::Json;
use lazo_domain::account::Lot;
use lazo_domain::ids::{AccountId, EventId, LotId, MemberId};
use lazo_domain::time::Timestamp;
use lazo_store::ledger::StoredEntry;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::post;
use crate::features::ledger::receipt::{
    BalanceView, PointTypes, ReceiptView, balances, point_types,
};
use crate::features::programs;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Problem, Role, Scope, window};

/// Who may look at a member's account.
pub const READERS: &[Role] =
    &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/accounts/{account}/balances", "accounts:read", READERS).and_own(),
    Access::get("/accounts/{account}/entries", "accounts:read", READERS).and_own(),
    Access::get("/accounts/{account}/events", "accounts:read", READERS).and_own(),
    Access::get("/accounts/{account}/lots", "accounts:read", READERS).and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_balances))
        .routes(routes!(list_entries))
        .routes(routes!(list_events))
        .routes(routes!(list_lots))
}

/// What an account has.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancesView {
    /// The account.
    #[schema(value_type = String, example = "acc_0000000000001")]
    pub account: AccountId,
    /// Whose it is.
    #[schema(value_type = String, example = "mbr_0000000000001")]
    pub member: MemberId,
    /// One per point type in which anything ever happened.
    pub balances: Vec<BalanceView>,
}

/// What an account has of each point type.
#[utoipa::path(get, path = "/accounts/{account}/balances", tag = "accounts",
    params(("account" = String, Path)), responses((status = 200, body = BalancesView)))]
async fn get_balances(
    scope: Scope<App>,
    PathId(id): PathId<AccountId>,
) -> Result<Json<BalancesView>, Problem> {
    scope.own_account(id, "account_not_found")?;
    let found = scope.app.ledger.books().account(scope.tenant, id).await?;
    let account = found.ok_or_else(|| Problem::not_found("account_not_found"))?;
    let programs = programs::of(&scope).await?;
    let types = point_types(&programs);
    Ok(Json(BalancesView {
        account: id,
        member: account.member,
        balances: balances(&account.balances, &types),
    }))
}

/// A line of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// The event it belongs to.
    #[schema(value_type = String, example = "evt_0000000000001")]
    event: EventId,
    /// Its place in the event, from 0.
    position: i64,
    /// The point type's code.
    point_type: String,
    /// `available`, `pending`, `held` of the member; `issued`, `redeemed`, `expired`, … of the program.
    side: &'static str,
    /// The lot, on the member's side.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    lot: Option<LotId>,
    /// More than zero arrives on the side, less leaves it; smallest units.
    points: i64,
    /// When it counts.
    #[schema(value_type = String, format = DateTime)]
    effective_at: Timestamp,
}

/// Which lots.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LotQuery {
    /// Also lots with nothing left.
    #[serde(default)]
    pub closed: bool,
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
}

/// Points with one origin and one expiry, in smallest units.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotView {
    /// Its name.
    #[schema(value_type = String, example = "lot_0000000000001-0")]
    pub id: LotId,
    /// The event that granted it.
    #[schema(value_type = String)]
    pub event: EventId,
    /// The point type's code.
    pub point_type: String,
    /// `earned`, `adjusted`, `transferred`, `reinstated`, `opening` or `debt`.
    #[schema(value_type = String)]
    pub kind: lazo_domain::account::LotKind,
    /// When they were earned.
    #[schema(value_type = String, format = DateTime)]
    pub earned_at: Timestamp,
    /// The first instant at which they are no longer usable; absent is never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When pending points become available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub release_at: Option<Timestamp>,
    /// How many there were; the sum of the parts below.
    pub granted: i64,
    /// Free to spend.
    pub available: i64,
    /// Not yet released.
    pub pending: i64,
    /// Set aside.
    pub held: i64,
    /// Spent.
    pub redeemed: i64,
    /// Gone unused.
    pub expired: i64,
    /// Taken back, adjusted away, transferred, or used to repay a debt.
    pub taken: i64,
}

/// The journal lines of an account, those of the newest events first. `limit` counts events.
#[utoipa::path(get, path = "/accounts/{account}/entries", tag = "accounts",
    params(("account" = String, Path), PageQuery), responses((status = 200, body = Page<EntryView>)))]
async fn list_entries(
    scope: Scope<App>,
    PathId(id): PathId<AccountId>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<EntryView>>, Problem> {
    check(&scope, id).await?;
    let wish = query.window::<i64>("entries")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1);
    let before = wish.after.map(EventId);
    let found = scope.app.ledger.books().entries(scope.tenant, id, before, limit).await?;
    let types = post::point_types(&scope).await?;
    let mut events: Vec<EventId> = found.iter().map(|entry| entry.event).collect();
    events.dedup();
    let full = events.len() >= wish.limit;
    let last = events.last().map(|event| event.0).filter(|_| full);
    let items = found.into_iter().map(|entry| entry_view(entry, &types)).collect();
    Ok(Json(Page::going_on("entries", items, last.as_ref())))
}

/// The movements of an account with their reasons, newest first.
#[utoipa::path(get, path = "/accounts/{account}/events", tag = "accounts",
    params(("account" = String, Path), PageQuery), responses((status = 200, body = Page<ReceiptView>)))]
async fn list_events(
    scope: Scope<App>,
    PathId(id): PathId<AccountId>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<ReceiptView>>, Problem> {
    check(&scope, id).await?;
    let wish = query.window::<i64>("account-events")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let books = scope.app.ledger.books();
    let mut found = books.events(scope.tenant, id, wish.after.map(EventId), limit).await?;
    let more = found.len() > wish.limit;
    found.truncate(wish.limit);
    let last = found.last().map(|stored| stored.event.id.0).filter(|_| more);
    let mut items = Vec::with_capacity(found.len());
    for stored in found {
        items.push(ReceiptView::of(&scope, &stored.event, &stored.outcome, false).await?);
    }
    Ok(Json(Page::going_on("account-events", items, last.as_ref())))
}

/// The lots of an account, open ones unless `closed` asks for all.
#[utoipa::path(get, path = "/accounts/{account}/lots", tag = "accounts",
    params(("account" = String, Path), LotQuery), responses((status = 200, body = Page<LotView>)))]
pub async fn list_lots(
    scope: Scope<App>,
    PathId(id): PathId<AccountId>,
    Asked(query): Asked<LotQuery>,
) -> Result<Json<Page<LotView>>, Problem> {
    check(&scope, id).await?;
    let wish = window::<LotId>("lots", query.limit, query.cursor.as_deref())?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let books = scope.app.ledger.books();
    let found = books.lots(scope.tenant, id, query.closed, wish.after, limit).await?;
    let types = post::point_types(&scope).await?;
    Ok(Json(Page::of("lots", wish.limit, found, |lot| lot.id, |lot| lot_view(lot, &types))))
}

/// Answers not found unless the account is there for this caller.
async fn check(scope: &Scope<App>, id: AccountId) -> Result<(), Problem> {
    scope.own_account(id, "account_not_found")?;
    let found = scope.app.ledger.books().account(scope.tenant, id).await?;
    found.map(|_| ()).ok_or_else(|| Problem::not_found("account_not_found"))
}

fn code(types: &PointTypes, id: lazo_domain::ids::PointTypeId) -> String {
    types.get(&id).map_or_else(|| id.to_string(), |(code, _)| code.clone())
}

fn entry_view(StoredEntry { event, entry }: StoredEntry, types: &PointTypes) -> EntryView {
    EntryView {
        event,
        position: entry.position,
        point_type: code(types, entry.point_type),
        side: entry.side.name(),
        lot: entry.lot,
        points: entry.points.0,
        effective_at: entry.effective_at,
    }
}

fn lot_view(lot: Lot, types: &PointTypes) -> LotView {
    LotView {
        id: lot.id,
        event: lot.id.event,
        point_type: code(types, lot.point_type),
        kind: lot.kind,
        earned_at: lot.earned_at,
        expires_at: lot.expires_at,
        release_at: lot.release_at,
        granted: lot.granted.0,
        available: lot.available.0,
        pending: lot.pending.0,
        held: lot.held.0,
        redeemed: lot.redeemed.0,
        expired: lot.expired.0,
        taken: lot.taken.0,
    }
}
