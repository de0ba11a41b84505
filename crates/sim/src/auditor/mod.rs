//! The auditor: an independent, plain account of what every event means, which predicts each answer of the core.
//!
//! It shares with the core the configuration and the events, and nothing of the reckoning: points are piles, what was
//! done is a list of deeds, and ladders, caps and limits are added up from that list whenever they are asked for.
//! It predicts the refusal or the journal, every pile, balance, order and tier. Words, effects and counters it does
//! not predict; amounts beyond 64 bits it leaves to the core, which must refuse them.

mod calendar;
mod compare;
mod earning;
mod holder;
mod ladders;
mod moving;
mod numbers;
mod passing;
mod rules;
mod spending;
mod taking_back;
mod turn;

use std::collections::BTreeMap;
use std::rc::Rc;

use lazo_domain::event::{Body, Event, Kind};
use lazo_domain::ids::{AccountId, EventId, LotId};
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

use self::calendar::Calendar;
use self::holder::{Holder, Live};
use self::turn::{Book, Shelf, Turn, Why};
use crate::generate::setup::Version;
use crate::world::core::{Core, Decided};
use crate::world::{Answer, Op, World};

/// Amounts from here on may leave 64 bits in the core; then it may refuse what the auditor could still reckon.
const VAST: i128 = 1 << 60;

/// Knows what should happen.
#[derive(Debug, Clone)]
pub struct Auditor {
    shelf: Shelf,
    holders: BTreeMap<AccountId, Holder>,
    used: BTreeMap<String, i64>,
    keys: BTreeMap<(AccountId, String, String, Kind), Event>,
    claims: BTreeMap<(String, String), AccountId>,
}

/// One event, worked out.
struct Outcome {
    live: Live,
    bookings: Vec<holder::Booking>,
    resources: BTreeMap<String, i64>,
}

impl Auditor {
    /// An auditor of a world with these programs and accounts.
    #[must_use]
    pub fn new(versions: &[Version], enrolled: &[(AccountId, Timestamp)]) -> Self {
        let book = |version: &Version| {
            let calendar = Calendar::of(version.config.time_zone.name());
            Rc::new(Book { version: version.clone(), calendar })
        };
        let holder = |(id, at): &(AccountId, Timestamp)| {
            let live = Live { id: *id, enrolled: *at, ..Live::default() };
            (*id, Holder { live, ..Holder::default() })
        };
        Self {
            shelf: Shelf(versions.iter().map(book).collect()),
            holders: enrolled.iter().map(holder).collect(),
            used: BTreeMap::new(),
            keys: BTreeMap::new(),
            claims: BTreeMap::new(),
        }
    }

    /// Compares what came of a step with what should have, and goes along.
    pub fn check<C: Core>(
        &mut self,
        op: &Op,
        answer: &Answer,
        world: &World<C>,
    ) -> Result<(), String> {
        let forecast = self.forecast(op);
        match (answer, forecast) {
            (Answer::Again(before), Err(Forecast::Again(expected))) if *before == expected => {
                Ok(())
            }
            (Answer::Refused(Refusal::Overflow), _) if self.is_vast(op) => Ok(()),
            (Answer::Refused(refusal), Err(Forecast::Refused(why))) if refusal.code() == why => {
                Ok(())
            }
            (Answer::Refused(Refusal::NothingDue), Ok(outcomes)) if self.is_idle(op, &outcomes) => {
                Ok(())
            }
            (Answer::Accepted(decided), Ok(outcomes)) if decided.len() == outcomes.len() => {
                for (decided, outcome) in decided.iter().zip(outcomes) {
                    self.go_along(decided, outcome, world)?;
                }
                Ok(())
            }
            (answer, Ok(_)) => Err(format!("predicted acceptance, but: {}", told(answer))),
            (answer, Err(forecast)) => {
                Err(format!("predicted {forecast:?}, but: {}", told(answer)))
            }
        }
    }

    fn forecast(&self, op: &Op) -> Result<Vec<Outcome>, Forecast> {
        let event = &op.event;
        if let Some(before) = self.keys.get(&key(event)) {
            let same = before.program == event.program
                && before.effective_at == event.effective_at
                && before.body == event.body;
            return Err(if same {
                Forecast::Again(before.id)
            } else {
                Forecast::Refused("key_reused")
            });
        }
        let claim = (event.source.clone(), event.source_ref.clone());
        let elsewhere = self.claims.get(&claim).is_some_and(|account| *account != event.account);
        if event.body.kind().claims() && elsewhere {
            return Err(Forecast::Refused("claimed_by_other"));
        }
        self.work_out(op).map_err(Forecast::Refused)
    }

    fn work_out(&self, op: &Op) -> Result<Vec<Outcome>, Why> {
        let holder = self.holders.get(&op.event.account).ok_or("account_not_found")?;
        let other = match &op.into {
            Some(into) => Some((into, self.holders.get(&into.account).ok_or("account_not_found")?)),
            None => None,
        };
        if op.event.effective_at > op.now {
            return Err("in_future");
        }
        let mut turn = Turn::new(&self.shelf, &op.event, holder.live.clone(), &holder.closed);
        turn.play(&self.used)?;
        let parcel = turn.parcel();
        let mut outcomes = vec![turn.outcome()];
        if let Some((into, other)) = other {
            let mut turn = Turn::new(&self.shelf, into, other.live.clone(), &other.closed);
            turn.pass(Timestamp(i64::MIN), turn.at(), true);
            turn.transfer_in(parcel);
            turn.finish(true);
            outcomes.push(turn.outcome());
        }
        Ok(outcomes)
    }

    /// Is an elapse without effect?
    fn is_idle(&self, op: &Op, outcomes: &[Outcome]) -> bool {
        let same = |o: &Outcome| self.holders.get(&o.live.id).is_some_and(|h| h.live == o.live);
        op.event.body == Body::Elapse && outcomes.iter().all(|o| o.bookings.is_empty() && same(o))
    }

    /// Could an amount of this step leave 64 bits?
    fn is_vast(&self, op: &Op) -> bool {
        let asked = match &op.event.body {
            Body::Opening { pieces } => pieces.iter().any(|p| i128::from(p.points.0).abs() >= VAST),
            _ => false,
        };
        let has = |account: AccountId| {
            self.holders.get(&account).is_some_and(|h| {
                let piles = h.live.open.values().chain(h.closed.values());
                let moved = h.live.deeds.values().flat_map(|deed| &deed.moved).map(|(_, n)| *n);
                piles.map(|p| p.granted).chain(moved).any(|n| n.abs() >= VAST)
            })
        };
        asked || has(op.event.account) || op.into.as_ref().is_some_and(|into| has(into.account))
    }

    fn go_along<C: Core>(
        &mut self,
        decided: &Decided,
        outcome: Outcome,
        world: &World<C>,
    ) -> Result<(), String> {
        let event = &decided.event;
        let Outcome { live, bookings, resources } = outcome;
        compare::journal(decided, &bookings)?;
        compare::resources(&decided.resources, &resources)?;
        let holder = self.holders.get_mut(&live.id).ok_or("no such account")?;
        holder.live = live;
        holder.journal.extend(bookings);
        let rows = world.accounts.get(&event.account).ok_or("no such account")?;
        compare::account(rows, &holder.live, &decided.after.touched.lots)?;
        let ended: Vec<LotId> =
            holder.live.open.iter().filter(|(_, p)| !p.is_open()).map(|(id, _)| *id).collect();
        // What was empty and has something again is no longer closed.
        for id in holder.live.open.keys() {
            holder.closed.remove(id);
        }
        for id in ended {
            if let Some(pile) = holder.live.open.remove(&id) {
                holder.closed.insert(id, pile);
            }
        }
        for (key, n) in resources {
            *self.used.entry(key).or_default() += n;
        }
        self.keys.insert(key(event), event.clone());
        if event.body.kind().claims() {
            let claim = (event.source.clone(), event.source_ref.clone());
            self.claims.insert(claim, event.account);
        }
        Ok(())
    }

    /// Compares the balances of an account at a past instant, added up from scratch on both sides, and every pile.
    pub fn check_past<C: Core>(
        &self,
        world: &World<C>,
        id: AccountId,
        at: Timestamp,
    ) -> Result<(), String> {
        let (Some(rows), Some(holder)) = (world.accounts.get(&id), self.holders.get(&id)) else {
            return Ok(());
        };
        compare::past(rows, holder, at)?;
        compare::everything(rows, holder)
    }
}

/// What the auditor expects where nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Forecast {
    Refused(Why),
    Again(EventId),
}

impl Turn<'_> {
    /// Works the event out: time up to it, what it asks for, debts paid, and what is due at once.
    fn play(&mut self, used: &BTreeMap<String, i64>) -> Result<(), Why> {
        let body = &self.event.body;
        let whole = match body.kind() {
            Kind::Purchase | Kind::Custom => false,
            Kind::GrantTier | Kind::Qualify => {
                self.book().is_ok_and(|book| self.lots_matter(&book))
            }
            _ => true,
        };
        if !matches!(body.kind(), Kind::Purchase | Kind::Custom) {
            self.pass(Timestamp(i64::MIN), self.at(), whole);
        }
        match body {
            Body::Purchase(purchase) => self.purchase(purchase, used),
            Body::Custom(custom) => self.custom(custom, used),
            Body::Return(back) => self.returned(back),
            Body::Reserve(ask) => self.reserve(ask.redemption, ask, used),
            Body::Capture { redemption } => self.capture(*redemption),
            Body::Cancel { redemption } => self.cancel(*redemption),
            Body::Adjust { point_type, points, reason } => {
                self.adjust(*point_type, points.0, reason)
            }
            Body::TransferOut { point_type, points, to } => {
                self.transfer_out(*point_type, points.0, *to)
            }
            Body::TransferIn { .. } => Err("transfer_not_allowed"),
            Body::Elapse => Ok(()),
            Body::Reverse { event } => self.reverse(*event),
            Body::Reinstate { lot, points, expires_at, reason } => {
                self.reinstate(*lot, points.0, *expires_at, reason)
            }
            Body::Opening { pieces } => self.opening(pieces),
            Body::GrantTier { group, tier, provenance, until } => {
                self.grant_tier(group, tier, *provenance, *until)
            }
            Body::Qualify { group, credits } => self.credit(group, credits),
        }?;
        self.finish(whole);
        Ok(())
    }

    fn finish(&mut self, whole: bool) {
        for of in self.touched.clone() {
            self.settle(of, self.at());
        }
        if whole {
            self.pass(self.at(), self.at(), true);
        }
    }

    fn outcome(self) -> Outcome {
        Outcome { live: self.live, bookings: self.bookings, resources: self.resources }
    }
}

fn told(answer: &Answer) -> String {
    match answer {
        Answer::Accepted(decided) => {
            let steps: Vec<_> = decided.iter().map(|one| &one.outcome.steps).collect();
            format!("accepted, {steps:?}")
        }
        Answer::Refused(refusal) => format!("refused `{}`: {refusal}", refusal.code()),
        Answer::Again(event) => format!("taken as {event} sent again"),
    }
}

fn key(event: &Event) -> (AccountId, String, String, Kind) {
    (event.account, event.source.clone(), event.source_ref.clone(), event.body.kind())
}
