//! The table `integration_source`.

use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::projects::Project;

/// A source as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Its code.
    pub source: String,
    /// `profiled`, `loading` or `loaded`.
    pub state: String,
    /// Its files with rows and hashes, as JSON.
    pub files: String,
    /// SHA-256 over its accounts in their order.
    pub snapshot_hash: String,
    /// Control totals as loaded, as JSON.
    pub totals: String,
    /// Control totals as its owner states them, as JSON.
    pub stated: String,
    /// The report on its quality, as JSON.
    pub report: String,
    /// The profile of its raw files, as JSON.
    pub profile: String,
    /// Who loaded it.
    pub loaded_by: String,
    /// When.
    pub loaded_at: Timestamp,
}

const COLUMNS: &str =
    "source, state, files, snapshot_hash, totals, stated, report, profile, loaded_by, loaded_at";

/// Writes a source anew.
pub async fn put(tx: &mut Tx, project: &Project, source: &Source) -> Result<(), StoreError> {
    let sql = format!(
        "insert into integration_source (tenant, project, {COLUMNS})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (tenant, project, source) do update set state = excluded.state, files = excluded.files,
            snapshot_hash = excluded.snapshot_hash, totals = excluded.totals, stated = excluded.stated,
            report = excluded.report, profile = excluded.profile, loaded_by = excluded.loaded_by,
            loaded_at = excluded.loaded_at"
    );
    let params = params![
        project.tenant.0,
        project.id.0,
        &source.source,
        &source.state,
        &source.files,
        &source.snapshot_hash,
        &source.totals,
        &source.stated,
        &source.report,
        &source.profile,
        &source.loaded_by,
        source.loaded_at.0
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// The sources of a project, by code.
pub async fn all(db: &Db, project: &Project) -> Result<Vec<Source>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_source where tenant = $1 and project = $2 order by source"
    );
    db.query(&sql, params![project.tenant.0, project.id.0]).await?.iter().map(source).collect()
}

fn source(row: &Row) -> Result<Source, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(Source {
        source: text("source")?,
        state: text("state")?,
        files: text("files")?,
        snapshot_hash: text("snapshot_hash")?,
        totals: text("totals")?,
        stated: text("stated")?,
        report: text("report")?,
        profile: text("profile")?,
        loaded_by: text("loaded_by")?,
        loaded_at: Timestamp(row.int("loaded_at")?),
    })
}
