//! The table `webhook_endpoint`: the endpoints themselves, their health, and whose turn it is to serve them.

use lazo_domain::ids::{TenantId, WebhookEndpointId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::Endpoint;
use super::signing::{Secret, Secrets};
use crate::features::tenants;

const COLUMNS: &str =
    "tenant, endpoint, url, description, events, state, reason, secret, secret_before,
    before_until, version, created_at, failures, failing_since";
const ACTIVE: &str = "active";
const DISABLED: &str = "disabled";

/// Which endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub endpoint: WebhookEndpointId,
}

/// How an endpoint fares after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Attempts in a row that failed.
    pub failures: i64,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// Until when it is left alone.
    pub rest_until: Timestamp,
    /// Why it is turned off, when it is.
    pub turned_off: Option<&'static str>,
}

/// The endpoints of a tenant that messages go to.
pub async fn active(db: &Db, tenant: TenantId) -> Result<Vec<Endpoint>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from webhook_endpoint where tenant = $1 and state = $2 order by endpoint"
    );
    db.query(&sql, params![tenant.0, ACTIVE]).await?.iter().map(endpoint).collect()
}

/// An endpoint.
pub async fn by_id(db: &Db, key: Key) -> Result<Option<Endpoint>, StoreError> {
    let sql = format!("select {COLUMNS} from webhook_endpoint where tenant = $1 and endpoint = $2");
    let found = db.query_one(&sql, params![key.tenant.0, key.endpoint.0]).await?;
    found.as_ref().map(endpoint).transpose()
}

/// A tenant's endpoints in the order of their making, after `after`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    after: WebhookEndpointId,
    limit: i64,
) -> Result<Vec<Endpoint>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from webhook_endpoint where tenant = $1 and endpoint > $2 order by endpoint limit $3"
    );
    db.query(&sql, params![tenant.0, after.0, limit]).await?.iter().map(endpoint).collect()
}

/// How many endpoints a tenant has.
pub async fn count(tx: &mut Tx, tenant: TenantId) -> Result<i64, StoreError> {
    let sql = "select count(*) as found from webhook_endpoint where tenant = $1";
    let rows = tx.query(sql, params![tenant.0]).await?;
    rows.first().map_or(Ok(0), |row| row.int("found"))
}

/// Adds an endpoint.
pub async fn insert(tx: &mut Tx, new: &Endpoint) -> Result<(), StoreError> {
    let sql = "insert into webhook_endpoint (tenant, endpoint, url, description, events, state, reason, secret,
            secret_before, before_until, version, created_at, failures, rest_until, leased_until, served_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0)";
    let mut values = Vec::from(head(new));
    values.extend_from_slice(params![new.version, new.created_at.0]);
    tx.execute(sql, &values).await?;
    tenants::store::listen(tx, new.tenant).await
}

/// Changes what people may change of an endpoint, if it still is at the version before: answers whether it was. What
/// was counted against it is forgotten.
pub async fn update(tx: &mut Tx, changed: &Endpoint) -> Result<bool, StoreError> {
    let sql = "update webhook_endpoint set url = $3, description = $4, events = $5, state = $6, reason = $7,
            secret = $8, secret_before = $9, before_until = $10, version = $11, failures = 0,
            failing_since = null, rest_until = 0
        where tenant = $1 and endpoint = $2 and version = $11 - 1";
    let mut values = Vec::from(head(changed));
    values.extend_from_slice(params![changed.version]);
    Ok(tx.execute(sql, &values).await? == 1)
}

/// Removes an endpoint; its deliveries are another function's. Answers whether it was there.
pub async fn delete(tx: &mut Tx, key: Key) -> Result<bool, StoreError> {
    let sql = "delete from webhook_endpoint where tenant = $1 and endpoint = $2";
    Ok(tx.execute(sql, params![key.tenant.0, key.endpoint.0]).await? == 1)
}

/// Endpoints that have something due and that nobody is at, the one served longest ago first.
pub async fn due(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Key>, StoreError> {
    let sql = "select e.tenant, e.endpoint from webhook_endpoint e
        where e.state = $3 and e.leased_until <= $1 and e.rest_until <= $1 and exists (
            select 1 from webhook_delivery d
            where d.tenant = e.tenant and d.endpoint = e.endpoint and d.state = 0 and d.next_at <= $1)
        order by e.served_at, e.endpoint limit $2";
    let key = |row: &Row| {
        let (tenant, endpoint) = (row.int("tenant")?, row.int("endpoint")?);
        Ok(Key { tenant: TenantId(tenant), endpoint: WebhookEndpointId(endpoint) })
    };
    db.query(sql, params![now.0, limit, ACTIVE]).await?.iter().map(key).collect()
}

/// Takes the turn to serve an endpoint until `until`. Answers whether it was free.
pub async fn lease(
    db: &Db,
    key: Key,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update webhook_endpoint set leased_until = $4, served_at = $3
        where tenant = $1 and endpoint = $2 and leased_until <= $3";
    Ok(db.execute(sql, params![key.tenant.0, key.endpoint.0, now.0, until.0]).await? == 1)
}

/// Gives the turn back that lasts until `until`; nothing happens when somebody else has it.
pub async fn release(db: &Db, key: Key, until: Timestamp) -> Result<(), StoreError> {
    let sql = "update webhook_endpoint set leased_until = 0
        where tenant = $1 and endpoint = $2 and leased_until = $3";
    db.execute(sql, params![key.tenant.0, key.endpoint.0, until.0]).await?;
    Ok(())
}

/// Lets a failing endpoint be tried at once, because somebody asked for it.
pub async fn wake(tx: &mut Tx, key: Key) -> Result<(), StoreError> {
    let sql = "update webhook_endpoint set rest_until = 0 where tenant = $1 and endpoint = $2";
    tx.execute(sql, params![key.tenant.0, key.endpoint.0]).await?;
    Ok(())
}

/// Writes down how an endpoint fares, and moves the lease that lasts until `lease.0` on to `lease.1`. Answers whether
/// the lease was still there: if not, somebody else serves the endpoint by now.
pub async fn note(
    tx: &mut Tx,
    key: Key,
    health: &Health,
    lease: (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let sql = "update webhook_endpoint set failures = $3, failing_since = $4, rest_until = $5, leased_until = $7,
            state = case when $8 = 1 then $9 else state end, reason = coalesce($10, reason)
        where tenant = $1 and endpoint = $2 and leased_until = $6";
    let values = params![
        key.tenant.0,
        key.endpoint.0,
        health.failures,
        health.failing_since.map(|at| at.0),
        health.rest_until.0,
        lease.0.0,
        lease.1.0,
        health.turned_off.is_some(),
        DISABLED,
        health.turned_off
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// The columns that both adding and changing write.
fn head(endpoint: &Endpoint) -> [lazo_store::Value; 10] {
    let previous = endpoint.secrets.previous.as_ref();
    [
        endpoint.tenant.0.into(),
        endpoint.id.0.into(),
        (&endpoint.url).into(),
        (&endpoint.description).into(),
        serde_json::json!(endpoint.events).to_string().into(),
        if endpoint.active { ACTIVE } else { DISABLED }.into(),
        endpoint.reason.clone().into(),
        endpoint.secrets.current.reveal().into(),
        previous.map(|(secret, _)| secret.reveal()).into(),
        previous.map(|(_, until)| until.0).into(),
    ]
}

fn endpoint(row: &Row) -> Result<Endpoint, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("a webhook endpoint's {what}"));
    let secret = |text: &str| text.parse::<Secret>().map_err(|_| corrupt("secret"));
    let before = row.maybe_text("secret_before")?.map(secret).transpose()?;
    let before_until = row.maybe_int("before_until")?.map(Timestamp);
    Ok(Endpoint {
        id: WebhookEndpointId(row.int("endpoint")?),
        tenant: TenantId(row.int("tenant")?),
        url: row.text("url")?.to_owned(),
        description: row.text("description")?.to_owned(),
        events: serde_json::from_str(row.text("events")?).map_err(|_| corrupt("events"))?,
        active: row.text("state")? == ACTIVE,
        reason: row.maybe_text("reason")?.map(str::to_owned),
        secrets: Secrets {
            current: secret(row.text("secret")?)?,
            previous: before.zip(before_until),
        },
        version: row.int("version")?,
        created_at: Timestamp(row.int("created_at")?),
        failures: row.int("failures")?,
        failing_since: row.maybe_int("failing_since")?.map(Timestamp),
    })
}
