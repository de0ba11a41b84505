//! Campaigns at the desk: those there are with where each stands, and the forms that move one on.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::CampaignId;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    Campaign, DECIDERS, READERS, WRITERS, cancel, console_form, console_one, console_people,
    console_policy, console_print, decide, policy, say, schedule, store, submit, trial,
};
use crate::App;
use crate::features::segments;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Campaigns on the page.
const LISTED: i64 = 200;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/campaigns", Who::Staff(READERS)),
    PageRow::console("/campaigns/new", Who::Staff(WRITERS)),
    PageRow::console("/campaigns/new", Who::Staff(WRITERS)).sent(),
    PageRow::console("/campaigns/policy", Who::Staff(READERS)),
    PageRow::console("/campaigns/policy", Who::Staff(WRITERS)).sent(),
    PageRow::console("/campaigns/{campaign}", Who::Staff(READERS)),
    PageRow::console("/campaigns/{campaign}/edit", Who::Staff(WRITERS)),
    PageRow::console("/campaigns/{campaign}/edit", Who::Staff(WRITERS)).sent(),
    PageRow::console("/campaigns/{campaign}/people", Who::Staff(READERS)),
    PageRow::console("/campaigns/{campaign}/letter.html", Who::Staff(READERS)),
    PageRow::console("/campaigns/{campaign}/letters.pdf", Who::Staff(READERS)),
    PageRow::console("/campaigns/{campaign}/manifest.csv", Who::Staff(WRITERS)),
    PageRow::console("/campaigns/{campaign}/submit", Who::Staff(WRITERS)).sent(),
    PageRow::console("/campaigns/{campaign}/decide", Who::Staff(DECIDERS)).sent(),
    PageRow::console("/campaigns/{campaign}/schedule", Who::Staff(WRITERS)).sent(),
    PageRow::console("/campaigns/{campaign}/cancel", Who::Staff(WRITERS)).sent(),
    PageRow::console("/campaigns/{campaign}/say", Who::Staff(READERS)).sent(),
    PageRow::console("/campaigns/{campaign}/try", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/campaigns", get(list))
        .route("/campaigns/new", get(console_form::new).post(console_form::send))
        .route("/campaigns/policy", get(console_policy::show).post(console_policy::send))
        .route("/campaigns/{campaign}", get(console_one::open))
        .route(
            "/campaigns/{campaign}/edit",
            get(console_form::edit).post(console_form::send_change),
        )
        .route("/campaigns/{campaign}/people", get(console_people::list))
        .route("/campaigns/{campaign}/letter.html", get(console_one::letter))
        .route("/campaigns/{campaign}/letters.pdf", get(console_print::letters))
        .route("/campaigns/{campaign}/manifest.csv", get(console_print::rows))
        .route("/campaigns/{campaign}/submit", post(submit_it))
        .route("/campaigns/{campaign}/decide", post(decide_it))
        .route("/campaigns/{campaign}/schedule", post(schedule_it))
        .route("/campaigns/{campaign}/cancel", post(cancel_it))
        .route("/campaigns/{campaign}/say", post(say_it))
        .route("/campaigns/{campaign}/try", post(try_it))
}

pub(super) fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

pub(super) fn may_decide(desk: &Desk<App>) -> bool {
    DECIDERS.iter().any(|role| desk.scope.is(*role))
}

/// Where a campaign stands.
#[must_use]
pub fn state(desk: &Desk<App>, campaign: &Campaign) -> Markup {
    let words = desk.t(&format!("campaigns-state-{}", campaign.state.replace('_', "-")));
    let class = match campaign.state.as_str() {
        "sent" | "sending" => "tag live",
        "cancelled" => "tag bad",
        "in_approval" => "tag late",
        _ => "tag draft",
    };
    html! { span class=(class) { (words) } }
}

pub(super) fn id_of(text: &str) -> Result<CampaignId, Problem> {
    text.parse().map_err(|_| Problem::not_found("campaign_not_found"))
}

/// Which campaigns.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    segment: String,
}

async fn list(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let all = match wanted.segment.parse() {
        Ok(segment) => store::of_segment(db, tenant, segment).await?,
        Err(_) => store::page(db, tenant, i64::MAX, LISTED).await?,
    };
    let audiences = segments::store::page(db, tenant, i64::MAX, LISTED).await?;
    let audience = |campaign: &Campaign| {
        let found = audiences.iter().find(|segment| segment.id == campaign.segment);
        found.map_or("", |segment| segment.name.as_str()).to_owned()
    };
    let rules = policy::of(db, tenant).await?;
    let title = desk.t("web-desk-campaigns");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("campaigns-lead")) } }
        div.acts {
            @if may_write(&desk) { a.act href="/console/campaigns/new" { (desk.t("campaigns-new")) } }
            a href="/console/campaigns/policy" { (console_policy::sentence(&desk, &rules)) }
        }
        @if !desk.scope.app.mailer.is_ready() { (ui::note("careful", &desk.t("campaigns-no-mail"))) }
        @if all.is_empty() { p.empty { (desk.t("campaigns-none")) } }
        ul.rows {
            @for campaign in &all {
                li { a.row href=(format!("/console/campaigns/{}", campaign.id)) {
                    span.what { (campaign.name) }
                    span.effect { (state(&desk, campaign)) }
                    span.why { (audience(campaign)) " · " (told_when(&desk, campaign)) }
                } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// The instant that says most about a campaign now.
pub(super) fn told_when(desk: &Desk<App>, campaign: &Campaign) -> String {
    let at = |key: &str, at: Timestamp| desk.say(key, Args::new().text("at", desk.moment(at)));
    match (campaign.ended_at, campaign.started_at, campaign.send_at) {
        (Some(ended), ..) => at("campaigns-ended-at", ended),
        (_, Some(started), _) => at("campaigns-started-at", started),
        (_, _, Some(hour)) => at("campaigns-send-at", hour),
        _ => at("campaigns-changed-at", campaign.changed_at),
    }
}

fn back(id: CampaignId) -> Response {
    see(&format!("/console/campaigns/{id}"))
}

async fn submit_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    submit(&desk.scope, id).await?;
    Ok(back(id))
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
            Ok(see(&format!("/console/campaigns/{id}?note=missing")))
        }
        done => done.map(|_| back(id)),
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
        Err(_) => return Ok(see(&format!("/console/campaigns/{id}?hour=wrong"))),
    };
    schedule(&desk.scope, id, hour).await?;
    Ok(back(id))
}

async fn cancel_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    cancel(&desk.scope, id).await?;
    Ok(back(id))
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

async fn try_it(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let variant = Some(fields.get("variant")).filter(|name| !name.is_empty());
    trial(&desk.scope, id, variant, fields.get("locale").parse().ok()).await?;
    Ok(see(&format!("/console/campaigns/{id}?tried=yes")))
}
