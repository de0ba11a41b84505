//! Endpoints of tiers.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::account::Account;
use lazo_domain::event::Body;
use lazo_domain::program::{Program, Provenance, TierGroup};
use lazo_domain::tiers::Ladder;
use lazo_domain::time::Timestamp;
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
use crate::http::{Access, Asked, PathId, Payload, Problem, Role, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get(
        "/members/{member}/tiers",
        "tiers:read",
        &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance],
    )
    .and_own(),
    Access::post("/members/{member}/tiers", "tiers:write", &[Role::ProgramManager, Role::Admin]),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_tiers, grant_tier))
}

/// Which program's ladders.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TierQuery {
    /// The program's code; the only one of the tenant when absent.
    program: Option<String>,
}

/// Where a member stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingsView {
    /// One per ladder.
    items: Vec<StandingView>,
}

/// Where a member stands on one ladder.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingView {
    /// The ladder's code.
    pub group: String,
    /// The step held; empty is below the first.
    pub tier: String,
    /// How it was obtained: `earned`, `matched`, `gifted`, `paid`, `lifetime` or `protected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub provenance: Option<Provenance>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// When it is looked at again; absent is never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
    /// What counts so far in the present window.
    pub measured: i64,
    /// The steps above, with what is still missing to each.
    pub path: Vec<PathView>,
}

/// A step that can still be reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct PathView {
    /// The step's code.
    pub tier: String,
    /// Its name by language.
    pub name: BTreeMap<String, String>,
    /// What must be counted to reach it: points, minor units or purchases, as the ladder measures.
    pub threshold: i64,
    /// What is still missing.
    pub missing: i64,
}

/// A tier to give by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStanding {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The ladder's code.
    group: String,
    /// The step's code.
    tier: String,
    /// Why: `matched`, `gifted`, `paid`, `lifetime` or `protected`.
    #[schema(value_type = String, example = "matched")]
    provenance: Provenance,
    /// Until when; the ladder's own term when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The caller's own name for it; the same one counts once.
    #[schema(min_length = 1, max_length = 200, example = "match-2026-31")]
    reference: String,
}

/// Where a member stands on each ladder, and what is missing to the steps above.
#[utoipa::path(get, path = "/members/{member}/tiers", tag = "tiers",
    params(("member" = String, Path), TierQuery), responses((status = 200, body = StandingsView)))]
async fn list_tiers(
    scope: Scope<App>,
    PathId(member): PathId<String>,
    Asked(query): Asked<TierQuery>,
) -> Result<Json<StandingsView>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let program = post::program(&scope, query.program.as_deref(), scope.now).await?;
    let found = scope.app.ledger.books().account(scope.tenant, member.account).await?;
    let account = found.ok_or_else(|| Problem::not_found("account_not_found"))?;
    let groups = program.tier_groups.values();
    let items = groups.map(|group| standing(&program, group, &account, scope.now)).collect();
    Ok(Json(StandingsView { items }))
}

/// Gives a tier by hand: matched, gifted, paid, for life, or protected.
#[utoipa::path(post, path = "/members/{member}/tiers", tag = "tiers",
    params(("member" = String, Path)), request_body = NewStanding,
    responses((status = 201, body = ReceiptView)))]
async fn grant_tier(
    scope: Scope<App>,
    PathId(member): PathId<String>,
    Payload(new): Payload<NewStanding>,
) -> Result<(StatusCode, Json<ReceiptView>), Problem> {
    if new.provenance == Provenance::Earned {
        return Err(Problem::field(
            "/provenance",
            "invalid",
            "a tier is earned by the ladder alone",
        ));
    }
    let member = members::resolve_active(&scope, &member).await?;
    let program = post::program(&scope, new.program.as_deref(), scope.now).await?;
    post::check_membership(&scope, &member, program.id)?;
    let detail = json!({ "group": new.group, "tier": new.tier });
    let body = Body::GrantTier {
        group: new.group,
        tier: new.tier,
        provenance: new.provenance,
        until: new.until,
    };
    let asked = post::Asked { source: "tier", reference: &new.reference, at: None };
    let event = post::event(&scope, &member, program.id, asked, body)?;
    let told = post::post_and_tell(&scope, &member, event, false).await?;
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(&scope, "tier.granted", told.id, detail)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// Where an account stands on a ladder at `now`.
#[must_use]
pub fn standing(
    program: &Program,
    group: &TierGroup,
    account: &Account,
    now: Timestamp,
) -> StandingView {
    let ladder = Ladder::of(program, group, account.enrolled_at);
    let measured = ladder.measured(&account.counters, now);
    let held = account.standings.get(&group.code);
    let tier = account.tier(&group.code);
    let above = group.tiers.iter().filter(|step| group.rank(&step.code) > group.rank(tier));
    let path = above.map(|step| PathView {
        tier: step.code.clone(),
        name: step.name.clone(),
        threshold: step.threshold,
        missing: (step.threshold - measured).max(0),
    });
    StandingView {
        group: group.code.clone(),
        tier: tier.to_owned(),
        provenance: held.map(|s| s.provenance),
        since: held.map(|s| s.since),
        valid_until: held.and_then(|s| s.review_at),
        measured,
        path: path.collect(),
    }
}
