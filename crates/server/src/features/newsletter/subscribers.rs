//! The tables `newsletter_subscriber`, `newsletter_consent` and `newsletter_token`: who is on a list, what he or she agreed
//! to and when, and what the links in letters open.

use lazo_domain::ids::{BrandId, NewsletterIssueId, NewsletterSubscriberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use crate::i18n::Locale;

const COLUMNS: &str = "tenant, subscriber, brand, email, state, locale, without, asked_at, asks, confirmed_at, ended_at";

/// Somebody who is on a list, was, or asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Whose list.
    pub tenant: TenantId,
    /// Who.
    pub id: NewsletterSubscriberId,
    /// Of which brand.
    pub brand: BrandId,
    /// The address, while something may be written to it. Personal data.
    pub email: Option<String>,
    /// `asked`, `active`, `left`, `complained` or `bounced`.
    pub state: String,
    /// The language of letters.
    pub locale: Locale,
    /// Codes of topics that are not wanted.
    pub without: Vec<String>,
    /// When it was asked for last.
    pub asked_at: Timestamp,
    /// How often it was asked for lately.
    pub asks: i64,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Somebody who asks to be on a list.
pub struct Asking<'a> {
    /// A fresh id, for who is not known yet.
    pub id: NewsletterSubscriberId,
    /// Of which tenant and brand.
    pub list: (TenantId, BrandId),
    /// The address, normalised.
    pub email: &'a str,
    /// Its hash.
    pub email_hash: &'a [u8],
    /// The language of the page.
    pub locale: Locale,
    /// Now.
    pub now: Timestamp,
    /// From when on askings are counted together.
    pub since: Timestamp,
}

/// A step of a consent.
pub struct Step<'a> {
    /// `asked`, `confirmed`, `preferences`, `left`, `complained` or `bounced`.
    pub what: &'a str,
    /// When.
    pub at: Timestamp,
    /// The page, or how it came otherwise.
    pub place: &'a str,
    /// The beginning of the hash of what was read.
    pub text_hash: &'a str,
    /// In which language.
    pub locale: Locale,
}

/// Notes that somebody asks; who is on the list stays as he or she is. Answers how it stands now.
pub async fn ask(tx: &mut Tx, new: &Asking<'_>) -> Result<Subscriber, StoreError> {
    // Whoever complained, or whose letters came back, is written to no more, whoever asks.
    let sql = format!(
        "insert into newsletter_subscriber (tenant, subscriber, brand, email_hash, email, state, locale, without, asked_at,
            asks, asks_since)
        values ($1, $2, $3, $4, $5, 'asked', $6, '[]', $7, 1, $7)
        on conflict (tenant, brand, email_hash) do update set
            asks = case when newsletter_subscriber.asks_since < $8 then 1 else newsletter_subscriber.asks + 1 end,
            asks_since = case when newsletter_subscriber.asks_since < $8 then excluded.asks_since
                else newsletter_subscriber.asks_since end,
            state = case when newsletter_subscriber.state = 'left' then 'asked' else newsletter_subscriber.state end,
            email = case when newsletter_subscriber.state = 'left' then excluded.email else newsletter_subscriber.email end,
            locale = case when newsletter_subscriber.state in ('left', 'asked') then excluded.locale
                else newsletter_subscriber.locale end,
            asked_at = case when newsletter_subscriber.state in ('left', 'asked') then excluded.asked_at
                else newsletter_subscriber.asked_at end
        returning {COLUMNS}"
    );
    let (tenant, brand) = new.list;
    let row = params![
        tenant.0,
        new.id.0,
        brand.0,
        new.email_hash,
        new.email,
        new.locale.tag(),
        new.now.0,
        new.since.0
    ];
    let rows = tx.query(&sql, row).await?;
    let row = rows.first().ok_or_else(|| StoreError::Corrupt("nobody asked".to_owned()))?;
    subscriber(row)
}

const ONE: &str = "select tenant, subscriber, brand, email, state, locale, without, asked_at, asks, confirmed_at, ended_at
    from newsletter_subscriber where tenant = $1 and subscriber = $2";

/// One subscriber.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: NewsletterSubscriberId,
) -> Result<Option<Subscriber>, StoreError> {
    db.query_one(ONE, params![tenant.0, id.0]).await?.as_ref().map(subscriber).transpose()
}

/// One subscriber at this moment of a transaction.
pub async fn now(
    tx: &mut Tx,
    tenant: TenantId,
    id: NewsletterSubscriberId,
) -> Result<Option<Subscriber>, StoreError> {
    tx.query(ONE, params![tenant.0, id.0]).await?.first().map(subscriber).transpose()
}

/// The subscriber of a hashed address.
pub async fn by_hash(
    db: &Db,
    (tenant, brand): (TenantId, BrandId),
    email_hash: &[u8],
) -> Result<Option<Subscriber>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from newsletter_subscriber where tenant = $1 and brand = $2 and email_hash = $3"
    );
    let row = db.query_one(&sql, params![tenant.0, brand.0, email_hash]).await?;
    row.as_ref().map(subscriber).transpose()
}

/// Those on a list after `after`, in the order of their ids.
pub async fn active(
    tx: &mut Tx,
    (tenant, brand): (TenantId, BrandId),
    after: i64,
    limit: i64,
) -> Result<Vec<Subscriber>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from newsletter_subscriber where tenant = $1 and brand = $2 and state = 'active'
            and subscriber > $3 order by subscriber limit $4"
    );
    tx.query(&sql, params![tenant.0, brand.0, after, limit]).await?.iter().map(subscriber).collect()
}

/// How many there are of each state on a brand's list.
pub async fn counts(
    db: &Db,
    tenant: TenantId,
    brand: BrandId,
) -> Result<Vec<(String, i64)>, StoreError> {
    let sql =
        "select state, count(*) as n from newsletter_subscriber where tenant = $1 and brand = $2
        group by state order by state";
    let rows = db.query(sql, params![tenant.0, brand.0]).await?;
    rows.iter().map(|row| Ok((row.text("state")?.to_owned(), row.int("n")?))).collect()
}

/// Puts who asked on the list; false when he or she is there already or asked no more.
pub async fn confirm(tx: &mut Tx, to: &Subscriber, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update newsletter_subscriber set state = 'active', confirmed_at = $3, ended_at = null, without = '[]'
        where tenant = $1 and subscriber = $2 and state = 'asked' and email is not null";
    Ok(tx.execute(sql, params![to.tenant.0, to.id.0, now.0]).await? == 1)
}

/// Takes somebody off the list, into `state`: from now on only the hash of the address is kept. False when nothing changed.
pub async fn end(
    tx: &mut Tx,
    to: &Subscriber,
    state: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // A complaint weighs more than leaving, also when it comes later.
    let sql = "update newsletter_subscriber set state = $3, email = null, ended_at = $4
        where tenant = $1 and subscriber = $2 and (state in ('asked', 'active') or state = 'left' and $3 = 'complained')";
    Ok(tx.execute(sql, params![to.tenant.0, to.id.0, state, now.0]).await? == 1)
}

/// Keeps what somebody chose.
pub async fn choose(
    tx: &mut Tx,
    to: &Subscriber,
    locale: Locale,
    without: &[String],
) -> Result<bool, StoreError> {
    let without = serde_json::to_string(without);
    let without = without.map_err(|error| StoreError::Shape(error.to_string()))?;
    let sql = "update newsletter_subscriber set locale = $3, without = $4
        where tenant = $1 and subscriber = $2 and state = 'active'";
    Ok(tx.execute(sql, params![to.tenant.0, to.id.0, locale.tag(), without]).await? == 1)
}

/// Keeps a step of a consent, under a fresh number.
pub async fn note(
    tx: &mut Tx,
    to: &Subscriber,
    number: i64,
    step: &Step<'_>,
) -> Result<(), StoreError> {
    let sql = "insert into newsletter_consent (tenant, subscriber, step, what, at, place, text_hash, locale)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let row = params![
        to.tenant.0,
        to.id.0,
        number,
        step.what,
        step.at.0,
        step.place,
        step.text_hash,
        step.locale.tag()
    ];
    tx.execute(sql, row).await.map(drop)
}

/// A kept step: what, when, where, what was read and in which language.
pub type Kept = (String, Timestamp, String, String, String);

/// The steps of somebody's consent, the first first.
pub async fn steps(
    db: &Db,
    tenant: TenantId,
    id: NewsletterSubscriberId,
) -> Result<Vec<Kept>, StoreError> {
    let sql = "select what, at, place, text_hash, locale from newsletter_consent
        where tenant = $1 and subscriber = $2 order by step limit 500";
    let rows = db.query(sql, params![tenant.0, id.0]).await?;
    let text = |row: &Row, name: &str| row.text(name).map(str::to_owned);
    let step = |row: &Row| {
        let (what, place) = (text(row, "what")?, text(row, "place")?);
        Ok((what, Timestamp(row.int("at")?), place, text(row, "text_hash")?, text(row, "locale")?))
    };
    rows.iter().map(step).collect()
}

/// Keeps what a link opens.
pub async fn put_token(
    tx: &mut Tx,
    to: &Subscriber,
    hash: &[u8],
    purpose: &str,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "insert into newsletter_token (hash, tenant, subscriber, purpose, expires_at)
        values ($1, $2, $3, $4, $5) on conflict (hash) do nothing";
    let row = params![hash, to.tenant.0, to.id.0, purpose, expires_at.map(|at| at.0)];
    tx.execute(sql, row).await.map(drop)
}

/// Whose link it is and of which issue's letter, while it is good.
pub async fn by_token(
    db: &Db,
    hash: &[u8],
    purpose: &str,
    now: Timestamp,
) -> Result<Option<(Subscriber, Option<NewsletterIssueId>)>, StoreError> {
    let sql = "select tenant, subscriber, issue from newsletter_token
        where hash = $1 and purpose = $2 and (expires_at is null or expires_at > $3)";
    let Some(row) = db.query_one(sql, params![hash, purpose, now.0]).await? else {
        return Ok(None);
    };
    let (tenant, id) = (TenantId(row.int("tenant")?), row.int("subscriber")?);
    let issue = row.maybe_int("issue")?.map(NewsletterIssueId);
    let found = by_id(db, tenant, NewsletterSubscriberId(id)).await?;
    Ok(found.map(|found| (found, issue)))
}

/// Forgets up to `limit` who asked before `asked` and never confirmed, and who left before `ended`; answers how many.
pub async fn forget(
    tx: &mut Tx,
    (asked, ended): (Timestamp, Timestamp),
    limit: i64,
) -> Result<u64, StoreError> {
    // Who was on the list once and asked again goes back to having left: what he or she had agreed to then stays on record.
    let again = "update newsletter_subscriber set state = 'left', email = null
        where state = 'asked' and asked_at <= $1 and confirmed_at is not null";
    let back = tx.execute(again, params![asked.0]).await?;
    let found = "select tenant, subscriber from newsletter_subscriber where state = 'asked' and asked_at <= $1
        or state = 'left' and ended_at is not null and ended_at <= $2 limit $3";
    let rows = tx.query(found, params![asked.0, ended.0, limit]).await?;
    for row in &rows {
        let key = params![row.int("tenant")?, row.int("subscriber")?];
        tx.execute("delete from newsletter_token where tenant = $1 and subscriber = $2", key)
            .await?;
        tx.execute("delete from newsletter_consent where tenant = $1 and subscriber = $2", key)
            .await?;
        tx.execute("delete from newsletter_subscriber where tenant = $1 and subscriber = $2", key)
            .await?;
    }
    Ok(back + u64::try_from(rows.len()).unwrap_or(0))
}

fn subscriber(row: &Row) -> Result<Subscriber, StoreError> {
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    let without = serde_json::from_str(row.text("without")?);
    Ok(Subscriber {
        tenant: TenantId(row.int("tenant")?),
        id: NewsletterSubscriberId(row.int("subscriber")?),
        brand: BrandId(row.int("brand")?),
        email: row.maybe_text("email")?.map(str::to_owned),
        state: row.text("state")?.to_owned(),
        locale: row.text("locale")?.parse().unwrap_or_default(),
        without: without.map_err(|error| StoreError::Corrupt(format!("a subscriber: {error}")))?,
        asked_at: Timestamp(row.int("asked_at")?),
        asks: row.int("asks")?,
        confirmed_at: instant("confirmed_at")?,
        ended_at: instant("ended_at")?,
    })
}
