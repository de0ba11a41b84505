//! Throw-away projects: those that are old, and forgetting one with everything that was loaded for it.

use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, params};

use super::projects::{self, Project};
use crate::features::carried_orders;

/// Everything of a project beside itself, the largest tables first.
const TABLES: [&str; 14] = [
    "integration_history",
    "integration_person",
    "integration_account",
    "integration_link",
    "integration_cluster",
    "integration_shared_contact",
    "integration_member",
    "integration_exception",
    "integration_item",
    "integration_consent",
    "integration_request",
    "integration_wave",
    "integration_plan",
    "integration_source",
];

/// Projects whose code begins with `code` and that were begun before `before`.
pub async fn older(
    db: &Db,
    code: &str,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Project>, StoreError> {
    projects::begun_before(db, code, before, limit).await
}

/// Deletes a project that posted nothing, with everything of it.
pub async fn forget(db: &Db, project: &Project) -> Result<(), StoreError> {
    carried_orders::store::clear(db, project.ids(), None).await?;
    let key = params![project.tenant.0, project.id.0];
    for table in TABLES {
        let sql = format!("delete from {table} where tenant = $1 and project = $2");
        db.execute(&sql, key).await?;
    }
    let sql = "delete from integration_project where tenant = $1 and project = $2";
    db.execute(sql, key).await.map(drop)
}
