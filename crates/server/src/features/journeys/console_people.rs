//! A journey's people at the desk: the rows behind its figures.

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::ids::MemberId;
use maud::html;
use serde::Deserialize;

use super::console::id_of;
use super::runs::{self, Run};
use super::way::REASONS;
use super::{Journey, get};
use crate::App;
use crate::features::measures::{date_of, words};
use crate::http::{Cursor, Page, Problem, Role, window};
use crate::i18n::Args;
use crate::web::{Desk, shell, ui};

/// People on a page.
const SHOWN: i64 = 100;
/// What may be asked for, besides the reasons for leaving.
const STATES: [&str; 3] = ["waiting", "reached", "done"];

/// Which people.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    arm: String,
    state: String,
    cursor: Option<String>,
}

pub(super) async fn list(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let journey = get(&desk.scope, id).await?;
    let wish = window::<(i64, i64)>("journey_people", None, wanted.cursor.as_deref())?;
    let (member, entry) = wish.after.unwrap_or((i64::MIN, i64::MIN));
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let of = (wanted.arm.as_str(), wanted.state.as_str());
    let after = (MemberId(member), entry);
    let found = runs::page(db, tenant, id, of, after, SHOWN + 1).await?;
    let key = |run: &Run| (run.member.0, run.entry);
    let Page { items, cursor: Cursor { next, .. } } =
        Page::of("journey_people", 100, found, key, |run| run);
    let base = format!("/console/journeys/{id}/people");
    let here = format!("{base}?arm={}&state={}", wanted.arm, wanted.state);
    let opens = [Role::Agent, Role::Admin].iter().any(|role| desk.scope.is(*role));
    let title = desk.t("journeys-people-title");
    let keys = ["journeys-member", "journeys-entered", "journeys-arm", "journeys-where"];
    let heads = keys.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for run in &items {
            tr {
                th scope="row" { @if opens { a href=(format!("/console/members/{}", run.member)) { code { (run.member) } } } @else { code { (run.member) } } }
                td { (words::date(desk.locale, date_of(run.entry))) }
                td { (desk.t(&format!("journeys-arm-{}", run.arm))) }
                td { (place(&desk, &journey, run)) }
            }
        }
    };
    let filter = |key: String, query: &str, on: bool| {
        html! { a href=(format!("{base}?{query}")) aria-current=[on.then_some("page")] { (desk.t(&key)) } }
    };
    let main = html! {
        div.head {
            p { a href=(format!("/console/journeys/{id}")) { (journey.name) } }
            h1 { (title) }
            p.quiet { (desk.t("journeys-people-lead")) }
        }
        nav.filters aria-label=(desk.t("journeys-filter")) {
            (filter("journeys-everybody".to_owned(), "", wanted.arm.is_empty() && wanted.state.is_empty()))
            @for state in STATES { (filter(format!("journeys-{state}"), &format!("state={state}"), wanted.state == state)) }
            @for why in REASONS { (filter(format!("journeys-why-{why}"), &format!("state={why}"), wanted.state == why)) }
            @for arm in ["holdout", "universal"] { (filter(format!("journeys-arm-{arm}"), &format!("arm={arm}"), wanted.arm == arm)) }
        }
        @if items.is_empty() { p.empty { (desk.t("journeys-nobody")) } } @else { (ui::table(&title, &heads, &rows)) }
        (ui::next_page(&here, &desk.t("web-desk-more"), next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}

/// Where somebody is, in a few words.
fn place(desk: &Desk<App>, journey: &Journey, run: &Run) -> String {
    let step = journey.plan.steps.get(run.step).map_or("", |step| step.code());
    match run.state.as_str() {
        "waiting" => {
            let args = Args::new().text("step", step).text("at", desk.moment(run.look_at));
            desk.say("journeys-stands", args)
        }
        "left" => desk.t(&format!("journeys-why-{}", run.reason)),
        _ if run.goal_at.is_some() => desk.t("journeys-reached"),
        _ => desk.t("journeys-done"),
    }
}
