//! What a new member says of himself or herself in playful steps: what is rather had, and what is saved for.

use std::collections::BTreeSet;

use axum::response::Response;
use maud::{Markup, html};

use super::{Goal, portal, store};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::members;
use crate::features::rewards;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui;
use crate::web::{Fields, Own, see};

/// The whole page of one choice.
fn page(own: &Own<App>, title: &str, body: &Markup) -> Response {
    let main = html! {
        div.stack.narrow {
            div.part { p { a href=(own.at("/missions")) { (own.t("missions-back")) } } h1 { (title) } }
            (body)
        }
    };
    shell::portal(own, title, Some(Place::Home), &main)
}

fn nothing(own: &Own<App>, title: &str) -> Response {
    page(own, title, &html! { p.empty { (own.t("missions-no-rewards")) } })
}

/// This or that, up to three times.
pub(super) async fn tastes(own: Own<App>) -> Result<Response, Problem> {
    tastes_page(&own, None).await
}

async fn tastes_page(own: &Own<App>, wrong: Option<&str>) -> Result<Response, Problem> {
    let purse = Purse::of(own).await?;
    let member = members::resolve(&own.scope, "me").await?;
    let title = own.t("missions-step-tastes");
    let Some(first) = purse.first() else { return Ok(nothing(own, &title)) };
    let rounds = portal::rounds(&first.document, own.scope.now, member.id);
    if rounds.is_empty() {
        return Ok(nothing(own, &title));
    }
    let kept = store::tastes(&own.scope.app.db, own.scope.tenant, member.id).await?;
    let body = html! {
        p.lead { (own.t("missions-tastes-lead")) }
        @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
        form.stack method="post" action=(own.at("/missions/tastes")) {
            (ui::token(&own.token))
            @for (at, pair) in rounds.iter().enumerate() {
                fieldset.pair {
                    legend { (own.say("missions-round", Args::new().text("at", (at + 1).to_string()).text("all", rounds.len().to_string()))) }
                    div.gallery.versus {
                        @for reward in pair {
                            @let id = format!("taste-{at}-{}", reward.code);
                            label.reward for=(id) {
                                (rewards::portal::art(&own.visit, reward))
                                span.pick {
                                    input type="radio" id=(id) name=(format!("round-{at}")) value=(reward.code) checked[kept.contains(reward.code.as_str())];
                                    b { (own.locale.pick(&reward.name).unwrap_or(&reward.code)) }
                                }
                            }
                        }
                    }
                }
            }
            button.act { (own.t("missions-tastes-keep")) }
            p.quiet.small { (own.t("missions-tastes-why")) }
        }
    };
    Ok(page(own, &title, &body))
}

pub(super) async fn keep_tastes(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let member = members::resolve(&own.scope, "me").await?;
    let asked: BTreeSet<String> = match purse.first() {
        None => BTreeSet::new(),
        Some(first) => {
            let rounds = portal::rounds(&first.document, own.scope.now, member.id);
            let chosen = rounds.iter().enumerate().filter_map(|(at, pair)| {
                let value = fields.get(&format!("round-{at}"));
                pair.iter().find(|reward| reward.code.as_str() == value)
            });
            chosen.map(|reward| reward.code.to_string()).collect()
        }
    };
    if asked.is_empty() {
        return tastes_page(&own, Some(&own.t("missions-tastes-none"))).await;
    }
    let db = &own.scope.app.db;
    let mut tx = db.begin().await?;
    store::set_tastes(&mut tx, own.scope.tenant, member.id, &asked, own.scope.now).await?;
    tx.commit().await?;
    Ok(see(&own.at("/missions?kept")))
}

/// The reward to save for.
pub(super) async fn goal(own: Own<App>) -> Result<Response, Problem> {
    goal_page(&own, None).await
}

async fn goal_page(own: &Own<App>, wrong: Option<&str>) -> Result<Response, Problem> {
    let purse = Purse::of(own).await?;
    let title = own.t("missions-step-goal");
    let Some(first) = purse.first() else { return Ok(nothing(own, &title)) };
    let all = portal::to_be_had(&first.document, own.scope.now);
    if all.is_empty() {
        return Ok(nothing(own, &title));
    }
    let member = members::resolve(&own.scope, "me").await?;
    let kept = store::goal(&own.scope.app.db, own.scope.tenant, member.id).await?;
    let is_kept = |holding: &Holding, code: &str| {
        kept.as_ref().is_some_and(|goal| goal.program == holding.program.id && goal.reward == code)
    };
    let body = html! {
        p.lead { (own.t("missions-goal-lead")) }
        @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
        form.stack method="post" action=(own.at("/missions/goal")) {
            (ui::token(&own.token))
            fieldset {
                legend.unseen { (title) }
                div.gallery {
                    @for reward in &all {
                        @let id = format!("goal-{}", reward.code);
                        label.reward for=(id) {
                            (rewards::portal::art(&own.visit, reward))
                            span.pick {
                                input type="radio" id=(id) name="reward" value=(reward.code) checked[is_kept(first, reward.code.as_str())];
                                b { (own.locale.pick(&reward.name).unwrap_or(&reward.code)) }
                            }
                            span.price { (rewards::portal::price(&own.visit, &first.program, &first.document, reward)) }
                        }
                    }
                }
            }
            div.acts {
                button.act { (own.t("missions-goal-keep")) }
                @if kept.is_some() { button.act.second name="none" value="1" { (own.t("missions-goal-none")) } }
            }
        }
    };
    Ok(page(own, &title, &body))
}

pub(super) async fn keep_goal(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let member = members::resolve(&own.scope, "me").await?;
    let (db, tenant, now) = (&own.scope.app.db, own.scope.tenant, own.scope.now);
    if fields.is_set("none") {
        store::set_goal(db, tenant, member.id, None, now).await?;
        return Ok(see(&own.at("/missions")));
    }
    let chosen = purse.first().and_then(|first| {
        let all = portal::to_be_had(&first.document, now);
        let reward = all.into_iter().find(|reward| reward.code.as_str() == fields.get("reward"))?;
        Some(Goal { program: first.program.id, reward: reward.code.to_string() })
    });
    let Some(goal) = chosen else {
        return goal_page(&own, Some(&own.t("missions-goal-missing"))).await;
    };
    store::set_goal(db, tenant, member.id, Some(&goal), now).await?;
    Ok(see(&own.at("/missions?kept")))
}
