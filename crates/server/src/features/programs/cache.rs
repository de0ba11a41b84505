//! Compiled programs by tenant, kept as long as the tenant's configuration keeps its version.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::future::BoxFuture;
use lazo_domain::ids::{ProgramId, TenantId};
use lazo_domain::program::{ProgramConfig, Programs};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Lookup, ProgramSource, StoreError};

use super::store;
use crate::features::tenants::Tenant;

/// The programs in force, as the ledger sees them. Cheap to clone; all clones share what is compiled.
#[derive(Clone)]
pub struct ProgramCache {
    db: Db,
    tenants: Lookup<TenantId, Arc<Tenant>>,
    compiled: Arc<RwLock<BTreeMap<TenantId, Compiled>>>,
}

#[derive(Clone)]
struct Compiled {
    config_version: i64,
    clock_at: Option<Timestamp>,
    heard: bool,
    programs: Arc<Programs>,
    documents: Arc<BTreeMap<(ProgramId, i64), Arc<ProgramConfig>>>,
}

impl ProgramCache {
    /// An empty cache over `db`.
    #[must_use]
    pub fn new(db: Db, tenants: Lookup<TenantId, Arc<Tenant>>) -> Self {
        Self { db, tenants, compiled: Arc::default() }
    }

    /// A tenant's programs as they are published now, also by another process; none for an unknown tenant.
    ///
    /// Costs one look-up by primary key, and a compilation when the version has changed.
    pub async fn current(&self, tenant: TenantId) -> Result<Arc<Programs>, StoreError> {
        Ok(self.look(tenant).await?.unwrap_or_default())
    }

    /// The document of a published version, which tells what an event met in words.
    pub async fn document(
        &self,
        tenant: TenantId,
        program: ProgramId,
        version: i64,
    ) -> Result<Option<Arc<ProgramConfig>>, StoreError> {
        let known = || {
            let compiled = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
            compiled.get(&tenant)?.documents.get(&(program, version)).cloned()
        };
        // A published version never changes, so what is known needs no look.
        if let Some(document) = known() {
            return Ok(Some(document));
        }
        self.look(tenant).await?;
        Ok(known())
    }

    /// The programs as a request met them: those of its tenant's `config_version`, or later ones.
    pub async fn met(
        &self,
        tenant: TenantId,
        config_version: i64,
    ) -> Result<Arc<Programs>, StoreError> {
        let known = self.known(tenant).filter(|known| known.config_version >= config_version);
        match known {
            Some(known) => Ok(known.programs),
            None => self.current(tenant).await,
        }
    }

    fn known(&self, tenant: TenantId) -> Option<Compiled> {
        self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    async fn look(&self, tenant: TenantId) -> Result<Option<Arc<Programs>>, StoreError> {
        let Some(pulse) = self.tenants.get(tenant).await? else { return Ok(None) };
        if let Some(known) = self.known(tenant)
            && known.config_version == pulse.config_version
        {
            if (known.clock_at, known.heard) != (pulse.clock_at, pulse.heard) {
                let (clock_at, heard) = (pulse.clock_at, pulse.heard);
                self.keep(tenant, Compiled { clock_at, heard, ..known.clone() });
            }
            return Ok(Some(known.programs));
        }
        let Some(published) = store::published(&self.db, tenant).await? else { return Ok(None) };
        let compiled =
            Compiled { clock_at: pulse.clock_at, heard: pulse.heard, ..compile(published)? };
        let programs = Arc::clone(&compiled.programs);
        self.keep(tenant, compiled);
        Ok(Some(programs))
    }

    fn keep(&self, tenant: TenantId, compiled: Compiled) {
        self.compiled.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, compiled);
    }
}

impl ProgramSource for ProgramCache {
    fn programs(
        &self,
        tenant: TenantId,
    ) -> BoxFuture<'_, Result<Option<Arc<Programs>>, StoreError>> {
        Box::pin(self.look(tenant))
    }

    /// As of the last look at its programs.
    fn listens(&self, tenant: TenantId) -> bool {
        let compiled = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        compiled.get(&tenant).is_none_or(|known| known.heard)
    }

    /// A sandbox's clock as of the last look at its programs, which the ledger takes right before it asks.
    fn now(&self, tenant: TenantId, now: Timestamp) -> Timestamp {
        let compiled = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        compiled.get(&tenant).and_then(|known| known.clock_at).unwrap_or(now)
    }
}

fn compile(published: store::Published) -> Result<Compiled, StoreError> {
    let none = BTreeMap::new();
    let mut programs = Vec::with_capacity(published.versions.len());
    for version in &published.versions {
        let ids = published.point_types.get(&version.program).unwrap_or(&none);
        let from = version.effective_from.unwrap_or(super::BEGINNING);
        let program = version.config.compile(version.program, version.version, from, ids);
        programs.push(program.map_err(|errors| {
            let code = &version.config.code;
            let first = errors.first().map_or("", |error| error.message.as_str());
            StoreError::Corrupt(format!("version {} of program `{code}`: {first}", version.version))
        })?);
    }
    let documents = published.versions.into_iter();
    let documents = documents.map(|v| ((v.program, v.version), Arc::new(v.config))).collect();
    Ok(Compiled {
        config_version: published.config_version,
        clock_at: None,
        heard: true,
        programs: Arc::new(Programs::new(programs)),
        documents: Arc::new(documents),
    })
}
