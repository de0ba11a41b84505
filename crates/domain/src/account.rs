//! An account as the core sees it: balances, open lots, holds, tier standings and counters of one member.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::decision::{Entry, Outcome};
use crate::event::{Body, PurchaseRef, Reserve};
use crate::ids::{
    AccountId, EventId, LotId, MemberId, PointTypeId, ProgramId, RedemptionId, TenantId,
};
use crate::label::Label;
use crate::layered::LayeredMap;
use crate::points::{Overflow, Points};
use crate::program::Provenance;
use crate::time::Timestamp;

/// The unit of consistency: what one member has in every point type.
///
/// A copy shares everything with its original until one of them changes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The client company.
    pub tenant: TenantId,
    /// This account.
    pub id: AccountId,
    /// Whose it is.
    pub member: MemberId,
    /// How many decisions were committed; the guard against two writers.
    pub version: i64,
    /// When the membership began.
    pub enrolled_at: Timestamp,
    /// Stored sums per point type; each equals the sum of its entries.
    pub balances: BTreeMap<PointTypeId, Balance>,
    /// Open lots; only there when the event needs them, see [`Needs`].
    pub lots: LayeredMap<LotId, Lot>,
    /// Have all open lots been loaded?
    pub lots_loaded: bool,
    /// Open redemptions, and closed ones an event asks for.
    pub redemptions: LayeredMap<RedemptionId, Redemption>,
    /// Tier standings by tier group.
    pub standings: Standings,
    /// What rules remember.
    pub counters: Counters,
    /// Purchases (and other earning events) that a return or a reversal asks for.
    pub grants: LayeredMap<EventId, Grant>,
    /// Earlier events that a reversal asks for.
    pub originals: LayeredMap<EventId, Original>,
    /// No later than the earliest instant at which time does something here; `None` when nothing is due ever.
    pub next_at: Option<Timestamp>,
    /// What a decision changed, for the store to write.
    pub touched: Touched,
}

/// The three member-side sums of one point type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Free to spend; below zero is a debt.
    pub available: Points,
    /// Granted, not yet released.
    pub pending: Points,
    /// Set aside for a redemption.
    pub held: Points,
}

/// What kind of points a lot holds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LotKind {
    /// By a rule for something the member did.
    #[default]
    Earned,
    /// By hand.
    Adjusted,
    /// From another account.
    Transferred,
    /// Came back after expiry.
    Reinstated,
    /// Brought from elsewhere.
    Opening,
    /// Less than zero: what the member owes. At most one per point type.
    Debt,
}

/// Points with one origin and one expiry.
///
/// `granted = available + pending + held + redeemed + expired + taken` at all times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Its name: event and place.
    pub id: LotId,
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// What kind of points.
    pub kind: LotKind,
    /// When they were earned.
    pub earned_at: Timestamp,
    /// The first instant at which they are no longer usable; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// When pending points become available; `None` once released.
    pub release_at: Option<Timestamp>,
    /// How many there were.
    pub granted: Points,
    /// Free to spend.
    pub available: Points,
    /// Not yet released.
    pub pending: Points,
    /// Set aside.
    pub held: Points,
    /// Spent.
    pub redeemed: Points,
    /// Gone unused.
    pub expired: Points,
    /// Taken back by a return or reversal, adjusted away, transferred out, or used to repay a debt.
    pub taken: Points,
}

impl Lot {
    /// What is still somebody's: available, pending and held.
    pub fn remaining(&self) -> Result<Points, Overflow> {
        Points::sum([self.available, self.pending, self.held])
    }

    /// May its points be spent at `at`? Not from the expiry instant on.
    #[must_use]
    pub fn usable_at(&self, at: Timestamp) -> bool {
        self.expires_at.is_none_or(|expiry| at < expiry)
    }

    /// Is there nothing left that time or the member could move?
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.available.is_zero() && self.pending.is_zero() && self.held.is_zero()
    }
}

/// What became of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedemptionState {
    /// Points are held.
    Reserved,
    /// Points are spent.
    Captured,
    /// Undone; the points went back.
    Cancelled,
    /// The hold ran out of time.
    Lapsed,
}

impl RedemptionState {
    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Captured => "captured",
            Self::Cancelled => "cancelled",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A redemption: a two-phase hold on named lots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// Its id.
    pub id: RedemptionId,
    /// The program whose reward it is.
    pub program: ProgramId,
    /// Which loyalty currency pays.
    pub point_type: PointTypeId,
    /// What was asked for.
    pub order: Reserve,
    /// The event that reserved it.
    pub event: EventId,
    /// What became of it.
    pub state: RedemptionState,
    /// The points in all.
    pub points: Points,
    /// Which lots pay how much, in the order they were taken.
    pub lots: Vec<(LotId, Points)>,
    /// When the points were set aside.
    pub reserved_at: Timestamp,
    /// When the hold lapses, while reserved.
    pub hold_until: Timestamp,
    /// Shared limits it uses, to give back on cancel.
    pub resources: BTreeMap<String, i64>,
}

/// Where a member stands, by ladder.
pub type Standings = LayeredMap<String, Standing>;

/// Where a member stands on one ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The program the ladder belongs to.
    pub program: ProgramId,
    /// The step's code; empty is the floor below the first step.
    pub tier: String,
    /// Since when.
    pub since: Timestamp,
    /// How it was obtained.
    pub provenance: Provenance,
    /// When it is looked at again; `None` is never (lifetime).
    pub review_at: Option<Timestamp>,
    /// No review takes it before this instant.
    pub protected_until: Option<Timestamp>,
    /// Has a review already let it pass once?
    #[serde(default)]
    pub in_grace: bool,
}

/// What rules and ladders remember of history: numbers per key and local period.
///
/// Keys are `rule:<program>:<rule>:<points|times|seen>:<period>` and `tier:<program>:<group>`; periods are local dates
/// `YYYY-MM-DD` of the period's first day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counters(pub LayeredMap<Label, BTreeMap<Label, i64>>);

impl Counters {
    /// The number under `key` in the period that begins on `period`; 0 when nothing was counted.
    #[must_use]
    pub fn get(&self, key: &str, period: &str) -> i64 {
        self.0.get(key).and_then(|periods| periods.get(period)).copied().unwrap_or(0)
    }

    /// Adds to the number; a zero is forgotten.
    pub fn add(&mut self, change: &CounterChange) {
        let Some(periods) = self.0.get_mut(&change.key) else {
            if change.by != 0 {
                let first = BTreeMap::from([(change.period.clone(), change.by)]);
                self.0.insert(change.key.clone(), first);
            }
            return;
        };
        let value = periods.entry(change.period.clone()).or_insert(0);
        *value = value.saturating_add(change.by);
        if *value == 0 {
            periods.remove(&change.period);
        }
        if periods.is_empty() {
            self.0.remove(&change.key);
        }
    }
}

/// One step of a counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterChange {
    /// Whose counter.
    pub key: Label,
    /// The period's first local day.
    pub period: Label,
    /// How much.
    pub by: i64,
}

/// What an earning event gave and what came back of it since: all that a return or a reversal needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The event.
    pub event: EventId,
    /// Its program.
    pub program: ProgramId,
    /// When it counted.
    pub effective_at: Timestamp,
    /// How callers name it.
    pub source: PurchaseRef,
    /// Thousandths bought per line.
    pub quantities: Vec<i64>,
    /// Minor units per line.
    pub nets: Vec<i64>,
    /// The lots it made, with each line's share of the lot's points.
    pub lots: Vec<GrantLot>,
    /// Points it gave to ladders (point types without lots), with each line's share.
    pub qualifying: Vec<(PointTypeId, Vec<i64>)>,
    /// Counters it moved.
    pub counted: Vec<CounterChange>,
    /// Budgets it used.
    pub resources: BTreeMap<String, i64>,
    /// Thousandths brought back so far, per line.
    pub returned: Vec<i64>,
    /// Has it been reversed whole?
    pub reversed: bool,
}

/// A lot that an event made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantLot {
    /// Which lot.
    pub lot: LotId,
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// Each line's share; sums to what the lot was granted. One share when the event has no lines.
    pub shares: Vec<i64>,
    /// What returns have accounted for so far, taken or let go.
    #[serde(default)]
    pub back: i64,
    /// Of that, what they did not take because it had already expired.
    #[serde(default)]
    pub waived: i64,
}

/// An earlier event as it was decided: all that a reversal needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// What happened.
    pub body: Body,
    /// When it counted.
    pub effective_at: Timestamp,
    /// Its journal lines.
    pub entries: Vec<Entry>,
    /// What it did.
    pub outcome: Outcome,
}

/// What of an account an event needs to see before it can be decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// All open lots and all redemptions still reserved. Lots already in memory win over stored ones.
    pub lots: bool,
    /// The grant of an earlier event as it stands now (and, of that grant, its lots also when closed).
    pub grant: Option<PurchaseRef>,
    /// An earlier event as it was decided (and every lot its entries name, and its grant as it stands now).
    pub original: Option<EventId>,
    /// A redemption, open or closed (and its lots also when closed).
    pub redemption: Option<RedemptionId>,
    /// A lot by name, also when closed.
    pub lot: Option<LotId>,
    /// Shared limits whose state the event asks for.
    pub resources: BTreeSet<String>,
}

/// What changed since the account was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// Balances to write.
    pub balances: BTreeSet<PointTypeId>,
    /// Lots to write.
    pub lots: BTreeSet<LotId>,
    /// Redemptions to write.
    pub redemptions: BTreeSet<RedemptionId>,
    /// Standings or counters to write.
    pub state: bool,
}

impl Account {
    /// A new account with nothing in it.
    #[must_use]
    pub fn new(tenant: TenantId, id: AccountId, member: MemberId, enrolled_at: Timestamp) -> Self {
        Self { tenant, id, member, enrolled_at, lots_loaded: true, ..Self::default() }
    }

    /// The balance of one point type.
    #[must_use]
    pub fn balance(&self, point_type: PointTypeId) -> Balance {
        self.balances.get(&point_type).copied().unwrap_or_default()
    }

    /// The tier code held on a ladder; empty when none.
    #[must_use]
    pub fn tier(&self, group: &str) -> &str {
        self.standings.get(group).map_or("", |standing| standing.tier.as_str())
    }

    /// Notes that time does something here at `at`.
    pub fn due(&mut self, at: Timestamp) {
        if self.next_at.is_none_or(|next| at < next) {
            self.next_at = Some(at);
        }
    }

    /// The grant that a return's reference names, among those loaded.
    #[must_use]
    pub fn grant(&self, purchase: &PurchaseRef) -> Option<&Grant> {
        match purchase {
            PurchaseRef::Event(event) => self.grants.get(event),
            PurchaseRef::Source { .. } => {
                self.grants.values().find(|grant| grant.source == *purchase)
            }
        }
    }
}
