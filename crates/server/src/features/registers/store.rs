//! The tables `register_entry` and `register_change`.

use lazo_domain::ids::{RegisterEntryId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{Entry, Values};

const COLUMNS: &str = "entry, body, revision, author, created_at, changed_by, changed_at";

/// What an entry said after one of its changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which change, from 1.
    pub revision: i64,
    /// What it said then; nothing when it was taken out.
    pub values: Option<Values>,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A tenant's entries of a register, the oldest first.
pub async fn all(db: &Db, tenant: TenantId, register: &str) -> Result<Vec<Entry>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from register_entry
        where tenant = $1 and register = $2 and removed_at is null order by entry"
    );
    db.query(&sql, params![tenant.0, register]).await?.iter().map(entry).collect()
}

/// How many entries each of a tenant's registers has.
pub async fn counts(db: &Db, tenant: TenantId) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "select register, count(*) as n from register_entry
        where tenant = $1 and removed_at is null group by register order by register";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter().map(|row| Ok((row.text("register")?.to_owned(), row.int("n")?))).collect()
}

/// A page of a register, after `after`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    register: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from register_entry
        where tenant = $1 and register = $2 and entry > $3 and removed_at is null
        order by entry limit $4"
    );
    let rows = db.query(&sql, params![tenant.0, register, after, limit]).await?;
    rows.iter().map(entry).collect()
}

/// One entry.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    register: &str,
    id: RegisterEntryId,
) -> Result<Option<Entry>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from register_entry
        where tenant = $1 and register = $2 and entry = $3 and removed_at is null"
    );
    db.query_one(&sql, params![tenant.0, register, id.0]).await?.as_ref().map(entry).transpose()
}

/// Adds an entry.
pub async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    register: &str,
    entry: &Entry,
) -> Result<(), StoreError> {
    let sql = "insert into register_entry
            (tenant, register, entry, body, revision, author, created_at, changed_by, changed_at, removed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)";
    let body = body(&entry.values)?;
    let values = params![
        tenant.0,
        register,
        entry.id.0,
        &body,
        entry.revision,
        &entry.author,
        entry.created_at.0,
        &entry.changed_by,
        entry.changed_at.0
    ];
    tx.execute(sql, values).await?;
    remember(tx, tenant, register, entry, Some(body)).await
}

/// Changes an entry that still is at `revision`: answers whether it was.
pub async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    register: &str,
    entry: &Entry,
    revision: i64,
) -> Result<bool, StoreError> {
    let sql = "update register_entry set body = $5, revision = $6, changed_by = $7, changed_at = $8
        where tenant = $1 and register = $2 and entry = $3 and revision = $4 and removed_at is null";
    let body = body(&entry.values)?;
    let values = params![
        tenant.0,
        register,
        entry.id.0,
        revision,
        &body,
        entry.revision,
        &entry.changed_by,
        entry.changed_at.0
    ];
    if tx.execute(sql, values).await? != 1 {
        return Ok(false);
    }
    remember(tx, tenant, register, entry, Some(body)).await?;
    Ok(true)
}

/// Takes an entry out that still is as it was read: answers whether it was.
pub async fn remove(
    tx: &mut Tx,
    tenant: TenantId,
    register: &str,
    entry: &Entry,
    actor: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update register_entry set removed_at = $5, changed_by = $6, changed_at = $5, revision = $4 + 1
        where tenant = $1 and register = $2 and entry = $3 and revision = $4 and removed_at is null";
    let values = params![tenant.0, register, entry.id.0, entry.revision, now.0, actor];
    if tx.execute(sql, values).await? != 1 {
        return Ok(false);
    }
    let gone = Entry {
        revision: entry.revision.saturating_add(1),
        changed_by: actor.to_owned(),
        changed_at: now,
        ..entry.clone()
    };
    remember(tx, tenant, register, &gone, None).await?;
    Ok(true)
}

async fn remember(
    tx: &mut Tx,
    tenant: TenantId,
    register: &str,
    entry: &Entry,
    body: Option<String>,
) -> Result<(), StoreError> {
    let sql = "insert into register_change (tenant, register, entry, revision, body, actor, at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let (actor, at) = (&entry.changed_by, entry.changed_at.0);
    tx.execute(sql, params![tenant.0, register, entry.id.0, entry.revision, body, actor, at])
        .await?;
    Ok(())
}

/// Everything that an entry said, the latest first.
pub async fn changes(
    db: &Db,
    tenant: TenantId,
    register: &str,
    id: RegisterEntryId,
) -> Result<Vec<Change>, StoreError> {
    let sql = "select revision, body, actor, at from register_change
        where tenant = $1 and register = $2 and entry = $3 order by revision desc limit 200";
    let rows = db.query(sql, params![tenant.0, register, id.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(Change {
                revision: row.int("revision")?,
                values: row.maybe_text("body")?.map(values).transpose()?,
                actor: row.text("actor")?.to_owned(),
                at: Timestamp(row.int("at")?),
            })
        })
        .collect()
}

fn body(values: &Values) -> Result<String, StoreError> {
    serde_json::to_string(values).map_err(|error| StoreError::Shape(error.to_string()))
}

fn values(body: &str) -> Result<Values, StoreError> {
    serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt(format!("register_entry.body: {error}")))
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: RegisterEntryId(row.int("entry")?),
        values: values(row.text("body")?)?,
        revision: row.int("revision")?,
        author: row.text("author")?.to_owned(),
        created_at: Timestamp(row.int("created_at")?),
        changed_by: row.text("changed_by")?.to_owned(),
        changed_at: Timestamp(row.int("changed_at")?),
    })
}
