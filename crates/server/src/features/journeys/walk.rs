//! Walking: what one turn of the job does for every journey. Whoever enters, whoever's moment has come, and once a day
//! everybody under way.
//!
//! A letter is asked for under the name of its journey, reader, entry and step, and left behind in a transaction after it
//! was handed over: who dies in between asks for the same letter again, which left already.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt;
use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::StoreError;

use super::goal::{self, Name};
use super::plan::{MAX_GOAL_DAYS, Step as PlanStep};
use super::runs::{self, Run, TREATED};
use super::way::{Way, leaving};
use super::{Journey, store};
use crate::App;
use crate::features::campaigns::draw;
use crate::features::campaigns::letter::{Manner, Press};
use crate::features::campaigns::policy::{self, Policy};
use crate::features::campaigns::single::{self, Key, Order, Outcome};
use crate::features::consents;
use crate::features::measures::day_of;
use crate::features::segments::facts::{self, Person};
use crate::features::segments::{self, Condition, EMAIL};
use crate::features::tenants;
use crate::jobs::{Fault, Step, Turn};

/// Journeys looked at in one step.
const JOURNEYS: i64 = 500;
/// Those whose moment has come that one step takes.
const BATCH: i64 = 64;
/// Members who are served at once: as many letters may be in hand when a process dies.
pub const IN_HAND: usize = 4;

/// One step: of every journey a page of those who enter, a batch of those whose moment has come, and a page of all under way.
pub async fn step(app: &App, turn: &Turn) -> Result<Step, Fault> {
    let mut whole = Step::default();
    let since = turn.now.plus_micros(-(MAX_GOAL_DAYS + 30) * DAY);
    for (id, journey) in store::under_way(&app.db, since, JOURNEYS).await? {
        if turn.stop.is_asked() {
            break;
        }
        let Some(work) = Work::on(app, id, journey, turn.now).await? else { continue };
        for done in work.turn(turn).await? {
            whole.done += done.done;
            whole.more |= done.more;
        }
    }
    Ok(whole)
}

/// What the work on one journey needs.
pub(super) struct Work<'a> {
    pub app: &'a App,
    pub journey: Journey,
    pub press: Press,
    pub policy: Policy,
    pub conditions: BTreeMap<usize, Condition>,
    /// The tenant's instant, its day, and the real instant.
    pub now: Timestamp,
    pub today: i64,
    pub real: Timestamp,
}

impl<'a> Work<'a> {
    /// The work on a journey; nothing when its tenant is not in use, or its program has no portal any more.
    async fn on(
        app: &'a App,
        tenant: TenantId,
        journey: Journey,
        real: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let found = tenants::store::by_id(&app.db, tenant).await?.filter(|tenant| tenant.live);
        let Some(tenant) = found else { return Ok(None) };
        let programs = app.programs.current(tenant.id).await?;
        let Some(program) = programs.latest(journey.program) else { return Ok(None) };
        let Some(press) = Press::of(app, &tenant, program).await? else { return Ok(None) };
        let now = tenant.now(real);
        let mut conditions = BTreeMap::new();
        for (at, text) in journey.plan.conditions() {
            // One that is no more what it was is left out, and holds for nobody.
            let condition = segments::condition_of(app, &tenant, program, text, now).await?;
            conditions.extend(condition.ok().map(|condition| (at, condition)));
        }
        Ok(Some(Self {
            app,
            conditions,
            policy: policy::of(&app.db, tenant.id).await?,
            today: day_of(now, &tenant.config.time_zone),
            press,
            journey,
            now,
            real,
        }))
    }

    async fn turn(&self, turn: &Turn) -> Result<Vec<Step>, Fault> {
        let mut done = vec![self.look().await?];
        if self.journey.state == "published" {
            done.push(self.welcome().await?);
            done.push(self.scan().await?);
            done.push(self.serve(turn).await?);
        }
        Ok(done)
    }

    pub fn way(&self) -> Way<'_> {
        let zone = &self.press.tenant.config.time_zone;
        Way { plan: &self.journey.plan, conditions: &self.conditions, zone }
    }

    /// Who of a range said no to the journey's letters.
    pub async fn refused(
        &self,
        range: (MemberId, MemberId),
    ) -> Result<BTreeSet<MemberId>, StoreError> {
        let tenant = self.press.tenant.id;
        let all = consents::store::refused_between(&self.app.db, tenant, range).await?;
        let name = format!("{}_{EMAIL}", self.journey.plan.purpose);
        let refused = all.into_iter().filter(|(_, names)| names.contains(&name));
        Ok(refused.map(|(member, _)| member).collect())
    }

    /// What is known of the members of some runs: themselves, who of them said no, and who has reached the goal.
    pub async fn seen(&self, runs: &[Run]) -> Result<Seen, StoreError> {
        let ids: BTreeSet<MemberId> = runs.iter().map(|run| run.member).collect();
        let ids: Vec<MemberId> = ids.into_iter().collect();
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return Ok(Seen::default());
        };
        let (app, tenant) = (self.app, &self.press.tenant);
        let range = (MemberId(first.0.saturating_sub(1)), *last);
        Ok(Seen {
            people: facts::these(app, tenant, &self.press.program, &ids, self.now).await?,
            refused: self.refused(range).await?,
            reached: goal::reached(self, runs).await?,
        })
    }

    /// A batch of those whose moment has come.
    async fn serve(&self, turn: &Turn) -> Result<Step, Fault> {
        let tenant = self.press.tenant.id;
        let due = runs::due(&self.app.db, tenant, self.journey.id, self.now, BATCH).await?;
        if due.is_empty() {
            return Ok(Step::default());
        }
        let seen = self.seen(&due).await?;
        let mut all = Vec::with_capacity(due.len());
        for run in &due {
            all.push(self.unless_stopped(turn, run, &seen));
        }
        let done: Vec<Result<u64, Fault>> =
            futures_util::stream::iter(all).buffer_unordered(IN_HAND).collect().await;
        let mut sent = 0;
        for one in done {
            sent += one?;
        }
        Ok(Step { done: sent, more: true })
    }

    async fn unless_stopped(&self, turn: &Turn, run: &Run, seen: &Seen) -> Result<u64, Fault> {
        if turn.stop.is_asked() { Ok(0) } else { self.one(run.clone(), seen).await }
    }

    /// Walks somebody to where there is nothing more to do now; answers how many letters left.
    async fn one(&self, mut run: Run, seen: &Seen) -> Result<u64, Fault> {
        let (mut sent, person) = (0, seen.people.get(&run.member));
        while run.state == "waiting" && run.look_at <= self.now {
            let before = run.clone();
            let passed = match (seen.leaving(&run), person) {
                (None, Some(person)) => match self.serve_step(&mut run, person).await? {
                    Some((passed, left)) => {
                        sent += left;
                        passed
                    }
                    None => return Ok(sent),
                },
                (reason, _) => {
                    run.leave(reason.unwrap_or("gone"), self.now);
                    Vec::new()
                }
            };
            if !self.app.db.retry(|| self.keep(&before, &run, &passed)).await? {
                return Ok(sent);
            }
        }
        Ok(sent)
    }

    /// Does what the step is for; nothing while the journey is not published any more.
    async fn serve_step(
        &self,
        run: &mut Run,
        person: &Person,
    ) -> Result<Option<(Vec<super::way::Passed>, u64)>, Fault> {
        let planned = (run.planned_at, self.now);
        let (outcome, left) = match self.journey.plan.steps.get(run.step) {
            Some(PlanStep::Letter { .. }) if run.arm != TREATED => ("kept".to_owned(), 0),
            Some(PlanStep::Letter { .. }) => {
                if !store::is_published(&self.app.db, self.press.tenant.id, run.journey).await? {
                    return Ok(None);
                }
                match self.letter(run, person).await? {
                    Outcome::Sent => ("sent".to_owned(), 1),
                    Outcome::Never(reason) => (reason, 0),
                    Outcome::Later(at) => {
                        run.look_at = at;
                        return Ok(Some((Vec::new(), 0)));
                    }
                }
            }
            Some(_) => ("waited".to_owned(), 0),
            None => {
                run.stand(super::way::Stand::End, self.now);
                return Ok(Some((Vec::new(), 0)));
            }
        };
        let (passed, stand) = self.way().go_on(run.step, &outcome, planned, &person.facts);
        run.stand(stand, self.now);
        Ok(Some((passed, left)))
    }

    /// Hands the letter over that a run stands at.
    async fn letter(&self, run: &Run, person: &Person) -> Result<Outcome, Fault> {
        let journey = &self.journey;
        let Some(PlanStep::Letter { code, content, service, asks }) =
            journey.plan.steps.get(run.step)
        else {
            return Ok(Outcome::Never("no_words".to_owned()));
        };
        let Some(variant) = draw::variant(journey.seed, content, run.member) else {
            return Ok(Outcome::Never("no_words".to_owned()));
        };
        let key =
            Key { origin: journey.id.0, member: run.member, entry: run.entry, step: code.clone() };
        let order = Order {
            key,
            press: &self.press,
            policy: &self.policy,
            person: Some(person),
            variant,
            purpose: &journey.plan.purpose,
            manner: Manner { service: *service, asks: *asks },
            secret: &journey.secret,
            now: self.now,
            real: self.real,
        };
        single::hand_over(self.app, &order).await
    }

    /// Keeps how far somebody has come, with what is behind, in one transaction.
    pub async fn keep(
        &self,
        before: &Run,
        run: &Run,
        passed: &[super::way::Passed],
    ) -> Result<bool, StoreError> {
        let tenant = self.press.tenant.id;
        let mut tx = self.app.db.begin().await?;
        let kept = runs::keep(&mut tx, tenant, before, run).await?;
        if kept {
            runs::pass(&mut tx, tenant, run, passed, self.now).await?;
        }
        tx.commit().await?;
        Ok(kept)
    }
}

/// What is known of the members of some runs.
#[derive(Default)]
pub(super) struct Seen {
    people: BTreeMap<MemberId, Person>,
    refused: BTreeSet<MemberId>,
    reached: BTreeSet<Name>,
}

impl Seen {
    /// Why somebody leaves now, if he or she does.
    pub fn leaving(&self, run: &Run) -> Option<&'static str> {
        let person = self.people.get(&run.member);
        let reached = self.reached.contains(&(run.member, run.entry));
        leaving(person, self.refused.contains(&run.member), reached)
    }

    /// Has somebody reached the goal?
    pub fn has_reached(&self, run: &Run) -> bool {
        self.reached.contains(&(run.member, run.entry))
    }
}
