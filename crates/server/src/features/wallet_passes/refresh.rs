//! A pass made and kept as it should be: what it says is put together, and when that changed it gets a new tag.

use lazo_domain::ids::{AccountId, BrandId, MemberId, WalletPassId};
use lazo_domain::time::{SECOND, Timestamp};
use serde_json::json;

use super::content::{self, Content, Owner};
use super::{Pass, SECRET, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Problem, Scope};

/// The member's pass of a brand, made when there is none, with what it says now.
pub async fn own(
    scope: &Scope<App>,
    whose: (MemberId, AccountId),
    brand: BrandId,
) -> Result<(Pass, Content), Problem> {
    let (db, key) = (&scope.app.db, (scope.tenant, whose.0));
    let found = match store::of_brand(db, key, brand).await? {
        Some(found) => found,
        None => {
            make(scope, whose, brand).await?;
            let made = store::of_brand(db, key, brand).await?;
            made.ok_or_else(|| Problem::not_found("wallet_pass_not_found"))?
        }
    };
    let fresh = fresh(&scope.app, &found).await?;
    fresh.ok_or_else(|| Problem::not_found("wallet_pass_not_found"))
}

/// Makes a pass; of two requests that come at once one makes it.
async fn make(
    scope: &Scope<App>,
    (member, account): (MemberId, AccountId),
    brand: BrandId,
) -> Result<(), Problem> {
    let (app, now) = (&scope.app, scope.caller.real_now);
    let mut secret = vec![0; SECRET];
    app.entropy.fill(&mut secret);
    let new = Pass {
        id: WalletPassId(app.ids.next()),
        tenant: scope.tenant,
        member,
        account,
        brand,
        secret,
        account_version: 0,
        config_version: 0,
        content_hash: Vec::new(),
        voided: false,
        tag: app.ids.next(),
        // What it says first is its first change.
        changed_at: whole_second(now).plus_micros(-SECOND),
        checked_at: now,
        in_use: false,
        google_since: None,
        google_told: 0,
        google_tries: 0,
        created_at: now,
    };
    let mut tx = app.db.begin().await?;
    if store::insert(&mut tx, &new).await? {
        let detail = json!({ "member": member, "brand": brand });
        audit::record(&mut tx, &Deed::of(scope, "wallet_pass.made", new.id, detail)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The pass with what it says now, and with a new tag when that is something else than before. Nothing when its brand has
/// no portal any more.
pub async fn fresh(app: &App, pass: &Pass) -> Result<Option<(Pass, Content)>, Problem> {
    let Some(owner) = content::owner(app, pass).await? else { return Ok(None) };
    of_owner(app, pass, &owner).await.map(Some)
}

/// The same for an owner who was read before.
pub async fn of_owner(app: &App, pass: &Pass, owner: &Owner) -> Result<(Pass, Content), Problem> {
    let now = app.clock.now();
    let (content, account_version) = content::of(app, owner).await?;
    let config_version = owner.tenant.config_version;
    let hash = content.hash();
    let is_new = hash != pass.content_hash;
    let versions = (pass.account_version, pass.config_version);
    if !is_new && versions == (account_version, config_version) {
        return Ok((pass.clone(), content));
    }
    let mut next = Pass { account_version, config_version, checked_at: now, ..pass.clone() };
    if is_new {
        next.content_hash = hash;
        next.voided = content.voided;
        next.tag = app.ids.next().max(pass.tag + 1);
        next.changed_at = whole_second(now).max(pass.changed_at.plus_micros(SECOND));
    }
    if store::changed(&app.db, &next, pass.tag).await? {
        return Ok((next, content));
    }
    // Somebody else wrote what is so by now; its tag stands.
    let read = store::by_id(&app.db, pass.id).await?;
    Ok((read.ok_or_else(|| Problem::not_found("wallet_pass_not_found"))?, content))
}

/// HTTP's dates know no parts of seconds.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp(at.0.div_euclid(SECOND) * SECOND)
}
