//! The table `brand`.

use lazo_domain::ids::{BrandId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{Brand, BrandConfig};

/// A tenant's brands, in the order of their codes.
pub async fn all(db: &Db, tenant: TenantId) -> Result<Vec<Brand>, StoreError> {
    let sql = "select brand, tenant, code, name from brand where tenant = $1 order by code";
    db.query(sql, params![tenant.0]).await?.iter().map(brand).collect()
}

/// The brand of a code within a tenant.
pub async fn by_code(db: &Db, tenant: TenantId, code: &str) -> Result<Option<Brand>, StoreError> {
    let sql = "select brand, tenant, code, name from brand where tenant = $1 and code = $2";
    db.query_one(sql, params![tenant.0, code]).await?.as_ref().map(brand).transpose()
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
    let sql =
        "insert into brand (brand, tenant, code, name, created_at) values ($1, $2, $3, $4, $5)";
    tx.execute(sql, params![id.0, tenant.0, &config.code, &config.name, now.0]).await?;
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

fn brand(row: &Row) -> Result<Brand, StoreError> {
    Ok(Brand {
        id: BrandId(row.int("brand")?),
        tenant: TenantId(row.int("tenant")?),
        config: BrandConfig {
            code: row.text("code")?.to_owned(),
            name: row.text("name")?.to_owned(),
        },
    })
}
