//! Leaving a list by the letter it came with: without signing in, for its reader alone, and for good until he or she
//! agrees again. Also what mail servers tell later: letters that came back, and complaints.

use lazo_domain::ids::{CampaignId, MemberId, TenantId};
use lazo_store::StoreError;
use serde_json::json;

use super::recipients::{self, After, Recipient};
use super::{Campaign, letter, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::consents::{self, Consent};
use crate::features::tenants;

/// Whose letter a token is of.
pub struct Found {
    /// Whose campaign.
    pub tenant: TenantId,
    /// The campaign.
    pub campaign: Campaign,
    /// The reader.
    pub to: Recipient,
}

/// The letter of a token.
pub async fn find(app: &App, token: &str) -> Result<Option<Found>, StoreError> {
    let found = recipients::by_token(&app.db, &letter::hash_of(token)).await?;
    let Some((tenant, to)) = found else { return Ok(None) };
    let campaign = store::by_id(&app.db, tenant, to.campaign).await?;
    Ok(campaign.map(|campaign| Found { tenant, campaign, to }))
}

/// Takes back the consent that a letter was sent by; a second time changes nothing. False for a token of no letter.
pub async fn leave(app: &App, token: &str) -> Result<bool, StoreError> {
    let Some(found) = find(app, token).await? else { return Ok(false) };
    app.db.retry(|| withdraw(app, &found, After::Left, "unsubscribed")).await?;
    Ok(true)
}

/// Notes that a letter came back, or that its reader complained, which takes the consent back. False where there is no
/// such letter.
pub async fn told(
    app: &App,
    tenant: TenantId,
    (campaign, member): (CampaignId, MemberId),
    after: After,
) -> Result<bool, StoreError> {
    let Some(to) = recipients::by_member(&app.db, tenant, campaign, member).await? else {
        return Ok(false);
    };
    let Some(campaign) = store::by_id(&app.db, tenant, campaign).await? else { return Ok(false) };
    if to.sent_at.is_none() {
        return Ok(false);
    }
    let found = Found { tenant, campaign, to };
    if after == After::Complained {
        app.db.retry(|| withdraw(app, &found, after, "complained")).await?;
        return Ok(true);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    recipients::note(&mut tx, tenant, (found.campaign.id, member), after, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn withdraw(app: &App, found: &Found, after: After, reason: &str) -> Result<(), StoreError> {
    let Found { tenant, campaign, to } = found;
    let real = app.clock.now();
    let Some(owner) = tenants::store::by_id(&app.db, *tenant).await? else { return Ok(()) };
    let now = owner.now(real);
    let locale = owner.config.locale();
    let actor = format!("member:{}", to.member);
    let mut tx = app.db.begin().await?;
    recipients::note(&mut tx, *tenant, (campaign.id, to.member), after, now).await?;
    let name = (campaign.purpose.as_str(), campaign.channel.as_str());
    if consents::store::is_given(&mut tx, *tenant, to.member, name).await? {
        let consent = Consent {
            tenant: *tenant,
            member: to.member,
            purpose: campaign.purpose.clone(),
            channel: campaign.channel.clone(),
            given: false,
            text_hash: consents::text_hash(locale, &campaign.purpose),
            locale: locale.tag().to_owned(),
            at: now,
            actor: actor.clone(),
        };
        consents::store::set(&mut tx, &consent, app.ids.next()).await?;
        let changed = format!("{}/{}=false", campaign.purpose, campaign.channel);
        let deed = Deed {
            tenant: *tenant,
            at: real,
            actor: &actor,
            action: "consents.changed",
            object: to.member.to_string(),
            reason,
            detail: json!({ "changed": [changed], "campaign": campaign.id }),
        };
        audit::record(&mut tx, &deed).await?;
    }
    tx.commit().await
}
