//! Reading the whole ledger in bounded memory: balances at an instant, liability and program totals.

use std::collections::{BTreeMap, HashMap};

use lazo_domain::decision::{Entry, Side};
use lazo_domain::ids::{AccountId, BUCKETS, EventId, LotId, MemberId, PointTypeId, TenantId};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;

use super::read::{Books, MAX_PAGE};
use super::rows;
use crate::db::{Row, Tx};
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

/// What moved within stretches of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Movements {
    /// What arrived on each side of the double entry, by point type, side and stretch.
    pub points: BTreeMap<(PointTypeId, Side, usize), Points>,
    /// How many accounts anything happened to, by stretch.
    pub accounts: BTreeMap<usize, i64>,
}

impl Books {
    /// What moved in each stretch of time; `stretch` says in which one an instant lies, if it lies in any. Reads the
    /// whole journal, a page at a time: for a person who asks, not for every request.
    pub async fn movements(
        &self,
        tenant: TenantId,
        stretch: impl Fn(Timestamp) -> Option<usize>,
    ) -> Result<Movements, StoreError> {
        let mut all = Movements::default();
        let mut last: BTreeMap<usize, i64> = BTreeMap::new();
        let mut tx = self.db.snapshot().await?;
        for bucket in 0..BUCKETS {
            let everybody = (i64::MIN, i64::MAX);
            lines(&mut tx, tenant, bucket, everybody, |account, line| {
                let Some(place) = stretch(line.effective_at) else { return Ok(()) };
                if last.insert(place, account) != Some(account) {
                    *all.accounts.entry(place).or_default() += 1;
                }
                let sum = all.points.entry((line.point_type, line.side, place)).or_default();
                let more = sum.0.checked_add(line.points.0);
                *sum = Points(more.ok_or_else(|| too_many(line.point_type))?);
                Ok(())
            })
            .await?;
        }
        tx.rollback().await?;
        Ok(all)
    }

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
        let mut all: BTreeMap<(PointTypeId, Side), Points> = BTreeMap::new();
        let mut tx = self.db.snapshot().await?;
        for bucket in 0..BUCKETS {
            let everybody = (i64::MIN, i64::MAX);
            lines(&mut tx, tenant, bucket, everybody, |_, line| {
                let sum = all.entry((line.point_type, line.side)).or_default();
                let more = sum.0.checked_add(line.points.0);
                *sum = Points(more.ok_or_else(|| too_many(line.point_type))?);
                Ok(())
            })
            .await?;
        }
        tx.rollback().await?;
        Ok(all)
    }
}

fn too_many(point_type: PointTypeId) -> StoreError {
    StoreError::Corrupt(format!("the points of type {point_type} exceed what can be counted"))
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

/// A lot that has expired by then counts for nothing, also when nobody has swept it up yet; pending points count from
/// their release on, also when nobody has released them.
async fn at_instant(
    tx: &mut Tx,
    tenant: TenantId,
    bucket: i64,
    range: (i64, i64),
    at: Timestamp,
    page: BTreeMap<i64, MemberId>,
) -> Result<Vec<AccountAt>, StoreError> {
    let lots = fates(tx, tenant, bucket, range, at).await?;
    let mut sums: BTreeMap<i64, BTreeMap<PointTypeId, PointsAt>> = BTreeMap::new();
    lines(tx, tenant, bucket, range, |account, line| {
        if line.effective_at > at {
            return Ok(());
        }
        let types = sums.entry(account).or_default();
        let points = types.entry(line.point_type).or_default();
        let fate = line.lot.and_then(|lot| lots.get(&(account, lot))).copied().unwrap_or_default();
        let counted = match line.side {
            Side::Issued => (&mut points.earned, line.points.0.checked_neg()),
            Side::Available if !fate.expired => (&mut points.available, Some(line.points.0)),
            Side::Pending if fate.released && !fate.expired => {
                (&mut points.available, Some(line.points.0))
            }
            _ => return Ok(()),
        };
        let sum = counted.1.and_then(|more| counted.0.0.checked_add(more));
        *counted.0 = Points(sum.ok_or_else(|| too_many(line.point_type))?);
        Ok(())
    })
    .await?;
    let at = |(account, member)| AccountAt {
        account: AccountId(account),
        member,
        points: sums.remove(&account).unwrap_or_default(),
    };
    Ok(page.into_iter().map(at).collect())
}

/// What has become of a lot by an instant.
#[derive(Clone, Copy, Default)]
struct Fate {
    expired: bool,
    released: bool,
}

/// The lots of accounts after the first and up to the last that have expired or been released by `at`.
async fn fates(
    tx: &mut Tx,
    tenant: TenantId,
    bucket: i64,
    (after, last): (i64, i64),
    at: Timestamp,
) -> Result<HashMap<(i64, LotId), Fate>, StoreError> {
    let sql = "select account, lot_event, lot_seq,
        case when expires_at <= $5 then 1 else 0 end as expired,
        case when release_at <= $5 then 1 else 0 end as released from lot
        where bucket = $1 and tenant = $2 and account > $3 and account <= $4
        and (expires_at <= $5 or release_at <= $5)";
    let rows = tx.query(sql, params![bucket, tenant.0, after, last, at.0]).await?;
    let fate = |row: &Row| {
        let lot = LotId { event: EventId(row.int("lot_event")?), seq: row.int("lot_seq")? };
        let fate = Fate { expired: row.flag("expired")?, released: row.flag("released")? };
        Ok(((row.int("account")?, lot), fate))
    };
    rows.iter().map(fate).collect()
}

/// The most events read at once.
const PAGE: i64 = 2_000;

/// Hands each line of the accounts of a bucket after the first and up to the last to `each`, account by account.
async fn lines(
    tx: &mut Tx,
    tenant: TenantId,
    bucket: i64,
    (first, last): (i64, i64),
    mut each: impl FnMut(i64, Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "select account, event, effective_at, entries from event
        where bucket = $1 and tenant = $2 and (account, event) > ($3, $4) and account <= $5
        order by account, event limit $6";
    let mut after = (first, i64::MAX);
    loop {
        let key = params![bucket, tenant.0, after.0, after.1, last, PAGE];
        let rows = tx.query(sql, key).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        after = (end.int("account")?, end.int("event")?);
        for row in &rows {
            let account = row.int("account")?;
            for line in rows::parse_entries(row)? {
                each(account, line)?;
            }
        }
    }
}
