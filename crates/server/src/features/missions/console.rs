//! Missions at the desk: how they work, how far new members come, and whether they buy more than those who see none.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_measures::stats::intervals::Verdict;
use maud::{Markup, html};
use serde::Deserialize;

use super::policy::{self, MissionPolicy};
use super::results::{self, Group, Outcome, Results};
use super::{Mission, Offer, READERS, WRITERS, store};
use crate::App;
use crate::features::kpis::console::money_and_zone;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// People on a page.
const LISTED: i64 = 100;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/missions", Who::Staff(READERS)),
    PageRow::console("/missions/people", Who::Staff(READERS)),
    PageRow::console("/missions/policy", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/missions", get(overview))
        .route("/missions/people", get(people))
        .route("/missions/policy", post(set))
}

/// What is to be said, or who is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    told: String,
    arm: String,
    mission: String,
    cursor: String,
}

fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

async fn overview(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let found = policy::of(&desk.scope.app.db, desk.scope.tenant).await?;
    let title = desk.t("web-desk-missions");
    let results = results::of(&desk.scope).await?;
    let (currency, _) = money_and_zone(&desk).await?;
    let money = |minor: i64| desk.locale.money(minor, currency);
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("missions-desk-lead")) } }
        @if wanted.told == "done" { (ui::note("good", &desk.t("missions-saved"))) }
        @if wanted.told == "range" { (ui::note("bad", &desk.t("missions-range"))) }
        @if results.shown + results.holdout == 0 {
            p.empty { (desk.t(if found.as_ref().is_some_and(|it| it.open) { "missions-nobody" } else { "missions-desk-none" })) }
        } @else {
            (funnel(&desk, &results))
            (outcomes(&desk, &results.outcomes, &money))
        }
        @if may_write(&desk) { (settings(&desk, found.as_ref())) }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// How many of those who see missions did each, with the people behind each number.
fn funnel(desk: &Desk<App>, results: &Results) -> Markup {
    let title = desk.t("missions-funnel");
    let heads = ["missions-head-mission", "missions-head-members", "missions-head-share"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for (mission, members) in &results.done {
            tr {
                td { (desk.t(&format!("missions-step-{}", mission.name()))) }
                td.n { a href=(format!("/console/missions/people?mission={}", mission.name())) { (desk.locale.number(*members, 0)) } }
                td.n { (share(desk, *members, results.shown)) (ui::bar(*members, results.shown)) }
            }
        }
    };
    let groups = Args::new()
        .text("shown", desk.locale.number(results.shown, 0))
        .text("holdout", desk.locale.number(results.holdout, 0));
    html! {
        section.part {
            h2 { (title) }
            p { (desk.say("missions-groups", groups)) " "
                a href="/console/missions/people" { (desk.t("missions-people")) } " · "
                a href="/console/missions/people?arm=holdout" { (desk.t("missions-people-holdout")) } }
            (ui::table(&title, &heads, &rows))
        }
    }
}

/// A share in words, in percent with one decimal; a dash of nothing.
fn share(desk: &Desk<App>, part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let tenths = (i128::from(part) * 1_000 + i128::from(whole) / 2) / i128::from(whole);
    format!("{} %", desk.locale.number(i64::try_from(tenths).unwrap_or(0), 1))
}

fn outcomes(desk: &Desk<App>, all: &[Outcome], money: &dyn Fn(i64) -> String) -> Markup {
    let title = desk.t("missions-outcomes");
    let heads = ["days", "shown", "holdout", "difference", "spent", "word"];
    let heads = heads.map(|head| desk.t(&format!("missions-out-{head}")));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let bought = |of: Group| {
        html! { (share(desk, of.buyers, of.people)) br; span.quiet.small { (desk.locale.number(of.buyers, 0)) " / " (desk.locale.number(of.people, 0)) } }
    };
    let mean = |of: Group| match of.people {
        0 => "—".to_owned(),
        people => money(of.net_minor / people),
    };
    let rows = html! {
        @for it in all {
            @let difference = it.difference();
            tr {
                td.n { (desk.locale.number(it.days, 0)) }
                td.n { (bought(it.shown)) }
                td.n { (bought(it.holdout)) }
                td.n { @match &difference {
                    None => { "—" },
                    Some(found) => { (points(desk, found.estimate)) br;
                        span.quiet.small { (points(desk, found.interval.low)) " … " (points(desk, found.interval.high)) } }
                } }
                td.n { (mean(it.shown)) " / " (mean(it.holdout)) }
                td { (desk.t(match difference.map(|it| it.verdict) {
                    None => "missions-word-none",
                    Some(Verdict::Higher) => "missions-word-positive",
                    Some(Verdict::Lower) => "missions-word-negative",
                    Some(Verdict::NotConclusive) => "missions-word-open",
                })) }
            }
        }
    };
    html! {
        section.part {
            h2 { (title) }
            p.quiet { (desk.t("missions-outcomes-hint")) }
            (ui::table(&title, &heads, &rows))
        }
    }
}

/// A difference of shares in percentage points with one decimal.
fn points(desk: &Desk<App>, share: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "at most a thousand tenths")]
    let tenths = (share * 1_000.0).round() as i64;
    let sign = if tenths > 0 { "+" } else { "" };
    format!("{sign}{}", desk.locale.number(tenths, 1))
}

fn settings(desk: &Desk<App>, found: Option<&MissionPolicy>) -> Markup {
    let holdout = found.map_or(policy::USUAL_HOLDOUT, |it| it.holdout) / 100;
    html! {
        section.part {
            h2 { (desk.t("missions-settings")) }
            p.quiet { (desk.t("missions-rules-hint")) " "
                @for mission in Mission::STEPS.into_iter().chain([Mission::All]) { code { (format!("on = \"{}\"", mission.event())) } " " } }
            form.panel.slim method="post" action="/console/missions/policy" {
                (ui::token(&desk.token))
                div.check { input type="checkbox" id="open" name="open" value="1" checked[found.is_some_and(|it| it.open)]; label for="open" { (desk.t("missions-open")) } }
                (ui::field(ui::Field { name: "holdout", label: &desk.t("missions-holdout"), hint: Some(&desk.t("missions-holdout-hint")), value: &holdout.to_string(), keys: Some("numeric"), ..ui::Field::default() }))
                div.acts { button.act { (desk.t("missions-save")) } }
            }
        }
    }
}

async fn set(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    // What is no number is out of every range.
    let holdout =
        fields.get("holdout").parse::<i64>().map_or(-1, |percent| percent.saturating_mul(100));
    match policy::set(&desk.scope, fields.is_set("open"), holdout).await {
        Ok(_) => Ok(see("/console/missions?told=done")),
        Err(problem) if !problem.errors.is_empty() => Ok(see("/console/missions?told=range")),
        Err(problem) => Err(problem),
    }
}

/// The people behind a number, the latest first.
async fn people(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let shown = wanted.arm != super::offer::HOLDOUT;
    let mission = Mission::named(&wanted.mission);
    let before = wanted.cursor.parse().ok();
    let mut all = store::people(db, tenant, shown, mission, before, LISTED + 1).await?;
    let most = usize::try_from(LISTED).unwrap_or(0);
    let cursor = (all.len() > most).then(|| all[most - 1].member.to_string());
    all.truncate(most);
    let title = match mission {
        Some(mission) => desk.t(&format!("missions-step-{}", mission.name())),
        None if shown => desk.t("missions-people"),
        None => desk.t("missions-people-holdout"),
    };
    let mut rows = Vec::new();
    for offer in &all {
        rows.push(person(&desk, offer).await?);
    }
    let heads = ["missions-head-member", "missions-head-since", "missions-head-done"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let path = format!(
        "/console/missions/people?arm={}&mission={}",
        if shown { "" } else { super::offer::HOLDOUT },
        mission.map_or("", Mission::name)
    );
    let main = html! {
        div.head { p { a href="/console/missions" { (desk.t("web-desk-missions")) } } h1 { (title) } }
        @if rows.is_empty() { p.empty { (desk.t("missions-people-none")) } }
        @else { (ui::table(&title, &heads, &html! { @for row in &rows { (row) } })) }
        (ui::next_page(&path, &desk.t("missions-more"), cursor.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn person(desk: &Desk<App>, offer: &Offer) -> Result<Markup, Problem> {
    let done = store::steps(&desk.scope.app.db, desk.scope.tenant, offer.member).await?;
    Ok(html! {
        tr {
            td { a href=(format!("/console/members/{}", offer.member)) { code { (offer.member) } } }
            td { (desk.moment(offer.at)) }
            td { @for step in &done { span.tag { (desk.t(&format!("missions-step-{}", step.mission.name()))) } " " } }
        }
    })
}
