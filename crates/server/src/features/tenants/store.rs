//! The table `tenant`.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Lookup, Question, Row, Statement, StoreError, Tx, params};

use super::{Tenant, TenantConfig};

/// The columns of a tenant `t`, for [`tenant`].
pub const COLUMNS: &str =
    "t.tenant, t.code, t.name, t.legal_entity, t.country, t.time_zone, t.currency, t.locales,
    t.member_attributes, t.late_sale_days, t.sandbox, t.clock_at, t.live, t.config_version, t.heard, t.created_at";

/// Every tenant, in the order of their codes.
pub async fn all(db: &Db) -> Result<Vec<Tenant>, StoreError> {
    let rows = db.query(&format!("select {COLUMNS} from tenant t order by t.code"), &[]).await?;
    rows.iter().map(tenant).collect()
}

/// The tenant of a code.
pub async fn by_code(db: &Db, code: &str) -> Result<Option<Tenant>, StoreError> {
    let sql = format!("select {COLUMNS} from tenant t where t.code = $1");
    db.query_one(&sql, params![code]).await?.as_ref().map(tenant).transpose()
}

/// The tenant of an id.
pub async fn by_id(db: &Db, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    let sql = format!("select {COLUMNS} from tenant t where t.tenant = $1");
    db.query_one(&sql, params![id.0]).await?.as_ref().map(tenant).transpose()
}

/// Finds tenants by their ids: every request and every batch asks.
#[must_use]
pub fn lookup(db: Db) -> Lookup<TenantId, Arc<Tenant>> {
    let ask = |ids: &[TenantId]| {
        let set = Columns::of(ids).int(|id| id.0).done();
        let sql =
            format!("select {COLUMNS} from {{rows}} {{each tenant t on t.tenant = r.column1}}");
        Statement::over(&sql, set, &[])
    };
    let read = |rows: &[Row]| -> Result<BTreeMap<_, _>, StoreError> {
        rows.iter().map(|row| tenant(row).map(|tenant| (tenant.id, Arc::new(tenant)))).collect()
    };
    Lookup::new(db, Question { ask, read })
}

/// Which version of a tenant's configuration is there; `None` for an unknown tenant.
pub async fn config_version(db: &Db, id: TenantId) -> Result<Option<i64>, StoreError> {
    let sql = "select config_version from tenant where tenant = $1";
    db.query_one(sql, params![id.0]).await?.map(|row| row.int("config_version")).transpose()
}

/// Adds a tenant. A code that is taken is [`StoreError::Unique`].
pub async fn insert(
    tx: &mut Tx,
    id: TenantId,
    config: &TenantConfig,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into tenant (tenant, code, name, legal_entity, country, time_zone, currency, locales,
            member_attributes, sandbox, clock_at, live, config_version, created_at, late_sale_days)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, 1, 1, $11, $12)";
    tx.execute(
        sql,
        params![
            id.0,
            &config.code,
            &config.name,
            config.legal_entity.clone(),
            &config.country,
            config.time_zone.name(),
            config.currency.code(),
            json(&config.locales)?,
            json(&config.member_attributes)?,
            config.sandbox,
            now.0,
            config.late_sale_days.map(i64::from)
        ],
    )
    .await?;
    Ok(())
}

/// Changes what may change of a tenant: all but its code and whether it is a sandbox.
pub async fn update(tx: &mut Tx, id: TenantId, config: &TenantConfig) -> Result<(), StoreError> {
    let sql = "update tenant set name = $2, legal_entity = $3, country = $4, time_zone = $5, currency = $6,
            locales = $7, member_attributes = $8, late_sale_days = $9
        where tenant = $1";
    tx.execute(
        sql,
        params![
            id.0,
            &config.name,
            config.legal_entity.clone(),
            &config.country,
            config.time_zone.name(),
            config.currency.code(),
            json(&config.locales)?,
            json(&config.member_attributes)?,
            config.late_sale_days.map(i64::from)
        ],
    )
    .await?;
    Ok(())
}

/// Notes that the configuration changed, if it still is at version `seen`: answers whether it was.
pub async fn bump(tx: &mut Tx, id: TenantId, seen: i64) -> Result<bool, StoreError> {
    let sql = "update tenant set config_version = config_version + 1
        where tenant = $1 and config_version = $2";
    Ok(tx.execute(sql, params![id.0, seen]).await? == 1)
}

/// Notes that something of the configuration changed that no version guards.
pub async fn touch(tx: &mut Tx, id: TenantId) -> Result<(), StoreError> {
    let sql = "update tenant set config_version = config_version + 1 where tenant = $1";
    tx.execute(sql, params![id.0]).await?;
    Ok(())
}

/// Notes that somebody listens to the tenant's messages from now on.
pub async fn listen(tx: &mut Tx, id: TenantId) -> Result<(), StoreError> {
    tx.execute("update tenant set heard = 1 where tenant = $1 and heard = 0", params![id.0])
        .await?;
    Ok(())
}

/// Moves a sandbox's test clock, forward only: answers whether it moved.
pub async fn move_clock(db: &Db, id: TenantId, to: Timestamp) -> Result<bool, StoreError> {
    let sql = "update tenant set clock_at = $2
        where tenant = $1 and sandbox = 1 and live = 1 and coalesce(clock_at, $2) <= $2";
    Ok(db.execute(sql, params![id.0, to.0]).await? == 1)
}

/// Takes a tenant out of use, as the reset of a sandbox does.
pub async fn retire(tx: &mut Tx, id: TenantId) -> Result<(), StoreError> {
    tx.execute("update tenant set live = 0 where tenant = $1", params![id.0]).await?;
    Ok(())
}

/// The tenant of a row with [`COLUMNS`].
pub fn tenant(row: &Row) -> Result<Tenant, StoreError> {
    let config = TenantConfig {
        code: row.text("code")?.to_owned(),
        name: row.text("name")?.to_owned(),
        legal_entity: row.maybe_text("legal_entity")?.map(str::to_owned),
        country: row.text("country")?.to_owned(),
        time_zone: lazo_domain::time::Zone::named(row.text("time_zone")?)
            .map_err(StoreError::Corrupt)?,
        currency: row.text("currency")?.parse().map_err(StoreError::Corrupt)?,
        locales: parse(row.text("locales")?)?,
        sandbox: row.flag("sandbox")?,
        late_sale_days: row.maybe_int("late_sale_days")?.and_then(|days| days.try_into().ok()),
        member_attributes: parse(row.text("member_attributes")?)?,
    };
    Ok(Tenant {
        id: TenantId(row.int("tenant")?),
        config,
        clock_at: row.maybe_int("clock_at")?.map(Timestamp),
        live: row.flag("live")?,
        config_version: row.int("config_version")?,
        heard: row.flag("heard")?,
        created_at: Timestamp(row.int("created_at")?),
    })
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Shape(error.to_string()))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
