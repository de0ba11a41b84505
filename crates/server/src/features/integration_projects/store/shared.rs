//! The table `integration_shared_contact`: addresses that several golden members of the latest plan have, as keyed hashes.

use std::collections::BTreeSet;

use lazo_store::{Columns, Db, Statement, StoreError, params};

use super::projects::Project;

/// Hashes written in one statement.
const CHUNK: usize = 1_000;

/// Puts these in the place of those of an earlier plan.
pub async fn replace(db: &Db, project: &Project, hashes: &[String]) -> Result<(), StoreError> {
    let key = params![project.tenant.0, project.id.0];
    let mut tx = db.begin().await?;
    tx.execute("delete from integration_shared_contact where tenant = $1 and project = $2", key)
        .await?;
    for chunk in hashes.chunks(CHUNK) {
        let set = Columns::of(chunk).text(String::clone).done();
        let sql = "insert into integration_shared_contact (tenant, project, hash)
            select $2, $3, column1 from {rows}";
        tx.run_all(vec![Statement::over(sql, set, key)]).await?;
    }
    tx.commit().await
}

/// Those of `hashes` that several have.
pub async fn of(
    db: &Db,
    project: &Project,
    hashes: &[String],
) -> Result<BTreeSet<String>, StoreError> {
    let set = Columns::of(hashes).text(String::clone).done();
    let sql = "select s.hash from {rows} {each integration_shared_contact s on s.tenant = $2
        and s.project = $3 and s.hash = r.column1}";
    let rows = db.ask(Statement::over(sql, set, params![project.tenant.0, project.id.0])).await?;
    rows.iter().map(|row| row.text("hash").map(str::to_owned)).collect()
}
