//! The page on which a reader leaves a list: one button, without signing in.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use super::leave;
use crate::App;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Fields, Guest, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/unsubscribe/{token}", Who::Anybody),
    PageRow::portal("/unsubscribe/{token}", Who::Anybody).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/unsubscribe/{token}", get(ask).post(leave_it))
}

async fn ask(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = leave::find(&guest.app, &token).await?;
    let found = found.filter(|found| found.tenant == guest.tenancy.id);
    let title = guest.t("campaigns-leave-title");
    let done = guest.path.ends_with("?done");
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            @match found {
                None => p { (guest.t("campaigns-leave-unknown")) },
                Some(_) if done => {
                    (ui::note("good", &guest.t("campaigns-leave-done")))
                    p.quiet { (guest.t("campaigns-leave-back")) }
                }
                Some(found) => {
                    p { (guest.say("campaigns-leave-lead", Args::new().text("purpose", guest.t(&format!("campaigns-purpose-{}", found.campaign.purpose))))) }
                    form method="post" action=(guest.at(&format!("/unsubscribe/{token}"))) {
                        (ui::token(&guest.token))
                        button.act { (guest.t("campaigns-leave-do")) }
                    }
                }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

async fn leave_it(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    let found = leave::find(&guest.app, &token).await?;
    if found.is_none_or(|found| found.tenant != guest.tenancy.id) {
        return Err(Problem::not_found("not_found"));
    }
    leave::leave(&guest.app, &token).await?;
    Ok(see(&guest.at(&format!("/unsubscribe/{token}?done"))))
}
