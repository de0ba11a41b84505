//! Compiled programs by tenant, kept as long as the tenant's configuration keeps its version.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use lazo_domain::ids::TenantId;
use lazo_domain::program::Programs;
use lazo_store::{Db, StoreError};

use super::store;
use crate::features::tenants;

/// The programs in force, as the ledger sees them. Cheap to clone; all clones share what is compiled.
#[derive(Clone)]
pub struct ProgramCache {
    db: Db,
    compiled: Arc<RwLock<BTreeMap<TenantId, Compiled>>>,
}

#[derive(Clone)]
struct Compiled {
    config_version: i64,
    programs: Arc<Programs>,
}

impl ProgramCache {
    /// An empty cache over `db`.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, compiled: Arc::default() }
    }

    /// A tenant's programs as they are published now, also by another process; none for an unknown tenant.
    ///
    /// Costs one look-up by primary key, and a compilation when the version has changed.
    pub async fn current(&self, tenant: TenantId) -> Result<Arc<Programs>, StoreError> {
        let known =
            self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some(known) = known
            && tenants::store::config_version(&self.db, tenant).await? == Some(known.config_version)
        {
            return Ok(known.programs);
        }
        let Some(published) = store::published(&self.db, tenant).await? else {
            return Ok(Arc::default());
        };
        let compiled = compile(published)?;
        let programs = Arc::clone(&compiled.programs);
        self.compiled.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, compiled);
        Ok(programs)
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
    Ok(Compiled {
        config_version: published.config_version,
        programs: Arc::new(Programs::new(programs)),
    })
}
