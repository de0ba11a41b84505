//! Measures at the desk: a program's figures beside target and baseline, the days and accounts behind each, the findings.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::AccountId;
use lazo_measures::closing::Direction;
use lazo_measures::diagnosis::{Outcome, Verdict, diagnose};
use maud::{Markup, html};
use serde::Deserialize;

use super::api::{Asking, READERS, asked_board, asking, days_told, only_points};
use super::figures::{Board, Figure};
use super::{Days, date_of, number_of, store, words};
use crate::App;
use crate::features::programs;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, PageRow, Who, shell};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/measures", Who::Staff(READERS)),
    PageRow::console("/measures/days", Who::Staff(READERS)),
    PageRow::console("/measures/days/{date}", Who::Staff(READERS)),
];
/// Accounts shown of a day.
const SHOWN: i64 = 100;

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/measures", get(overview))
        .route("/measures/days", get(days))
        .route("/measures/days/{date}", get(day))
}

/// Which program, and over which days.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    program: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// What a page is about: the program that is asked for, or the first one there is.
pub async fn about(desk: &Desk<App>, wanted: &Wanted) -> Result<Asking, Problem> {
    let first = programs::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let first = first.into_iter().next().map(|head| head.code);
    let code = wanted.program.as_deref().or(first.as_deref());
    asking(&desk.scope, code, wanted.from.as_deref(), wanted.to.as_deref()).await
}

/// A stretch of days in words.
pub fn stretch(desk: &Desk<App>, days: Days) -> String {
    let day = |day| words::date(desk.locale, date_of(day));
    desk.say("measures-stretch", Args::new().text("from", day(days.from)).text("to", day(days.to)))
}

async fn overview(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let asking = about(&desk, &wanted).await?;
    let board = asked_board(&desk.scope, &asking).await?;
    let heads = programs::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let title = desk.t("web-desk-measures");
    let (known, unknown): (Vec<&Figure>, Vec<&Figure>) =
        board.figures.iter().partition(|figure| figure.missing.is_none());
    let main = html! {
        div.head {
            h1 { (title) }
            p.quiet { (asking.program.code) " · " (stretch(&desk, board.days)) }
            @if heads.len() > 1 { p { @for head in &heads { a href=(format!("/console/measures?program={}", head.code)) { (head.code) } " " } } }
        }
        (findings(&desk, &asking, &board))
        section.part {
            h2 { (desk.t("measures-figures")) }
            (table(&desk, &asking, &board, &known))
        }
        details.part {
            summary { (desk.say("measures-not-known", words::counted(unknown.len()))) }
            p.quiet { (desk.t("measures-not-known-why")) }
            ul { @for figure in unknown { li { (words::name(desk.locale, &figure.kpi)) ": " code { (figure.missing.as_deref().unwrap_or_default()) } } } }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn table(desk: &Desk<App>, asking: &Asking, board: &Board, known: &[&Figure]) -> Markup {
    let (locale, currency) = (desk.locale, asking.program.currency);
    let value =
        |value: Option<f64>, figure: &Figure| words::value(locale, value, figure.unit, currency);
    let days = format!(
        "/console/measures/days?program={}&from={}&to={}",
        asking.program.code,
        date_of(board.days.from),
        date_of(board.days.to)
    );
    html! {
        div.scroll tabindex="0" role="region" aria-label=(desk.t("measures-figures")) {
            table {
                thead { tr {
                    th scope="col" { (desk.t("measures-indicator")) }
                    th.n scope="col" { (desk.t("measures-now")) }
                    th.n scope="col" { (desk.t("measures-before")) }
                    th.n scope="col" { (desk.t("measures-baseline")) }
                    th.n scope="col" { (desk.t("measures-target")) }
                    th scope="col" { (desk.t("measures-state")) }
                } }
                tbody { @for figure in known { tr {
                    th scope="row" { (words::name(locale, &figure.kpi)) " " small.quiet { (figure.kpi) } }
                    td.n { a href=(days) { (words::figure(locale, figure, currency)) }
                        @if let Some(interval) = figure.interval { br; small.quiet {
                            (value(Some(interval.low), figure)) "–" (value(Some(interval.high), figure)) } } }
                    td.n { (value(figure.before, figure)) }
                    td.n { (value(figure.baseline, figure)) }
                    td.n { (value(figure.target, figure)) }
                    td { (light(desk, figure)) }
                } } }
            }
        }
    }
}

/// Whether the target is met, in a word and not in a color alone.
fn light(desk: &Desk<App>, figure: &Figure) -> Markup {
    let (Some(value), Some(target)) = (figure.value, figure.target) else { return html! {} };
    let met =
        if figure.better == Some(Direction::Down) { value <= target } else { value >= target };
    html! {
        @if met { span.tag.live { (desk.t("measures-met")) } }
        @else { span.tag.draft { (desk.t("measures-missed")) } }
    }
}

fn findings(desk: &Desk<App>, asking: &Asking, board: &Board) -> Markup {
    let outcomes = diagnose(&board.facts);
    let of = |verdict| outcomes.iter().filter(move |one: &&Outcome| one.verdict == verdict);
    let fired: Vec<&Outcome> = of(Verdict::Fired).collect();
    let half: Vec<&Outcome> = of(Verdict::CauseNotTested).collect();
    let hidden = of(Verdict::CouldNotTest).count();
    html! {
        section.part {
            h2 { (desk.t("measures-findings")) }
            @if fired.is_empty() { p.quiet { (desk.t("measures-none-fired")) } }
            @for outcome in fired { (finding(desk, outcome)) }
            @for outcome in half { (finding(desk, outcome)) }
            p.quiet { (desk.say("measures-could-not-test", words::counted(hidden))) }
            p { a href=(format!("/console/recommendations?program={}", asking.program.code)) { (desk.t("web-desk-recommendations")) } }
        }
    }
}

/// A rule's finding: what is seen, why, and what to do, with the evidence one tap away.
pub fn finding(desk: &Desk<App>, outcome: &Outcome) -> Markup {
    let id = outcome.rule.to_lowercase();
    let tested: Vec<_> = outcome.symptom.iter().chain(&outcome.cause).collect();
    html! {
        div.rule {
            b { (desk.t(&format!("measures-{id}-cause"))) } " " small.quiet { (outcome.rule) }
            @if outcome.verdict == Verdict::CauseNotTested { " " span.tag.draft { (desk.t("measures-cause-not-tested")) } }
            p { (desk.t(&format!("measures-{id}-action"))) }
            details {
                summary { (desk.t("measures-evidence")) }
                ul { @for finding in tested { li { (words::finding(desk.locale, finding)) } } }
            }
        }
    }
}

async fn days(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let asking = about(&desk, &wanted).await?;
    let program = &asking.program;
    let told = days_told(&desk.scope, &asking).await?;
    let kinds: BTreeSet<&String> = told.values().flat_map(|day| day.points.keys()).collect();
    let kinds: Vec<&str> = kinds.into_iter().map(String::as_str).collect();
    let title = desk.t("measures-days");
    let number = |n: i64| desk.locale.number(n, 0);
    let main = html! {
        div.head {
            p { a href=(format!("/console/measures?program={}", program.code)) { (desk.t("web-desk-measures")) } }
            h1 { (title) }
            p.quiet { (program.code) " · " (stretch(&desk, asking.days)) }
        }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { (moved_head(&desk, "measures-day", &kinds)) }
                tbody { @for (day, one) in told.iter().rev() { tr {
                    th scope="row" { a href=(format!("/console/measures/days/{}?program={}", date_of(*day), program.code)) { (words::date(desk.locale, date_of(*day))) } }
                    td.n { (number(one.purchases)) }
                    td.n { (desk.locale.money(one.net_minor, program.currency)) }
                    @for kind in &kinds {
                        @let sum = one.points.get(*kind).copied().unwrap_or_default();
                        td.n { (number(sum.issued)) }
                        td.n { (number(sum.redeemed)) }
                        td.n { (number(sum.expired)) }
                    }
                } } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// The headings, with three columns for each point type: points of different types are never added up.
fn moved_head(desk: &Desk<App>, first: &str, kinds: &[&str]) -> Markup {
    html! { tr {
        th scope="col" { (desk.t(first)) }
        @for key in ["measures-purchases", "measures-net"] { th.n scope="col" { (desk.t(key)) } }
        @for kind in kinds {
            @for key in ["measures-issued", "measures-redeemed", "measures-expired"] {
                th.n scope="col" { (desk.t(key)) " " small.quiet { (kind) } }
            }
        }
    } }
}

async fn day(
    desk: Desk<App>,
    Path(date): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("not_found");
    let date: jiff::civil::Date = date.parse().map_err(|_| missing())?;
    let asking = about(&desk, &wanted).await?;
    let (tenant, program, number) = (desk.scope.tenant, &asking.program, number_of(date));
    let first = AccountId(i64::MIN);
    let db = &desk.scope.app.db;
    let found = store::accounts_of(db, tenant, program.id, number, first, SHOWN).await?;
    // Days of accounts are kept over all point types: with several of them the entries alone tell which.
    let only = only_points(program);
    let only: Vec<&str> = only.iter().map(String::as_str).collect();
    let title = words::date(desk.locale, date);
    let number = |n: i64| desk.locale.number(n, 0);
    let main = html! {
        div.head {
            p { a href=(format!("/console/measures/days?program={}", program.code)) { (desk.t("measures-days")) } }
            h1 { (title) }
            p.quiet { (desk.t("measures-accounts-hint")) }
        }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { (moved_head(&desk, "measures-account", &only)) }
                tbody { @for (account, moved) in &found { tr {
                    th scope="row" { code { (account) } }
                    td.n { (number(moved.purchases)) }
                    td.n { (desk.locale.money(moved.net_minor, program.currency)) }
                    @if !only.is_empty() {
                        td.n { (number(moved.issued)) }
                        td.n { (number(moved.redeemed)) }
                        td.n { (number(moved.expired)) }
                    }
                } } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}
