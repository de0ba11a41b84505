//! Brands: the faces a tenant shows to consumers. Their kits are configured elsewhere.

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{BrandId, TenantId};
use lazo_domain::program::ConfigError;
use serde::{Deserialize, Serialize};

use super::tenants::code_error;

/// A brand as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandConfig {
    /// Its code within the tenant. Never changes.
    pub code: String,
    /// Its name, as consumers know it.
    pub name: String,
}

/// A brand as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What people wrote.
    pub config: BrandConfig,
}

impl BrandConfig {
    /// Everything wrong with it; pointers are relative to the brand.
    #[must_use]
    pub fn check(&self) -> Vec<ConfigError> {
        let nameless = self.name.trim().is_empty();
        let name = nameless.then(|| ConfigError::new("/name", "say its name"));
        code_error("/code", &self.code).into_iter().chain(name).collect()
    }
}
