//! The table `segment`.

use lazo_domain::ids::{ProgramId, SegmentId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::Segment;

const COLUMNS: &str = "segment, program, name, condition, guided, author, created_at, changed_at";

/// One audience.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: SegmentId,
) -> Result<Option<Segment>, StoreError> {
    let sql = format!("select {COLUMNS} from segment where tenant = $1 and segment = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(segment).transpose()
}

/// A tenant's audiences before `before`, the newest first.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<Segment>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from segment where tenant = $1 and segment < $2 order by segment desc limit $3"
    );
    db.query(&sql, params![tenant.0, before, limit]).await?.iter().map(segment).collect()
}

/// Adds an audience.
pub async fn insert(tx: &mut Tx, tenant: TenantId, new: &Segment) -> Result<(), StoreError> {
    let sql = format!(
        "insert into segment (tenant, {COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let row = params![
        tenant.0,
        new.id.0,
        new.program.0,
        &new.name,
        &new.condition,
        guided(new)?,
        &new.author,
        new.created_at.0,
        new.changed_at.0
    ];
    tx.execute(&sql, row).await.map(drop)
}

/// Keeps what an audience says now.
pub async fn update(tx: &mut Tx, tenant: TenantId, segment: &Segment) -> Result<(), StoreError> {
    let sql =
        "update segment set program = $3, name = $4, condition = $5, guided = $6, changed_at = $7
        where tenant = $1 and segment = $2";
    let row = params![
        tenant.0,
        segment.id.0,
        segment.program.0,
        &segment.name,
        &segment.condition,
        guided(segment)?,
        segment.changed_at.0
    ];
    tx.execute(sql, row).await.map(drop)
}

fn guided(segment: &Segment) -> Result<Option<String>, StoreError> {
    let written = segment.guided.as_ref().map(serde_json::to_string).transpose();
    written.map_err(|error| StoreError::Shape(error.to_string()))
}

fn segment(row: &Row) -> Result<Segment, StoreError> {
    let guided = row.maybe_text("guided")?.map(serde_json::from_str).transpose();
    Ok(Segment {
        id: SegmentId(row.int("segment")?),
        program: ProgramId(row.int("program")?),
        name: row.text("name")?.to_owned(),
        condition: row.text("condition")?.to_owned(),
        guided: guided.map_err(|error| StoreError::Corrupt(format!("a segment: {error}")))?,
        author: row.text("author")?.to_owned(),
        created_at: Timestamp(row.int("created_at")?),
        changed_at: Timestamp(row.int("changed_at")?),
    })
}
