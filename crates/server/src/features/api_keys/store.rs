//! The table `api_key`.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::ids::{ApiKeyId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Lookup, Question, Row, Statement, StoreError, Tx, params};

use super::ApiKey;
use crate::features::tenants::{self, Tenant};
use crate::http::Role;
use crate::secrets::Secret;

const COLUMNS: &str =
    "k.api_key, k.tenant, k.name as key_name, k.role, k.scopes, k.hint, k.created_by,
    k.created_at as key_created_at, k.expires_at, k.revoked_at";

/// Finds keys, revoked or not, by the hash of their secret, each with its tenant: every request asks for both.
#[must_use]
pub fn by_hash(db: Db) -> Lookup<Vec<u8>, (ApiKey, Arc<Tenant>)> {
    let ask = |hashes: &[Vec<u8>]| {
        let set = Columns::of(hashes).bytes(Clone::clone).done();
        let sql = format!(
            "select {COLUMNS}, k.hash, {} from {{rows}} {{each api_key k on k.hash = r.column1}}
            {{each tenant t on t.tenant = k.tenant}}",
            tenants::store::COLUMNS
        );
        Statement::over(&sql, set, &[])
    };
    let read = |rows: &[Row]| -> Result<BTreeMap<_, _>, StoreError> {
        let found = |row: &Row| {
            let tenant = tenants::store::tenant(row)?;
            Ok((row.bytes("hash")?.to_vec(), (api_key(row)?, Arc::new(tenant))))
        };
        rows.iter().map(found).collect()
    };
    Lookup::new(db, Question { ask, read })
}

/// A tenant's key.
pub async fn by_id(db: &Db, tenant: TenantId, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    let sql = format!("select {COLUMNS} from api_key k where k.tenant = $1 and k.api_key = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(api_key).transpose()
}

/// A tenant's keys in the order of their making, after `after`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    after: ApiKeyId,
    limit: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from api_key k where k.tenant = $1 and k.api_key > $2 order by k.api_key limit $3"
    );
    db.query(&sql, params![tenant.0, after.0, limit]).await?.iter().map(api_key).collect()
}

/// Adds a key with its secret's hash.
pub async fn insert(tx: &mut Tx, key: &ApiKey, secret: &Secret) -> Result<(), StoreError> {
    let sql = "insert into api_key (api_key, tenant, name, role, scopes, hash, hint, created_by,
            created_at, expires_at, revoked_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null)";
    let scopes = key.scopes.as_ref().map(|scopes| serde_json::json!(scopes).to_string());
    let values = params![
        key.id.0,
        key.tenant.0,
        &key.name,
        key.role.name(),
        scopes,
        secret.hash.clone(),
        &key.hint,
        &key.created_by,
        key.created_at.0,
        key.expires_at.map(|at| at.0)
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Revokes a key; revoking it again changes nothing. Answers whether there is such a key.
pub async fn revoke(
    tx: &mut Tx,
    tenant: TenantId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update api_key set revoked_at = coalesce(revoked_at, $3)
        where tenant = $1 and api_key = $2";
    Ok(tx.execute(sql, params![tenant.0, id.0, now.0]).await? == 1)
}

fn api_key(row: &Row) -> Result<ApiKey, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("an API key's {what}"));
    let scopes = row.maybe_text("scopes")?;
    Ok(ApiKey {
        id: ApiKeyId(row.int("api_key")?),
        tenant: TenantId(row.int("tenant")?),
        name: row.text("key_name")?.to_owned(),
        role: Role::named(row.text("role")?).ok_or_else(|| corrupt("role"))?,
        scopes: scopes
            .map(|text| serde_json::from_str(text).map_err(|_| corrupt("scopes")))
            .transpose()?,
        hint: row.text("hint")?.to_owned(),
        created_by: row.text("created_by")?.to_owned(),
        created_at: Timestamp(row.int("key_created_at")?),
        expires_at: row.maybe_int("expires_at")?.map(Timestamp),
        revoked_at: row.maybe_int("revoked_at")?.map(Timestamp),
    })
}
