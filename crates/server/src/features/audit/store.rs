//! The tables `audit_entry` and `audit_head`.

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{AuditEntry, Deed};

/// How many entries are checked at a time.
const VERIFY_PAGE: i64 = 1_000;

/// Remembers a deed in the transaction that does it. The log's end is locked until then, so that entries keep order.
pub async fn record(tx: &mut Tx, deed: &Deed<'_>) -> Result<(), StoreError> {
    let sql = "insert into audit_head (tenant, seq, hash) values ($1, 1, $2)
        on conflict (tenant) do update set seq = audit_head.seq + 1 returning seq, hash";
    let none: &[u8] = &[];
    let rows = tx.query(sql, params![deed.tenant.0, none]).await?;
    let head = rows.first().ok_or_else(|| StoreError::Shape("no head came back".into()))?;
    let mut entry = AuditEntry {
        seq: head.int("seq")?,
        at: deed.at,
        actor: deed.actor.to_owned(),
        action: deed.action.to_owned(),
        object: deed.object.clone(),
        reason: deed.reason.to_owned(),
        detail: deed.detail.to_string(),
        prev_hash: head.bytes("hash")?.to_vec(),
        hash: Vec::new(),
    };
    entry.hash = entry.expected_hash(deed.tenant);
    let sql = "insert into audit_entry
            (tenant, seq, at, actor, action, object, reason, detail, prev_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        deed.tenant.0,
        entry.seq,
        entry.at.0,
        &entry.actor,
        &entry.action,
        &entry.object,
        &entry.reason,
        &entry.detail,
        entry.prev_hash,
        entry.hash.clone()
    ];
    tx.execute(sql, values).await?;
    let sql = "update audit_head set hash = $2 where tenant = $1";
    tx.execute(sql, params![deed.tenant.0, entry.hash]).await?;
    Ok(())
}

/// A page of a tenant's log, the newest first, before `before`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let sql =
        "select seq, at, actor, action, object, reason, detail, prev_hash, hash from audit_entry
        where tenant = $1 and seq < $2 order by seq desc limit $3";
    db.query(sql, params![tenant.0, before, limit]).await?.iter().map(entry).collect()
}

/// The tenants that have a log, the installation itself among them.
pub async fn logs(db: &Db) -> Result<Vec<TenantId>, StoreError> {
    let sql = "select tenant from audit_head union select tenant from audit_entry order by tenant";
    db.query(sql, params![]).await?.iter().map(|row| Ok(TenantId(row.int("tenant")?))).collect()
}

/// The first entry of a tenant's log that was changed, taken away or put in: its place, or nothing. Read as of one
/// moment, so that it may run beside writers.
pub async fn verify(db: &Db, tenant: TenantId) -> Result<Option<i64>, StoreError> {
    let mut tx = db.snapshot().await?;
    let broken = broken(&mut tx, tenant).await?;
    tx.rollback().await?;
    Ok(broken)
}

async fn broken(tx: &mut Tx, tenant: TenantId) -> Result<Option<i64>, StoreError> {
    let sql =
        "select seq, at, actor, action, object, reason, detail, prev_hash, hash from audit_entry
        where tenant = $1 and seq > $2 order by seq limit $3";
    let (mut seq, mut hash) = (0, Vec::new());
    loop {
        let rows = tx.query(sql, params![tenant.0, seq, VERIFY_PAGE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let found = entry(row)?;
            let sound = found.seq == seq + 1
                && found.prev_hash == hash
                && found.hash == found.expected_hash(tenant);
            if !sound {
                return Ok(Some(seq + 1));
            }
            (seq, hash) = (found.seq, found.hash);
        }
    }
    let sql = "select seq, hash from audit_head where tenant = $1";
    let head = tx.query(sql, params![tenant.0]).await?;
    let (end, last) = match head.first() {
        Some(row) => (row.int("seq")?, row.bytes("hash")?.to_vec()),
        None => (0, Vec::new()),
    };
    Ok((end != seq || last != hash).then_some(seq + 1))
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        seq: row.int("seq")?,
        at: Timestamp(row.int("at")?),
        actor: row.text("actor")?.to_owned(),
        action: row.text("action")?.to_owned(),
        object: row.text("object")?.to_owned(),
        reason: row.text("reason")?.to_owned(),
        detail: row.text("detail")?.to_owned(),
        prev_hash: row.bytes("prev_hash")?.to_vec(),
        hash: row.bytes("hash")?.to_vec(),
    })
}
