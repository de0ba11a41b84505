//! What moved month by month, from the days' sums and the few events that are too young to be in them: the overview reads
//! no journal from its beginning.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::decision::Side;
use lazo_domain::ids::{AccountId, BUCKETS, EventId, PointTypeId, TenantId};
use lazo_domain::points::Points;
use lazo_domain::time::{Timestamp, Zone};
use lazo_store::StoreError;
use lazo_store::ledger::{MAX_PAGE, Movements};

use super::store::{self, Sum};
use super::{Days, day_of};
use crate::app::App;

/// What moved between each of `bounds` and the next, points by side, and to how many accounts anything happened in the
/// last stretch. Bounds are the beginnings of days in `zone`.
pub async fn movements(
    app: &App,
    tenant: TenantId,
    bounds: &[Timestamp],
    zone: &Zone,
) -> Result<Movements, StoreError> {
    let ends: Vec<i64> = bounds.iter().map(|at| day_of(*at, zone)).collect();
    let (Some(first), Some(end)) = (ends.first(), ends.last()) else {
        return Ok(Movements::default());
    };
    let last = ends.len().saturating_sub(2);
    let place = |day: i64| {
        let after = ends.partition_point(|bound| *bound <= day);
        (1..ends.len()).contains(&after).then(|| after - 1)
    };
    let days = Days { from: *first, to: end - 1 };
    let since = ends.get(last).copied().unwrap_or(*first);
    let (cursors, sums, seen) = store::counted(&app.db, tenant, days, since).await?;
    let mut all = Movements::default();
    for ((point_type, day), sum) in sums {
        if let Some(place) = place(day) {
            add(&mut all, point_type, place, &sum);
        }
    }
    let mut accounts = seen;
    for bucket in 0..BUCKETS {
        let after = cursors.get(&bucket).copied().unwrap_or(EventId(0));
        young(app, tenant, (bucket, after), |account, line| {
            let Some(place) = place(day_of(line.effective_at, zone)) else { return };
            if place == last {
                accounts.insert(account);
            }
            let sum = all.points.entry((line.point_type, line.side, place)).or_default();
            *sum = Points(sum.0.saturating_add(line.points.0));
        })
        .await?;
    }
    all.accounts = BTreeMap::from([(last, i64::try_from(accounts.len()).unwrap_or(i64::MAX))]);
    Ok(all)
}

/// Sums in the signs of the double entry: what the program's side issues leaves it.
fn add(all: &mut Movements, point_type: PointTypeId, place: usize, sum: &Sum) {
    for (side, points) in [
        (Side::Issued, sum.issued.saturating_neg()),
        (Side::Redeemed, sum.redeemed),
        (Side::Expired, sum.expired),
    ] {
        let known = all.points.entry((point_type, side, place)).or_default();
        *known = Points(known.0.saturating_add(points));
    }
}

/// Hands the lines of a tenant's events in a bucket that are not in the sums yet to `each`.
async fn young(
    app: &App,
    tenant: TenantId,
    (bucket, mut after): (i64, EventId),
    mut each: impl FnMut(AccountId, &lazo_domain::decision::Entry),
) -> Result<(), StoreError> {
    let books = app.ledger.books();
    loop {
        let page = books.follow(bucket, after, EventId(i64::MAX), MAX_PAGE).await?;
        let Some(end) = page.last().map(|followed| followed.event.id) else { return Ok(()) };
        after = end;
        for followed in page.iter().filter(|followed| followed.event.tenant == tenant) {
            followed.entries.iter().for_each(|line| each(followed.event.account, line));
        }
    }
}

/// Accounts by id, each once.
pub(super) type Accounts = BTreeSet<AccountId>;
