//! What the table `campaign_member` keeps of letters on paper.

use lazo_domain::ids::{CampaignId, MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

use super::super::recipients::Recipient;
use crate::features::segments::address::Address;

/// A letter of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// Its page, from 1.
    pub place: i64,
    /// To whom.
    pub member: MemberId,
    /// When it was laid: its code is good from then.
    pub laid_at: Timestamp,
    /// The variant.
    pub arm: String,
    /// The code on it; empty when there is none.
    pub code: String,
}

/// Does another letter of the campaign go to the same home?
pub async fn is_taken(
    tx: &mut Tx,
    tenant: TenantId,
    campaign: CampaignId,
    home: &[u8],
) -> Result<bool, StoreError> {
    let sql = "select 1 as one from campaign_member where tenant = $1 and address_hash = $3 and campaign = $2 limit 1";
    Ok(!tx.query(sql, params![tenant.0, campaign.0, home]).await?.is_empty())
}

/// Did a letter to this member at this home come back?
pub async fn came_back(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    home: &[u8],
) -> Result<bool, StoreError> {
    let sql = "select 1 as one from campaign_member where tenant = $1 and address_hash = $3 and member = $2
        and bounced_at is not null limit 1";
    Ok(!tx.query(sql, params![tenant.0, member.0, home]).await?.is_empty())
}

/// Is letters being laid for this campaign? If so, nobody stops it before the transaction ends.
pub async fn hold_sending(
    tx: &mut Tx,
    tenant: TenantId,
    campaign: CampaignId,
) -> Result<bool, StoreError> {
    let sql = "update campaign set state = state where tenant = $1 and campaign = $2 and state = 'sending'";
    Ok(tx.execute(sql, params![tenant.0, campaign.0]).await? == 1)
}

/// A letter is laid into the run.
pub async fn lay(
    tx: &mut Tx,
    tenant: TenantId,
    to: &Recipient,
    (address, code): (&Address, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update campaign_member set state = 'sent', reason = '', leased_until = 0, sent_at = $4, code = $5,
            sort = $6, address_hash = $7
        where tenant = $1 and campaign = $2 and member = $3";
    let row = params![
        tenant.0,
        to.campaign.0,
        to.member.0,
        now.0,
        code,
        address.sort(),
        address.home().as_slice()
    ];
    tx.execute(sql, row).await.map(drop)
}

/// Gives every letter its page, by country, postal code and street. Once given, a page stays, and of the address only what
/// tells the zone is kept.
pub async fn number(db: &Db, tenant: TenantId, campaign: CampaignId) -> Result<(), StoreError> {
    let sql = "with sorted as (select member, row_number() over (order by sort, member) as at from campaign_member
            where tenant = $1 and campaign = $2 and sort is not null)
        update campaign_member set place = sorted.at from sorted
        where campaign_member.tenant = $1 and campaign_member.campaign = $2
            and campaign_member.member = sorted.member and campaign_member.place is null";
    db.execute(sql, params![tenant.0, campaign.0]).await?;
    // A sort key begins with the country and the postal code: `ES 28013`.
    let sql = "update campaign_member set sort = substr(sort, 1, 5)
        where tenant = $1 and campaign = $2 and place is not null";
    db.execute(sql, params![tenant.0, campaign.0]).await.map(drop)
}

/// Nothing of a run that was stopped is kept but who was in it.
pub async fn unlay(tx: &mut Tx, tenant: TenantId, campaign: CampaignId) -> Result<(), StoreError> {
    let sql = "update campaign_member set sort = null, address_hash = null, state = 'withheld', reason = 'cancelled'
        where tenant = $1 and campaign = $2 and sort is not null";
    tx.execute(sql, params![tenant.0, campaign.0]).await.map(drop)
}

/// Forgets where letters went that were laid before `then` and did not come back.
pub async fn forget_old(db: &Db, then: Timestamp) -> Result<(), StoreError> {
    let sql = "update campaign_member set address_hash = null
        where address_hash is not null and bounced_at is null and sent_at < $1";
    db.execute(sql, params![then.0]).await.map(drop)
}

/// Members of whom it is known where a letter went, after `after`.
pub async fn known(
    db: &Db,
    after: (TenantId, MemberId),
    limit: i64,
) -> Result<Vec<(TenantId, MemberId)>, StoreError> {
    let sql = "select distinct tenant, member from campaign_member
        where address_hash is not null and (tenant, member) > ($1, $2) order by tenant, member limit $3";
    let rows = db.query(sql, params![after.0.0, after.1.0, limit]).await?;
    rows.iter()
        .map(|row| Ok((TenantId(row.int("tenant")?), MemberId(row.int("member")?))))
        .collect()
}

/// Forgets where letters to a member went.
pub async fn forget(db: &Db, tenant: TenantId, member: MemberId) -> Result<(), StoreError> {
    let sql = "update campaign_member set address_hash = null
        where tenant = $1 and member = $2 and address_hash is not null";
    db.execute(sql, params![tenant.0, member.0]).await.map(drop)
}

/// Letters of a run after a page, in order.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    campaign: CampaignId,
    after: i64,
    limit: i64,
) -> Result<Vec<Laid>, StoreError> {
    let sql = "select place, member, sent_at, arm, code from campaign_member
        where tenant = $1 and campaign = $2 and place > $3 order by place limit $4";
    let rows = db.query(sql, params![tenant.0, campaign.0, after, limit]).await?;
    let laid = |row: &lazo_store::Row| {
        Ok(Laid {
            place: row.int("place")?,
            member: MemberId(row.int("member")?),
            laid_at: Timestamp(row.int("sent_at")?),
            arm: row.text("arm")?.to_owned(),
            code: row.maybe_text("code")?.unwrap_or_default().to_owned(),
        })
    };
    rows.iter().map(laid).collect()
}

/// How many letters go where: the beginning of the postal code and the letters, in the order of the run.
pub async fn zones(
    db: &Db,
    tenant: TenantId,
    campaign: CampaignId,
) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "select sort as zone, count(*) as n from campaign_member
        where tenant = $1 and campaign = $2 and sort is not null group by sort order by 1";
    let rows = db.query(sql, params![tenant.0, campaign.0]).await?;
    rows.iter().map(|row| Ok((row.text("zone")?.to_owned(), row.int("n")?))).collect()
}

/// Whose letter has a code printed on it.
pub async fn by_code(
    db: &Db,
    tenant: TenantId,
    code: &str,
) -> Result<Option<(CampaignId, MemberId)>, StoreError> {
    let sql = "select campaign, member from campaign_member where tenant = $1 and code = $2";
    let row = db.query_one(sql, params![tenant.0, code]).await?;
    row.map(|row| Ok((CampaignId(row.int("campaign")?), MemberId(row.int("member")?)))).transpose()
}
