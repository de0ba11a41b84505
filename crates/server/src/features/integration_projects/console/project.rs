//! One project: the line of its states, what is next, sources, pairs, plan and waves at a glance, and what waits.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::super::api::WORK;
use super::super::api::acts;
use super::super::api::views::problem;
use super::super::state::State;
use super::super::store::projects::Project;
use super::super::workbench::Status;
use super::{BASE, below, open, refusal, state_name};
use crate::App;
use crate::http::{PathId, Payload, Problem};
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

/// The states that a project walks through, in their order.
const WALK: [State; 14] = [
    State::Draft,
    State::Profiled,
    State::Mapped,
    State::Matched,
    State::Simulated,
    State::Approved,
    State::Pilot,
    State::Waves,
    State::Frozen,
    State::Delta,
    State::Cutover,
    State::Parallel,
    State::Hypercare,
    State::Closed,
];

pub(super) async fn project(
    desk: Desk<App>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    page(&desk, &name, None).await
}

async fn page(desk: &Desk<App>, name: &str, wrong: Option<String>) -> Result<Response, Problem> {
    let (bench, project) = open(desk, name).await?;
    let fault = super::super::api::views::problem(&project);
    let status = bench.status(&project).await.map_err(fault)?;
    let title = project.document.code.clone();
    let sources = project.document.sources.iter().map(|source| source.code.as_str());
    let main = html! {
        div.head {
            p { a href=(BASE) { (desk.t("web-desk-projects")) } }
            h1 { (title) }
            p.quiet { (sources.collect::<Vec<_>>().join(" + ")) " → " (project.document.program) }
        }
        @if let Some(wrong) = &wrong { (ui::note("bad", wrong)) }
        (walk(desk, &project))
        (next(desk, &project, &status))
        (parts(desk, &project, &status))
        (board(desk, &project, &status))
        (waiting(desk, &project, &status))
    };
    Ok(shell::console(desk, &title, &main))
}

/// The states as a line that one can walk.
fn walk(desk: &Desk<App>, project: &Project) -> Markup {
    let here = project.paused_from.unwrap_or(project.state);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(desk.t("merges-walk")) {
            ol.walk {
                @for state in WALK {
                    li.had[state < here].here[state == here] aria-current=[(state == here).then_some("step")] { (state_name(desk, state.name())) }
                }
            }
        }
        @if matches!(project.state, State::Paused | State::RolledBack | State::Abandoned) {
            p { span.tag.bad { (state_name(desk, project.state.name())) } }
        }
    }
}

/// What is next, as a sentence and a button.
fn next(desk: &Desk<App>, project: &Project, status: &Status) -> Markup {
    let may = WORK.iter().any(|role| desk.scope.is(*role));
    let step = match project.state {
        State::Draft => Some("profile"),
        State::Profiled => Some("map"),
        State::Mapped => Some("match"),
        State::Matched => Some("dry-run"),
        State::Simulated => Some("approve"),
        _ => None,
    };
    let wave = status.waves.iter().find(|wave| wave.members > 0 && wave.state != "signed");
    let begun = project.state >= State::Approved && project.state <= State::Cutover;
    let made_by =
        status.plan.as_ref().and_then(|plan| plan["made_by"].as_str()).unwrap_or_default();
    let own = step == Some("approve") && made_by == desk.scope.actor();
    let blocked = step == Some("approve")
        && status.plan.as_ref().is_some_and(|plan| plan["approvable"] == false);
    html! {
        section.panel.next-step {
            h2 { (desk.t("merges-next")) }
            @match (step, wave) {
                (Some("approve"), _) if blocked => {
                    p { (desk.t("merges-next-blocked")) }
                    p { a.act href=(below(project, "/plan")) { (desk.t("merges-plan-show")) } }
                }
                (Some("approve"), _) => {
                    p { (desk.t(if own { "merges-next-own" } else { "merges-next-approve" })) }
                    div.acts {
                        a.act.second.slim href=(below(project, "/plan")) { (desk.t("merges-plan-show")) }
                        @if may && !own { (approve(desk, project, status)) }
                    }
                }
                (Some(step), _) => {
                    p { (desk.say("merges-next-step", Args::new().text("step", step))) }
                    @if may { (button(desk, project, step, true)) }
                }
                (None, Some(wave)) if begun => {
                    p { (desk.say("merges-next-wave", Args::new().text("name", &wave.name).text("state", &wave.state))) }
                    p { a.act href=(below(project, &format!("/waves/{}", wave.wave))) { (desk.t("merges-wave-show")) } }
                }
                _ => {
                    p { (desk.t(if project.state.next().is_empty() { "merges-next-nothing" } else { "merges-next-advance" })) }
                }
            }
            @if may && !project.state.next().is_empty() {
                details {
                    summary { (desk.t("merges-move")) }
                    div.acts {
                        @for to in project.state.next() { (button(desk, project, to.name(), false)) }
                    }
                }
            }
            @if let (true, State::Paused, Some(before)) = (may, project.state, project.paused_from) { (button(desk, project, before.name(), true)) }
        }
    }
}

fn button(desk: &Desk<App>, project: &Project, step: &str, main: bool) -> Markup {
    html! {
        form.inline method="post" action=(below(project, "/steps")) {
            (ui::token(&desk.token))
            button.act.second[!main].slim[!main] name="step" value=(step) { (desk.say("merges-step", Args::new().text("step", step))) }
        }
    }
}

/// Agrees to the plan that is on this page, and to no other.
fn approve(desk: &Desk<App>, project: &Project, status: &Status) -> Markup {
    let shown = status.plan.as_ref().and_then(|plan| plan["run"].as_str());
    html! {
        form.inline method="post" action=(below(project, "/steps")) {
            (ui::token(&desk.token))
            input type="hidden" name="run_hash" value=(shown.unwrap_or_default());
            button.act name="step" value="approve" { (desk.say("merges-step", Args::new().text("step", "approve"))) }
        }
    }
}

/// Sources, pairs, plan and exceptions, each with the number that matters and the way in.
fn parts(desk: &Desk<App>, project: &Project, status: &Status) -> Markup {
    let sum = |band: &str, open: bool| {
        let all = status.links.iter().filter(|link| link["band"] == band);
        let some = all.filter(|link| !open || link["decision"].is_null());
        some.filter_map(|link| link["pairs"].as_i64()).sum::<i64>()
    };
    let accounts: i64 = status.sources.iter().filter_map(|s| s["accounts"].as_i64()).sum();
    let exceptions: i64 = status.exceptions.iter().filter_map(|e| e["count"].as_i64()).sum();
    let card = |path: &str, key: &str, number: String, small: String| {
        html! {
            li { a.tile href=(below(project, path)) {
                span.name { (desk.t(key)) } b { (number) } span.quiet.small { (small) }
            } }
        }
    };
    let each: Vec<String> = status
        .sources
        .iter()
        .map(|source| {
            let name = source["source"].as_str().unwrap_or_default();
            format!("{name} {}", desk.number(source["accounts"].as_i64().unwrap_or(0)))
        })
        .collect();
    let open = sum("review", true);
    let plan = status.plan.as_ref();
    let revision = plan.and_then(|plan| plan["revision"].as_i64());
    html! {
        ul.tiles {
            (card("/sources", "merges-sources", desk.number(accounts), each.join(" · ")))
            (card("/pairs", "merges-pairs", desk.number(open), desk.say("merges-pairs-of", Args::new().text("auto", desk.number(sum("auto", false))).text("review", desk.number(sum("review", false))))))
            (card("/plan", "merges-plan", revision.map_or_else(|| "–".to_owned(), |n| desk.number(n)), plan.map_or_else(|| desk.t("merges-plan-none"), |plan| desk.t(if plan["approved_by"].is_string() { "merges-plan-approved" } else { "merges-plan-open" }))))
            (card("/exceptions", "merges-exceptions", desk.number(exceptions), status.exceptions.iter().take(2).filter_map(|e| e["code"].as_str()).map(|code| desk.say("merges-exception", Args::new().text("code", code))).collect::<Vec<_>>().join(" · ")))
            (card("/statement", "merges-statement", desk.t("merges-statement-one"), desk.t("merges-statement-small")))
        }
    }
}

/// Waves as a board, with what the first has shown of what is asked of it.
fn board(desk: &Desk<App>, project: &Project, status: &Status) -> Markup {
    let (waves, shown) = (&status.waves, &status.pilot);
    html! {
        @if !waves.is_empty() {
            section.part {
                h2 { (desk.t("merges-waves")) }
                @if !shown.is_empty() {
                    h3 { (desk.t("merges-pilot")) }
                    p.quiet { (desk.t("merges-pilot-lead")) }
                    ul.tiles { @for one in shown {
                        li { div.tile {
                            span.name { (desk.say("merges-pilot-what", Args::new().text("what", one.what))) }
                            b { (desk.number(one.seen)) " / " (desk.number(one.wanted)) }
                            (ui::bar(one.seen.min(one.wanted), one.wanted))
                        } }
                    } }
                }
                ul.tiles.board {
                    @for wave in waves {
                        li { a.tile href=(below(project, &format!("/waves/{}", wave.wave))) {
                            span.name { (wave.wave) ". " (wave.name) }
                            b { (desk.number(wave.posted)) " / " (desk.number(wave.members)) }
                            (ui::bar(wave.posted, wave.members))
                            span { span.tag.live[wave.state == "signed"].bad[wave.state == "stopped"] { (desk.say("merges-wave-state", Args::new().text("state", &wave.state))) }
                                @if wave.refused > 0 { " " span.tag.bad { (desk.say("merges-refused", Args::new().text("n", desk.number(wave.refused)))) } } }
                        } }
                    }
                }
            }
        }
    }
}

/// What somebody asked for and a second person decides.
fn waiting(desk: &Desk<App>, project: &Project, status: &Status) -> Markup {
    let may = WORK.iter().any(|role| desk.scope.is(*role));
    html! {
        @if !status.waiting.is_empty() {
            section.part {
                h2 { (desk.t("merges-waiting")) }
                ul.rows { @for one in &status.waiting {
                    @let own = one["asked_by"].as_str() == Some(desk.scope.actor());
                    li { div.row {
                        span.what { (desk.say("merges-request", Args::new().text("kind", one["kind"].as_str().unwrap_or_default()))) " " (one["subject"].as_str().unwrap_or_default()) }
                        @if may && !own {
                            form.acts.why method="post" action=(below(project, "/requests")) {
                                (ui::token(&desk.token))
                                input type="hidden" name="request" value=(one["request"].as_i64().unwrap_or_default());
                                button.act.slim name="verdict" value="yes" { (desk.t("merges-agree")) }
                                button.act.second.slim name="verdict" value="no" { (desk.t("merges-reject")) }
                            }
                        } @else { span.why { (desk.t("merges-second")) } }
                    } }
                } }
            }
        }
    }
}

/// Does the next step, and says on the page why not.
pub(super) async fn step(
    desk: Desk<App>,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (scope, path) = (desk.scope.clone(), PathId(name.clone()));
    let done: Result<(), Problem> = match fields.get("step") {
        "profile" => acts::profile_sources(scope, path).await.map(drop),
        "map" => acts::map_sources(scope, path).await.map(drop),
        "match" => acts::match_people(scope, path).await.map(drop),
        "dry-run" => acts::dry_run(scope, path).await.map(drop),
        "approve" => {
            let (bench, project) = open(&desk, &name).await?;
            let done = bench.approve_as_shown(&project, Some(fields.get("run_hash"))).await;
            done.map(drop).map_err(problem(&project))
        }
        state => {
            let asked = acts::Advance { state: state.to_owned() };
            acts::advance_project(scope, path, Payload(asked)).await.map(drop)
        }
    };
    match done {
        Ok(()) => Ok(see(&format!("{BASE}/{name}"))),
        Err(problem) => page(&desk, &name, Some(refusal(&desk, problem)?)).await,
    }
}

pub(super) async fn decide_request(
    desk: Desk<App>,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let verdict = acts::Verdict { agrees: fields.get("verdict") == "yes" };
    let path = axum::extract::Path((name.clone(), fields.get("request").to_owned()));
    let done: Result<(_, axum::Json<Value>), Problem> =
        acts::decide_request(desk.scope.clone(), path, Payload(verdict)).await;
    match done {
        Ok(_) => Ok(see(&format!("{BASE}/{name}"))),
        Err(problem) => page(&desk, &name, Some(refusal(&desk, problem)?)).await,
    }
}
