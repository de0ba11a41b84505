//! The table `integration_wave`.

use std::collections::BTreeSet;

use lazo_domain::ids::ImportId;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};
use serde::{Deserialize, Serialize};

use super::projects::{Project, json, parsed};

/// A wave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wave {
    /// Its number, from 1.
    pub wave: i64,
    /// What people call it.
    pub name: String,
    /// `planned`, `running`, `posted`, `stopped`, `reconciled`, `signed` or `rolled_back`.
    pub state: String,
    /// Under which run its openings stand in the ledger.
    pub import: ImportId,
    /// How many members it has.
    pub members: i64,
    /// How many are posted.
    pub posted: i64,
    /// How many the ledger refused.
    pub refused: i64,
    /// Who ran it last and posted something.
    pub run_by: Option<String>,
    /// Everybody who ran it since it was planned: none of them signs it.
    pub runners: BTreeSet<String>,
    /// When it began.
    pub run_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What was reconciled, as JSON.
    pub report: Option<String>,
    /// SHA-256 of that.
    pub report_hash: Option<String>,
    /// Does every line agree?
    pub agrees: bool,
    /// Who reconciled.
    pub reconciled_by: Option<String>,
    /// When.
    pub reconciled_at: Option<Timestamp>,
    /// Who signed last: with that signature the report was whole.
    pub signed_by: Option<String>,
    /// When.
    pub signed_at: Option<Timestamp>,
    /// Under which approved run its members were posted last.
    pub run_hash: String,
    /// Who signed what, in which role.
    pub signatures: Vec<Signature>,
}

/// Somebody signed a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// `finance_controller` or `program_owner`.
    pub role: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// SHA-256 of what was signed.
    pub sha256: String,
}

const COLUMNS: &str = "wave, name, state, import, members, posted, refused, run_by, run_at, finished_at, report, \
    report_hash, agrees, reconciled_by, reconciled_at, signed_by, signed_at, runners, run_hash, signatures";

/// Writes a wave anew.
pub async fn put(tx: &mut Tx, project: &Project, wave: &Wave) -> Result<(), StoreError> {
    let sql = format!(
        "insert into integration_wave (tenant, project, {COLUMNS})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
        on conflict (tenant, project, wave) do update set name = excluded.name, state = excluded.state,
            import = excluded.import, members = excluded.members, posted = excluded.posted,
            refused = excluded.refused, run_by = excluded.run_by, run_at = excluded.run_at,
            finished_at = excluded.finished_at, report = excluded.report, report_hash = excluded.report_hash,
            agrees = excluded.agrees, reconciled_by = excluded.reconciled_by,
            reconciled_at = excluded.reconciled_at, signed_by = excluded.signed_by,
            signed_at = excluded.signed_at, runners = excluded.runners,
            run_hash = excluded.run_hash, signatures = excluded.signatures"
    );
    let micros = |at: Option<Timestamp>| at.map(|at| at.0);
    let params = params![
        project.tenant.0,
        project.id.0,
        wave.wave,
        &wave.name,
        &wave.state,
        wave.import.0,
        wave.members,
        wave.posted,
        wave.refused,
        wave.run_by.clone(),
        micros(wave.run_at),
        micros(wave.finished_at),
        wave.report.clone(),
        wave.report_hash.clone(),
        wave.agrees,
        wave.reconciled_by.clone(),
        micros(wave.reconciled_at),
        wave.signed_by.clone(),
        micros(wave.signed_at),
        json(&wave.runners)?,
        &wave.run_hash,
        json(&wave.signatures)?
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Adds signatures to a report that is still the one that was read, with as many signatures as were seen. False when it
/// is another by now.
pub async fn sign(
    tx: &mut Tx,
    project: &Project,
    wave: &Wave,
    before: &[Signature],
) -> Result<bool, StoreError> {
    let sql =
        "update integration_wave set state = $4, signatures = $5, signed_by = $6, signed_at = $7
        where tenant = $1 and project = $2 and wave = $3 and state = 'reconciled' and agrees = 1
        and report_hash = $8 and signatures = $9";
    let key = params![
        project.tenant.0,
        project.id.0,
        wave.wave,
        &wave.state,
        json(&wave.signatures)?,
        wave.signed_by.clone(),
        wave.signed_at.map(|at| at.0),
        wave.report_hash.clone(),
        json(&before)?
    ];
    Ok(tx.execute(sql, key).await? == 1)
}

/// The waves of a project, in order.
pub async fn all(db: &Db, project: &Project) -> Result<Vec<Wave>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_wave where tenant = $1 and project = $2 order by wave"
    );
    db.query(&sql, params![project.tenant.0, project.id.0]).await?.iter().map(wave).collect()
}

fn wave(row: &Row) -> Result<Wave, StoreError> {
    let maybe = |name: &str| Ok::<_, StoreError>(row.maybe_text(name)?.map(str::to_owned));
    let at = |name: &str| Ok::<_, StoreError>(row.maybe_int(name)?.map(Timestamp));
    Ok(Wave {
        wave: row.int("wave")?,
        name: row.text("name")?.to_owned(),
        state: row.text("state")?.to_owned(),
        import: ImportId(row.int("import")?),
        members: row.int("members")?,
        posted: row.int("posted")?,
        refused: row.int("refused")?,
        run_by: maybe("run_by")?,
        run_at: at("run_at")?,
        finished_at: at("finished_at")?,
        report: maybe("report")?,
        report_hash: maybe("report_hash")?,
        agrees: row.flag("agrees")?,
        reconciled_by: maybe("reconciled_by")?,
        reconciled_at: at("reconciled_at")?,
        signed_by: maybe("signed_by")?,
        signed_at: at("signed_at")?,
        runners: parsed(row, "runners")?,
        run_hash: row.text("run_hash")?.to_owned(),
        signatures: parsed(row, "signatures")?,
    })
}
