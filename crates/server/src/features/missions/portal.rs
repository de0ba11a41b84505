//! The portal's page of first steps: what is done, what each gives, what comes next, and the badge at the end.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::MemberId;
use lazo_domain::program::{ProgramConfig, Reward};
use lazo_domain::time::Timestamp;
use lazo_measures::seed::Draws;
use maud::{Markup, html};

use super::portal_choices as choices;
use super::{Mission, Progress, progress, settled};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::members;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Icon, icon};
use crate::web::{Own, PageRow, Who};

/// Pairs that somebody is asked to choose of.
const ROUNDS: usize = 3;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/missions", Who::Own),
    PageRow::portal("/missions/tastes", Who::Own),
    PageRow::portal("/missions/tastes", Who::Own).sent(),
    PageRow::portal("/missions/goal", Who::Own),
    PageRow::portal("/missions/goal", Who::Own).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/missions", get(missions))
        .route("/missions/tastes", get(choices::tastes).post(choices::keep_tastes))
        .route("/missions/goal", get(choices::goal).post(choices::keep_goal))
}

/// The rewards that can be had of a program and cost something, in the order of their codes.
pub(super) fn to_be_had(document: &ProgramConfig, now: Timestamp) -> Vec<&Reward> {
    let mut found: Vec<&Reward> = document
        .rewards
        .iter()
        .filter(|reward| reward.price.is_positive())
        .filter(|reward| reward.from.is_none_or(|from| from <= now))
        .filter(|reward| reward.until.is_none_or(|end| end > now))
        .collect();
    found.sort_by(|a, b| a.code.cmp(&b.code));
    found
}

/// The pairs of rewards that a member is asked to choose of: others for each member, the same whenever the same member asks.
#[must_use]
pub fn rounds(document: &ProgramConfig, now: Timestamp, member: MemberId) -> Vec<[&Reward; 2]> {
    let mut left = to_be_had(document, now);
    let mut draws = Draws::new(member.0.cast_unsigned());
    let mut pairs = Vec::new();
    while pairs.len() < ROUNDS && left.len() >= 2 {
        let mut draw = || {
            let end = u64::try_from(left.len()).unwrap_or(0);
            left.swap_remove(usize::try_from(draws.below(end)).unwrap_or(0))
        };
        pairs.push([draw(), draw()]);
    }
    pairs
}

/// What a mission gives by the rules that are live, in words; nothing where it gives nothing.
fn gives(own: &Own<App>, purse: &Purse, progress: &Progress, mission: Mission) -> Option<String> {
    let of_program = |holding: &&Holding| holding.program.id == progress.offer.program;
    let amounts = purse.holdings.iter().filter(of_program).filter_map(|holding| {
        let points = progress::promised(&holding.document, mission, &holding.code, own.scope.now);
        (points > 0).then(|| holding.amount(points, own.locale))
    });
    let all: Vec<String> = amounts.collect();
    (!all.is_empty()).then(|| all.join(" + "))
}

fn word(own: &Own<App>, mission: Mission) -> String {
    own.t(&format!("missions-step-{}", mission.name()))
}

/// How many of how many, with a bar.
fn how_far(own: &Own<App>, progress: &Progress) -> Markup {
    let (done, all) = (progress.count(), progress.steps.len());
    let (part, whole) = (i64::try_from(done).unwrap_or(0), i64::try_from(all).unwrap_or(0));
    let args = Args::new()
        .text("done", own.locale.number(part, 0))
        .text("all", own.locale.number(whole, 0));
    html! { p { b.n { (own.say("missions-so-far", args)) } } (ui::bar(part, whole)) }
}

/// The next step, for the first page; nothing once there is none.
pub fn teaser(own: &Own<App>, purse: &Purse, progress: &Progress) -> Option<Markup> {
    let next = progress.next().filter(|_| !progress.is_over)?;
    Some(html! {
        section.goal.missions {
            header { h2 { (own.t("missions-title")) } a href=(own.at("/missions")) { (own.t("missions-all")) } }
            (how_far(own, progress))
            a.next href=(own.at(place(next))) { (icon(drawn(next))) span { (word(own, next))
                @if let Some(gives) = gives(own, purse, progress, next) { " · " b { "+" (gives) } } } (icon(Icon::Next)) }
        }
    })
}

/// The badge of a member who did all of them.
pub fn badge(own: &Own<App>, at: Timestamp) -> Markup {
    let zone = own.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let day = own.locale.day(at, &zone.unwrap_or_else(lazo_domain::time::Zone::utc));
    html! {
        p.badge { (icon(Icon::Spark)) span { b { (own.t("missions-badge")) } br; small { (own.say("missions-badge-on", Args::new().text("day", day))) } } }
    }
}

/// Where a step is taken.
fn place(mission: Mission) -> &'static str {
    match mission {
        Mission::Profile => "/me/profile?missions",
        Mission::Tastes => "/missions/tastes",
        Mission::Goal => "/missions/goal",
        Mission::Card => "/card",
        Mission::Purchase => "/program",
        Mission::All => "/missions",
    }
}

fn drawn(mission: Mission) -> Icon {
    match mission {
        Mission::Profile => Icon::Person,
        Mission::Tastes => Icon::Tie,
        Mission::Goal => Icon::Gift,
        Mission::Card => Icon::Card,
        Mission::Purchase => Icon::Bag,
        Mission::All => Icon::Spark,
    }
}

async fn missions(own: Own<App>) -> Result<Response, Problem> {
    let member = members::resolve(&own.scope, "me").await?;
    let purse = Purse::of(&own).await?;
    let found = settled(&own.scope, &member, &purse).await?;
    let title = own.t("missions-title");
    let Some(progress) = found else {
        let main = html! {
            div.stack.narrow {
                h1 { (title) }
                p.empty { (own.t("missions-none")) }
                p { a.act.second href=(own.at("/")) { (own.t("missions-home")) } }
            }
        };
        return Ok(shell::portal(&own, &title, Some(Place::Home), &main));
    };
    // What was posted just now is in no purse that was read before.
    let purse = Purse::of(&own).await?;
    let open = progress.offer.is_open(own.scope.now);
    let all_gives = gives(&own, &purse, &progress, Mission::All);
    let main = html! {
        div.stack.narrow {
            div.part {
                h1 { (title) }
                @if progress.badge().is_none() { p.lead { (own.t(if open { "missions-lead" } else { "missions-over" })) } }
            }
            @if own.path.ends_with("?kept") { (ui::note("good", &own.t("missions-kept"))) }
            @if let Some(badge_of) = progress.badge() { (badge(&own, badge_of.at)) } @else { section.goal { (how_far(&own, &progress)) } }
            ol.steps {
                @for step in &progress.steps { (step_row(&own, &purse, &progress, *step, open)) }
            }
            @if let (Some(gives), None) = (all_gives, progress.badge()) {
                p.quiet { (own.say("missions-all-give", Args::new().text("amount", gives))) }
            }
            p.quiet.small { (own.t("missions-once")) }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Home), &main))
}

fn step_row(
    own: &Own<App>,
    purse: &Purse,
    progress: &Progress,
    step: Mission,
    open: bool,
) -> Markup {
    let about = own.t(&format!("missions-about-{}", step.name()));
    let line = |effect: Markup| {
        html! { span.what { (word(own, step)) } (effect) span.why { (about) } }
    };
    let Some(done) = progress.of(step) else {
        let gives = gives(own, purse, progress, step);
        let effect = html! { @if let Some(gives) = gives { span.effect.plus { "+" (gives) } } @else { span.effect {} } };
        return html! {
            li { (icon(drawn(step)))
                @if open { a.row href=(own.at(place(step))) { (line(effect)) } } @else { div.row { (line(effect)) } } }
        };
    };
    let key = match done.state.as_str() {
        "before" => "missions-before",
        "posting" => "missions-posting",
        _ => "missions-done",
    };
    let effect = html! { span.effect { (own.t(key)) } };
    let path = done.event.map(|event| own.at(&format!("/points/{event}")));
    html! {
        li.had { (icon(Icon::Check))
            @match path { Some(path) => a.row href=(path) { (line(effect)) }, None => div.row { (line(effect)) } } }
    }
}
