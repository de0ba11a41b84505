//! API keys: how programs call, one role and one tenant per key, revocable at once.

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use lazo_domain::ids::{ApiKeyId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Lookup, StoreError};

use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::tenants::Tenant;
use crate::http::{Grant, Holder, Principal, Role};
use crate::secrets::{Secret, hash_of};

/// What an API key begins with.
pub const KEY_PREFIX: &str = "lzk_";
/// The most scopes that narrow one key.
pub const MAX_SCOPES: usize = 50;

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// What it is in the tenant.
    pub role: Role,
    /// What narrows it; `None` is all that the role may do.
    pub scopes: Option<Vec<String>>,
    /// The last characters of its secret.
    pub hint: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Who calls with it.
    #[must_use]
    pub fn principal(&self) -> Principal {
        Principal {
            actor: format!("key:{}", self.id),
            holder: Holder::Key,
            grants: vec![Grant { tenant: Some(self.tenant), role: self.role }],
            home: Some(self.tenant),
            scopes: self.scopes.clone(),
        }
    }
}

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose it shall be.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// What it shall be in the tenant.
    pub role: Role,
    /// What narrows it.
    pub scopes: Option<Vec<String>>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key in the name of `actor`. The secret is answered this once.
pub async fn create(
    app: &App,
    wanted: Wanted,
    actor: &str,
    now: Timestamp,
) -> Result<(ApiKey, Secret), StoreError> {
    let secret = Secret::draw(KEY_PREFIX, app.entropy.as_ref());
    let key = ApiKey {
        id: ApiKeyId(app.ids.next()),
        tenant: wanted.tenant,
        name: wanted.name,
        role: wanted.role,
        scopes: wanted.scopes,
        hint: secret.hint().to_owned(),
        created_by: actor.to_owned(),
        created_at: now,
        expires_at: wanted.expires_at,
        revoked_at: None,
    };
    let detail = serde_json::json!({ "role": key.role, "scopes": key.scopes });
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx, &key, &secret).await?;
    let deed = deed(&key, "api_key.created", actor, now, detail);
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok((key, secret))
}

/// Revokes a key, at once and for good. Answers whether there is such a key.
pub async fn revoke(
    app: &App,
    tenant: TenantId,
    id: ApiKeyId,
    actor: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(key) = store::by_id(&app.db, tenant, id).await? else { return Ok(false) };
    let mut tx = app.db.begin().await?;
    store::revoke(&mut tx, tenant, id, now).await?;
    let deed = deed(&key, "api_key.revoked", actor, now, serde_json::json!({}));
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(true)
}

fn deed<'a>(
    key: &ApiKey,
    action: &'a str,
    actor: &'a str,
    at: Timestamp,
    detail: serde_json::Value,
) -> Deed<'a> {
    let (tenant, object) = (key.tenant, key.id.to_string());
    Deed { tenant, at, actor, action, object, reason: "", detail }
}

/// The principal of a key and its tenant, unless the key is unknown, revoked or run out.
pub async fn authenticate(
    keys: &Lookup<Vec<u8>, (ApiKey, Arc<Tenant>)>,
    token: &str,
    now: Timestamp,
) -> Result<Option<(Principal, Arc<Tenant>)>, StoreError> {
    let found = keys.get(hash_of(token)).await?;
    let live = |key: &ApiKey| {
        key.revoked_at.is_none() && key.expires_at.is_none_or(|expires_at| now < expires_at)
    };
    Ok(found.filter(|(key, _)| live(key)).map(|(key, tenant)| (key.principal(), tenant)))
}

/// Is it a scope as endpoints declare them, `noun:read`, `noun:write`, `noun:*` or `*`?
#[must_use]
pub fn is_scope(text: &str) -> bool {
    let noun = |noun: &str| {
        (1..=40).contains(&noun.len())
            && noun.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_')
    };
    text == "*"
        || text
            .split_once(':')
            .is_some_and(|(n, what)| noun(n) && ["read", "write", "*"].contains(&what))
}
