//! Endpoints of missions: how they work, what they are good for, and how far a member has come.

use axum::Json;
use axum::extract::Path;
use lazo_domain::ids::{EventId, MemberId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::results::{self, Group};
use super::{Mission, MissionPolicy, READERS, WRITERS, policy, store};
use crate::App;
use crate::features::members;
use crate::http::{Access, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/missions/policy", "missions:read", READERS),
    Access::put("/missions/policy", "missions:write", WRITERS),
    Access::get("/missions/results", "missions:read", READERS),
    Access::get("/members/{member}/missions", "missions:read", READERS).and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_mission_policy, put_mission_policy))
        .routes(routes!(get_mission_results))
        .routes(routes!(list_missions_of_member))
}

/// What is asked for when missions are set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MissionPolicyBody {
    /// Are there missions?
    open: bool,
    /// Which share of new members sees none, to compare with, in ten-thousandths.
    #[serde(default = "usual_holdout")]
    #[schema(minimum = 0, maximum = 5000)]
    holdout: i64,
}

fn usual_holdout() -> i64 {
    policy::USUAL_HOLDOUT
}

/// A mission that a member did.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionView {
    /// `profile`, `tastes`, `goal`, `card`, `purchase` or `all`.
    mission: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    done_at: Timestamp,
    /// `posting`, `posted`, `refused`, or `before` of who did it as a former member.
    state: String,
    /// What was posted for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    event: Option<EventId>,
}

/// A member's missions.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionsOfMember {
    /// Whose.
    #[schema(value_type = String)]
    member: MemberId,
    /// What was done, in its order.
    items: Vec<MissionView>,
}

/// One group of new members after so many days.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionGroup {
    /// Those whose days are over.
    people: i64,
    /// Those of them who bought within them.
    buyers: i64,
    /// What they spent, in minor units.
    net_minor: i64,
}

/// Both groups after so many days.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionOutcome {
    /// Days since they came upon missions.
    days: i64,
    /// Those who see them.
    shown: MissionGroup,
    /// Those who see none.
    holdout: MissionGroup,
    /// The share of buyers of the first less that of the second; absent while a group is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<f64>,
    /// The lower end of its interval at 95 % (Newcombe).
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// The upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
}

/// How many did a mission.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionCount {
    /// Which.
    mission: String,
    /// How many of those who see missions did it.
    members: i64,
}

/// How missions fare.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissionResults {
    /// New members who see missions.
    shown: i64,
    /// New members who see none.
    holdout: i64,
    /// How many did each.
    missions: Vec<MissionCount>,
    /// Who bought within 30, 90 and 180 days.
    outcomes: Vec<MissionOutcome>,
}

/// How missions work; 404 where nobody set them up.
#[utoipa::path(get, path = "/missions/policy", tag = "missions", responses((status = 200, body = MissionPolicy)))]
async fn get_mission_policy(scope: Scope<App>) -> Result<Json<MissionPolicy>, Problem> {
    let found = policy::of(&scope.app.db, scope.tenant).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("mission_policy_not_found"))
}

/// Sets how missions work.
#[utoipa::path(put, path = "/missions/policy", tag = "missions", request_body = MissionPolicyBody,
    responses((status = 200, body = MissionPolicy)))]
async fn put_mission_policy(
    scope: Scope<App>,
    Payload(wanted): Payload<MissionPolicyBody>,
) -> Result<Json<MissionPolicy>, Problem> {
    policy::set(&scope, wanted.open, wanted.holdout).await.map(Json)
}

/// How missions fare, against new members who see none.
#[utoipa::path(get, path = "/missions/results", tag = "missions", responses((status = 200, body = MissionResults)))]
async fn get_mission_results(scope: Scope<App>) -> Result<Json<MissionResults>, Problem> {
    let found = results::of(&scope).await?;
    let group =
        |of: Group| MissionGroup { people: of.people, buyers: of.buyers, net_minor: of.net_minor };
    let outcome = |it: &results::Outcome| {
        let difference = it.difference();
        MissionOutcome {
            days: it.days,
            shown: group(it.shown),
            holdout: group(it.holdout),
            difference: difference.as_ref().map(|it| it.estimate),
            low: difference.as_ref().map(|it| it.interval.low),
            high: difference.as_ref().map(|it| it.interval.high),
        }
    };
    let count = |(mission, members): &(Mission, i64)| MissionCount {
        mission: mission.name().to_owned(),
        members: *members,
    };
    Ok(Json(MissionResults {
        shown: found.shown,
        holdout: found.holdout,
        missions: found.done.iter().map(count).collect(),
        outcomes: found.outcomes.iter().map(outcome).collect(),
    }))
}

/// What a member did.
#[utoipa::path(get, path = "/members/{member}/missions", tag = "missions",
    params(("member" = String, Path)), responses((status = 200, body = MissionsOfMember)))]
async fn list_missions_of_member(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<MissionsOfMember>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let all = store::steps(&scope.app.db, scope.tenant, member.id).await?;
    let view = |it: super::Done| MissionView {
        mission: it.mission.name().to_owned(),
        done_at: it.at,
        state: it.state,
        event: it.event,
    };
    Ok(Json(MissionsOfMember { member: member.id, items: all.into_iter().map(view).collect() }))
}
