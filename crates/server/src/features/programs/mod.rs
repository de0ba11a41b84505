//! Programs: documents in immutable, effective-dated versions, and the cache through which the ledger sees them.

pub mod api;
mod cache;
mod lifecycle;
mod publish;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::ids::{BrandId, PointTypeId, ProgramId, TenantId};
use lazo_domain::program::{Code, ConfigError, ProgramConfig, Programs};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;

use crate::App;
use crate::http::Scope;

pub use cache::ProgramCache;
pub use lifecycle::{Unmet, unmet};
pub use publish::{PublishRefusal, publish, publish_shown, roll_back, withdraw};

/// The programs of the tenant that a request is about, as the request met them.
pub async fn of(scope: &Scope<App>) -> Result<Arc<Programs>, StoreError> {
    let met = scope.caller.tenancy.as_ref().map_or(i64::MAX, |tenancy| tenancy.config_version);
    scope.app.programs.met(scope.tenant, met).await
}

/// From when a first version counts unless its document says otherwise: before any purchase there can be
/// (0001-01-01T00:00:00Z), so that history can be imported under it.
pub const BEGINNING: Timestamp = Timestamp(-62_135_596_800_000_000);

/// A program as it is stored, apart from its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramHead {
    /// Its id.
    pub id: ProgramId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The brand it belongs to, if any.
    pub brand: Option<BrandId>,
    /// Its code within the tenant. Never changes.
    pub code: Code,
}

/// Where a version is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// Waits for a second person.
    Draft,
    /// In force from its `effective_from` on, for ever on record.
    Published,
    /// Never came into force.
    Discarded,
}

/// One version of a program's document. The document never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which program.
    pub program: ProgramId,
    /// 1 for the first.
    pub version: i64,
    /// On its way where.
    pub state: VersionState,
    /// The document.
    pub config: ProgramConfig,
    /// From when it counts; a draft without one counts from the instant it is published.
    pub effective_from: Option<Timestamp>,
    /// Who wrote it.
    pub author: String,
    /// Who wrote the drafts that it took the place of.
    pub ancestors: Vec<String>,
    /// When.
    pub created_at: Timestamp,
    /// Who published it.
    pub publisher: Option<String>,
    /// When.
    pub published_at: Option<Timestamp>,
}

impl VersionState {
    /// The name outside and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Discarded => "discarded",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Discarded]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// Everything wrong with a document, its rules' expressions included.
#[must_use]
pub fn check(config: &ProgramConfig) -> Vec<ConfigError> {
    // Compiling needs ids; any distinct ones show whether the document is sound.
    let ids: BTreeMap<Code, PointTypeId> =
        config.point_types.iter().zip(1..).map(|(p, n)| (p.code.clone(), PointTypeId(n))).collect();
    config.compile(ProgramId(0), 1, BEGINNING, &ids).err().unwrap_or_default()
}
