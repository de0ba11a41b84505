//! The table `campaign_member`: everybody a campaign reaches or leaves alone, once, and how far each letter has come.

use lazo_domain::ids::{AccountId, CampaignId, MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

const COLUMNS: &str =
    "campaign, member, account, arm, state, reason, drawn_at, leased_until, attempts, handed_at,
    sent_at, bounced_at, complained_at, unsubscribed_at, place, code";

/// Somebody whom a campaign is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Who.
    pub member: MemberId,
    /// The account.
    pub account: AccountId,
    /// `holdout`, `universal`, or the variant's name.
    pub arm: String,
    /// `ready`, `handing`, `sent`, `bounced` or `withheld`; `kept` for who is left alone.
    pub state: String,
    /// Why a letter bounced or was withheld; empty otherwise.
    pub reason: String,
    /// When the group was drawn.
    pub drawn_at: Timestamp,
    /// Until then somebody hands the letter over, or waits before it is tried again.
    pub leased_until: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was handed over last, or tried to be.
    pub handed_at: Option<Timestamp>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When it came back.
    pub bounced_at: Option<Timestamp>,
    /// When its reader complained.
    pub complained_at: Option<Timestamp>,
    /// When its reader left the list by it.
    pub unsubscribed_at: Option<Timestamp>,
    /// On paper: its page in the run.
    pub place: Option<i64>,
    /// On paper: the code on it.
    pub code: Option<String>,
}

/// Somebody who was drawn.
pub struct Drawn {
    /// Who.
    pub member: MemberId,
    /// The account.
    pub account: AccountId,
    /// The group.
    pub arm: String,
    /// `ready`, or `kept` for who is left alone.
    pub state: &'static str,
    /// The hash of the letter's token.
    pub token_hash: Vec<u8>,
}

/// Adds those who were drawn; who is there already stays as he or she is.
pub fn add(tenant: TenantId, campaign: CampaignId, all: &[Drawn], now: Timestamp) -> Statement {
    let set = Columns::of(all)
        .int(|d| d.member.0)
        .int(|d| d.account.0)
        .text(|d| d.arm.clone())
        .text(|d| d.state.to_owned())
        .bytes(|d| d.token_hash.clone())
        .done();
    let sql = "insert into campaign_member (tenant, campaign, member, account, arm, state, reason, drawn_at,
            leased_until, attempts, token_hash)
        select $6, $7, column1, column2, column3, column4, '', $8, 0, 0, column5 from {rows} where true
        on conflict (tenant, campaign, member) do nothing";
    Statement::over(sql, set, params![tenant.0, campaign.0, now.0])
}

/// Those whose letters wait at `real`, also of hands that died, the longest waiting first.
pub async fn waiting(
    db: &Db,
    tenant: TenantId,
    campaign: CampaignId,
    real: Timestamp,
    limit: i64,
) -> Result<Vec<Recipient>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from campaign_member where tenant = $1 and campaign = $2 and state in ('ready', 'handing')
            and leased_until <= $3 order by leased_until, member limit $4"
    );
    let rows = db.query(&sql, params![tenant.0, campaign.0, real.0, limit]).await?;
    rows.iter().map(recipient).collect()
}

/// Does any letter of a campaign wait, now or later?
pub async fn any_waiting(
    db: &Db,
    tenant: TenantId,
    campaign: CampaignId,
) -> Result<bool, StoreError> {
    let sql = "select 1 as one from campaign_member where tenant = $1 and campaign = $2
        and state in ('ready', 'handing') limit 1";
    Ok(db.query_one(sql, params![tenant.0, campaign.0]).await?.is_some())
}

/// Takes a letter in hand until `until`; answers which attempt it is, or nothing when somebody else has it.
pub async fn take(
    tx: &mut Tx,
    tenant: TenantId,
    to: &Recipient,
    (real, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let sql = "update campaign_member set state = 'handing', leased_until = $5, attempts = attempts + 1, handed_at = $6
        where tenant = $1 and campaign = $2 and member = $3 and state in ('ready', 'handing') and leased_until <= $4
        returning attempts";
    let key = params![tenant.0, to.campaign.0, to.member.0, real.0, until.0, now.0];
    let rows = tx.query(sql, key).await?;
    rows.first().map(|row| row.int("attempts")).transpose()
}

/// How many letters reached a member after `since`, or are about to, besides those of `own`, a campaign or a single letter.
/// What only tells of the membership is no contact.
pub async fn contacts(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    own: i64,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let sql = "select (select count(*) from campaign_member where tenant = $1 and member = $2 and campaign <> $3
            and handed_at is not null and handed_at > $4 and state in ('handing', 'sent', 'bounced'))
        + (select count(*) from single_letter where tenant = $1 and member = $2 and letter <> $3 and service = 0
            and handed_at is not null and handed_at > $4 and state in ('handing', 'sent', 'bounced')) as n";
    let rows = tx.query(sql, params![tenant.0, member.0, own, since.0]).await?;
    rows.first().map_or(Ok(0), |row| row.int("n"))
}

/// A letter does not leave.
pub async fn withhold(
    tx: &mut Tx,
    tenant: TenantId,
    to: &Recipient,
    reason: &str,
) -> Result<(), StoreError> {
    let sql = "update campaign_member set state = 'withheld', reason = $4, leased_until = 0, handed_at = null
        where tenant = $1 and campaign = $2 and member = $3";
    tx.execute(sql, params![tenant.0, to.campaign.0, to.member.0, reason]).await.map(drop)
}

/// What became of a letter in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The server took it.
    Sent,
    /// It never will.
    Refused(String),
    /// It is tried again at this instant of the real clock.
    Later(Timestamp),
}

impl Handed {
    /// The letter's state, why, and until when it is left alone.
    #[must_use]
    pub fn told(&self) -> (&'static str, &str, i64) {
        match self {
            Self::Sent => ("sent", "", 0),
            Self::Refused(code) => ("bounced", code, 0),
            Self::Later(at) => ("ready", "", at.0),
        }
    }
}

/// Notes what became of a letter that was in hand as `attempt`; who lost it to another changes nothing.
pub async fn handed(
    db: &Db,
    tenant: TenantId,
    to: &Recipient,
    attempt: i64,
    what: &Handed,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (state, reason, until) = what.told();
    let sql = "update campaign_member set state = $5, reason = $6, leased_until = $7,
            sent_at = case when $5 = 'sent' then $8 else sent_at end,
            bounced_at = case when $5 = 'bounced' then $8 else bounced_at end
        where tenant = $1 and campaign = $2 and member = $3 and attempts = $4 and state = 'handing'";
    let key = params![tenant.0, to.campaign.0, to.member.0, attempt, state, reason, until, now.0];
    Ok(db.execute(sql, key).await? == 1)
}

/// What happened to a letter after it was taken: it came back, or its reader complained or left the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It came back.
    Bounced,
    /// Its reader complained.
    Complained,
    /// Its reader left the list by it.
    Left,
}

/// Notes what happened to a letter; the first time counts.
pub async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    (campaign, member): (CampaignId, MemberId),
    after: After,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = match after {
        After::Bounced => {
            "update campaign_member set bounced_at = $4, state = 'bounced', reason = 'returned'
            where tenant = $1 and campaign = $2 and member = $3 and bounced_at is null"
        }
        After::Complained => {
            "update campaign_member set complained_at = $4
            where tenant = $1 and campaign = $2 and member = $3 and complained_at is null"
        }
        After::Left => {
            "update campaign_member set unsubscribed_at = $4
            where tenant = $1 and campaign = $2 and member = $3 and unsubscribed_at is null"
        }
    };
    Ok(tx.execute(sql, params![tenant.0, campaign.0, member.0, now.0]).await? == 1)
}

/// Whose letter has a token.
pub async fn by_token(
    db: &Db,
    token_hash: &[u8],
) -> Result<Option<(TenantId, Recipient)>, StoreError> {
    let sql = format!("select tenant, {COLUMNS} from campaign_member where token_hash = $1");
    let row = db.query_one(&sql, params![token_hash]).await?;
    row.map(|row| Ok((TenantId(row.int("tenant")?), recipient(&row)?))).transpose()
}

/// One of a campaign's people.
pub async fn by_member(
    db: &Db,
    tenant: TenantId,
    campaign: CampaignId,
    member: MemberId,
) -> Result<Option<Recipient>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from campaign_member where tenant = $1 and campaign = $2 and member = $3"
    );
    let row = db.query_one(&sql, params![tenant.0, campaign.0, member.0]).await?;
    row.as_ref().map(recipient).transpose()
}

/// A campaign's people after `after`, of one group or one state where they are named.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    campaign: CampaignId,
    (arm, state): (Option<&str>, Option<&str>),
    after: MemberId,
    limit: i64,
) -> Result<Vec<Recipient>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from campaign_member where tenant = $1 and campaign = $2 and member > $3
            and ($4 = '' or arm = $4 or $4 = 'treated' and arm not in ('holdout', 'universal'))
            and ($5 = '' or state = $5 or $5 = 'unsubscribed' and unsubscribed_at is not null
                or $5 = 'complained' and complained_at is not null) order by member limit $6"
    );
    let key = params![
        tenant.0,
        campaign.0,
        after.0,
        arm.unwrap_or_default(),
        state.unwrap_or_default(),
        limit
    ];
    db.query(&sql, key).await?.iter().map(recipient).collect()
}

fn recipient(row: &Row) -> Result<Recipient, StoreError> {
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    Ok(Recipient {
        campaign: CampaignId(row.int("campaign")?),
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
        arm: row.text("arm")?.to_owned(),
        state: row.text("state")?.to_owned(),
        reason: row.text("reason")?.to_owned(),
        drawn_at: Timestamp(row.int("drawn_at")?),
        leased_until: Timestamp(row.int("leased_until")?),
        attempts: row.int("attempts")?,
        handed_at: instant("handed_at")?,
        sent_at: instant("sent_at")?,
        bounced_at: instant("bounced_at")?,
        complained_at: instant("complained_at")?,
        unsubscribed_at: instant("unsubscribed_at")?,
        place: row.maybe_int("place")?,
        code: row.maybe_text("code")?.map(str::to_owned),
    })
}
