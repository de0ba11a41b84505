//! Leaving a list by the letter it came with: without signing in, for its reader alone, and for good until he or she
//! agrees again. Also what mail servers tell later: letters that came back, and complaints.

use lazo_domain::ids::{CampaignId, LetterId, MemberId, ProgramId, TenantId};
use lazo_store::StoreError;
use serde_json::{Value, json};

use super::recipients::{self, After};
use super::{EMAIL, letter, single, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::consents::{self, Consent};
use crate::features::tenants;

/// Whose letter a token or a name is of.
pub struct Found {
    /// Whose letter.
    pub tenant: TenantId,
    /// The reader.
    pub member: MemberId,
    /// Of which program.
    pub program: ProgramId,
    /// The purpose whose consent it was sent by.
    pub purpose: String,
    /// How it went.
    pub channel: String,
    /// The letter.
    pub which: Which,
    /// Did it leave?
    sent: bool,
}

/// A letter among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// A campaign's letter to the reader.
    Campaign(CampaignId),
    /// One by itself.
    Single(LetterId),
}

/// The letter of a token.
pub async fn find(app: &App, token: &str) -> Result<Option<Found>, StoreError> {
    let hash = letter::hash_of(token);
    if let Some((tenant, to)) = recipients::by_token(&app.db, &hash).await? {
        return of_campaign(app, tenant, (to.campaign, to.member)).await;
    }
    let found = single::store::by_token(&app.db, &hash).await?;
    Ok(found.map(|(tenant, found)| by_itself(tenant, found)))
}

/// Takes back the consent that a letter was sent by; a second time changes nothing. False for a token of no letter.
pub async fn leave(app: &App, token: &str) -> Result<bool, StoreError> {
    let Some(found) = find(app, token).await? else { return Ok(false) };
    app.db.retry(|| withdraw(app, &found, After::Left, "unsubscribed")).await?;
    Ok(true)
}

/// Notes that a campaign's letter came back, or that its reader complained, which takes the consent back. False where
/// there is no such letter.
pub async fn told(
    app: &App,
    tenant: TenantId,
    named: (CampaignId, MemberId),
    after: After,
) -> Result<bool, StoreError> {
    tell(app, of_campaign(app, tenant, named).await?, after).await
}

/// The same of a letter by itself.
pub async fn told_of_single(
    app: &App,
    tenant: TenantId,
    letter: LetterId,
    after: After,
) -> Result<bool, StoreError> {
    let found = single::store::by_name(&app.db, tenant, letter).await?;
    tell(app, found.map(|found| by_itself(tenant, found)), after).await
}

async fn of_campaign(
    app: &App,
    tenant: TenantId,
    (campaign, member): (CampaignId, MemberId),
) -> Result<Option<Found>, StoreError> {
    let to = recipients::by_member(&app.db, tenant, campaign, member).await?;
    let campaign = store::by_id(&app.db, tenant, campaign).await?;
    Ok(to.zip(campaign).map(|(to, campaign)| Found {
        tenant,
        member,
        program: campaign.program,
        purpose: campaign.purpose,
        channel: campaign.channel,
        which: Which::Campaign(campaign.id),
        sent: to.sent_at.is_some(),
    }))
}

fn by_itself(tenant: TenantId, found: single::store::Found) -> Found {
    Found {
        tenant,
        member: found.member,
        program: found.program,
        purpose: found.purpose,
        channel: EMAIL.to_owned(),
        which: Which::Single(found.letter),
        sent: found.sent,
    }
}

async fn tell(app: &App, found: Option<Found>, after: After) -> Result<bool, StoreError> {
    let Some(found) = found.filter(|found| found.sent) else { return Ok(false) };
    if after == After::Complained {
        app.db.retry(|| withdraw(app, &found, after, "complained")).await?;
        return Ok(true);
    }
    let mut tx = app.db.begin().await?;
    found.note(&mut tx, after, app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

impl Found {
    async fn note(
        &self,
        tx: &mut lazo_store::Tx,
        after: After,
        now: lazo_domain::time::Timestamp,
    ) -> Result<bool, StoreError> {
        match self.which {
            Which::Campaign(id) => {
                recipients::note(tx, self.tenant, (id, self.member), after, now).await
            }
            Which::Single(id) => single::store::note(tx, self.tenant, id, after, now).await,
        }
    }

    fn named(&self) -> (&'static str, Value) {
        match self.which {
            Which::Campaign(id) => ("campaign", json!(id)),
            Which::Single(id) => ("letter", json!(id)),
        }
    }
}

/// Takes the consent back. Where it was never given, as with a letter that only tells of the membership, the refusal is kept.
async fn withdraw(app: &App, found: &Found, after: After, reason: &str) -> Result<(), StoreError> {
    let real = app.clock.now();
    let Some(owner) = tenants::store::by_id(&app.db, found.tenant).await? else { return Ok(()) };
    let now = owner.now(real);
    let locale = owner.config.locale();
    let actor = format!("member:{}", found.member);
    let mut tx = app.db.begin().await?;
    found.note(&mut tx, after, now).await?;
    let name = (found.purpose.as_str(), found.channel.as_str());
    let decided = consents::store::decided(&mut tx, found.tenant, found.member, name).await?;
    if decided != Some(false) {
        let consent = Consent {
            tenant: found.tenant,
            member: found.member,
            purpose: found.purpose.clone(),
            channel: found.channel.clone(),
            given: false,
            text_hash: consents::text_hash(locale, &found.purpose),
            locale: locale.tag().to_owned(),
            at: now,
            actor: actor.clone(),
        };
        consents::store::set(&mut tx, &consent, app.ids.next()).await?;
        let changed = format!("{}/{}=false", found.purpose, found.channel);
        let (kind, id) = found.named();
        let deed = Deed {
            tenant: found.tenant,
            at: real,
            actor: &actor,
            action: "consents.changed",
            object: found.member.to_string(),
            reason,
            detail: json!({ "changed": [changed], kind: id }),
        };
        audit::record(&mut tx, &deed).await?;
    }
    tx.commit().await
}
