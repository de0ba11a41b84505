//! Requests at the desk: what is open with its clock, and asking something, also of a number.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::RequestId;
use lazo_domain::time::{SECOND, Timestamp, Zone};
use maud::{Markup, html};

use super::{
    KINDS, NewRequest, PRIORITIES, READERS, Request, change, close, console_open, say, sort, store,
};
use crate::App;
use crate::features::kpis::{self, Kpi};
use crate::features::registers::WRITERS;
use crate::features::staff;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Requests on the page of all.
const MOST: i64 = 100;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/requests", Who::Staff(READERS)),
    PageRow::console("/requests/new", Who::Staff(READERS)),
    PageRow::console("/requests/new", Who::Staff(READERS)).sent(),
    PageRow::console("/requests/{request}", Who::Staff(READERS)),
    PageRow::console("/requests/{request}/say", Who::Staff(READERS)).sent(),
    PageRow::console("/requests/{request}/sort", Who::Staff(WRITERS)).sent(),
    PageRow::console("/requests/{request}/draft", Who::Staff(WRITERS)).sent(),
    PageRow::console("/requests/{request}/decide", Who::Staff(READERS)).sent(),
    PageRow::console("/requests/{request}/release", Who::Staff(WRITERS)).sent(),
    PageRow::console("/requests/{request}/measure", Who::Staff(WRITERS)).sent(),
    PageRow::console("/requests/{request}/close", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/requests", get(list))
        .route("/requests/new", get(ask).post(send))
        .route("/requests/{request}", get(console_open::open))
        .route("/requests/{request}/say", post(speak))
        .route("/requests/{request}/sort", post(sort_it))
        .route("/requests/{request}/draft", post(link))
        .route("/requests/{request}/decide", post(decide))
        .route("/requests/{request}/release", post(release))
        .route("/requests/{request}/measure", post(measure))
        .route("/requests/{request}/close", post(end))
}

/// The words of a code of this noun: `requests-<group>-<code>`.
#[must_use]
pub fn word(desk: &Desk<App>, group: &str, code: &str) -> String {
    desk.t(&format!("requests-{group}-{}", code.replace('_', "-")))
}

pub(super) fn zone(desk: &Desk<App>) -> Zone {
    desk.scope.caller.tenancy.as_ref().map_or_else(Zone::utc, |tenancy| tenancy.zone.clone())
}

pub(super) fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

/// How much time a request has left, or that it is late.
#[must_use]
pub fn clock(desk: &Desk<App>, request: &Request, now: Timestamp) -> Markup {
    let Some(due) = request.due() else { return html! {} };
    let at = desk.locale.moment(due, &zone(desk));
    let left = due.0.saturating_sub(now.0);
    let key = if request.answered_at.is_none() { "requests-answer-by" } else { "requests-done-by" };
    html! {
        @if left <= 0 { span.tag.late { (desk.say("requests-late", Args::new().text("at", at))) } }
        @else if left < 4 * 3_600 * SECOND { span.tag.draft { (desk.say(key, Args::new().text("at", at))) } }
        @else { span.tag { (desk.say(key, Args::new().text("at", at))) } }
    }
}

/// Requests as rows.
#[must_use]
pub fn rows(desk: &Desk<App>, all: &[Request], names: &[String]) -> Markup {
    let now = desk.scope.caller.real_now;
    html! {
        ul.rows {
            @for (request, name) in all.iter().zip(names) {
                li { a.row href=(format!("/console/requests/{}", request.id)) {
                    span.what { (request.title) }
                    span.effect { (clock(desk, request, now)) }
                    span.why {
                        (word(desk, "kind", &request.kind)) " · " (word(desk, "state", &request.state)) " · " (name)
                        @if request.escalated_at.is_some() { " · " (desk.t("requests-escalated")) }
                    }
                } }
            }
        }
    }
}

/// The names of those who asked.
pub async fn askers(desk: &Desk<App>, all: &[Request]) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    for request in all {
        names.push(staff::told(&desk.scope.app.db, &request.asked_by).await?);
    }
    Ok(names)
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let open = store::open(db, tenant).await?;
    let all = store::page(db, tenant, i64::MAX, MOST).await?;
    let done: Vec<Request> = all.into_iter().filter(|request| !request.is_open()).collect();
    let (open_names, done_names) = (askers(&desk, &open).await?, askers(&desk, &done).await?);
    let title = desk.t("web-desk-requests");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("requests-lead")) } }
        div.acts { a.act href="/console/requests/new" { (desk.t("requests-ask")) } }
        section.part {
            h2 { (desk.t("requests-open")) }
            @if open.is_empty() { p.quiet { (desk.t("requests-none")) } }
            (rows(&desk, &open, &open_names))
        }
        @if !done.is_empty() {
            section.part { h2 { (desk.t("requests-done")) } (rows(&desk, &done, &done_names)) }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn ask(desk: Desk<App>) -> Result<Response, Problem> {
    let figure = desk
        .path
        .split_once("figure=")
        .map_or("", |(_, rest)| rest.split('&').next().unwrap_or(""));
    let figure = figure.to_owned();
    form(&desk, &figure, &Fields::default(), &[]).await
}

async fn form(
    desk: &Desk<App>,
    figure: &str,
    fields: &Fields,
    wrong: &[String],
) -> Result<Response, Problem> {
    let about = match Kpi::named(figure) {
        Some(kpi) => about(desk, kpi).await?,
        None => None,
    };
    let title = desk.t("requests-ask");
    let fault =
        |field: &str| wrong.iter().any(|name| name == field).then(|| desk.t("requests-wrong"));
    let main = html! {
        div.head {
            p { a href="/console/requests" { (desk.t("web-desk-requests")) } }
            h1 { (title) }
            @if let Some(about) = &about { p.note { (about) } }
        }
        form.panel method="post" action="/console/requests/new" {
            (ui::token(&desk.token))
            @if about.is_some() { input type="hidden" name="kpi" value=(figure); }
            (ui::field(ui::Field { name: "title", label: &desk.t("requests-title"), value: fields.get("title"),
                wrong: fault("title").as_deref(), required: true, ..ui::Field::default() }))
            div.field { label for="body" { (desk.t("requests-body")) } textarea id="body" name="body" rows="5" { (fields.get("body")) } }
            div.cells.pair {
                (select(desk, "kind", KINDS, if about.is_some() { "question" } else { "change" }))
                (select(desk, "priority", PRIORITIES, "normal"))
            }
            div.acts { button.act { (desk.t("requests-send")) } a href="/console/requests" { (desk.t("requests-leave")) } }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

/// A number with its date, as a request is asked of it.
async fn about(desk: &Desk<App>, kpi: Kpi) -> Result<Option<String>, Problem> {
    let (currency, zone) = kpis::console::money_and_zone(desk).await?;
    let found = kpis::store::of(&desk.scope.app.db, desk.scope.tenant, kpi, 1).await?;
    Ok(found.first().map(|reading| {
        desk.say(
            "requests-about",
            Args::new()
                .text("what", kpis::title(desk.locale, kpi))
                .text("value", kpis::told(desk.locale, kpi, reading.value, currency))
                .text("at", desk.locale.moment(reading.at, &zone)),
        )
    }))
}

/// A choice of codes.
pub(super) fn select(desk: &Desk<App>, name: &str, all: &[&str], chosen: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (desk.t(&format!("requests-{name}"))) }
            select id=(name) name=(name) {
                @for code in all { option value=(code) selected[*code == chosen] { (word(desk, name, code)) } }
            }
        }
    }
}

async fn send(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let kpi = fields.get("kpi");
    let new = NewRequest {
        kind: fields.get("kind").to_owned(),
        title: fields.get("title").to_owned(),
        body: fields.get("body").to_owned(),
        priority: Some(fields.get("priority").to_owned()),
        kpi: (!kpi.is_empty()).then(|| kpi.to_owned()),
    };
    match super::open(&desk.scope, new).await {
        Ok(request) => Ok(see(&format!("/console/requests/{}", request.id))),
        Err(problem) if !problem.errors.is_empty() => {
            let wrong: Vec<String> = problem
                .errors
                .iter()
                .map(|e| e.pointer.trim_start_matches('/').to_owned())
                .collect();
            form(&desk, kpi, &fields, &wrong).await
        }
        Err(problem) => Err(problem),
    }
}

fn id_of(text: &str) -> Result<RequestId, Problem> {
    text.parse().map_err(|_| Problem::not_found("request_not_found"))
}

fn back(id: RequestId) -> Response {
    see(&format!("/console/requests/{id}"))
}

async fn speak(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    say(&desk.scope, id, fields.get("body")).await?;
    Ok(back(id))
}

async fn sort_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let mine = fields.is_set("mine");
    sort(&desk.scope, id, fields.get("kind"), fields.get("priority"), mine).await?;
    Ok(back(id))
}

async fn link(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    change::attach(&desk.scope, id, fields.get("program")).await?;
    Ok(back(id))
}

async fn decide(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let approved = fields.get("verdict") == "approved";
    let of = (fields.get("function"), fields.get("sha256"));
    change::decide(&desk.scope, id, of, approved, fields.get("note")).await?;
    Ok(back(id))
}

async fn release(desk: Desk<App>, Path(id): Path<String>, _: Fields) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    change::release(&desk.scope, id).await?;
    Ok(back(id))
}

async fn measure(desk: Desk<App>, Path(id): Path<String>, _: Fields) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    change::measure(&desk.scope, id).await?;
    Ok(back(id))
}

async fn end(desk: Desk<App>, Path(id): Path<String>, _: Fields) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    close(&desk.scope, id).await?;
    Ok(back(id))
}
