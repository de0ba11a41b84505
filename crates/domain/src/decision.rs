//! What the core decided: balanced entries, the account after them, effects and reasons. Only `apply` makes one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::{Account, Balance, Grant};
use crate::event::{Event, ReturnLine};
use crate::explain::Step;
use crate::ids::{LotId, PointTypeId};
use crate::points::Points;
use crate::time::Timestamp;

/// The two families of accounts of the double entry. The numbers are fixed for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum Side {
    /// The member's, free to spend.
    Available = 1,
    /// The member's, not yet released.
    Pending = 2,
    /// The member's, set aside.
    Held = 3,
    /// The program's: granted by rules.
    Issued = 11,
    /// The program's: spent by members.
    Redeemed = 12,
    /// The program's: gone unused.
    Expired = 13,
    /// The program's: corrected by hand.
    Adjusted = 14,
    /// The program's: left for another point type.
    ConvertedOut = 15,
    /// The program's: came from another point type.
    ConvertedIn = 16,
    /// The program's: what rounding gave or took.
    Rounding = 17,
    /// The program's: moved between members.
    Transferred = 18,
    /// The program's: brought from elsewhere at the start.
    Opening = 19,
}

impl Side {
    /// Every side with its name outside.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::Available, "available"),
        (Self::Pending, "pending"),
        (Self::Held, "held"),
        (Self::Issued, "issued"),
        (Self::Redeemed, "redeemed"),
        (Self::Expired, "expired"),
        (Self::Adjusted, "adjusted"),
        (Self::ConvertedOut, "converted_out"),
        (Self::ConvertedIn, "converted_in"),
        (Self::Rounding, "rounding"),
        (Self::Transferred, "transferred"),
        (Self::Opening, "opening"),
    ];

    /// The stored number.
    #[must_use]
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The side of a stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().map(|(side, _)| *side).find(|side| side.number() == number)
    }

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(side, _)| *side == self).map_or("", |(_, name)| name)
    }

    /// Is it the member's (and so names a lot, unless the point type has none)?
    #[must_use]
    pub fn is_member(self) -> bool {
        matches!(self, Self::Available | Self::Pending | Self::Held)
    }
}

/// One line of the journal. Never changed, never deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the decision, from 0; with the event's id it is the entry's name.
    pub position: i64,
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// Which account of the double entry.
    pub side: Side,
    /// The lot, on the member's side of a point type that has lots.
    pub lot: Option<LotId>,
    /// More than zero arrives on the side, less leaves it.
    pub points: Points,
    /// When it counts: the event's instant, or for an expiry the lot's own.
    pub effective_at: Timestamp,
}

/// Something the outside should hear of; a row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// `points.earned`, `tier.upgraded`, …
    pub name: String,
    /// What it says. No personal data.
    pub data: serde_json::Value,
}

/// What an event did, as it is kept and answered: also the answer to the same event sent again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Change of the member's points by point type and side, in smallest units.
    pub changes: Vec<Change>,
    /// What rules gave (or a return took back), by point type, however it moved between the member's sides.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub issued: BTreeMap<PointTypeId, Points>,
    /// Balances afterward, of the point types that changed.
    pub balances: BTreeMap<PointTypeId, Balance>,
    /// Why, step by step.
    pub steps: Vec<Step>,
    /// The program's version that decided.
    pub program_version: i64,
    /// Tiers that changed: group, from, to.
    pub tiers: Vec<(String, String, String)>,
    /// For a redemption, what it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redemption: Option<crate::account::Redemption>,
    /// For an earning event, what a return needs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grant: Option<Grant>,
    /// For a return, what undoing it needs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub returned: Option<Returned>,
}

/// What a return brought back, line by line, and what it let go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Returned {
    /// The lines, resolved: also when the caller asked for all that was left.
    pub lines: Vec<ReturnLine>,
    /// Per lot of the grant: what was due.
    pub due: Vec<i64>,
    /// Per lot of the grant: what was not taken because it had expired.
    pub waived: Vec<i64>,
    /// Budgets given back.
    pub resources: BTreeMap<String, i64>,
}

/// Net change of one point type on one member-side account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// Which of the member's sides.
    pub side: Side,
    /// By how much.
    pub points: Points,
}

/// A decided event: the only thing the store commits. It cannot be made outside this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    event: Event,
    entries: Vec<Entry>,
    after: Account,
    effects: Vec<Effect>,
    outcome: Outcome,
    resources: BTreeMap<String, i64>,
}

impl Decision {
    /// Assembles a decision and asserts what must hold of every one: it sums to zero per point type.
    pub(crate) fn new(
        event: Event,
        entries: Vec<Entry>,
        after: Account,
        effects: Vec<Effect>,
        outcome: Outcome,
        resources: BTreeMap<String, i64>,
    ) -> Self {
        let mut sums: BTreeMap<PointTypeId, i128> = BTreeMap::new();
        for entry in &entries {
            *sums.entry(entry.point_type).or_default() += i128::from(entry.points.0);
        }
        assert!(
            sums.values().all(|sum| *sum == 0),
            "a decision must sum to zero: {event:?} {entries:?}"
        );
        Self { event, entries, after, effects, outcome, resources }
    }

    /// What happened.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The journal lines; they sum to zero per point type.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The account afterward, with what changed marked in `touched`.
    #[must_use]
    pub fn after(&self) -> &Account {
        &self.after
    }

    /// Takes the account afterward out of the decision, for the next event of the batch.
    #[must_use]
    pub fn into_parts(
        self,
    ) -> (Event, Vec<Entry>, Account, Vec<Effect>, Outcome, BTreeMap<String, i64>) {
        (self.event, self.entries, self.after, self.effects, self.outcome, self.resources)
    }

    /// What the outside should hear of.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// What is kept and answered.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Shared limits: how much this decision uses (more than zero) or gives back of each.
    #[must_use]
    pub fn resources(&self) -> &BTreeMap<String, i64> {
        &self.resources
    }
}
