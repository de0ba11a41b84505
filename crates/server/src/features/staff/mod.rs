//! Staff: the people who work with Lazo, their roles per tenant and their tokens.

pub mod api;
pub mod setup;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{StaffId, TenantId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::{Db, StoreError};

use crate::App;
use crate::features::audit;
use crate::http::{Grant, Holder, Principal, Problem, Role, Scope, VIA};
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

/// Who of the staff an actor is, by whatever token; keys, members and names of the command line are nobody.
#[must_use]
pub fn person_of(actor: &str) -> Option<StaffId> {
    let own = actor.split(VIA).next().unwrap_or(actor);
    own.strip_prefix("staff:").and_then(|id| id.parse().ok())
}

/// The roles in which somebody agrees to what others do.
const AGREEING: [Role; 3] = [Role::ProgramManager, Role::Finance, Role::Admin];

/// Refuses what would let the people behind the caller agree to more than before: nobody gives such a role to himself or
/// herself, under whatever name.
pub async fn not_to_oneself(
    scope: &Scope<App>,
    to: StaffId,
    (had, shall_have): (&[Role], &[Role]),
) -> Result<(), Problem> {
    let more = |role: &&Role| AGREEING.contains(*role) && !had.contains(*role);
    if shall_have.iter().any(|role| more(&role)) {
        let behind = audit::people_behind(&scope.app.db, scope.tenant, scope.actor()).await?;
        if behind.contains(&format!("staff:{to}").to_lowercase()) {
            return Err(Problem::new(403, "self_appointed"));
        }
    }
    Ok(())
}

/// What is kept of somebody's secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Salt and hash.
    pub password: String,
    /// The second factor's secret.
    pub totp: Option<Vec<u8>>,
    /// The last step of it that was used.
    pub totp_step: i64,
    /// Wrong tries since the last right one.
    pub wrong_tries: i64,
    /// Nobody gets in before.
    pub locked_until: Timestamp,
}

/// The principal of a staff token, unless it is unknown, revoked, run out or of somebody who left.
pub async fn authenticate(
    db: &Db,
    token: &str,
    now: Timestamp,
) -> Result<Option<Principal>, StoreError> {
    let Some(store::Held { staff, tenant: bound, issued_by }) =
        store::holder(db, &hash_of(token), now).await?
    else {
        return Ok(None);
    };
    let grants = store::grants(db, staff).await?;
    let grants: Vec<Grant> =
        grants.into_iter().filter(|grant| bound.is_none() || grant.tenant == bound).collect();
    Ok(Some(Principal {
        actor: issued_by
            .map_or_else(|| format!("staff:{staff}"), |by| format!("staff:{staff}{VIA}{by}")),
        holder: Holder::Staff,
        grants,
        home: None,
        scopes: None,
    }))
}

/// Somebody of the staff as a caller, with everything that his or her way in is good for; nobody when disabled. Who was
/// invited by a client is nothing to the others; and what is done after a link that somebody else saw counts as done by both.
pub async fn principal(db: &Db, staff: StaffId) -> Result<Option<Principal>, StoreError> {
    if !store::is_active(db, staff).await? {
        return Ok(None);
    }
    let mut grants = store::grants(db, staff).await?;
    let mut actor = format!("staff:{staff}");
    if let Some((tenant, shown_to)) = store::invitation(db, staff).await? {
        grants.retain(|grant| grant.tenant == Some(tenant));
        if let Some(by) = shown_to {
            actor = format!("{actor}{VIA}{by}");
        }
    }
    Ok(Some(Principal { actor, holder: Holder::Staff, grants, home: None, scopes: None }))
}

/// How pages name an actor of the journal: a person by his or her name, everything else as it is.
pub async fn told(db: &Db, actor: &str) -> Result<String, StoreError> {
    let Some(id) = person_of(actor) else { return Ok(actor.to_owned()) };
    Ok(store::name_of(db, id).await?.unwrap_or_else(|| actor.to_owned()))
}

/// When a token issued at `now` for `days` ends.
fn ends(now: Timestamp, days: i64) -> Timestamp {
    now.plus_micros(days.saturating_mul(DAY))
}

/// The tenant column of the installation.
fn column(tenant: Option<TenantId>) -> i64 {
    tenant.map_or(0, |tenant| tenant.0)
}
