//! Endpoints of adjustments.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::event::Body;
use lazo_domain::ids::{AccountId, AdjustmentId, EventId, MemberId};
use lazo_domain::points::Points;
use lazo_domain::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Adjustment, State, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members;
use crate::http::{Access, Asked, Page, PathId, Payload, Problem, Role, Scope, window};

/// How long small adjustments of one account add up to a large one.
const SPLIT_MICROS: i64 = DAY;

/// Who may decide on what waits.
pub(super) const DECIDE: &[Role] = &[Role::Finance, Role::ProgramManager, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get(
        "/adjustments",
        "adjustments:read",
        &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin],
    ),
    Access::post(
        "/adjustments",
        "adjustments:write",
        &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin],
    ),
    Access::get(
        "/adjustments/{adjustment}",
        "adjustments:read",
        &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin],
    ),
    Access::post("/adjustments/{adjustment}/approve", "adjustments:decide", DECIDE),
    Access::post("/adjustments/{adjustment}/reject", "adjustments:decide", DECIDE),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_adjustments, post_adjustment))
        .routes(routes!(get_adjustment))
        .routes(routes!(approve_adjustment))
        .routes(routes!(reject_adjustment))
}

/// Points to add or take by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustment {
    /// Who: an id, or any identifier as `ext:<scheme>:<value>`.
    #[schema(example = "ext:email:ana@example.com")]
    pub member: String,
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    pub program: Option<String>,
    /// The point type's code.
    #[schema(example = "points")]
    pub point_type: String,
    /// More than zero adds, less takes; smallest units.
    #[schema(example = 50)]
    pub points: i64,
    /// One of the program's reasons.
    #[schema(example = "goodwill")]
    pub reason: String,
}

/// Which adjustments.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AdjustmentQuery {
    /// Only those that wait for a second person.
    #[serde(default)]
    pub pending: bool,
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
}

/// An adjustment and where it is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdjustmentView {
    /// Its id.
    #[schema(value_type = String, example = "adj_0000000000001")]
    pub id: AdjustmentId,
    /// Whose points.
    #[schema(value_type = String)]
    pub member: MemberId,
    /// On which account.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// The point type's code.
    pub point_type: String,
    /// More than zero adds, less takes; smallest units.
    pub points: i64,
    /// The reason's code.
    pub reason: String,
    /// `pending` (waits for a second person), `posted` or `rejected`.
    pub state: &'static str,
    /// Who asked.
    pub asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// The second person, if one was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The event in the ledger, once posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub event: Option<EventId>,
    /// What it did, in the answer that posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptView>,
}

/// The tenant's adjustments, newest first.
#[utoipa::path(get, path = "/adjustments", tag = "adjustments", params(AdjustmentQuery),
    responses((status = 200, body = Page<AdjustmentView>)))]
pub async fn list_adjustments(
    scope: Scope<App>,
    Asked(query): Asked<AdjustmentQuery>,
) -> Result<Json<Page<AdjustmentView>>, Problem> {
    let wish = window::<i64>("adjustments", query.limit, query.cursor.as_deref())?;
    let before = AdjustmentId(wish.after.unwrap_or(i64::MAX));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, query.pending, before, limit).await?;
    let types = post::point_types(&scope).await?;
    let show = |adjustment| view(adjustment, &types, None);
    Ok(Json(Page::of("adjustments", wish.limit, found, |a| a.id.0, show)))
}

/// Adds or takes points by hand. Above the program's limit, alone or with what one person did to the same account within
/// 24 hours, it waits (202) until a second person approves it.
#[utoipa::path(post, path = "/adjustments", tag = "adjustments", request_body = NewAdjustment,
    responses((status = 201, body = AdjustmentView), (status = 202, body = AdjustmentView)))]
pub async fn post_adjustment(
    scope: Scope<App>,
    Payload(new): Payload<NewAdjustment>,
) -> Result<(StatusCode, Json<AdjustmentView>), Problem> {
    let member = members::resolve(&scope, &new.member).await?;
    let program = post::program(&scope, new.program.as_deref(), scope.now).await?;
    let policy = &program.adjustments;
    if !policy.reasons.contains(&new.reason) {
        return Err(lazo_domain::refusal::Refusal::BadReason(new.reason).into());
    }
    let mut adjustment = Adjustment {
        id: AdjustmentId(scope.app.ids.next()),
        tenant: scope.tenant,
        member: member.id,
        account: member.account,
        program: program.id,
        point_type: post::point_type(&program, &new.point_type)?,
        points: Points(new.points),
        reason: new.reason,
        effective_at: scope.now,
        state: State::Pending,
        alone: false,
        asked_by: scope.actor().to_owned(),
        asked_at: scope.caller.real_now,
        decided_by: None,
        decided_at: None,
        event: None,
    };
    if let Some(before) = asked_before(&scope).await? {
        return again(&scope, &member, &adjustment, before).await;
    }
    let limit = policy.four_eyes_above.0.unsigned_abs();
    let large = new.points.unsigned_abs() > limit;
    if large {
        // What the ledger would refuse shall not wait for a second person.
        let event = event(&scope, &member, &adjustment)?;
        post::post(&scope, &member, event, true).await?;
    }
    let mut tx = scope.app.db.begin().await?;
    let detail = json!({ "points": new.points, "account": adjustment.account });
    let deed =
        Deed::of(&scope, "adjustment.asked", adjustment.id, detail).because(&adjustment.reason);
    // The log's end is locked first: two halves of a large one asked at once come one after the other.
    audit::record(&mut tx, &deed).await?;
    let since = scope.caller.real_now.plus_micros(-SPLIT_MICROS);
    let alone = store::by_one_person(&mut tx, &adjustment, since).await?;
    let two = large || alone.saturating_add(new.points.unsigned_abs()) > limit;
    adjustment.alone = !two;
    if !store::insert(&mut tx, &adjustment, scope.caller.given_key.as_deref()).await? {
        // A twin of this request was first, at this very moment.
        return Err(Problem::unavailable());
    }
    tx.commit().await?;
    if two {
        let types = post::point_types(&scope).await?;
        return Ok((StatusCode::ACCEPTED, Json(view(adjustment, &types, None))));
    }
    Ok((StatusCode::CREATED, Json(carry_out(&scope, &member, adjustment, None).await?)))
}

/// One adjustment.
#[utoipa::path(get, path = "/adjustments/{adjustment}", tag = "adjustments",
    params(("adjustment" = String, Path)), responses((status = 200, body = AdjustmentView)))]
async fn get_adjustment(
    scope: Scope<App>,
    PathId(id): PathId<AdjustmentId>,
) -> Result<Json<AdjustmentView>, Problem> {
    let found = find(&scope, id).await?;
    Ok(Json(view(found, &post::point_types(&scope).await?, None)))
}

/// Agrees to an adjustment that waits: it is posted. Whoever asked for it cannot.
#[utoipa::path(post, path = "/adjustments/{adjustment}/approve", tag = "adjustments",
    params(("adjustment" = String, Path)), responses((status = 200, body = AdjustmentView)))]
pub async fn approve_adjustment(
    scope: Scope<App>,
    PathId(id): PathId<AdjustmentId>,
) -> Result<Json<AdjustmentView>, Problem> {
    let adjustment = waiting(&scope, id).await?;
    let member = members::resolve(&scope, &adjustment.member.to_string()).await?;
    let by = scope.actor().to_owned();
    Ok(Json(carry_out(&scope, &member, adjustment, Some(by)).await?))
}

/// Says no to an adjustment that waits.
#[utoipa::path(post, path = "/adjustments/{adjustment}/reject", tag = "adjustments",
    params(("adjustment" = String, Path)), responses((status = 200, body = AdjustmentView)))]
pub async fn reject_adjustment(
    scope: Scope<App>,
    PathId(id): PathId<AdjustmentId>,
) -> Result<Json<AdjustmentView>, Problem> {
    let mut adjustment = waiting(&scope, id).await?;
    adjustment.decided_by = Some(scope.actor().to_owned());
    end(&scope, &mut adjustment, State::Rejected).await?;
    Ok(Json(view(adjustment, &post::point_types(&scope).await?, None)))
}

/// What was asked for under this request's key, when its answer is not kept (any more): its process died, or it is long
/// ago.
async fn asked_before(scope: &Scope<App>) -> Result<Option<Adjustment>, Problem> {
    match &scope.caller.given_key {
        Some(key) => Ok(store::by_key(&scope.app.db, scope.tenant, key).await?),
        None => Ok(None),
    }
}

/// Answers a request that came `before` as the first time, and brings to its end what it had begun.
async fn again(
    scope: &Scope<App>,
    member: &members::Member,
    asked: &Adjustment,
    before: Adjustment,
) -> Result<(StatusCode, Json<AdjustmentView>), Problem> {
    let what =
        |a: &Adjustment| (a.member, a.point_type, a.points, a.reason.clone(), a.asked_by.clone());
    if what(asked) != what(&before) {
        return Err(Problem::new(422, "idempotency_key_reused"));
    }
    if !before.alone {
        let types = post::point_types(scope).await?;
        return Ok((StatusCode::ACCEPTED, Json(view(before, &types, None))));
    }
    if before.state == State::Rejected {
        return Err(Problem::new(409, "adjustment_decided").with("state", before.state.name()));
    }
    Ok((StatusCode::CREATED, Json(carry_out(scope, member, before, None).await?)))
}

async fn find(scope: &Scope<App>, id: AdjustmentId) -> Result<Adjustment, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("adjustment_not_found"))
}

/// An adjustment that waits, for a person other than who asked.
async fn waiting(scope: &Scope<App>, id: AdjustmentId) -> Result<Adjustment, Problem> {
    let found = find(scope, id).await?;
    if found.state != State::Pending {
        return Err(Problem::new(409, "adjustment_decided").with("state", found.state.name()));
    }
    let db = &scope.app.db;
    let askers = audit::people_behind(db, scope.tenant, &found.asked_by).await?;
    if !askers.is_disjoint(&audit::people_behind(db, scope.tenant, scope.actor()).await?) {
        return Err(Problem::new(403, "four_eyes"));
    }
    Ok(found)
}

fn event(
    scope: &Scope<App>,
    member: &members::Member,
    adjustment: &Adjustment,
) -> Result<lazo_domain::event::Event, Problem> {
    let Adjustment { point_type, points, .. } = *adjustment;
    let body = Body::Adjust { point_type, points, reason: adjustment.reason.clone() };
    let reference = adjustment.id.to_string();
    // Where the clock was put back since it was asked for, it counts now.
    let at = Some(adjustment.effective_at.min(scope.now));
    let asked = post::Asked { source: "adjustment", reference: &reference, at };
    post::event(scope, member, adjustment.program, asked, body)
}

/// Posts an adjustment. Named after the adjustment, its event counts once however often this is tried.
async fn carry_out(
    scope: &Scope<App>,
    member: &members::Member,
    mut adjustment: Adjustment,
    second: Option<String>,
) -> Result<AdjustmentView, Problem> {
    let event = event(scope, member, &adjustment)?;
    let posted = post::post(scope, member, event.clone(), false).await;
    adjustment.decided_by = second;
    let receipt = match posted {
        Ok(receipt) => receipt,
        // One that needs nobody's word and is refused is over; one that waits may be approved later.
        Err(problem) if problem.status < 500 && adjustment.decided_by.is_none() => {
            end(scope, &mut adjustment, State::Rejected).await?;
            return Err(problem);
        }
        Err(problem) => return Err(problem),
    };
    adjustment.event = Some(receipt.event);
    end(scope, &mut adjustment, State::Posted).await?;
    let told = post::view(scope, event, &receipt).await?;
    Ok(view(adjustment, &post::point_types(scope).await?, Some(told)))
}

async fn end(scope: &Scope<App>, adjustment: &mut Adjustment, state: State) -> Result<(), Problem> {
    let (by, event) = (adjustment.decided_by.as_deref(), adjustment.event);
    let mut tx = scope.app.db.begin().await?;
    let at = scope.caller.real_now;
    let ended = store::decide(&mut tx, scope.tenant, adjustment.id, state, by, at, event).await?;
    if ended {
        let action =
            if state == State::Posted { "adjustment.posted" } else { "adjustment.rejected" };
        audit::record(&mut tx, &Deed::of(scope, action, adjustment.id, json!({ "event": event })))
            .await?;
    }
    tx.commit().await?;
    adjustment.state = state;
    Ok(())
}

fn view(
    adjustment: Adjustment,
    types: &crate::features::ledger::receipt::PointTypes,
    receipt: Option<ReceiptView>,
) -> AdjustmentView {
    let code = types.get(&adjustment.point_type).map(|(code, _)| code.clone());
    AdjustmentView {
        id: adjustment.id,
        member: adjustment.member,
        account: adjustment.account,
        point_type: code.unwrap_or_default(),
        points: adjustment.points.0,
        reason: adjustment.reason,
        state: adjustment.state.name(),
        asked_by: adjustment.asked_by,
        asked_at: adjustment.asked_at,
        decided_by: adjustment.decided_by,
        event: adjustment.event,
        receipt,
    }
}
