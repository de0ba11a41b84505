//! Reading the audit log.

use axum::Json;
use lazo_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{AuditEntry, store};
use crate::App;
use crate::http::{Access, Asked, Page, PageQuery, Problem, Role, Scope};

/// Who may call what.
pub const ACCESS: &[Access] =
    &[Access::get("/audit-entries", "audit:read", &[Role::Admin, Role::Finance])];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit_entries))
}

/// One entry of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// Its place in the log, from 1.
    pub seq: i64,
    /// When, by the real clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    #[schema(example = "staff:stf_0000000000001")]
    pub actor: String,
    /// What.
    #[schema(example = "api_key.created")]
    pub action: String,
    /// To what.
    pub object: String,
    /// Why.
    pub reason: String,
    /// What else tells the case.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The hash of this entry, in hexadecimal; it covers the entry before.
    pub hash: String,
}

/// The tenant's audit log, the newest first.
#[utoipa::path(get, path = "/audit-entries", tag = "audit", params(PageQuery),
    responses((status = 200, body = Page<AuditEntryView>)))]
pub async fn list_audit_entries(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<AuditEntryView>>, Problem> {
    let wish = query.window::<i64>("audit-entries")?;
    let before = wish.after.unwrap_or(i64::MAX);
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("audit-entries", wish.limit, found, |entry| entry.seq, view)))
}

fn view(entry: AuditEntry) -> AuditEntryView {
    AuditEntryView {
        seq: entry.seq,
        at: entry.at,
        actor: entry.actor,
        action: entry.action,
        object: entry.object,
        reason: entry.reason,
        detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
        hash: entry.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
