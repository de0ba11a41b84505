//! What the outside should hear of: rows written with the event they tell of, leased to whoever delivers them.

#[cfg(test)]
mod tests;

use lazo_domain::ids::{AccountId, EventId, TenantId};
use lazo_domain::time::Timestamp;

use crate::db::{Columns, Db, Row, Statement};
use crate::error::StoreError;
use crate::params;

/// The most messages leased at once.
const MAX_CLAIM: i64 = 500;

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
    /// How often it was leased, this time included.
    pub attempts: i64,
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

    /// Buckets in which something waits at `now`.
    pub async fn waiting(&self, now: Timestamp) -> Result<Vec<i64>, StoreError> {
        let sql = "select distinct bucket from outbox where done_at is null and leased_until <= $1 order by bucket";
        self.db.query(sql, params![now.0]).await?.iter().map(|row| row.int("bucket")).collect()
    }

    /// Leases up to `limit` messages of a bucket until `until`, the oldest first. Nobody else gets them before.
    pub async fn claim(
        &self,
        bucket: i64,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Message>, StoreError> {
        // The condition stands twice: a claimer that waited for another's lock looks again at what it got.
        let sql = "update outbox set leased_until = $3, attempts = attempts + 1
            where bucket = $1 and done_at is null and leased_until <= $2 and (tenant, event, position) in (
                select tenant, event, position from outbox
                where bucket = $1 and done_at is null and leased_until <= $2 order by event, position limit $4)
            returning bucket, tenant, event, position, account, seq, name, data, created_at, attempts";
        let key = params![bucket, now.0, until.0, limit.clamp(1, MAX_CLAIM)];
        let mut messages: Vec<Message> =
            self.db.write(sql, key).await?.iter().map(message).collect::<Result<_, _>>()?;
        messages.sort_by_key(|message| (message.event, message.position));
        Ok(messages)
    }

    /// The statement that marks messages as delivered, for those who do it with a write of their own.
    #[must_use]
    pub fn done_statement(messages: &[Message], now: Timestamp) -> Statement {
        let set = Columns::of(messages)
            .int(|m| m.bucket)
            .int(|m| m.tenant.0)
            .int(|m| m.event.0)
            .int(|m| m.position)
            .done();
        let sql = "update outbox set done_at = $5 from {rows} where outbox.bucket = r.column1
                   and outbox.tenant = r.column2 and outbox.event = r.column3 and outbox.position = r.column4";
        Statement::over(sql, set, params![now.0])
    }

    /// Marks messages as delivered.
    pub async fn done(&self, messages: &[Message], now: Timestamp) -> Result<(), StoreError> {
        self.db
            .retry(|| async {
                let mut tx = self.db.begin().await?;
                tx.run_all(vec![Self::done_statement(messages, now)]).await?;
                tx.commit().await
            })
            .await
    }

    /// Gives a message back, to be leased again from `at` on.
    pub async fn again(&self, message: &Message, at: Timestamp) -> Result<(), StoreError> {
        let sql =
            "update outbox set leased_until = $5 where bucket = $1 and tenant = $2 and event = $3
                   and position = $4 and attempts = $6";
        let Message { bucket, tenant, event, position, attempts, .. } = message;
        self.db
            .execute(sql, params![*bucket, tenant.0, event.0, *position, at.0, *attempts])
            .await?;
        Ok(())
    }

    /// How many messages wait, and since when the oldest.
    pub async fn backlog(&self) -> Result<(i64, Option<Timestamp>), StoreError> {
        let sql = "select count(*) as waiting, min(created_at) as oldest from outbox where done_at is null";
        let row = self.db.query_one(sql, &[]).await?;
        let row = row.ok_or_else(|| StoreError::Shape("a count without a row".to_owned()))?;
        Ok((row.int("waiting")?, row.maybe_int("oldest")?.map(Timestamp)))
    }

    /// Forgets messages delivered before `before`; answers how many.
    pub async fn purge(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.db.execute("delete from outbox where done_at < $1", params![before.0]).await
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
        attempts: row.int("attempts")?,
    })
}
