//! A reward as anybody may see it: what a member shares with somebody who is not one, and the way in.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::program::{Program, ProgramConfig, Reward};
use maud::{Markup, html};
use serde::Deserialize;

use super::portal::{about, art, price};
use crate::App;
use crate::features::accounts::holdings::in_force;
use crate::features::invitations;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell;
use crate::web::visit::scope;
use crate::web::{Guest, Own, share};

/// Letters of the word of an invitation, at most.
const WORD: usize = 20;

/// Who shared it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Shared {
    /// The word of that member's invitation.
    by: String,
}

/// A program of the brand and a reward of it that can be had now or later.
async fn find(
    guest: &Guest<App>,
    program: &str,
    code: &str,
) -> Result<(Arc<Program>, Arc<ProgramConfig>, Reward), Problem> {
    let missing = || Problem::not_found("reward_not_found");
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let all = in_force(&scope, &guest.site.programs).await?;
    let found = all.into_iter().find(|(it, _)| it.code == program).ok_or_else(missing)?;
    let live = |it: &&Reward| it.code == code && it.until.is_none_or(|end| end > scope.now);
    let reward = found.1.rewards.iter().find(live).ok_or_else(missing)?.clone();
    Ok((found.0, found.1, reward))
}

/// The page that a shared link opens.
pub(super) async fn shared(
    guest: Guest<App>,
    Path((_, program, code)): Path<(String, String, String)>,
    Query(asked): Query<Shared>,
) -> Result<Response, Problem> {
    let (program, document, reward) = find(&guest, &program, &code).await?;
    let title = guest.locale.pick(&reward.name).unwrap_or(&reward.code).to_owned();
    let word = Some(asked.by.as_str());
    let is_word = |it: &&str| {
        !it.is_empty() && it.len() <= WORD && it.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let join = word.filter(is_word).map_or_else(|| "/join".to_owned(), |by| format!("/i/{by}"));
    let own = format!("/rewards/{}/{}", program.code, reward.code);
    let main = html! {
        div.two {
            div.hero { (art(&guest.visit, &reward)) }
            div.stack {
                div.part {
                    h1 { (title) }
                    p.lead { (price(&guest.visit, &program, &document, &reward)) }
                    @if let Some(line) = about(&guest.visit, &program, &reward) { p { (line) } }
                }
                @if guest.signed_in {
                    p { a.act href=(guest.at(&own)) { (guest.t("rewards-shared-own")) } }
                } @else {
                    p { (guest.say("rewards-shared-lead", Args::new().text("brand", &guest.site.name))) }
                    p.acts {
                        a.act href=(guest.at(&join)) { (guest.t("sessions-join-act")) }
                        a.act.second href=(guest.at("/program")) { (guest.t("web-program")) }
                    }
                }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

/// The ways to share a reward: with the member's own invitation where there are any. Nothing of the member goes along.
pub(super) async fn ways(
    own: &Own<App>,
    program: &Program,
    code: &str,
    name: &str,
) -> Result<Markup, Problem> {
    let link = invitations::portal::link_of(own).await?;
    let by = link.map(|link| format!("?by={}", link.code)).unwrap_or_default();
    let path = own.at(&format!("/shared/{}/{code}{by}", program.code));
    let address = invitations::portal::absolute(&own.scope.app, &path);
    let words = Args::new().text("reward", name).text("brand", &own.site.name);
    Ok(html! {
        details.part {
            summary { (own.t("rewards-share")) }
            (share::share(&own.visit, &address, &own.say("rewards-share-words", words)))
        }
    })
}
