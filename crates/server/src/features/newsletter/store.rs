//! The tables `newsletter_issue` and `newsletter_word`.

use lazo_domain::ids::{BrandId, NewsletterIssueId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::Issue;

const COLUMNS: &str =
    "issue, brand, topic, state, texts, secret, authors, created_at, changed_at, submitted_at,
    approved_by, approved_at, send_at, started_at, drawn_to, drawn_at, ended_at, revision";

/// What a second person said about an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Who.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// `approved` or `sent_back`.
    pub verdict: String,
    /// What.
    pub body: String,
}

/// One issue.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: NewsletterIssueId,
) -> Result<Option<Issue>, StoreError> {
    let sql = format!("select {COLUMNS} from newsletter_issue where tenant = $1 and issue = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(issue).transpose()
}

/// A tenant's issues before `before`, the newest first.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<Issue>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from newsletter_issue where tenant = $1 and issue < $2 order by issue desc limit $3"
    );
    db.query(&sql, params![tenant.0, before, limit]).await?.iter().map(issue).collect()
}

/// A brand's issues that were sent, the newest first.
pub async fn sent(
    db: &Db,
    tenant: TenantId,
    brand: BrandId,
    limit: i64,
) -> Result<Vec<Issue>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from newsletter_issue where tenant = $1 and brand = $2 and state = 'sent'
            order by issue desc limit $3"
    );
    db.query(&sql, params![tenant.0, brand.0, limit]).await?.iter().map(issue).collect()
}

/// Issues of all tenants that have an hour and are not over, those that come first.
pub async fn under_way(db: &Db, limit: i64) -> Result<Vec<(TenantId, Issue)>, StoreError> {
    let sql = format!(
        "select tenant, {COLUMNS} from newsletter_issue where state in ('scheduled', 'sending')
            order by send_at, issue limit $1"
    );
    let rows = db.query(&sql, params![limit]).await?;
    rows.iter().map(|row| Ok((TenantId(row.int("tenant")?), issue(row)?))).collect()
}

/// Adds an issue.
pub async fn insert(tx: &mut Tx, tenant: TenantId, new: &Issue) -> Result<(), StoreError> {
    let sql = "insert into newsletter_issue (tenant, issue, brand, topic, state, texts, secret, authors, created_at,
            changed_at, drawn_to, revision)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)";
    let row = params![
        tenant.0,
        new.id.0,
        new.brand.0,
        &new.topic,
        &new.state,
        json(&new.texts)?,
        new.secret.as_slice(),
        json(&new.authors)?,
        new.created_at.0,
        new.changed_at.0,
        new.drawn_to
    ];
    tx.execute(sql, row).await.map(drop)
}

/// Keeps what people changed of an issue; answers whether it was still as it had been read.
pub async fn update(tx: &mut Tx, tenant: TenantId, issue: &Issue) -> Result<bool, StoreError> {
    let sql = "update newsletter_issue set brand = $4, topic = $5, state = $6, texts = $7, authors = $8, changed_at = $9,
            submitted_at = $10, approved_by = $11, approved_at = $12, send_at = $13, ended_at = $14,
            revision = revision + 1
        where tenant = $1 and issue = $2 and revision = $3";
    let row = params![
        tenant.0,
        issue.id.0,
        issue.revision,
        issue.brand.0,
        &issue.topic,
        &issue.state,
        json(&issue.texts)?,
        json(&issue.authors)?,
        issue.changed_at.0,
        issue.submitted_at.map(|at| at.0),
        issue.approved_by.clone(),
        issue.approved_at.map(|at| at.0),
        issue.send_at.map(|at| at.0),
        issue.ended_at.map(|at| at.0)
    ];
    Ok(tx.execute(sql, row).await? == 1)
}

/// A scheduled issue begins; false when somebody else was first.
pub async fn begin(
    db: &Db,
    tenant: TenantId,
    id: NewsletterIssueId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "update newsletter_issue set state = 'sending', started_at = $3, revision = revision + 1
        where tenant = $1 and issue = $2 and state = 'scheduled'";
    Ok(db.execute(sql, params![tenant.0, id.0, now.0]).await? == 1)
}

/// The laying of letters has come this far; `at` when it is done.
pub async fn drawn(
    tx: &mut Tx,
    tenant: TenantId,
    id: NewsletterIssueId,
    to: i64,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "update newsletter_issue set drawn_to = $3, drawn_at = $4
        where tenant = $1 and issue = $2 and drawn_to <= $3 and drawn_at is null";
    tx.execute(sql, params![tenant.0, id.0, to, at.map(|at| at.0)]).await.map(drop)
}

/// An issue whose last letter left is over.
pub async fn end(
    db: &Db,
    tenant: TenantId,
    id: NewsletterIssueId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update newsletter_issue set state = 'sent', ended_at = $3, revision = revision + 1
        where tenant = $1 and issue = $2 and state = 'sending'";
    Ok(db.execute(sql, params![tenant.0, id.0, now.0]).await? == 1)
}

/// Is an issue still being sent?
pub async fn is_sending(
    tx: &mut Tx,
    tenant: TenantId,
    id: NewsletterIssueId,
) -> Result<bool, StoreError> {
    let sql = "select state from newsletter_issue where tenant = $1 and issue = $2";
    let rows = tx.query(sql, params![tenant.0, id.0]).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.text("state")? == "sending"))
}

/// Keeps what a second person said.
pub async fn say(
    tx: &mut Tx,
    tenant: TenantId,
    id: NewsletterIssueId,
    number: i64,
    word: &Word,
) -> Result<(), StoreError> {
    let sql = "insert into newsletter_word (tenant, issue, word, author, at, verdict, body)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let row = params![tenant.0, id.0, number, &word.author, word.at.0, &word.verdict, &word.body];
    tx.execute(sql, row).await.map(drop)
}

/// What was said, the first first.
pub async fn words(
    db: &Db,
    tenant: TenantId,
    id: NewsletterIssueId,
) -> Result<Vec<Word>, StoreError> {
    let sql =
        "select author, at, verdict, body from newsletter_word where tenant = $1 and issue = $2
        order by word limit 500";
    let rows = db.query(sql, params![tenant.0, id.0]).await?;
    let word = |row: &Row| {
        Ok(Word {
            author: row.text("author")?.to_owned(),
            at: Timestamp(row.int("at")?),
            verdict: row.text("verdict")?.to_owned(),
            body: row.text("body")?.to_owned(),
        })
    };
    rows.iter().map(word).collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Shape(error.to_string()))
}

fn issue(row: &Row) -> Result<Issue, StoreError> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("an issue: {error}"));
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    Ok(Issue {
        id: NewsletterIssueId(row.int("issue")?),
        brand: BrandId(row.int("brand")?),
        topic: row.text("topic")?.to_owned(),
        state: row.text("state")?.to_owned(),
        texts: serde_json::from_str(row.text("texts")?).map_err(corrupt)?,
        secret: row.bytes("secret")?.to_vec(),
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
