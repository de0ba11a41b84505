//! What the frame needs from the house: the database, the clock, the front desk that knows callers, and limits.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use lazo_domain::ids::TenantId;
use lazo_domain::time::{Timestamp, Zone};
use lazo_store::idempotency::{self, Found};
use lazo_store::{Clock, Db, IdGenerator, Lookup, StoreError};

use super::access::AccessTable;
use super::origin::Proxies;
use super::principal::Principal;
use super::rate::Buckets;

/// Whom a token belongs to and which tenants there are. The features know; the frame asks.
pub trait Desk: Send + Sync {
    /// The holder of a token, or nobody: unknown, revoked and run-out tokens look the same.
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Option<Known>, StoreError>>;

    /// The tenant of an id (`ten_…`) or a code.
    fn tenancy<'a>(&'a self, which: &'a str) -> BoxFuture<'a, Result<Option<Tenancy>, StoreError>>;
}

/// A caller who proved who it is.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who.
    pub principal: Principal,
    /// The tenant it belongs to, where that was read along with it.
    pub home: Option<Tenancy>,
}

impl From<Principal> for Known {
    fn from(principal: Principal) -> Self {
        Self { principal, home: None }
    }
}

/// What the frame knows of a tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenancy {
    /// Its id.
    pub id: TenantId,
    /// Its code.
    pub code: String,
    /// Its name, as the team knows it.
    pub name: String,
    /// Is it in use?
    pub live: bool,
    /// Is it a sandbox?
    pub sandbox: bool,
    /// Where its test clock stands; `None` goes with the real one.
    pub clock_at: Option<Timestamp>,
    /// The zone of its working days.
    pub zone: Zone,
    /// ISO 3166 code of where it is at home; completes local phone numbers.
    pub country: String,
    /// Grows with every change of its configuration.
    pub config_version: i64,
}

impl Tenancy {
    /// What time it is for this tenant when the real clock shows `real`.
    #[must_use]
    pub fn now(&self, real: Timestamp) -> Timestamp {
        self.clock_at.unwrap_or(real)
    }
}

/// How much one caller may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest body, in octets. A receipt of 2,000 lines fits several times.
    pub body_bytes: usize,
    /// The longest a request may take before its caller gets 503.
    pub timeout: Duration,
    /// Requests per second and principal, on average.
    pub requests_per_s: u32,
    /// Requests a principal may make at once before the average counts.
    pub burst: u32,
    /// The same burst for callers without a valid token, all together per address.
    pub anonymous_burst: u32,
    /// Whose word about where a request comes from is taken.
    pub proxies: Proxies,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 2 * 1024 * 1024,
            timeout: Duration::from_secs(15),
            requests_per_s: 2_000,
            burst: 4_000,
            anonymous_burst: 300,
            proxies: Proxies::default(),
        }
    }
}

/// Everything the frame works with. Cheap to clone.
#[derive(Clone)]
pub struct Frame(Arc<Parts>);

/// What a frame is made of.
pub struct Parts {
    /// For answers already given, and for readiness.
    pub db: Db,
    /// The real clock.
    pub clock: Arc<dyn Clock>,
    /// Request ids are made here when the caller brings none.
    pub ids: Arc<IdGenerator>,
    /// Knows callers and tenants.
    pub desk: Arc<dyn Desk>,
    /// Who may call what.
    pub access: AccessTable,
    /// How much.
    pub limits: Limits,
    pub(super) buckets: Buckets,
    pub(super) requests: Lookup<(TenantId, String), Found>,
}

impl Frame {
    /// Puts the frame together.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<IdGenerator>,
        desk: Arc<dyn Desk>,
        access: AccessTable,
        limits: Limits,
    ) -> Self {
        let buckets = Buckets::default();
        let requests = idempotency::lookup(db.clone());
        Self(Arc::new(Parts { db, clock, ids, desk, access, limits, buckets, requests }))
    }
}

impl Deref for Frame {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
