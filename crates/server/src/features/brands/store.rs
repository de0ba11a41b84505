//! The table `brand`.

use lazo_domain::ids::{BrandId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Brand, BrandConfig};

const COLUMNS: &str = "brand, tenant, code, name, site, kit, privacy, support, widget";

/// The brand of a portal's path.
pub async fn by_site(db: &Db, site: &str) -> Result<Option<Brand>, StoreError> {
    let sql = format!("select {COLUMNS} from brand where site = $1");
    db.query_one(&sql, params![site]).await?.as_ref().map(brand).transpose()
}

/// A tenant's brands, in the order of their codes.
pub async fn all(db: &Db, tenant: TenantId) -> Result<Vec<Brand>, StoreError> {
    let sql = format!("select {COLUMNS} from brand where tenant = $1 order by code");
    db.query(&sql, params![tenant.0]).await?.iter().map(brand).collect()
}

/// The brand of a code within a tenant.
pub async fn by_code(db: &Db, tenant: TenantId, code: &str) -> Result<Option<Brand>, StoreError> {
    let sql = format!("select {COLUMNS} from brand where tenant = $1 and code = $2");
    db.query_one(&sql, params![tenant.0, code]).await?.as_ref().map(brand).transpose()
}

/// The id of a code, as a transaction sees it.
pub async fn id_of(
    tx: &mut Tx,
    tenant: TenantId,
    code: &str,
) -> Result<Option<BrandId>, StoreError> {
    let sql = "select brand from brand where tenant = $1 and code = $2";
    let rows = tx.query(sql, params![tenant.0, code]).await?;
    rows.first().map(|row| Ok(BrandId(row.int("brand")?))).transpose()
}

/// Adds a brand. A code that is taken is [`StoreError::Unique`].
pub async fn insert(
    tx: &mut Tx,
    id: BrandId,
    tenant: TenantId,
    config: &BrandConfig,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into brand (brand, tenant, code, name, site, kit, privacy, support, widget,
        created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        id.0,
        tenant.0,
        &config.code,
        &config.name,
        config.site.clone(),
        written(config.kit.as_ref())?,
        written(config.privacy.as_ref())?,
        written(config.support.as_ref())?,
        written(config.widget.as_ref())?,
        now.0
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Gives a brand another name.
pub async fn rename(
    tx: &mut Tx,
    tenant: TenantId,
    id: BrandId,
    name: &str,
) -> Result<(), StoreError> {
    let sql = "update brand set name = $3 where tenant = $1 and brand = $2";
    tx.execute(sql, params![tenant.0, id.0, name]).await?;
    Ok(())
}

/// Changes everything of a brand but its code. A path that is taken is [`StoreError::Unique`].
pub async fn change(
    tx: &mut Tx,
    tenant: TenantId,
    id: BrandId,
    config: &BrandConfig,
) -> Result<(), StoreError> {
    let sql = "update brand set name = $3, site = $4, kit = $5, privacy = $6, support = $7,
        widget = $8
        where tenant = $1 and brand = $2";
    let values = params![
        tenant.0,
        id.0,
        &config.name,
        config.site.clone(),
        written(config.kit.as_ref())?,
        written(config.privacy.as_ref())?,
        written(config.support.as_ref())?,
        written(config.widget.as_ref())?
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// A part of a brand as it is stored; nothing where it has none.
fn written<T: Serialize>(part: Option<&T>) -> Result<Option<String>, StoreError> {
    let text = part.map(serde_json::to_string).transpose();
    text.map_err(|error| StoreError::Shape(error.to_string()))
}

/// The part of a brand in a column.
fn part<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>, StoreError> {
    let part = row.maybe_text(column)?.map(serde_json::from_str).transpose();
    part.map_err(|error| StoreError::Corrupt(format!("brand.{column}: {error}")))
}

fn brand(row: &Row) -> Result<Brand, StoreError> {
    Ok(Brand {
        id: BrandId(row.int("brand")?),
        tenant: TenantId(row.int("tenant")?),
        config: BrandConfig {
            code: row.text("code")?.to_owned(),
            name: row.text("name")?.to_owned(),
            site: row.maybe_text("site")?.map(str::to_owned),
            kit: part(row, "kit")?,
            privacy: part(row, "privacy")?,
            support: part(row, "support")?,
            widget: part(row, "widget")?,
        },
    })
}
