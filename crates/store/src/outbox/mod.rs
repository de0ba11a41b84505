//! What the outside should hear of: rows written with the event they tell of, and taken away in the transaction that
//! passes them on.

#[cfg(test)]
mod tests;

use lazo_domain::ids::{AccountId, EventId, TenantId};
use lazo_domain::time::Timestamp;

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::params;

/// The most messages taken at once.
pub const MAX_TAKEN: usize = 1_000;

/// One message. Delivered at least once: `(event, position)` names it for ever, so that a receiver knows a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The bucket of its account.
    pub bucket: i64,
    /// The client company.
    pub tenant: TenantId,
    /// The event it tells of.
    pub event: EventId,
    /// Its place among the event's messages.
    pub position: i64,
    /// Whose account.
    pub account: AccountId,
    /// The event's place among the account's events: later numbers happened later.
    pub seq: i64,
    /// `points.earned`, …
    pub name: String,
    /// What it says, as JSON.
    pub data: String,
    /// When the event was recorded.
    pub created_at: Timestamp,
}

/// The outbox of a database.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
}

impl Outbox {
    /// The outbox of a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Takes some [`MAX_TAKEN`] messages out of the outbox, from `bucket` on, those of an account in their order. They
    /// are gone when `tx` is committed, and still there when it is not: what they become belongs into it.
    pub async fn take(tx: &mut Tx, bucket: i64) -> Result<Vec<Message>, StoreError> {
        let last = "select bucket, tenant, event, position from (
                select bucket, tenant, event, position from outbox where bucket >= $1
                order by bucket, tenant, event, position limit $2) as stretch
            order by bucket desc, tenant desc, event desc, position desc limit 1";
        let limit = i64::try_from(MAX_TAKEN).unwrap_or(i64::MAX);
        let found = tx.query(last, params![bucket, limit]).await?;
        let Some(last) = found.first() else { return Ok(Vec::new()) };
        // One stretch of the primary key: what joins it meanwhile is taken along.
        let take = "delete from outbox where bucket >= $1
                and (bucket, tenant, event, position) <= ($2, $3, $4, $5)
            returning bucket, tenant, event, position, account, seq, name, data, created_at";
        let (tenant, event) = (last.int("tenant")?, last.int("event")?);
        let end = params![bucket, last.int("bucket")?, tenant, event, last.int("position")?];
        let rows = tx.query(take, end).await?;
        let mut messages: Vec<Message> = rows.iter().map(message).collect::<Result<_, _>>()?;
        messages.sort_by_key(|m| (m.bucket, m.tenant, m.event, m.position));
        Ok(messages)
    }

    /// How many messages wait, and since when the oldest.
    pub async fn backlog(&self) -> Result<(i64, Option<Timestamp>), StoreError> {
        let sql = "select count(*) as waiting, min(created_at) as oldest from outbox";
        let row = self.db.query_one(sql, &[]).await?;
        let row = row.ok_or_else(|| StoreError::Shape("a count without a row".to_owned()))?;
        Ok((row.int("waiting")?, row.maybe_int("oldest")?.map(Timestamp)))
    }
}

fn message(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        bucket: row.int("bucket")?,
        tenant: TenantId(row.int("tenant")?),
        event: EventId(row.int("event")?),
        position: row.int("position")?,
        account: AccountId(row.int("account")?),
        seq: row.int("seq")?,
        name: row.text("name")?.to_owned(),
        data: row.text("data")?.to_owned(),
        created_at: Timestamp(row.int("created_at")?),
    })
}
