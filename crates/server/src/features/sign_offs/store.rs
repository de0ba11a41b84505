//! The tables `sign_off` and `sign_off_policy`.

use lazo_domain::ids::{ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

/// A function's word on a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    /// Which function.
    pub function: String,
    /// On which version.
    pub version: i64,
    /// Does it agree?
    pub agreed: bool,
    /// What it added.
    pub note: String,
    /// Who spoke for it.
    pub signed_by: String,
    /// When.
    pub signed_at: Timestamp,
}

/// Every word on a program's versions.
pub async fn of(db: &Db, tenant: TenantId, program: ProgramId) -> Result<Vec<SignOff>, StoreError> {
    let sql = "select function, version, verdict, note, signed_by, signed_at from sign_off
        where tenant = $1 and program = $2 order by version, function";
    let rows = db.query(sql, params![tenant.0, program.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(SignOff {
                function: row.text("function")?.to_owned(),
                version: row.int("version")?,
                agreed: row.text("verdict")? == "agreed",
                note: row.text("note")?.to_owned(),
                signed_by: row.text("signed_by")?.to_owned(),
                signed_at: Timestamp(row.int("signed_at")?),
            })
        })
        .collect()
}

/// Keeps a function's word; a later word on the same version takes its place, and the log keeps both.
pub async fn put(
    tx: &mut Tx,
    tenant: TenantId,
    program: ProgramId,
    word: &SignOff,
) -> Result<(), StoreError> {
    let sql = "insert into sign_off (tenant, program, version, function, verdict, note, signed_by, signed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant, program, version, function)
        do update set verdict = $5, note = $6, signed_by = $7, signed_at = $8";
    let verdict = if word.agreed { "agreed" } else { "refused" };
    let values = params![
        tenant.0,
        program.0,
        word.version,
        &word.function,
        verdict,
        &word.note,
        &word.signed_by,
        word.signed_at.0
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Who lifted the demand, where it is lifted.
pub async fn lifted_by(db: &Db, tenant: TenantId) -> Result<Option<String>, StoreError> {
    let sql = "select set_by from sign_off_policy where tenant = $1 and demanded = 0";
    let row = db.query_one(sql, params![tenant.0]).await?;
    row.map(|row| Ok(row.text("set_by")?.to_owned())).transpose()
}

/// Does the tenant ask for sign-offs?
pub async fn is_demanded(db: &Db, tenant: TenantId) -> Result<bool, StoreError> {
    let sql = "select demanded from sign_off_policy where tenant = $1";
    let row = db.query_one(sql, params![tenant.0]).await?;
    row.map_or(Ok(false), |row| Ok(row.int("demanded")? == 1))
}

/// Asks for sign-offs, or no longer.
pub async fn demand(
    tx: &mut Tx,
    tenant: TenantId,
    demanded: bool,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "insert into sign_off_policy (tenant, demanded, set_by, set_at) values ($1, $2, $3, $4)
        on conflict (tenant) do update set demanded = $2, set_by = $3, set_at = $4";
    tx.execute(sql, params![tenant.0, demanded, by, now.0]).await?;
    Ok(())
}
