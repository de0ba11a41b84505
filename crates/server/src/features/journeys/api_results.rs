//! Endpoints of what became of a journey: its people and its figures.

use std::collections::BTreeMap;

use axum::Json;
use lazo_domain::ids::{AccountId, JourneyId, MemberId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::figures::Arrived;
use super::results::{self, Results, StepFigures};
use super::runs::{self, Run};
use super::{Journey, get};
use crate::App;
use crate::features::campaigns::CampaignDifference;
use crate::features::measures::date_of;
use crate::features::segments;
use crate::http::{Asked, Page, PathId, Problem, Scope, window};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_journey_people)).routes(routes!(get_journey_results))
}

/// Which people of a journey.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JourneyPeopleQuery {
    /// Only this group: `treated`, `holdout` or `universal`.
    arm: Option<String>,
    /// Only these: `waiting`, `done`, `left`, `reached`, or a reason for leaving.
    state: Option<String>,
    /// How many items, 1 to 100.
    limit: Option<u32>,
    /// `cursor.next` of the page before.
    cursor: Option<String>,
}

/// Somebody's way through a journey.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyPerson {
    /// Who.
    #[schema(value_type = String)]
    member: MemberId,
    /// The account whose purchases and redemptions are counted.
    #[schema(value_type = String)]
    account: AccountId,
    /// The local day of the entry.
    entry: String,
    /// `treated`, `holdout` or `universal`.
    arm: String,
    /// `waiting`, `done` or `left`.
    state: String,
    /// Why somebody left.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// The step stood at, or left at.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    /// Until when, for who waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// When the goal was seen to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    goal_at: Option<Timestamp>,
}

/// What came of a journey.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyResults {
    /// When this was counted.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// Entries by group.
    entered: BTreeMap<String, u64>,
    /// Those under way.
    waiting: u64,
    /// Those who walked to the end.
    done: u64,
    /// Those who left before, by reason.
    left: BTreeMap<String, u64>,
    /// Step by step.
    steps: Vec<JourneyStepFigures>,
    /// How each group stands to the goal.
    groups: Vec<JourneyGroup>,
    /// Those who got the letters against the holdout; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<JourneyEffect>,
}

/// How a step fared.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyStepFigures {
    /// Its code.
    code: String,
    /// `wait`, `letter` or `branch`.
    kind: &'static str,
    /// Everybody who came to it.
    entered: u64,
    /// Those who stand there now.
    waiting: u64,
    /// Those who left the journey there.
    left: u64,
    /// Those who have it behind, by what came of it: `sent`, `kept` for who is left alone, `waited`, `yes` or `no`, or why a
    /// letter did not leave.
    outcomes: BTreeMap<String, u64>,
    /// Readers who left the list by the letter.
    unsubscribed: u64,
    /// Readers who found the letter useful.
    useful: u64,
    /// Readers who did not.
    useless: u64,
    /// The share of those who found it useful among those who answered, in ten-thousandths.
    #[serde(skip_serializing_if = "Option::is_none")]
    appreciation: Option<u64>,
}

/// How a group stands to the goal; who entered more often counts once, by the first entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyGroup {
    /// `treated`, `holdout` or `universal`.
    name: String,
    /// Those whose days are over.
    people: u64,
    /// Those of them who reached the goal.
    reached: u64,
    /// Those whose days are not over.
    open: u64,
}

/// What may be said of the journey's effect on its goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyEffect {
    /// The p-value of the groups' sizes against the shares they were meant to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio_p: Option<f64>,
    /// Are the sizes what chance gives? If not, nothing else is said.
    sound: bool,
    /// The share of those who reached the goal, with letters less without: Newcombe's interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<CampaignDifference>,
    /// The smallest difference that groups of these sizes would find four times out of five.
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable: Option<f64>,
}

/// A journey's people, the rows behind its figures.
#[utoipa::path(get, path = "/journeys/{journey}/people", tag = "journeys",
    params(("journey" = String, Path), JourneyPeopleQuery), responses((status = 200, body = Page<JourneyPerson>)))]
async fn list_journey_people(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
    Asked(query): Asked<JourneyPeopleQuery>,
) -> Result<Json<Page<JourneyPerson>>, Problem> {
    let journey = get(&scope, id).await?;
    let wish = window::<(i64, i64)>("journey_people", query.limit, query.cursor.as_deref())?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let (member, entry) = wish.after.unwrap_or((i64::MIN, i64::MIN));
    let of = (query.arm.as_deref().unwrap_or_default(), query.state.as_deref().unwrap_or_default());
    let after = (MemberId(member), entry);
    let found = runs::page(&scope.app.db, scope.tenant, id, of, after, limit).await?;
    let key = |run: &Run| (run.member.0, run.entry);
    let told = |run| person(&journey, run);
    Ok(Json(Page::of("journey_people", wish.limit, found, key, told)))
}

/// What came of a journey, with what may be said of it.
#[utoipa::path(get, path = "/journeys/{journey}/results", tag = "journeys",
    params(("journey" = String, Path)), responses((status = 200, body = JourneyResults)))]
async fn get_journey_results(
    scope: Scope<App>,
    PathId(id): PathId<JourneyId>,
) -> Result<Json<JourneyResults>, Problem> {
    let journey = get(&scope, id).await?;
    let tenant = segments::own_tenant(&scope).await?;
    Ok(Json(told(results::of(&scope.app, &tenant, &journey, scope.now).await?)))
}

fn person(journey: &Journey, run: Run) -> JourneyPerson {
    let waits = run.state == "waiting";
    let step = journey.plan.steps.get(run.step).filter(|_| run.state != "done");
    JourneyPerson {
        member: run.member,
        account: run.account,
        entry: date_of(run.entry).to_string(),
        arm: run.arm,
        state: run.state,
        reason: run.reason,
        step: step.map(|step| step.code().to_owned()),
        until: waits.then_some(run.look_at),
        goal_at: run.goal_at,
    }
}

fn told(found: Results) -> JourneyResults {
    let group = |(name, arrived): (String, Arrived)| JourneyGroup {
        name,
        people: arrived.counted,
        reached: arrived.reached,
        open: arrived.open,
    };
    JourneyResults {
        as_of: found.as_of,
        entered: found.entered,
        waiting: found.waiting,
        done: found.done,
        left: found.left,
        steps: found.steps.into_iter().map(step).collect(),
        groups: found.arrived.into_iter().map(group).collect(),
        effect: found.effect.map(|effect| JourneyEffect {
            ratio_p: effect.ratio_p,
            sound: effect.sound,
            reached: effect.buyers.as_ref().map(CampaignDifference::of),
            detectable: effect.detectable,
        }),
    }
}

fn step(figures: StepFigures) -> JourneyStepFigures {
    JourneyStepFigures {
        appreciation: figures.appreciation(),
        code: figures.code,
        kind: figures.kind,
        entered: figures.entered,
        waiting: figures.waiting,
        left: figures.left,
        outcomes: figures.outcomes,
        unsubscribed: figures.letters.unsubscribed,
        useful: figures.letters.useful,
        useless: figures.letters.useless,
    }
}
