//! What came of a campaign, at the desk: letters, what may be said of the effect, and the groups; each figure opens to its
//! people.

use lazo_domain::money::Currency;
use lazo_measures::catalogue::Unit;
use lazo_measures::stats::intervals::{Difference, Interval, Verdict};
use maud::{Markup, html};

use super::Campaign;
use super::draw::{HOLDOUT, UNIVERSAL};
use super::print::POST;
use super::results::{Comparison, Group, Results};
use crate::App;
use crate::features::measures::{console::stretch, words};
use crate::i18n::Args;
use crate::web::chart::{self, Bar};
use crate::web::{Desk, ui};

pub(super) fn told(desk: &Desk<App>, campaign: &Campaign, found: &Results) -> Markup {
    let people = |query: &str| format!("/console/campaigns/{}/people?{query}", campaign.id);
    let figure = |key: &str, query: &str, count: u64| {
        html! { div { dt { (desk.t(key)) } dd { a href=(people(query)) { (desk.number(count)) } } } }
    };
    let (treated, paper) = (&found.treated, campaign.channel == POST);
    let waiting = treated.letters("ready") + treated.letters("handing");
    html! {
        section.part {
            h2 { (desk.t("campaigns-results")) }
            dl.kpis {
                (figure(if paper { "campaigns-laid" } else { "campaigns-sent" }, "state=sent", treated.letters("sent")))
                (figure("campaigns-bounced", "state=bounced", treated.letters("bounced")))
                (figure("campaigns-withheld", "state=withheld", treated.letters("withheld")))
                @if waiting > 0 { (figure("campaigns-waiting", "state=ready", waiting)) }
                @if !paper {
                    (figure("campaigns-unsubscribed", "state=unsubscribed", treated.unsubscribed))
                    (figure("campaigns-complained", "state=complained", treated.complained))
                }
            }
            @if !treated.reasons.is_empty() {
                p.quiet { (desk.t("campaigns-reasons")) " "
                    @for (at, (reason, count)) in treated.reasons.iter().enumerate() { @if at > 0 { ", " } (self::reason(desk, reason)) " " (desk.number(*count)) } }
            }
        }
        @if let Some(days) = found.days {
            section.part {
                h2 { (desk.t("campaigns-effect")) }
                p.quiet { (desk.say(if found.over { "campaigns-days-over" } else { "campaigns-days-open" }, Args::new().text("days", stretch(desk, days)))) }
                (effect(desk, found))
            }
            section.part { (groups(desk, campaign, found)) }
        }
    }
}

/// What may be said of the treated against those left alone, and of the variants.
fn effect(desk: &Desk<App>, found: &Results) -> Markup {
    html! {
        @match &found.effect {
            None => p { (desk.t("campaigns-no-holdout")) },
            Some(effect) => (comparison(desk, effect, found.currency, true)),
        }
        @for other in &found.variants { (comparison(desk, other, found.currency, false)) }
    }
}

fn comparison(desk: &Desk<App>, found: &Comparison, currency: Currency, whole: bool) -> Markup {
    let names = || {
        Args::new()
            .text("one", group_name(desk, &found.groups.0))
            .text("other", group_name(desk, &found.groups.1))
    };
    if !found.sound {
        let p = desk.locale.number(scaled(found.ratio_p.unwrap_or(0.0), 1_000_000.0), 6);
        return ui::note("bad", &desk.say("campaigns-ratio-broken", names().text("p", p)));
    }
    html! {
        div.panel {
            p { b { (desk.say("campaigns-compare", names())) } }
            @match &found.buyers {
                None => p { (desk.t("campaigns-too-few")) },
                Some(difference) => p {
                    (verdict(desk, difference)) " "
                    (desk.say("campaigns-buyers-told", between(difference.estimate, difference.interval, |value| points(desk, value))))
                },
            }
            @if let Some(difference) = &found.spent {
                p { (verdict(desk, difference)) " "
                    (desk.say("campaigns-spent-told", between(difference.estimate, difference.interval, |value| money(desk, value, currency)))) }
            }
            @if whole && let Some((estimate, interval)) = found.incremental {
                p.quiet { (desk.say("campaigns-incremental", between(estimate, interval, |value| money(desk, value, currency)))) }
            }
            @if let Some(least) = found.detectable.filter(|_| is_open(found)) {
                p.quiet { (desk.say("campaigns-detectable", Args::new().text("least", points(desk, least)))) }
            }
        }
    }
}

/// Is the share of buyers not decided?
fn is_open(found: &Comparison) -> bool {
    found.buyers.as_ref().is_none_or(|found| found.verdict == Verdict::NotConclusive)
}

/// What may be said of a difference, as a tag.
#[must_use]
pub fn verdict(desk: &Desk<App>, difference: &Difference) -> Markup {
    match difference.verdict {
        Verdict::Higher => html! { span.tag.live { (desk.t("campaigns-higher")) } },
        Verdict::Lower => html! { span.tag.bad { (desk.t("campaigns-lower")) } },
        Verdict::NotConclusive => html! { span.tag { (desk.t("campaigns-not-conclusive")) } },
    }
}

/// An estimate with both ends of its interval, told by `told`.
pub fn between(estimate: f64, interval: Interval, told: impl Fn(f64) -> String) -> Args {
    Args::new()
        .text("estimate", told(estimate))
        .text("low", told(interval.low))
        .text("high", told(interval.high))
}

/// A difference of shares in points of a hundred, with its sign.
#[must_use]
pub fn points(desk: &Desk<App>, share: f64) -> String {
    let hundredths = scaled(share, 10_000.0);
    let sign = if hundredths > 0 { "+" } else { "" };
    format!("{sign}{}", desk.locale.number(hundredths, 2))
}

fn money(desk: &Desk<App>, minor: f64, currency: Currency) -> String {
    let minor = scaled(minor, 1.0);
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", desk.locale.money(minor, currency))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "shown figures, rounded; what is out of range stops at its end"
)]
fn scaled(value: f64, factor: f64) -> i64 {
    (value * factor).round() as i64
}

/// The groups beside each other, as bars with a table behind, and as rows that open.
fn groups(desk: &Desk<App>, campaign: &Campaign, found: &Results) -> Markup {
    let share = |group: &Group| group.share().share().unwrap_or(0.0);
    let percent = |group: &Group| {
        words::value(desk.locale, group.share().share(), Unit::Share, found.currency)
    };
    let there: Vec<&Group> = found.groups.iter().filter(|group| group.people > 0).collect();
    let bars: Vec<Bar> = there
        .iter()
        .map(|group| Bar {
            label: group_name(desk, &group.name),
            value: scaled(share(group), 10_000.0),
            text: percent(group),
        })
        .collect();
    let title = desk.t("campaigns-groups");
    let keys = [
        "campaigns-group",
        "campaigns-people",
        "campaigns-buyers",
        "campaigns-share",
        "campaigns-purchases",
        "campaigns-spent",
    ];
    let heads = keys.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for group in &there {
            @let opens = format!("/console/campaigns/{}/people?arm={}", campaign.id, group.name);
            tr {
                th scope="row" { a href=(opens) { (group_name(desk, &group.name)) } }
                td.n { a href=(opens) { (desk.number(group.people)) } }
                td.n { a href=(format!("{opens}&state=bought")) { (desk.number(group.buyers)) } }
                td.n { (percent(group)) }
                td.n { (desk.number(group.purchases)) }
                td.n { (desk.locale.money(group.net_minor, found.currency)) }
            }
        }
    };
    html! {
        @if !there.is_empty() {
            (chart::lying(chart::Words { title: &desk.t("campaigns-share-title"), summary: &desk.t("campaigns-share-lead"),
                of: &desk.t("campaigns-group"), amount: &desk.t("campaigns-share"), table: &desk.t("campaigns-table") }, &bars))
            (ui::table(&title, &heads, &rows))
        }
    }
}

/// What a group is called.
#[must_use]
pub fn group_name(desk: &Desk<App>, name: &str) -> String {
    match name {
        "treated" => desk.t("campaigns-arm-treated"),
        HOLDOUT => desk.t("campaigns-arm-holdout"),
        UNIVERSAL => desk.t("campaigns-arm-universal"),
        _ => desk.say("campaigns-arm-variant", Args::new().text("name", name)),
    }
}

/// Why a letter did not leave or came back.
#[must_use]
pub fn reason(desk: &Desk<App>, reason: &str) -> String {
    const KNOWN: [&str; 12] = [
        "gone",
        "suspended",
        "no_consent",
        "no_address",
        "universal",
        "cap",
        "returned",
        "gave_up",
        "no_words",
        "came_back",
        "same_address",
        "cancelled",
    ];
    if KNOWN.contains(&reason) {
        return desk.t(&format!("campaigns-reason-{}", reason.replace('_', "-")));
    }
    desk.say("campaigns-reason-refused", Args::new().text("code", reason))
}
