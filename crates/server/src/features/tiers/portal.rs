//! The place "Nivel": where I stand on the ladder, what changes at the next step, and how it is counted.

use std::collections::BTreeSet;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::program::{Measure, Tier, TierGroup, Window};
use maud::{Markup, html};

use super::api::{StandingView, standing};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse, name};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui;
use crate::web::{Own, PageRow, Who};

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::portal("/tier", Who::Own), PageRow::portal("/tier/plan", Who::Own)];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/tier", get(tier)).route("/tier/plan", get(super::plan_page::plan))
}

async fn tier(own: Own<App>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let title = own.t("tiers-title");
    // A program with several kinds of points has its ladders once.
    let mut seen = BTreeSet::new();
    let ladders: Vec<(&Holding, &TierGroup, StandingView)> = purse
        .holdings
        .iter()
        .filter(|holding| seen.insert(holding.program.id))
        .flat_map(|holding| holding.program.tier_groups.values().map(move |g| (holding, g)))
        .map(|(holding, group)| {
            let view = standing(&holding.program, group, &purse.account, own.scope.now);
            (holding, group, view)
        })
        .collect();
    let main = html! {
        div.stack.narrow {
            h1.unseen { (title) }
            @if ladders.is_empty() { p.lead { (own.t("tiers-none")) } }
            @for (holding, group, view) in &ladders { (ladder(&own, holding, group, view)) }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Tier), &main))
}

fn ladder(own: &Own<App>, holding: &Holding, group: &TierGroup, view: &StandingView) -> Markup {
    let here = group.rank(&view.tier);
    let called = |tier: &Tier| own.locale.pick(&tier.name).unwrap_or(&tier.code).to_owned();
    let held = here.and_then(|place| group.tiers.get(place));
    let name = held.map_or_else(|| own.t("home-no-tier"), called);
    let next = view.path.first();
    html! {
        section.part {
            p.quiet { (own.t("tiers-yours")) }
            p.big-word { (name) }
            @if let Some(at) = view.valid_until {
                p.lead { (own.say("home-until", Args::new().text("day", holding.last_day(at, own.locale)))) }
            }
            @if let Some(how) = view.provenance.filter(|_| held.is_some()) {
                p.quiet { (own.say("tiers-how", Args::new().text("how", word(&how)))) }
            }
            @if let Some(next) = next {
                div.goal {
                    p { (own.say("tiers-missing", Args::new()
                        .text("missing", measured(own, holding, group, next.missing))
                        .text("tier", own.locale.pick(&next.name).unwrap_or(&next.tier)))) }
                    (ui::bar(view.measured, next.threshold))
                    p.quiet.small { (own.say("tiers-counted", Args::new()
                        .text("measured", bare(own, holding, group, view.measured))
                        .text("threshold", measured(own, holding, group, next.threshold)))) " " (window(own, group)) }
                    p { a.act.second href=(own.at(&format!("/tier/plan?group={}&tier={}", group.code, next.tier))) { (own.t("tiers-plan")) } }
                }
            }
        }
        section.part {
            h2 { (own.t("tiers-ladder")) }
            ol.ladder {
                @for (place, tier) in group.tiers.iter().enumerate().rev() {
                    @let is_here = here == Some(place);
                    li.here[is_here].had[here.is_some_and(|here| place < here)] aria-current=[is_here.then_some("step")] {
                        span.what { (called(tier)) }
                        span { (own.say("tiers-from", Args::new().text("threshold", measured(own, holding, group, tier.threshold)))) }
                        p { (benefits(own, tier)) }
                    }
                }
                li.here[here.is_none()].had[here.is_some()] aria-current=[here.is_none().then_some("step")] {
                    span.what { (own.t("home-no-tier")) } span {}
                    p { (own.t("tiers-floor")) }
                }
            }
        }
    }
}

/// What a step brings: what the document says, and its multiplier.
fn benefits(own: &Own<App>, tier: &Tier) -> String {
    let said =
        tier.benefits.iter().filter_map(|benefit| own.locale.pick(benefit)).map(str::to_owned);
    let factor = tier.multiplier.map(|rate| {
        let factor = own.locale.factor(rate);
        own.say("tiers-multiplier", Args::new().text("factor", factor))
    });
    said.chain(factor).collect::<Vec<_>>().join(" · ")
}

/// What a ladder counts, as people write it.
#[must_use]
pub fn measured(own: &Own<App>, holding: &Holding, group: &TierGroup, units: i64) -> String {
    match &group.measure {
        Measure::Spend => own.locale.money(units, holding.currency()),
        Measure::Points(code) => {
            let scale = holding.program.point_type(code).map_or(0, |found| found.scale);
            let number = own.locale.number(units, scale);
            let name = name(&holding.document, code, own.locale);
            own.say("accounts-amount", Args::new().text("number", number).text("name", name))
        }
        Measure::Visits => {
            let number = own.locale.number(units, 0);
            own.say("tiers-visits", Args::new().count("n", units).text("number", number))
        }
        Measure::Expression(_) => own.locale.number(units, 0),
    }
}

/// The same without the name of what is counted.
fn bare(own: &Own<App>, holding: &Holding, group: &TierGroup, units: i64) -> String {
    match &group.measure {
        Measure::Spend => own.locale.money(units, holding.currency()),
        Measure::Points(code) => {
            let scale = holding.program.point_type(code).map_or(0, |found| found.scale);
            own.locale.number(units, scale)
        }
        Measure::Visits | Measure::Expression(_) => own.locale.number(units, 0),
    }
}

fn window(own: &Own<App>, group: &TierGroup) -> String {
    match group.window {
        Window::CalendarYear => own.t("tiers-window-year"),
        Window::Rolling { months } => {
            own.say("tiers-window-rolling", Args::new().text("months", months.to_string()))
        }
        Window::Anniversary => own.t("tiers-window-anniversary"),
        Window::Lifetime => own.t("tiers-window-lifetime"),
    }
}

fn word(how: &lazo_domain::program::Provenance) -> String {
    serde_json::to_value(how)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
