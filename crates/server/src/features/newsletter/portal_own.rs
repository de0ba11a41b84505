//! What the links of a letter open: its reader's own choices, and the way off the list; without signing in.

use axum::extract::Path;
use axum::response::Response;
use maud::html;

use super::join;
use super::portal::{of, place};
use super::subscribers::Subscriber;
use crate::App;
use crate::http::Problem;
use crate::i18n::{Args, Locale};
use crate::web::{Fields, Guest, see, shell, ui};

/// Whose letter it is, if it is one of this brand's.
async fn reader(guest: &Guest<App>, token: &str) -> Result<Option<Subscriber>, Problem> {
    let found = join::own(&guest.app, token).await?.map(|(found, _)| found);
    Ok(found.filter(|it| (it.tenant, it.brand) == (guest.tenancy.id, guest.site.brand)))
}

pub(super) async fn mine(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let newsletter = of(&guest).await?;
    let found = reader(&guest, &token).await?;
    let title = guest.t("newsletter-mine");
    let active = found.as_ref().filter(|found| found.state == "active");
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            @if guest.path.ends_with("?saved") { (ui::note("good", &guest.t("newsletter-saved"))) }
            @match (active, &found) {
                (None, None) => p { (guest.t("newsletter-unknown")) },
                (None, Some(_)) => { p { (guest.t("newsletter-off")) } p { a href=(guest.at("/newsletter")) { (guest.t("newsletter-joins")) } } }
                (Some(reader), _) => {
                    form method="post" action=(guest.at(&format!("/newsletter/mine/{token}"))) {
                        (ui::token(&guest.token))
                        @if !newsletter.settings.topics.is_empty() {
                            fieldset {
                                legend { (guest.t("newsletter-topics")) }
                                p.quiet { (guest.t("newsletter-topics-lead")) }
                                @for topic in &newsletter.settings.topics {
                                    @let name = format!("topic-{}", topic.code);
                                    div.check {
                                        input type="checkbox" id=(name) name=(name) value="1" checked[!reader.without.contains(&topic.code)];
                                        label for=(name) { (newsletter.settings.topic(&topic.code, guest.locale).unwrap_or_default()) }
                                    }
                                }
                            }
                        }
                        div.field {
                            label for="locale" { (guest.t("newsletter-language")) }
                            select id="locale" name="locale" {
                                @for locale in &guest.site.locales {
                                    option value=(locale.tag()) lang=(locale.tag()) selected[reader.locale == *locale] { (locale.text("web-language", &Args::new())) }
                                }
                            }
                        }
                        button.act { (guest.t("newsletter-save")) }
                    }
                    section.part {
                        h2 { (guest.t("newsletter-leave")) }
                        p.quiet { (guest.t("newsletter-leave-lead")) }
                        form method="post" action=(guest.at(&format!("/newsletter/leave/{token}"))) {
                            (ui::token(&guest.token))
                            button.act.second { (guest.t("newsletter-leave-do")) }
                        }
                    }
                }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

pub(super) async fn choose(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let newsletter = of(&guest).await?;
    let missing = || Problem::not_found("not_found");
    let reader = reader(&guest, &token).await?.ok_or_else(missing)?;
    let topics = newsletter.settings.topics.iter().map(|topic| topic.code.clone());
    let without = topics.filter(|code| !fields.is_set(&format!("topic-{code}")));
    let without: Vec<String> = without.collect();
    let wanted: Locale = fields.get("locale").parse().unwrap_or(reader.locale);
    let place = place(&guest, "/mine");
    join::choose(&guest.app, &token, (wanted, &without), &place).await?;
    Ok(see(&guest.at(&format!("/newsletter/mine/{token}?saved"))))
}

pub(super) async fn leave(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = reader(&guest, &token).await?;
    let title = guest.t("newsletter-leave");
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            @match found {
                None => p { (guest.t("newsletter-unknown")) },
                Some(found) if found.state != "active" => {
                    (ui::note("good", &guest.t("newsletter-off")))
                    p { a href=(guest.at("/newsletter")) { (guest.t("newsletter-joins")) } }
                }
                Some(_) => {
                    p { (guest.t("newsletter-leave-lead")) }
                    form method="post" action=(guest.at(&format!("/newsletter/leave/{token}"))) {
                        (ui::token(&guest.token))
                        button.act { (guest.t("newsletter-leave-do")) }
                    }
                    p { a href=(guest.at(&format!("/newsletter/mine/{token}"))) { (guest.t("newsletter-letter-own")) } }
                }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

pub(super) async fn leave_it(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    if reader(&guest, &token).await?.is_none() {
        return Err(Problem::not_found("not_found"));
    }
    join::leave(&guest.app, &token, &place(&guest, "/leave")).await?;
    Ok(see(&guest.at(&format!("/newsletter/leave/{token}"))))
}
