//! The tables `report` and `report_note`.

use lazo_domain::ids::{ProgramId, ReportId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, params};

use super::{Note, Report};
use crate::features::measures::Days;

const COLUMNS: &str = "report, program, day_from, day_to, as_of, data, hash, author, created_at";

/// Keeps a report; it is never changed.
pub async fn insert(db: &Db, tenant: TenantId, report: &Report) -> Result<(), StoreError> {
    let sql = "insert into report (tenant, report, program, day_from, day_to, as_of, data, hash, author, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let row = params![
        tenant.0,
        report.id.0,
        report.program.0,
        report.days.from,
        report.days.to,
        report.as_of.0,
        &report.text,
        &report.hash,
        &report.author,
        report.created_at.0
    ];
    db.execute(sql, row).await.map(|_| ())
}

/// One report.
pub async fn by_id(db: &Db, tenant: TenantId, id: ReportId) -> Result<Option<Report>, StoreError> {
    let sql = format!("select {COLUMNS} from report where tenant = $1 and report = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(report).transpose()
}

/// A tenant's reports before `before`, the newest first.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: ReportId,
    limit: i64,
) -> Result<Vec<Report>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from report where tenant = $1 and report < $2 order by report desc limit $3"
    );
    db.query(&sql, params![tenant.0, before.0, limit]).await?.iter().map(report).collect()
}

/// Adds a note.
pub async fn add_note(
    db: &Db,
    tenant: TenantId,
    report: ReportId,
    note: &Note,
) -> Result<(), StoreError> {
    let sql =
        "insert into report_note (tenant, report, note, item, kind, words, author, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let row = params![
        tenant.0,
        report.0,
        note.id,
        &note.item,
        &note.kind,
        &note.words,
        &note.author,
        note.created_at.0
    ];
    db.execute(sql, row).await.map(|_| ())
}

/// The notes of a report, the first one first.
pub async fn notes(db: &Db, tenant: TenantId, report: ReportId) -> Result<Vec<Note>, StoreError> {
    let sql = "select note, item, kind, words, author, created_at from report_note
        where tenant = $1 and report = $2 order by note";
    let note = |row: &Row| {
        Ok(Note {
            id: row.int("note")?,
            item: row.text("item")?.to_owned(),
            kind: row.text("kind")?.to_owned(),
            words: row.text("words")?.to_owned(),
            author: row.text("author")?.to_owned(),
            created_at: Timestamp(row.int("created_at")?),
        })
    };
    db.query(sql, params![tenant.0, report.0]).await?.iter().map(note).collect()
}

fn report(row: &Row) -> Result<Report, StoreError> {
    Ok(Report {
        id: ReportId(row.int("report")?),
        program: ProgramId(row.int("program")?),
        days: Days { from: row.int("day_from")?, to: row.int("day_to")? },
        as_of: Timestamp(row.int("as_of")?),
        text: row.text("data")?.to_owned(),
        hash: row.text("hash")?.to_owned(),
        author: row.text("author")?.to_owned(),
        created_at: Timestamp(row.int("created_at")?),
    })
}
