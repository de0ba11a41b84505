//! "Cómo funciona" and "Ayuda": what earns, what it is worth, when it ends; every number is the live program's.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::program::expiry::Basis;
use lazo_domain::program::{ExpiryPolicy, PointKind, Program, ProgramConfig};
use lazo_domain::rules::{EarningRule, RuleEffect};
use lazo_domain::time::{Period, Timestamp, Zone};
use maud::{Markup, html};
use serde::Deserialize;

use super::search;
use crate::App;
use crate::features::accounts::holdings::in_force;
use crate::features::invitations;
use crate::features::ledger::condition;
use crate::features::newsletter;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell;
use crate::web::visit::scope;
use crate::web::{Guest, PageRow, Who, share};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/program", Who::Anybody),
    PageRow::portal("/help", Who::Anybody),
    PageRow::portal("/privacy", Who::Anybody),
];

/// Questions with their answers, in the order in which they are asked most.
pub(super) const QUESTIONS: [&str; 11] = [
    "help-why-none",
    "help-when-ends",
    "help-how-redeem",
    "help-undo",
    "help-pending",
    "help-level",
    "help-lost-card",
    "help-two-accounts",
    "help-email",
    "help-letters",
    "help-leave",
];

/// Letters of what is sought.
const MAX_SOUGHT: usize = 100;

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/program", get(program))
        .route("/help", get(help))
        .route("/privacy", get(privacy))
}

async fn program(guest: Guest<App>) -> Result<Response, Problem> {
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let all = in_force(&scope, &guest.site.programs).await?;
    let title = guest.t("help-program");
    // A member shares his or her own invitation, anybody else the page.
    let link = invitations::portal::link_of_guest(&guest).await?;
    let page = || invitations::portal::absolute(&guest.app, &guest.at("/program"));
    let address = link.map_or_else(page, |link| link.address);
    let words = guest.say("help-share-words", Args::new().text("brand", &guest.site.name));
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            @for (program, document) in &all { (told(&guest, program, document, scope.now)) }
            @if !guest.signed_in { p { a.act href=(guest.at("/join")) { (guest.t("sessions-join-act")) } } }
            details.part { summary { (guest.t("help-share")) } (share::share(&guest.visit, &address, &words)) }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

fn told(guest: &Guest<App>, program: &Program, document: &ProgramConfig, now: Timestamp) -> Markup {
    let live = |rule: &&EarningRule| {
        rule.from.is_none_or(|from| from <= now) && rule.until.is_none_or(|end| end > now)
    };
    let spendable = |code: &str| {
        document.point_types.iter().any(|p| p.code == code && p.kind == PointKind::Redeemable)
    };
    let rules: Vec<&EarningRule> = document
        .earning_rules
        .iter()
        .filter(live)
        .filter(|rule| spendable(&rule.point_type))
        .collect();
    html! {
        section.part {
            h2 { (guest.locale.pick(&document.name).unwrap_or(&document.code)) }
            h3 { (guest.t("help-earn")) }
            ul.rows { @for rule in rules { li { div.row {
                span.what { (guest.locale.pick(&rule.name).unwrap_or(&rule.code)) }
                span.effect { (gives(guest, document, rule)) }
                @let held = limits(guest, document, rule, &program.zone).join(" ");
                @if !held.is_empty() { span.why { (held) } }
            } } } }
        }
        section.part {
            h3 { (guest.t("help-worth")) }
            @for point_type in document.point_types.iter().filter(|p| p.kind == PointKind::Redeemable) {
                @if let Some(line) = worth(guest, program, document, &point_type.code) { p { (line) } }
                @for line in ends(guest, document, &point_type.expiry) { p { (line) } }
            }
        }
    }
}

/// What a rule gives, in a few words.
fn gives(guest: &Guest<App>, document: &ProgramConfig, rule: &EarningRule) -> String {
    let named = document.point_types.iter().find(|p| p.code == rule.point_type);
    let scale = named.map_or(0, |p| p.scale);
    let name = named.and_then(|p| guest.locale.pick(&p.name)).unwrap_or(&rule.point_type);
    let amount = |points: i64| {
        let number = guest.locale.number(points, scale);
        guest.say("accounts-amount", Args::new().text("number", number).text("name", name))
    };
    match &rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, .. } => guest.say(
            "help-per-amount",
            Args::new()
                .text("amount", guest.locale.number(*points, scale))
                .text("per", guest.locale.money(*per_minor, document.currency)),
        ),
        RuleEffect::PointsPerUnit { points } => {
            guest.say("help-per-unit", Args::new().text("amount", amount(*points)))
        }
        RuleEffect::Fixed { points } => format!("+{}", amount(*points)),
        RuleEffect::Multiplier { factor, .. } => format!("× {}", guest.locale.factor(*factor)),
    }
}

fn worth(
    guest: &Guest<App>,
    program: &Program,
    document: &ProgramConfig,
    code: &str,
) -> Option<String> {
    let value = program.point_type(code)?.value_minor?;
    let hundred = value.num().checked_mul(100)?;
    let minor = (hundred % value.den() == 0).then(|| hundred / value.den())?;
    let name = document.point_types.iter().find(|p| p.code == code)?;
    let name = guest.locale.pick(&name.name).unwrap_or(code).to_owned();
    let money = guest.locale.money(minor, document.currency);
    Some(guest.say("help-worth-line", Args::new().text("name", name).text("money", money)))
}

/// What holds a rule back: when it counts, on what, and up to how much. Nothing of it stands in small print elsewhere.
fn limits(
    guest: &Guest<App>,
    document: &ProgramConfig,
    rule: &EarningRule,
    zone: &Zone,
) -> Vec<String> {
    let named = document.point_types.iter().find(|p| p.code == rule.point_type);
    let scale = named.map_or(0, |p| p.scale);
    let name = named.and_then(|p| guest.locale.pick(&p.name)).unwrap_or(&rule.point_type);
    let per = |period: Period| Args::new().text("per", period_name(period));
    let mut all = Vec::new();
    let RuleLines { only, never } = lines(rule);
    for (key, list) in [("help-only", only), ("help-not", never)] {
        if !list.is_empty() {
            all.push(guest.say(key, Args::new().text("list", list.join(", "))));
        }
    }
    let conditions: Vec<&String> = rule.when.iter().chain(&rule.lines.when).collect();
    let told = conditions.iter().map(|when| condition::told(when, document, guest.locale));
    match told.collect::<Option<Vec<String>>>() {
        Some(told) => all.extend(
            told.into_iter()
                .map(|when| guest.say("help-only-when", Args::new().text("when", when))),
        ),
        None => all.push(guest.t("help-condition")),
    }
    if let Some(nth) = rule.nth {
        let key = if nth.every { "help-every-nth" } else { "help-nth" };
        all.push(guest.say(key, per(nth.per).count("n", nth.n).text("number", nth.n.to_string())));
    }
    for cap in &rule.caps {
        if let Some(points) = cap.points {
            let number = guest.locale.number(points, scale);
            let amount =
                guest.say("accounts-amount", Args::new().text("number", number).text("name", name));
            all.push(guest.say("help-cap", per(cap.per).text("amount", amount)));
        }
        if let Some(times) = cap.times {
            let args = per(cap.per).count("n", times).text("number", times.to_string());
            all.push(guest.say("help-cap-times", args));
        }
    }
    if rule.budget.is_some() {
        all.push(guest.t("help-budget"));
    }
    if let Some(until) = rule.until {
        let day = guest.locale.day(until.plus_micros(-1), zone);
        all.push(guest.say("help-until", Args::new().text("day", day)));
    }
    all
}

/// What a rule is about, and what it leaves out.
struct RuleLines<'a> {
    only: Vec<&'a str>,
    never: Vec<&'a str>,
}

fn lines(rule: &EarningRule) -> RuleLines<'_> {
    let filter = &rule.lines;
    let only = filter.categories.iter().chain(&filter.products).chain(&filter.brands);
    let never = filter.not_categories.iter().chain(&filter.not_products);
    RuleLines {
        only: only.map(String::as_str).collect(),
        never: never.map(String::as_str).collect(),
    }
}

fn period_name(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Year => "year",
        Period::Ever => "ever",
    }
}

/// When points end: the whole policy, a sentence for each of its parts.
fn ends(guest: &Guest<App>, document: &ProgramConfig, policy: &ExpiryPolicy) -> Vec<String> {
    let Some(base) = policy.term.filter(|_| policy.basis != Basis::Never) else {
        return vec![guest.t("help-ends-never")];
    };
    let key =
        if policy.basis == Basis::Activity { "help-ends-activity" } else { "help-ends-earned" };
    let mut all = vec![guest.say(key, Args::new().text("term", guest.term(base)))];
    if let Some(period) = policy.round_up_to {
        all.push(guest.say("help-ends-round", Args::new().text("per", period_name(period))));
    }
    for own in &policy.by_tier {
        let tiers = document.tier_groups.iter().filter(|group| group.code == own.group);
        let tier = tiers.flat_map(|group| &group.tiers).find(|tier| tier.code == own.tier);
        let name = tier.and_then(|tier| guest.locale.pick(&tier.name)).unwrap_or(&own.tier);
        let args = Args::new().text("tier", name);
        all.push(match own.term {
            Some(longer) => guest.say("help-ends-tier", args.text("term", guest.term(longer))),
            None => guest.say("help-ends-tier-never", args),
        });
    }
    if policy.extend_on_upgrade {
        all.push(guest.t("help-ends-upgrade"));
    }
    all
}

/// What is sought, and the page that help was asked for on.
#[derive(Debug, Default, Deserialize)]
struct HelpQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    from: String,
}

async fn help(guest: Guest<App>, Query(query): Query<HelpQuery>) -> Result<Response, Problem> {
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let all = in_force(&scope, &guest.site.programs).await?;
    let policies: Vec<String> = all
        .iter()
        .flat_map(|(_, document)| document.point_types.iter().map(move |p| (document, p)))
        .filter(|(_, point_type)| point_type.kind == PointKind::Redeemable)
        .flat_map(|(document, point_type)| ends(&guest, document, &point_type.expiry))
        .collect();
    let sought: String = query.q.trim().chars().take(MAX_SOUGHT).collect();
    let whole = |key: &str| {
        let said = ["", "-answer", "-words"].map(|part| guest.t(&format!("{key}{part}")));
        let more = if key == "help-when-ends" { policies.join(" ") } else { String::new() };
        format!("{} {more}", said.join(" "))
    };
    let site = &guest.site;
    let newsletter = newsletter::settings::is_open(&scope.app.db, site.tenant, site.brand).await?;
    let found = search::best(&QUESTIONS, &sought, whole);
    let title = guest.t("web-help");
    let main = html! {
        div.stack.narrow {
            div.part { h1 { (title) } p.lead { (guest.t("help-lead")) } }
            form.search role="search" action=(guest.at("/help")) {
                label.unseen for="q" { (guest.t("help-search")) }
                input type="search" id="q" name="q" value=(sought) maxlength=(MAX_SOUGHT) placeholder=(guest.t("help-search"));
                button.act.second { (guest.t("help-search-act")) }
            }
            section.part {
                @if found.is_empty() { p.quiet { (guest.say("help-nothing", Args::new().text("q", &sought))) } }
                @for key in found {
                    details open[!sought.is_empty()] {
                        summary { b { (guest.t(key)) } }
                        p { (guest.t(&format!("{key}-answer"))) }
                        @if key == "help-when-ends" { @for line in &policies { p { (line) } } }
                    }
                }
                @if !sought.is_empty() { p { a href=(guest.at("/help")) { (guest.t("help-all")) } } }
            }
            (people(&guest, &query.from))
            p.acts {
                a href=(guest.at("/program")) { (guest.t("help-program")) }
                @if newsletter { a href=(guest.at("/newsletter")) { (guest.t("newsletter-joins")) } }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

/// Does a path stand in a query as it is? Those of our pages do.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.~".contains(c))
}

/// How to reach somebody: the form that knows the page one came from, mail, and the phone with its hours.
fn people(guest: &Guest<App>, from: &str) -> Markup {
    let ours = from.strip_prefix(&guest.site.base).is_some_and(is_plain);
    let new = guest.at("/help/cases/new");
    let form = if ours { format!("{new}?from={from}") } else { new };
    let support = guest.site.support.as_ref();
    html! {
        section.part {
            h2 { (guest.t("help-people")) }
            @if guest.signed_in {
                div.acts {
                    a.act href=(form) { (guest.t("cases-ask")) }
                    a href=(guest.at("/help/cases")) { (guest.t("cases-mine")) }
                }
            } @else {
                p { a href=(guest.at("/sign-in")) { (guest.t("help-people-sign-in")) } }
            }
            dl.pairs {
                @if let Some(email) = support.and_then(|support| support.email.as_ref()) {
                    div { dt { (guest.t("help-people-email")) } dd { a href=(format!("mailto:{email}")) { (email) } } }
                }
                @if let Some((support, phone)) = support.and_then(|s| Some((s, s.phone.as_ref()?))) {
                    @let dialled: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                    div { dt { (guest.t("help-people-phone")) } dd {
                        a href=(format!("tel:{dialled}")) { (phone) }
                        @if let Some(hours) = guest.locale.pick(&support.hours) { " " span.quiet { (hours) } }
                    } }
                }
            }
        }
    }
}

/// What the brand says about personal data, and where to ask.
async fn privacy(guest: Guest<App>) -> Result<Response, Problem> {
    let told = guest.site.privacy.as_ref().ok_or_else(|| Problem::not_found("not_found"))?;
    let text =
        guest.locale.pick(&told.text).or_else(|| told.text.values().next().map(String::as_str));
    let title = guest.t("web-privacy");
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            div.part { @for paragraph in text.unwrap_or_default().split("\n\n") { p { (paragraph) } } }
            section.part {
                h2 { (guest.t("help-privacy-contact")) }
                p { (told.contact) }
                p.quiet.small { (guest.say("help-privacy-version", Args::new().text("version", &told.version))) }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}
