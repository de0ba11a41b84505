//! The pages that a letter leads to without signing in: leaving the list, and saying whether the letter was useful. Opening
//! one changes nothing, because mail scanners open links; a button does.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::LetterId;
use maud::html;

use super::leave::{self, Which};
use super::{letter, single};
use crate::App;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Fields, Guest, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/unsubscribe/{token}", Who::Anybody),
    PageRow::portal("/unsubscribe/{token}", Who::Anybody).sent(),
    PageRow::portal("/useful/{token}", Who::Anybody),
    PageRow::portal("/useful/{token}", Who::Anybody).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/unsubscribe/{token}", get(ask).post(leave_it))
        .route("/useful/{token}", get(ask_useful).post(answer_useful))
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
                    p { (guest.say("campaigns-leave-lead", Args::new().text("purpose", guest.t(&format!("campaigns-purpose-{}", found.purpose))))) }
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

async fn ask_useful(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let asked = asked(&guest, &token).await?;
    let title = guest.t("campaigns-useful-title");
    let done = guest.path.ends_with("?done");
    // The answer that the letter's link names is the first button.
    let mut answers = letter::ANSWERS;
    if guest.path.ends_with("?answer=no") {
        answers.reverse();
    }
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            @match asked {
                None => p { (guest.t("campaigns-leave-unknown")) },
                Some(_) if done => (ui::note("good", &guest.t("campaigns-useful-done"))),
                Some(_) => {
                    p { (guest.t("campaigns-useful-lead")) }
                    form method="post" action=(guest.at(&format!("/useful/{token}"))) {
                        (ui::token(&guest.token))
                        div.acts {
                            @for (at, (answer, key)) in answers.into_iter().enumerate() {
                                button.act.second[at > 0] name="answer" value=(answer) { (guest.t(key)) }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

async fn answer_useful(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("not_found");
    let letter = asked(&guest, &token).await?.ok_or_else(missing)?;
    let answer = fields.get("answer");
    if !letter::ANSWERS.iter().any(|(known, _)| *known == answer) {
        return Err(Problem::field("/answer", "choice", "must be yes or no"));
    }
    let tenant = guest.tenancy.id;
    let now = guest.tenancy.now(guest.caller.real_now);
    single::store::answer(&guest.app.db, tenant, letter, answer, now).await?;
    Ok(see(&guest.at(&format!("/useful/{token}?done"))))
}

/// The letter that a token of this tenant is of, if it is one that asks.
async fn asked(guest: &Guest<App>, token: &str) -> Result<Option<LetterId>, Problem> {
    let found = leave::find(&guest.app, token).await?;
    let found = found.filter(|found| found.tenant == guest.tenancy.id);
    Ok(found.and_then(|found| match found.which {
        Which::Single(letter) => Some(letter),
        Which::Campaign(_) => None,
    }))
}
