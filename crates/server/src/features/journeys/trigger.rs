//! Who enters: what each kind of entry asks of members, a page of them at a time.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::Account;
use lazo_domain::ids::{AccountId, MemberId};
use lazo_domain::points::Points;
use lazo_domain::program::{PointType, Program, Reward, RewardKind};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::StoreError;

use super::Journey;
use super::plan::Entry;
use crate::App;
use crate::features::measures::{self, Days, day_of};
use crate::features::segments;
use crate::features::segments::facts::{NEVER, Person, points_of};
use crate::features::tenants::Tenant;
use crate::features::tiers;

/// For how many days after the enrollment somebody may still enter a welcome, as when the consent comes later.
const WELCOME_DAYS: i64 = 7;
/// Open lots of an account that are read.
const LOTS: i64 = 1_000;

/// What is asked for whom.
pub(super) struct Asked<'a> {
    pub app: &'a App,
    pub tenant: &'a Tenant,
    pub program: &'a Program,
    pub journey: &'a Journey,
    pub now: Timestamp,
}

impl Asked<'_> {
    /// Those of a page of members who fit the entry now.
    pub async fn fitting(&self, people: &[Person]) -> Result<BTreeSet<MemberId>, StoreError> {
        let zone = &self.tenant.config.time_zone;
        let today = day_of(self.now, zone);
        let since = self.journey.published_at.map_or(today, |at| day_of(at, zone));
        let simple = |fits: &dyn Fn(&Person) -> bool| {
            people.iter().filter(|person| fits(person)).map(|person| person.member).collect()
        };
        Ok(match &self.journey.plan.entry {
            Entry::Enrolled => simple(&|person| {
                let days = person.facts.days_enrolled();
                (0..=WELCOME_DAYS.min(today - since)).contains(&days)
            }),
            Entry::Silent { days, until } => simple(&|person| {
                let silent = person.facts.days_since_purchase();
                silent != NEVER && silent >= *days && until.is_none_or(|until| silent <= until)
            }),
            Entry::Segment { .. } => {
                let Journey { condition, .. } = self.journey;
                let asked = segments::condition_of(
                    self.app,
                    self.tenant,
                    self.program,
                    condition,
                    self.now,
                );
                let condition = asked.await?.ok();
                simple(&|person| condition.as_ref().is_some_and(|c| c.holds(&person.facts)))
            }
            Entry::FirstPurchase => self.first(people, Days { from: since, to: today }).await?,
            Entry::NearReward { missing } => {
                let used = self.stock().await?;
                self.by_account(people, |account| self.near_reward(account, *missing, &used))
                    .await?
            }
            Entry::NearTier { missing } => {
                self.by_account(people, |account| self.near_tier(account, *missing)).await?
            }
            Entry::Expiring { days, points } => self.expiring(people, *days, *points).await?,
        })
    }

    /// Whose purchases all lie in these days.
    async fn first(&self, people: &[Person], days: Days) -> Result<BTreeSet<MemberId>, StoreError> {
        let bought: Vec<&Person> =
            people.iter().filter(|person| person.facts.purchases() > 0).collect();
        let accounts: Vec<AccountId> = bought.iter().map(|person| person.account).collect();
        let of = (self.tenant.id, self.program.id);
        let within = measures::store::bought(&self.app.db, of, &accounts, days).await?;
        let all = |person: &&&Person| {
            within.get(&person.account).is_some_and(|(n, _)| *n == person.facts.purchases())
        };
        Ok(bought.iter().filter(all).map(|person| person.member).collect())
    }

    async fn by_account(
        &self,
        people: &[Person],
        fits: impl Fn(&Account) -> bool,
    ) -> Result<BTreeSet<MemberId>, StoreError> {
        let accounts: Vec<AccountId> = people.iter().map(|person| person.account).collect();
        let heads = self.app.ledger.books().accounts(self.tenant.id, &accounts).await?;
        Ok(heads.iter().filter(|head| fits(head)).map(|head| head.member).collect())
    }

    /// How many of each reward are gone.
    async fn stock(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let rewards = self.program.rewards.keys();
        let keys: Vec<String> = rewards.map(|code| self.program.stock_key(code)).collect();
        self.app.ledger.books().resources(self.tenant.id, &keys).await
    }

    /// Does the account lack a little to some reward that can be had?
    fn near_reward(&self, account: &Account, most: i64, used: &BTreeMap<String, i64>) -> bool {
        let there = |reward: &&Reward| {
            let begun = reward.from.is_none_or(|from| from <= self.now);
            let over = reward.until.is_some_and(|until| until <= self.now);
            let gone = used.get(&self.program.stock_key(&reward.code)).copied().unwrap_or(0);
            let left = reward.stock.is_none_or(|stock| stock > gone);
            let past = matches!(reward.kind, RewardKind::Experience { starts_at } if starts_at <= self.now);
            begun && !over && left && !past
        };
        let lacks = |reward: &Reward| {
            // Part of a bill can be paid with any number of points.
            let price = reward.cost(1, None, |group| account.tier(group))?;
            let kind = self.program.point_type(&reward.point_type)?;
            let missing = price.0 - account.balance(kind.id).available.0;
            Some(missing > 0 && missing <= smallest(kind, most))
        };
        self.program.rewards.values().filter(there).filter_map(lacks).any(|near| near)
    }

    /// Does the account lack a little to the next step of some ladder?
    fn near_tier(&self, account: &Account, most: i64) -> bool {
        self.program.tier_groups.values().any(|group| {
            let most = match &group.measure {
                lazo_domain::program::Measure::Points(code) => {
                    self.program.point_type(code).map_or(most, |kind| smallest(kind, most))
                }
                _ => most,
            };
            let standing = tiers::api::standing(self.program, group, account, self.now);
            standing.path.first().is_some_and(|step| (1..=most).contains(&step.missing))
        })
    }

    /// Whose points expire within so many days, at least so many of them.
    async fn expiring(
        &self,
        people: &[Person],
        days: i64,
        least: i64,
    ) -> Result<BTreeSet<MemberId>, StoreError> {
        let Some(kind) = points_of(self.program) else { return Ok(BTreeSet::new()) };
        let until = self.now.plus_micros(days.saturating_mul(DAY));
        let soon = |account: &Account| {
            // Nothing happens to an account before its own next instant.
            account.next_at.is_some_and(|at| at <= until)
                && account.balance(kind.id).available >= Points(smallest(kind, least))
        };
        let near = self.by_account(people, soon).await?;
        let mut found = BTreeSet::new();
        for person in people.iter().filter(|person| near.contains(&person.member)) {
            let books = self.app.ledger.books();
            let lots = books.lots(self.tenant.id, person.account, false, None, LOTS).await?;
            let ends = |at: Timestamp| at > self.now && at <= until;
            let going = lots.iter().filter(|lot| lot.point_type == kind.id);
            let going = going.filter(|lot| lot.expires_at.is_some_and(ends));
            let sum = going.fold(0_i64, |sum, lot| sum.saturating_add(lot.available.0));
            if sum >= smallest(kind, least) {
                found.insert(person.member);
            }
        }
        Ok(found)
    }
}

/// Whole points in smallest units.
fn smallest(kind: &PointType, points: i64) -> i64 {
    points.saturating_mul(10_i64.pow(u32::from(kind.scale)))
}
