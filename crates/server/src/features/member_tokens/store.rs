//! The table `member_token`.

use lazo_domain::ids::{AccountId, MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

/// Run-out tokens that one issue sweeps away, so that the table stays small without a job.
const SWEEP: i64 = 20;

/// Whose token this is, while it works.
pub async fn holder(
    db: &Db,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(TenantId, MemberId, AccountId)>, StoreError> {
    let sql =
        "select tenant, member, account from member_token where hash = $1 and expires_at > $2";
    let Some(row) = db.query_one(sql, params![hash, now.0]).await? else { return Ok(None) };
    Ok(Some((
        TenantId(row.int("tenant")?),
        MemberId(row.int("member")?),
        AccountId(row.int("account")?),
    )))
}

/// Keeps a token's hash, and forgets a few that have run out.
pub async fn insert(
    tx: &mut Tx,
    hash: &[u8],
    of: (TenantId, MemberId, AccountId),
    issued_by: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let (tenant, member, account) = of;
    let sql = "insert into member_token (hash, tenant, member, account, issued_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![hash, tenant.0, member.0, account.0, issued_by, now.0, expires_at.0];
    tx.execute(sql, values).await?;
    let sql = "delete from member_token where hash in
        (select hash from member_token where expires_at <= $1 order by expires_at limit $2)";
    tx.execute(sql, params![now.0, SWEEP]).await?;
    Ok(())
}

/// Ends all tokens of a member; answers how many.
pub async fn revoke(tx: &mut Tx, tenant: TenantId, member: MemberId) -> Result<u64, StoreError> {
    let sql = "delete from member_token where tenant = $1 and member = $2";
    tx.execute(sql, params![tenant.0, member.0]).await
}
