//! Answers already given over HTTP, by tenant and key: a repeated request gets the same answer, without its effect.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use lazo_domain::ids::TenantId;
use lazo_domain::time::{DAY, SECOND, Timestamp};

use crate::clock::Clock;
use crate::db::{Columns, Db, Row, Statement};
use crate::error::StoreError;
use crate::lookup::{Lookup, Question};
use crate::params;

/// How long an answer is kept, counted from the request; the promise is 24 hours.
pub const KEPT_MICROS: i64 = 2 * DAY;
/// How long a request is worked on without a sign of life before somebody else may take it over: its process has died.
const WORK_MICROS: i64 = 4 * SECOND;
/// How often whoever works on a request gives a sign of life: two may fail.
pub const RENEW_EVERY: Duration = Duration::from_secs(1);
/// No lease lies so much further ahead than a fresh one, unless the clock went back meanwhile.
const SKEW_MICROS: i64 = 60 * SECOND;
/// How long a twin waits for the first one's answer before it is told to come back: long enough to take over from a
/// process that died.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// How often a waiting twin looks.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// How a request that was worked on ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concluded {
    /// Its answer is kept.
    Kept,
    /// Somebody else had taken over, and this is the answer that is kept.
    Answered {
        /// The HTTP status.
        status: i64,
        /// The answer as it was handed in.
        answer: Vec<u8>,
    },
    /// Somebody else has taken over and is still at it.
    InFlight,
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Do it, then hand in the answer with this token.
    Fresh(Token),
    /// It was done before; this is the answer of then.
    Answered {
        /// The HTTP status.
        status: i64,
        /// The body, as it was sent.
        answer: Vec<u8>,
    },
    /// The key came before with another request: 422.
    OtherRequest,
    /// Its twin is still being worked on: 503 with `Retry-After`.
    InFlight,
}

/// A request that is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    request_hash: Vec<u8>,
    /// The status and the body of its answer, where they are kept and not told again from the ledger.
    pub answer: Option<(i64, Vec<u8>)>,
    leased_until: i64,
    expires_at: i64,
}

impl Found {
    /// Did it ask for the same?
    #[must_use]
    pub fn asked(&self, request_hash: &[u8]) -> bool {
        self.request_hash == request_hash
    }

    /// Is its time over, so that the key may be used anew?
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now.0
    }

    /// Is somebody still at it?
    #[must_use]
    pub fn is_in_flight(&self, now: Timestamp) -> bool {
        self.answer.is_none() && self.leased_until > now.0
    }
}

/// Finds requests that are on record, by tenant and key.
#[must_use]
pub fn lookup(db: Db) -> Lookup<(TenantId, String), Found> {
    let ask = |keys: &[(TenantId, String)]| {
        let set = Columns::of(keys).int(|k| k.0.0).text(|k| k.1.clone()).done();
        let sql = "select i.tenant, i.key, i.request_hash, i.status, i.answer, i.leased_until, i.expires_at
            from {rows} {each idempotency i on i.tenant = r.column1 and i.key = r.column2}";
        Statement::over(sql, set, &[])
    };
    let read =
        |rows: &[Row]| -> Result<BTreeMap<_, _>, StoreError> { rows.iter().map(found).collect() };
    Lookup::new(db, Question { ask, read })
}

fn found(row: &Row) -> Result<((TenantId, String), Found), StoreError> {
    let answer = match row.maybe_int("status")? {
        Some(status) => Some((status, row.bytes("answer")?.to_vec())),
        None => None,
    };
    let key = (TenantId(row.int("tenant")?), row.text("key")?.to_owned());
    let found = Found {
        request_hash: row.bytes("request_hash")?.to_vec(),
        answer,
        leased_until: row.int("leased_until")?,
        expires_at: row.int("expires_at")?,
    };
    Ok((key, found))
}

/// Who works on a request. Lost when the work took too long and somebody else took over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    tenant: TenantId,
    key: String,
    leased_until: i64,
}

/// The kept answers of a database.
#[derive(Clone)]
pub struct Idempotency {
    db: Db,
}

impl Idempotency {
    /// The kept answers of a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Begins a request, or finds that it has been begun. A twin in flight is waited for.
    pub async fn begin(
        &self,
        tenant: TenantId,
        key: &str,
        request_hash: &[u8],
        clock: &dyn Clock,
    ) -> Result<Begun, StoreError> {
        let mut waited = Duration::ZERO;
        loop {
            let begun = self.db.retry(|| self.look(tenant, key, request_hash, clock.now())).await?;
            if begun != Begun::InFlight || waited >= PATIENCE {
                return Ok(begun);
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
    }

    async fn look(
        &self,
        tenant: TenantId,
        key: &str,
        request_hash: &[u8],
        now: Timestamp,
    ) -> Result<Begun, StoreError> {
        let leased_until = now.0 + WORK_MICROS;
        let fresh = Begun::Fresh(Token { tenant, key: key.to_owned(), leased_until });
        // A key whose answer has run out, or whose worker has died, is begun anew.
        let insert = "insert into idempotency (tenant, key, request_hash, leased_until, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (tenant, key) do update set request_hash = excluded.request_hash, status = null, answer = null,
            leased_until = excluded.leased_until, created_at = excluded.created_at, expires_at = excluded.expires_at
            where idempotency.expires_at <= excluded.created_at
            or (idempotency.status is null and idempotency.request_hash = excluded.request_hash
                and (idempotency.leased_until <= excluded.created_at or idempotency.leased_until > $7))";
        let (expires_at, never) = (now.0 + KEPT_MICROS, leased_until + SKEW_MICROS);
        let row = params![tenant.0, key, request_hash, leased_until, now.0, expires_at, never];
        let mut tx = self.db.begin().await?;
        if tx.execute(insert, row).await? == 1 {
            tx.commit().await?;
            return Ok(fresh);
        }
        let select =
            "select request_hash, status, answer from idempotency where tenant = $1 and key = $2";
        let found = tx.query(select, params![tenant.0, key]).await?;
        tx.rollback().await?;
        let Some(found) = found.first() else { return Err(StoreError::Conflict(None)) };
        if found.bytes("request_hash")? != request_hash {
            return Ok(Begun::OtherRequest);
        }
        Ok(match found.maybe_int("status")? {
            Some(status) => Begun::Answered { status, answer: found.bytes("answer")?.to_vec() },
            None => Begun::InFlight,
        })
    }

    /// Gives a sign of life for a request that takes its time.
    pub async fn renew(&self, token: &mut Token, now: Timestamp) -> Result<(), StoreError> {
        let leased_until = now.0 + WORK_MICROS;
        let sql = "update idempotency set leased_until = $4
                   where tenant = $1 and key = $2 and leased_until = $3 and status is null";
        let row = params![token.tenant.0, token.key.as_str(), token.leased_until, leased_until];
        if self.db.execute(sql, row).await? == 1 {
            token.leased_until = leased_until;
        }
        Ok(())
    }

    /// Keeps the answer to a request, or finds that somebody else took over, whose answer alone may be told: two that
    /// worked on one request may well have different words for it.
    pub async fn conclude(
        &self,
        token: &Token,
        request_hash: &[u8],
        (status, answer): (i64, &[u8]),
        clock: &dyn Clock,
    ) -> Result<Concluded, StoreError> {
        let mut token = token.clone();
        while !self.finish(&token, status, answer).await? {
            match self.begin(token.tenant, &token.key, request_hash, clock).await? {
                // Whoever took over has died, too.
                Begun::Fresh(next) => token = next,
                Begun::Answered { status, answer } => {
                    return Ok(Concluded::Answered { status, answer });
                }
                Begun::InFlight | Begun::OtherRequest => return Ok(Concluded::InFlight),
            }
        }
        Ok(Concluded::Kept)
    }

    /// Keeps the answer to a request; false when the token was lost to somebody else. Only final answers are kept: not a
    /// 5xx, which says nothing of what was done.
    pub async fn finish(
        &self,
        token: &Token,
        status: i64,
        answer: &[u8],
    ) -> Result<bool, StoreError> {
        let sql = "update idempotency set status = $4, answer = $5
                   where tenant = $1 and key = $2 and leased_until = $3 and status is null";
        let row = params![token.tenant.0, token.key.as_str(), token.leased_until, status, answer];
        Ok(self.db.execute(sql, row).await? == 1)
    }

    /// Keeps the answer to a request that did nothing, unless the key is on record already.
    pub async fn keep(
        &self,
        tenant: TenantId,
        key: &str,
        request_hash: &[u8],
        (status, answer): (i64, &[u8]),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "insert into idempotency
                (tenant, key, request_hash, status, answer, leased_until, created_at, expires_at)
            values ($1, $2, $3, $4, $5, 0, $6, $7)
            on conflict (tenant, key) do update set request_hash = excluded.request_hash,
            status = excluded.status, answer = excluded.answer, leased_until = 0,
            created_at = excluded.created_at, expires_at = excluded.expires_at
            where idempotency.expires_at <= excluded.created_at";
        let row = params![tenant.0, key, request_hash, status, answer, now.0, now.0 + KEPT_MICROS];
        self.db.execute(sql, row).await?;
        Ok(())
    }

    /// Gives the key back, so that the request may be sent again at once.
    pub async fn abandon(&self, token: &Token) -> Result<(), StoreError> {
        let sql = "delete from idempotency where tenant = $1 and key = $2 and leased_until = $3 and status is null";
        self.db
            .execute(sql, params![token.tenant.0, token.key.as_str(), token.leased_until])
            .await?;
        Ok(())
    }

    /// Forgets answers that have run out; answers how many. Goes through the keys slice by slice, so that nobody waits
    /// for long.
    pub async fn purge(&self, now: Timestamp) -> Result<u64, StoreError> {
        let end = "select tenant, key from (
                select tenant, key from idempotency where (tenant, key) > ($1, $2)
                order by tenant, key limit 1000) as slice
            order by tenant desc, key desc limit 1";
        let forget = "delete from idempotency
            where (tenant, key) > ($1, $2) and (tenant, key) <= ($3, $4) and expires_at <= $5";
        let (mut after, mut gone) = ((i64::MIN, String::new()), 0);
        while let Some(row) = self.db.query_one(end, params![after.0, &after.1]).await? {
            let last = (row.int("tenant")?, row.text("key")?.to_owned());
            let slice = params![after.0, &after.1, last.0, &last.1, now.0];
            gone += self.db.execute(forget, slice).await?;
            after = last;
        }
        Ok(gone)
    }
}
