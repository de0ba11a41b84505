//! The one way anything happens to an account: what an event needs to see, and what it decides.

use crate::account::{Account, Needs};
use crate::decision::Decision;
use crate::event::{Event, Facts};
use crate::program::Programs;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// What of `account` must be loaded before `event` can be decided. `account` has its head (balances, standings,
/// counters, `next_at`) but perhaps no lots yet.
#[must_use]
pub fn needs(_event: &Event, _account: &Account, _programs: &Programs) -> Needs {
    Needs::default()
}

/// Decides `event` on `account`. Nothing changes unless the decision is committed.
pub fn apply(
    _account: &Account,
    _event: &Event,
    _facts: &Facts,
    _programs: &Programs,
    _now: Timestamp,
) -> Result<Decision, Refusal> {
    Err(Refusal::NothingDue)
}

/// Decides both halves of a transfer: `out` on `from`, and `into` on `to` with the pieces that left.
pub fn transfer(
    _from: &Account,
    _to: &Account,
    _out: &Event,
    _into: &Event,
    _programs: &Programs,
    _now: Timestamp,
) -> Result<(Decision, Decision), Refusal> {
    Err(Refusal::NothingDue)
}
