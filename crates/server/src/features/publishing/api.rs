//! The endpoint by which a draft goes live.

use axum::Json;
use axum::extract::Path;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::publish_by;
use crate::App;
use crate::features::programs::api::{VersionView, WRITERS, version_view};
use crate::http::{Access, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] =
    &[Access::post("/programs/{program}/draft/publish", "programs:write", WRITERS).by_people()];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(publish_draft))
}

/// Publishes the draft that waits. Whoever wrote it cannot: it takes a second person, and the word of everybody whom the
/// tenant asks for.
#[utoipa::path(post, path = "/programs/{program}/draft/publish", tag = "programs",
    params(("program" = String, Path, description = "The program's code")),
    responses((status = 200, body = VersionView)))]
async fn publish_draft(
    scope: Scope<App>,
    Path(code): Path<String>,
) -> Result<Json<VersionView>, Problem> {
    publish_by(&scope, &code, None).await.map(|version| Json(version_view(version)))
}
