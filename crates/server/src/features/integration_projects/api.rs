//! Endpoints of integration projects: the same functions that `lazo merge` calls.

pub(super) mod acts;
pub(super) mod people;
pub(super) mod views;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::http::{Access, Role};

pub(super) const READ: &[Role] = &[Role::Analyst, Role::Finance, Role::ProgramManager, Role::Admin];
pub(super) const WORK: &[Role] = &[Role::ProgramManager, Role::Admin];
pub(super) const SIGN: &[Role] = &[Role::Finance, Role::ProgramManager, Role::Admin];
pub(super) const TELL: &[Role] = &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin];

/// Who may see names and addresses.
pub(super) const PEOPLE: &[Role] = &[Role::Agent, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/integration-projects", "integration-projects:read", READ),
    Access::post("/integration-projects", "integration-projects:write", WORK),
    Access::get("/integration-projects/{project}", "integration-projects:read", READ),
    Access::post("/integration-projects/{project}/profile", "integration-projects:write", WORK),
    Access::post("/integration-projects/{project}/map", "integration-projects:write", WORK),
    Access::post("/integration-projects/{project}/match", "integration-projects:write", WORK),
    Access::post("/integration-projects/{project}/dry-run", "integration-projects:write", WORK),
    Access::post("/integration-projects/{project}/advance", "integration-projects:write", WORK),
    Access::post("/integration-projects/{project}/approve", "integration-projects:decide", WORK)
        .by_people(),
    Access::get("/integration-projects/{project}/plan", "integration-projects:read", READ),
    Access::get("/integration-projects/{project}/quality", "integration-projects:read", READ),
    Access::get("/integration-projects/{project}/links", "integration-projects:review", WORK),
    Access::post("/integration-projects/{project}/links", "integration-projects:review", WORK)
        .by_people(),
    Access::get("/integration-projects/{project}/exceptions", "integration-projects:read", READ),
    Access::post(
        "/integration-projects/{project}/exceptions/settle",
        "integration-projects:decide",
        WORK,
    )
    .by_people(),
    Access::post("/integration-projects/{project}/reconcile", "integration-projects:run", TELL),
    Access::get("/integration-projects/{project}/statement", "integration-projects:tell", TELL),
    Access::post("/integration-projects/{project}/statement", "integration-projects:tell", TELL),
    Access::get("/integration-projects/{project}/survivors", "members:read", PEOPLE),
    Access::post(
        "/integration-projects/{project}/waves/{wave}/run",
        "integration-projects:run",
        WORK,
    ),
    Access::post(
        "/integration-projects/{project}/waves/{wave}/reconcile",
        "integration-projects:run",
        TELL,
    ),
    Access::get(
        "/integration-projects/{project}/waves/{wave}/report",
        "integration-projects:read",
        READ,
    ),
    Access::get(
        "/integration-projects/{project}/waves/{wave}/report/members",
        "integration-projects:read",
        READ,
    ),
    Access::post(
        "/integration-projects/{project}/waves/{wave}/sign",
        "integration-projects:sign",
        SIGN,
    )
    .by_people(),
    Access::get("/integration-projects/{project}/requests", "integration-projects:read", READ),
    Access::post("/integration-projects/{project}/requests", "integration-projects:write", WORK),
    Access::post(
        "/integration-projects/{project}/requests/{request}/decide",
        "integration-projects:decide",
        WORK,
    )
    .by_people(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(views::list_projects, acts::describe_project))
        .routes(routes!(views::get_project))
        .routes(routes!(acts::profile_sources))
        .routes(routes!(acts::map_sources))
        .routes(routes!(acts::match_people))
        .routes(routes!(acts::dry_run))
        .routes(routes!(acts::advance_project))
        .routes(routes!(acts::approve_plan))
        .routes(routes!(views::get_plan))
        .routes(routes!(views::get_quality))
        .routes(routes!(views::list_links, acts::decide_link))
        .routes(routes!(views::list_exceptions))
        .routes(routes!(people::get_statement, people::find_statement))
        .routes(routes!(people::get_survivors))
        .routes(routes!(acts::settle_exception))
        .routes(routes!(acts::reconcile_project))
        .routes(routes!(acts::run_wave))
        .routes(routes!(acts::reconcile_wave))
        .routes(routes!(views::get_report))
        .routes(routes!(views::list_line_members))
        .routes(routes!(acts::sign_wave))
        .routes(routes!(views::list_requests, acts::ask_for))
        .routes(routes!(acts::decide_request))
}
