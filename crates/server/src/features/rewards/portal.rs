//! The place "Recompensas": what can be had now, what is still missing, and a reward's own page with the way to redeem.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::EventId;
use lazo_domain::program::{Program, ProgramConfig, Reward, RewardKind};
use maud::{Markup, html};
use serde::Deserialize;

use super::api::{self, RewardView};
use super::shared;
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse, name};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Icon, icon};
use crate::web::{Own, PageRow, Visit, Who};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/rewards", Who::Own),
    PageRow::portal("/rewards/{program}/{reward}", Who::Own),
    PageRow::portal("/shared/{program}/{reward}", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/rewards", get(rewards))
        .route("/rewards/{program}/{reward}", get(reward))
        .route("/shared/{program}/{reward}", get(shared::shared))
}

/// What can be had at once, whatever it is.
const NOW: &str = "now";

/// Which rewards to show: a kind's name, `now`, or all.
#[derive(Debug, Default, Deserialize)]
struct RewardFilter {
    #[serde(default)]
    kind: String,
}

async fn rewards(own: Own<App>, Query(filter): Query<RewardFilter>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let title = own.t("rewards-title");
    let mut parts = Vec::new();
    let mut kinds = Vec::new();
    for holding in &purse.holdings {
        let all = api::for_caller(&own.scope, Arc::clone(&holding.program)).await?;
        let all = all.into_iter().filter(|reward| reward.point_type == holding.code);
        let (now, later): (Vec<_>, Vec<_>) = all.partition(|reward| reward.available);
        for reward in now.iter().chain(&later) {
            if !kinds.contains(&reward.kind) {
                kinds.push(reward.kind);
            }
        }
        parts.push((holding, now, later));
    }
    kinds.push(NOW);
    // A kind that is not there, from an old link or another program, shows all.
    let kind = kinds.iter().find(|kind| **kind == filter.kind).copied();
    for (_, now, later) in &mut parts {
        now.retain(|reward| kind.is_none_or(|kind| kind == NOW || kind == reward.kind));
        later.retain(|reward| kind.is_none_or(|kind| kind == reward.kind));
    }
    let none = parts.iter().all(|(_, now, later)| now.is_empty() && later.is_empty());
    let main = html! {
        div.stack {
            div.part {
                h1 { (title) }
                @for holding in &purse.holdings {
                    p.lead { (own.t("rewards-have")) " " b { (holding.amount(holding.balance.available.0, own.locale)) }
                        @if let Some(worth) = holding.worth(holding.balance.available, own.locale) { " (" (worth) ")" } }
                }
                p { a href=(own.at("/redemptions")) { (own.t("rewards-mine")) }
                    @if purse.holdings.iter().any(|holding| holding.program.transfers.allowed) {
                        " · " a href=(own.at("/transfers")) { (own.t("rewards-give")) }
                    } }
                @if kinds.len() > 2 { (filters(&own, &kinds, kind)) }
                @if none { p.empty { (own.t("rewards-none-here")) } }
            }
            @for (holding, now, later) in &parts {
                @if !now.is_empty() { (gallery(&own, holding, "rewards-now", now)) }
                @if !later.is_empty() { (gallery(&own, holding, "rewards-later", later)) }
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Rewards), &main))
}

/// Links that show less: all, what can be had now, and each kind that there is.
fn filters(own: &Own<App>, kinds: &[&'static str], here: Option<&str>) -> Markup {
    let here = here.unwrap_or("all");
    let link = |kind: &str| {
        let path = match kind {
            "all" => own.at("/rewards"),
            kind => own.at(&format!("/rewards?kind={kind}")),
        };
        let text = own.say("rewards-kind", Args::new().text("kind", kind));
        html! { li { a href=(path) aria-current=[(kind == here).then_some("true")] { (text) } } }
    };
    let all = ["all", NOW].into_iter().chain(kinds.iter().copied().filter(|kind| *kind != NOW));
    html! {
        nav aria-label=(own.t("rewards-filter")) { ul.filters { @for kind in all { (link(kind)) } } }
    }
}

fn gallery(own: &Own<App>, holding: &Holding, key: &str, all: &[RewardView]) -> Markup {
    html! {
        section.part {
            h2 { (own.t(key)) }
            ul.gallery { @for reward in all { li { (tile(own, holding, reward)) } } }
        }
    }
}

/// A reward as a tile that opens its page.
#[must_use]
pub fn tile(own: &Own<App>, holding: &Holding, reward: &RewardView) -> Markup {
    let path = own.at(&format!("/rewards/{}/{}", holding.program.code, reward.code));
    let document = holding.document.rewards.iter().find(|found| found.code == reward.code);
    html! {
        a.reward.far[!reward.available] href=(path) {
            @if let Some(document) = document { (art(own, document)) }
            h3 { (own.locale.pick(&reward.name).unwrap_or(&reward.code)) }
            @if let Some(document) = document { p.price { (own_price(own, holding, reward, document)) } }
            @if let Some(line) = still(own, holding, reward) { p.more { (line) } }
        }
    }
}

/// What stands in the way, if anything does.
fn still(own: &Own<App>, holding: &Holding, reward: &RewardView) -> Option<String> {
    match (reward.reason?, reward.missing) {
        (_, Some(missing)) => {
            let amount = holding.amount(missing, own.locale);
            Some(own.say("rewards-missing", Args::new().text("amount", amount)))
        }
        ("out_of_stock", _) => Some(own.t("rewards-out-of-stock")),
        ("tier_held", _) => Some(own.t("rewards-tier-held")),
        ("not_begun", _) => Some(own.t("rewards-not-begun")),
        _ => Some(own.t("rewards-ended")),
    }
}

/// A reward's picture: the brand's own, else an icon of its kind.
#[must_use]
pub fn art(visit: &Visit, reward: &Reward) -> Markup {
    let drawn = match reward.kind {
        RewardKind::Product => Icon::Gift,
        RewardKind::Voucher { .. } => Icon::Ticket,
        RewardKind::PartPayment { .. } => Icon::Bag,
        RewardKind::Experience { .. } => Icon::Calendar,
        RewardKind::Donation { .. } => Icon::Heart,
        RewardKind::InvoiceCredit { .. } => Icon::Invoice,
        RewardKind::TierBoost { .. } => Icon::Steps,
    };
    html! {
        span.art {
            @match visit.site.art(&reward.code) {
                Some(path) => img src=(path) alt="" width="240" height="180";,
                None => (icon(drawn)),
            }
        }
    }
}

/// What a reward costs, as it is written for everybody.
#[must_use]
pub fn price(
    visit: &Visit,
    program: &Program,
    document: &ProgramConfig,
    reward: &Reward,
) -> String {
    cost(visit, program, document, reward, reward.price.0)
}

/// What a reward costs when it costs so many smallest units.
fn cost(
    visit: &Visit,
    program: &Program,
    document: &ProgramConfig,
    reward: &Reward,
    units: i64,
) -> String {
    if let RewardKind::PartPayment { min_minor, .. } = &reward.kind {
        let least = visit.locale.money((*min_minor).max(1), program.currency);
        return visit.say("rewards-from", Args::new().text("amount", least));
    }
    let scale = program.point_type(&reward.point_type).map_or(0, |found| found.scale);
    let number = visit.locale.number(units, scale);
    let name = name(document, &reward.point_type, visit.locale);
    visit.say("accounts-amount", Args::new().text("number", number).text("name", name))
}

/// What a reward costs this member, beside what it costs everybody where that is more.
fn own_price(own: &Own<App>, holding: &Holding, view: &RewardView, reward: &Reward) -> Markup {
    let (program, document) = (&holding.program, &holding.document);
    let special =
        view.price < reward.price.0 && !matches!(reward.kind, RewardKind::PartPayment { .. });
    html! {
        (cost(own, program, document, reward, view.price))
        @if special {
            " " s.quiet { span.unseen { (own.t("rewards-instead-of")) " " } (holding.number(reward.price.0, own.locale)) }
        }
    }
}

async fn reward(
    own: Own<App>,
    Path((_, program, code)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("reward_not_found");
    let purse = Purse::of(&own).await?;
    let of_program = |holding: &&Holding| holding.program.code == program;
    let holding = purse.holdings.iter().find(of_program).ok_or_else(missing)?;
    // A program may have several kinds of points: those that pay this reward are told.
    let paid_with = holding.program.rewards.get(&code).map(|reward| &reward.point_type);
    let paying = |holding: &&Holding| of_program(holding) && Some(&holding.code) == paid_with;
    let holding = purse.holdings.iter().find(paying).ok_or_else(missing)?;
    let all = api::for_caller(&own.scope, Arc::clone(&holding.program)).await?;
    let view = all.into_iter().find(|reward| reward.code == code).ok_or_else(missing)?;
    let document = holding.document.rewards.iter().find(|found| found.code == code);
    let document = document.ok_or_else(missing)?;
    let title = own.locale.pick(&view.name).unwrap_or(&view.code).to_owned();
    let ways = shared::ways(&own, &holding.program, &code, &title).await?;
    let main = html! {
        div.two {
            div.hero { (art(&own, document)) }
            div.stack {
                div.part {
                    p { a href=(own.at("/rewards")) { (own.t("rewards-back")) } }
                    h1 { (title) }
                    p.lead { (own_price(&own, holding, &view, document)) }
                    @if let Some(line) = about(&own.visit, &holding.program, document) { p { (line) } }
                }
                @if view.available { (redeem(&own, holding, &view, document)) } @else { (not_yet(&own, holding, &view)) }
                (ways)
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Rewards), &main))
}

/// What it is and until when, in a sentence.
pub(super) fn about(visit: &Visit, program: &Program, reward: &Reward) -> Option<String> {
    let money = |minor: i64| visit.locale.money(minor, program.currency);
    match &reward.kind {
        RewardKind::Voucher { value_minor: Some(minor), .. } => {
            Some(visit.say("rewards-about-value", Args::new().text("amount", money(*minor))))
        }
        RewardKind::Voucher { .. } => Some(visit.t("rewards-about-voucher")),
        RewardKind::Experience { starts_at } => {
            let at = visit.locale.moment(*starts_at, &program.zone);
            Some(visit.say("rewards-about-experience", Args::new().text("at", at)))
        }
        RewardKind::PartPayment { .. } => Some(visit.t("rewards-about-pay")),
        RewardKind::Donation { to, value_minor } => {
            let to = visit.locale.pick(to).unwrap_or_default();
            let args = Args::new().text("amount", money(*value_minor)).text("to", to);
            Some(visit.say("rewards-about-donation", args))
        }
        RewardKind::InvoiceCredit { value_minor } => {
            let args = Args::new().text("amount", money(*value_minor));
            Some(visit.say("rewards-about-invoice", args))
        }
        RewardKind::TierBoost { group, tier, lasts } => {
            let found = program.tier_groups.get(group);
            let step = found.and_then(|group| group.tiers.iter().find(|step| step.code == *tier));
            let name = step.and_then(|step| visit.locale.pick(&step.name)).unwrap_or(tier);
            let args = Args::new().text("tier", name).text("lasts", visit.term(*lasts));
            Some(visit.say("rewards-about-tier", args))
        }
        RewardKind::Product => None,
    }
}

/// What will happen, and the button that does it.
fn redeem(own: &Own<App>, holding: &Holding, view: &RewardView, reward: &Reward) -> Markup {
    if matches!(reward.kind, RewardKind::PartPayment { .. }) {
        return html! { p.note { (own.t("rewards-at-the-till")) } };
    }
    let after = holding.balance.available.0 - view.price;
    // The same page sent twice is one redemption: its name is made here.
    let reference = EventId(own.scope.app.ids.next()).to_string();
    html! {
        section.sum {
            dl.pairs {
                div { dt { (own.t("rewards-have")) } dd { (holding.amount(holding.balance.available.0, own.locale)) } }
                div { dt { (own.t("rewards-costs")) } dd { "−" (holding.amount(view.price, own.locale)) } }
                div { dt { (own.t("rewards-after")) } dd { b { (holding.amount(after, own.locale)) } } }
            }
        }
        form method="post" action=(own.at("/redemptions")) {
            (ui::token(&own.token))
            input type="hidden" name="program" value=(holding.program.code);
            input type="hidden" name="reward" value=(view.code);
            input type="hidden" name="reference" value=(reference);
            button.act { (own.t("rewards-redeem")) }
            p.quiet.small { (own.t("rewards-redeem-hint")) }
        }
    }
}

fn not_yet(own: &Own<App>, holding: &Holding, view: &RewardView) -> Markup {
    html! {
        section.goal {
            @if let Some(line) = still(own, holding, view) { p.lead { (line) } }
            @if let Some(missing) = view.missing { (ui::bar(view.price - missing, view.price)) }
        }
    }
}
