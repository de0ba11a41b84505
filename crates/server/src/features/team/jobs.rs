//! Scheduled work at the desk: what runs, when it ran last, and what fails.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_store::schedule;
use maud::html;

use crate::App;
use crate::features;
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::{Desk, PageRow, Who, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[PageRow::console("/jobs", Who::Staff(&[Role::Admin]))];

/// The pages of this file.
pub fn pages() -> Router<App> {
    Router::new().route("/jobs", get(jobs))
}

async fn jobs(desk: Desk<App>) -> Result<Response, Problem> {
    let turns = schedule::all(&desk.scope.app.db).await?;
    let all = features::jobs(&desk.scope.app);
    // What went wrong may name other clients: only whoever runs the installation reads it.
    let may_read = desk.scope.caller.principal.is(Role::Platform, None);
    let title = desk.t("web-desk-jobs");
    let heads =
        ["team-job", "team-every", "team-last", "team-done", "team-state"].map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let seconds = |n: u64| desk.say("team-seconds", Args::new().text("n", desk.number(n)));
    let rows = html! {
        @for job in &all {
            @let turn = turns.iter().find(|turn| turn.name == job.name);
            tr {
                th scope="row" { (job.name) div.quiet.small { (desk.say("team-job-what", Args::new().text("job", job.name.replace('.', "-")))) } }
                td { (seconds(job.every.as_secs())) }
                td { @match turn { Some(turn) => (desk.moment(turn.ended_at.unwrap_or(turn.started_at))), None => (desk.t("team-never")) } }
                td.n { @if let Some(turn) = turn { (desk.number(turn.done)) } }
                td {
                    @match turn {
                        Some(turn) if turn.failures > 0 => {
                            span.tag.bad { (desk.say("team-fails", Args::new().text("n", desk.number(turn.failures)))) }
                            @if let Some(error) = turn.last_error.as_ref().filter(|_| may_read) { code.detail { (error) } }
                        }
                        Some(turn) if turn.ended_at.is_none() => span.tag { (desk.t("team-runs")) },
                        Some(_) => span.tag.live { (desk.t("team-well")) },
                        None => span.tag { (desk.t(if job.turns == crate::jobs::Turns::Every { "team-every-node" } else { "team-waits" })) },
                    }
                }
            }
        }
    };
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("team-jobs-lead")) } }
        (ui::table(&title, &heads, &rows))
    };
    Ok(shell::console(&desk, &title, &main))
}
