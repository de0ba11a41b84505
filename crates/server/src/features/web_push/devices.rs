//! A browser that a member lets tell him or her something: checked, kept with the consent, and ended.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::ids::{BrandId, PushDeviceId};
use serde_json::json;

use super::encryption::{AUTH, POINT, agree};
use super::{CONSENT, Device, MAX_DEVICES, find, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::consents::api::{ConsentBody, decide};
use crate::features::members::Member;
use crate::features::webhook_endpoints::guard::Target;
use crate::http::{Problem, Scope};
use crate::secrets::hash_of;

/// What a browser says of itself, as it says it.
pub struct Offered<'a> {
    /// Where its maker takes notices.
    pub endpoint: &'a str,
    /// Its public key, in base64 for addresses.
    pub p256dh: &'a str,
    /// What only it and we know, in base64 for addresses.
    pub auth: &'a str,
    /// Words like `Chrome, Android`.
    pub name: String,
}

/// Keeps a browser, with the consent that goes with it. What can be had already when it comes is no news to it.
pub async fn add(
    scope: &Scope<App>,
    member: &Member,
    brand: BrandId,
    offered: &Offered<'_>,
) -> Result<PushDeviceId, Problem> {
    let app = &scope.app;
    let refused = |field: &str, why: String| Err(Problem::field(field, "invalid", why));
    let target = match Target::parse(offered.endpoint, app.webhooks.policy()) {
        Ok(target) => target,
        Err(why) => return refused("/endpoint", why.to_string()),
    };
    if let Err(why) = app.webhooks.check(&target).await {
        return refused("/endpoint", why.to_string());
    }
    let octets =
        |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default();
    let (public_key, auth) = (octets(offered.p256dh), octets(offered.auth));
    // A first agreement tells whether it is a point of the curve at all.
    if public_key.len() != POINT || agree(&public_key).is_err() {
        return refused("/p256dh", "is no public key of a browser".to_owned());
    }
    if auth.len() != AUTH {
        return refused("/auth", "is no secret of a browser".to_owned());
    }
    let endpoint = target.url().to_string();
    let endpoint_hash = hash_of(&endpoint);
    let there = store::devices(&app.db, scope.tenant, member.id).await?;
    let others = there.iter().filter(|device| device.endpoint_hash != endpoint_hash).count();
    if others >= MAX_DEVICES {
        return Err(Problem::new(422, "push_devices_full").with("most", MAX_DEVICES.to_string()));
    }
    let new = Device {
        id: PushDeviceId(app.ids.next()),
        tenant: scope.tenant,
        member: member.id,
        account: member.account,
        brand,
        endpoint,
        endpoint_hash,
        public_key,
        auth,
        name: offered.name.clone(),
        created_at: scope.caller.real_now,
    };
    give(scope, member, true).await?;
    let known = find::news(app, &new).await?.map(|news| news.notices).unwrap_or_default();
    let (silent, told): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|notice| notice.kind == super::Kind::Reward);
    let now = scope.caller.real_now;
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx, &new).await?;
    store::notice(&mut tx, new.id, &silent, None, now).await?;
    store::notice(&mut tx, new.id, &told, Some(now), now).await?;
    let detail = json!({ "member": member.id, "name": new.name });
    audit::record(&mut tx, &Deed::of(scope, "push_device.added", new.id, detail)).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Ends a browser of the member; with the last one the consent ends, too. False when it is none of the member's.
pub async fn end(scope: &Scope<App>, member: &Member, id: PushDeviceId) -> Result<bool, Problem> {
    let app = &scope.app;
    let there = store::devices(&app.db, scope.tenant, member.id).await?;
    if !there.iter().any(|device| device.id == id) {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    store::remove(&mut tx, id).await?;
    let detail = json!({ "member": member.id });
    audit::record(&mut tx, &Deed::of(scope, "push_device.ended", id, detail)).await?;
    tx.commit().await?;
    if there.len() == 1 {
        give(scope, member, false).await?;
    }
    Ok(true)
}

async fn give(scope: &Scope<App>, member: &Member, given: bool) -> Result<(), Problem> {
    let (purpose, channel) = (CONSENT.0.to_owned(), CONSENT.1.to_owned());
    decide(scope, member, &[ConsentBody { purpose, channel, given }]).await
}
