//! The audit log: who did what, when and why, each entry chained to the one before. No personal data.

pub mod api;
mod behind;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use sha2::{Digest, Sha256};

pub use behind::people_behind;
pub use store::{logs, record, verify};

use crate::App;
use crate::http::Scope;

/// The tenant number under which the installation's own entries stand.
pub const INSTALLATION: TenantId = TenantId(0);

/// Something to remember.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed<'a> {
    /// Whose log.
    pub tenant: TenantId,
    /// When, by the real clock: a test clock moves no log.
    pub at: Timestamp,
    /// Who: `key:…`, `staff:…`, `member:…`, `cli`, `clock`.
    pub actor: &'a str,
    /// What, as `noun.past_tense`.
    pub action: &'a str,
    /// To what: an id or a code.
    pub object: String,
    /// Why, in the actor's words or as a code.
    pub reason: &'a str,
    /// What else tells the case, as JSON. No personal data.
    pub detail: serde_json::Value,
}

impl<'a> Deed<'a> {
    /// What the caller of `scope` does to `object`.
    #[must_use]
    pub fn of(
        scope: &'a Scope<App>,
        action: &'a str,
        object: impl ToString,
        detail: serde_json::Value,
    ) -> Self {
        Self {
            tenant: scope.tenant,
            at: scope.caller.real_now,
            actor: scope.actor(),
            action,
            object: object.to_string(),
            reason: "",
            detail,
        }
    }

    /// With the reason that the caller gave.
    #[must_use]
    pub fn because(self, reason: &'a str) -> Self {
        Self { reason, ..self }
    }
}

/// A remembered deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the tenant's log, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// Why.
    pub reason: String,
    /// What else, as JSON text.
    pub detail: String,
    /// The hash of the entry before.
    pub prev_hash: Vec<u8>,
    /// The hash of this one.
    pub hash: Vec<u8>,
}

impl AuditEntry {
    /// The hash that the entry must have in `tenant`'s log: of the one before and of everything it says.
    #[must_use]
    pub fn expected_hash(&self, tenant: TenantId) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(b"lazo audit 1");
        hash.update(&self.prev_hash);
        for number in [tenant.0, self.seq, self.at.0] {
            hash.update(number.to_be_bytes());
        }
        for text in [&self.actor, &self.action, &self.object, &self.reason, &self.detail] {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
        hash.finalize().to_vec()
    }
}
