//! The tables `webhook_delivery` and `webhook_attempt`: what waits, what became of it, and the log of every attempt.

use lazo_domain::ids::{EventId, TenantId, WebhookDeliveryId, WebhookEndpointId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::retry::GIVE_UP_MICROS;
use super::store::Key;
use super::{Attempt, Delivery, DeliveryState};

/// The most rows forgotten in one transaction.
const FORGET: i64 = 1_000;

const COLUMNS: &str =
    "delivery, name, body, state, attempts, next_at, give_up_at, created_at, done_at";

/// A delivery to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Whose.
    pub tenant: TenantId,
    /// Where to.
    pub endpoint: WebhookEndpointId,
    /// Its id, unless the message has a delivery there already.
    pub id: WebhookDeliveryId,
    /// The bucket of the message.
    pub bucket: i64,
    /// With `position` the message's name.
    pub event: EventId,
    /// Its place among the event's messages.
    pub position: i64,
    /// The name of what it tells.
    pub name: String,
    /// The octets to send.
    pub body: String,
    /// Now.
    pub created_at: Timestamp,
}

/// A logged attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedAttempt {
    /// Its number, from 1.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// The HTTP status.
    pub status: Option<i64>,
    /// What went wrong.
    pub fault: Option<String>,
    /// How long it took.
    pub latency_ms: i64,
    /// The beginning of the answer.
    pub answer: String,
}

/// What an attempt makes of its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How far it is now.
    pub state: DeliveryState,
    /// When it is tried again, if it waits.
    pub next_at: Timestamp,
}

/// The statement that adds deliveries; one whose message has a delivery at the endpoint already adds nothing.
#[must_use]
pub fn insert_statement(new: &[NewDelivery]) -> Statement {
    let set = Columns::of(new)
        .int(|d| d.tenant.0)
        .int(|d| d.endpoint.0)
        .int(|d| d.id.0)
        .int(|d| d.bucket)
        .int(|d| d.event.0)
        .int(|d| d.position)
        .text(|d| d.name.clone())
        .text(|d| d.body.clone())
        .int(|d| d.created_at.0)
        .int(|d| d.created_at.plus_micros(GIVE_UP_MICROS).0)
        .int(|d| d.created_at.0)
        .done();
    let sql = "insert into webhook_delivery (tenant, endpoint, delivery, bucket, event, position, name, body,
            next_at, give_up_at, created_at, state, attempts)
        select r.*, 0, 0 from {rows} where true on conflict (tenant, endpoint, bucket, event, position) do nothing";
    Statement::over(sql, set, &[])
}

/// The delivery of an endpoint that is due, the longest waiting first.
pub async fn next_due(db: &Db, key: Key, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from webhook_delivery where tenant = $1 and endpoint = $2 and state = 0 and next_at <= $3
         order by next_at, delivery limit 1"
    );
    let row = db.query_one(&sql, params![key.tenant.0, key.endpoint.0, now.0]).await?;
    row.as_ref().map(delivery).transpose()
}

/// A delivery.
pub async fn by_id(
    db: &Db,
    key: Key,
    id: WebhookDeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from webhook_delivery where tenant = $1 and endpoint = $2 and delivery = $3"
    );
    let row = db.query_one(&sql, params![key.tenant.0, key.endpoint.0, id.0]).await?;
    row.as_ref().map(delivery).transpose()
}

/// An endpoint's deliveries, the newest first, before `before`, in one state or in all.
pub async fn page(
    db: &Db,
    key: Key,
    state: Option<DeliveryState>,
    before: WebhookDeliveryId,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from webhook_delivery where tenant = $1 and endpoint = $2 and delivery < $3
         and (state = $4 or $4 = -1) order by delivery desc limit $5"
    );
    let state = state.map_or(-1, |state| state as i64);
    let values = params![key.tenant.0, key.endpoint.0, before.0, state, limit];
    db.query(&sql, values).await?.iter().map(delivery).collect()
}

/// The log of a delivery, the first attempt first.
pub async fn attempts(
    db: &Db,
    key: Key,
    id: WebhookDeliveryId,
) -> Result<Vec<LoggedAttempt>, StoreError> {
    let sql = "select attempt, at, status, fault, latency_ms, answer from webhook_attempt
        where tenant = $1 and endpoint = $2 and delivery = $3 order by attempt";
    let logged = |row: &Row| {
        Ok(LoggedAttempt {
            number: row.int("attempt")?,
            at: Timestamp(row.int("at")?),
            status: row.maybe_int("status")?,
            fault: row.maybe_text("fault")?.map(str::to_owned),
            latency_ms: row.int("latency_ms")?,
            answer: row.text("answer")?.to_owned(),
        })
    };
    db.query(sql, params![key.tenant.0, key.endpoint.0, id.0]).await?.iter().map(logged).collect()
}

/// Writes down an attempt and what becomes of its delivery.
pub async fn note(
    tx: &mut Tx,
    key: Key,
    delivery: &Delivery,
    attempt: &Attempt,
    verdict: Verdict,
    at: Timestamp,
) -> Result<(), StoreError> {
    let log = "insert into webhook_attempt (tenant, endpoint, delivery, attempt, at, status, fault, latency_ms, answer)
        select $1, $2, $3, coalesce(max(attempt), 0) + 1, $4, $5, $6, $7, $8 from webhook_attempt
        where tenant = $1 and endpoint = $2 and delivery = $3";
    let values = params![
        key.tenant.0,
        key.endpoint.0,
        delivery.id.0,
        at.0,
        attempt.status.map(i64::from),
        attempt.fault,
        attempt.latency_ms,
        &attempt.answer
    ];
    tx.execute(log, values).await?;
    let sql = "update webhook_delivery set state = $4, attempts = attempts + 1, next_at = $5, done_at = $6
        where tenant = $1 and endpoint = $2 and delivery = $3 and state = 0";
    let done_at = (verdict.state != DeliveryState::Waiting).then_some(at.0);
    let values = params![
        key.tenant.0,
        key.endpoint.0,
        delivery.id.0,
        verdict.state as i64,
        verdict.next_at.0,
        done_at
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Lets a delivery be sent again, with all its attempts before it. Answers whether there is such a delivery.
pub async fn replay(
    tx: &mut Tx,
    key: Key,
    id: WebhookDeliveryId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update webhook_delivery set state = 0, attempts = 0, next_at = $4, give_up_at = $5, done_at = null
        where tenant = $1 and endpoint = $2 and delivery = $3";
    let give_up_at = now.plus_micros(GIVE_UP_MICROS);
    let values = params![key.tenant.0, key.endpoint.0, id.0, now.0, give_up_at.0];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Lets all of an endpoint's dead deliveries be sent again. Answers how many.
pub async fn replay_dead(tx: &mut Tx, key: Key, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "update webhook_delivery set state = 0, attempts = 0, next_at = $3, give_up_at = $4, done_at = null
        where tenant = $1 and endpoint = $2 and state = 2";
    let give_up_at = now.plus_micros(GIVE_UP_MICROS);
    tx.execute(sql, params![key.tenant.0, key.endpoint.0, now.0, give_up_at.0]).await
}

/// Gives up what waited too long: its endpoint was failing or off all the time.
pub async fn give_up(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let sql =
        "update webhook_delivery set state = 2, done_at = $1 where state = 0 and give_up_at <= $1";
    db.execute(sql, params![now.0]).await
}

/// Forgets deliveries that ended before `before`, with their logs. Answers how many, and whether there may be more.
pub async fn forget(db: &Db, before: Timestamp) -> Result<(u64, bool), StoreError> {
    let old = "select tenant, endpoint, delivery from webhook_delivery where state <> 0 and done_at < $1 limit $2";
    let found = db.query(old, params![before.0, FORGET]).await?;
    let mut keys = Vec::with_capacity(found.len());
    for row in &found {
        keys.push((row.int("tenant")?, row.int("endpoint")?, row.int("delivery")?));
    }
    let set = Columns::of(&keys).int(|k| k.0).int(|k| k.1).int(|k| k.2).done();
    let log =
        "delete from webhook_attempt where (tenant, endpoint, delivery) in (select * from {rows})";
    let rows =
        "delete from webhook_delivery where (tenant, endpoint, delivery) in (select * from {rows})
        and state <> 0 and done_at < $4";
    db.retry(|| async {
        let mut tx = db.begin().await?;
        let log = Statement::over(log, set.clone(), &[]);
        let rows = Statement::over(rows, set.clone(), params![before.0]);
        let gone = tx.run_all(vec![log, rows]).await?;
        tx.commit().await?;
        let gone = gone.last().copied().unwrap_or(0);
        Ok((gone, keys.len() >= usize::try_from(FORGET).unwrap_or(usize::MAX)))
    })
    .await
}

/// Removes all deliveries of an endpoint, with their logs.
pub async fn delete_all(tx: &mut Tx, key: Key) -> Result<(), StoreError> {
    let key = params![key.tenant.0, key.endpoint.0];
    let log = "delete from webhook_attempt where tenant = $1 and endpoint = $2";
    let rows = "delete from webhook_delivery where tenant = $1 and endpoint = $2";
    tx.run_all(vec![Statement::new(log, key), Statement::new(rows, key)]).await?;
    Ok(())
}

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let state = match row.int("state")? {
        0 => DeliveryState::Waiting,
        1 => DeliveryState::Delivered,
        2 => DeliveryState::Dead,
        other => return Err(StoreError::Corrupt(format!("a delivery's state {other}"))),
    };
    Ok(Delivery {
        id: WebhookDeliveryId(row.int("delivery")?),
        name: row.text("name")?.to_owned(),
        body: row.text("body")?.to_owned(),
        state,
        attempts: row.int("attempts")?,
        next_at: Timestamp(row.int("next_at")?),
        give_up_at: Timestamp(row.int("give_up_at")?),
        created_at: Timestamp(row.int("created_at")?),
        done_at: row.maybe_int("done_at")?.map(Timestamp),
    })
}
