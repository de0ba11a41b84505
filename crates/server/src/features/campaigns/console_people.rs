//! A campaign's people at the desk: the rows behind its figures, by group and by what became of the letter.

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::ids::MemberId;
use maud::html;
use serde::Deserialize;

use super::console::id_of;
use super::console_results::{group_name, reason};
use super::print::POST;
use super::{Campaign, get, results};
use crate::App;
use crate::features::segments;
use crate::http::{Cursor, Page, Problem, Role, window};
use crate::i18n::Args;
use crate::web::{Desk, shell, ui};

/// People on a page.
const SHOWN: i64 = 100;
/// What may be asked for.
const STATES: [&str; 9] = [
    "sent",
    "bounced",
    "withheld",
    "ready",
    "kept",
    "unsubscribed",
    "complained",
    "used",
    "bought",
];

/// What may be asked of a campaign: on paper nobody leaves a list by a click, and by e-mail there are no codes.
fn states(campaign: &Campaign) -> impl Iterator<Item = &'static str> {
    let paper = campaign.channel == POST;
    let has = move |state: &str| match state {
        "used" => paper,
        "unsubscribed" | "complained" => !paper,
        _ => true,
    };
    STATES.into_iter().filter(move |state| has(state))
}

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
    let campaign = get(&desk.scope, id).await?;
    let tenant = segments::own_tenant(&desk.scope).await?;
    let wish = window::<i64>("campaign_people", None, wanted.cursor.as_deref())?;
    let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (arm, state) = (named(&wanted.arm), named(&wanted.state));
    let after = MemberId(wish.after.unwrap_or(i64::MIN));
    let of = (arm.as_deref(), state.as_deref());
    let found = results::rows(&desk.scope.app.db, &tenant, &campaign, of, after, SHOWN + 1).await?;
    let page = Page::of("campaign_people", 100, found, |row| row.to.member.0, |row| row);
    let Page { items, cursor: Cursor { next, .. } } = page;
    let base = format!("/console/campaigns/{id}/people");
    let here = format!("{base}?arm={}&state={}", wanted.arm, wanted.state);
    let opens = [Role::Agent, Role::Admin].iter().any(|role| desk.scope.is(*role));
    let title = desk.t("campaigns-people-title");
    let keys = [
        "campaigns-member",
        "campaigns-group",
        "campaigns-letter",
        "campaigns-purchases",
        "campaigns-spent",
    ];
    let heads = keys.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for row in &items {
            tr {
                th scope="row" { @if opens { a href=(format!("/console/members/{}", row.to.member)) { code { (row.to.member) } } } @else { code { (row.to.member) } } }
                td { (group_name(&desk, &row.to.arm)) }
                td { (desk.t(&format!("campaigns-letter-{}", row.to.state)))
                    @if !row.to.reason.is_empty() { ": " (reason(&desk, &row.to.reason)) }
                    @if let Some(at) = row.to.sent_at { " · " (desk.moment(at)) }
                    @if let Some(place) = row.to.place { " · " (desk.say("campaigns-page", Args::new().text("page", desk.number(place)))) }
                    @if let Some(code) = &row.to.code { " · " code { (code) } }
                    @if row.to.unsubscribed_at.is_some() { " · " (desk.t("campaigns-letter-unsubscribed")) } }
                td.n { (desk.number(row.purchases)) }
                td.n { (desk.locale.money(row.net_minor, tenant.config.currency)) }
            }
        }
    };
    let main = html! {
        div.head {
            p { a href=(format!("/console/campaigns/{id}")) { (campaign.name) } }
            h1 { (title) }
            p.quiet { (desk.t("campaigns-people-lead")) }
        }
        nav.filters aria-label=(desk.t("campaigns-filter")) {
            a href=(base) aria-current=[(wanted.arm.is_empty() && wanted.state.is_empty()).then_some("page")] { (desk.t("campaigns-everybody")) }
            @for state in states(&campaign) { a href=(format!("{base}?state={state}")) aria-current=[(wanted.state == state).then_some("page")] { (desk.t(&format!("campaigns-letter-{state}"))) } }
            @for arm in ["holdout", "universal"] { a href=(format!("{base}?arm={arm}")) aria-current=[(wanted.arm == arm).then_some("page")] { (group_name(&desk, arm)) } }
        }
        @if items.is_empty() { p.empty { (desk.t("campaigns-people-none")) } } @else { (ui::table(&title, &heads, &rows)) }
        (ui::next_page(&here, &desk.t("web-desk-more"), next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}
