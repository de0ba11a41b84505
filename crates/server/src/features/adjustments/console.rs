//! The inbox of adjustments that wait for a second person, and what became of the others.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::AdjustmentId;
use maud::{Markup, html};

use super::api::{
    AdjustmentQuery, AdjustmentView, DECIDE, approve_adjustment, list_adjustments,
    reject_adjustment,
};
use crate::App;
use crate::http::{Asked, PathId, Problem, Role};
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

const READERS: &[Role] = &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/adjustments", Who::Staff(READERS)),
    PageRow::console("/adjustments/{adjustment}", Who::Staff(DECIDE)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/adjustments", get(list)).route("/adjustments/{adjustment}", post(decide))
}

async fn list(desk: Desk<App>, Asked(query): Asked<AdjustmentQuery>) -> Result<Response, Problem> {
    page(&desk, query, None).await
}

async fn page(
    desk: &Desk<App>,
    query: AdjustmentQuery,
    wrong: Option<String>,
) -> Result<Response, Problem> {
    let path =
        if query.pending { "/console/adjustments?pending=true" } else { "/console/adjustments" };
    let pending = query.pending;
    let axum::Json(page) = list_adjustments(desk.scope.clone(), Asked(query)).await?;
    let title = desk.t("web-desk-adjustments");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("adjustments-lead")) } }
        @if let Some(wrong) = wrong { (ui::note("bad", &wrong)) }
        ul.filters {
            li { a href="/console/adjustments" aria-current=[(!pending).then_some("true")] { (desk.t("adjustments-all")) } }
            li { a href="/console/adjustments?pending=true" aria-current=[pending.then_some("true")] { (desk.t("adjustments-pending")) } }
        }
        @if page.items.is_empty() { p.empty { (desk.t(if pending { "adjustments-none-wait" } else { "adjustments-none" })) } }
        ul.rows { @for one in &page.items { li { (row(desk, one)) } } }
        (ui::next_page(path, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(desk, &title, &main))
}

fn row(desk: &Desk<App>, one: &AdjustmentView) -> Markup {
    let sign = if one.points > 0 { "+" } else { "" };
    let own = one.asked_by == desk.scope.actor();
    let may = DECIDE.iter().any(|role| desk.scope.is(*role));
    html! {
        div.row {
            span.what { (desk.say("adjustments-reason", Args::new().text("reason", &one.reason))) " "
                span.tag.live[one.state == "posted"].draft[one.state == "pending"] { (desk.say("adjustments-state", Args::new().text("state", one.state))) } }
            span.effect.plus[one.points > 0] { (sign) (desk.number(one.points)) " " (one.point_type) }
            span.when { (desk.moment(one.asked_at)) " · " a href=(format!("/console/members/{}", one.member)) { (one.member) }
                @if let Some(event) = one.event { " · " a href=(format!("/console/movements/{event}")) { (desk.t("adjustments-entry")) } } }
            @if one.state == "pending" && may {
                @if own { span.why { (desk.t("adjustments-own")) } } @else {
                    form.acts.why method="post" action=(format!("/console/adjustments/{}", one.id)) {
                        (ui::token(&desk.token))
                        button.act.slim name="verdict" value="approve" { (desk.t("adjustments-approve")) }
                        button.act.second.slim name="verdict" value="reject" { (desk.t("adjustments-reject")) }
                    }
                }
            }
        }
    }
}

async fn decide(
    desk: Desk<App>,
    PathId(id): PathId<AdjustmentId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let scope = desk.scope.clone();
    let done = match fields.get("verdict") {
        "approve" => approve_adjustment(scope, PathId(id)).await,
        "reject" => reject_adjustment(scope, PathId(id)).await,
        _ => return Err(Problem::not_found("not_found")),
    };
    match done {
        Ok(_) => Ok(see("/console/adjustments?pending=true")),
        Err(problem) if problem.status < 500 => {
            let told = problem.told(desk.locale, "", "");
            let query = AdjustmentQuery { pending: true, ..AdjustmentQuery::default() };
            page(&desk, query, Some(told.detail)).await
        }
        Err(problem) => Err(problem),
    }
}
