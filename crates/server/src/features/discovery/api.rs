//! Endpoints of the discovery: how far it is, tactics with their votes, and what competitors give back.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Question, demand, forms, payout, progress, store, tactics, unwaive, waive};
use crate::App;
use crate::features::registers::{self, READERS, WRITERS};
use crate::http::{Access, NotKept, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/discovery", "discovery:read", READERS),
    Access::put("/discovery/gate", "discovery:write", WRITERS),
    Access::put("/discovery/waivers/{question}", "discovery:write", WRITERS).by_people(),
    Access::delete("/discovery/waivers/{question}", "discovery:write", WRITERS).by_people(),
    Access::get("/discovery/tactics", "discovery:read", READERS),
    Access::put("/discovery/tactics/{tactic}/votes/{function}", "discovery:write", WRITERS),
    Access::get("/discovery/competitors", "discovery:read", READERS),
    Access::post("/discovery/forms", "discovery:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_discovery))
        .routes(routes!(set_gate))
        .routes(routes!(waive_question, unwaive_question))
        .routes(routes!(list_tactics))
        .routes(routes!(vote_on_tactic))
        .routes(routes!(list_payouts))
        .routes(routes!(send_form))
}

/// How far a question is.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionView {
    /// `history`, `metrics`, `tactics`, `competitors`, `objectives` or `constraints`.
    question: &'static str,
    /// How much is written down to it.
    answers: i64,
    /// Is it answered or waived?
    done: bool,
    /// Why it was left open.
    #[serde(skip_serializing_if = "Option::is_none")]
    waived_because: Option<String>,
    /// Who decided that.
    #[serde(skip_serializing_if = "Option::is_none")]
    waived_by: Option<String>,
}

/// How far the discovery is.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscoveryView {
    /// Must it be complete before a program is built?
    demanded: bool,
    /// Is every question answered or waived?
    complete: bool,
    /// The questions.
    questions: Vec<QuestionView>,
}

/// Whether the discovery must be complete.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Must it be complete before a program is built?
    demanded: bool,
}

/// Why a question is left open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverBody {
    /// In 3 to 500 characters.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// A vote.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoteBody {
    /// From -2 (never) to 2 (by all means).
    #[schema(minimum = -2, maximum = 2)]
    vote: i64,
}

/// A tactic with what the functions think of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TacticView {
    /// Its code.
    code: &'static str,
    /// Its name in the caller's language.
    name: &'static str,
    /// How it rewards.
    mechanic: &'static str,
    /// `low`, `medium` or `high`.
    effort: &'static str,
    /// `low`, `medium` or `high`.
    cost: &'static str,
    /// What experience says of it.
    evidence: &'static str,
    /// What must be there first.
    needs: &'static str,
    /// The sum of the votes.
    score: i64,
    /// Each function's vote.
    votes: std::collections::BTreeMap<String, i64>,
}

/// The catalogue of tactics.
#[derive(Debug, Serialize, ToSchema)]
pub struct TacticsView {
    /// Those with the highest score first.
    items: Vec<TacticView>,
}

/// What a competitor gives back.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayoutView {
    /// The register's entry.
    #[schema(value_type = String)]
    entry: lazo_domain::ids::RegisterEntryId,
    /// Who.
    name: String,
    /// Hundredths of a percent of what is spent; 100 is 1.00 %.
    payout_hundredths: Option<i64>,
    /// When somebody looked last.
    checked_on: String,
    /// Is that more than 90 days ago?
    stale: bool,
}

/// What competitors give back.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayoutsView {
    /// In the order in which they were written down.
    items: Vec<PayoutView>,
}

/// What shall be asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    /// The register that the answer goes to.
    register: String,
    /// How many days the link works, 1 to 60.
    #[schema(minimum = 1, maximum = 60)]
    days: i64,
}

/// A form's link, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormView {
    /// Where it is answered, once.
    path: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// How far the discovery is, question by question.
#[utoipa::path(get, path = "/discovery", tag = "discovery",
    responses((status = 200, body = DiscoveryView)))]
async fn get_discovery(scope: Scope<App>) -> Result<Json<DiscoveryView>, Problem> {
    let db = &scope.app.db;
    let all = progress(db, scope.tenant).await?;
    let complete = all.iter().all(super::Progress::is_done);
    let view = |one: super::Progress| QuestionView {
        question: one.question.name(),
        answers: one.answers,
        done: one.is_done(),
        waived_because: one.waiver.as_ref().map(|waiver| waiver.reason.clone()),
        waived_by: one.waiver.map(|waiver| waiver.waived_by),
    };
    let demanded = store::is_demanded(db, scope.tenant).await?;
    Ok(Json(DiscoveryView { demanded, complete, questions: all.into_iter().map(view).collect() }))
}

/// Says whether the discovery must be complete before a program is built.
#[utoipa::path(put, path = "/discovery/gate", tag = "discovery", request_body = Gate,
    responses((status = 204)))]
async fn set_gate(scope: Scope<App>, Payload(gate): Payload<Gate>) -> Result<StatusCode, Problem> {
    demand(&scope, gate.demanded).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a question open, in the caller's name and with a reason.
#[utoipa::path(put, path = "/discovery/waivers/{question}", tag = "discovery", request_body = WaiverBody,
    params(("question" = String, Path)), responses((status = 204)))]
async fn waive_question(
    scope: Scope<App>,
    Path(question): Path<String>,
    Payload(body): Payload<WaiverBody>,
) -> Result<StatusCode, Problem> {
    waive(&scope, asked(&question)?, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a waiver back.
#[utoipa::path(delete, path = "/discovery/waivers/{question}", tag = "discovery",
    params(("question" = String, Path)), responses((status = 204)))]
async fn unwaive_question(
    scope: Scope<App>,
    Path(question): Path<String>,
) -> Result<StatusCode, Problem> {
    unwaive(&scope, asked(&question)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn asked(question: &str) -> Result<Question, Problem> {
    Question::named(question).ok_or_else(|| Problem::not_found("not_found"))
}

/// The catalogue of tactics with the votes on each.
#[utoipa::path(get, path = "/discovery/tactics", tag = "discovery",
    responses((status = 200, body = TacticsView)))]
async fn list_tactics(scope: Scope<App>) -> Result<Json<TacticsView>, Problem> {
    let votes = store::votes(&scope.app.db, scope.tenant).await?;
    let pick = |names: &'static std::collections::BTreeMap<String, String>| {
        scope.locale().pick(names).unwrap_or_default()
    };
    let view = |tactic: &'static tactics::Tactic| {
        let own = votes.iter().filter(|vote| vote.tactic == tactic.code);
        TacticView {
            code: &tactic.code,
            name: pick(&tactic.name),
            mechanic: &tactic.mechanic,
            effort: &tactic.effort,
            cost: &tactic.cost,
            evidence: pick(&tactic.evidence),
            needs: pick(&tactic.needs),
            score: own.clone().map(|vote| vote.vote).sum(),
            votes: own.map(|vote| (vote.function.clone(), vote.vote)).collect(),
        }
    };
    let mut items: Vec<TacticView> = tactics::all().iter().map(view).collect();
    items.sort_by_key(|tactic| std::cmp::Reverse(tactic.score));
    Ok(Json(TacticsView { items }))
}

/// Says what a function thinks of a tactic.
#[utoipa::path(put, path = "/discovery/tactics/{tactic}/votes/{function}", tag = "discovery",
    request_body = VoteBody, params(("tactic" = String, Path), ("function" = String, Path)),
    responses((status = 204)))]
async fn vote_on_tactic(
    scope: Scope<App>,
    Path((tactic, function)): Path<(String, String)>,
    Payload(body): Payload<VoteBody>,
) -> Result<StatusCode, Problem> {
    tactics::vote(&scope, &tactic, &function, body.vote).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What each competitor gives back, computed from the register.
#[utoipa::path(get, path = "/discovery/competitors", tag = "discovery",
    responses((status = 200, body = PayoutsView)))]
async fn list_payouts(scope: Scope<App>) -> Result<Json<PayoutsView>, Problem> {
    let today = today(&scope);
    let entries = registers::all(&scope, "competitors").await?;
    let view = |entry: registers::Entry| PayoutView {
        entry: entry.id,
        name: entry.text("name").to_owned(),
        payout_hundredths: payout::rate(&entry),
        checked_on: entry.text("checked_on").to_owned(),
        stale: payout::is_stale(&entry, today),
    };
    Ok(Json(PayoutsView { items: entries.into_iter().map(view).collect() }))
}

/// The day that it is for the tenant.
#[must_use]
pub fn today(scope: &Scope<App>) -> jiff::civil::Date {
    let tenancy = scope.caller.tenancy.as_ref();
    let zone = tenancy.map_or_else(lazo_domain::time::Zone::utc, |tenancy| tenancy.zone.clone());
    scope.now.local(&zone).date()
}

/// Makes a link by which somebody without a desk answers, once.
#[utoipa::path(post, path = "/discovery/forms", tag = "discovery", request_body = NewForm,
    responses((status = 201, body = FormView)))]
async fn send_form(
    scope: Scope<App>,
    Payload(new): Payload<NewForm>,
) -> Result<NotKept<(StatusCode, Json<FormView>)>, Problem> {
    let (path, expires_at) = forms::make(&scope, &new.register, new.days).await?;
    Ok(NotKept((StatusCode::CREATED, Json(FormView { path, expires_at }))))
}
