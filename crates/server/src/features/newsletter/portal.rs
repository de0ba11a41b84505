//! The newsletter in the portal, for anybody: one field to join with, the page that confirms, the welcome, and the issues
//! that were sent. What opens by the link of a letter is beside.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use lazo_domain::time::SECOND;
use maud::{Markup, html};

use super::portal_own::{choose, leave, leave_it, mine};
use super::press::{self, Press};
use super::settings::{self, Newsletter};
use super::{join, store};
use crate::App;
use crate::features::campaigns::content::words_for;
use crate::features::members::{EMAIL, Identifier};
use crate::http::Problem;
use crate::http::edge::Arrival;
use crate::i18n::Args;
use crate::web::ui::{self, Field};
use crate::web::{Fields, Guest, PageRow, Who, see, shell};

/// Letters that one network address may make us write within an hour.
const ASKS_PER_HOUR: u32 = 10;
/// Letters that a brand writes within an hour to whoever asks.
const ASKS_OF_ALL_PER_HOUR: u32 = 3_000;
const HOUR: i64 = 3_600 * SECOND;
/// Issues on the page.
const LISTED: i64 = 100;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/newsletter", Who::Anybody),
    PageRow::portal("/newsletter", Who::Anybody).sent(),
    PageRow::portal("/newsletter/asked", Who::Anybody),
    PageRow::portal("/newsletter/confirm/{token}", Who::Anybody),
    PageRow::portal("/newsletter/confirm/{token}", Who::Anybody).sent(),
    PageRow::portal("/newsletter/welcome", Who::Anybody),
    PageRow::portal("/newsletter/archive", Who::Anybody),
    PageRow::portal("/newsletter/archive/{issue}", Who::Anybody),
    PageRow::portal("/newsletter/mine/{token}", Who::Anybody),
    PageRow::portal("/newsletter/mine/{token}", Who::Anybody).sent(),
    PageRow::portal("/newsletter/leave/{token}", Who::Anybody),
    PageRow::portal("/newsletter/leave/{token}", Who::Anybody).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/newsletter", get(page).post(ask))
        .route("/newsletter/asked", get(asked))
        .route("/newsletter/confirm/{token}", get(confirm).post(confirm_it))
        .route("/newsletter/welcome", get(welcome))
        .route("/newsletter/archive", get(archive))
        .route("/newsletter/archive/{issue}", get(issue))
        .route("/newsletter/mine/{token}", get(mine).post(choose))
        .route("/newsletter/leave/{token}", get(leave).post(leave_it))
}

/// The newsletter of the brand whose portal it is.
pub(super) async fn of(guest: &Guest<App>) -> Result<Newsletter, Problem> {
    let found = settings::of(&guest.app.db, guest.tenancy.id, guest.site.brand).await?;
    found.ok_or_else(|| Problem::not_found("newsletter_not_found"))
}

/// The path of this page without what follows it, as consents are noted with it.
pub(super) fn place(guest: &Guest<App>, last: &str) -> String {
    guest.at(&format!("/newsletter{last}"))
}

async fn page(guest: Guest<App>) -> Result<Response, Problem> {
    let newsletter = of(&guest).await?;
    Ok(form(&guest, &newsletter, "", None))
}

fn form(guest: &Guest<App>, newsletter: &Newsletter, typed: &str, wrong: Option<&str>) -> Response {
    let title = guest.say("newsletter-title", Args::new().text("brand", &guest.site.name));
    let topics = newsletter.settings.topics.iter();
    let topics: Vec<&str> =
        topics.filter_map(|topic| newsletter.settings.topic(&topic.code, guest.locale)).collect();
    let (consent, _) = press::consent(guest.locale, &guest.site.name);
    let main = html! {
        div.door {
            div.part {
                h1 { (title) }
                p.lead { (guest.t("newsletter-lead")) }
            }
            @if !topics.is_empty() {
                div.part { p { (guest.t("newsletter-about")) } ul.topics { @for topic in topics { li { (topic) } } } }
            }
            @if newsletter.settings.open {
                form method="post" action=(guest.at("/newsletter")) {
                    (ui::token(&guest.token))
                    (ui::field(Field { name: "email", label: &guest.t("newsletter-email"), wrong, value: typed, kind: "email",
                        autocomplete: "email", keys: Some("email"), required: true, ..Field::default() }))
                    button.act.wide { (guest.t("newsletter-act")) }
                    p.quiet.small { (consent) }
                    @if guest.site.privacy.is_some() {
                        p.quiet.small { (guest.t("sessions-privacy")) " " a href=(guest.at("/privacy")) { (guest.t("web-privacy")) } }
                    }
                }
            } @else { p.note { (guest.t("newsletter-closed")) } }
            p { a href=(guest.at("/newsletter/archive")) { (guest.t("newsletter-archive")) } }
        }
    };
    shell::portal(guest, &title, None, &main)
}

async fn ask(
    guest: Guest<App>,
    Extension(arrival): Extension<Arrival>,
    fields: Fields,
) -> Result<Response, Problem> {
    let newsletter = of(&guest).await?;
    if !newsletter.settings.open {
        return Err(Problem::not_found("newsletter_not_found"));
    }
    let typed = fields.get("email");
    let Ok(email) = Identifier::new(EMAIL, typed, &guest.tenancy.country) else {
        return Ok(form(&guest, &newsletter, typed, Some(&guest.t("newsletter-email-wrong"))));
    };
    knock(&guest, &arrival.from)?;
    let list = (guest.tenancy.id, guest.site.brand);
    let (app, locale, place) = (guest.app.clone(), guest.locale, place(&guest, ""));
    // Whether the address is known, and by what letter it is answered, shows neither in words nor in time.
    tokio::spawn(async move {
        if let Err(error) = join::ask(&app, list, &email.value, locale, &place).await {
            let error = error.as_ref() as &dyn std::error::Error;
            tracing::warn!(error, "a newsletter's first letter did not leave");
        }
    });
    Ok(see(&guest.at("/newsletter/asked")))
}

/// Refuses when so many asked from there, or for this brand, that somebody is only making us write letters.
fn knock(guest: &Guest<App>, from: &str) -> Result<(), Problem> {
    let knocks = [
        (format!("newsletter {} {from}", guest.site.base), ASKS_PER_HOUR),
        (format!("newsletter {}", guest.site.base), ASKS_OF_ALL_PER_HOUR),
    ];
    let now = guest.app.clock.now();
    for (who, most) in knocks {
        let allowance = guest.app.strangers.take_within(&who, most, most, HOUR, now);
        if !allowance.granted {
            let problem = Problem::new(429, "newsletter_too_many");
            return Err(Problem { retry_after_s: Some(allowance.reset_s), ..problem });
        }
    }
    Ok(())
}

/// The same to everybody, whether the address was on the list or not.
async fn asked(guest: Guest<App>) -> Result<Response, Problem> {
    of(&guest).await?;
    let title = guest.t("newsletter-asked");
    let main = html! {
        div.door {
            div.part { h1 { (title) } p.lead { (guest.t("newsletter-asked-lead")) } }
            p.quiet { (guest.t("newsletter-asked-none")) " " a href=(guest.at("/newsletter")) { (guest.t("newsletter-again")) } }
            @if guest.app.letters.is_some() { p.note { a href="/console/letters" { (guest.t("sessions-letters")) } } }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

/// One button: mail scanners open links, and what they open must change nothing.
async fn confirm(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = join::asked(&guest.app, &token).await?;
    let found =
        found.filter(|found| (found.tenant, found.brand) == (guest.tenancy.id, guest.site.brand));
    let title = guest.t("newsletter-confirm");
    let (consent, _) = press::consent(guest.locale, &guest.site.name);
    let main = html! {
        div.door {
            h1 { (title) }
            @match found {
                None => { p { (guest.t("newsletter-confirm-over")) } p { a href=(guest.at("/newsletter")) { (guest.t("newsletter-again")) } } }
                Some(_) => form method="post" action=(guest.at(&format!("/newsletter/confirm/{token}"))) {
                    (ui::token(&guest.token))
                    p.lead { (guest.t("newsletter-confirm-lead")) }
                    button.act.wide { (guest.t("newsletter-confirm-do")) }
                    p.quiet.small { (consent) }
                },
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

async fn confirm_it(
    guest: Guest<App>,
    Path((_, token)): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    let found = join::asked(&guest.app, &token).await?;
    let own = found.is_some_and(|it| (it.tenant, it.brand) == (guest.tenancy.id, guest.site.brand));
    let place = place(&guest, "/confirm");
    if own && join::confirm(&guest.app, &token, guest.locale, &place).await? {
        return Ok(see(&guest.at("/newsletter/welcome")));
    }
    Ok(see(&guest.at(&format!("/newsletter/confirm/{token}"))))
}

async fn welcome(guest: Guest<App>) -> Result<Response, Problem> {
    let newsletter = of(&guest).await?;
    let greeting = Args::new().text("greeting", &newsletter.settings.greeting);
    let title = guest.say("newsletter-welcome", greeting);
    let main = html! {
        div.door {
            div.part { h1 { (title) } p.lead { (guest.t("newsletter-welcome-lead")) } }
            p { (guest.t("newsletter-welcome-next")) }
            div.part {
                a.act.wide href=(guest.at("/newsletter/archive")) { (guest.t("newsletter-archive")) }
                @if !guest.signed_in { p { a href=(guest.at("/join")) { (guest.say("sessions-join", Args::new().text("brand", &guest.site.name))) } } }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

/// The issues that were sent, for whoever wants to see what comes before joining.
async fn archive(guest: Guest<App>) -> Result<Response, Problem> {
    let newsletter = of(&guest).await?;
    let (db, tenant) = (&guest.app.db, guest.tenancy.id);
    let press = press(&guest).await?;
    let all = store::sent(db, tenant, guest.site.brand, LISTED).await?;
    let title = guest.t("newsletter-archive");
    let main = html! {
        div.stack.narrow {
            div.part { h1 { (title) } p.quiet { (guest.say("newsletter-archive-lead", Args::new().text("brand", &guest.site.name))) } }
            @if all.is_empty() { p.empty { (guest.t("newsletter-archive-none")) } }
            ul.rows {
                @for issue in &all {
                    @if let Some((locale, words)) = words_for(&issue.texts, guest.locale, press.tenant.config.locale()) {
                        li { a.row href=(guest.at(&format!("/newsletter/archive/{}", issue.id))) {
                            span.what lang=(locale.tag()) { (press.filled(&words.subject)) }
                            span.why {
                                (guest.locale.day(issue.started_at.unwrap_or(issue.changed_at), &guest.tenancy.zone))
                                @if let Some(topic) = newsletter.settings.topic(&issue.topic, guest.locale) { " · " (topic) }
                            }
                        } }
                    }
                }
            }
            (joins(&guest))
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

async fn issue(
    guest: Guest<App>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("newsletter_issue_not_found");
    let id = id.parse().map_err(|_| missing())?;
    let found = store::by_id(&guest.app.db, guest.tenancy.id, id).await?;
    let issue = found.filter(|it| it.state == "sent" && it.brand == guest.site.brand);
    let issue = issue.ok_or_else(missing)?;
    let press = press(&guest).await?;
    let words = words_for(&issue.texts, guest.locale, press.tenant.config.locale());
    let (locale, words) = words.ok_or_else(missing)?;
    let title = press.filled(&words.subject);
    let link = match words.link.strip_prefix('/') {
        Some(path) => guest.at(&format!("/{path}")),
        None => words.link.clone(),
    };
    let main = html! {
        article.stack.narrow {
            p { a href=(guest.at("/newsletter/archive")) { (guest.t("newsletter-archive")) } }
            div.part lang=(locale.tag()) {
                h1 { (title) }
                p.quiet { (guest.locale.day(issue.started_at.unwrap_or(issue.changed_at), &guest.tenancy.zone)) }
                @for paragraph in press.filled(&words.body).trim().split("\n\n") {
                    p { @for (at, line) in paragraph.lines().enumerate() { @if at > 0 { br; } (line) } }
                }
                @if !words.button.is_empty() { p { a.act href=(link) { (words.button) } } }
            }
            (joins(&guest))
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

fn joins(guest: &Guest<App>) -> Markup {
    html! { p { a href=(guest.at("/newsletter")) { (guest.t("newsletter-joins")) } } }
}

async fn press(guest: &Guest<App>) -> Result<Press, Problem> {
    let press = Press::of(&guest.app, guest.tenancy.id, guest.site.brand).await?;
    press.ok_or_else(|| Problem::not_found("newsletter_not_found"))
}
