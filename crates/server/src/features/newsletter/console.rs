//! Newsletters at the desk: who is on each list, the issues with where each stands, and the forms that move one on.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::NewsletterIssueId;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};

use super::{
    DECIDERS, Issue, READERS, WRITERS, cancel, console_form, console_one, console_settings, decide,
    schedule, settings, store, submit, subscribers, trial,
};
use crate::App;
use crate::features::brands;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Issues on the page.
const LISTED: i64 = 200;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/newsletter", Who::Staff(READERS)),
    PageRow::console("/newsletter/new", Who::Staff(WRITERS)),
    PageRow::console("/newsletter/new", Who::Staff(WRITERS)).sent(),
    PageRow::console("/newsletter/settings", Who::Staff(WRITERS)),
    PageRow::console("/newsletter/settings", Who::Staff(WRITERS)).sent(),
    PageRow::console("/newsletter/issues/{issue}", Who::Staff(READERS)),
    PageRow::console("/newsletter/issues/{issue}/edit", Who::Staff(WRITERS)),
    PageRow::console("/newsletter/issues/{issue}/edit", Who::Staff(WRITERS)).sent(),
    PageRow::console("/newsletter/issues/{issue}/letter.html", Who::Staff(READERS)),
    PageRow::console("/newsletter/issues/{issue}/submit", Who::Staff(WRITERS)).sent(),
    PageRow::console("/newsletter/issues/{issue}/decide", Who::Staff(DECIDERS)).sent(),
    PageRow::console("/newsletter/issues/{issue}/schedule", Who::Staff(WRITERS)).sent(),
    PageRow::console("/newsletter/issues/{issue}/cancel", Who::Staff(WRITERS)).sent(),
    PageRow::console("/newsletter/issues/{issue}/try", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/newsletter", get(list))
        .route("/newsletter/new", get(console_form::new).post(console_form::send))
        .route("/newsletter/settings", get(console_settings::show).post(console_settings::send))
        .route("/newsletter/issues/{issue}", get(console_one::open))
        .route(
            "/newsletter/issues/{issue}/edit",
            get(console_form::edit).post(console_form::send_change),
        )
        .route("/newsletter/issues/{issue}/letter.html", get(console_one::letter))
        .route("/newsletter/issues/{issue}/submit", post(submit_it))
        .route("/newsletter/issues/{issue}/decide", post(decide_it))
        .route("/newsletter/issues/{issue}/schedule", post(schedule_it))
        .route("/newsletter/issues/{issue}/cancel", post(cancel_it))
        .route("/newsletter/issues/{issue}/try", post(try_it))
}

pub(super) fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

pub(super) fn may_decide(desk: &Desk<App>) -> bool {
    DECIDERS.iter().any(|role| desk.scope.is(*role))
}

pub(super) fn id_of(text: &str) -> Result<NewsletterIssueId, Problem> {
    text.parse().map_err(|_| Problem::not_found("newsletter_issue_not_found"))
}

/// What people call an issue: its subject in the reader's language, or in the first there is.
pub(super) fn subject(desk: &Desk<App>, issue: &Issue) -> String {
    let texts = issue.texts.iter().map(|(tag, words)| (tag.clone(), words.subject.clone()));
    desk.locale.pick(&texts.collect()).unwrap_or_default().to_owned()
}

/// Where an issue stands.
pub(super) fn state(desk: &Desk<App>, issue: &Issue) -> Markup {
    let words = desk.t(&format!("campaigns-state-{}", issue.state.replace('_', "-")));
    let class = match issue.state.as_str() {
        "sent" | "sending" => "tag live",
        "cancelled" => "tag bad",
        "in_approval" => "tag late",
        _ => "tag draft",
    };
    html! { span class=(class) { (words) } }
}

/// The instant that says most about an issue now.
pub(super) fn told_when(desk: &Desk<App>, issue: &Issue) -> String {
    let at = |key: &str, at: Timestamp| desk.say(key, Args::new().text("at", desk.moment(at)));
    match (issue.ended_at, issue.started_at, issue.send_at) {
        (Some(ended), ..) => at("campaigns-ended-at", ended),
        (_, Some(started), _) => at("campaigns-started-at", started),
        (_, _, Some(hour)) => at("campaigns-send-at", hour),
        _ => at("campaigns-changed-at", issue.changed_at),
    }
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let issues = store::page(db, tenant, i64::MAX, LISTED).await?;
    let (mut lists, mut names) = (Vec::new(), Vec::new());
    for brand in brands::store::all(db, tenant).await? {
        if let Some(found) = settings::of(db, tenant, brand.id).await? {
            let counts = subscribers::counts(db, tenant, brand.id).await?;
            lists.push((brand.config.clone(), found.settings, counts));
        }
        names.push((brand.id, brand.config.name));
    }
    let name = |issue: &Issue| {
        names.iter().find(|(id, _)| *id == issue.brand).map_or("", |(_, name)| name.as_str())
    };
    let title = desk.t("web-desk-newsletter");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("newsletter-desk-lead")) } }
        div.acts {
            @if may_write(&desk) && !lists.is_empty() { a.act href="/console/newsletter/new" { (desk.t("newsletter-new")) } }
            @if may_write(&desk) { a href="/console/newsletter/settings" { (desk.t("newsletter-settings")) } }
        }
        @if !desk.scope.app.mailer.is_ready() { (ui::note("careful", &desk.t("campaigns-no-mail"))) }
        @if lists.is_empty() { p.empty { (desk.t("newsletter-no-list")) } }
        @for (brand, settings, counts) in &lists {
            section.part {
                h2 { (brand.name) " " @if !settings.open { span.tag.draft { (desk.t("newsletter-is-closed")) } } }
                dl.pairs {
                    @for state in ["active", "asked", "left", "bounced", "complained"] {
                        div { dt { (desk.t(&format!("newsletter-list-{state}"))) } dd { b { (desk.number(counts.iter().find(|(of, _)| of == state).map_or(0, |(_, n)| *n))) } } }
                    }
                }
            }
        }
        @if !lists.is_empty() {
            section.part {
                h2 { (desk.t("newsletter-issues")) }
                @if issues.is_empty() { p.empty { (desk.t("newsletter-no-issue")) } }
                ul.rows {
                    @for issue in &issues {
                        li { a.row href=(format!("/console/newsletter/issues/{}", issue.id)) {
                            span.what { (subject(&desk, issue)) }
                            span.effect { (state(&desk, issue)) }
                            span.why { (name(issue)) " · " (told_when(&desk, issue)) }
                        } }
                    }
                }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn back(id: NewsletterIssueId, told: &str) -> Response {
    see(&format!("/console/newsletter/issues/{id}{told}"))
}

async fn submit_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    submit(&desk.scope, id).await?;
    Ok(back(id, ""))
}

async fn decide_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let approved = fields.get("verdict") == "approved";
    match decide(&desk.scope, id, approved, fields.get("note")).await {
        // What to change must be said: the page asks for it.
        Err(problem) if problem.errors.iter().any(|error| error.pointer == "/note") => {
            Ok(back(id, "?note=missing"))
        }
        done => done.map(|_| back(id, "")),
    }
}

async fn schedule_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let text = fields.get("send_at");
    let hour = match text.parse::<jiff::civil::DateTime>() {
        Ok(local) => Some(desk.zone().instant(local)),
        Err(_) if text.is_empty() => None,
        Err(_) => return Ok(back(id, "?hour=wrong")),
    };
    schedule(&desk.scope, id, hour).await?;
    Ok(back(id, ""))
}

async fn cancel_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    cancel(&desk.scope, id).await?;
    Ok(back(id, ""))
}

async fn try_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    trial(&desk.scope, id, fields.get("locale").parse().ok()).await?;
    Ok(back(id, "?tried=yes"))
}
