//! The planner's page: a tier and a day are chosen, and the ways to it are told as things one can do.

use axum::extract::Query;
use axum::response::Response;
use lazo_domain::program::TierGroup;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::planner::{TierPlan, Way, plan as worked_out};
use super::portal::measured;
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::members;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::Own;
use crate::web::shell::{self, Place};

/// What was chosen.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    group: String,
    #[serde(default)]
    tier: String,
    /// A day as `2026-12-31`; that day still counts.
    #[serde(default)]
    by: String,
}

pub(super) async fn plan(own: Own<App>, Query(chosen): Query<Chosen>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let member = members::resolve(&own.scope, "me").await?;
    let ladders = purse.holdings.iter().flat_map(|holding| {
        holding.program.tier_groups.values().map(move |group| (holding, group))
    });
    let mut ladders: Vec<(&Holding, &TierGroup)> = ladders.collect();
    let place = ladders.iter().position(|(_, group)| group.code == chosen.group).unwrap_or(0);
    let title = own.t("tiers-plan");
    if ladders.is_empty() {
        let main = html! { div.stack.narrow { h1 { (title) } p.lead { (own.t("tiers-none")) } } };
        return Ok(shell::portal(&own, &title, Some(Place::Tier), &main));
    }
    let (holding, group) = ladders.swap_remove(place);
    let held = group.rank(purse.account.tier(&group.code));
    let above: Vec<_> = group.tiers.iter().filter(|tier| group.rank(&tier.code) > held).collect();
    let wanted = above.iter().find(|tier| tier.code == chosen.tier).or_else(|| above.first());
    let Some(wanted) = wanted else {
        let main = html! { div.stack.narrow { h1 { (title) } p.lead { (own.t("tiers-plan-top")) } p { a href=(own.at("/tier")) { (own.t("tiers-plan-back")) } } } };
        return Ok(shell::portal(&own, &title, Some(Place::Tier), &main));
    };
    let by = end_of(&chosen.by, holding);
    let (scope, program) = (&own.scope, &holding.program);
    let told = worked_out(scope, &member, program, group, Some(&wanted.code), by).await?;
    let name = own.locale.pick(&wanted.name).unwrap_or(&wanted.code).to_owned();
    let last = told.by.plus_micros(-1);
    let main = html! {
        div.stack.narrow {
            p { a href=(own.at("/tier")) { (own.t("tiers-plan-back")) } }
            h1 { (own.say("tiers-plan-title", Args::new().text("tier", &name))) }
            form method="get" action=(own.at("/tier/plan")) {
                input type="hidden" name="group" value=(group.code);
                div.field { label for="tier" { (own.t("tiers-plan-tier")) }
                    select id="tier" name="tier" { @for tier in &above { option value=(tier.code) selected[tier.code == wanted.code] { (own.locale.pick(&tier.name).unwrap_or(&tier.code)) } } } }
                div.field { label for="by" { (own.t("tiers-plan-by")) }
                    input type="date" id="by" name="by" value=(last.local(&holding.program.zone).date().to_string()); }
                button.act.second { (own.t("tiers-plan-show")) }
            }
            (ways(&own, holding, group, &told, &name))
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Tier), &main))
}

/// The end of a day in the program's zone.
fn end_of(day: &str, holding: &Holding) -> Option<Timestamp> {
    let date: jiff::civil::Date = day.parse().ok()?;
    Some(holding.program.zone.start_of(date.tomorrow().ok()?))
}

fn ways(
    own: &Own<App>,
    holding: &Holding,
    group: &TierGroup,
    plan: &TierPlan,
    name: &str,
) -> Markup {
    let day = own.locale.day(plan.by.plus_micros(-1), &holding.program.zone);
    let missing = measured(own, holding, group, plan.missing);
    html! {
        section.part aria-live="polite" {
            @match plan.none {
                Some("reached") => p.lead { (own.say("tiers-plan-reached", Args::new().text("tier", name))) },
                Some(why) => {
                    p.lead { (own.say("tiers-plan-none", Args::new().text("why", why).text("missing", missing).text("day", &day))) }
                    p.quiet { (own.t("tiers-plan-none-lead")) }
                }
                None => {
                    p.lead { (own.say("tiers-plan-missing", Args::new().text("missing", missing).text("tier", name).text("day", &day))) }
                    @if plan.from > own.scope.now { p.quiet { (own.say("tiers-plan-from", Args::new().text("day", own.locale.day(plan.from, &holding.program.zone)))) } }
                    ol.plans { @for way in &plan.ways { li { (one(own, holding, way)) } } }
                    p.quiet.small { (own.say(if plan.purchases > 0 { "tiers-plan-how" } else { "tiers-plan-example" },
                        Args::new().text("n", own.locale.number(plan.purchases, 0)).text("usual", own.locale.money(plan.usual_minor, holding.currency())))) }
                }
            }
        }
    }
}

fn one(own: &Own<App>, holding: &Holding, way: &Way) -> Markup {
    let each = own.locale.money(way.each_minor, holding.currency());
    let args = || {
        Args::new()
            .count("count", way.purchases)
            .text("n", own.locale.number(way.purchases, 0))
            .text("each", &each)
    };
    let reached = way.reached_at.map(|at| own.locale.day(at, &holding.program.zone));
    html! {
        article.plan {
            h2 { (own.say("tiers-way", Args::new().text("kind", way.kind))) }
            p.big-plan { @match &reached {
                Some(day) => (own.say("tiers-way-day", Args::new().text("day", day))),
                None => (own.say("tiers-way-does", args())),
            } }
        }
    }
}
