//! Every member of a program with his or her days, as figures need them.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, BUCKETS, MemberId, ProgramId, TenantId};
use lazo_domain::time::Zone;
use lazo_measures::clv::summary::Purchase;
use lazo_measures::cohorts;
use lazo_store::StoreError;

use super::store::{self, Moved};
use super::{Days, date_of, day_of};
use crate::app::App;
use crate::features::memberships;

/// Memberships read at once.
const PAGE: i64 = 5_000;

/// A membership with what happened in it, by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The account.
    pub account: AccountId,
    /// The day of joining.
    pub joined: i64,
    /// The day of leaving.
    pub left: Option<i64>,
    /// Days on which anything moved, the earliest first.
    pub days: Vec<(i64, Moved)>,
}

impl Life {
    /// Is a membership on this day?
    #[must_use]
    pub fn member_on(&self, day: i64) -> bool {
        self.joined <= day && self.left.is_none_or(|left| left > day)
    }

    /// What moved within a stretch.
    #[must_use]
    pub fn within(&self, days: Days) -> Moved {
        let mut sum = Moved::default();
        for (_, moved) in self.days.iter().filter(|(day, _)| days.holds(*day)) {
            sum.purchases += moved.purchases;
            sum.net_minor = sum.net_minor.saturating_add(moved.net_minor);
            sum.issued = sum.issued.saturating_add(moved.issued);
            sum.redeemed = sum.redeemed.saturating_add(moved.redeemed);
            sum.expired = sum.expired.saturating_add(moved.expired);
        }
        sum
    }

    /// Was there a qualifying activity within a stretch: a purchase, points earned, points spent?
    #[must_use]
    pub fn active(&self, days: Days) -> bool {
        let any = |moved: &Moved| moved.purchases > 0 || moved.redeemed > 0 || moved.issued > 0;
        self.days.iter().any(|(day, moved)| days.holds(*day) && any(moved))
    }

    /// The days of purchases, the earliest first.
    pub fn purchase_days(&self) -> impl Iterator<Item = i64> {
        self.days.iter().filter(|(_, moved)| moved.purchases > 0).map(|(day, _)| *day)
    }
}

/// All memberships of a program that began by `last`, with their days up to it.
pub async fn lives(
    app: &App,
    tenant: TenantId,
    program: ProgramId,
    zone: &Zone,
    last: i64,
) -> Result<Vec<Life>, StoreError> {
    let mut all: BTreeMap<AccountId, Life> = BTreeMap::new();
    let mut after = MemberId(i64::MIN);
    loop {
        let page = memberships::store::of_program(&app.db, tenant, program, after, PAGE).await?;
        let Some(end) = page.last() else { break };
        after = end.member;
        for one in page {
            let joined = day_of(one.joined_at, zone);
            let left = one.left_at.map(|at| day_of(at, zone));
            if joined <= last {
                let life = Life { account: one.account, joined, left, days: Vec::new() };
                all.insert(one.account, life);
            }
        }
    }
    for bucket in 0..BUCKETS {
        for (account, day, moved) in store::days(&app.db, tenant, program, bucket, last).await? {
            if let Some(life) = all.get_mut(&account) {
                life.days.push((day, moved));
            }
        }
    }
    // History that was brought along may lie before the day of joining: the membership is as old as it.
    for life in all.values_mut() {
        life.joined = life.days.first().map_or(life.joined, |(day, _)| life.joined.min(*day));
    }
    Ok(all.into_values().collect())
}

/// Purchases as the models of lifetime value and the comparison of programs read them.
#[must_use]
pub fn purchases(lives: &[Life], days: Days) -> Vec<Purchase> {
    let mut all = Vec::new();
    for life in lives {
        for (day, moved) in life.days.iter().filter(|(day, m)| days.holds(*day) && m.purchases > 0)
        {
            let (Ok(day), customer) = (i32::try_from(*day), life.account.0.cast_unsigned()) else {
                continue;
            };
            all.push(Purchase { customer, day, net_minor: moved.net_minor });
        }
    }
    all
}

/// Cohorts by month of joining, to the end of the month before the last day's.
#[must_use]
pub fn cohorts(lives: &[Life], last: i64) -> Vec<cohorts::Cohort> {
    let month = |day: i64| {
        let date = date_of(day);
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    };
    let of = |life: &Life| {
        let active = life.days.iter().filter(|(_, m)| m.purchases > 0 || m.redeemed > 0);
        cohorts::Life {
            began: month(life.joined),
            active: active.map(|(day, _)| month(*day)).collect(),
        }
    };
    let all: Vec<cohorts::Life> = lives.iter().map(of).collect();
    cohorts::cohorts(&all, month(last) - 1)
}
