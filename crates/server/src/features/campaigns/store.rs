//! The tables `campaign` and `campaign_word`.

use lazo_domain::ids::{CampaignId, MemberId, ProgramId, SegmentId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::Campaign;

const COLUMNS: &str = "campaign, program, segment, condition, name, purpose, channel, reward, per_address,
    state, content, holdout, window_days, seed, secret, author, authors, created_at, changed_at, submitted_at, approved_by, approved_at, send_at,
    started_at, drawn_to, drawn_at, ended_at, revision";

/// Something said about a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Who said it.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// `approved` or `sent_back`, where it decided something.
    pub verdict: Option<String>,
    /// What.
    pub body: String,
}

/// One campaign.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    let sql = format!("select {COLUMNS} from campaign where tenant = $1 and campaign = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(campaign).transpose()
}

/// A tenant's campaigns before `before`, the newest first.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<Campaign>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from campaign where tenant = $1 and campaign < $2 order by campaign desc limit $3"
    );
    db.query(&sql, params![tenant.0, before, limit]).await?.iter().map(campaign).collect()
}

/// The campaigns of an audience.
pub async fn of_segment(
    db: &Db,
    tenant: TenantId,
    segment: SegmentId,
) -> Result<Vec<Campaign>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from campaign where tenant = $1 and segment = $2 order by campaign desc limit 100"
    );
    db.query(&sql, params![tenant.0, segment.0]).await?.iter().map(campaign).collect()
}

/// Campaigns of all tenants that have an hour and are not over, those that come first.
pub async fn under_way(db: &Db, limit: i64) -> Result<Vec<(TenantId, Campaign)>, StoreError> {
    let sql = format!(
        "select tenant, {COLUMNS} from campaign where state in ('scheduled', 'sending')
        order by send_at, campaign limit $1"
    );
    let rows = db.query(&sql, params![limit]).await?;
    rows.iter().map(|row| Ok((TenantId(row.int("tenant")?), campaign(row)?))).collect()
}

/// Adds a campaign.
pub async fn insert(tx: &mut Tx, tenant: TenantId, new: &Campaign) -> Result<(), StoreError> {
    let sql = "insert into campaign (tenant, campaign, program, segment, condition, name, purpose, channel, state,
            content, holdout, window_days, seed, secret, author, authors, created_at, changed_at, drawn_to, reward,
            per_address, revision)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)";
    let row = params![
        tenant.0,
        new.id.0,
        new.program.0,
        new.segment.0,
        &new.condition,
        &new.name,
        &new.purpose,
        &new.channel,
        &new.state,
        json(&new.content)?,
        new.holdout,
        new.window_days,
        new.seed,
        new.secret.as_slice(),
        &new.author,
        json(&new.authors)?,
        new.created_at.0,
        new.changed_at.0,
        new.drawn_to,
        &new.reward,
        i64::from(new.per_address)
    ];
    tx.execute(sql, row).await.map(drop)
}

/// Keeps what people changed of a campaign; answers whether it was still as it had been read.
pub async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    campaign: &Campaign,
) -> Result<bool, StoreError> {
    let sql = "update campaign set program = $4, segment = $5, condition = $6, name = $7, purpose = $8, state = $9,
            content = $10, holdout = $11, window_days = $12, authors = $13, changed_at = $14, submitted_at = $15,
            approved_by = $16, approved_at = $17, send_at = $18, ended_at = $19, channel = $20,
            reward = $21, per_address = $22, revision = revision + 1
        where tenant = $1 and campaign = $2 and revision = $3";
    let row = params![
        tenant.0,
        campaign.id.0,
        campaign.revision,
        campaign.program.0,
        campaign.segment.0,
        &campaign.condition,
        &campaign.name,
        &campaign.purpose,
        &campaign.state,
        json(&campaign.content)?,
        campaign.holdout,
        campaign.window_days,
        json(&campaign.authors)?,
        campaign.changed_at.0,
        campaign.submitted_at.map(|at| at.0),
        campaign.approved_by.clone(),
        campaign.approved_at.map(|at| at.0),
        campaign.send_at.map(|at| at.0),
        campaign.ended_at.map(|at| at.0),
        &campaign.channel,
        &campaign.reward,
        i64::from(campaign.per_address)
    ];
    Ok(tx.execute(sql, row).await? == 1)
}

/// A scheduled campaign begins; false when somebody else was first.
pub async fn begin(
    db: &Db,
    tenant: TenantId,
    id: CampaignId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update campaign set state = 'sending', started_at = $3, revision = revision + 1
        where tenant = $1 and campaign = $2 and state = 'scheduled'";
    Ok(db.execute(sql, params![tenant.0, id.0, now.0]).await? == 1)
}

/// The drawing of groups has come this far; `at` when it is done.
pub async fn drawn(
    tx: &mut Tx,
    tenant: TenantId,
    id: CampaignId,
    to: MemberId,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "update campaign set drawn_to = $3, drawn_at = $4 where tenant = $1 and campaign = $2 and drawn_to < $3
        or tenant = $1 and campaign = $2 and drawn_to = $3 and drawn_at is null";
    tx.execute(sql, params![tenant.0, id.0, to.0, at.map(|at| at.0)]).await.map(drop)
}

/// A campaign whose last letter left is over.
pub async fn end(
    db: &Db,
    tenant: TenantId,
    id: CampaignId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update campaign set state = 'sent', ended_at = $3, revision = revision + 1
        where tenant = $1 and campaign = $2 and state = 'sending'";
    Ok(db.execute(sql, params![tenant.0, id.0, now.0]).await? == 1)
}

/// Is a campaign still being sent?
pub async fn is_sending(tx: &mut Tx, tenant: TenantId, id: CampaignId) -> Result<bool, StoreError> {
    let sql = "select state from campaign where tenant = $1 and campaign = $2";
    let rows = tx.query(sql, params![tenant.0, id.0]).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.text("state")? == "sending"))
}

/// Keeps something said.
pub async fn say(
    tx: &mut Tx,
    tenant: TenantId,
    id: CampaignId,
    (word, author, at): (i64, &str, Timestamp),
    verdict: Option<&str>,
    body: &str,
) -> Result<(), StoreError> {
    let sql = "insert into campaign_word (tenant, campaign, word, author, at, verdict, body)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let row = params![tenant.0, id.0, word, author, at.0, verdict, body];
    tx.execute(sql, row).await.map(drop)
}

/// What was said, the first first.
pub async fn words(db: &Db, tenant: TenantId, id: CampaignId) -> Result<Vec<Word>, StoreError> {
    let sql =
        "select author, at, verdict, body from campaign_word where tenant = $1 and campaign = $2
        order by word limit 500";
    let rows = db.query(sql, params![tenant.0, id.0]).await?;
    let word = |row: &Row| {
        Ok(Word {
            author: row.text("author")?.to_owned(),
            at: Timestamp(row.int("at")?),
            verdict: row.maybe_text("verdict")?.map(str::to_owned),
            body: row.text("body")?.to_owned(),
        })
    };
    rows.iter().map(word).collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Shape(error.to_string()))
}

fn campaign(row: &Row) -> Result<Campaign, StoreError> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("a campaign: {error}"));
    let text = |name: &str| row.text(name).map(str::to_owned);
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    Ok(Campaign {
        id: CampaignId(row.int("campaign")?),
        program: ProgramId(row.int("program")?),
        segment: SegmentId(row.int("segment")?),
        condition: text("condition")?,
        name: text("name")?,
        purpose: text("purpose")?,
        channel: text("channel")?,
        reward: text("reward")?,
        per_address: row.int("per_address")? != 0,
        state: text("state")?,
        content: serde_json::from_str(row.text("content")?).map_err(corrupt)?,
        holdout: row.int("holdout")?,
        window_days: row.int("window_days")?,
        seed: row.int("seed")?,
        secret: row.bytes("secret")?.to_vec(),
        author: text("author")?,
        authors: serde_json::from_str(row.text("authors")?).map_err(corrupt)?,
        created_at: Timestamp(row.int("created_at")?),
        changed_at: Timestamp(row.int("changed_at")?),
        submitted_at: instant("submitted_at")?,
        approved_by: row.maybe_text("approved_by")?.map(str::to_owned),
        approved_at: instant("approved_at")?,
        send_at: instant("send_at")?,
        started_at: instant("started_at")?,
        drawn_to: row.int("drawn_to")?,
        drawn_at: instant("drawn_at")?,
        ended_at: instant("ended_at")?,
        revision: row.int("revision")?,
    })
}
