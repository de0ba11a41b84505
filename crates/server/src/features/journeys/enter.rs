//! Entering: once a day all members are looked through, and those who enrolled a moment ago every time. Of the journeys of a
//! group a member walks one at a time; the one with the higher priority goes first.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, MemberId};
use lazo_store::StoreError;
use lazo_store::ledger::settled;

use super::plan::{Entry, Goal};
use super::runs::{self, Held, Run, TREATED};
use super::trigger::Asked;
use super::walk::Work;
use super::way::{Passed, Stand};
use super::{goal, store};
use crate::features::campaigns::draw;
use crate::features::segments::facts::{self, Person};
use crate::features::segments::{EMAIL, Reach};
use crate::jobs::{Fault, Step};

/// For how long those who enrolled are looked at every time.
const RECENT: i64 = 600_000_000;

/// Somebody who enters, with what is behind already, and whose place is taken for it.
struct Entering {
    run: Run,
    passed: Vec<Passed>,
    outranks: Option<Held>,
}

impl Work<'_> {
    /// Those who enrolled within the last minutes.
    pub(super) async fn welcome(&self) -> Result<Step, Fault> {
        if self.journey.plan.entry != Entry::Enrolled {
            return Ok(Step::default());
        }
        let mut after = MemberId(settled(self.real.plus_micros(-RECENT)).0);
        let mut done = 0;
        loop {
            let (app, tenant) = (self.app, &self.press.tenant);
            let page = facts::page(app, tenant, &self.press.program, after, self.now).await?;
            done += self.admit(&page.0, (after, page.1), None).await?;
            match page.1 {
                Some(next) => after = next,
                None => return Ok(Step { done, more: false }),
            }
        }
    }

    /// The next page of all members, until the day is done.
    pub(super) async fn scan(&self) -> Result<Step, Fault> {
        let (day, to) = self.journey.scanned;
        let began = day == self.today && to != i64::MAX;
        if day >= self.today && !began {
            return Ok(Step::default());
        }
        let after = MemberId(if began { to } else { i64::MIN });
        let (app, tenant) = (self.app, &self.press.tenant);
        let (people, next) = facts::page(app, tenant, &self.press.program, after, self.now).await?;
        let cursor = (self.today, next.map_or(i64::MAX, |next| next.0));
        let done = self.admit(&people, (after, next), Some(cursor)).await?;
        Ok(Step { done, more: next.is_some() })
    }

    /// Lets those of a page enter who may, in one transaction with how far the day's work has come.
    async fn admit(
        &self,
        people: &[Person],
        (after, next): (MemberId, Option<MemberId>),
        cursor: Option<(i64, i64)>,
    ) -> Result<u64, Fault> {
        let last = next.or(people.iter().map(|person| person.member).max());
        let entering = match last {
            Some(last) => self.entering(people, (after, last)).await?,
            None => Vec::new(),
        };
        if entering.is_empty() && cursor.is_none() {
            return Ok(0);
        }
        Ok(self.app.db.retry(|| self.keep_entries(&entering, cursor)).await?)
    }

    async fn keep_entries(
        &self,
        entering: &[Entering],
        cursor: Option<(i64, i64)>,
    ) -> Result<u64, StoreError> {
        let (tenant, journey) = (self.press.tenant.id, &self.journey);
        let mut entered = 0;
        let mut tx = self.app.db.begin().await?;
        for one in entering {
            let Entering { run, passed, outranks } = one;
            if let Some(held) = outranks {
                runs::outrank(&mut tx, tenant, run.member, *held, self.now).await?;
            }
            let held = Held { journey: journey.id, entry: run.entry, priority: journey.priority };
            let free = journey.group.is_empty()
                || runs::take_place(&mut tx, tenant, &journey.group, run.member, held).await?;
            if free && runs::enter(&mut tx, tenant, run).await? {
                runs::pass(&mut tx, tenant, run, passed, self.now).await?;
                entered += 1;
            }
        }
        if let Some(cursor) = cursor {
            store::scanned(&mut tx, tenant, journey.id, cursor).await?;
        }
        tx.commit().await?;
        Ok(entered)
    }

    /// Who of a page enters now.
    async fn entering(
        &self,
        people: &[Person],
        range: (MemberId, MemberId),
    ) -> Result<Vec<Entering>, StoreError> {
        let (app, tenant, journey) = (self.app, &self.press.tenant, &self.journey);
        let asked = Asked { app, tenant, program: &self.press.program, journey, now: self.now };
        let reachable: Vec<Person> =
            people.iter().filter(|person| self.may_hear(person)).cloned().collect();
        let fitting = asked.fitting(&reachable).await?;
        if fitting.is_empty() {
            return Ok(Vec::new());
        }
        let before = runs::entries(&app.db, tenant.id, journey.id, range).await?;
        let places = runs::places(&app.db, tenant.id, &journey.group, range).await?;
        let again = |member: MemberId| match (before.get(&member), journey.plan.again_after_days) {
            (None, _) => true,
            (Some(entry), Some(days)) => self.today >= entry + days,
            (Some(_), None) => false,
        };
        let free = |member: MemberId| {
            let held = places.get(&member).filter(|_| !journey.group.is_empty());
            held.is_none_or(|held| held.priority < journey.priority)
        };
        let chosen: Vec<&Person> = reachable
            .iter()
            .filter(|p| fitting.contains(&p.member) && again(p.member) && free(p.member))
            .collect();
        let accounts: Vec<AccountId> = chosen.iter().map(|person| person.account).collect();
        let base = match journey.plan.goal {
            Goal::Purchases { .. } => goal::bought_on(self, &accounts, self.today).await?,
            Goal::Redemption { .. } => BTreeMap::new(),
        };
        let refused = self.refused(range).await?;
        let one = |person: &&Person| {
            let counted = base.get(&person.account).copied().unwrap_or(0);
            let outranks = places.get(&person.member).copied();
            self.entry_of(person, self.base_of(person, counted), outranks)
        };
        let willing = |person: &&&Person| !refused.contains(&person.member);
        Ok(chosen.iter().filter(willing).map(one).collect())
    }

    /// What counts of the day's purchases before somebody enters: with a welcome nothing does, because the first purchase
    /// is often made at the same till a moment later.
    fn base_of(&self, person: &Person, counted: i64) -> i64 {
        let fresh = self.journey.plan.entry == Entry::Enrolled && person.facts.days_enrolled() == 0;
        if fresh { 0 } else { counted }
    }

    /// May somebody be written to at all? A letter that needs no consent needs an address.
    fn may_hear(&self, person: &Person) -> bool {
        let plan = &self.journey.plan;
        let barrier = Reach::of(&plan.purpose, EMAIL, &self.press.tenant).barrier(person);
        match barrier {
            Some("no_consent") => plan.has_service() && person.email.is_some(),
            barrier => barrier.is_none(),
        }
    }

    fn entry_of(&self, person: &Person, base: i64, outranks: Option<Held>) -> Entering {
        let journey = &self.journey;
        let alone = draw::apart(&self.policy, (journey.seed, journey.holdout), person.member);
        let (passed, stand) = self.way().arrive(0, self.now, &person.facts);
        let mut run = Run {
            journey: journey.id,
            member: person.member,
            entry: self.today,
            account: person.account,
            arm: alone.unwrap_or(TREATED).to_owned(),
            state: "waiting".to_owned(),
            reason: String::new(),
            step: 0,
            planned_at: self.now,
            look_at: self.now,
            entered_at: self.now,
            base,
            open: true,
            goal_at: None,
            ended_at: None,
        };
        // Whoever has nothing to walk is looked at once and is done then.
        if let Stand::At { .. } = stand {
            run.stand(stand, self.now);
        } else {
            run.step = journey.plan.steps.len();
        }
        Entering { run, passed, outranks }
    }
}
