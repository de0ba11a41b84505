//! The dry run at the desk: who gains and who loses, how points flow, what stands in the way, and the desk of exceptions.

use axum::extract::Path;
use axum::response::Response;
use lazo_domain::merging::SourceKey;
use maud::{Markup, html};
use serde_json::Value;

use super::super::api::views::{ListQuery, bare};
use super::super::fault::parsed;
use super::super::matching::name;
use super::super::store::projects::Project;
use super::super::store::{desk as exception_desk, plans};
use super::{below, exact, open};
use crate::App;
use crate::http::{Asked, Page, Problem, window};
use crate::i18n::Args;
use crate::web::chart::{self, Bar, Words};
use crate::web::{Desk, shell, ui};

/// The steps of change in worth, from the worst to the best, as the report has them.
const STEPS: [&str; 6] = [
    "loses over 10 %",
    "loses 1 to 10 %",
    "about the same",
    "gains 1 to 10 %",
    "gains 10 to 50 %",
    "gains over 50 %",
];

pub(super) async fn plan(desk: Desk<App>, Path(path): Path<String>) -> Result<Response, Problem> {
    let (bench, project) = open(&desk, &path).await?;
    let title = desk.t("merges-plan");
    let head = html! {
        div.head { p { a href=(below(&project, "")) { (project.document.code) } } h1 { (title) } }
    };
    let Some(plan) = plans::latest(&desk.scope.app.db, &project).await? else {
        let main = html! { (head) p.empty { (desk.t("merges-plan-empty")) } };
        return Ok(shell::console(&desk, &title, &main));
    };
    let report: Value = parsed(&plan.report, "the report of a dry run").map_err(bare)?;
    let currency = bench.tenant.config.currency;
    let main = html! {
        (head)
        p {
            span.tag.live[plan.approved_by.is_some()].bad[!plan.approvable] {
                (desk.t(if plan.approved_by.is_some() { "merges-plan-approved" } else if plan.approvable { "merges-plan-open" } else { "merges-plan-blocked" }))
            } " "
            span.quiet { (desk.moment(plan.made_at)) " · " code { (plan.run_hash.get(..16).unwrap_or_default()) } }
        }
        (blocking(&desk, &report))
        (who(&desk, &report, currency))
        (distribution(&desk, &report))
        (people(&desk, &project, &report, currency))
        (flow(&desk, &report))
        (tiers(&desk, &report))
        (liability(&desk, &report, currency))
    };
    Ok(shell::console(&desk, &title, &main))
}

fn count(report: &Value, name: &str) -> i64 {
    report["counts"][name].as_i64().unwrap_or(0)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// What stands in the way of an approval, and what the rules' tables let people exploit.
fn blocking(desk: &Desk<App>, report: &Value) -> Markup {
    let all: Vec<&str> =
        report["blocking"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html! {
        @if !all.is_empty() {
            div.note.bad { p { b { (desk.t("merges-blocking")) } } ul.dots { @for one in &all { li { code { (one) } } } } }
        }
    }
}

/// How many gain, stay and lose, and what everything is worth before and after.
pub fn who(desk: &Desk<App>, report: &Value, currency: lazo_domain::money::Currency) -> Markup {
    let of = |name: &str| desk.number(count(report, name));
    html! {
        dl.kpis {
            div { dt { (desk.t("merges-members")) } dd { (of("members")) small { (desk.say("merges-of-accounts", Args::new().text("n", of("accounts")))) } } }
            div { dt { (desk.t("merges-winners")) } dd { (of("winners")) } }
            div { dt { (desk.t("merges-neutrals")) } dd { (of("neutrals")) } }
            div { dt { (desk.t("merges-losers")) } dd { (of("losers")) } }
            div { dt { (desk.t("merges-held-back")) } dd { (of("members_held_back")) } }
            div { dt { (desk.t("merges-worth")) } dd { (exact(desk, currency, text(report, "value_after_minor"))) small { (desk.say("merges-worth-before", Args::new().text("money", exact(desk, currency, text(report, "value_before_minor"))))) } } }
        }
    }
}

/// Members by how their points' worth changes.
pub fn distribution(desk: &Desk<App>, report: &Value) -> Markup {
    let bars: Vec<Bar> = STEPS
        .iter()
        .enumerate()
        .map(|(place, step)| {
            let value = report["change_of_worth"][*step].as_i64().unwrap_or(0);
            let label = desk.say("merges-change", Args::new().text("step", format!("s{place}")));
            Bar { label, value, text: desk.number(value) }
        })
        .collect();
    let (title, of) = (desk.t("merges-distribution"), desk.t("merges-change-of"));
    let (amount, table) = (desk.t("merges-members"), desk.t("merges-table"));
    let summary = desk.say(
        "merges-distribution-says",
        Args::new()
            .text("gain", desk.number(count(report, "winners")))
            .text("lose", desk.number(count(report, "losers"))),
    );
    html! {
        div.wide-chart { (chart::bars(Words { title: &title, summary: &summary, of: &of, amount: &amount, table: &table }, &bars)) }
    }
}

/// Those who gain and lose most, each with the way to his or her statement.
fn people(
    desk: &Desk<App>,
    project: &Project,
    report: &Value,
    currency: lazo_domain::money::Currency,
) -> Markup {
    let list = |key: &str, title: &str| {
        let all = report[key].as_array();
        html! {
            section.part {
                h2 { (desk.t(title)) }
                @if all.is_none_or(Vec::is_empty) { p.quiet { (desk.t("merges-nobody")) } }
                ul.rows { @for one in all.into_iter().flatten() {
                    @let key = SourceKey::new(text(one, "source"), text(one, "member"));
                    li { a.row href=(format!("{}?member={}", below(project, "/statement"), name(&key))) {
                        span.what { code { (name(&key)) } }
                        span.effect { (exact(desk, currency, text(one, "change_minor"))) }
                    } }
                } }
            }
        }
    };
    html! {
        div.cells.two.even { (list("losers", "merges-worst")) (list("winners", "merges-best")) }
    }
}

/// Points from the source to the target, line by line: the numbers add up.
fn flow(desk: &Desk<App>, report: &Value) -> Markup {
    let rows: Vec<(String, String, String, String)> = report["control"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| {
            let mut cells = text(row, "line").splitn(3, ',');
            let code = cells.next()?.to_owned();
            let (source, points) =
                (cells.next()?.to_owned(), cells.next().unwrap_or_default().to_owned());
            Some((code, source, points, text(row, "value").to_owned()))
        })
        .collect();
    let heads = ["merges-source", "merges-points", "merges-line", "merges-amount"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let told = |value: &str| match value.parse::<i64>() {
        Ok(number) => desk.number(number),
        Err(_) => value.to_owned(),
    };
    let body = html! {
        @for (code, source, points, value) in &rows {
            tr { th scope="row" { (source) } td { (points) } td { (desk.say("merges-control", Args::new().text("code", code))) } td.n { (told(value)) } }
        }
    };
    html! {
        section.part {
            h2 { (desk.t("merges-flow")) }
            p.quiet { (desk.t("merges-flow-lead")) }
            (ui::table(&desk.t("merges-flow"), &heads, &body))
        }
    }
}

fn tiers(desk: &Desk<App>, report: &Value) -> Markup {
    let all: Vec<&Value> = report["tiers"].as_array().into_iter().flatten().collect();
    let heads = ["merges-tier", "merges-how", "merges-members"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let body = html! {
        @for one in &all {
            tr { th scope="row" { (text(one, "tier")) " " span.quiet { (text(one, "group")) } }
                td { (desk.say("merges-provenance", Args::new().text("provenance", text(one, "provenance")))) }
                td.n { (desk.number(one["members"].as_i64().unwrap_or(0))) } }
        }
    };
    html! { @if !all.is_empty() { section.part { h2 { (desk.t("merges-tiers")) } (ui::table(&desk.t("merges-tiers"), &heads, &body)) } } }
}

fn liability(desk: &Desk<App>, report: &Value, currency: lazo_domain::money::Currency) -> Markup {
    let all: Vec<&Value> = report["liability"].as_array().into_iter().flatten().collect();
    let heads = ["merges-when", "merges-points", "merges-amount", "merges-owed"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let units = |one: &Value| match text(one, "units").parse::<i64>() {
        Ok(number) => desk.number(number),
        Err(_) => text(one, "units").to_owned(),
    };
    let body = html! {
        @for one in &all {
            tr { th scope="row" { (desk.say("merges-at", Args::new().text("at", text(one, "when")))) } td { (text(one, "points")) } td.n { (units(one)) }
                td.n { @match one["liability_minor"].as_str() { Some(minor) => (exact(desk, currency, minor)), None => span.quiet { (desk.t("merges-unknown")) } } } }
        }
    };
    html! { @if !all.is_empty() { section.part { h2 { (desk.t("merges-liability")) } (ui::table(&desk.t("merges-liability"), &heads, &body)) } } }
}

/// What waits at the desk of exceptions, account by account.
pub(super) async fn exceptions(
    desk: Desk<App>,
    Path(path): Path<String>,
    Asked(query): Asked<ListQuery>,
) -> Result<Response, Problem> {
    let (bench, project) = open(&desk, &path).await?;
    let status = bench.status(&project).await.map_err(bare)?;
    let wish = window::<[String; 4]>("merges-exceptions", query.limit, query.cursor.as_deref())?;
    let [source, member, code, subject] = wish.after.clone().unwrap_or_default();
    let after = (SourceKey::new(&source, &member), code, subject);
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let only = query.only.unwrap_or_default();
    let found = exception_desk::page(&desk.scope.app.db, &project, &after, &only, limit).await?;
    let key = |item: &exception_desk::DeskItem| {
        [item.key.source.clone(), item.key.member.clone(), item.code.clone(), item.subject.clone()]
    };
    let page = Page::of("merges-exceptions", wish.limit, found, key, |item| item);
    let own = below(&project, "/exceptions");
    let filtered = |code: &str| {
        if code.is_empty() { own.clone() } else { format!("{own}?only={code}") }
    };
    let say = |code: &str| desk.say("merges-exception", Args::new().text("code", code));
    let title = desk.t("merges-exceptions");
    let main = html! {
        div.head { p { a href=(below(&project, "")) { (project.document.code) } } h1 { (title) } p.quiet { (desk.t("merges-exceptions-lead")) } }
        ul.filters {
            li { a href=(filtered("")) aria-current=[only.is_empty().then_some("true")] { (desk.t("merges-all")) } }
            @for one in &status.exceptions {
                @let code = text(one, "code");
                li { a href=(filtered(code)) aria-current=[(only == code).then_some("true")] { (say(code)) " " span.quiet { (desk.number(one["count"].as_i64().unwrap_or(0))) } } }
            }
        }
        @if page.items.is_empty() { p.empty { (desk.t("merges-exceptions-none")) } }
        ul.rows { @for item in &page.items {
            li { a.row href=(format!("{}?member={}", below(&project, "/statement"), name(&item.key))) {
                span.what { (say(&item.code)) @if exception_desk::holds_back(&item.code) { " " span.tag.draft { (desk.t("merges-waits")) } } }
                span.effect { (desk.number(item.points)) }
                span.when { code { (name(&item.key)) } " " (item.subject) }
                @if let Some(note) = &item.note { span.why { (note) } }
            } }
        } }
        (ui::next_page(&filtered(&only), &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}
