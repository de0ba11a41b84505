//! Endpoints of earning rules: read them, and examine what they would give.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use lazo_domain::account::Account;
use lazo_domain::decision::{Change, Outcome, Side};
use lazo_domain::event::{Custom, Facts, Purchase};
use lazo_domain::ids::{AccountId, MemberId, PointTypeId};
use lazo_domain::points::Points;
use lazo_domain::program::{Program, ProgramConfig};
use lazo_domain::rules::{EarnInput, Earned, EarningRule, Subject};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::Speaker;
use crate::features::ledger::post;
use crate::features::members;
use crate::features::programs::{self, VersionState};
use crate::features::purchases::api::{LineBody, check_lines};
use crate::http::{Access, Asked, Payload, Problem, Role, Scope};

const READERS: &[Role] =
    &[Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin, Role::Backend];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/earning-rules", "earning-rules:read", READERS),
    Access::post("/earning-rules/examine", "earning-rules:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_earning_rules)).routes(routes!(examine_earning_rules))
}

/// Which program's rules.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// The program's code; the only one of the tenant when absent.
    program: Option<String>,
}

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesView {
    /// The program's code.
    program: String,
    /// The version in force.
    version: i64,
    /// The rules as they are written in the program's document.
    #[schema(value_type = Vec<Object>)]
    items: Vec<EarningRule>,
}

/// What to examine: a purchase (`lines`) or an event (`name`), for a member or for a new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Examination {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// Under the draft that waits instead of the version in force.
    #[serde(default)]
    draft: bool,
    /// Whose caps, tiers and history count; somebody who joined now when absent.
    #[serde(default)]
    member: Option<String>,
    /// When; now when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// A purchase's lines.
    #[serde(default)]
    #[schema(max_items = 2000)]
    lines: Vec<LineBody>,
    /// ISO 4217 code; the program's when absent.
    #[serde(default)]
    currency: Option<String>,
    /// The store's code.
    #[serde(default)]
    store: Option<String>,
    /// `pos`, `web`, `app`, …
    #[serde(default)]
    channel: Option<String>,
    /// An event's name, instead of lines.
    #[serde(default)]
    name: Option<String>,
    /// An event's whole numbers.
    #[serde(default)]
    numbers: BTreeMap<String, i64>,
    /// What else rules may ask for.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// What the rules would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExaminationView {
    /// The program's version that was asked; 0 is the draft.
    version: i64,
    /// What each rule would give, in the order in which rules are looked at.
    awards: Vec<AwardView>,
    /// One line that sums up.
    headline: String,
    /// The reasons, one sentence each, also for every zero.
    details: Vec<String>,
}

/// What one rule would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardView {
    /// The rule's code, or `tier:<ladder>` for a tier's multiplier.
    rule: String,
    /// The point type's code.
    point_type: String,
    /// How many smallest units.
    points: i64,
    /// Each line's share.
    shares: Vec<i64>,
}

/// The earning rules in force, as they are written.
#[utoipa::path(get, path = "/earning-rules", tag = "earning-rules", params(RuleQuery),
    responses((status = 200, body = RulesView)))]
async fn list_earning_rules(
    scope: Scope<App>,
    Asked(query): Asked<RuleQuery>,
) -> Result<Json<RulesView>, Problem> {
    let program = post::program(&scope, query.program.as_deref(), scope.now).await?;
    let document = document(&scope, &program).await?;
    let items = document.earning_rules.clone();
    Ok(Json(RulesView { program: program.code.clone(), version: program.version, items }))
}

/// Says what a purchase or an event would earn, rule by rule, and does nothing.
#[utoipa::path(post, path = "/earning-rules/examine", tag = "earning-rules",
    request_body = Examination, responses((status = 200, body = ExaminationView)))]
async fn examine_earning_rules(
    scope: Scope<App>,
    Payload(asked): Payload<Examination>,
) -> Result<Json<ExaminationView>, Problem> {
    if asked.lines.is_empty() == asked.name.is_none() {
        let detail = "give the lines of a purchase, or the name of an event";
        return Err(Problem::field("/lines", "invalid", detail));
    }
    if asked.name.is_none() {
        check_lines(&asked.lines, "/lines")?;
    }
    let at = asked.at.unwrap_or(scope.now);
    let live = post::program(&scope, asked.program.as_deref(), at).await?;
    let (program, document) = if asked.draft {
        draft(&scope, &live).await?
    } else {
        (Arc::clone(&live), document(&scope, &live).await?)
    };
    let (account, facts) = subject(&scope, &asked, at).await?;
    let purchase = purchase(&asked, &program);
    let custom = asked.name.map(|name| Custom {
        name,
        numbers: asked.numbers,
        attributes: asked.attributes,
    });
    let earned = program.rules.evaluate(&EarnInput {
        subject: custom.as_ref().map_or(Subject::Purchase(&purchase), Subject::Custom),
        at,
        program: &program,
        facts: &facts,
        reasons: true,
        standings: &account.standings,
        counters: &account.counters,
    });
    Ok(Json(view(&scope, &program, &document, earned)))
}

fn purchase(asked: &Examination, program: &Program) -> Purchase {
    Purchase {
        currency: asked.currency.clone().unwrap_or_else(|| program.currency.code().to_owned()),
        lines: asked.lines.iter().map(LineBody::line).collect(),
        store: asked.store.clone(),
        channel: asked.channel.clone(),
        attributes: asked.attributes.clone(),
    }
}

/// The account and facts of the member asked for, or of somebody who joined at `at`.
async fn subject(
    scope: &Scope<App>,
    asked: &Examination,
    at: Timestamp,
) -> Result<(Account, Facts), Problem> {
    let Some(text) = &asked.member else {
        let account = Account::new(scope.tenant, AccountId(0), MemberId(0), at);
        return Ok((account, Facts::default()));
    };
    let member = members::resolve(scope, text).await?;
    let found = scope.app.ledger.books().account(scope.tenant, member.account).await?;
    let account = found.ok_or_else(|| Problem::not_found("account_not_found"))?;
    Ok((account, members::facts(&member)))
}

async fn document(scope: &Scope<App>, program: &Program) -> Result<Arc<ProgramConfig>, Problem> {
    let found = scope.app.programs.document(scope.tenant, program.id, program.version).await?;
    found.ok_or_else(|| Problem::not_found("program_not_found"))
}

/// The draft that waits, compiled.
async fn draft(
    scope: &Scope<App>,
    live: &Program,
) -> Result<(Arc<Program>, Arc<ProgramConfig>), Problem> {
    let db = &scope.app.db;
    let versions = programs::store::versions(db, scope.tenant, live.id).await?;
    let draft = versions.into_iter().find(|version| version.state == VersionState::Draft);
    let draft = draft.ok_or_else(|| Problem::not_found("draft_not_found"))?;
    let mut ids = programs::store::point_types(db, scope.tenant, live.id).await?;
    // Point types that only the draft has get ids that no ledger uses.
    for (place, point_type) in (1..).zip(&draft.config.point_types) {
        ids.entry(point_type.code.clone()).or_insert(PointTypeId(-place));
    }
    let compiled = draft.config.compile(live.id, 0, programs::BEGINNING, &ids)?;
    Ok((Arc::new(compiled), Arc::new(draft.config)))
}

fn view(
    scope: &Scope<App>,
    program: &Program,
    document: &ProgramConfig,
    earned: Earned,
) -> ExaminationView {
    let codes: BTreeMap<_, _> =
        program.point_types.values().map(|p| (p.id, p.code.clone())).collect();
    let award = |award: &lazo_domain::rules::Award| AwardView {
        rule: award.rule.to_string(),
        point_type: codes.get(&award.point_type).cloned().unwrap_or_default(),
        points: award.points,
        shares: award.shares.clone(),
    };
    let awards = earned.awards.iter().map(award).collect();
    let mut sums: BTreeMap<PointTypeId, i64> = BTreeMap::new();
    for award in &earned.awards {
        let sum = sums.entry(award.point_type).or_default();
        *sum = sum.saturating_add(award.points);
    }
    let change =
        |(point_type, points)| Change { point_type, side: Side::Available, points: Points(points) };
    let changes = sums.into_iter().map(change).collect();
    let outcome = Outcome { changes, steps: earned.steps, ..Outcome::default() };
    let told = Speaker::new(scope.locale(), document, &codes).tell(&outcome);
    ExaminationView {
        version: program.version,
        awards,
        headline: told.headline,
        details: told.details,
    }
}
