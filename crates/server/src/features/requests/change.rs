//! The way of a change: a draft is tried on all of history, those whom it concerns speak, it is released, and what it
//! did is measured by trying the version before it on what happened since.

use std::collections::BTreeSet;
use std::sync::Arc;

use lazo_domain::ids::{ProgramId, RequestId};
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::store::{self, Approval};
use super::{Request, get, keep};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::backtests::{self, Backtest, BacktestError, Report};
use crate::features::programs::{self, Version, VersionState};
use crate::features::{configuration, publishing, registers, sign_offs};
use crate::http::{Problem, Scope};
use crate::places::Kind;

/// Links the draft of a program to a request, with its impact on all of history; asks the functions that it concerns.
pub async fn attach(scope: &Scope<App>, id: RequestId, code: &str) -> Result<Request, Problem> {
    let mut request = get(scope, id).await?;
    if !request.is_open() || request.state == "released" {
        return Err(Problem::new(409, "request_closed"));
    }
    let (head, versions) = program(scope, code).await?;
    let of = |state| versions.iter().find(|version| version.state == state);
    let draft = of(VersionState::Draft).ok_or_else(|| Problem::new(409, "no_draft"))?;
    let live =
        of(VersionState::Published).ok_or_else(|| Problem::not_found("version_not_found"))?;
    let report = tried(scope, head, draft.config.clone(), (programs::BEGINNING, scope.now)).await?;
    let topics = sign_offs::topics(&live.config, &draft.config);
    let functions = sign_offs::concerned(&scope.app.db, scope.tenant, &topics).await?;
    request.kind = "change".to_owned();
    request.version = Some((head, draft.version));
    let exceeded = exceeded(scope, report.candidate.liability_minor).await?;
    let mut told = impact(live, draft, &report, &topics)?;
    told["exceeds"] = json!(exceeded);
    request.impact = Some(told);
    request.state = if functions.is_empty() { "approved" } else { "in_approval" }.to_owned();
    let mut tx = scope.app.db.begin().await?;
    store::ask(&mut tx, scope.tenant, id, &functions).await?;
    store::update(&mut tx, scope.tenant, &request).await?;
    let detail = json!({ "program": head, "version": draft.version, "functions": functions });
    audit::record(&mut tx, &Deed::of(scope, "request.draft_linked", id, detail)).await?;
    tx.commit().await?;
    Ok(request)
}

fn impact(
    live: &Version,
    draft: &Version,
    report: &Report,
    topics: &BTreeSet<&'static str>,
) -> Result<Value, Problem> {
    Ok(json!({
        "program": draft.config.code,
        "currency": draft.config.currency,
        "against_version": live.version,
        "changes": configuration::differences_of(&live.config, &draft.config)?,
        "topics": topics,
        "members": report.members,
        "events": report.baseline.events,
        "winners": report.winners,
        "losers": report.losers,
        "cost_minor": { "before": report.baseline.cost_minor, "after": report.candidate.cost_minor },
        "liability_minor": { "before": report.baseline.liability_minor, "after": report.candidate.liability_minor },
    }))
}

/// The limits on what may be owed that `liability_minor` is above.
async fn exceeded(scope: &Scope<App>, liability_minor: i64) -> Result<Vec<String>, Problem> {
    let limits = registers::all(scope, "constraints").await?;
    let above = limits.iter().filter(|limit| {
        limit.text("limit") == "maximum_liability"
            && limit.whole("amount").is_some_and(|most| liability_minor > most)
    });
    Ok(above.map(|limit| limit.text("name").to_owned()).collect())
}

async fn program(scope: &Scope<App>, code: &str) -> Result<(ProgramId, Vec<Version>), Problem> {
    let db = &scope.app.db;
    let head = programs::store::by_code(db, scope.tenant, code).await?;
    let head = head.ok_or_else(|| Problem::not_found("program_not_found"))?;
    Ok((head.id, programs::store::versions(db, scope.tenant, head.id).await?))
}

/// History under `candidate` from `since` until `at`, beside what is live.
async fn tried(
    scope: &Scope<App>,
    program: ProgramId,
    candidate: ProgramConfig,
    (since, at): (Timestamp, Timestamp),
) -> Result<Report, Problem> {
    let asked = Backtest { tenant: scope.tenant, program, candidate, since, at };
    let progress = Arc::new(backtests::Progress::default());
    let app = &scope.app;
    let _place = app.places.take(scope.tenant, Kind::Replay).await?;
    backtests::run(&app.db, &app.programs, asked, progress).await.map_err(|error| match error {
        BacktestError::Candidate(errors) => errors.into(),
        BacktestError::Store(error) => error.into(),
    })
}

/// SHA-256 of what is agreed to: which version, and what trying it on all of history came to.
#[must_use]
pub fn digest(request: &Request) -> Option<String> {
    let (program, version) = request.version?;
    let agreed = json!({
        "request": request.id, "program": program, "version": version, "impact": request.impact.as_ref()?,
    });
    let octets = Sha256::digest(agreed.to_string());
    Some(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

/// Speaks for a function on the change of a digest, and on no other that took its place; a yes is its signature on the
/// version as well.
pub async fn decide(
    scope: &Scope<App>,
    id: RequestId,
    (function, shown): (&str, &str),
    approved: bool,
    note: &str,
) -> Result<Request, Problem> {
    let mut request = get(scope, id).await?;
    let waits = matches!(request.state.as_str(), "in_approval" | "approved");
    let Some((program, version)) = request.version.filter(|_| waits) else {
        return Err(Problem::new(409, "request_not_in_approval"));
    };
    let digest = digest(&request).filter(|digest| digest.eq_ignore_ascii_case(shown));
    let digest = digest.ok_or_else(|| Problem::new(409, "other_change"))?;
    let function = sign_offs::must_speak_for(scope, function).await?;
    still_against(scope, program, &request).await?;
    let asked = store::approvals(&scope.app.db, scope.tenant, id).await?;
    if !asked.iter().any(|approval| approval.function == function) {
        return Err(Problem::not_found("not_found"));
    }
    let draft = linked(scope, &request).await?;
    let draft = draft.filter(|draft| draft.state == VersionState::Draft);
    let draft = draft.ok_or_else(|| Problem::new(409, "no_draft"))?;
    sign_offs::sign(scope, &draft, function, approved, note).await?;
    let verdict = if approved { "approved" } else { "rejected" };
    let approval = Approval {
        function: function.to_owned(),
        verdict: Some(verdict.to_owned()),
        note: note.trim().to_owned(),
        decided_by: Some(scope.actor().to_owned()),
        decided_at: Some(scope.caller.real_now),
        digest: Some(digest.clone()),
    };
    let rest = asked.iter().filter(|approval| approval.function != function);
    let all = rest.clone().all(|approval| approval.verdict.as_deref() == Some("approved"));
    request.state = match (approved, all) {
        (false, _) => "rejected",
        (true, true) => "approved",
        (true, false) => "in_approval",
    }
    .to_owned();
    let mut tx = scope.app.db.begin().await?;
    if !store::decide(&mut tx, scope.tenant, id, &approval).await? {
        return Err(Problem::new(409, "other_change"));
    }
    store::update(&mut tx, scope.tenant, &request).await?;
    let detail =
        json!({ "function": function, "verdict": verdict, "version": version, "sha256": digest });
    audit::record(&mut tx, &Deed::of(scope, "request.decided", id, detail)).await?;
    tx.commit().await?;
    Ok(request)
}

/// Refuses a change that was tried against another version than the one in force: what was shown is no longer so.
async fn still_against(
    scope: &Scope<App>,
    program: ProgramId,
    request: &Request,
) -> Result<(), Problem> {
    let versions = programs::store::versions(&scope.app.db, scope.tenant, program).await?;
    let live = versions.iter().find(|version| version.state == VersionState::Published);
    let against = request.impact.as_ref().and_then(|told| told["against_version"].as_i64());
    if live.map(|live| live.version) == against {
        return Ok(());
    }
    Err(Problem::new(409, "other_change"))
}

/// The version that a request's change is made of.
pub async fn linked(scope: &Scope<App>, request: &Request) -> Result<Option<Version>, Problem> {
    let Some((program, version)) = request.version else { return Ok(None) };
    Ok(programs::store::version_of(&scope.app.db, scope.tenant, program, version).await?)
}

/// Publishes an approved change, in the name of somebody who did not write it.
pub async fn release(scope: &Scope<App>, id: RequestId) -> Result<Request, Problem> {
    let mut request = get(scope, id).await?;
    if request.state != "approved" {
        return Err(Problem::new(409, "request_not_approved"));
    }
    let digest = digest(&request);
    let agreed = store::approvals(&scope.app.db, scope.tenant, id).await?;
    if agreed.iter().any(|approval| approval.digest != digest) {
        return Err(Problem::new(409, "request_not_approved"));
    }
    if let Some((program, _)) = request.version {
        still_against(scope, program, &request).await?;
    }
    let after = request.impact.as_ref().and_then(|told| told["liability_minor"]["after"].as_i64());
    // A limit may have been raised or lowered since the impact was computed.
    let exceeded = exceeded(scope, after.unwrap_or(0)).await?;
    if !exceeded.is_empty() {
        return Err(Problem::new(409, "limit_exceeded").with("limits", exceeded.join(", ")));
    }
    let draft = linked(scope, &request).await?;
    let draft = draft.filter(|draft| draft.state == VersionState::Draft);
    // Another draft took its place: what was approved is no longer what would be published.
    let draft = draft.ok_or_else(|| Problem::new(409, "no_draft"))?;
    publishing::publish_by(scope, &draft.config.code, Some(draft.version)).await?;
    request.state = "released".to_owned();
    let detail = json!({ "program": draft.program, "version": draft.version });
    keep(scope, &request, "request.released", detail).await?;
    Ok(request)
}

/// What a released change did: what was given since, less what the version before it would have given.
pub async fn measure(scope: &Scope<App>, id: RequestId) -> Result<Request, Problem> {
    let mut request = get(scope, id).await?;
    if !matches!(request.state.as_str(), "released" | "measured") {
        return Err(Problem::new(409, "request_not_released"));
    }
    let Some(version) = linked(scope, &request).await? else {
        return Err(Problem::not_found("version_not_found"));
    };
    let (_, versions) = program(scope, &version.config.code).await?;
    let mut earlier = versions.iter().filter(|known| known.state == VersionState::Published);
    let before = earlier.find(|known| known.version < version.version);
    let before = before.ok_or_else(|| Problem::not_found("version_not_found"))?;
    // Only from the release on, and only until the next version: what came before or after is no effect of this one.
    let mut later = versions.iter().filter(|known| known.state == VersionState::Published);
    let next = later.rfind(|known| known.version > version.version).and_then(|v| v.effective_from);
    let from = version.effective_from.unwrap_or(scope.now);
    let until =
        next.filter(|next| *next < scope.now).map_or(scope.now, |next| next.plus_micros(-1));
    let report = tried(scope, version.program, before.config.clone(), (from, until)).await?;
    let (actual, without) = (&report.baseline, &report.candidate);
    request.result = Some(json!({
        "currency": version.config.currency,
        "since": version.effective_from,
        "as_of": until,
        "cost_minor": { "with": actual.cost_minor, "without": without.cost_minor },
        "liability_minor": { "with": actual.liability_minor, "without": without.liability_minor },
        "events": actual.events,
        "winners": report.losers,
        "losers": report.winners,
    }));
    request.state = "measured".to_owned();
    request.resolved_at.get_or_insert(scope.caller.real_now);
    keep(scope, &request, "request.measured", json!({ "version": version.version })).await?;
    Ok(request)
}
