//! The table `newsletter_letter`: the letters of an issue, one for each address, and how far each has come.

use lazo_domain::ids::{NewsletterIssueId, NewsletterSubscriberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// To whom.
    pub to: NewsletterSubscriberId,
    /// When it was laid.
    pub drawn_at: Timestamp,
}

/// A letter to be laid.
pub struct New {
    /// To whom.
    pub to: NewsletterSubscriberId,
    /// The hash of its token.
    pub token_hash: Vec<u8>,
}

/// Lays letters; one that is laid already stays as it is.
pub fn add(
    tenant: TenantId,
    issue: NewsletterIssueId,
    all: &[New],
    now: Timestamp,
) -> [Statement; 2] {
    let ids = Columns::of(all).int(|new| new.to.0).done();
    let letters = "insert into newsletter_letter (tenant, issue, subscriber, state, reason, drawn_at, leased_until, attempts)
        select $2, $3, column1, 'ready', '', $4, 0, 0 from {rows} where true
        on conflict (tenant, issue, subscriber) do nothing";
    let both = Columns::of(all).int(|new| new.to.0).bytes(|new| new.token_hash.clone()).done();
    let tokens = "insert into newsletter_token (hash, tenant, subscriber, purpose, issue)
        select column2, $3, column1, 'own', $4 from {rows} where true on conflict (hash) do nothing";
    [
        Statement::over(letters, ids, params![tenant.0, issue.0, now.0]),
        Statement::over(tokens, both, params![tenant.0, issue.0]),
    ]
}

/// Those that wait at `real`, also of hands that died, the longest waiting first.
pub async fn waiting(
    db: &Db,
    tenant: TenantId,
    issue: NewsletterIssueId,
    real: Timestamp,
    limit: i64,
) -> Result<Vec<Laid>, StoreError> {
    let sql = "select subscriber, drawn_at from newsletter_letter where tenant = $1 and issue = $2
        and state in ('ready', 'handing') and leased_until <= $3 order by leased_until, subscriber limit $4";
    let rows = db.query(sql, params![tenant.0, issue.0, real.0, limit]).await?;
    let laid = |row: &Row| {
        let to = NewsletterSubscriberId(row.int("subscriber")?);
        Ok(Laid { to, drawn_at: Timestamp(row.int("drawn_at")?) })
    };
    rows.iter().map(laid).collect()
}

/// Does any letter wait, now or later?
pub async fn any_waiting(
    db: &Db,
    tenant: TenantId,
    issue: NewsletterIssueId,
) -> Result<bool, StoreError> {
    let sql = "select 1 as one from newsletter_letter where tenant = $1 and issue = $2
        and state in ('ready', 'handing') limit 1";
    Ok(db.query_one(sql, params![tenant.0, issue.0]).await?.is_some())
}

/// Takes a letter in hand until `until`; answers which attempt it is, or nothing when somebody else has it.
pub async fn take(
    tx: &mut Tx,
    tenant: TenantId,
    (issue, to): (NewsletterIssueId, NewsletterSubscriberId),
    (real, until): (Timestamp, Timestamp),
) -> Result<Option<i64>, StoreError> {
    let sql = "update newsletter_letter set state = 'handing', leased_until = $5, attempts = attempts + 1
        where tenant = $1 and issue = $2 and subscriber = $3 and state in ('ready', 'handing') and leased_until <= $4
        returning attempts";
    let rows = tx.query(sql, params![tenant.0, issue.0, to.0, real.0, until.0]).await?;
    rows.first().map(|row| row.int("attempts")).transpose()
}

/// What becomes of a letter in hand.
#[derive(Debug, Clone, Copy)]
pub enum Handed<'a> {
    /// The server took it.
    Sent,
    /// It never will.
    Refused(&'a str),
    /// Its reader is not written to any more.
    Withheld(&'a str),
    /// It is tried again at this instant of the real clock.
    Later(Timestamp),
}

/// Notes what became of a letter that was in hand as `attempt`; who lost it to another changes nothing.
pub async fn handed(
    tx: &mut Tx,
    tenant: TenantId,
    (issue, to): (NewsletterIssueId, NewsletterSubscriberId),
    attempt: i64,
    what: Handed<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (state, reason, until) = match what {
        Handed::Sent => ("sent", "", 0),
        Handed::Refused(code) => ("bounced", code, 0),
        Handed::Withheld(why) => ("withheld", why, 0),
        Handed::Later(at) => ("ready", "", at.0),
    };
    let sql = "update newsletter_letter set state = $5, reason = $6, leased_until = $7,
            sent_at = case when $5 = 'sent' then $8 else sent_at end
        where tenant = $1 and issue = $2 and subscriber = $3 and attempts = $4 and state = 'handing'";
    let row = params![tenant.0, issue.0, to.0, attempt, state, reason, until, now.0];
    Ok(tx.execute(sql, row).await? == 1)
}

/// Was a letter taken by the server?
pub async fn was_sent(
    db: &Db,
    tenant: TenantId,
    issue: NewsletterIssueId,
    to: NewsletterSubscriberId,
) -> Result<bool, StoreError> {
    let sql = "select 1 as one from newsletter_letter where tenant = $1 and issue = $2 and subscriber = $3
        and sent_at is not null";
    Ok(db.query_one(sql, params![tenant.0, issue.0, to.0]).await?.is_some())
}

/// Notes what happened by a letter that was sent: its reader left or complained, or it came back. The first stays.
pub async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    (issue, to): (NewsletterIssueId, NewsletterSubscriberId),
    what: &str,
) -> Result<bool, StoreError> {
    let sql = "update newsletter_letter set reason = $4
        where tenant = $1 and issue = $2 and subscriber = $3 and state = 'sent' and reason = ''";
    Ok(tx.execute(sql, params![tenant.0, issue.0, to.0, what]).await? == 1)
}

/// How many letters of an issue there are of each state and reason.
pub async fn counts(
    db: &Db,
    tenant: TenantId,
    issue: NewsletterIssueId,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let sql = "select state, reason, count(*) as n from newsletter_letter where tenant = $1 and issue = $2
        group by state, reason order by state, reason";
    let rows = db.query(sql, params![tenant.0, issue.0]).await?;
    let told = |row: &Row| {
        Ok((row.text("state")?.to_owned(), row.text("reason")?.to_owned(), row.int("n")?))
    };
    rows.iter().map(told).collect()
}
