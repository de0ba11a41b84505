//! Endpoints of purchases: the worked example of how a feature adds endpoints.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::event::{Body, Kind, Line, MAX_LINES, Purchase};
use lazo_domain::ids::EventId;
use lazo_domain::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members;
use crate::features::tenants::LATE_SALE_DAYS;
use crate::http::{Access, Asked, PathId, Payload, Problem, Role, Scope};

/// From when on a sale that is told late stands in the audit log, in microseconds.
const LATE: i64 = DAY;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::post("/purchases", "purchases:write", &[Role::Cashier, Role::Agent, Role::Backend])
        .one_posting(),
    Access::get(
        "/purchases/{purchase}",
        "purchases:read",
        &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance],
    )
    .and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_purchase)).routes(routes!(get_purchase))
}

/// Something that a member bought.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPurchase {
    /// Who: an id, or any identifier as `ext:<scheme>:<value>`.
    #[schema(example = "ext:email:ana@example.com")]
    pub member: String,
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    pub program: Option<String>,
    /// Where it comes from; with `reference` it is unique for ever. `api` when absent.
    #[serde(default)]
    #[schema(max_length = 200, example = "pos:store-12")]
    pub source: Option<String>,
    /// The source's own name for it, such as a receipt number.
    #[schema(min_length = 1, max_length = 200, example = "2026-000123")]
    pub reference: String,
    /// When it counts; now when absent. Never in the future.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// ISO 4217 code; the program's when absent.
    #[serde(default)]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// The lines, in the order of the receipt; 1 to 2,000.
    #[schema(min_items = 1, max_items = 2000)]
    pub lines: Vec<LineBody>,
    /// The store's code.
    #[serde(default)]
    pub store: Option<String>,
    /// `pos`, `web`, `app`, …
    #[serde(default)]
    pub channel: Option<String>,
    /// Anything else rules may ask for. Never personal data.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// A line of a purchase.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The product's code.
    #[serde(default)]
    product: String,
    /// The product's category.
    #[serde(default)]
    category: String,
    /// The product's brand.
    #[serde(default)]
    brand: String,
    /// Thousandths of a unit; 1000, one piece, when absent.
    #[serde(default = "one_piece")]
    #[schema(example = 1000, minimum = 1)]
    quantity_milli: i64,
    /// What was paid for the line, in minor units, after discounts.
    #[schema(example = 1999)]
    net_minor: i64,
}

impl LineBody {
    /// One piece of a category, for so much money.
    #[must_use]
    pub fn of(category: &str, net_minor: i64) -> Self {
        Self {
            product: String::new(),
            category: category.to_owned(),
            brand: String::new(),
            quantity_milli: one_piece(),
            net_minor,
        }
    }

    /// What was paid for it, in minor units.
    #[must_use]
    pub fn net(&self) -> i64 {
        self.net_minor
    }

    /// Takes up to `minor` off what was paid for it; answers how much.
    pub fn take_off(&mut self, minor: i64) -> i64 {
        let off = minor.min(self.net_minor).max(0);
        self.net_minor -= off;
        off
    }

    /// The line as the core knows it.
    #[must_use]
    pub fn line(&self) -> Line {
        Line {
            product: self.product.clone(),
            category: self.category.clone(),
            brand: self.brand.clone(),
            quantity_milli: self.quantity_milli,
            net_minor: self.net_minor,
        }
    }
}

fn one_piece() -> i64 {
    1_000
}

/// How to post a purchase.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PurchaseQuery {
    /// Says what would happen and does nothing.
    #[serde(default)]
    dry_run: bool,
    /// Says why, in words. A till that shows them to nobody saves the time that they take: the explanation is then empty,
    /// and can be had later with the purchase.
    #[serde(default = "explained")]
    #[param(default = true)]
    explain: bool,
}

fn explained() -> bool {
    true
}

/// A purchase and what it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseView {
    /// What it did.
    #[serde(flatten)]
    pub receipt: ReceiptView,
    /// ISO 4217 code of its amounts.
    pub currency: String,
    /// The lines.
    pub lines: Vec<LineBody>,
}

/// Posts a purchase: the member earns what the program's rules give.
///
/// Sent again with the same source and reference it counts once and is answered as the first time; with another
/// content, or for another member, it is refused.
#[utoipa::path(post, path = "/purchases", tag = "purchases", params(PurchaseQuery),
    request_body = NewPurchase, responses(
        (status = 201, body = PurchaseView), (status = 200, body = PurchaseView, description = "A dry run")))]
async fn post_purchase(
    scope: Scope<App>,
    Asked(query): Asked<PurchaseQuery>,
    Payload(new): Payload<NewPurchase>,
) -> Result<(StatusCode, Json<PurchaseView>), Problem> {
    let view = bought(&scope, &new, query.dry_run, query.explain).await?;
    let status = if query.dry_run { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(view)))
}

/// Refuses lines that no receipt has: none, too many, or a line of nothing.
pub fn check_lines(lines: &[LineBody], pointer: &str) -> Result<(), Problem> {
    if !(1..=MAX_LINES).contains(&lines.len()) {
        let detail = format!("must have 1 to {MAX_LINES} lines");
        return Err(Problem::field(pointer, "invalid", detail));
    }
    match lines.iter().position(|line| line.quantity_milli < 1) {
        None => Ok(()),
        Some(at) => {
            let pointer = format!("{pointer}/{at}/quantity_milli");
            Err(Problem::field(&pointer, "invalid", "must be at least 1, a thousandth of a unit"))
        }
    }
}

/// Posts `new`, or says what it would do.
pub async fn buy(
    scope: &Scope<App>,
    new: &NewPurchase,
    dry_run: bool,
) -> Result<PurchaseView, Problem> {
    bought(scope, new, dry_run, true).await
}

async fn bought(
    scope: &Scope<App>,
    new: &NewPurchase,
    dry_run: bool,
    explain: bool,
) -> Result<PurchaseView, Problem> {
    check_lines(&new.lines, "/lines")?;
    let member = members::resolve_active(scope, &new.member).await?;
    let at = new.at.unwrap_or(scope.now);
    let source = new.source.as_deref().unwrap_or("api");
    let late = check_not_too_late(scope, at, source, &new.reference).await?;
    let program = post::program(scope, new.program.as_deref(), at).await?;
    post::check_membership(scope, &member, program.id)?;
    let asked = post::Asked { source, reference: &new.reference, at: new.at };
    let currency = new.currency.clone().unwrap_or_else(|| program.currency.code().to_owned());
    let body = Body::Purchase(purchase(new, currency));
    let event = post::event(scope, &member, program.id, asked, body)?;
    let receipt = post::post(scope, &member, event.clone(), dry_run).await?;
    let mut event = event;
    post::told_of(&mut event, &receipt);
    if late && !dry_run && !receipt.replayed {
        let mut tx = scope.app.db.begin().await?;
        let detail = json!({ "at": at });
        audit::record(&mut tx, &Deed::of(scope, "purchase.late", event.id, detail)).await?;
        tx.commit().await?;
    }
    view(scope, &event, &receipt.outcome, receipt.replayed, explain).await
}

/// Refuses what a till tells of a sale that is too long ago: whoever stands there could make up points of old days.
/// Answers whether it is late at all. What is on record already is answered as the first time.
async fn check_not_too_late(
    scope: &Scope<App>,
    at: Timestamp,
    source: &str,
    reference: &str,
) -> Result<bool, Problem> {
    let late_by = scope.now.0.saturating_sub(at.0);
    let trusted = [Role::Agent, Role::Backend, Role::Admin].iter().any(|role| scope.is(*role));
    if late_by < LATE || trusted || !scope.is(Role::Cashier) {
        return Ok(false);
    }
    let tenant = scope.app.lookups.tenants.get(scope.tenant).await?;
    let days = tenant.and_then(|tenant| tenant.config.late_sale_days).unwrap_or(LATE_SALE_DAYS);
    if late_by <= i64::from(days) * DAY {
        return Ok(true);
    }
    let books = scope.app.ledger.books();
    if books.claimed(scope.tenant, source, reference).await?.is_some() {
        return Ok(false);
    }
    Err(Problem::new(422, "too_late").with("days", days.to_string()))
}

/// A purchase, with what it did at the time.
#[utoipa::path(get, path = "/purchases/{purchase}", tag = "purchases",
    params(("purchase" = String, Path, description = "The event's id")),
    responses((status = 200, body = PurchaseView)))]
async fn get_purchase(
    scope: Scope<App>,
    PathId(id): PathId<EventId>,
) -> Result<Json<PurchaseView>, Problem> {
    let missing = || Problem::not_found("purchase_not_found");
    let stored = scope.app.ledger.books().event(scope.tenant, id).await?.ok_or_else(missing)?;
    if stored.event.body.kind() != Kind::Purchase {
        return Err(missing());
    }
    scope.own_account(stored.event.account, "purchase_not_found")?;
    Ok(Json(view(&scope, &stored.event, &stored.outcome, false, true).await?))
}

fn purchase(new: &NewPurchase, currency: String) -> Purchase {
    Purchase {
        currency,
        lines: new.lines.iter().map(LineBody::line).collect(),
        store: new.store.clone(),
        channel: new.channel.clone(),
        attributes: new.attributes.clone(),
    }
}

async fn view(
    scope: &Scope<App>,
    event: &lazo_domain::event::Event,
    outcome: &lazo_domain::decision::Outcome,
    replayed: bool,
    explain: bool,
) -> Result<PurchaseView, Problem> {
    let (currency, lines) = match &event.body {
        Body::Purchase(purchase) => (purchase.currency.clone(), purchase.lines.clone()),
        _ => Default::default(),
    };
    let line = |line: Line| LineBody {
        product: line.product,
        category: line.category,
        brand: line.brand,
        quantity_milli: line.quantity_milli,
        net_minor: line.net_minor,
    };
    let receipt = if explain {
        ReceiptView::of(scope, event, outcome, replayed).await?
    } else {
        ReceiptView::brief(scope, event, outcome, replayed).await?
    };
    Ok(PurchaseView { receipt, currency, lines: lines.into_iter().map(line).collect() })
}
