//! The catalogue of tactics at the desk: what each takes and costs, and the vote of each function.

use axum::response::Response;
use maud::html;

use super::console::may_write;
use super::{store, tactics};
use crate::App;
use crate::features::registers::form::choice;
use crate::features::registers::sheets::FUNCTIONS;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

pub(super) async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let votes = store::votes(&desk.scope.app.db, desk.scope.tenant).await?;
    let score = |code: &str| -> i64 {
        votes.iter().filter(|vote| vote.tactic == code).map(|vote| vote.vote).sum()
    };
    let mut all: Vec<(&tactics::Tactic, i64)> =
        tactics::all().iter().map(|tactic| (tactic, score(&tactic.code))).collect();
    all.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    let title = desk.t("discovery-tactics");
    let pick = |names| desk.locale.pick(names).unwrap_or_default();
    let main = html! {
        div.head {
            p { a href="/console/discovery" { (desk.t("web-desk-discovery")) } }
            h1 { (title) }
            p.quiet { (desk.t("discovery-tactics-lead")) }
            p { a href="/console/registers/tactics" { (desk.t("discovery-own-tactics")) } }
        }
        div.tactics {
            @for (tactic, score) in &all {
                details.tactic id=(tactic.code) {
                    summary {
                        span.what { (pick(&tactic.name)) }
                        span.quiet.small {
                            (desk.say("discovery-effort", Args::new().text("level", choice(desk.locale, &tactic.effort)))) " · "
                            (desk.say("discovery-cost", Args::new().text("level", choice(desk.locale, &tactic.cost))))
                        }
                        span.effect { @if *score != 0 { (signed(&desk, *score)) } }
                    }
                    p { (pick(&tactic.evidence)) }
                    p.quiet { (desk.t("discovery-needs")) " " (pick(&tactic.needs)) }
                    @if tactic.simulate { p { a href="/console/programs" { (desk.t("discovery-simulate")) } } }
                    dl.votes {
                        @for function in FUNCTIONS {
                            @let own = votes.iter().find(|vote| vote.tactic == tactic.code && vote.function == *function);
                            div {
                                dt { (choice(desk.locale, function)) }
                                dd { (own.map_or_else(|| "–".to_owned(), |vote| signed(&desk, vote.vote))) }
                            }
                        }
                    }
                    @if may_write(&desk) {
                        form.vote method="post" action="/console/discovery/tactics" {
                            (ui::token(&desk.token))
                            input type="hidden" name="tactic" value=(tactic.code);
                            div.field {
                                label for=(format!("f-{}", tactic.code)) { (desk.t("discovery-function")) }
                                select id=(format!("f-{}", tactic.code)) name="function" { @for function in FUNCTIONS { option value=(function) { (choice(desk.locale, function)) } } }
                            }
                            div.field {
                                label for=(format!("v-{}", tactic.code)) { (desk.t("discovery-vote")) }
                                select id=(format!("v-{}", tactic.code)) name="vote" { @for vote in [2, 1, 0, -1, -2] { option value=(vote) selected[vote == 1] { (signed(&desk, vote)) } } }
                            }
                            button.act.second.slim { (desk.t("discovery-vote-save")) }
                        }
                    }
                }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn signed(desk: &Desk<App>, vote: i64) -> String {
    let sign = if vote > 0 { "+" } else { "" };
    format!("{sign}{}", desk.locale.number(vote, 0))
}

pub(super) async fn vote(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let tactic = fields.get("tactic");
    let number = fields.get("vote").parse().unwrap_or(i64::MAX);
    tactics::vote(&desk.scope, tactic, fields.get("function"), number).await?;
    Ok(see("/console/discovery/tactics"))
}
