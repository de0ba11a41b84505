//! The simulated shell: accounts, keys and shared limits in memory, and one step of a history on them.

pub mod core;
pub mod faults;
pub mod vault;

use std::collections::BTreeMap;

use lazo_domain::apply;
use lazo_domain::event::{Body, Event, Facts, Kind};
use lazo_domain::ids::{AccountId, EventId, MemberId};
use lazo_domain::program::Programs;
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

use self::core::{Core, Decided};
use self::vault::Rows;
use crate::generate::setup::Version;

/// One step of a history: one event, or the two halves of a transfer.
#[derive(Debug, Clone)]
pub struct Op {
    /// The latest instant at which an event may count.
    pub now: Timestamp,
    /// What is asked for.
    pub event: Event,
    /// The other half of a transfer.
    pub into: Option<Event>,
}

/// What came of a step.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Decided and kept: one decision, or both of a transfer.
    Accepted(Vec<Decided>),
    /// Refused; nothing changed.
    Refused(Refusal),
    /// The same as before, with the same answer; nothing changed.
    Again(EventId),
}

/// The key under which an event is there once for ever.
type Key = (AccountId, String, String, Kind);

/// The whole simulated installation.
#[derive(Debug, Clone)]
pub struct World<C> {
    /// What decides.
    pub core: C,
    /// All versions of all programs.
    pub programs: Programs,
    /// The accounts.
    pub accounts: BTreeMap<AccountId, Rows>,
    /// What is used of each shared limit.
    pub used: BTreeMap<String, i64>,
    keys: BTreeMap<Key, ([u8; 16], EventId)>,
    claims: BTreeMap<(String, String), AccountId>,
}

impl<C: Core> World<C> {
    /// A world of accounts with the instants at which they were enrolled.
    pub fn new(core: C, versions: &[Version], enrolled: &[(AccountId, Timestamp)]) -> Self {
        Self {
            core,
            programs: vault::compiled(versions),
            accounts: enrolled.iter().map(|(id, at)| (*id, Rows::new(*id, *at))).collect(),
            used: BTreeMap::new(),
            keys: BTreeMap::new(),
            claims: BTreeMap::new(),
        }
    }

    /// Takes one step: keys, then the decision, then what it touched.
    pub fn step(&mut self, op: &Op) -> Answer {
        let seen = match self.seen(&op.event) {
            Ok(seen) => seen,
            Err(refusal) => return Answer::Refused(refusal),
        };
        if let Some(event) = seen {
            return Answer::Again(event);
        }
        match self.decide(op, false) {
            Err(refusal) => Answer::Refused(refusal),
            Ok(decided) => {
                for one in &decided {
                    self.commit(one);
                }
                Answer::Accepted(decided)
            }
        }
    }

    /// This world as far as one event on these accounts sees it, with their journals yet to be written.
    pub fn only(&self, ids: &[AccountId], event: &Event) -> Self
    where
        C: Clone,
    {
        let kept = ids.iter().filter_map(|id| Some((*id, self.accounts.get(id)?.now(event))));
        let keys = self.keys.get_key_value(&key(event)).into_iter();
        let claim = (event.source.clone(), event.source_ref.clone());
        let claims = self.claims.get_key_value(&claim).into_iter();
        Self {
            core: self.core.clone(),
            programs: self.programs.clone(),
            accounts: kept.collect(),
            used: self.used.clone(),
            keys: keys.map(|(key, seen)| (key.clone(), *seen)).collect(),
            claims: claims.map(|(claim, account)| (claim.clone(), *account)).collect(),
        }
    }

    /// Was this key there before? With the same body, by which event.
    fn seen(&self, event: &Event) -> Result<Option<EventId>, Refusal> {
        if !self.core.remembers_keys() {
            return Ok(None);
        }
        match self.keys.get(&key(event)) {
            Some((hash, before)) if *hash == event.body_hash() => return Ok(Some(*before)),
            Some(_) => return Err(Refusal::KeyReused),
            None => {}
        }
        let claim = (event.source.clone(), event.source_ref.clone());
        let other = self.claims.get(&claim).is_some_and(|account| *account != event.account);
        if event.body.kind().claims() && other { Err(Refusal::ClaimedByOther) } else { Ok(None) }
    }

    /// What would come of a step, with everything open in memory when `all`; nothing changes.
    pub fn decide(&self, op: &Op, all: bool) -> Result<Vec<Decided>, Refusal> {
        let event = &op.event;
        let rows = self.accounts.get(&event.account).ok_or(Refusal::AccountNotFound)?;
        if let (Some(into), Body::TransferOut { .. }) = (&op.into, &event.body) {
            let to = self.accounts.get(&into.account).ok_or(Refusal::AccountNotFound)?;
            let (from, _) = rows.load(event, &self.programs, all);
            let (to, _) = to.load(into, &self.programs, all);
            let halves = self.core.transfer((&from, &to), (event, into), &self.programs, op.now);
            return halves.map(|(out, into)| vec![out, into]);
        }
        let (account, needs) = rows.load(event, &self.programs, all);
        let facts = self.facts(event, needs.resources.iter());
        self.core.apply(&account, event, &facts, &self.programs, op.now).map(|one| vec![one])
    }

    /// What the shell lends: what is left of every shared limit the event asks for.
    pub fn facts<'a>(&self, event: &Event, keys: impl Iterator<Item = &'a String>) -> Facts {
        let left = keys.filter_map(|key| {
            let limit =
                apply::resource_limit(&self.programs, event.program, event.effective_at, key)?;
            Some((key.clone(), limit - self.used.get(key).copied().unwrap_or(0)))
        });
        Facts {
            member: MemberId(event.account.0),
            attributes: BTreeMap::new(),
            resources: left.collect(),
        }
    }

    fn commit(&mut self, decided: &Decided) {
        let event = &decided.event;
        self.keys.insert(key(event), (event.body_hash(), event.id));
        if event.body.kind().claims() {
            self.claims.insert((event.source.clone(), event.source_ref.clone()), event.account);
        }
        for (key, used) in &decided.resources {
            *self.used.entry(key.clone()).or_default() += used;
        }
        if let Some(rows) = self.accounts.get_mut(&event.account) {
            rows.commit(decided);
        }
    }
}

fn key(event: &Event) -> Key {
    (event.account, event.source.clone(), event.source_ref.clone(), event.body.kind())
}
