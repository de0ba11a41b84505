//! Journeys at the desk: those there are with how many are under way, and the forms that move one on.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::JourneyId;
use maud::{Markup, html};

use super::figures;
use super::plan::{Entry, Goal};
use super::{
    DECIDERS, Journey, READERS, WRITERS, console_form, console_one, console_people, decide, end,
    pause, resume, say, store, submit,
};
use crate::App;
use crate::features::segments;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Journeys on the page.
const LISTED: i64 = 200;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/journeys", Who::Staff(READERS)),
    PageRow::console("/journeys/new", Who::Staff(WRITERS)),
    PageRow::console("/journeys/new", Who::Staff(WRITERS)).sent(),
    PageRow::console("/journeys/{journey}", Who::Staff(READERS)),
    PageRow::console("/journeys/{journey}/edit", Who::Staff(WRITERS)),
    PageRow::console("/journeys/{journey}/edit", Who::Staff(WRITERS)).sent(),
    PageRow::console("/journeys/{journey}/people", Who::Staff(READERS)),
    PageRow::console("/journeys/{journey}/submit", Who::Staff(WRITERS)).sent(),
    PageRow::console("/journeys/{journey}/decide", Who::Staff(DECIDERS)).sent(),
    PageRow::console("/journeys/{journey}/pause", Who::Staff(WRITERS)).sent(),
    PageRow::console("/journeys/{journey}/resume", Who::Staff(WRITERS)).sent(),
    PageRow::console("/journeys/{journey}/end", Who::Staff(WRITERS)).sent(),
    PageRow::console("/journeys/{journey}/say", Who::Staff(READERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/journeys", get(list))
        .route("/journeys/new", get(console_form::new).post(console_form::send))
        .route("/journeys/{journey}", get(console_one::open))
        .route("/journeys/{journey}/edit", get(console_form::edit).post(console_form::send_change))
        .route("/journeys/{journey}/people", get(console_people::list))
        .route("/journeys/{journey}/submit", post(submit_it))
        .route("/journeys/{journey}/decide", post(decide_it))
        .route("/journeys/{journey}/pause", post(pause_it))
        .route("/journeys/{journey}/resume", post(resume_it))
        .route("/journeys/{journey}/end", post(end_it))
        .route("/journeys/{journey}/say", post(say_it))
}

pub(super) fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

pub(super) fn may_decide(desk: &Desk<App>) -> bool {
    DECIDERS.iter().any(|role| desk.scope.is(*role))
}

/// Where a journey stands.
#[must_use]
pub(super) fn state(desk: &Desk<App>, journey: &Journey) -> Markup {
    let words = desk.t(&format!("journeys-state-{}", journey.state.replace('_', "-")));
    let class = match journey.state.as_str() {
        "published" => "tag live",
        "in_approval" | "paused" => "tag late",
        "ended" => "tag",
        _ => "tag draft",
    };
    html! { span class=(class) { (words) } }
}

pub(super) fn id_of(text: &str) -> Result<JourneyId, Problem> {
    text.parse().map_err(|_| Problem::not_found("journey_not_found"))
}

/// Who enters, in a sentence.
pub(super) async fn entry(desk: &Desk<App>, journey: &Journey) -> Result<String, Problem> {
    let number = |value: i64| desk.number(value);
    let say = |key: &str, args: Args| desk.say(key, args);
    Ok(match &journey.plan.entry {
        Entry::Enrolled => desk.t("journeys-entry-enrolled"),
        Entry::FirstPurchase => desk.t("journeys-entry-first-purchase"),
        Entry::NearReward { missing } => {
            say("journeys-entry-near-reward-told", Args::new().text("missing", number(*missing)))
        }
        Entry::NearTier { missing } => {
            say("journeys-entry-near-tier-told", Args::new().text("missing", number(*missing)))
        }
        Entry::Expiring { days, points } => {
            let args = Args::new().text("days", number(*days)).text("points", number(*points));
            say("journeys-entry-expiring-told", args)
        }
        Entry::Silent { days, until: None } => {
            say("journeys-entry-silent-told", Args::new().text("days", number(*days)))
        }
        Entry::Silent { days, until: Some(until) } => {
            let args = Args::new().text("days", number(*days)).text("until", number(*until));
            say("journeys-entry-silent-until", args)
        }
        Entry::Segment { segment } => {
            let found =
                segments::store::by_id(&desk.scope.app.db, desk.scope.tenant, *segment).await?;
            let name = found.map(|segment| segment.name).unwrap_or_default();
            say("journeys-entry-segment-told", Args::new().text("name", name))
        }
    })
}

/// What a journey is for, in a sentence.
#[must_use]
pub(super) fn goal(desk: &Desk<App>, goal: &Goal) -> String {
    match goal {
        Goal::Purchases { count, days } => desk.say(
            "journeys-goal-purchases-told",
            Args::new()
                .count("n", *count)
                .text("count", desk.number(*count))
                .text("days", desk.number(*days)),
        ),
        Goal::Redemption { days } => {
            let args = Args::new().text("days", desk.number(*days));
            desk.say("journeys-goal-redemption-told", args)
        }
    }
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let counts = figures::counts(db, tenant).await?;
    let mut all = Vec::new();
    for journey in store::page(db, tenant, i64::MAX, LISTED).await? {
        all.push((entry(&desk, &journey).await?, journey));
    }
    let under_way = |journey: &Journey| {
        let (entered, waiting) = counts.get(&journey.id).copied().unwrap_or_default();
        let args = Args::new().text("entered", desk.number(entered));
        desk.say("journeys-under-way", args.text("waiting", desk.number(waiting)))
    };
    let title = desk.t("web-desk-journeys");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("journeys-lead")) } }
        div.acts {
            @if may_write(&desk) { a.act href="/console/journeys/new" { (desk.t("journeys-new")) } }
        }
        @if !desk.scope.app.mailer.is_ready() { (ui::note("careful", &desk.t("campaigns-no-mail"))) }
        @if all.is_empty() { p.empty { (desk.t("journeys-none")) } }
        ul.rows {
            @for (entry, journey) in &all {
                li { a.row href=(format!("/console/journeys/{}", journey.id)) {
                    span.what { (journey.name) }
                    span.effect { (state(&desk, journey)) }
                    span.why { (entry) @if journey.published_at.is_some() { " · " (under_way(journey)) } }
                } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn back(id: JourneyId) -> Response {
    see(&format!("/console/journeys/{id}"))
}

async fn submit_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    Ok(back(submit(&desk.scope, id_of(&id)?).await?.id))
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
            Ok(see(&format!("/console/journeys/{id}?note=missing")))
        }
        done => done.map(|_| back(id)),
    }
}

async fn pause_it(desk: Desk<App>, Path(id): Path<String>, _: Fields) -> Result<Response, Problem> {
    Ok(back(pause(&desk.scope, id_of(&id)?).await?.id))
}

async fn resume_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    Ok(back(resume(&desk.scope, id_of(&id)?).await?.id))
}

async fn end_it(desk: Desk<App>, Path(id): Path<String>, _: Fields) -> Result<Response, Problem> {
    Ok(back(end(&desk.scope, id_of(&id)?).await?.id))
}

async fn say_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let words = fields.get("body");
    if !words.is_empty() {
        say(&desk.scope, id, words).await?;
    }
    Ok(back(id))
}
