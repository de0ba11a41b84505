//! Endpoints of recommendations: proposing from a finding, deciding, linking the change, measuring.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::RecommendationId;
use lazo_measures::closing::Calibration;
use lazo_measures::diagnosis::{Verdict, judge, rule};
use lazo_measures::stats::intervals::Interval;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Measured, Recommendation, State, calibrated, store};
use crate::App;
use crate::features::measures::api::{Asking, READERS, asked_board, asking};
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Role, Scope};

const WRITERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Admin];
const DECIDERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// The longest reason or name of a change, in characters.
const MAX_WORDS: usize = 2_000;
/// Recommendations that calibration looks at: years of them.
const MOST_JUDGED: i64 = 1_000;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/recommendations", "recommendations:read", READERS),
    Access::post("/recommendations", "recommendations:write", WRITERS),
    Access::get("/recommendations/calibration", "recommendations:read", READERS),
    Access::post("/recommendations/{recommendation}/decide", "recommendations:decide", DECIDERS),
    Access::post("/recommendations/{recommendation}/implement", "recommendations:write", WRITERS),
    Access::post("/recommendations/{recommendation}/measure", "recommendations:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_recommendations, post_recommendation))
        .routes(routes!(get_calibration))
        .routes(routes!(decide))
        .routes(routes!(implement))
        .routes(routes!(measure))
}

/// A proposal, from a rule that fires at present.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecommendation {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The rule.
    #[schema(example = "D4")]
    rule: String,
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecommendationDecision {
    /// Shall it be done?
    pub accept: bool,
    /// Why; needed where it shall not.
    #[serde(default)]
    pub reason: String,
}

/// What was changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Implemented {
    /// A program's version, a campaign, a course: whatever can be looked up.
    #[schema(example = "aurora-puntos version 4")]
    pub change: String,
}

/// A measured effect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeasurement {
    /// The estimate, in the unit of the rule's expectation.
    pub estimate: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A recommendation.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecommendationView {
    /// Its id.
    #[schema(value_type = String)]
    id: RecommendationId,
    /// The rule.
    rule: String,
    /// `proposed`, `accepted`, `rejected`, `implemented` or `measured`.
    state: &'static str,
    /// The indicator that should move.
    kpi: String,
    /// The expected range, and whether it is relative.
    expected: (f64, f64),
    /// Are both ends relative to the present value?
    relative: bool,
    /// Why it was decided so.
    reason: Option<String>,
    /// What was changed.
    change: Option<String>,
    /// What was measured.
    #[schema(value_type = Option<Object>)]
    measured: Option<Measured>,
}

/// Recommendations, the newest first.
#[utoipa::path(get, path = "/recommendations", tag = "recommendations", params(PageQuery),
    responses((status = 200, body = Page<RecommendationView>)))]
async fn list_recommendations(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<RecommendationView>>, Problem> {
    let wish = query.window::<i64>("recommendations")?;
    let before = RecommendationId(wish.after.unwrap_or(i64::MAX));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("recommendations", wish.limit, found, |one| one.id.0, view)))
}

/// Proposes what a rule recommends; the rule must fire over the last quarter.
#[utoipa::path(post, path = "/recommendations", tag = "recommendations", request_body = NewRecommendation,
    responses((status = 201, body = RecommendationView)))]
async fn post_recommendation(
    scope: Scope<App>,
    Payload(new): Payload<NewRecommendation>,
) -> Result<(StatusCode, Json<RecommendationView>), Problem> {
    let asking = asking(&scope, new.program.as_deref(), None, None).await?;
    Ok((StatusCode::CREATED, Json(view(propose(&scope, &asking, &new.rule).await?))))
}

/// Proposes what a rule recommends, with the evidence of this moment.
pub async fn propose(
    scope: &Scope<App>,
    asking: &Asking,
    rule_id: &str,
) -> Result<Recommendation, Problem> {
    let unknown = || Problem::field("/rule", "unknown", "a rule from D1 to D46");
    let rule = rule(rule_id).ok_or_else(unknown)?;
    let outcome = judge(rule, &asked_board(scope, asking).await?.facts);
    if !matches!(outcome.verdict, Verdict::Fired | Verdict::CauseNotTested) {
        return Err(Problem::new(409, "rule_quiet").with("rule", rule_id));
    }
    let shape = |error: serde_json::Error| lazo_store::StoreError::Shape(error.to_string());
    let one = Recommendation {
        id: RecommendationId(scope.app.ids.next()),
        program: asking.program.id,
        rule: rule_id.to_owned(),
        state: State::Proposed,
        evidence: serde_json::to_string(&outcome).map_err(shape)?,
        proposed_by: scope.actor().to_owned(),
        proposed_at: scope.caller.real_now,
        decided_by: None,
        decided_at: None,
        reason: None,
        change: None,
        measured: None,
        closed_at: None,
    };
    store::insert(&scope.app.db, scope.tenant, &one).await?;
    Ok(one)
}

/// Accepts a proposal, or rejects it with a reason.
#[utoipa::path(post, path = "/recommendations/{recommendation}/decide", tag = "recommendations",
    params(("recommendation" = String, Path)), request_body = RecommendationDecision,
    responses((status = 200, body = RecommendationView)))]
async fn decide(
    scope: Scope<App>,
    PathId(id): PathId<RecommendationId>,
    Payload(decision): Payload<RecommendationDecision>,
) -> Result<Json<RecommendationView>, Problem> {
    Ok(Json(view(decided(&scope, id, decision).await?)))
}

/// Decides on a proposal.
pub async fn decided(
    scope: &Scope<App>,
    id: RecommendationId,
    decision: RecommendationDecision,
) -> Result<Recommendation, Problem> {
    if !decision.accept && decision.reason.trim().is_empty() {
        return Err(Problem::field("/reason", "required", "say why not"));
    }
    words("/reason", &decision.reason)?;
    let state = if decision.accept { State::Accepted } else { State::Rejected };
    move_on(scope, id, &[State::Proposed], |one| {
        one.state = state;
        one.decided_by = Some(scope.actor().to_owned());
        one.decided_at = Some(scope.caller.real_now);
        one.reason = Some(decision.reason).filter(|reason| !reason.trim().is_empty());
    })
    .await
}

/// Says what was changed to follow a recommendation.
#[utoipa::path(post, path = "/recommendations/{recommendation}/implement", tag = "recommendations",
    params(("recommendation" = String, Path)), request_body = Implemented,
    responses((status = 200, body = RecommendationView)))]
async fn implement(
    scope: Scope<App>,
    PathId(id): PathId<RecommendationId>,
    Payload(done): Payload<Implemented>,
) -> Result<Json<RecommendationView>, Problem> {
    Ok(Json(view(implemented(&scope, id, done).await?)))
}

/// Links the change that follows a recommendation.
pub async fn implemented(
    scope: &Scope<App>,
    id: RecommendationId,
    done: Implemented,
) -> Result<Recommendation, Problem> {
    if done.change.trim().is_empty() {
        return Err(Problem::field("/change", "required", "say what was changed"));
    }
    words("/change", &done.change)?;
    move_on(scope, id, &[State::Accepted], |one| {
        one.state = State::Implemented;
        one.change = Some(done.change);
    })
    .await
}

/// Records the measured effect, which closes the recommendation: a success only where the whole interval lies on the side
/// that was wanted.
#[utoipa::path(post, path = "/recommendations/{recommendation}/measure", tag = "recommendations",
    params(("recommendation" = String, Path)), request_body = NewMeasurement,
    responses((status = 200, body = RecommendationView)))]
async fn measure(
    scope: Scope<App>,
    PathId(id): PathId<RecommendationId>,
    Payload(new): Payload<NewMeasurement>,
) -> Result<Json<RecommendationView>, Problem> {
    Ok(Json(view(measured(&scope, id, &new).await?)))
}

/// Closes a recommendation with its measured effect.
pub async fn measured(
    scope: &Scope<App>,
    id: RecommendationId,
    new: &NewMeasurement,
) -> Result<Recommendation, Problem> {
    let found = find(scope, id).await?;
    let interval = Interval { low: new.low, high: new.high };
    let measured = Measured::of(&found.rule, new.estimate, interval);
    let outside = || Problem::field("/estimate", "out_of_range", "low ≤ estimate ≤ high");
    let measured = measured.ok_or_else(outside)?;
    move_on(scope, id, &[State::Implemented], |one| {
        one.state = State::Measured;
        one.measured = Some(measured);
        one.closed_at = Some(scope.caller.real_now);
    })
    .await
}

/// How good the predictions were; `null` while nothing is measured.
#[utoipa::path(get, path = "/recommendations/calibration", tag = "recommendations",
    responses((status = 200, body = Option<Object>)))]
async fn get_calibration(scope: Scope<App>) -> Result<Json<Option<Calibration>>, Problem> {
    let all = RecommendationId(i64::MAX);
    let all = store::page(&scope.app.db, scope.tenant, all, MOST_JUDGED).await?;
    Ok(Json(calibrated(&all)))
}

async fn find(scope: &Scope<App>, id: RecommendationId) -> Result<Recommendation, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("recommendation_not_found"))
}

fn words(pointer: &'static str, text: &str) -> Result<(), Problem> {
    if text.chars().count() > MAX_WORDS || text.contains('\0') {
        return Err(Problem::field(pointer, "out_of_range", "at most 2,000 characters"));
    }
    Ok(())
}

/// One step on the way: refused where the recommendation stands elsewhere.
async fn move_on(
    scope: &Scope<App>,
    id: RecommendationId,
    from: &[State],
    change: impl FnOnce(&mut Recommendation),
) -> Result<Recommendation, Problem> {
    let mut one = find(scope, id).await?;
    let before = one.state;
    let elsewhere = || Problem::new(409, "recommendation_elsewhere").with("state", before.name());
    if !from.contains(&before) {
        return Err(elsewhere());
    }
    change(&mut one);
    if !store::step(&scope.app.db, scope.tenant, before, &one).await? {
        return Err(elsewhere());
    }
    Ok(one)
}

fn view(one: Recommendation) -> RecommendationView {
    let effect = rule(&one.rule).map(|rule| rule.effect.clone());
    RecommendationView {
        id: one.id,
        state: one.state.name(),
        kpi: effect.as_ref().map(|effect| effect.kpi.clone()).unwrap_or_default(),
        expected: effect.as_ref().map_or((0.0, 0.0), |effect| (effect.low, effect.high)),
        relative: effect.is_some_and(|effect| effect.relative),
        rule: one.rule,
        reason: one.reason,
        change: one.change,
        measured: one.measured,
    }
}
