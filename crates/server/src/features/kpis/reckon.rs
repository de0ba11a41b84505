//! Takes readings: one pass over the journal, an account at a time, in bounded memory.

use std::collections::BTreeSet;

use lazo_domain::event::Body;
use lazo_domain::ids::{AccountId, BUCKETS, EventId, TenantId};
use lazo_domain::program::PointKind;
use lazo_domain::rate::{Rate, Rounding};
use lazo_domain::time::{DAY, Timestamp, Zone};
use lazo_store::StoreError;
use lazo_store::ledger::history::{self, History};

use super::{Kpi, Reading, Unit, WINDOW_DAYS, store};
use crate::App;

/// What was counted.
#[derive(Debug, Default)]
struct Counts {
    accounts: i64,
    events: i64,
    ever: i64,
    twice: i64,
    active: i64,
    purchases: i64,
    revenue_minor: i64,
    redeemers: i64,
}

/// Reads every indicator at `at` and keeps the readings; with `is_baseline` they become the reference lines.
pub async fn take(
    app: &App,
    tenant: TenantId,
    at: Timestamp,
    taken_by: &str,
    is_baseline: bool,
) -> Result<Vec<Reading>, StoreError> {
    let counts = count(app, tenant, at).await?;
    let Worth { owed, issued, redeemed, this_year } = worth(app, tenant, at).await?;
    let of = |kpi| match kpi {
        Kpi::Members => (counts.accounts, 1),
        Kpi::ActiveMembers => (counts.active, 1),
        Kpi::RepeatRate => (counts.twice, counts.ever),
        Kpi::PurchaseFrequency => (counts.purchases, counts.active),
        Kpi::AverageOrder => (counts.revenue_minor, counts.purchases),
        Kpi::RevenueOfMembers => (counts.revenue_minor, 1),
        Kpi::RedeemerShare => (counts.redeemers, counts.accounts),
        Kpi::BurnRatio => (redeemed, issued),
        Kpi::PointsLiability => (owed, 1),
        Kpi::RewardCost => (this_year, 1),
    };
    let readings: Vec<Reading> = Kpi::ALL
        .iter()
        .filter_map(|(kpi, _)| {
            let (part, whole) = of(*kpi);
            // Nothing divided is no reading: a new program has no ratio, and not one of zero.
            (whole != 0).then(|| Reading {
                kpi: *kpi,
                at,
                value: value(kpi.unit(), part, whole),
                part,
                whole,
                events: counts.events,
                is_baseline,
                taken_by: taken_by.to_owned(),
            })
        })
        .collect();
    let mut tx = app.db.begin().await?;
    store::keep(&mut tx, tenant, &readings).await?;
    tx.commit().await?;
    Ok(readings)
}

/// The value of part over whole, rounded.
fn value(unit: Unit, part: i64, whole: i64) -> i64 {
    let times = match unit {
        Unit::Count | Unit::Money => 1,
        Unit::Share => 10_000,
        Unit::Times => 100,
    };
    let rate = part.checked_mul(times).and_then(|part| Rate::new(part, whole));
    rate.and_then(|rate| rate.of(1, Rounding::HalfUp)).unwrap_or(0)
}

async fn count(app: &App, tenant: TenantId, at: Timestamp) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for bucket in 0..BUCKETS {
        let mut after = AccountId(i64::MIN);
        loop {
            let page = history::page(&app.db, tenant, bucket, after).await?;
            let Some(last) = page.last() else { break };
            after = last.account;
            page.iter().for_each(|history| counts.add(history, at));
            tokio::task::yield_now().await;
        }
    }
    Ok(counts)
}

impl Counts {
    fn add(&mut self, history: &History, at: Timestamp) {
        let since = at.plus_micros(-WINDOW_DAYS * DAY);
        let (mut ever, mut lately) = (0_i64, 0_i64);
        let undone: BTreeSet<EventId> = history
            .events
            .iter()
            .filter(|event| event.effective_at <= at)
            .filter_map(|event| match event.body {
                Body::Reverse { event } => Some(event),
                _ => None,
            })
            .collect();
        let mut redeemed = BTreeSet::new();
        for event in history.events.iter().filter(|event| event.effective_at <= at) {
            self.events += 1;
            match &event.body {
                // What was voided was no sale.
                Body::Purchase(_) if undone.contains(&event.id) => {}
                Body::Purchase(purchase) => {
                    ever += 1;
                    if event.effective_at > since {
                        lately += 1;
                        let sum = purchase.lines.iter().map(|line| line.net_minor);
                        let sum = sum.fold(0_i64, i64::saturating_add);
                        self.revenue_minor = self.revenue_minor.saturating_add(sum);
                    }
                }
                // A reservation that lapses was no redemption.
                Body::Reserve(order) if order.capture => drop(redeemed.insert(order.redemption)),
                Body::Capture { redemption } => drop(redeemed.insert(*redemption)),
                Body::Cancel { redemption } => drop(redeemed.remove(redemption)),
                _ => {}
            }
        }
        // Whoever bought was a member, whenever the history came in.
        self.accounts += i64::from(history.enrolled_at <= at || ever > 0);
        self.ever += i64::from(ever > 0);
        self.twice += i64::from(ever > 1);
        self.active += i64::from(lately > 0);
        self.purchases += lately;
        self.redeemers += i64::from(!redeemed.is_empty());
    }
}

/// Points at what they are worth, in minor units.
#[derive(Debug, Default)]
struct Worth {
    owed: i64,
    issued: i64,
    redeemed: i64,
    this_year: i64,
}

/// What is owed, was issued and was redeemed, ever and since the year began on the tenant's wall. Point types without a
/// worth count nothing.
async fn worth(app: &App, tenant: TenantId, at: Timestamp) -> Result<Worth, StoreError> {
    use lazo_domain::decision::Side;
    let found = app.lookups.tenants.get(tenant).await?;
    let zone = found.map_or_else(Zone::utc, |tenant| tenant.config.time_zone.clone());
    let year = at.local(&zone).date().first_of_year();
    let begin = zone.start_of(year);
    let books = app.ledger.books();
    let stretch = |when: Timestamp| (when <= at).then(|| usize::from(when >= begin));
    let moved = books.movements(tenant, stretch).await?;
    let all = app.programs.current(tenant).await?;
    let mut worth = Worth::default();
    for program in all.ids().filter_map(|id| all.at(id, at)) {
        for kind in program.point_types.values().filter(|p| p.kind == PointKind::Redeemable) {
            let one = 10_i64.checked_pow(u32::from(kind.scale)).unwrap_or(1);
            let rate = kind.value_minor.and_then(|r| Rate::new(r.num(), r.den().checked_mul(one)?));
            let Some(rate) = rate else { continue };
            let minor = |points: i64| rate.of(points, Rounding::HalfUp).unwrap_or(0);
            let of = |side, place| moved.points.get(&(kind.id, side, place)).map_or(0, |p| p.0);
            let sum = |side| of(side, 0).saturating_add(of(side, 1));
            let open = [Side::Available, Side::Pending, Side::Held].map(sum);
            let open = open.into_iter().fold(0, i64::saturating_add);
            worth.owed = worth.owed.saturating_add(minor(open));
            // The program's side mirrors the member's: what it issues leaves it.
            let issued = minor(sum(Side::Issued).saturating_neg());
            worth.issued = worth.issued.saturating_add(issued);
            worth.redeemed = worth.redeemed.saturating_add(minor(sum(Side::Redeemed)));
            worth.this_year = worth.this_year.saturating_add(minor(of(Side::Redeemed, 1)));
        }
    }
    Ok(worth)
}
