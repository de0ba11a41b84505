//! The way to a tier by a day: what is missing then, worked out by the live rules from what the member usually does, and
//! an honest no where it cannot be done.

use axum::Json;
use lazo_domain::event::{Body, Line, Purchase};
use lazo_domain::ids::{PointTypeId, ProgramId};
use lazo_domain::program::{Measure, Program, TierGroup, Window};
use lazo_domain::tiers::Ladder;
use lazo_domain::time::{DAY, Period, Timestamp};
use lazo_store::ledger::StoredEvent;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::post;
use crate::features::members::{self, Member};
use crate::http::{Access, Asked, PathId, Problem, Role, Scope};

/// How far back habits are looked for, in days.
const HABIT_DAYS: i64 = 180;
/// Movements looked at.
const LOOKED_AT: i64 = 400;
/// The basket of somebody who never bought anything, in minor units.
const FIRST_BASKET: i64 = 4_000;
/// The largest single purchase that is proposed, in minor units.
const LARGEST: i64 = 1_000_000;
/// The most purchases that are proposed for one day.
const A_DAY: i64 = 1;

/// Who may call what.
pub const ACCESS: &[Access] = &[Access::get(
    "/members/{member}/tier-plans",
    "tiers:read",
    &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin],
)
.and_own()];

/// The endpoints of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_tier_plans))
}

/// Which tier, by when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// The program's code; the only one of the tenant when absent.
    program: Option<String>,
    /// The ladder's code; the program's first when absent.
    group: Option<String>,
    /// The step's code; the next one above the member's own when absent.
    tier: Option<String>,
    /// Until when; the end of what counts at present when absent.
    #[param(value_type = Option<String>)]
    by: Option<Timestamp>,
}

/// What it takes to reach a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierPlan {
    /// The ladder's code.
    pub group: String,
    /// The step's code.
    pub tier: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub by: Timestamp,
    /// From when on something counts for it: later than now where the present window ends before `by`.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// What will be counted already on that day.
    pub measured: i64,
    /// What is missing then; nothing when it is reached already.
    pub missing: i64,
    /// What a purchase of the usual size counts for.
    pub per_purchase: i64,
    /// The usual size of a purchase, in minor units; an example for somebody who never bought anything.
    pub usual_minor: i64,
    /// Purchases of the last half year.
    pub purchases: i64,
    /// Ways that get there, the one nearest to what the member does anyway first.
    pub ways: Vec<Way>,
    /// Why there is none: `reached`, `not_counted` (purchases do not count for it) or `too_late`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<&'static str>,
}

/// One way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Way {
    /// `as_usual` (going on as before is enough), `more_often`, `larger` or `one_large`.
    pub kind: &'static str,
    /// How many purchases.
    pub purchases: i64,
    /// Of what size each, in minor units.
    pub each_minor: i64,
    /// When it is reached, for going on as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reached_at: Option<Timestamp>,
}

/// Ways to a tier by a day, from the live rules and the member's habits.
#[utoipa::path(get, path = "/members/{member}/tier-plans", tag = "tiers",
    params(("member" = String, Path), PlanQuery), responses((status = 200, body = TierPlan)))]
async fn list_tier_plans(
    scope: Scope<App>,
    PathId(member): PathId<String>,
    Asked(query): Asked<PlanQuery>,
) -> Result<Json<TierPlan>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    let program = post::program(&scope, query.program.as_deref(), scope.now).await?;
    let missing = || Problem::not_found("tier_not_found");
    let group = match &query.group {
        Some(code) => program.tier_groups.get(code.as_str()),
        None => program.tier_groups.values().next(),
    };
    let group = group.ok_or_else(missing)?;
    Ok(Json(plan(&scope, &member, &program, group, query.tier.as_deref(), query.by).await?))
}

/// What a member usually does.
struct Habit {
    /// Purchases in [`HABIT_DAYS`].
    purchases: i64,
    /// The middle one's size, in minor units.
    usual_minor: i64,
    /// The category that most of the money went to.
    category: String,
    /// What all of them counted for.
    counted: i64,
}

/// Works out what it takes to reach `tier`, or else the next one above the member's own, by `by`.
pub async fn plan(
    scope: &Scope<App>,
    member: &Member,
    program: &Program,
    group: &TierGroup,
    tier: Option<&str>,
    by: Option<Timestamp>,
) -> Result<TierPlan, Problem> {
    let books = scope.app.ledger.books();
    let account = books.account(scope.tenant, member.account).await?;
    let account = account.ok_or_else(|| Problem::not_found("account_not_found"))?;
    let held = group.rank(account.tier(&group.code));
    let step = match tier {
        Some(code) => group.tiers.iter().find(|step| step.code == code),
        None => {
            group.tiers.iter().find(|step| group.rank(&step.code) > held).or(group.tiers.last())
        }
    };
    let step = step.ok_or_else(|| Problem::not_found("tier_not_found"))?;
    let now = scope.now;
    let by = by.filter(|by| *by > now).unwrap_or_else(|| window_end(program, group, now));
    // The last instant of the day counts: what is bought on that day still does.
    let ladder = Ladder::of(program, group, account.enrolled_at);
    let from = now.max(window_start(program, group, account.enrolled_at, by));
    let measured = ladder.measured(&account.counters, by.plus_micros(-1));
    let mut plan = TierPlan {
        group: group.code.clone(),
        tier: step.code.clone(),
        by,
        from,
        measured,
        missing: (step.threshold - measured).max(0),
        per_purchase: 0,
        usual_minor: 0,
        purchases: 0,
        ways: Vec::new(),
        none: None,
    };
    if plan.missing == 0 || held >= group.rank(&step.code) {
        plan.none = Some("reached");
        return Ok(plan);
    }
    let events = books.events(scope.tenant, member.account, None, LOOKED_AT).await?;
    let counted = counted_type(program, group);
    let habit = habit(&events, counted, group, now);
    let rules = Trial { scope, member, program, group, counted, category: &habit.category };
    plan.purchases = habit.purchases;
    plan.usual_minor = habit.usual_minor;
    plan.per_purchase = rules.counts(habit.usual_minor).await?;
    find_ways(&mut plan, &habit, &rules).await?;
    Ok(plan)
}

/// Fills in the ways, or why there is none.
async fn find_ways(plan: &mut TierPlan, habit: &Habit, rules: &Trial<'_>) -> Result<(), Problem> {
    let days = plan.by.0.saturating_sub(plan.from.0).div_euclid(DAY).max(1);
    let each_minor = habit.usual_minor;
    // At the pace of the last half year, in whole units over so many days.
    let pace = habit.counted.saturating_mul(days).div_euclid(HABIT_DAYS);
    if pace >= plan.missing && habit.counted > 0 {
        let needed = plan.missing.saturating_mul(HABIT_DAYS * DAY).div_euclid(habit.counted);
        let purchases = habit.purchases.saturating_mul(days).div_euclid(HABIT_DAYS).max(1);
        let reached_at = Some(plan.from.plus_micros(needed));
        plan.ways.push(Way { kind: "as_usual", purchases, each_minor, reached_at });
    }
    let most = days.saturating_mul(A_DAY);
    let often = if plan.per_purchase > 0 { ceil(plan.missing, plan.per_purchase) } else { 0 };
    if often > 0 && often <= most {
        let way = Way { kind: "more_often", purchases: often, each_minor, reached_at: None };
        plan.ways.push(way);
    }
    let usual = habit.purchases.saturating_mul(days).div_euclid(HABIT_DAYS).clamp(1, most);
    for (kind, times) in [("larger", usual), ("one_large", 1)] {
        let known = plan.ways.iter().any(|way| way.kind != "as_usual" && way.purchases == times);
        if known || (kind == "one_large" && usual == 1) {
            continue;
        }
        if let Some(size) = rules.size_for(ceil(plan.missing, times), each_minor).await? {
            plan.ways.push(Way { kind, purchases: times, each_minor: size, reached_at: None });
        }
    }
    if plan.ways.is_empty() {
        plan.none = Some(if plan.per_purchase > 0 { "too_late" } else { "not_counted" });
    }
    Ok(())
}

fn ceil(whole: i64, part: i64) -> i64 {
    whole.saturating_add(part - 1).div_euclid(part)
}

/// The point type that a ladder counts, if it counts points.
fn counted_type(program: &Program, group: &TierGroup) -> Option<PointTypeId> {
    match &group.measure {
        Measure::Points(code) => program.point_type(code).map(|found| found.id),
        _ => None,
    }
}

fn habit(
    events: &[StoredEvent],
    counted: Option<PointTypeId>,
    group: &TierGroup,
    now: Timestamp,
) -> Habit {
    let since = now.plus_micros(-HABIT_DAYS * DAY);
    let mut sizes = Vec::new();
    let mut categories = std::collections::BTreeMap::<&str, i64>::new();
    let mut sum = 0_i64;
    for stored in events.iter().filter(|stored| stored.event.effective_at >= since) {
        let Body::Purchase(purchase) = &stored.event.body else { continue };
        let net = purchase.lines.iter().fold(0_i64, |net, line| net.saturating_add(line.net_minor));
        if net <= 0 {
            continue;
        }
        sizes.push(net);
        for line in &purchase.lines {
            *categories.entry(&line.category).or_default() += line.net_minor.max(0);
        }
        sum = sum.saturating_add(units(group, counted, net, &stored.outcome.changes));
    }
    sizes.sort_unstable();
    let middle = sizes.get(sizes.len() / 2).copied();
    let category = categories.into_iter().max_by_key(|(_, net)| *net);
    Habit {
        purchases: i64::try_from(sizes.len()).unwrap_or(i64::MAX),
        usual_minor: middle.unwrap_or(FIRST_BASKET),
        category: category.map_or_else(String::new, |(name, _)| name.to_owned()),
        counted: sum,
    }
}

/// What a purchase of `net` minor units that changed `changes` counts for on a ladder.
fn units(
    group: &TierGroup,
    counted: Option<PointTypeId>,
    net: i64,
    changes: &[lazo_domain::decision::Change],
) -> i64 {
    match group.measure {
        Measure::Spend => net,
        Measure::Visits => 1,
        Measure::Points(_) => changes
            .iter()
            .filter(|change| Some(change.point_type) == counted)
            .fold(0_i64, |sum, change| sum.saturating_add(change.points.0)),
        Measure::Expression(_) => 0,
    }
}

/// Purchases tried on the live rules.
struct Trial<'a> {
    scope: &'a Scope<App>,
    member: &'a Member,
    program: &'a Program,
    group: &'a TierGroup,
    counted: Option<PointTypeId>,
    category: &'a str,
}

impl Trial<'_> {
    /// What one purchase of this size would count for, now.
    async fn counts(&self, net_minor: i64) -> Result<i64, Problem> {
        let line = Line {
            category: self.category.to_owned(),
            quantity_milli: 1_000,
            net_minor,
            ..Line::default()
        };
        let purchase = Purchase {
            currency: self.program.currency.to_string(),
            lines: vec![line],
            ..Purchase::default()
        };
        let asked = post::Asked { source: "planner", reference: "plan", at: None };
        let id: ProgramId = self.program.id;
        let event = post::event(self.scope, self.member, id, asked, Body::Purchase(purchase))?;
        let receipt = post::post(self.scope, self.member, event, true).await?;
        Ok(units(self.group, self.counted, net_minor, &receipt.outcome.changes))
    }

    /// The smallest round size of a purchase that counts for at least `wanted`, from `from` on.
    async fn size_for(&self, wanted: i64, from: i64) -> Result<Option<i64>, Problem> {
        let (mut low, mut high) = (0, from.max(100));
        while self.counts(high).await? < wanted {
            low = high;
            high = high.saturating_mul(2);
            if low >= LARGEST {
                return Ok(None);
            }
        }
        while high - low > 100 {
            let middle = low + (high - low) / 2;
            if self.counts(middle).await? >= wanted { high = middle } else { low = middle }
        }
        // Whole units of money read better, and give no less.
        let round = ceil(high, 100).saturating_mul(100);
        Ok((round <= LARGEST && self.counts(round).await? >= wanted).then_some(round))
    }
}

/// When what counts at `by` began to count.
fn window_start(
    program: &Program,
    group: &TierGroup,
    enrolled_at: Timestamp,
    by: Timestamp,
) -> Timestamp {
    let last = by.plus_micros(-1);
    match group.window {
        Window::CalendarYear => program.zone.start_of(Period::Year.start(last, &program.zone)),
        Window::Rolling { months } => {
            let month = Period::Month.start(last, &program.zone);
            let span = jiff::Span::new().months(months.max(1) - 1);
            program.zone.start_of(month.checked_sub(span).unwrap_or(month))
        }
        Window::Anniversary => {
            let ladder = Ladder::of(program, group, enrolled_at);
            let date = ladder.period_of(last).parse::<jiff::civil::Date>();
            date.map_or(enrolled_at, |date| program.zone.start_of(date))
        }
        Window::Lifetime => enrolled_at,
    }
}

/// The end of what counts at present; a year from now where nothing ends.
fn window_end(program: &Program, group: &TierGroup, now: Timestamp) -> Timestamp {
    match group.window {
        Window::CalendarYear => Period::Year.end(now, &program.zone),
        _ => now.plus_micros(365 * DAY),
    }
}
