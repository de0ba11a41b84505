//! Endpoints of redemptions: reserve, capture, cancel.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::account::{Redemption, RedemptionState};
use lazo_domain::event::{Body, Event, Reserve};
use lazo_domain::ids::{AccountId, EventId, PointTypeId, RedemptionId};
use lazo_domain::program::RewardKind;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members::{self, Member};
use crate::features::vouchers::{self, VoucherView};
use crate::http::{Access, PathId, Payload, Problem, Role, Scope};

const WRITE: &[Role] = &[Role::Cashier, Role::Agent, Role::Backend];

/// Who may call what. Members redeem what is their own.
pub const ACCESS: &[Access] = &[
    Access::post("/redemptions", "redemptions:write", WRITE).and_own(),
    Access::get(
        "/redemptions/{redemption}",
        "redemptions:read",
        &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance],
    )
    .and_own(),
    Access::post("/redemptions/{redemption}/capture", "redemptions:write", WRITE).and_own(),
    Access::post("/redemptions/{redemption}/cancel", "redemptions:write", WRITE).and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reserve_redemption))
        .routes(routes!(get_redemption))
        .routes(routes!(capture_redemption))
        .routes(routes!(cancel_redemption))
}

/// A reward to redeem.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRedemption {
    /// Who: an id, or any identifier as `ext:<scheme>:<value>`.
    #[schema(example = "ext:email:ana@example.com")]
    pub member: String,
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    pub program: Option<String>,
    /// The reward's code.
    #[schema(example = "coffee")]
    pub reward: String,
    /// How many; 1 when absent.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 10000)]
    pub quantity: i64,
    /// For a reward that pays part of a bill: how much of it, in minor units.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub pay_minor: Option<i64>,
    /// When the reservation lapses by itself; the reward's own time, or an hour, when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hold_until: Option<Timestamp>,
    /// Spends the points at once instead of setting them aside.
    #[serde(default)]
    pub capture: bool,
    /// The caller's own name for it; the same one counts once.
    #[schema(min_length = 1, max_length = 200, example = "order-8812")]
    pub reference: String,
}

fn one() -> i64 {
    1
}

/// A redemption as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedemptionView {
    /// Its id.
    #[schema(value_type = String, example = "red_0000000000001")]
    pub id: RedemptionId,
    /// On which account.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// The reward's code.
    pub reward: String,
    /// How many.
    pub quantity: i64,
    /// `reserved`, `captured`, `cancelled` or `lapsed`.
    pub state: &'static str,
    /// The points in all, in smallest units.
    pub points: i64,
    /// Which lots pay how much.
    pub lots: Vec<LotShareView>,
    /// When the reservation lapses, while it is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hold_until: Option<Timestamp>,
    /// Of which point type its points are.
    #[serde(skip)]
    pub point_type: PointTypeId,
    /// May the caller cancel it?
    pub cancellable: bool,
    /// The event that reserved it.
    #[schema(value_type = String)]
    pub event: EventId,
    /// Codes for the till, once captured, for a reward that is a voucher or that the member redeemed alone.
    pub vouchers: Vec<VoucherView>,
    /// What this request did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptView>,
}

/// A lot's part of a redemption.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotShareView {
    /// The lot.
    pub lot: String,
    /// How many points of it.
    pub points: i64,
}

/// Sets points aside for a reward, or spends them at once with `capture`.
#[utoipa::path(post, path = "/redemptions", tag = "redemptions", request_body = NewRedemption,
    responses((status = 201, body = RedemptionView)))]
async fn reserve_redemption(
    scope: Scope<App>,
    Payload(new): Payload<NewRedemption>,
) -> Result<(StatusCode, Json<RedemptionView>), Problem> {
    Ok((StatusCode::CREATED, Json(reserve(&scope, &new).await?)))
}

/// A redemption as it stands, with its vouchers.
#[utoipa::path(get, path = "/redemptions/{redemption}", tag = "redemptions",
    params(("redemption" = String, Path)), responses((status = 200, body = RedemptionView)))]
async fn get_redemption(
    scope: Scope<App>,
    PathId(id): PathId<RedemptionId>,
) -> Result<Json<RedemptionView>, Problem> {
    find_view(&scope, id).await.map(Json)
}

/// Spends what was set aside.
#[utoipa::path(post, path = "/redemptions/{redemption}/capture", tag = "redemptions",
    params(("redemption" = String, Path)), responses((status = 200, body = RedemptionView)))]
async fn capture_redemption(
    scope: Scope<App>,
    PathId(id): PathId<RedemptionId>,
) -> Result<Json<RedemptionView>, Problem> {
    capture(&scope, id).await.map(Json)
}

/// Undoes a redemption: the points go back to the lots they came from. A voucher that was used cannot be undone; a member
/// undoes only what has a code that still waits.
#[utoipa::path(post, path = "/redemptions/{redemption}/cancel", tag = "redemptions",
    params(("redemption" = String, Path)), responses((status = 200, body = RedemptionView)))]
async fn cancel_redemption(
    scope: Scope<App>,
    PathId(id): PathId<RedemptionId>,
) -> Result<Json<RedemptionView>, Problem> {
    cancel(&scope, id).await.map(Json)
}

/// A redemption as it stands, if the caller may see it.
pub async fn find_view(scope: &Scope<App>, id: RedemptionId) -> Result<RedemptionView, Problem> {
    let (_, found) = find(scope, id).await?;
    view(scope, found.account, found.redemption, None).await
}

/// Reserves what `new` asks for.
pub async fn reserve(scope: &Scope<App>, new: &NewRedemption) -> Result<RedemptionView, Problem> {
    let (member, event) = asked_for(scope, new).await?;
    act(scope, &member, event).await
}

/// Says whether `new` would be granted, without doing it.
pub async fn try_reserve(scope: &Scope<App>, new: &NewRedemption) -> Result<(), Problem> {
    let (member, event) = asked_for(scope, new).await?;
    post::post(scope, &member, event, true).await.map(drop)
}

/// Whose redemption `new` is, and the event that would reserve it.
async fn asked_for(scope: &Scope<App>, new: &NewRedemption) -> Result<(Member, Event), Problem> {
    let member = members::resolve_active(scope, &new.member).await?;
    scope.own_member(member.id)?;
    let program = post::program(scope, new.program.as_deref(), scope.now).await?;
    post::check_membership(scope, &member, program.id)?;
    // Whoever took over an account shall not empty it at once; whoever stands at a till with the card is let through.
    if scope.member().is_some() {
        let now = scope.caller.real_now;
        let (db, tenant) = (&scope.app.db, scope.tenant);
        if members::store::cooling_until(db, tenant, member.id, now).await?.is_some() {
            return Err(Problem::new(409, "cooling_down"));
        }
    }
    let body = Body::Reserve(Reserve {
        redemption: named(&member, &new.reference),
        reward: new.reward.clone(),
        quantity: new.quantity,
        pay_minor: new.pay_minor,
        hold_until: new.hold_until,
        capture: new.capture,
    });
    let asked = post::Asked { source: "redemption", reference: &new.reference, at: None };
    let event = post::event(scope, &member, program.id, asked, body)?;
    Ok((member, event))
}

/// The id of the redemption that a member's reference names: the same one each time it is asked for.
#[must_use]
pub fn named(member: &Member, reference: &str) -> RedemptionId {
    let digest = Sha256::new()
        .chain_update(member.tenant.0.to_be_bytes())
        .chain_update(member.account.0.to_be_bytes())
        .chain_update(reference)
        .finalize();
    let mut number = [0; 8];
    number.copy_from_slice(&digest[..8]);
    RedemptionId(i64::from_be_bytes(number) & i64::MAX)
}

/// Refuses somebody else's redemption as one that is not there.
pub async fn check_owner(
    scope: &Scope<App>,
    id: RedemptionId,
    account: AccountId,
) -> Result<(), Problem> {
    let (_, found) = find(scope, id).await?;
    if found.account == account { Ok(()) } else { Err(Problem::not_found("redemption_not_found")) }
}

/// Captures a reservation.
pub async fn capture(scope: &Scope<App>, id: RedemptionId) -> Result<RedemptionView, Problem> {
    let (member, found) = find(scope, id).await?;
    step(scope, &member, &found.redemption, Body::Capture { redemption: id }).await
}

/// Cancels a reservation or a redemption.
pub async fn cancel(scope: &Scope<App>, id: RedemptionId) -> Result<RedemptionView, Problem> {
    let (member, found) = find(scope, id).await?;
    let spent = found.redemption.state == RedemptionState::Captured;
    if spent && scope.member().is_some() {
        check_undoable(scope, &found).await?;
    }
    if spent && !vouchers::withdraw(&scope.app.db, scope.tenant, id).await? {
        return Err(Problem::new(409, "voucher_used"));
    }
    let done = step(scope, &member, &found.redemption, Body::Cancel { redemption: id }).await;
    if spent && done.as_ref().is_err_and(|problem| problem.status < 500) {
        vouchers::restore(&scope.app.db, scope.tenant, id).await?;
    }
    done
}

/// A member takes back what nobody has had yet; the rest is a matter for those who gave it.
async fn check_undoable(scope: &Scope<App>, found: &Found) -> Result<(), Problem> {
    let codes = vouchers::of(scope, found.account, &found.redemption).await?;
    if codes.iter().any(|code| code.state == "used") {
        return Err(Problem::new(409, "voucher_used"));
    }
    if vouchers::undoable(&codes) && !has_begun(scope, &found.redemption).await? {
        return Ok(());
    }
    Err(Problem::new(409, "redemption_spent"))
}

/// Is it a place at something that has begun?
async fn has_begun(scope: &Scope<App>, redemption: &Redemption) -> Result<bool, Problem> {
    let programs = scope.app.programs.current(scope.tenant).await?;
    let program = programs.at(redemption.program, redemption.reserved_at);
    let reward = program.and_then(|program| program.rewards.get(&redemption.order.reward));
    Ok(reward.is_some_and(|reward| {
        matches!(reward.kind, RewardKind::Experience { starts_at } if starts_at <= scope.now)
    }))
}

async fn step(
    scope: &Scope<App>,
    member: &Member,
    redemption: &Redemption,
    body: Body,
) -> Result<RedemptionView, Problem> {
    let reference = redemption.id.to_string();
    let asked = post::Asked { source: "redemption", reference: &reference, at: None };
    let event = post::event(scope, member, redemption.program, asked, body)?;
    act(scope, member, event).await
}

async fn act(scope: &Scope<App>, member: &Member, event: Event) -> Result<RedemptionView, Problem> {
    let receipt = post::post(scope, member, event.clone(), false).await?;
    let redemption = receipt.outcome.redemption.clone();
    let redemption = redemption.ok_or_else(|| Problem::not_found("redemption_not_found"))?;
    let told = post::view(scope, event, &receipt).await?;
    view(scope, member.account, redemption, Some(told)).await
}

/// A redemption with the account it is on.
struct Found {
    account: AccountId,
    redemption: Redemption,
}

async fn find(scope: &Scope<App>, id: RedemptionId) -> Result<(Member, Found), Problem> {
    let missing = || Problem::not_found("redemption_not_found");
    let books = scope.app.ledger.books();
    let found = books.redemption_named(scope.tenant, id).await?;
    let (account, redemption) = found.ok_or_else(missing)?;
    scope.own_account(account, "redemption_not_found")?;
    let member = members::store::by_account(&scope.app.db, scope.tenant, account).await?;
    Ok((member.ok_or_else(missing)?, Found { account, redemption }))
}

async fn view(
    scope: &Scope<App>,
    account: AccountId,
    redemption: Redemption,
    receipt: Option<ReceiptView>,
) -> Result<RedemptionView, Problem> {
    let reserved = redemption.state == RedemptionState::Reserved;
    let codes = vouchers::of(scope, account, &redemption).await?;
    let cancellable = match redemption.state {
        RedemptionState::Reserved => true,
        RedemptionState::Captured if scope.member().is_some() => {
            vouchers::undoable(&codes) && !has_begun(scope, &redemption).await?
        }
        RedemptionState::Captured => codes.iter().all(|code| code.state != "used"),
        _ => false,
    };
    let lots = redemption.lots.iter();
    Ok(RedemptionView {
        id: redemption.id,
        account,
        reward: redemption.order.reward.clone(),
        quantity: redemption.order.quantity,
        state: redemption.state.name(),
        points: redemption.points.0,
        lots: lots.map(|(lot, p)| LotShareView { lot: lot.to_string(), points: p.0 }).collect(),
        hold_until: Some(redemption.hold_until).filter(|_| reserved),
        point_type: redemption.point_type,
        cancellable,
        event: redemption.event,
        vouchers: codes,
        receipt,
    })
}
