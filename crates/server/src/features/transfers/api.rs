//! Endpoints of transfers.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::event::{Body, Event};
use lazo_domain::ids::{AccountId, PointTypeId};
use lazo_domain::points::Points;
use lazo_domain::program::Program;
use lazo_domain::time::Timestamp;
use lazo_store::{Command, PostError, Receipt};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members::{self, Member};
use crate::http::{Access, Payload, Problem, Role, Scope};

/// Who may call what. A member sends only what is the member's own.
pub const ACCESS: &[Access] =
    &[Access::post("/transfers", "transfers:write", &[Role::Agent, Role::Backend]).and_own()];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_transfer))
}

/// Points to move.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// Who sends: an id, or any identifier as `ext:<scheme>:<value>`.
    from: String,
    /// Who receives.
    to: String,
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The point type's code.
    #[schema(example = "points")]
    point_type: String,
    /// How many, in smallest units.
    #[schema(minimum = 1, example = 100)]
    points: i64,
    /// The caller's own name for it; the same one counts once.
    #[schema(min_length = 1, max_length = 200, example = "gift-17")]
    reference: String,
    /// When it counts; now when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// Moves points to another member. Both halves are done or neither.
#[utoipa::path(post, path = "/transfers", tag = "transfers", request_body = NewTransfer,
    responses((status = 201, body = ReceiptView)))]
async fn post_transfer(
    scope: Scope<App>,
    Payload(new): Payload<NewTransfer>,
) -> Result<(StatusCode, Json<ReceiptView>), Problem> {
    let from = members::resolve_active(&scope, &new.from).await?;
    scope.own_member(from.id)?;
    let to = members::resolve_active(&scope, &new.to).await?;
    let program =
        post::program(&scope, new.program.as_deref(), new.at.unwrap_or(scope.now)).await?;
    post::check_membership(&scope, &from, program.id)?;
    post::check_membership(&scope, &to, program.id)?;
    let it = Move {
        from: &from,
        to: &to,
        program: &program,
        point_type: post::point_type(&program, &new.point_type)?,
        points: new.points,
        reference: &new.reference,
        at: new.at,
    };
    let (out, receipt) = carry(&scope, it).await?;
    Ok((StatusCode::CREATED, Json(post::view(&scope, out, &receipt).await?)))
}

/// Points on their way from one member to another.
pub struct Move<'a> {
    /// Who gives.
    pub from: &'a Member,
    /// Who gets.
    pub to: &'a Member,
    /// By whose rules.
    pub program: &'a Program,
    /// Of which kind.
    pub point_type: PointTypeId,
    /// How many, in smallest units.
    pub points: i64,
    /// The giver's own name for it; the same one counts once.
    pub reference: &'a str,
    /// When it counts; now when absent.
    pub at: Option<Timestamp>,
}

/// Moves points: both halves are done or neither. A member whose address changed just now gives nothing.
pub async fn carry(scope: &Scope<App>, it: Move<'_>) -> Result<(Event, Receipt), Problem> {
    if scope.member().is_some() {
        let (db, now) = (&scope.app.db, scope.caller.real_now);
        if members::store::cooling_until(db, scope.tenant, it.from.id, now).await?.is_some() {
            return Err(Problem::new(409, "cooling_down"));
        }
    }
    let (point_type, to) = (it.point_type, it.to.account);
    let asked = post::Asked { source: "transfer", reference: it.reference, at: it.at };
    let body = Body::TransferOut { point_type, points: Points(it.points), to };
    let out = post::event(scope, it.from, it.program.id, asked, body)?;
    let (mut out, receipt) = match send(scope, &out, to).await {
        Err(error) if it.at.is_none() => {
            let meant = post::meant_now(scope, out, error).await?;
            let receipt = send(scope, &meant, to).await?;
            (meant, receipt)
        }
        answer => (out, answer?),
    };
    let detail = json!({ "to": to, "points": it.points });
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "points.transferred", receipt.event, detail)).await?;
    tx.commit().await?;
    out.id = receipt.event;
    Ok((out, receipt))
}

/// Posts both halves.
async fn send(scope: &Scope<App>, out: &Event, to: AccountId) -> Result<Receipt, PostError> {
    let body = Body::TransferIn { from: out.account, pieces: Vec::new() };
    let into = Event { account: to, body, ..out.clone() };
    scope.app.ledger.post_one(Command::Transfer { out: out.clone(), into }).await
}
