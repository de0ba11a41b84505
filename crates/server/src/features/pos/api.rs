//! Endpoints of the point of sale: identify, quote, reserve, commit, void, return, and replay of an offline queue.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::event::Body;
use lazo_domain::ids::{AccountId, EventId, MemberId, RedemptionId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::receipt;
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::ledger::post;
use crate::features::ledger::receipt::{BalanceView, ReceiptView, balances};
use crate::features::members;
use crate::features::purchases::api::{NewPurchase, PurchaseView, buy};
use crate::features::redemptions::api::{self as redemptions, NewRedemption, RedemptionView};
use crate::features::returns::api::{NewReturn, give_back};
use crate::http::{Access, Payload, Problem, ProblemBody, Role, Scope};

/// The most purchases of an offline queue in one call.
const MAX_QUEUE: usize = 200;
/// The longest text of a problem's path.
const REPLAY: &str = "/api/v1/pos/replay";

const TILL: &[Role] = &[Role::Cashier, Role::Agent, Role::Backend];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::post("/pos/identify", "pos:write", TILL),
    Access::post("/pos/quote", "pos:write", TILL),
    Access::post("/pos/reserve", "pos:write", TILL),
    Access::post("/pos/commit", "pos:write", TILL),
    Access::post("/pos/void", "pos:write", TILL),
    Access::post("/pos/return", "pos:write", TILL),
    Access::post("/pos/replay", "pos:write", TILL),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(identify))
        .routes(routes!(quote))
        .routes(routes!(reserve))
        .routes(routes!(commit))
        .routes(routes!(void))
        .routes(routes!(take_back))
        .routes(routes!(replay))
}

/// Whom the till has in front of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// A scanned card, a typed phone number or e-mail address, as `ext:<scheme>:<value>`, or an id.
    #[schema(example = "ext:card:4000123")]
    member: String,
}

impl Identification {
    /// Of a member whose id is known.
    #[must_use]
    pub fn of(member: MemberId) -> Self {
        Self { member: member.to_string() }
    }
}

/// What a till may know of a member: no name, no address.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityView {
    /// The member.
    #[schema(value_type = String)]
    member: MemberId,
    /// The account.
    #[schema(value_type = String)]
    account: AccountId,
    /// May the member earn and redeem at present?
    active: bool,
    /// What the member has.
    balances: Vec<BalanceView>,
    /// Steps held, by ladder.
    pub tiers: std::collections::BTreeMap<String, String>,
    /// The same in words, for the display.
    pub lines: Vec<String>,
}

/// A sale, with what prints below the sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaleView {
    /// The purchase and what it did, or would do.
    purchase: PurchaseView,
    /// The redemption that paid part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    redemption: Option<RedemptionView>,
    /// The lines for the paper.
    lines: Vec<String>,
}

/// A sale to finish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// What was bought.
    purchase: NewPurchase,
    /// The same member's reservation that pays part of it or is handed out with it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    redemption: Option<RedemptionId>,
}

/// Something to take back at once: a sale rung up by mistake, or a reservation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Void {
    /// The purchase's event.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    purchase: Option<EventId>,
    /// The redemption.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    redemption: Option<RedemptionId>,
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoidView {
    /// What undoing the purchase did.
    #[serde(skip_serializing_if = "Option::is_none")]
    purchase: Option<ReceiptView>,
    /// The redemption afterward.
    #[serde(skip_serializing_if = "Option::is_none")]
    redemption: Option<RedemptionView>,
}

/// Purchases that a till kept while it was offline, each with its own instant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// In the order in which they were rung up.
    #[schema(min_items = 1, max_items = 200)]
    purchases: Vec<NewPurchase>,
}

/// What became of a queue, in its order.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// How many counted now or had counted before.
    posted: usize,
    /// How many were refused; sending them again changes nothing.
    refused: usize,
    /// How many are unknown; send these again.
    unknown: usize,
    /// One per purchase.
    items: Vec<QueueItemView>,
}

/// What became of one purchase of a queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItemView {
    /// Its reference.
    reference: String,
    /// What it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<PurchaseView>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// Who is it, and what does the member have?
#[utoipa::path(post, path = "/pos/identify", tag = "pos", request_body = Identification,
    responses((status = 200, body = IdentityView)))]
async fn identify(
    scope: Scope<App>,
    Payload(asked): Payload<Identification>,
) -> Result<Json<IdentityView>, Problem> {
    identity(&scope, &asked).await.map(Json)
}

/// Whom the till has in front of it, and what the member has.
pub async fn identity(scope: &Scope<App>, asked: &Identification) -> Result<IdentityView, Problem> {
    let member = members::resolve(scope, &asked.member).await?;
    let account = scope.app.ledger.books().account(scope.tenant, member.account).await?;
    let account = account.ok_or_else(|| Problem::not_found("account_not_found"))?;
    let balances = balances(&account.balances, &post::point_types(scope).await?);
    let tiers = account.standings.iter().map(|(group, s)| (group.clone(), s.tier.clone()));
    let names = receipt::Names::of(scope).await?;
    Ok(IdentityView {
        member: member.id,
        account: member.account,
        active: member.status == members::MemberStatus::Active,
        lines: balances.iter().map(|b| receipt::have(scope.locale(), &names, b)).collect(),
        balances,
        tiers: tiers.collect(),
    })
}

/// What would this basket earn? Nothing is done.
#[utoipa::path(post, path = "/pos/quote", tag = "pos", request_body = NewPurchase,
    responses((status = 200, body = SaleView)))]
async fn quote(
    scope: Scope<App>,
    Payload(new): Payload<NewPurchase>,
) -> Result<Json<SaleView>, Problem> {
    let purchase = buy(&scope, &new, true).await?;
    let names = receipt::Names::of(&scope).await?;
    let lines = receipt::lines(scope.locale(), &names, &purchase.receipt);
    Ok(Json(SaleView { purchase, redemption: None, lines }))
}

/// Sets points aside for a reward or for part of the bill.
#[utoipa::path(post, path = "/pos/reserve", tag = "pos", request_body = NewRedemption,
    responses((status = 201, body = RedemptionView)))]
async fn reserve(
    scope: Scope<App>,
    Payload(new): Payload<NewRedemption>,
) -> Result<(StatusCode, Json<RedemptionView>), Problem> {
    Ok((StatusCode::CREATED, Json(redemptions::reserve(&scope, &new).await?)))
}

/// Finishes a sale: spends what was reserved, and posts the purchase. Sent again, it is answered as the first time.
#[utoipa::path(post, path = "/pos/commit", tag = "pos", request_body = Sale,
    responses((status = 201, body = SaleView)))]
async fn commit(
    scope: Scope<App>,
    Payload(sale): Payload<Sale>,
) -> Result<(StatusCode, Json<SaleView>), Problem> {
    // What would refuse the purchase shall not spend the points.
    let tried = buy(&scope, &sale.purchase, true).await?;
    let redemption = match sale.redemption {
        None => None,
        Some(id) => {
            redemptions::check_owner(&scope, id, tried.receipt.account).await?;
            Some(redemptions::capture(&scope, id).await?)
        }
    };
    let purchase = buy(&scope, &sale.purchase, false).await?;
    let names = receipt::Names::of(&scope).await?;
    let lines = receipt::lines(scope.locale(), &names, &purchase.receipt);
    Ok((StatusCode::CREATED, Json(SaleView { purchase, redemption, lines })))
}

/// Takes back a sale that should never have been, or a reservation: as if it had never been.
#[utoipa::path(post, path = "/pos/void", tag = "pos", request_body = Void,
    responses((status = 200, body = VoidView)))]
async fn void(scope: Scope<App>, Payload(void): Payload<Void>) -> Result<Json<VoidView>, Problem> {
    if void.purchase.is_none() && void.redemption.is_none() {
        return Err(Problem::field(
            "/purchase",
            "invalid",
            "name a purchase, a redemption, or both",
        ));
    }
    let purchase = match void.purchase {
        None => None,
        Some(id) => Some(undo(&scope, id).await?),
    };
    let redemption = match void.redemption {
        None => None,
        Some(id) => Some(redemptions::cancel(&scope, id).await?),
    };
    Ok(Json(VoidView { purchase, redemption }))
}

/// Posts the reversal of a purchase that should never have been.
pub async fn undo(scope: &Scope<App>, id: EventId) -> Result<ReceiptView, Problem> {
    let missing = || Problem::not_found("purchase_not_found");
    let found = scope.app.ledger.books().event(scope.tenant, id).await?.ok_or_else(missing)?;
    if !matches!(found.event.body, Body::Purchase(_)) {
        return Err(missing());
    }
    let books = scope.app.ledger.books();
    let account = books.account(scope.tenant, found.event.account).await?.ok_or_else(missing)?;
    let member = members::resolve(scope, &account.member.to_string()).await?;
    let reference = id.to_string();
    let asked = post::Asked { source: "void", reference: &reference, at: None };
    let body = Body::Reverse { event: id };
    let event = post::event(scope, &member, found.event.program, asked, body)?;
    let told = post::post_and_tell(scope, &member, event, false).await?;
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "purchase.voided", id, json!({ "event": told.id })))
        .await?;
    tx.commit().await?;
    Ok(told)
}

/// Takes goods back: what the purchase gave for them goes back too.
#[utoipa::path(post, path = "/pos/return", tag = "pos", request_body = NewReturn,
    responses((status = 201, body = ReceiptView)))]
async fn take_back(
    scope: Scope<App>,
    Payload(new): Payload<NewReturn>,
) -> Result<(StatusCode, Json<ReceiptView>), Problem> {
    Ok((StatusCode::CREATED, Json(give_back(&scope, &new, false).await?)))
}

/// Posts what a till kept while it was offline. Each purchase stands for itself; what counted before is answered as
/// the first time.
#[utoipa::path(post, path = "/pos/replay", tag = "pos", request_body = Queue,
    responses((status = 200, body = QueueView)))]
async fn replay(
    scope: Scope<App>,
    Payload(queue): Payload<Queue>,
) -> Result<Json<QueueView>, Problem> {
    if !(1..=MAX_QUEUE).contains(&queue.purchases.len()) {
        let detail = format!("must have 1 to {MAX_QUEUE} purchases");
        return Err(Problem::field("/purchases", "invalid", detail));
    }
    if let Some(at) = queue.purchases.iter().position(|purchase| purchase.at.is_none()) {
        let detail = "say when it was rung up";
        return Err(Problem::field(&format!("/purchases/{at}/at"), "required", detail));
    }
    let mut view = QueueView { posted: 0, refused: 0, unknown: 0, items: Vec::new() };
    for purchase in &queue.purchases {
        let reference = purchase.reference.clone();
        let item = match buy(&scope, purchase, false).await {
            Ok(receipt) => {
                view.posted += 1;
                QueueItemView { reference, receipt: Some(receipt), problem: None }
            }
            Err(problem) => {
                let unknown = problem.status >= 500;
                *(if unknown { &mut view.unknown } else { &mut view.refused }) += 1;
                let told = problem.told(scope.locale(), REPLAY, &scope.caller.request_id);
                QueueItemView { reference, receipt: None, problem: Some(told) }
            }
        };
        view.items.push(item);
    }
    Ok(Json(view))
}
