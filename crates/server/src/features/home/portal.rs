//! The place "Inicio": what I have, what is missing, what to do next, what ends soon, what I can have, what happened.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::program::TierGroup;
use lazo_domain::rules::RuleEffect;
use lazo_domain::time::DAY;
use maud::{Markup, html};

use super::app;
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse, in_force};
use crate::features::accounts::movements;
use crate::features::integration_projects::portal::was_merged;
use crate::features::members::{self, Member};
use crate::features::rewards;
use crate::features::rewards::api::RewardView;
use crate::features::tiers::api::{StandingView, standing};
use crate::features::tiers::portal::measured;
use crate::features::{missions, newsletter, wallet_passes};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Icon, icon};
use crate::web::visit::{Turned, scope};
use crate::web::{Guest, Own, PageRow, Who, barcode};

/// What ends within so many days is told on the first page.
const SOON: i64 = 60 * DAY;
/// Rewards on the first page's shelf.
const SHELF: usize = 3;
/// Movements on the first page.
const MOVEMENTS: usize = 3;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("", Who::Anybody),
    PageRow::portal("/app.webmanifest", Who::Anybody),
    PageRow::portal("/worker.js", Who::Anybody),
    PageRow::portal("/card", Who::Own),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/app.webmanifest", get(app::manifest))
        .route("/worker.js", get(app::worker))
        .route("/card", get(app::card))
}

/// Home for a member; for everybody else what there is in it.
async fn home(guest: Guest<App>) -> Result<Response, Turned> {
    if !guest.signed_in {
        return Ok(welcome(&guest).await?);
    }
    let Guest { app, visit, caller, .. } = guest;
    let own = Own { scope: scope(app, caller)?, visit };
    Ok(at_home(&own).await?)
}

async fn at_home(own: &Own<App>) -> Result<Response, Problem> {
    let mut purse = Purse::of(own).await?;
    let member = members::resolve(&own.scope, "me").await?;
    let steps = missions::settled(&own.scope, &member, &purse).await?;
    if steps.as_ref().is_some_and(|steps| steps.settled_now) {
        // What was posted just now is in no purse that was read before.
        purse = Purse::of(own).await?;
    }
    let title = own.t("web-place-home");
    let Some(first) = purse.first() else {
        let main = html! { div.door { h1 { (title) } p.lead { (own.t("home-no-program")) } } };
        return Ok(shell::portal(own, &title, Some(Place::Home), &main));
    };
    let mut shelf = rewards::api::for_caller(&own.scope, first.program.clone()).await?;
    // Only what the points of the card pay: beside other points the numbers would mean something else.
    shelf.retain(|reward| reward.point_type == first.code);
    let likes = missions::likes(&own.scope, &member).await?;
    // What one would rather have comes first; else the cheapest does.
    shelf.sort_by_key(|reward| !likes.tastes.contains(&reward.code));
    let (rows, _) = movements::page(own, &purse, None, MOVEMENTS).await?;
    let groups = first.program.tier_groups.values();
    let ladder = groups.into_iter().next();
    let standing =
        ladder.map(|group| (group, standing(&first.program, group, &purse.account, own.scope.now)));
    let card = card(own, &purse, first, &member, standing.as_ref()).await?;
    let merged = was_merged(own).await?;
    let teaser = steps.as_ref().and_then(|steps| missions::portal::teaser(own, &purse, steps));
    // One thing to do next: of who is new, the next first step.
    let next = teaser.is_none().then(|| next(own, first, standing.as_ref())).flatten();
    let main = html! {
        h1.unseen { (title) }
        div.two {
            div.stack {
                (card)
                (wallet_passes::portal::offers(own))
                @if let Some(goal) = goal(own, first, &shelf, likes.goal_of(first.program.id)) { (goal) }
                @if let Some(teaser) = &teaser { (teaser) }
                @if merged {
                    a.next href=(own.at("/what-happened")) { (icon(Icon::Tie)) span { (own.t("merges-statement")) } (icon(Icon::Next)) }
                }
                @if let Some(next) = &next { (next) }
                @if let Some(ending) = purse.endings(first, own.scope.now).first().filter(|e| e.at.0 - own.scope.now.0 < SOON) {
                    p.quiet { (own.say("home-ends", Args::new().text("amount", first.amount(ending.points, own.locale))
                        .text("day", first.last_day(ending.at, own.locale)))) }
                }
            }
            div.stack {
                (can_have(own, first, &shelf))
                section.part {
                    header { h2 { (own.t("home-latest")) } a href=(own.at("/points")) { (own.t("home-all-movements")) } }
                    @if rows.is_empty() { p.quiet { (own.t("home-nothing-yet")) } }
                    ul.rows { @for row in &rows { li { (movements::row(own, row)) } } }
                }
            }
        }
    };
    Ok(shell::portal(own, &title, Some(Place::Home), &main))
}

/// The card: name, points, worth, tier with a ring of progress; it opens to the barcode.
async fn card(
    own: &Own<App>,
    purse: &Purse,
    first: &Holding,
    member: &Member,
    standing: Option<&(&TierGroup, StandingView)>,
) -> Result<Markup, Problem> {
    let number =
        members::store::card_number(&own.scope.app.db, own.scope.tenant, member.id).await?;
    let given = member.attributes.get("given_name").and_then(serde_json::Value::as_str);
    let hello = match given {
        Some(name) => own.say("home-hello", Args::new().text("name", name)),
        None => own.t("home-hello-nameless"),
    };
    let available = first.balance.available;
    Ok(html! {
        section.card aria-label=(own.t("home-card")) {
            p.hello { (hello) }
            p.big { b { (first.number(available.0, own.locale)) } " " span { (first.name) } }
            @if let Some(worth) = first.worth(available, own.locale) {
                p.worth { a href=(own.at("/value")) { (own.t("home-worth")) " " b { (worth) } } }
            }
            @if let Some((group, standing)) = standing { (tier(own, first, group, standing)) }
            @if purse.holdings.len() > 1 {
                ul.others {
                    @for other in &purse.holdings[1..] {
                        li { span { (other.amount(other.balance.available.0, own.locale)) }
                            @if let Some(worth) = other.worth(other.balance.available, own.locale) { span { (worth) } } }
                    }
                }
            }
            details.pass {
                summary { (own.t("home-my-card")) }
                (barcode::code_128(&number, &own.say("home-barcode", Args::new().text("number", &number))))
            }
        }
    })
}

fn tier(own: &Own<App>, first: &Holding, group: &TierGroup, standing: &StandingView) -> Markup {
    let held = group.tiers.iter().find(|tier| tier.code == standing.tier);
    let name = held.and_then(|tier| own.locale.pick(&tier.name).map(str::to_owned));
    let next = standing.path.first();
    let (part, whole) = next.map_or((1, 1), |next| (standing.measured, next.threshold));
    let until = standing
        .valid_until
        .map(|at| own.say("home-until", Args::new().text("day", first.last_day(at, own.locale))));
    let towards = next.map(|next| {
        let name = own.locale.pick(&next.name).unwrap_or(&next.tier).to_owned();
        own.say("home-towards", Args::new().text("tier", name))
    });
    html! {
        a.standing href=(own.at("/tier")) {
            (ui::ring(part, whole))
            p { b { (name.unwrap_or_else(|| own.t("home-no-tier"))) }
                @if let Some(line) = until.or(towards) { small { (line) } } }
        }
    }
}

/// What is missing to the reward that was chosen to save for, else to the nearest that cannot be had yet.
fn goal(
    own: &Own<App>,
    first: &Holding,
    shelf: &[RewardView],
    chosen: Option<&str>,
) -> Option<Markup> {
    let missing = |reward: &&RewardView| reward.missing.is_some();
    let chosen = shelf.iter().find(|reward| Some(reward.code.as_str()) == chosen);
    let nearest = shelf.iter().filter(missing).min_by_key(|reward| reward.missing);
    let goal = chosen.filter(missing).or(nearest)?;
    let missing = goal.missing?;
    let name = own.locale.pick(&goal.name).unwrap_or(&goal.code).to_owned();
    let path = own.at(&format!("/rewards/{}/{}", first.program.code, goal.code));
    Some(html! {
        section.goal {
            p { (own.t("home-missing")) " " b.n { (first.amount(missing, own.locale)) } " " (own.t("home-missing-for")) " "
                a href=(path) { (name) } }
            (ui::bar(goal.price - missing, goal.price))
        }
    })
}

/// The one thing to do next: the step to the next tier when it is near, else the rule that multiplies most.
fn next(
    own: &Own<App>,
    first: &Holding,
    standing: Option<&(&TierGroup, StandingView)>,
) -> Option<Markup> {
    let near = standing.and_then(|(group, standing)| {
        let next = standing.path.first()?;
        let near = next.missing > 0 && next.missing.saturating_mul(4) <= next.threshold;
        near.then(|| {
            let name = own.locale.pick(&next.name).unwrap_or(&next.tier).to_owned();
            let missing = measured(own, first, group, next.missing);
            own.say("home-next-tier", Args::new().text("missing", missing).text("tier", name))
        })
    });
    let (text, path) = match near {
        Some(text) => (text, "/tier"),
        None => {
            let rules = first.document.earning_rules.iter();
            let now = own.scope.now;
            let mut live = rules.filter(|rule| {
                rule.from.is_none_or(|from| from <= now) && rule.until.is_none_or(|end| end > now)
            });
            let rule = live.find(|rule| matches!(rule.effect, RuleEffect::Multiplier { .. }))?;
            let name = own.locale.pick(&rule.name)?.to_owned();
            (own.say("home-next-rule", Args::new().text("rule", name)), "/program")
        }
    };
    Some(html! {
        a.next href=(own.at(path)) { (icon(Icon::Spark)) span { (text) } (icon(Icon::Next)) }
    })
}

fn can_have(own: &Own<App>, first: &Holding, shelf: &[RewardView]) -> Markup {
    let available: Vec<&RewardView> =
        shelf.iter().filter(|reward| reward.available).take(SHELF).collect();
    html! {
        section.part {
            header { h2 { (own.t("home-can")) } a href=(own.at("/rewards")) { (own.t("home-all-rewards")) } }
            @if available.is_empty() { p.quiet { (own.t("home-can-nothing")) } }
            ul.shelf { @for reward in available { li { (rewards::portal::tile(own, first, reward)) } } }
        }
    }
}

/// What there is in it for whoever is not signed in.
async fn welcome(guest: &Guest<App>) -> Result<Response, Problem> {
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let programs = in_force(&scope, &guest.site.programs).await?;
    let site = &guest.site;
    let newsletter = newsletter::settings::is_open(&scope.app.db, site.tenant, site.brand).await?;
    let title = guest.site.name.clone();
    let main = html! {
        div.two {
            div.door {
                div.part {
                    h1 { (guest.t("home-welcome")) }
                    p.lead { (guest.t("home-welcome-lead")) }
                }
                p.acts {
                    a.act href=(guest.at("/join")) { (guest.t("sessions-join-act")) }
                    a.act.second href=(guest.at("/sign-in")) { (guest.t("sessions-sign-in")) }
                }
                @if newsletter { p { a href=(guest.at("/newsletter")) { (guest.t("newsletter-joins")) } } }
            }
            @for (program, document) in &programs {
                section.part {
                    header { h2 { (guest.t("home-welcome-rewards")) } a href=(guest.at("/program")) { (guest.t("web-program")) } }
                    ul.gallery {
                        @for reward in document.rewards.iter().filter(|r| r.price.is_positive()).take(4) {
                            li { div.reward {
                                (rewards::portal::art(&guest.visit, reward))
                                h3 { (guest.locale.pick(&reward.name).unwrap_or(&reward.code)) }
                                p.price { (rewards::portal::price(&guest.visit, program, document, reward)) }
                            } }
                        }
                    }
                }
            }
        }
    };
    Ok(shell::portal(guest, &title, None, &main))
}
