//! The tables `journey` and `journey_word`.

use lazo_domain::ids::{JourneyId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::Journey;

const COLUMNS: &str = "journey, program, name, state, plan, condition, party, rank, holdout, seed, secret, author, authors,
    created_at, changed_at, submitted_at, approved_by, published_at, ended_at, scan_day, scan_to, look_day, look_to,
    revision";

/// Something said about a journey.
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

/// One journey.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: JourneyId,
) -> Result<Option<Journey>, StoreError> {
    let sql = format!("select {COLUMNS} from journey where tenant = $1 and journey = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(journey).transpose()
}

/// A tenant's journeys before `before`, the newest first.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<Journey>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from journey where tenant = $1 and journey < $2 order by journey desc limit $3"
    );
    db.query(&sql, params![tenant.0, before, limit]).await?.iter().map(journey).collect()
}

/// Journeys of all tenants that somebody may be under way in, of each group the one that goes first first. Those that ended
/// after `since` may still see somebody reach the goal.
pub async fn under_way(
    db: &Db,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, Journey)>, StoreError> {
    let sql = format!(
        "select tenant, {COLUMNS} from journey where state in ('published', 'paused') or state = 'ended'
            and published_at is not null and ended_at > $1 order by rank desc, journey limit $2"
    );
    let rows = db.query(&sql, params![since.0, limit]).await?;
    rows.iter().map(|row| Ok((TenantId(row.int("tenant")?), journey(row)?))).collect()
}

/// Adds a journey.
pub async fn insert(tx: &mut Tx, tenant: TenantId, new: &Journey) -> Result<(), StoreError> {
    let sql = "insert into journey (tenant, journey, program, name, state, plan, condition, party, rank, holdout, seed,
            secret, author, authors, created_at, changed_at, scan_day, scan_to, look_day, look_to, revision)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)";
    let row = params![
        tenant.0,
        new.id.0,
        new.program.0,
        &new.name,
        &new.state,
        json(&new.plan)?,
        &new.condition,
        &new.group,
        new.priority,
        new.holdout,
        new.seed,
        new.secret.as_slice(),
        &new.author,
        json(&new.authors)?,
        new.created_at.0,
        new.changed_at.0,
        new.scanned.0,
        new.scanned.1,
        new.looked.0,
        new.looked.1
    ];
    tx.execute(sql, row).await.map(drop)
}

/// Keeps what people changed of a journey; answers whether it was still as it had been read.
pub async fn update(tx: &mut Tx, tenant: TenantId, journey: &Journey) -> Result<bool, StoreError> {
    let sql = "update journey set program = $4, name = $5, state = $6, plan = $7, condition = $8, party = $9, rank = $10,
            holdout = $11, authors = $12, changed_at = $13, submitted_at = $14, approved_by = $15, published_at = $16,
            ended_at = $17, revision = revision + 1
        where tenant = $1 and journey = $2 and revision = $3";
    let row = params![
        tenant.0,
        journey.id.0,
        journey.revision,
        journey.program.0,
        &journey.name,
        &journey.state,
        json(&journey.plan)?,
        &journey.condition,
        &journey.group,
        journey.priority,
        journey.holdout,
        json(&journey.authors)?,
        journey.changed_at.0,
        journey.submitted_at.map(|at| at.0),
        journey.approved_by.clone(),
        journey.published_at.map(|at| at.0),
        journey.ended_at.map(|at| at.0)
    ];
    Ok(tx.execute(sql, row).await? == 1)
}

/// Members are looked through for a day up to this one.
pub async fn scanned(
    tx: &mut Tx,
    tenant: TenantId,
    id: JourneyId,
    (day, to): (i64, i64),
) -> Result<(), StoreError> {
    let sql = "update journey set scan_day = $3, scan_to = $4 where tenant = $1 and journey = $2 and scan_day <= $3";
    tx.execute(sql, params![tenant.0, id.0, day, to]).await.map(drop)
}

/// Those under way are looked at for a day up to this one.
pub async fn looked(
    tx: &mut Tx,
    tenant: TenantId,
    id: JourneyId,
    (day, to): (i64, i64),
) -> Result<(), StoreError> {
    let sql = "update journey set look_day = $3, look_to = $4 where tenant = $1 and journey = $2 and look_day <= $3";
    tx.execute(sql, params![tenant.0, id.0, day, to]).await.map(drop)
}

/// Is a journey published now?
pub async fn is_published(db: &Db, tenant: TenantId, id: JourneyId) -> Result<bool, StoreError> {
    let sql = "select state from journey where tenant = $1 and journey = $2";
    let row = db.query_one(sql, params![tenant.0, id.0]).await?;
    row.map_or(Ok(false), |row| Ok(row.text("state")? == "published"))
}

/// Keeps something said.
pub async fn say(
    tx: &mut Tx,
    tenant: TenantId,
    id: JourneyId,
    (word, author, at): (i64, &str, Timestamp),
    verdict: Option<&str>,
    body: &str,
) -> Result<(), StoreError> {
    let sql = "insert into journey_word (tenant, journey, word, author, at, verdict, body)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let row = params![tenant.0, id.0, word, author, at.0, verdict, body];
    tx.execute(sql, row).await.map(drop)
}

/// What was said, the first first.
pub async fn words(db: &Db, tenant: TenantId, id: JourneyId) -> Result<Vec<Word>, StoreError> {
    let sql =
        "select author, at, verdict, body from journey_word where tenant = $1 and journey = $2
        order by word limit 500";
    let word = |row: &Row| {
        Ok(Word {
            author: row.text("author")?.to_owned(),
            at: Timestamp(row.int("at")?),
            verdict: row.maybe_text("verdict")?.map(str::to_owned),
            body: row.text("body")?.to_owned(),
        })
    };
    db.query(sql, params![tenant.0, id.0]).await?.iter().map(word).collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Shape(error.to_string()))
}

fn journey(row: &Row) -> Result<Journey, StoreError> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("a journey: {error}"));
    let text = |name: &str| row.text(name).map(str::to_owned);
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    Ok(Journey {
        id: JourneyId(row.int("journey")?),
        program: ProgramId(row.int("program")?),
        name: text("name")?,
        state: text("state")?,
        plan: serde_json::from_str(row.text("plan")?).map_err(corrupt)?,
        condition: text("condition")?,
        group: text("party")?,
        priority: row.int("rank")?,
        holdout: row.int("holdout")?,
        seed: row.int("seed")?,
        secret: row.bytes("secret")?.to_vec(),
        author: text("author")?,
        authors: serde_json::from_str(row.text("authors")?).map_err(corrupt)?,
        created_at: Timestamp(row.int("created_at")?),
        changed_at: Timestamp(row.int("changed_at")?),
        submitted_at: instant("submitted_at")?,
        approved_by: row.maybe_text("approved_by")?.map(str::to_owned),
        published_at: instant("published_at")?,
        ended_at: instant("ended_at")?,
        scanned: (row.int("scan_day")?, row.int("scan_to")?),
        looked: (row.int("look_day")?, row.int("look_to")?),
        revision: row.int("revision")?,
    })
}
