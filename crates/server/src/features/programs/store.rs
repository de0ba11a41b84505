//! The tables `program`, `point_type` and `program_version`.

use std::collections::BTreeMap;

use lazo_domain::ids::{BrandId, PointTypeId, ProgramId, TenantId};
use lazo_domain::program::{Code, ProgramConfig};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, IdGenerator, Row, StoreError, Tx, params};

use super::{ProgramHead, Version, VersionState};

const VERSION: &str = "program, version, state, document, effective_from, author, created_at,
    publisher, published_at, ancestors";

/// A tenant's programs, in the order of their codes.
pub async fn all(db: &Db, tenant: TenantId) -> Result<Vec<ProgramHead>, StoreError> {
    let sql = "select program, tenant, brand, code from program where tenant = $1 order by code";
    db.query(sql, params![tenant.0]).await?.iter().map(head).collect()
}

/// The program of a code within a tenant.
pub async fn by_code(
    db: &Db,
    tenant: TenantId,
    code: &str,
) -> Result<Option<ProgramHead>, StoreError> {
    let sql = "select program, tenant, brand, code from program where tenant = $1 and code = $2";
    db.query_one(sql, params![tenant.0, code]).await?.as_ref().map(head).transpose()
}

/// Adds a program. A code that is taken is [`StoreError::Unique`].
pub async fn insert(tx: &mut Tx, program: &ProgramHead, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into program (program, tenant, brand, code, created_at) values ($1, $2, $3, $4, $5)";
    let brand = program.brand.map(|brand| brand.0);
    tx.execute(sql, params![program.id.0, program.tenant.0, brand, &program.code, now.0]).await?;
    Ok(())
}

/// Puts a program under another brand.
pub async fn set_brand(
    tx: &mut Tx,
    tenant: TenantId,
    program: ProgramId,
    brand: Option<BrandId>,
) -> Result<(), StoreError> {
    let sql = "update program set brand = $3 where tenant = $1 and program = $2";
    tx.execute(sql, params![tenant.0, program.0, brand.map(|brand| brand.0)]).await?;
    Ok(())
}

/// The ids of a program's point types by code.
pub async fn point_types(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
) -> Result<BTreeMap<Code, PointTypeId>, StoreError> {
    let sql = "select point_type, code from point_type where tenant = $1 and program = $2";
    let rows = db.query(sql, params![tenant.0, program.0]).await?;
    rows.iter()
        .map(|row| Ok((row.text("code")?.to_owned(), PointTypeId(row.int("point_type")?))))
        .collect()
}

/// Gives each point type of a document an id, unless its code has one: then it keeps that for ever.
pub async fn register_point_types(
    tx: &mut Tx,
    tenant: TenantId,
    program: ProgramId,
    config: &ProgramConfig,
    ids: &IdGenerator,
) -> Result<(), StoreError> {
    let sql = "insert into point_type (point_type, tenant, program, code) values ($1, $2, $3, $4)
        on conflict (program, code) do nothing";
    for point_type in &config.point_types {
        tx.execute(sql, params![ids.next(), tenant.0, program.0, &point_type.code]).await?;
    }
    Ok(())
}

/// A program's versions, the newest first.
pub async fn versions(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
) -> Result<Vec<Version>, StoreError> {
    let sql = format!(
        "select {VERSION} from program_version where tenant = $1 and program = $2 order by version desc"
    );
    db.query(&sql, params![tenant.0, program.0]).await?.iter().map(version).collect()
}

/// One version of a program.
pub async fn version_of(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    number: i64,
) -> Result<Option<Version>, StoreError> {
    let sql = format!(
        "select {VERSION} from program_version where tenant = $1 and program = $2 and version = $3"
    );
    let row = db.query_one(&sql, params![tenant.0, program.0, number]).await?;
    row.as_ref().map(version).transpose()
}

/// All that is published of a tenant: the configuration's version, and every program's versions with its ids.
///
/// One moment throughout, so that a version never comes with the documents of another.
pub async fn published(db: &Db, tenant: TenantId) -> Result<Option<Published>, StoreError> {
    let mut tx = db.snapshot().await?;
    let sql = "select config_version from tenant where tenant = $1";
    let Some(row) = tx.query(sql, params![tenant.0]).await?.into_iter().next() else {
        return Ok(None);
    };
    let sql = "select p.code as program_code, v.program, v.version, v.state, v.document, v.effective_from,
            v.author, v.created_at, v.publisher, v.published_at, v.ancestors
        from program_version v join program p on p.program = v.program
        where v.tenant = $1 and v.state = 'published' order by v.program, v.version";
    let versions = tx.query(sql, params![tenant.0]).await?;
    let sql = "select program, point_type, code from point_type where tenant = $1";
    let types = tx.query(sql, params![tenant.0]).await?;
    tx.rollback().await?;
    let mut point_types: BTreeMap<ProgramId, BTreeMap<Code, PointTypeId>> = BTreeMap::new();
    for row in &types {
        let of = point_types.entry(ProgramId(row.int("program")?)).or_default();
        of.insert(row.text("code")?.to_owned(), PointTypeId(row.int("point_type")?));
    }
    Ok(Some(Published {
        config_version: row.int("config_version")?,
        versions: versions.iter().map(version).collect::<Result<_, _>>()?,
        point_types,
    }))
}

/// What [`published`] answers.
#[derive(Debug)]
pub struct Published {
    /// The version of the tenant's whole configuration.
    pub config_version: i64,
    /// Every published version of every program.
    pub versions: Vec<Version>,
    /// Ids by program and code.
    pub point_types: BTreeMap<ProgramId, BTreeMap<Code, PointTypeId>>,
}

/// Adds a version with the next number; answers the number.
pub async fn add_version(tx: &mut Tx, tenant: TenantId, new: &Version) -> Result<i64, StoreError> {
    let sql = "insert into program_version (program, version, tenant, state, document, effective_from, author,
            created_at, publisher, published_at, ancestors)
        select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10
        from program_version where program = $1
        returning version";
    let document =
        serde_json::to_string(&new.config).map_err(|error| StoreError::Shape(error.to_string()))?;
    let ancestors = serde_json::to_string(&new.ancestors)
        .map_err(|error| StoreError::Shape(error.to_string()))?;
    let rows = tx
        .query(
            sql,
            params![
                new.program.0,
                tenant.0,
                new.state.name(),
                document,
                new.effective_from.map(|at| at.0),
                &new.author,
                new.created_at.0,
                new.publisher.clone(),
                new.published_at.map(|at| at.0),
                ancestors
            ],
        )
        .await?;
    rows.first()
        .map_or(Err(StoreError::Shape("no version came back".into())), |row| row.int("version"))
}

/// Discards a program's draft, if it has one: answers who wrote it, with everybody before.
pub async fn discard_draft(
    tx: &mut Tx,
    tenant: TenantId,
    program: ProgramId,
) -> Result<Option<Vec<String>>, StoreError> {
    let sql = "update program_version set state = 'discarded'
        where tenant = $1 and program = $2 and state = 'draft' returning author, ancestors";
    let rows = tx.query(sql, params![tenant.0, program.0]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut all = ancestors(row)?;
    let author = row.text("author")?;
    if !all.iter().any(|known| known == author) {
        all.push(author.to_owned());
    }
    Ok(Some(all))
}

fn ancestors(row: &Row) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(row.text("ancestors")?)
        .map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// Turns a draft into a published version: answers whether it still was a draft.
pub async fn mark_published(
    tx: &mut Tx,
    tenant: TenantId,
    draft: &Version,
    effective_from: Timestamp,
    publisher: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update program_version
        set state = 'published', effective_from = $4, publisher = $5, published_at = $6
        where tenant = $1 and program = $2 and version = $3 and state = 'draft'";
    let params =
        params![tenant.0, draft.program.0, draft.version, effective_from.0, publisher, now.0];
    Ok(tx.execute(sql, params).await? == 1)
}

fn head(row: &Row) -> Result<ProgramHead, StoreError> {
    Ok(ProgramHead {
        id: ProgramId(row.int("program")?),
        tenant: TenantId(row.int("tenant")?),
        brand: row.maybe_int("brand")?.map(BrandId),
        code: row.text("code")?.to_owned(),
    })
}

fn version(row: &Row) -> Result<Version, StoreError> {
    let state = row.text("state")?;
    let document = row.text("document")?;
    Ok(Version {
        program: ProgramId(row.int("program")?),
        version: row.int("version")?,
        state: VersionState::named(state)
            .ok_or_else(|| StoreError::Corrupt(format!("state `{state}`")))?,
        config: serde_json::from_str(document)
            .map_err(|error| StoreError::Corrupt(error.to_string()))?,
        effective_from: row.maybe_int("effective_from")?.map(Timestamp),
        author: row.text("author")?.to_owned(),
        ancestors: ancestors(row)?,
        created_at: Timestamp(row.int("created_at")?),
        publisher: row.maybe_text("publisher")?.map(str::to_owned),
        published_at: row.maybe_int("published_at")?.map(Timestamp),
    })
}
