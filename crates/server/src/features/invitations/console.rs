//! Invitations at the desk: how they work, those that wait for a person, and all the others with their state.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Invitation, InvitationPolicy, READERS, WRITERS, policy, review, store};
use crate::App;
use crate::http::Problem;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Invitations on the page.
const LISTED: i64 = 200;
/// The states in the order in which people ask for them.
const STATES: [&str; 9] = [
    "held",
    "waiting",
    "paid",
    "over_limit",
    "refused",
    "taken_back",
    "lapsed",
    "paying",
    "taking_back",
];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/invitations", Who::Staff(READERS)),
    PageRow::console("/invitations/policy", Who::Staff(WRITERS)).sent(),
    PageRow::console("/invitations/{invitation}/decide", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/invitations", get(list))
        .route("/invitations/policy", post(set))
        .route("/invitations/{invitation}/decide", post(decide))
}

/// Which invitations, and what is to be said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    told: String,
}

fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

async fn list(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let found = policy::of(db, tenant).await?;
    let state = STATES.into_iter().find(|state| *state == wanted.state).unwrap_or_default();
    let all = store::page(db, tenant, state, i64::MAX, LISTED).await?;
    let held = store::page(db, tenant, "held", i64::MAX, LISTED).await?;
    let title = desk.t("web-desk-invitations");
    let heads = ["joined", "inviter", "invited", "state", "word"];
    let heads = heads.map(|head| desk.t(&format!("invitations-head-{head}")));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! { @for it in &all { (row(&desk, it)) } };
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("invitations-desk-lead")) } }
        @if wanted.told == "done" { (ui::note("good", &desk.t("invitations-saved"))) }
        @if wanted.told == "why" { (ui::note("bad", &desk.t("invitations-why-missing"))) }
        @if wanted.told == "range" { (ui::note("bad", &desk.t("invitations-range"))) }
        @if !held.is_empty() { (ui::note("careful", &desk.t("invitations-some-held"))) }
        form.inline method="get" action="/console/invitations" {
            div.field {
                label for="state" { (desk.t("invitations-head-state")) }
                select id="state" name="state" {
                    option value="" { (desk.t("invitations-all")) }
                    @for one in STATES { option value=(one) selected[one == state] { (told(&desk, one)) } }
                }
            }
            button.act.second { (desk.t("invitations-show")) }
        }
        @if all.is_empty() { p.empty { (desk.t("invitations-desk-none")) } } @else { (ui::table(&title, &heads, &rows)) }
        @if may_write(&desk) { (settings(&desk, found.as_ref())) }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn told(desk: &Desk<App>, state: &str) -> String {
    desk.t(&format!("invitations-state-{}", state.replace('_', "-")))
}

fn row(desk: &Desk<App>, it: &Invitation) -> Markup {
    let action = format!("/console/invitations/{}/decide", it.id);
    let why = match it.reason.as_str() {
        "same_network" => desk.t("invitations-same-network"),
        "not_posted" => desk.t("invitations-not-posted"),
        other => other.to_owned(),
    };
    let id = format!("reason-{}", it.id);
    let open = ["held", "waiting", "over_limit", "paid"].contains(&it.state.as_str());
    html! {
        tr {
            td { (desk.moment(it.joined_at)) }
            td { code { (it.inviter) } }
            td { code { (it.invited) } }
            td { span.tag.late[it.state == "held"].live[it.state == "paid"] { (told(desk, &it.state)) } @if !why.is_empty() { br; span.quiet.small { (why) } } }
            td { @if open && may_write(desk) {
                form.inline method="post" action=(action) {
                    (ui::token(&desk.token))
                    @if it.state == "held" { button.act.slim name="verdict" value="approved" { (desk.t("invitations-approve")) } }
                    label.unseen for=(id) { (desk.t("invitations-why")) }
                    input id=(id) name="reason" placeholder=(desk.t("invitations-why")) autocomplete="off";
                    button.act.second.slim name="verdict" value="refused" { (desk.t("invitations-refuse")) }
                }
            } }
        }
    }
}

fn settings(desk: &Desk<App>, found: Option<&InvitationPolicy>) -> Markup {
    let number = |value: Option<i64>, usual: i64| value.unwrap_or(usual).to_string();
    let most = number(found.map(|it| it.max_a_month), 5);
    let held = number(found.map(|it| it.held_from), 3);
    html! {
        section.part {
            h2 { (desk.t("invitations-settings")) }
            p.quiet { (desk.t("invitations-rules-hint")) " " code { "on = \"referral\"" } " " code { "on = \"referred\"" } }
            form.panel.slim method="post" action="/console/invitations/policy" {
                (ui::token(&desk.token))
                div.check { input type="checkbox" id="open" name="open" value="1" checked[found.is_some_and(|it| it.open)]; label for="open" { (desk.t("invitations-open")) } }
                div.check { input type="checkbox" id="takes_back" name="takes_back" value="1" checked[found.is_none_or(|it| it.takes_back)]; label for="takes_back" { (desk.t("invitations-takes-back")) } }
                div.cells.pair {
                    (ui::field(ui::Field { name: "max_a_month", label: &desk.t("invitations-max"), value: &most, keys: Some("numeric"), ..ui::Field::default() }))
                    (ui::field(ui::Field { name: "held_from", label: &desk.t("invitations-held-from"), value: &held, keys: Some("numeric"), ..ui::Field::default() }))
                }
                div.acts { button.act { (desk.t("invitations-save")) } }
            }
        }
    }
}

async fn set(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    // What is no number is out of every range.
    let number = |name: &str| fields.get(name).parse().unwrap_or(-1);
    let wanted = InvitationPolicy {
        open: fields.is_set("open"),
        max_a_month: number("max_a_month"),
        held_from: number("held_from"),
        takes_back: fields.is_set("takes_back"),
        secret: Vec::new(),
    };
    match policy::set(&desk.scope, &wanted).await {
        Ok(()) => Ok(see("/console/invitations?told=done")),
        Err(problem) if !problem.errors.is_empty() => Ok(see("/console/invitations?told=range")),
        Err(problem) => Err(problem),
    }
}

async fn decide(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("invitation_not_found"))?;
    let approved = fields.get("verdict") == "approved";
    match review::decide(&desk.scope, id, approved, fields.get("reason")).await {
        Ok(_) => Ok(see("/console/invitations?told=done")),
        Err(problem) if !problem.errors.is_empty() => Ok(see("/console/invitations?told=why")),
        Err(problem) => Err(problem),
    }
}
