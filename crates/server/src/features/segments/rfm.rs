//! Recency, frequency and money: who bought within a year, in quintiles, and the eleven segments that they name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lazo_domain::ids::{BUCKETS, ProgramId, TenantId};
use lazo_domain::program::Program;
use lazo_domain::time::Timestamp;
pub use lazo_measures::rfm::Segment;
use lazo_measures::rfm::{Bounds, Habits, segment};
use lazo_store::StoreError;

use crate::App;
use crate::features::measures::store::{self, Spending};
use crate::features::measures::{Days, day_of};
use crate::features::tenants::Tenant;

/// The window in which purchases count, in days: the last of them is the day of asking.
pub const WINDOW: i64 = 365;

/// The quintiles of a program on a day, and how many people each segment has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The day, in days since 1970.
    pub day: i64,
    /// Where the quintiles lie.
    pub bounds: Arc<Bounds>,
    /// Who is in each segment.
    pub groups: BTreeMap<Segment, Group>,
}

/// The people of a segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Group {
    /// How many they are.
    pub people: i64,
    /// Their purchases within the window.
    pub purchases: i64,
    /// What they spent within it, less returns, in minor units.
    pub net_minor: i64,
}

/// The scales of the day, by program: made by the first question of the day.
#[derive(Debug, Default)]
pub struct Scales(Mutex<BTreeMap<(TenantId, ProgramId), Arc<Scale>>>);

/// The scale of a program for today. It reads everybody's purchases of a year the first time it is asked for on a day, and
/// stays for the day, so that whoever is asked for twice has the same scores.
pub async fn scale(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    now: Timestamp,
) -> Result<Arc<Scale>, StoreError> {
    let key = (tenant.id, program.id);
    let today = day_of(now, &tenant.config.time_zone);
    let known = app.scales.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(scale) = known.filter(|scale| scale.day == today) {
        return Ok(scale);
    }
    let made = Arc::new(made(&read(app, key, today).await?, today));
    app.scales.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&made));
    Ok(made)
}

async fn read(
    app: &App,
    key: (TenantId, ProgramId),
    today: i64,
) -> Result<Vec<Habits>, StoreError> {
    let days = Days { from: today - WINDOW + 1, to: today };
    let mut all = Vec::new();
    for bucket in 0..BUCKETS {
        let found = store::habits(&app.db, key, bucket, days).await?;
        all.extend(
            found.into_iter().filter_map(|(last, purchases, net_minor)| {
                whole(today - last, purchases, net_minor)
            }),
        );
    }
    Ok(all)
}

fn made(all: &[Habits], day: i64) -> Scale {
    let bounds = Bounds::of(all);
    let mut groups: BTreeMap<Segment, Group> = BTreeMap::new();
    for one in all {
        let group = groups.entry(segment(&bounds.scores(one))).or_default();
        group.people += 1;
        group.purchases += i64::from(one.purchases);
        group.net_minor = group.net_minor.saturating_add(one.net_minor);
    }
    Scale { day, bounds: Arc::new(bounds), groups }
}

/// What somebody's scores are made of; nothing for who bought nothing within the window.
pub(super) fn habits(spent: &Spending, today: i64) -> Option<Habits> {
    let last = spent.last_day.filter(|last| today - last < WINDOW)?;
    whole(today - last, spent.purchases_365, spent.net_minor_365)
}

fn whole(days_since: i64, purchases: i64, net_minor: i64) -> Option<Habits> {
    let days_since = u32::try_from(days_since).ok()?;
    let purchases = u32::try_from(purchases).ok().filter(|purchases| *purchases > 0)?;
    Some(Habits { days_since, purchases, net_minor })
}
