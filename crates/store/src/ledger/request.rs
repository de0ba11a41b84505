//! The key under which a caller sent a request: noted in the transaction of what the request did.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lazo_domain::ids::TenantId;
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

use crate::db::{Columns, Row, Statement};
use crate::error::StoreError;
use crate::idempotency::KEPT_MICROS;
use crate::params;

/// A request's own key (`Idempotency-Key`) with the hash of what it asked for. Clones are the same request.
#[derive(Debug, Clone)]
pub struct RequestKey(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tenant: TenantId,
    key: String,
    hash: Vec<u8>,
    noted: AtomicBool,
    came_before: AtomicBool,
}

impl RequestKey {
    /// The key of a request of `tenant`; `hash` tells requests apart.
    #[must_use]
    pub fn new(tenant: TenantId, key: &str, hash: Vec<u8>) -> Self {
        let (noted, came_before) = (AtomicBool::new(false), AtomicBool::new(false));
        Self(Arc::new(Inner { tenant, key: key.to_owned(), hash, noted, came_before }))
    }

    /// Is it on record together with what the request did? Then the same request gives the same answer again.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.0.noted.load(Ordering::Acquire)
    }

    /// Was what it asks for done by an earlier request, and is this the answer of then?
    #[must_use]
    pub fn came_before(&self) -> bool {
        self.0.came_before.load(Ordering::Acquire)
    }

    pub(super) fn note(&self) {
        self.0.noted.store(true, Ordering::Release);
    }

    pub(super) fn note_again(&self) {
        self.0.came_before.store(true, Ordering::Release);
        self.note();
    }

    fn place(&self) -> Place {
        (self.0.tenant, self.0.key.clone())
    }
}

type Place = (TenantId, String);

/// What is on record of a key.
#[derive(Debug)]
struct Request {
    hash: Vec<u8>,
    /// Is an answer kept that was no posting's? Then nothing more is done under this key.
    answered: bool,
}

/// The request keys of a batch: those on record, and those it adds.
#[derive(Debug, Default)]
pub(super) struct RequestKeys {
    known: BTreeMap<Place, Request>,
    added: Vec<RequestKey>,
}

impl RequestKeys {
    /// Reads which of the keys are on record at `now`.
    pub fn look(keys: &[Option<RequestKey>], now: Timestamp) -> Statement {
        let keys: Vec<Place> = keys.iter().flatten().map(RequestKey::place).collect();
        let set = Columns::of(&keys).int(|k| k.0.0).text(|k| k.1.clone()).done();
        let sql = "select i.tenant, i.key, i.request_hash, i.status from {rows}
            {each idempotency i on i.tenant = r.column1 and i.key = r.column2}
            where i.expires_at > $3";
        Statement::over(sql, set, params![now.0])
    }

    /// Asks for nothing.
    pub fn nothing() -> Statement {
        Self::look(&[], Timestamp(0))
    }

    /// Takes what [`Self::look`] found.
    pub fn found(rows: &[Row]) -> Result<Self, StoreError> {
        let known = rows.iter().map(|row| {
            let place = (TenantId(row.int("tenant")?), row.text("key")?.to_owned());
            let answered = row.maybe_int("status")?.is_some();
            Ok((place, Request { hash: row.bytes("request_hash")?.to_vec(), answered }))
        });
        Ok(Self { known: known.collect::<Result<_, StoreError>>()?, added: Vec::new() })
    }

    /// Is this a request that came before? One that asks for something else under the same key is refused, and one whose
    /// answer is kept already.
    pub fn came_before(&self, key: &RequestKey) -> Result<bool, Refusal> {
        match self.known.get(&key.place()) {
            Some(known) if known.hash == key.0.hash && !known.answered => Ok(true),
            Some(_) => Err(Refusal::KeyReused),
            None => Ok(false),
        }
    }

    /// Puts a request on record with the batch.
    pub fn add(&mut self, key: &RequestKey) {
        let request = Request { hash: key.0.hash.clone(), answered: false };
        self.known.insert(key.place(), request);
        self.added.push(key.clone());
    }

    /// How many the batch adds.
    pub fn added(&self) -> &[RequestKey] {
        &self.added
    }

    /// Writes what the batch adds; a key that is on record already is left, and the count tells.
    pub fn write(&self, now: Timestamp) -> Statement {
        let set = Columns::of(&self.added)
            .int(|k| k.0.tenant.0)
            .text(|k| k.0.key.clone())
            .bytes(|k| k.0.hash.clone())
            .done();
        let sql = "insert into idempotency (tenant, key, request_hash, leased_until, created_at, expires_at)
            select r.column1, r.column2, r.column3, 0, $4, $5 from {rows} where true
            on conflict (tenant, key) do update set request_hash = excluded.request_hash, status = null,
            answer = null, leased_until = 0, created_at = excluded.created_at, expires_at = excluded.expires_at
            where idempotency.expires_at <= excluded.created_at";
        Statement::over(sql, set, params![now.0, now.0 + KEPT_MICROS])
    }
}
