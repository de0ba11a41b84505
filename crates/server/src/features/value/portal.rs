//! The portal's page "Tu valor": what everything is worth, what was received, month by month, and where each point came from.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::EventId;
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};

use super::{Line, Statement, Sum, of};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::members;
use crate::features::tiers::api::standing;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui;
use crate::web::{Own, PageRow, Who};

/// Months on the page.
const MONTHS: usize = 12;

/// Who may open what.
pub const PAGES: &[PageRow] = &[PageRow::portal("/value", Who::Own)];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/value", get(value))
}

async fn value(own: Own<App>) -> Result<Response, Problem> {
    let member = members::resolve(&own.scope, "me").await?;
    let purse = Purse::of(&own).await?;
    let title = own.t("value-title");
    let told = of(&own.scope, &member, &purse).await?;
    let main = html! {
        div.stack.narrow {
            div.part { h1 { (title) } p.lead { (own.t("value-lead")) } }
            @if told.lines.is_empty() { p.empty { (own.t("home-no-program")) } } @else {
                (now(&own, &purse, &told))
                @for line in &told.lines { (received(&own, &told, line)) }
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Points), &main))
}

/// What there is now, program by program with its rate, and the sum.
fn now(own: &Own<App>, purse: &Purse, told: &Statement) -> Markup {
    let currency = told.lines[0].holding.currency();
    html! {
        section.part {
            h2 { (own.t("value-now")) }
            p.big-word { (own.locale.money(told.worth_minor(), currency)) }
            ul.rows.sum {
                @for line in &told.lines {
                    @let holding = &line.holding;
                    li { div.row {
                        span.what { (program(own, holding)) @if let Some(tier) = tier(own, purse, holding) { " · " (tier) } }
                        span.effect { @match holding.worth(holding.balance.available, own.locale) { Some(worth) => (worth), None => (own.t("value-no-money")) } }
                        span.why { (holding.amount(holding.balance.available.0, own.locale)) @if let Some(rate) = rate(own, holding) { " · " (rate) } }
                    } }
                }
            }
            p.quiet.small { (own.t("value-rounded")) }
        }
    }
}

fn program(own: &Own<App>, holding: &Holding) -> String {
    own.locale.pick(&holding.document.name).unwrap_or(&holding.program.code).to_owned()
}

/// What a hundred of them are worth: `100 puntos = 1,00 €`.
fn rate(own: &Own<App>, holding: &Holding) -> Option<String> {
    let hundred = 100_i64.checked_mul(10_i64.checked_pow(u32::from(holding.scale))?)?;
    let worth = holding.worth(Points(hundred), own.locale)?;
    Some(format!("{} = {worth}", holding.amount(hundred, own.locale)))
}

/// The tier in the program of a holding.
fn tier(own: &Own<App>, purse: &Purse, holding: &Holding) -> Option<String> {
    let group = holding.program.tier_groups.values().next()?;
    let view = standing(&holding.program, group, &purse.account, own.scope.now);
    let held = group.tiers.iter().find(|tier| tier.code == view.tier)?;
    own.locale.pick(&held.name).map(str::to_owned)
}

/// What came of one point type so far.
fn received(own: &Own<App>, told: &Statement, line: &Line) -> Markup {
    let holding = &line.holding;
    let with_worth = |points: i64| {
        let worth = holding.worth(Points(points), own.locale);
        html! { b { (holding.number(points, own.locale)) } @if let Some(worth) = worth { br; small.quiet { (worth) } } }
    };
    html! {
        section.part {
            h2 { (own.say("value-received", Args::new().text("program", program(own, holding)))) }
            @if line.actions.is_empty() { p.empty { (own.t("home-nothing-yet")) } } @else {
                dl.figures {
                    div { dt { (own.t("value-earned")) } dd { (with_worth(line.earned)) } }
                    div { dt { (own.t("value-used")) } dd { (with_worth(line.used)) } }
                    div { dt { (own.t("value-total")) } dd { (with_worth(line.total())) } }
                }
                h3 { (own.t("value-where")) }
                ul.rows {
                    @for (name, sum) in &line.actions { (sum_row(own, holding, &action(own, line, name), sum)) }
                    @if line.before != 0 { li { div.row { span.what { (own.t("value-before")) } (effect(own, holding, line.before)) } } }
                    li { div.row { span.what { b { (own.t("value-total")) } } span.effect { (holding.number(line.total(), own.locale)) } } }
                }
                @if line.places.keys().any(|name| !name.is_empty()) {
                    details {
                        summary { (own.t("value-places")) }
                        ul.rows { @for (name, sum) in &line.places {
                            @let called = if name.is_empty() { own.t("value-nowhere") } else { name.clone() };
                            (sum_row(own, holding, &called, sum))
                        } }
                    }
                }
                @if !line.rules.is_empty() {
                    details {
                        summary { (own.t("value-rules")) }
                        ul.rows {
                            @for (code, sum) in &line.rules { (sum_row(own, holding, &rule(own, line, code), sum)) }
                            li { div.row { span.what { b { (own.t("value-earned")) } } span.effect { (holding.number(line.earned, own.locale)) } } }
                        }
                    }
                }
                (months(own, line))
                @if !told.complete { p.quiet.small { (own.t("value-part")) } }
            }
        }
    }
}

fn effect(own: &Own<App>, holding: &Holding, points: i64) -> Markup {
    let number = holding.number(points.abs(), own.locale);
    let sign = if points < 0 { "−" } else { "+" };
    html! { span.effect.plus[points > 0] { (sign) (number) } }
}

/// A sum that opens to the latest movements behind it.
fn sum_row(own: &Own<App>, holding: &Holding, name: &str, sum: &Sum) -> Markup {
    let count = Args::new().count("n", sum.events).text("number", own.locale.number(sum.events, 0));
    let link = |event: &EventId, at: Timestamp| {
        let day = own.locale.day(at, &holding.program.zone);
        html! { a href=(own.at(&format!("/points/{event}"))) { (day) } }
    };
    html! {
        li { div.row {
            span.what { (name) } (effect(own, holding, sum.points))
            span.why { (own.say("value-times", count)) " · " (own.t("value-latest")) " "
                @for (place, (event, at)) in sum.latest.iter().enumerate() { @if place > 0 { ", " } (link(event, *at)) } }
        } }
    }
}

/// What an action is called.
fn action(own: &Own<App>, line: &Line, name: &str) -> String {
    let Some(event) = name.strip_prefix("event:") else {
        return own.say("value-action", Args::new().text("action", name));
    };
    let mut rules = line.holding.document.earning_rules.iter();
    let rule = rules.find(|rule| rule.on == event);
    rule.and_then(|rule| own.locale.pick(&rule.name)).unwrap_or(event).to_owned()
}

/// What a rule is called; a tier's multiplier and returns have words of their own.
fn rule(own: &Own<App>, line: &Line, code: &str) -> String {
    if code.is_empty() {
        return own.t("value-returned");
    }
    let named = |names: &std::collections::BTreeMap<String, String>| {
        own.locale.pick(names).map(str::to_owned)
    };
    if let Some(group) = code.strip_prefix("tier:") {
        let found = line.holding.program.tier_groups.get(group);
        let name = found.and_then(|group| named(&group.name)).unwrap_or_else(|| group.to_owned());
        return own.say("value-by-tier", Args::new().text("group", name));
    }
    let mut rules = line.holding.document.earning_rules.iter();
    let found = rules.find(|rule| rule.code == code);
    found.and_then(|rule| named(&rule.name)).unwrap_or_else(|| code.to_owned())
}

fn months(own: &Own<App>, line: &Line) -> Markup {
    let title = own.t("value-months");
    let heads = ["value-month", "value-earned", "value-used"];
    let heads = heads.map(|key| own.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let number = |points: i64| line.holding.number(points, own.locale);
    let rows = html! {
        @for ((year, month), of) in line.months.iter().rev().take(MONTHS) {
            tr {
                th scope="row" { (own.locale.month(*month)) " " (year) }
                td.n { (number(of.earned)) } td.n { (number(of.used)) }
            }
        }
    };
    html! { h3 { (title) } (ui::table(&title, &heads, &rows)) }
}
