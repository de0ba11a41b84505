//! The merge workbench in the console: projects with their states and gates, and the way into every part of one.

pub(super) mod members;
mod pairs;
pub(super) mod plan;
mod project;
pub(super) mod sources;
mod waves;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use super::api::views::at;
use super::api::{READ, SIGN, TELL, WORK};
use super::store::projects::{self, Project};
use super::workbench::Workbench;
use crate::App;
use crate::http::{Asked, Page, PageQuery, Problem, Role};
use crate::i18n::Args;
use crate::web::{Desk, PageRow, Who, shell, ui};

/// Where the pages are.
const BASE: &str = "/console/integration-projects";
/// Whoever may see a wave: those who read reports, and those who reconcile.
const SEE: &[Role] =
    &[Role::Agent, Role::Analyst, Role::Finance, Role::ProgramManager, Role::Admin];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/integration-projects", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}/steps", Who::Staff(WORK)).sent(),
    PageRow::console("/integration-projects/{project}/requests", Who::Staff(WORK)).sent(),
    PageRow::console("/integration-projects/{project}/sources", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}/pairs", Who::Staff(WORK)),
    PageRow::console("/integration-projects/{project}/pairs", Who::Staff(WORK)).sent(),
    PageRow::console("/integration-projects/{project}/plan", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}/exceptions", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}/waves/{wave}", Who::Staff(SEE)),
    PageRow::console("/integration-projects/{project}/waves/{wave}/run", Who::Staff(WORK)).sent(),
    PageRow::console("/integration-projects/{project}/waves/{wave}/reconcile", Who::Staff(TELL))
        .sent(),
    PageRow::console("/integration-projects/{project}/waves/{wave}/sign", Who::Staff(SIGN)).sent(),
    PageRow::console("/integration-projects/{project}/waves/{wave}/report", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}/waves/{wave}/members", Who::Staff(READ)),
    PageRow::console("/integration-projects/{project}/statement", Who::Staff(TELL)),
    PageRow::console("/integration-projects/{project}/statement", Who::Staff(TELL)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    let own = Router::new()
        .route("/", get(project::project))
        .route("/steps", post(project::step))
        .route("/requests", post(project::decide_request))
        .route("/sources", get(sources::sources))
        .route("/pairs", get(pairs::pairs).post(pairs::decide))
        .route("/plan", get(plan::plan))
        .route("/exceptions", get(plan::exceptions))
        .route("/waves/{wave}", get(waves::wave))
        .route("/waves/{wave}/run", post(waves::run))
        .route("/waves/{wave}/reconcile", post(waves::reconcile))
        .route("/waves/{wave}/sign", post(waves::sign))
        .route("/waves/{wave}/report", get(waves::report))
        .route("/waves/{wave}/members", get(waves::members))
        .route("/statement", get(members::statement).post(members::find));
    Router::new()
        .route("/integration-projects", get(list))
        .nest("/integration-projects/{project}", own)
}

/// A project of the path, with somebody at work on it.
pub(super) async fn open(desk: &Desk<App>, name: &str) -> Result<(Workbench, Project), Problem> {
    at(&desk.scope, name).await
}

/// The path of a page of a project.
fn below(project: &Project, path: &str) -> String {
    format!("{BASE}/{}{path}", project.document.code)
}

/// What people call a state.
fn state_name(desk: &Desk<App>, state: &str) -> String {
    desk.say("merges-state", Args::new().text("state", state))
}

/// A refusal as a sentence, when it is one; faults of ours go on.
fn refusal(desk: &Desk<App>, problem: Problem) -> Result<String, Problem> {
    if problem.status >= 500 {
        return Err(problem);
    }
    let why = problem.values.iter().find(|(name, _)| *name == "why").map(|(_, why)| why.clone());
    Ok(why.unwrap_or_else(|| problem.told(desk.locale, "", "").detail))
}

/// Exact amounts of minor units, such as `1234` or `7/3`, as people write money; as it stands where it is none.
pub(super) fn exact(
    desk: &Desk<App>,
    currency: lazo_domain::money::Currency,
    text: &str,
) -> String {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    match (num.parse::<i128>(), den.parse::<i128>()) {
        (Ok(num), Ok(den)) if den > 0 => {
            let minor = i64::try_from(num.div_euclid(den)).unwrap_or(i64::MAX);
            desk.locale.money(minor, currency)
        }
        _ => text.to_owned(),
    }
}

async fn list(desk: Desk<App>, Asked(query): Asked<PageQuery>) -> Result<Response, Problem> {
    let wish = query.window::<i64>("integration-projects")?;
    let (before, limit) =
        (wish.after.unwrap_or(i64::MAX), i64::try_from(wish.limit).unwrap_or(1) + 1);
    let found = projects::page(&desk.scope.app.db, desk.scope.tenant, before, limit).await?;
    let page = Page::of("integration-projects", wish.limit, found, |p| p.id.0, |project| project);
    let title = desk.t("web-desk-projects");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("merges-lead")) } }
        @if page.items.is_empty() {
            div.empty {
                p { (desk.t("merges-none")) }
                p { a.act.second.slim href="/console/two-files" { (desk.t("merges-try")) } }
            }
        }
        ul.rows {
            @for project in &page.items {
                li { a.row href=(below(project, "")) {
                    span.what { (project.document.code) }
                    span.effect { span.tag.live { (state_name(&desk, project.state.name())) } }
                    span.when {
                        (project.document.sources.iter().map(|s| s.code.as_str()).collect::<Vec<_>>().join(" + ")) " → " (project.document.program)
                    }
                } }
            }
        }
        (ui::next_page(BASE, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}
