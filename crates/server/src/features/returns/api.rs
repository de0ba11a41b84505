//! Endpoints of returns.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::event::{Body, Kind, PurchaseRef, Return, ReturnLine};
use lazo_domain::ids::EventId;
use lazo_domain::time::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::post::{self, PostQuery};
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members;
use crate::http::{Access, Asked, PathId, Payload, Problem, Role, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::post("/returns", "returns:write", &[Role::Cashier, Role::Agent, Role::Backend])
        .one_posting(),
    Access::get(
        "/returns/{return}",
        "returns:read",
        &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance],
    )
    .and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_return)).routes(routes!(get_return))
}

/// Something that a member brings back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// Who: an id, or any identifier as `ext:<scheme>:<value>`.
    #[schema(example = "ext:email:ana@example.com")]
    pub member: String,
    /// The purchase it belongs to.
    pub purchase: PurchaseName,
    /// Where it comes from; with `reference` it is unique for ever. `api` when absent.
    #[serde(default)]
    #[schema(max_length = 200, example = "pos:store-12")]
    pub source: Option<String>,
    /// The source's own name for it, such as the number of the credit note.
    #[schema(min_length = 1, max_length = 200, example = "R-2026-000007")]
    pub reference: String,
    /// When it counts; now when absent. Never in the future.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Which lines, and how much of each; all that is left of the purchase when absent.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub lines: Vec<ReturnLineBody>,
}

/// How a return names its purchase: by its id, or by source and reference.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchaseName {
    /// The purchase's id.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "evt_0000000000001")]
    pub id: Option<EventId>,
    /// The purchase's source; `api` when absent.
    #[serde(default)]
    pub source: Option<String>,
    /// The purchase's reference, such as its receipt number.
    #[serde(default)]
    pub reference: Option<String>,
}

/// A part of one line.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnLineBody {
    /// The line's place in the purchase, from 0.
    #[schema(minimum = 0, maximum = 1999)]
    pub line: u16,
    /// Thousandths of a unit brought back.
    #[schema(minimum = 1, example = 1000)]
    pub quantity_milli: i64,
}

/// Posts a return: what the purchase gave for the returned part is taken back, at the rate of then.
///
/// What had already expired is not taken twice; what was already spent becomes what the program's policy says.
#[utoipa::path(post, path = "/returns", tag = "returns", params(PostQuery),
    request_body = NewReturn, responses(
        (status = 201, body = ReceiptView), (status = 200, body = ReceiptView, description = "A dry run")))]
async fn post_return(
    scope: Scope<App>,
    Asked(query): Asked<PostQuery>,
    Payload(new): Payload<NewReturn>,
) -> Result<(StatusCode, Json<ReceiptView>), Problem> {
    let view = give_back(&scope, &new, query.dry_run).await?;
    Ok((if query.dry_run { StatusCode::OK } else { StatusCode::CREATED }, Json(view)))
}

/// A return, with what it did at the time.
#[utoipa::path(get, path = "/returns/{return}", tag = "returns",
    params(("return" = String, Path, description = "The event's id")),
    responses((status = 200, body = ReceiptView)))]
async fn get_return(
    scope: Scope<App>,
    PathId(id): PathId<EventId>,
) -> Result<Json<ReceiptView>, Problem> {
    post::told(&scope, id, &[Kind::Return], "return_not_found").await.map(Json)
}

/// Posts `new`, or says what it would do.
pub async fn give_back(
    scope: &Scope<App>,
    new: &NewReturn,
    dry_run: bool,
) -> Result<ReceiptView, Problem> {
    let member = members::resolve(scope, &new.member).await?;
    let purchase = named(&new.purchase)?;
    let bought = find(scope, &purchase).await?;
    if bought.event.account != member.account {
        return Err(Problem::not_found("purchase_not_found"));
    }
    let lines = new.lines.iter().map(|line| ReturnLine {
        line: usize::from(line.line),
        quantity_milli: line.quantity_milli,
    });
    let body = Body::Return(Return { purchase, lines: lines.collect() });
    let source = new.source.as_deref().unwrap_or("api");
    let asked = post::Asked { source, reference: &new.reference, at: new.at };
    let event = post::event(scope, &member, bought.event.program, asked, body)?;
    post::post_and_tell(scope, &member, event, dry_run).await
}

fn named(name: &PurchaseName) -> Result<PurchaseRef, Problem> {
    match (name.id, &name.source, &name.reference) {
        (Some(id), None, None) => Ok(PurchaseRef::Event(id)),
        (None, source, Some(reference)) => Ok(PurchaseRef::Source {
            source: source.clone().unwrap_or_else(|| "api".to_owned()),
            source_ref: reference.clone(),
        }),
        _ => {
            Err(Problem::field("/purchase", "invalid", "give its id, or its source and reference"))
        }
    }
}

async fn find(
    scope: &Scope<App>,
    name: &PurchaseRef,
) -> Result<lazo_store::ledger::StoredEvent, Problem> {
    let missing = || Problem::not_found("purchase_not_found");
    let books = scope.app.ledger.books();
    let id = match name {
        PurchaseRef::Event(id) => *id,
        PurchaseRef::Source { source, source_ref } => {
            let claimed = books.claimed(scope.tenant, source, source_ref).await?;
            claimed.ok_or_else(missing)?.1
        }
    };
    let found = books.event(scope.tenant, id).await?.ok_or_else(missing)?;
    if found.event.body.kind() == Kind::Purchase { Ok(found) } else { Err(missing()) }
}
