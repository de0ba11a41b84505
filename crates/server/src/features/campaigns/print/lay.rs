//! Laying a run: each letter is checked at the moment it is laid, as one that leaves by e-mail is, and gets the code that will
//! be printed on it, all in one transaction. When the last one is laid, every letter gets its page.

use lazo_domain::ids::{MemberId, RedemptionId};
use lazo_store::StoreError;

use super::super::recipients::{self, Recipient};
use super::super::send::{BATCH, Work};
use super::super::{draw, store as campaigns};
use super::{POST, store};
use crate::features::segments::address;
use crate::features::segments::facts::{self, Person};
use crate::features::{consents, vouchers};
use crate::jobs::{Fault, Step, Turn};

/// Lays a batch of letters; the campaign ends with the last one.
pub async fn step(work: &Work<'_>, turn: &Turn) -> Result<Step, Fault> {
    let (app, tenant, campaign) = (work.app, work.tenant(), &work.campaign);
    let waiting = recipients::waiting(&app.db, tenant.id, campaign.id, work.real, BATCH).await?;
    if waiting.is_empty() {
        if !recipients::any_waiting(&app.db, tenant.id, campaign.id).await? {
            store::number(&app.db, tenant.id, campaign.id).await?;
            campaigns::end(&app.db, tenant.id, campaign.id, work.now).await?;
        }
        return Ok(Step::default());
    }
    let ids: Vec<MemberId> = waiting.iter().map(|to| to.member).collect();
    let people = facts::these(app, tenant, &work.press.program, &ids, work.now).await?;
    let mut done = 0;
    for to in &waiting {
        if turn.stop.is_asked() {
            break;
        }
        let person = people.get(&to.member);
        done += u64::from(app.db.retry(|| one(work, to, person)).await?);
    }
    Ok(Step { done, more: true })
}

/// Lays one letter, if it may go at this moment; answers whether it does.
async fn one(work: &Work<'_>, to: &Recipient, person: Option<&Person>) -> Result<bool, StoreError> {
    let (app, tenant, campaign) = (work.app, work.tenant(), &work.campaign);
    let mut tx = app.db.begin().await?;
    if !store::hold_sending(&mut tx, tenant.id, campaign.id).await? {
        return Ok(false);
    }
    let taken = recipients::take(&mut tx, tenant.id, to, (work.real, work.real), work.now).await?;
    if taken.is_none() {
        return Ok(false);
    }
    let consent = (campaign.purpose.as_str(), POST);
    let given = consents::store::is_given(&mut tx, tenant.id, to.member, consent).await?;
    let home = &tenant.config.country;
    let address = person.and_then(|person| address::of(person, home));
    let reason = match (person, &address) {
        (None, _) => Some("gone"),
        (Some(person), _) if !person.active => Some("suspended"),
        _ if !given => Some("no_consent"),
        (_, None) => Some("no_address"),
        _ if draw::is_universal(&work.policy, to.member) => Some("universal"),
        (_, Some(address)) => {
            let hash = address.home();
            let full =
                recipients::contacts(&mut tx, tenant.id, to.member, to.campaign.0, work.week())
                    .await?
                    >= work.policy.max_per_week;
            if full {
                Some("cap")
            } else if store::came_back(&mut tx, tenant.id, to.member, &hash).await? {
                Some("came_back")
            } else if campaign.per_address
                && store::is_taken(&mut tx, tenant.id, campaign.id, &hash).await?
            {
                Some("same_address")
            } else {
                None
            }
        }
    };
    match (reason, address) {
        (None, Some(address)) => {
            let giver = (RedemptionId(campaign.id.0), to.member.0);
            let owner = (&*work.press.program, to.account);
            let voucher = vouchers::given(app, owner, &campaign.reward, giver, work.now);
            if let Some(voucher) = &voucher {
                let all = std::slice::from_ref(voucher);
                vouchers::store::insert_all(&mut tx, tenant.id, all).await?;
            }
            let code = voucher.as_ref().map(|voucher| voucher.code.as_str());
            store::lay(&mut tx, tenant.id, to, (&address, code), work.now).await?;
        }
        (reason, _) => {
            recipients::withhold(&mut tx, tenant.id, to, reason.unwrap_or("no_address")).await?;
        }
    }
    tx.commit().await?;
    Ok(reason.is_none())
}
