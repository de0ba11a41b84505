//! The table `integration_plan`.

use lazo_domain::merging::MergeRules;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::projects::{Project, parsed};

/// A dry run that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// 1 for the first.
    pub revision: i64,
    /// The rules it was made by, erased people included.
    pub rules: MergeRules,
    /// SHA-256 over what went in: snapshots, clusters and rules.
    pub inputs_hash: String,
    /// What the run is known by.
    pub run_hash: String,
    /// The hash of each file.
    pub manifest: String,
    /// The report, as JSON.
    pub report: String,
    /// May it be approved?
    pub approvable: bool,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Who agreed to it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Timestamp>,
}

const COLUMNS: &str = "revision, rules, inputs_hash, run_hash, manifest, report, approvable, made_by, made_at, \
    approved_by, approved_at";

/// Adds a plan.
pub async fn insert(tx: &mut Tx, project: &Project, plan: &Plan) -> Result<(), StoreError> {
    let sql = format!(
        "insert into integration_plan (tenant, project, {COLUMNS})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, null, null)"
    );
    let params = params![
        project.tenant.0,
        project.id.0,
        plan.revision,
        plan.rules.canonical(),
        &plan.inputs_hash,
        &plan.run_hash,
        &plan.manifest,
        &plan.report,
        plan.approvable,
        &plan.made_by,
        plan.made_at.0
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// The latest plan.
pub async fn latest(db: &Db, project: &Project) -> Result<Option<Plan>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_plan where tenant = $1 and project = $2 order by revision desc limit 1"
    );
    let key = params![project.tenant.0, project.id.0];
    db.query_one(&sql, key).await?.as_ref().map(plan).transpose()
}

/// One plan.
pub async fn by_revision(
    db: &Db,
    project: &Project,
    revision: i64,
) -> Result<Option<Plan>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_plan where tenant = $1 and project = $2 and revision = $3"
    );
    let key = params![project.tenant.0, project.id.0, revision];
    db.query_one(&sql, key).await?.as_ref().map(plan).transpose()
}

/// Notes who agreed. False when somebody had.
pub async fn approve(
    tx: &mut Tx,
    project: &Project,
    revision: i64,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update integration_plan set approved_by = $4, approved_at = $5
        where tenant = $1 and project = $2 and revision = $3 and approved_by is null";
    Ok(tx.execute(sql, params![project.tenant.0, project.id.0, revision, by, at.0]).await? == 1)
}

/// What was planned is no longer of what there is: no plan is approved any more.
pub async fn expire(tx: &mut Tx, project: &Project) -> Result<(), StoreError> {
    let sql = "update integration_plan set approvable = 0, approved_by = null, approved_at = null
        where tenant = $1 and project = $2 and (approvable = 1 or approved_by is not null)";
    tx.execute(sql, params![project.tenant.0, project.id.0]).await?;
    Ok(())
}

fn plan(row: &Row) -> Result<Plan, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(Plan {
        revision: row.int("revision")?,
        rules: parsed(row, "rules")?,
        inputs_hash: text("inputs_hash")?,
        run_hash: text("run_hash")?,
        manifest: text("manifest")?,
        report: text("report")?,
        approvable: row.flag("approvable")?,
        made_by: text("made_by")?,
        made_at: Timestamp(row.int("made_at")?),
        approved_by: row.maybe_text("approved_by")?.map(str::to_owned),
        approved_at: row.maybe_int("approved_at")?.map(Timestamp),
    })
}
