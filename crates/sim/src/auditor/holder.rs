//! What the auditor remembers of an account: piles of points, orders, and every deed with what it did.

use std::collections::BTreeMap;
use std::rc::Rc;

use lazo_domain::account::{LotKind, RedemptionState};
use lazo_domain::decision::Side;
use lazo_domain::ids::{AccountId, EventId, LotId, PointTypeId, ProgramId, RedemptionId};
use lazo_domain::program::Provenance;
use lazo_domain::time::Timestamp;

use super::calendar::Day;
use super::numbers::{part_of, share_back};

/// Points with one origin; a debt is a pile below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pile {
    pub point_type: PointTypeId,
    pub kind: LotKind,
    pub earned_at: Timestamp,
    pub expires: Option<Timestamp>,
    pub release: Option<Timestamp>,
    pub granted: i128,
    pub available: i128,
    pub pending: i128,
    pub held: i128,
    pub redeemed: i128,
    pub expired: i128,
}

impl Pile {
    pub fn is_open(&self) -> bool {
        self.available != 0 || self.pending != 0 || self.held != 0
    }
}

/// A redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub program: ProgramId,
    pub reward: String,
    pub quantity: i64,
    pub state: RedemptionState,
    pub point_type: PointTypeId,
    pub points: i128,
    pub from: Vec<(LotId, i128)>,
    pub reserved_at: Timestamp,
    pub hold_until: Timestamp,
    pub stock: Option<String>,
}

/// A step of a ladder held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub program: ProgramId,
    pub tier: String,
    pub since: Timestamp,
    pub provenance: Provenance,
    pub review: Option<Timestamp>,
    pub protected: Option<Timestamp>,
    pub grace: bool,
}

/// What a limit of a rule counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Program, rule, what is counted and the period's name.
    pub key: (ProgramId, String, &'static str, &'static str),
    /// The first day of the period.
    pub period: Day,
    pub by: i64,
}

/// What a deed counts for on a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub group: String,
    /// The window's step it fell in.
    pub step: i64,
    pub by: i64,
    /// For points: the lines' shares, which are taken back line by line.
    pub shares: Option<Vec<i64>>,
}

/// What an earning deed gave in one pile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    pub lot: LotId,
    pub point_type: PointTypeId,
    pub shares: Vec<i64>,
    /// What returns have accounted for so far, taken or let go.
    pub back: i64,
    /// Of that, let go because it had expired.
    pub waived: i64,
}

/// Something that happened and may be returned or undone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deed {
    pub program: ProgramId,
    pub at: Timestamp,
    pub source: (String, String),
    pub kind: DeedKind,
    /// Has it been undone?
    pub undone: bool,
    // Of a purchase or custom event.
    pub bought: Vec<i64>,
    pub nets: Vec<i64>,
    pub back: Vec<i64>,
    pub gifts: Vec<Gift>,
    pub qualifying: Vec<(PointTypeId, Vec<i64>)>,
    pub uses: Vec<Use>,
    pub counts: Vec<Count>,
    pub budgets: BTreeMap<String, i64>,
    // Of anything that is undone by its effect.
    /// Piles it made, with what they held.
    pub made: Vec<(LotId, i128)>,
    /// What it took from piles (from a debt: what it added to it).
    pub took: Vec<(LotId, i128)>,
    /// What it moved of points without piles.
    pub moved: Vec<(PointTypeId, i128)>,
    // Of a return.
    pub purchase: EventId,
    pub lines: Vec<i64>,
    pub dues: Vec<i64>,
    pub waived: Vec<i64>,
    pub freed: BTreeMap<String, i64>,
}

/// What kind of deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeedKind {
    Earned,
    Returned,
    Adjusted,
    Opened,
    Reinstated,
    #[default]
    Other,
}

impl Deed {
    /// How much money (or, where none was paid, quantity) came back, of how much.
    fn portion(&self) -> (i64, i64) {
        let paid: Vec<i64> = self.nets.iter().map(|net| (*net).max(0)).collect();
        let weights = if paid.iter().sum::<i64>() > 0 { paid } else { self.bought.clone() };
        let total = weights.iter().sum();
        let all = self.back == self.bought;
        (if all { total } else { share_back(&weights, &self.back, &self.bought) }, total)
    }

    /// What is left of a number after what came back.
    fn left(&self, by: i64) -> i64 {
        let (part, total) = self.portion();
        if part == 0 && self.back != self.bought {
            return by;
        }
        if by < 0 { -(-by - part_of(-by, part, total)) } else { by - part_of(by, part, total) }
    }

    /// What is left of what it counts for on a ladder.
    pub fn counts_left(&self, count: &Count) -> i64 {
        match &count.shares {
            Some(shares) => count.by - share_back(shares, &self.back, &self.bought),
            // What was never bought does not come back.
            None if self.bought.is_empty() => count.by,
            None => self.left(count.by),
        }
    }

    /// What is left of what a limit counts.
    pub fn use_left(&self, one: &Use) -> i64 {
        if self.back.iter().all(|back| *back == 0) { one.by } else { self.left(one.by) }
    }
}

/// One predicted journal line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Booking {
    pub point_type: PointTypeId,
    pub side: Side,
    pub lot: Option<LotId>,
    pub at: Timestamp,
    pub points: i128,
}

/// The part of an account that may change with the next step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    pub id: AccountId,
    pub enrolled: Timestamp,
    pub open: BTreeMap<LotId, Pile>,
    pub qualifying: BTreeMap<PointTypeId, i128>,
    pub orders: BTreeMap<RedemptionId, Rc<Order>>,
    pub deeds: BTreeMap<EventId, Rc<Deed>>,
    pub held: BTreeMap<String, Held>,
    pub activity: BTreeMap<PointTypeId, Timestamp>,
    pub sent: Vec<(PointTypeId, i16, i64)>,
    pub used: BTreeMap<String, i64>,
}

impl Live {
    /// The tier held on a ladder; empty for none.
    pub fn tier(&self, group: &str) -> &str {
        self.held.get(group).map_or("", |held| held.tier.as_str())
    }
}

/// An account as the auditor knows it.
#[derive(Debug, Clone, Default)]
pub struct Holder {
    pub live: Live,
    /// Piles with nothing left in them.
    pub closed: BTreeMap<LotId, Pile>,
    pub journal: Vec<Booking>,
}
