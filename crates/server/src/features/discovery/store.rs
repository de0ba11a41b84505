//! The tables `discovery_waiver`, `discovery_vote`, `discovery_form` and `discovery_policy`.

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

use super::Question;

/// A question left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Which.
    pub question: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub waived_by: String,
    /// When.
    pub waived_at: Timestamp,
}

/// What a function thinks of a tactic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// Which tactic.
    pub tactic: String,
    /// Which function.
    pub function: String,
    /// From -2 to 2.
    pub vote: i64,
}

/// A form that went out by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Whose register it fills.
    pub tenant: TenantId,
    /// Which register.
    pub register: String,
    /// Who asked.
    pub asked_by: String,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

/// A tenant's waivers.
pub async fn waivers(db: &Db, tenant: TenantId) -> Result<Vec<Waiver>, StoreError> {
    let sql = "select question, reason, waived_by, waived_at from discovery_waiver
        where tenant = $1 order by question";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(Waiver {
                question: row.text("question")?.to_owned(),
                reason: row.text("reason")?.to_owned(),
                waived_by: row.text("waived_by")?.to_owned(),
                waived_at: Timestamp(row.int("waived_at")?),
            })
        })
        .collect()
}

/// Leaves a question open.
pub async fn waive(
    tx: &mut Tx,
    tenant: TenantId,
    question: Question,
    reason: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into discovery_waiver (tenant, question, reason, waived_by, waived_at)
        values ($1, $2, $3, $4, $5)
        on conflict (tenant, question) do update set reason = $3, waived_by = $4, waived_at = $5";
    tx.execute(sql, params![tenant.0, question.name(), reason, by, now.0]).await?;
    Ok(())
}

/// Takes a waiver back.
pub async fn unwaive(tx: &mut Tx, tenant: TenantId, question: Question) -> Result<(), StoreError> {
    let sql = "delete from discovery_waiver where tenant = $1 and question = $2";
    tx.execute(sql, params![tenant.0, question.name()]).await?;
    Ok(())
}

/// A tenant's votes.
pub async fn votes(db: &Db, tenant: TenantId) -> Result<Vec<Vote>, StoreError> {
    let sql = "select tactic, function, vote from discovery_vote where tenant = $1
        order by tactic, function";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(Vote {
                tactic: row.text("tactic")?.to_owned(),
                function: row.text("function")?.to_owned(),
                vote: row.int("vote")?,
            })
        })
        .collect()
}

/// Keeps a function's vote on a tactic: `(tactic, function, vote)`.
pub async fn vote(
    tx: &mut Tx,
    tenant: TenantId,
    (tactic, function, vote): (&str, &str, i64),
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into discovery_vote (tenant, tactic, function, vote, voted_by, voted_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant, tactic, function) do update set vote = $4, voted_by = $5, voted_at = $6";
    tx.execute(sql, params![tenant.0, tactic, function, vote, by, now.0]).await?;
    Ok(())
}

/// Does the tenant ask for a complete discovery?
pub async fn is_demanded(db: &Db, tenant: TenantId) -> Result<bool, StoreError> {
    let sql = "select demanded from discovery_policy where tenant = $1";
    let row = db.query_one(sql, params![tenant.0]).await?;
    row.map_or(Ok(false), |row| Ok(row.int("demanded")? == 1))
}

/// Asks for a complete discovery, or no longer.
pub async fn demand(
    tx: &mut Tx,
    tenant: TenantId,
    demanded: bool,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "insert into discovery_policy (tenant, demanded, set_by, set_at) values ($1, $2, $3, $4)
        on conflict (tenant) do update set demanded = $2, set_by = $3, set_at = $4";
    tx.execute(sql, params![tenant.0, demanded, by, now.0]).await?;
    Ok(())
}

/// Keeps a form that goes out.
pub async fn put_form(
    tx: &mut Tx,
    hash: &[u8],
    form: &Form,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into discovery_form (hash, tenant, register, asked_by, asked_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)";
    let values =
        params![hash, form.tenant.0, &form.register, &form.asked_by, now.0, form.expires_at.0];
    tx.execute(sql, values).await?;
    Ok(())
}

/// The form of a secret, while it can be answered.
pub async fn form(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<Form>, StoreError> {
    let sql = "select tenant, register, asked_by, expires_at from discovery_form
        where hash = $1 and answered_at is null and expires_at > $2";
    let Some(row) = db.query_one(sql, params![hash, now.0]).await? else { return Ok(None) };
    Ok(Some(Form {
        tenant: TenantId(row.int("tenant")?),
        register: row.text("register")?.to_owned(),
        asked_by: row.text("asked_by")?.to_owned(),
        expires_at: Timestamp(row.int("expires_at")?),
    }))
}

/// Uses a form up: answers whether it still could be answered.
pub async fn answer_form(
    tx: &mut Tx,
    hash: &[u8],
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update discovery_form set answered_at = $2, answered_by = $3
        where hash = $1 and answered_at is null and expires_at > $2";
    Ok(tx.execute(sql, params![hash, now.0, by]).await? == 1)
}
