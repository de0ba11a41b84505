//! The endpoint of a member's value.

use axum::Json;
use axum::extract::Path;
use lazo_domain::ids::{EventId, MemberId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Line, Sum, of};
use crate::App;
use crate::features::accounts::holdings::Purse;
use crate::features::{members, programs};
use crate::http::{Access, Problem, Role, Scope};
use crate::i18n::Locale;

const READERS: &[Role] =
    &[Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] =
    &[Access::get("/members/{member}/value", "accounts:read", READERS).and_own()];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_value_of_member))
}

/// What a member has over all programs, and how it came.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueOfMember {
    /// Whose.
    #[schema(value_type = String)]
    member: MemberId,
    /// ISO 4217 code of the first program's money: programs in other money are not in `worth_minor`.
    currency: String,
    /// What can be used now, in minor units at the published rates.
    worth_minor: i64,
    /// Was everything read? Else what is older is in `before`.
    complete: bool,
    /// One for each point type that can be used.
    lines: Vec<ValueLine>,
}

/// One point type of one program.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueLine {
    /// The program's code.
    program: String,
    /// The point type's code.
    point_type: String,
    /// ISO 4217 code of the program's money.
    currency: String,
    /// What one whole point is worth, in minor units; absent where it is worth no money.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_minor: Option<String>,
    /// What can be used now, in smallest units.
    available: i64,
    /// What waits.
    pending: i64,
    /// What is set aside.
    held: i64,
    /// What can be used now, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    worth_minor: Option<i64>,
    /// What rules gave so far, less what returns took back.
    earned: i64,
    /// What was spent on rewards so far, less what was given back.
    used: i64,
    /// What was there before the oldest event that was read.
    before: i64,
    /// By action; with `before` they add up to `available`, `pending` and `held`.
    actions: Vec<ValueSum>,
    /// Purchases by store, or else by channel.
    places: Vec<ValueSum>,
    /// What each rule gave, by its code; `tier:<group>` is what a tier added, and the empty name what returns took back. They
    /// add up to `earned`.
    rules: Vec<ValueSum>,
    /// By month, the oldest first.
    months: Vec<ValueMonth>,
}

/// What some events did together.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueSum {
    /// The action or the place; the name of an event of one's own comes after `event:`.
    name: String,
    /// By how much they changed what the member has, in smallest units.
    points: i64,
    /// How many they are.
    events: i64,
    /// The latest of them.
    #[schema(value_type = Vec<String>)]
    latest: Vec<EventId>,
}

/// A month of a point type.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueMonth {
    /// The month in the program's zone.
    #[schema(example = "2026-11")]
    month: String,
    /// What rules gave.
    earned: i64,
    /// What was spent on rewards.
    used: i64,
    /// By how much all of it changed what the member has.
    change: i64,
}

/// What a member has over all programs at the published rates, and by which actions it came.
#[utoipa::path(get, path = "/members/{member}/value", tag = "members", params(("member" = String, Path)),
    responses((status = 200, body = ValueOfMember)))]
async fn get_value_of_member(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<ValueOfMember>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let programs: Vec<_> = programs::of(&scope).await?.ids().collect();
    let whose = (member.id, member.account);
    let purse =
        Purse::read(&scope, whose, &programs, member.locale.unwrap_or(Locale::EsEs)).await?;
    let told = of(&scope, &member, &purse).await?;
    let currency = told.lines.first().map(|line| line.holding.currency().to_string());
    Ok(Json(ValueOfMember {
        member: member.id,
        currency: currency.unwrap_or_default(),
        worth_minor: told.worth_minor(),
        complete: told.complete,
        lines: told.lines.iter().map(line).collect(),
    }))
}

fn line(it: &Line) -> ValueLine {
    let holding = &it.holding;
    let sum = |(name, sum): (&String, &Sum)| ValueSum {
        name: name.clone(),
        points: sum.points,
        events: sum.events,
        latest: sum.latest.iter().map(|(event, _)| *event).collect(),
    };
    ValueLine {
        program: holding.program.code.clone(),
        point_type: holding.code.clone(),
        currency: holding.currency().to_string(),
        value_minor: holding.value_minor.map(|rate| rate.to_string()),
        available: holding.balance.available.0,
        pending: holding.balance.pending.0,
        held: holding.balance.held.0,
        worth_minor: holding.worth_minor(holding.balance.available.0.max(0)),
        earned: it.earned,
        used: it.used,
        before: it.before,
        actions: it.actions.iter().map(sum).collect(),
        places: it.places.iter().map(sum).collect(),
        rules: it.rules.iter().map(sum).collect(),
        months: it
            .months
            .iter()
            .map(|((year, month), of)| ValueMonth {
                month: format!("{year:04}-{month:02}"),
                earned: of.earned,
                used: of.used,
                change: of.change,
            })
            .collect(),
    }
}
