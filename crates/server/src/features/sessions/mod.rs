//! Sessions: who is signed in with which browser; members by one-time codes, staff by password and second factor, and
//! links that open once.

pub mod codes;
pub mod console;
pub mod links;
pub mod own;
pub mod passkeys;
pub mod passwords;
pub mod portal;
pub mod prove;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{AccountId, MemberId, StaffId, TenantId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::{Db, StoreError};

use crate::App;
use crate::features::members::{self, MemberStatus};
use crate::features::staff;
use crate::http::{Holder, Principal};
use crate::secrets::{Secret, hash_of};
use crate::web::Session;
use crate::web::session::SECRET;

/// What a session's cookie begins with.
const PREFIX: &str = "lzb_";
/// How long a member stays signed in without coming back, in days.
const MEMBER_DAYS: i64 = 90;
/// How long staff stays signed in, in microseconds.
const STAFF_MICROS: i64 = 12 * 3_600 * 1_000_000;
/// A session's last visit is noted once in so much time, so that reading pages seldom writes.
const NOTED_EVERY: i64 = 3_600 * 1_000_000;

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A member's.
    Member {
        /// Of which tenant.
        tenant: TenantId,
        /// Who.
        member: MemberId,
        /// The member's account.
        account: AccountId,
    },
    /// Of a person of the staff.
    Staff(StaffId),
}

/// A session as its owner sees it in the list of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its number.
    pub id: i64,
    /// Words such as `Firefox, Android`.
    pub device: String,
    /// When it was last used; an hour may be missing.
    pub seen_at: Timestamp,
    /// The hash of its cookie.
    pub hash: Vec<u8>,
}

/// Begins a session; answers the cookie's value and how long it lasts, in seconds.
pub async fn begin(
    app: &App,
    whose: Whose,
    device: &str,
    now: Timestamp,
) -> Result<(Secret, i64), StoreError> {
    let cookie = Secret::draw(PREFIX, app.entropy.as_ref());
    let mut secret = [0; SECRET];
    app.entropy.fill(&mut secret);
    let lasts = match whose {
        Whose::Member { .. } => MEMBER_DAYS * DAY,
        Whose::Staff(_) => STAFF_MICROS,
    };
    let new = store::New {
        hash: &cookie.hash,
        id: app.ids.next(),
        whose,
        secret: &secret,
        device,
        now,
        expires_at: now.plus_micros(lasts),
    };
    store::insert(&app.db, &new).await?;
    Ok((cookie, lasts / 1_000_000))
}

/// The session of a cookie: nobody's when it is unknown, over, or its owner is gone.
pub async fn find(db: &Db, token: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
    if !token.starts_with(PREFIX) || token.len() > 200 {
        return Ok(None);
    }
    let hash = hash_of(token);
    let Some(found) = store::find(db, &hash, now).await? else { return Ok(None) };
    if now.0.saturating_sub(found.seen_at.0) > NOTED_EVERY {
        store::seen(db, &hash, now).await?;
    }
    let principal = match found.whose {
        Whose::Member { tenant, member, account } => {
            let person = members::store::by_id(db, tenant, member).await?;
            let there = person.filter(|person| person.status != MemberStatus::Erased);
            there.map(|_| Principal {
                actor: format!("member:{member}"),
                holder: Holder::Member { member, account },
                grants: Vec::new(),
                home: Some(tenant),
                scopes: None,
            })
        }
        Whose::Staff(id) => staff::principal(db, id).await?,
    };
    let session =
        |principal| Session { principal, secret: found.secret, proven_at: found.proven_at };
    Ok(principal.map(session))
}

/// Who of the staff it is; members and keys are nobody of the staff.
#[must_use]
pub fn staff_of(principal: &Principal) -> Option<StaffId> {
    staff::person_of(&principal.actor)
}

/// Ends the session of a cookie.
pub async fn end(db: &Db, token: &str) -> Result<(), StoreError> {
    store::end(db, &hash_of(token)).await
}

/// What a browser calls itself, in a few words: its name and its machine's.
#[must_use]
pub fn device(agent: &str) -> String {
    let named = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    let browser = named(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let machine = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    [browser, machine].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
