//! Member tokens: short-lived proof, issued by the tenant's trusted back end, that a caller is one member.

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError};

use crate::features::members::{self, MemberStatus};
use crate::http::{Holder, Principal};
use crate::secrets::hash_of;

/// What a member token begins with.
pub const TOKEN_PREFIX: &str = "lzm_";
/// How long a member token works, in seconds, when nobody says.
pub const TOKEN_S: i64 = 15 * 60;
/// The longest a member token may work, in seconds.
pub const MAX_TOKEN_S: i64 = 24 * 60 * 60;

/// The principal of a member token, unless it is unknown or run out.
pub async fn authenticate(
    db: &Db,
    token: &str,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let Some((tenant, member, account)) = store::holder(db, &hash_of(token), now).await? else {
        return Ok(None);
    };
    // A token does not outlive the person it was for.
    let person = members::store::by_id(db, tenant, member).await?;
    let there = person.filter(|person| person.status != MemberStatus::Erased);
    Ok(there.map(|_| Principal {
        actor: format!("member:{member}"),
        holder: Holder::Member { member, account },
        grants: Vec::new(),
        home: Some(tenant),
        scopes: None,
    }))
}
