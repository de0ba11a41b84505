//! Reading the whole ledger in bounded memory: balances at an instant, liability and program totals.

use std::collections::BTreeMap;

use lazo_domain::decision::Side;
use lazo_domain::ids::{AccountId, BUCKETS, MemberId, PointTypeId, TenantId};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;

use super::read::{Books, MAX_PAGE};
use crate::db::Tx;
use crate::error::StoreError;
use crate::params;

/// What an account had at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountAt {
    /// The account.
    pub account: AccountId,
    /// Whose it is.
    pub member: MemberId,
    /// Per point type; none when nothing had happened.
    pub points: BTreeMap<PointTypeId, PointsAt>,
}

/// What an account had of one point type at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PointsAt {
    /// Granted by rules so far, less what returns took back.
    pub earned: Points,
    /// Free to spend: released and not expired, whether or not a job had run.
    pub available: Points,
}

/// What members could still ask for, of one point type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Liability {
    /// Free to spend, in lots above zero.
    pub available: Points,
    /// Not yet released.
    pub pending: Points,
    /// Set aside for reservations.
    pub held: Points,
    /// What members owe; zero or less.
    pub debt: Points,
}

impl Books {
    /// Hands every account of a tenant, as it stood at `at`, to `each`, page by page, all of one moment.
    pub async fn balances_at(
        &self,
        tenant: TenantId,
        at: Timestamp,
        mut each: impl FnMut(Vec<AccountAt>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.snapshot().await?;
        for bucket in 0..BUCKETS {
            let mut after = i64::MIN;
            loop {
                let page = page(&mut tx, tenant, bucket, after, MAX_PAGE).await?;
                let Some(last) = page.keys().next_back().copied() else { break };
                each(at_instant(&mut tx, tenant, bucket, (after, last), at, page).await?)?;
                after = last;
            }
        }
        tx.rollback().await
    }

    /// One account as it stood at `at`.
    pub async fn balance_at(
        &self,
        tenant: TenantId,
        account: AccountId,
        at: Timestamp,
    ) -> Result<Option<AccountAt>, StoreError> {
        let mut tx = self.db.snapshot().await?;
        let (bucket, after) = (account.bucket(), account.0.saturating_sub(1));
        let mut one = page(&mut tx, tenant, bucket, after, 1).await?;
        one.retain(|found, _| *found == account.0);
        let mut found = at_instant(&mut tx, tenant, bucket, (after, account.0), at, one).await?;
        tx.rollback().await?;
        Ok(found.pop())
    }

    /// What members of a tenant could still ask for: the sum of open lots per point type.
    pub async fn liability(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<PointTypeId, Liability>, StoreError> {
        let sql = "select point_type,
                   cast(sum(case when available > 0 then available else 0 end) as bigint) as available,
                   cast(sum(case when available < 0 then available else 0 end) as bigint) as debt,
                   cast(sum(pending) as bigint) as pending, cast(sum(held) as bigint) as held
                   from lot where tenant = $1 and is_open = 1 group by point_type";
        let mut all = BTreeMap::new();
        for row in self.db.query(sql, params![tenant.0]).await? {
            let points = |name| row.int(name).map(Points);
            let liability = Liability {
                available: points("available")?,
                pending: points("pending")?,
                held: points("held")?,
                debt: points("debt")?,
            };
            all.insert(PointTypeId(row.int("point_type")?), liability);
        }
        Ok(all)
    }

    /// The sum of every account of the double entry, per point type; the sums of a point type add up to zero.
    pub async fn totals(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<(PointTypeId, Side), Points>, StoreError> {
        let sql = "select point_type, side, cast(sum(points) as bigint) as points from entry
                   where tenant = $1 group by point_type, side";
        let mut all = BTreeMap::new();
        for row in self.db.query(sql, params![tenant.0]).await? {
            let number = row.int("side")?;
            let side = Side::from_number(number)
                .ok_or_else(|| StoreError::Corrupt(format!("entry.side is {number}")))?;
            all.insert((PointTypeId(row.int("point_type")?), side), Points(row.int("points")?));
        }
        Ok(all)
    }
}

async fn page(
    tx: &mut Tx,
    tenant: TenantId,
    bucket: i64,
    after: i64,
    limit: i64,
) -> Result<BTreeMap<i64, MemberId>, StoreError> {
    let sql =
        "select account, member from account where bucket = $1 and tenant = $2 and account > $3
               order by account limit $4";
    let found = tx.query(sql, params![bucket, tenant.0, after, limit]).await?;
    found.iter().map(|row| Ok((row.int("account")?, MemberId(row.int("member")?)))).collect()
}

/// Sides 1 and 2 are available and pending, 11 is issued. A lot that has expired by then counts for nothing, also
/// when nobody has swept it up yet; pending points count from their release on, also when nobody has released them.
///
/// A lot is looked up by its whole key and by nothing else: given the page's range of accounts as well, PostgreSQL
/// walks all lots of the page for each entry once it plans without looking at the values.
const AT: &str = "select n.account, n.point_type,
    cast(sum(case when n.side = 11 then -n.points else 0 end) as bigint) as earned,
    cast(sum(case when (n.side = 1 or (n.side = 2 and l.release_at <= $5))
             and (l.expires_at is null or l.expires_at > $5) then n.points else 0 end) as bigint) as available
    from entry n left join lot l on l.bucket = n.bucket and l.tenant = n.tenant and l.account = n.account
    and l.lot_event = n.lot_event and l.lot_seq = n.lot_seq
    where n.bucket = $1 and n.tenant = $2 and n.account > $3 and n.account <= $4 and n.effective_at <= $5
    group by n.account, n.point_type";

async fn at_instant(
    tx: &mut Tx,
    tenant: TenantId,
    bucket: i64,
    (after, last): (i64, i64),
    at: Timestamp,
    page: BTreeMap<i64, MemberId>,
) -> Result<Vec<AccountAt>, StoreError> {
    let mut sums: BTreeMap<i64, BTreeMap<PointTypeId, PointsAt>> = BTreeMap::new();
    for row in tx.query(AT, params![bucket, tenant.0, after, last, at.0]).await? {
        let points = PointsAt {
            earned: Points(row.int("earned")?),
            available: Points(row.int("available")?),
        };
        let types = sums.entry(row.int("account")?).or_default();
        types.insert(PointTypeId(row.int("point_type")?), points);
    }
    let at = |(account, member)| AccountAt {
        account: AccountId(account),
        member,
        points: sums.remove(&account).unwrap_or_default(),
    };
    Ok(page.into_iter().map(at).collect())
}
