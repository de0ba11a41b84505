//! The table `redemption_account`: which account a redemption is on.

use lazo_domain::ids::{AccountId, MemberId, RedemptionId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, params};

/// Remembers whose redemption it is going to be, before the ledger is asked; harmless when the ledger refuses.
pub async fn remember(
    db: &Db,
    tenant: TenantId,
    redemption: RedemptionId,
    (member, account): (MemberId, AccountId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into redemption_account (tenant, redemption, member, account, created_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    let params = params![tenant.0, redemption.0, member.0, account.0, now.0];
    db.execute(sql, params).await.map(|_| ())
}

/// Whose redemption it is.
pub async fn owner(
    db: &Db,
    tenant: TenantId,
    redemption: RedemptionId,
) -> Result<Option<(MemberId, AccountId)>, StoreError> {
    let sql =
        "select member, account from redemption_account where tenant = $1 and redemption = $2";
    let row = db.query_one(sql, params![tenant.0, redemption.0]).await?;
    row.map(|row| Ok((MemberId(row.int("member")?), AccountId(row.int("account")?)))).transpose()
}
