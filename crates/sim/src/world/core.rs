//! The core as the simulator drives it, with room for faults planted on purpose between it and the shell.

use std::collections::BTreeMap;

use lazo_domain::account::Account;
use lazo_domain::apply;
use lazo_domain::decision::{Decision, Effect, Entry, Outcome};
use lazo_domain::event::{Event, Facts};
use lazo_domain::program::Programs;
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

/// A decision taken apart, so that a fault can be planted in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What happened.
    pub event: Event,
    /// The journal lines.
    pub entries: Vec<Entry>,
    /// The account afterward.
    pub after: Account,
    /// What the outside should hear of.
    pub effects: Vec<Effect>,
    /// What is kept and answered.
    pub outcome: Outcome,
    /// Shared limits used or given back.
    pub resources: BTreeMap<String, i64>,
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        let (event, entries, after, effects, outcome, resources) = decision.into_parts();
        Self { event, entries, after, effects, outcome, resources }
    }
}

/// What the simulated shell asks to have things decided.
pub trait Core {
    /// Decides one event.
    fn apply(
        &self,
        account: &Account,
        event: &Event,
        facts: &Facts,
        programs: &Programs,
        now: Timestamp,
    ) -> Result<Decided, Refusal>;

    /// Decides both halves of a transfer.
    fn transfer(
        &self,
        accounts: (&Account, &Account),
        events: (&Event, &Event),
        programs: &Programs,
        now: Timestamp,
    ) -> Result<(Decided, Decided), Refusal>;

    /// Does the shell around it remember which keys it has seen?
    fn remembers_keys(&self) -> bool {
        true
    }
}

/// The core as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Real;

impl Core for Real {
    fn apply(
        &self,
        account: &Account,
        event: &Event,
        facts: &Facts,
        programs: &Programs,
        now: Timestamp,
    ) -> Result<Decided, Refusal> {
        apply::apply(account, event, facts, programs, now).map(Decided::from)
    }

    fn transfer(
        &self,
        accounts: (&Account, &Account),
        events: (&Event, &Event),
        programs: &Programs,
        now: Timestamp,
    ) -> Result<(Decided, Decided), Refusal> {
        let (out, into) =
            apply::transfer(accounts.0, accounts.1, events.0, events.1, programs, now)?;
        Ok((out.into(), into.into()))
    }
}
