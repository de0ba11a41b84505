//! Runs of imports in the database: found again by file and mapping, moved on by checkpoint.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{ImportId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, params};
use serde::{Deserialize, Serialize};

use super::finding::Finding;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Begun; goes on where it stopped when the same command is given again.
    Running,
    /// Everything was posted, or listed as refused.
    Finished,
    /// Being undone.
    Undoing,
    /// Undone.
    Undone,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Rows of the file.
    pub rows: u64,
    /// Purchases posted.
    pub purchases: u64,
    /// Returns posted.
    pub returns: u64,
    /// Members enrolled.
    pub enrolled: u64,
    /// Members of the file who were known before.
    pub known: u64,
    /// Purchases and returns that the ledger had already.
    pub replayed: u64,
    /// Change of points by point type (the id's text), in smallest units.
    pub points: BTreeMap<String, i64>,
    /// Rows of the error file by `code` and treatment.
    pub findings: BTreeMap<String, u64>,
    /// Events reversed by undoing it.
    pub reversed: u64,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportRun {
    /// Its id; events carry it.
    pub id: ImportId,
    /// The tenant.
    pub tenant: TenantId,
    /// The program.
    pub program: ProgramId,
    /// `purchases` or `members`.
    pub kind: String,
    /// The mapping's source.
    pub source: String,
    /// The file's name without its folder.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub file_hash: String,
    /// SHA-256 of the mapping, in hexadecimal.
    pub mapping_hash: String,
    /// How far it is.
    pub state: RunState,
    /// How many of what the file gives are done.
    pub checkpoint: u64,
    /// What came of it so far.
    pub counts: Counts,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "import, tenant, program, kind, source, file_name, file_hash, mapping_hash, state, checkpoint,
                       counts, started_at, finished_at";

/// The run of the same file under the same mapping, begun now if there is none.
pub(super) async fn begin(db: &Db, new: &ImportRun) -> Result<ImportRun, StoreError> {
    let sql = format!(
        "insert into import_run ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, null)
         on conflict (tenant, program, kind, file_hash, mapping_hash) do nothing"
    );
    let values = params![
        new.id.0,
        new.tenant.0,
        new.program.0,
        &new.kind,
        &new.source,
        &new.file_name,
        &new.file_hash,
        &new.mapping_hash,
        new.state.name(),
        counts_text(&new.counts),
        new.started_at.0,
    ];
    db.execute(&sql, values).await?;
    let sql = format!(
        "select {COLUMNS} from import_run
         where tenant = $1 and program = $2 and kind = $3 and file_hash = $4 and mapping_hash = $5"
    );
    let key = params![new.tenant.0, new.program.0, &new.kind, &new.file_hash, &new.mapping_hash];
    let row = db.query_one(&sql, key).await?;
    row.as_ref().map_or_else(|| Err(StoreError::Conflict(None)), run)
}

/// A tenant's runs, the latest first.
pub async fn list(db: &Db, tenant: TenantId, limit: i64) -> Result<Vec<ImportRun>, StoreError> {
    let sql =
        format!("select {COLUMNS} from import_run where tenant = $1 order by import desc limit $2");
    db.query(&sql, params![tenant.0, limit]).await?.iter().map(run).collect()
}

/// A page of a tenant's runs before `before`, the latest first.
pub(super) async fn page(
    db: &Db,
    tenant: TenantId,
    before: ImportId,
    limit: i64,
) -> Result<Vec<ImportRun>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from import_run where tenant = $1 and import < $2 order by import desc limit $3"
    );
    db.query(&sql, params![tenant.0, before.0, limit]).await?.iter().map(run).collect()
}

/// A row that the ledger refused.
pub(super) struct Refused {
    /// Its place among what the file gives.
    pub(super) place: i64,
    /// Its line in the file.
    pub(super) line: i64,
    /// Why, as a code.
    pub(super) code: String,
    /// What became of it.
    pub(super) treatment: String,
    /// Why, in words.
    pub(super) reason: String,
}

/// Rows of a run that the ledger refused, after `after`, in the order of the file.
pub(super) async fn refusals(
    db: &Db,
    import: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<Refused>, StoreError> {
    let sql = "select place, line, code, treatment, reason from import_refusal
        where import = $1 and place > $2 order by place limit $3";
    let refused = |row: &Row| {
        let text = |name: &str| row.text(name).map(str::to_owned);
        Ok(Refused {
            place: row.int("place")?,
            line: row.int("line")?,
            code: text("code")?,
            treatment: text("treatment")?,
            reason: text("reason")?,
        })
    };
    db.query(sql, params![import.0, after, limit]).await?.iter().map(refused).collect()
}

/// One run of a tenant.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    import: ImportId,
) -> Result<Option<ImportRun>, StoreError> {
    let sql = format!("select {COLUMNS} from import_run where import = $1 and tenant = $2");
    db.query_one(&sql, params![import.0, tenant.0]).await?.as_ref().map(run).transpose()
}

/// Moves a run on. What was refused on the way is remembered, what is no longer refused forgotten.
pub(super) async fn advance(
    db: &Db,
    run: &ImportRun,
    refused: &BTreeMap<u64, Finding>,
    settled: &BTreeSet<u64>,
) -> Result<(), StoreError> {
    let refused: Vec<(&u64, &Finding)> = refused.iter().collect();
    let settled: Vec<i64> = settled.iter().map(|place| place.cast_signed()).collect();
    db.retry(|| async {
        let mut tx = db.begin().await?;
        let set = Columns::of(&settled).int(|place| *place).done();
        let forget = "delete from import_refusal where import = $2 and place in (select column1 from {rows})";
        let set_refused = Columns::of(&refused)
            .int(|(place, _)| place.cast_signed())
            .int(|(_, f)| f.line.cast_signed())
            .text(|(_, f)| f.code.clone())
            .text(|(_, f)| f.treatment.name().to_owned())
            .text(|(_, f)| f.reason.clone())
            .done();
        let remember = "insert into import_refusal (place, line, code, treatment, reason, import)
                        select column1, column2, column3, column4, column5, $6 from {rows} where true
                        on conflict (import, place) do update
                        set code = excluded.code, treatment = excluded.treatment, reason = excluded.reason";
        let update = "update import_run set state = $2, checkpoint = $3, counts = $4, finished_at = $5 where import = $1";
        let values = params![
            run.id.0,
            run.state.name(),
            run.checkpoint.cast_signed(),
            counts_text(&run.counts),
            run.finished_at.map(|at| at.0),
        ];
        let statements = vec![
            Statement::over(forget, set, params![run.id.0]),
            Statement::over(remember, set_refused, params![run.id.0]),
            Statement::new(update, values),
        ];
        tx.run_all(statements).await?;
        tx.commit().await
    })
    .await
}

/// Places of the file that the ledger refused so far.
pub(super) async fn refused_places(db: &Db, import: ImportId) -> Result<BTreeSet<u64>, StoreError> {
    let sql = "select place from import_refusal where import = $1";
    let rows = db.query(sql, params![import.0]).await?;
    rows.iter().map(|row| Ok(row.int("place")?.cast_unsigned())).collect()
}

impl RunState {
    /// Its name in the database and outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [Self::Running, Self::Finished, Self::Undoing, Self::Undone];
        all.into_iter().find(|state| state.name() == name)
    }
}

fn counts_text(counts: &Counts) -> String {
    serde_json::to_string(counts).unwrap_or_else(|_| "{}".to_owned())
}

fn run(row: &Row) -> Result<ImportRun, StoreError> {
    let state = row.text("state")?;
    let state = RunState::named(state)
        .ok_or_else(|| StoreError::Corrupt(format!("no import is `{state}`")))?;
    let counts = serde_json::from_str(row.text("counts")?)
        .map_err(|e| StoreError::Corrupt(e.to_string()))?;
    Ok(ImportRun {
        id: ImportId(row.int("import")?),
        tenant: TenantId(row.int("tenant")?),
        program: ProgramId(row.int("program")?),
        kind: row.text("kind")?.to_owned(),
        source: row.text("source")?.to_owned(),
        file_name: row.text("file_name")?.to_owned(),
        file_hash: row.text("file_hash")?.to_owned(),
        mapping_hash: row.text("mapping_hash")?.to_owned(),
        state,
        checkpoint: row.int("checkpoint")?.cast_unsigned(),
        counts,
        started_at: Timestamp(row.int("started_at")?),
        finished_at: row.maybe_int("finished_at")?.map(Timestamp),
    })
}
