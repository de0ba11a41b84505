//! Staff: the people who work with Lazo, their roles per tenant and their tokens.

pub mod api;
pub mod passwords;
pub mod setup;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{StaffId, TenantId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::{Db, StoreError};

use crate::http::{Grant, Holder, Principal, Role};
use crate::secrets::hash_of;

/// What a staff token begins with.
pub const TOKEN_PREFIX: &str = "lzs_";
/// How long a staff token works, in days, when nobody says.
pub const TOKEN_DAYS: i64 = 30;
/// The longest a staff token may work, in days.
pub const MAX_TOKEN_DAYS: i64 = 365;
/// The roles that a person can have in a tenant.
pub const TENANT_ROLES: [Role; 6] =
    [Role::Cashier, Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];

/// A person of the staff as one tenant sees him or her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Its id.
    pub id: StaffId,
    /// What the person signs in with. Personal data.
    pub login: String,
    /// The person's name. Personal data.
    pub name: String,
    /// What the person is in the tenant.
    pub roles: Vec<Role>,
}

/// The principal of a staff token, unless it is unknown, revoked, run out or of somebody who left.
pub async fn authenticate(
    db: &Db,
    token: &str,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let Some((staff, bound)) = store::holder(db, &hash_of(token), now).await? else {
        return Ok(None);
    };
    let grants = store::grants(db, staff).await?;
    let grants: Vec<Grant> =
        grants.into_iter().filter(|grant| bound.is_none() || grant.tenant == bound).collect();
    Ok(Some(Principal {
        actor: format!("staff:{staff}"),
        holder: Holder::Staff,
        grants,
        home: None,
        scopes: None,
    }))
}

/// Somebody of the staff as a caller, with everything he or she is; nobody when disabled.
pub async fn principal(db: &Db, staff: StaffId) -> Result<Option<Principal>, StoreError> {
    if !store::is_active(db, staff).await? {
        return Ok(None);
    }
    let grants = store::grants(db, staff).await?;
    let actor = format!("staff:{staff}");
    Ok(Some(Principal { actor, holder: Holder::Staff, grants, home: None, scopes: None }))
}

/// When a token issued at `now` for `days` ends.
fn ends(now: Timestamp, days: i64) -> Timestamp {
    now.plus_micros(days.saturating_mul(DAY))
}

/// The tenant column of the installation.
fn column(tenant: Option<TenantId>) -> i64 {
    tenant.map_or(0, |tenant| tenant.0)
}
