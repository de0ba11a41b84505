//! Who has reached the goal: what was bought or redeemed between the day of the entry and the last day that counts.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::RedemptionState;
use lazo_domain::ids::{AccountId, MemberId};
use lazo_store::StoreError;

use super::plan::Goal;
use super::runs::Run;
use super::walk::Work;
use crate::features::measures::{self, Days, day_of};

/// Names an entry of a member.
pub(super) type Name = (MemberId, i64);

/// The days that count for an entry.
pub(super) fn days(goal: &Goal, entry: i64) -> Days {
    Days { from: entry, to: entry + goal.days() }
}

/// The first day whose entries still have time to reach the goal, with a day more for sales that are told late.
pub(super) fn first_open(goal: &Goal, today: i64) -> i64 {
    today - goal.days() - 1
}

/// Those of the runs that have reached the goal by now.
pub(super) async fn reached(work: &Work<'_>, runs: &[Run]) -> Result<BTreeSet<Name>, StoreError> {
    let open = runs.iter().filter(|run| run.open);
    match &work.journey.plan.goal {
        Goal::Purchases { count, .. } => purchases(work, open.collect(), *count).await,
        Goal::Redemption { .. } => redemptions(work, open.collect()).await,
    }
}

/// What each account had bought on a day already.
pub(super) async fn bought_on(
    work: &Work<'_>,
    accounts: &[AccountId],
    day: i64,
) -> Result<BTreeMap<AccountId, i64>, StoreError> {
    let of = (work.press.tenant.id, work.press.program.id);
    let days = Days { from: day, to: day };
    let found = measures::store::bought(&work.app.db, of, accounts, days).await?;
    Ok(found.into_iter().map(|(account, (purchases, _))| (account, purchases)).collect())
}

async fn purchases(
    work: &Work<'_>,
    runs: Vec<&Run>,
    count: i64,
) -> Result<BTreeSet<Name>, StoreError> {
    let mut by_day: BTreeMap<i64, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        by_day.entry(run.entry).or_default().push(run);
    }
    let of = (work.press.tenant.id, work.press.program.id);
    let mut found = BTreeSet::new();
    for (entry, runs) in by_day {
        let accounts: Vec<AccountId> = runs.iter().map(|run| run.account).collect();
        let days = days(&work.journey.plan.goal, entry);
        let bought = measures::store::bought(&work.app.db, of, &accounts, days).await?;
        let enough = |run: &&&Run| {
            bought.get(&run.account).is_some_and(|(n, _)| n.saturating_sub(run.base) >= count)
        };
        found.extend(runs.iter().filter(enough).map(|run| (run.member, run.entry)));
    }
    Ok(found)
}

async fn redemptions(work: &Work<'_>, runs: Vec<&Run>) -> Result<BTreeSet<Name>, StoreError> {
    let (tenant, zone) = (work.press.tenant.id, &work.press.tenant.config.time_zone);
    let mut found = BTreeSet::new();
    for run in runs {
        let days = days(&work.journey.plan.goal, run.entry);
        let books = work.app.ledger.books();
        let latest = books.latest_redemptions(tenant, run.account, 20).await?;
        let counts = latest.iter().any(|redemption| {
            let kept =
                matches!(redemption.state, RedemptionState::Reserved | RedemptionState::Captured);
            let within = redemption.reserved_at > run.entered_at
                && day_of(redemption.reserved_at, zone) <= days.to;
            kept && within && redemption.program == work.press.program.id
        });
        if counts {
            found.insert((run.member, run.entry));
        }
    }
    Ok(found)
}
