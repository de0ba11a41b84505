//! The technology audit at the desk: the gaps first, then the plan with its forecast, the points and who answers for what.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use lazo_domain::time::Zone;
use maud::{Markup, html};

use super::api::SEED;
use super::estimate::Forecast;
use super::{Capability, capabilities, keep, plan, prove, store};
use crate::App;
use crate::features::discovery::api::today;
use crate::features::kpis::console::money_and_zone;
use crate::features::registers::form::choice;
use crate::features::registers::{self, Entry, READERS, WRITERS};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/technology", Who::Staff(READERS)),
    PageRow::console("/technology/forecast", Who::Staff(WRITERS)).sent(),
    PageRow::console("/technology/points/{point}/proof", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/technology", get(overview))
        .route("/technology/forecast", post(keep_forecast))
        .route("/technology/points/{point}/proof", post(prove_point))
}

async fn overview(desk: Desk<App>) -> Result<Response, Problem> {
    let scope = &desk.scope;
    let all = capabilities(scope).await?;
    let tasks = registers::all(scope, "tasks").await?;
    let points = registers::all(scope, "integration_points").await?;
    let start = today(scope);
    let made = if tasks.is_empty() { None } else { Some(plan(scope, start, SEED).await?) };
    let may_write = WRITERS.iter().any(|role| scope.is(*role));
    let title = desk.t("web-desk-technology");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("technology-lead")) } }
        (gaps(&desk, &all))
        @match &made {
            Some(made) => (forecast(&desk, made, may_write).await?),
            None => p.quiet { (desk.t("technology-no-tasks")) },
        }
        (meeting_points(&desk, &points, may_write).await?)
        @if !tasks.is_empty() { (raci(&desk, &tasks)) }
        p {
            @for (code, place) in [("systems", 0), ("capabilities", 1), ("integration_points", 2), ("tasks", 3), ("blackouts", 4)] {
                @if place > 0 { " · " }
                a href=(format!("/console/registers/{code}")) { (registers::console::title(&desk, registers::known(code)?)) }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn gaps(desk: &Desk<App>, all: &[Capability]) -> Markup {
    let missing = all.iter().filter(|one| one.system.is_none()).count();
    let size = |n: usize| desk.locale.number(i64::try_from(n).unwrap_or(0), 0);
    html! {
        section.part {
            h2 { (desk.t("technology-capabilities")) }
            p { (desk.say("technology-covered", Args::new().text("covered", size(all.len() - missing)).text("all", size(all.len())))) }
            ul.capabilities {
                @for one in all {
                    li {
                        @let link = one.entry.map_or_else(|| format!("/console/registers/capabilities/new?name={}", one.code),
                            |id| format!("/console/registers/capabilities/{id}"));
                        a href=(link) { (choice(desk.locale, one.code)) }
                        @match &one.system {
                            Some(system) => span.tag.live { (system) },
                            None => span.tag.late { (desk.say("technology-gap", Args::new().text("severity", choice(desk.locale, &one.severity)))) },
                        }
                    }
                }
            }
        }
    }
}

async fn forecast(desk: &Desk<App>, made: &Forecast, may_write: bool) -> Result<Markup, Problem> {
    let (currency, zone) = money_and_zone(desk).await?;
    let day = |date: Date| desk.locale.day(zone.start_of(date), &zone);
    let kept = store::forecasts(&desk.scope.app.db, desk.scope.tenant).await?;
    let costs = made.cost_minor.iter().any(|minor| *minor > 0);
    Ok(html! {
        section.part {
            h2 { (desk.t("technology-plan")) }
            p.quiet { (desk.say("technology-trials", Args::new().text("number", desk.locale.number(2_000, 0)).text("seed", made.seed.to_string()))) }
            dl.kpis {
                @for (key, place) in [("technology-half", 0), ("technology-fourfifths", 1), ("technology-ninetenths", 2)] {
                    div { dt { (desk.t(key)) } dd { (day(made.done[place])) @if costs { small { (desk.say("technology-cost", Args::new().text("money", desk.locale.money(made.cost_minor[place], currency)))) } } } }
                }
            }
            (gantt(desk, made, &zone))
            @if may_write {
                form.panel method="post" action="/console/technology/forecast" {
                    (ui::token(&desk.token))
                    div.cells.pair {
                        div.field { label for="promised" { (desk.t("technology-promised")) } input id="promised" name="promised" type="date"; }
                        div.field { label for="reason" { (desk.t("technology-reason")) } input id="reason" name="reason" autocomplete="off" required; }
                    }
                    div.acts { button.act.second.slim { (desk.t("technology-keep")) } }
                }
            }
            @if !kept.is_empty() {
                h3 { (desk.t("technology-kept")) }
                ul.rows {
                    @for one in &kept {
                        li { div.row {
                            span.what { (one.reason) }
                            span.effect { (one.done[1].parse().map_or_else(|_| one.done[1].clone(), day)) }
                            span.why {
                                (desk.locale.moment(one.at, &zone))
                                @if let Some(promised) = &one.promised {
                                    " · " (desk.say("technology-promised-told", Args::new().text("day", promised.parse().map_or_else(|_| promised.clone(), day))))
                                    @if *promised < one.done[0] { " · " b { (desk.t("technology-not-realistic")) } }
                                }
                            }
                        } }
                    }
                }
            }
        }
    })
}

/// The tasks as bars over their days; the way on which the end depends is the darker one.
fn gantt(desk: &Desk<App>, made: &Forecast, zone: &Zone) -> Markup {
    const WIDTH: i64 = 640;
    const NAMES: i64 = 230;
    const ROW: i64 = 30;
    let (Some(first), Some(last)) = (
        made.tasks.iter().map(|task| task.begins).min(),
        made.tasks.iter().map(|task| task.ends).max(),
    ) else {
        return html! {};
    };
    let days = |a: Date, b: Date| i64::from((b - a).get_days());
    let whole = (days(first, last) + 1).max(1);
    let place = |date: Date| NAMES + days(first, date) * (WIDTH - NAMES) / whole;
    let short = |date: Date| {
        let local = zone.start_of(date).local(zone);
        format!("{} {}", local.day(), desk.locale.month(local.month()))
    };
    let height = i64::try_from(made.tasks.len()).unwrap_or(1) * ROW;
    let title = desk.t("technology-tasks");
    html! {
        figure.chart {
            figcaption { h3 { (title) } p.quiet { (desk.t("technology-tasks-lead")) } }
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(title) {
                @for (row, task) in (0_i64..).zip(&made.tasks) {
                    text.value x="0" y=(row * ROW + 19) { (clipped(&task.name, 28)) }
                    rect.bar-of.last[task.critical] x=(place(task.begins)) y=(row * ROW + 6)
                        width=(((days(task.begins, task.ends) + 1) * (WIDTH - NAMES) / whole).max(3)) height=(ROW - 12) {}
                }
            }
            details {
                summary { (desk.t("technology-table")) }
                div.scroll tabindex="0" role="region" aria-label=(title) {
                    table {
                        caption.unseen { (title) }
                        thead { tr { th scope="col" { (desk.t("technology-task")) } th.n scope="col" { (desk.t("technology-mean")) } th scope="col" { (desk.t("technology-begins")) } th scope="col" { (desk.t("technology-ends")) } th scope="col" { (desk.t("technology-critical")) } } }
                        tbody {
                            @for task in &made.tasks {
                                tr {
                                    th scope="row" { a href=(format!("/console/registers/tasks/{}", task.id)) { (task.name) } }
                                    td.n { (desk.locale.number(task.mean / 10, 2)) }
                                    td { (short(task.begins)) } td { (short(task.ends)) }
                                    td { @if task.critical { (desk.t("technology-yes")) } @else { "–" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

async fn meeting_points(
    desk: &Desk<App>,
    points: &[Entry],
    may_write: bool,
) -> Result<Markup, Problem> {
    let proofs = store::proofs(&desk.scope.app.db, desk.scope.tenant).await?;
    let (_, zone) = money_and_zone(desk).await?;
    Ok(html! {
        section.part {
            h2 { (desk.t("technology-points")) }
            p.quiet { (desk.t("technology-points-lead")) }
            @if points.is_empty() { p.quiet { (desk.t("technology-no-points")) } }
            ul.rows {
                @for point in points {
                    @let proof = proofs.iter().find(|(id, ..)| *id == point.id);
                    li { div.row {
                        span.what { a href=(format!("/console/registers/integration_points/{}", point.id)) { (point.text("name")) } }
                        span.effect {
                            @match proof {
                                Some(_) => span.tag.live { (desk.t("technology-verified")) },
                                None => span.tag.draft { (desk.t("technology-planned")) },
                            }
                        }
                        span.why {
                            (point.text("event")) " · " (point.text("protocol")) " · " (point.text("owner"))
                            @if let Some((_, event, at)) = proof { " · " code { (event) } " · " (desk.locale.moment(*at, &zone)) }
                        }
                        @if may_write && proof.is_none() && !point.text("proof_source").is_empty() {
                            form.inline method="post" action=(format!("/console/technology/points/{}/proof", point.id)) {
                                (ui::token(&desk.token)) button.plain { (desk.t("technology-prove")) }
                            }
                        }
                    } }
                }
            }
        }
    })
}

/// Who does, answers for, is asked about and hears of each task.
fn raci(desk: &Desk<App>, tasks: &[Entry]) -> Markup {
    let title = desk.t("technology-raci");
    html! {
        section.part {
            h2 { (title) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.register {
                    caption.unseen { (title) }
                    thead { tr { th scope="col" { (desk.t("technology-task")) } th scope="col" { (desk.t("technology-responsible")) } th scope="col" { (desk.t("technology-accountable")) } th scope="col" { (desk.t("technology-consulted")) } th scope="col" { (desk.t("technology-informed")) } } }
                    tbody {
                        @for task in tasks {
                            tr {
                                th scope="row" { a href=(format!("/console/registers/tasks/{}", task.id)) { (task.text("name")) } }
                                td { (task.text("responsible")) } td { (task.text("accountable")) }
                                td { (task.texts("consulted").join(", ")) } td { (task.texts("informed").join(", ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

async fn keep_forecast(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let promised = match fields.get("promised") {
        "" => None,
        text => {
            let wrong = |_| Problem::field("/promised", "day", "such as 2026-12-31");
            Some(text.parse::<Date>().map_err(wrong)?)
        }
    };
    keep(&desk.scope, today(&desk.scope), SEED, promised, fields.get("reason")).await?;
    Ok(see("/console/technology"))
}

async fn prove_point(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("entry_not_found"))?;
    if prove(&desk.scope, id).await?.is_none() {
        return Err(Problem::new(409, "nothing_arrived"));
    }
    Ok(see("/console/technology"))
}
