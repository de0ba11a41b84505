//! Objectives at the desk: the tree of goals, each with its indicator, the parts that serve it, and its light.

use axum::response::Response;
use maud::{Markup, html};

use super::console::conflicts;
use super::{Cover, Light, Line, matrix};
use crate::App;
use crate::features::kpis;
use crate::features::registers::form::choice;
use crate::features::registers::{Number, WRITERS};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, shell};

pub(super) async fn open(desk: Desk<App>) -> Result<Response, Problem> {
    let found = matrix(&desk.scope).await?;
    let title = desk.t("alignment-objectives");
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    let goals: Vec<&Line> =
        found.lines.iter().filter(|line| line.objective.text("goal").is_empty()).collect();
    let mut trees = Vec::new();
    for goal in goals {
        trees.push(tree(&desk, goal, &found.lines).await?);
    }
    let main = html! {
        div.head {
            p { a href="/console/alignment" { (desk.t("web-desk-alignment")) } }
            h1 { (title) }
            p.quiet { (desk.t("alignment-objectives-lead")) }
        }
        @if trees.is_empty() { p { (desk.t("alignment-none-yet")) } }
        @for tree in trees { (tree) }
        @if may_write { div.acts { a.act.second href="/console/registers/objectives" { (desk.t("alignment-register")) } } }
        (conflicts(&desk, &found.conflicts))
        details {
            summary { (desk.t("alignment-elements")) }
            ul.dots { @for element in &found.elements { li { code { (element) } } } }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn tree(desk: &Desk<App>, goal: &Line, all: &[Line]) -> Result<Markup, Problem> {
    let id = goal.objective.id.to_string();
    let below: Vec<&Line> = all.iter().filter(|line| line.objective.text("goal") == id).collect();
    let mut rows = Vec::new();
    if below.is_empty() {
        rows.push(line(desk, goal).await?);
    }
    for one in below {
        rows.push(line(desk, one).await?);
    }
    Ok(html! {
        section.part {
            h2 { a href=(format!("/console/registers/objectives/{id}")) { (goal.objective.text("name")) } }
            ul.objectives { @for row in rows { (row) } }
        }
    })
}

/// A number with decimals as people read it, without the zeros at its end.
fn told(desk: &Desk<App>, number: Number) -> String {
    let (mut value, mut scale) = (number.0, 6_u8);
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    desk.locale.number(value, scale)
}

/// A light with its word: nothing is told by color alone.
#[must_use]
pub fn light(desk: &Desk<App>, light: Light) -> Markup {
    let word = desk.t(&format!("alignment-light-{}", light.name().replace('_', "-")));
    html! { span class=(format!("light {}", light.name())) { (word) } }
}

async fn line(desk: &Desk<App>, line: &Line) -> Result<Markup, Problem> {
    let objective = &line.objective;
    let (currency, zone) = kpis::console::money_and_zone(desk).await?;
    let number =
        |field: &str| objective.number(field).map_or_else(|| "–".to_owned(), |n| told(desk, n));
    let now = line.reading.as_ref().map(|r| kpis::told(desk.locale, r.kpi, r.value, currency));
    let due = objective.day("due").map(|day| desk.locale.day(zone.start_of(day), &zone));
    Ok(html! {
        li.objective {
            div.what {
                a href=(format!("/console/registers/objectives/{}", objective.id)) { (objective.text("name")) }
                p.small.quiet {
                    @if !objective.text("function").is_empty() { (choice(desk.locale, objective.text("function"))) " · " }
                    (objective.text("owner"))
                    @if let Some(due) = &due { " · " (desk.say("alignment-until", Args::new().text("day", due))) }
                }
            }
            div { (light(desk, line.light)) }
            div.measure {
                @if let Some(kpi) = line.kpi() {
                    a href=(format!("/console/kpis/{}", kpi.name())) { (kpis::title(desk.locale, kpi)) }
                    p.small {
                        (desk.say("alignment-from-to", Args::new().text("from", number("baseline")).text("to", number("target"))))
                        @if let Some(now) = now { " · " b { (now) } }
                    }
                } @else { p.wrong { (desk.t("alignment-no-kpi")) } }
            }
            div.served {
                @match line.cover {
                    Cover::Covered => { @for element in objective.texts("elements") { span.tag { (element) } " " } },
                    Cover::Loose => { p.careful { (desk.say("alignment-loose", Args::new().text("missing", line.missing.join(", ")))) } },
                    Cover::Bare => { p.wrong { (desk.t("alignment-bare")) } },
                }
            }
        }
    })
}
