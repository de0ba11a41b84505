//! Reading redemptions: one of them, a page of them by their names, and the latest.

use lazo_domain::account::Redemption;
use lazo_domain::ids::{AccountId, RedemptionId, TenantId};

use super::read::{Books, MAX_PAGE};
use super::rows;
use crate::error::StoreError;
use crate::params;

impl Books {
    /// Redemptions of an account before `before`, by their names, the last first.
    pub async fn redemptions(
        &self,
        tenant: TenantId,
        account: AccountId,
        before: Option<RedemptionId>,
        limit: i64,
    ) -> Result<Vec<Redemption>, StoreError> {
        let sql = "select detail from redemption where bucket = $1 and tenant = $2 and account = $3
                   and redemption < $4 order by redemption desc limit $5";
        let before = before.map_or(i64::MAX, |id| id.0);
        let key = params![account.bucket(), tenant.0, account.0, before, limit.clamp(1, MAX_PAGE)];
        self.db.query(sql, key).await?.iter().map(rows::redemption).collect()
    }

    /// The redemptions of an account that were reserved last, the newest first. Their ids are names, not an order, so all
    /// of them are looked through, a page at a time.
    pub async fn latest_redemptions(
        &self,
        tenant: TenantId,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<Redemption>, StoreError> {
        let (mut newest, mut before) = (Vec::new(), None);
        loop {
            let page = self.redemptions(tenant, account, before, MAX_PAGE).await?;
            let Some(last) = page.last().map(|redemption| redemption.id) else {
                return Ok(newest);
            };
            before = Some(last);
            newest.extend(page);
            newest.sort_by_key(|r: &Redemption| std::cmp::Reverse((r.reserved_at, r.event)));
            newest.truncate(limit);
        }
    }

    /// One redemption of an account.
    pub async fn redemption(
        &self,
        tenant: TenantId,
        account: AccountId,
        redemption: RedemptionId,
    ) -> Result<Option<Redemption>, StoreError> {
        let sql = "select detail from redemption where bucket = $1 and tenant = $2 and account = $3 and redemption = $4";
        let key = params![account.bucket(), tenant.0, account.0, redemption.0];
        self.db.query_one(sql, key).await?.as_ref().map(rows::redemption).transpose()
    }

    /// A redemption by its name alone, and the account it is on.
    pub async fn redemption_named(
        &self,
        tenant: TenantId,
        redemption: RedemptionId,
    ) -> Result<Option<(AccountId, Redemption)>, StoreError> {
        let sql = "select account, detail from redemption where tenant = $1 and redemption = $2";
        let found = self.db.query_one(sql, params![tenant.0, redemption.0]).await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some((AccountId(row.int("account")?), rows::redemption(&row)?)))
    }
}
