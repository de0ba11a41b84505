//! First steps: the one-time token with which the first administrator of an installation comes in.

use lazo_domain::ids::StaffId;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, IdGenerator, StoreError};

use super::{TOKEN_DAYS, TOKEN_PREFIX, ends, store};
use crate::features::audit::{self, Deed, INSTALLATION};
use crate::http::{Grant, Role};
use crate::secrets::{Entropy, Secret, hash_of};

/// What a one-time token begins with.
const SETUP_PREFIX: &str = "lzo_";

/// Draws the one-time token of an installation that has no people yet; `None` when it has.
pub async fn offer(
    db: &Db,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<Option<Secret>, StoreError> {
    if store::any(db).await? {
        return Ok(None);
    }
    let secret = Secret::draw(SETUP_PREFIX, entropy);
    let mut tx = db.begin().await?;
    store::put_setup_token(&mut tx, &secret.hash, now).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Makes the first administrator and his or her token, if `setup_token` is the one that was offered.
pub async fn redeem(
    db: &Db,
    ids: &IdGenerator,
    entropy: &dyn Entropy,
    setup_token: &str,
    person: (&str, &str),
    now: Timestamp,
) -> Result<Option<(StaffId, Secret)>, StoreError> {
    let mut tx = db.begin().await?;
    if !store::take_setup_token(&mut tx, &hash_of(setup_token)).await? {
        return Ok(None);
    }
    let (login, name) = person;
    let staff = store::ensure(&mut tx, StaffId(ids.next()), login, name, now).await?;
    let actor = format!("staff:{staff}");
    let grant = Grant { tenant: None, role: Role::Platform };
    store::grant(&mut tx, staff, grant, &actor, now).await?;
    let secret = Secret::draw(TOKEN_PREFIX, entropy);
    let held = store::Held { staff, tenant: None, issued_by: None };
    store::add_token(&mut tx, &secret.hash, &held, now, ends(now, TOKEN_DAYS)).await?;
    let deed = Deed {
        tenant: INSTALLATION,
        at: now,
        actor: &actor,
        action: "installation.set_up",
        object: staff.to_string(),
        reason: "first administrator",
        detail: serde_json::json!({}),
    };
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(Some((staff, secret)))
}
