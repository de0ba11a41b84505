//! What a source knew of one member when its snapshot was taken: values only, named as the source names them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::exceptions::ExceptionCode;
use super::orders::SourceOrder;
use crate::program::Provenance;
use crate::time::Timestamp;

/// A member as its source names it. Plans, ties and hashes use this name, never an id that we made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct SourceKey {
    /// The source program's code.
    pub source: String,
    /// The member's number there.
    pub member: String,
}

impl SourceKey {
    /// The member `member` of `source`.
    #[must_use]
    pub fn new(source: &str, member: &str) -> Self {
        Self { source: source.into(), member: member.into() }
    }
}

/// Who an account belongs to; the two are never merged with each other.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Somebody.
    #[default]
    Person,
    /// A legal entity.
    Company,
}

/// How an account stands in its source.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// In use.
    #[default]
    Active,
    /// Given up by the member or the source.
    Closed,
    /// Nothing may be spent.
    Blocked,
    /// Somebody is looking into it.
    Investigated,
    /// The person asked to be forgotten.
    Erased,
    /// The person has died.
    Deceased,
}

impl SourceStatus {
    /// The name in files and totals.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Blocked => "blocked",
            Self::Investigated => "investigated",
            Self::Erased => "erased",
            Self::Deceased => "deceased",
        }
    }
}

/// Everything a source knew of one member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MemberSnapshot {
    /// Who.
    #[serde(flatten)]
    pub key: SourceKey,
    /// A person or a company.
    #[serde(default)]
    pub unit: Unit,
    /// For a contact, the member number of the company in the same source.
    #[serde(default)]
    pub contact_of: Option<String>,
    /// How the account stands.
    #[serde(default)]
    pub status: SourceStatus,
    /// When the membership began; [`MemberSnapshot::UNKNOWN`] where the source does not say.
    #[serde(default)]
    pub enrolled_at: Timestamp,
    /// The balances that the source itself states, by point type; checked against the lots where given.
    #[serde(default)]
    pub balances: BTreeMap<String, i64>,
    /// Lots, and what of them is pending or held; less than zero is a debt.
    #[serde(default)]
    pub lots: Vec<SourceLot>,
    /// What counts for tiers.
    #[serde(default)]
    pub counters: Vec<SourceCounter>,
    /// Tiers held.
    #[serde(default)]
    pub tiers: Vec<SourceTier>,
    /// Vouchers and certificates not yet used.
    #[serde(default)]
    pub vouchers: Vec<SourceVoucher>,
    /// Rewards ordered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<SourceOrder>,
    /// Consents, refusals and exclusions.
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// Plans the member pays for.
    #[serde(default)]
    pub plans: Vec<PaidPlan>,
    /// The household or pool the member is in.
    #[serde(default)]
    pub pool: Option<PoolSeat>,
    /// Card numbers and other tokens that must resolve for ever.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Keyed hashes of what identifies the person, to compare with those of erased people.
    #[serde(default)]
    pub identity_hashes: Vec<String>,
    /// What was found wrong with the account while it was loaded: it waits at the desk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<ExceptionCode>,
}

impl MemberSnapshot {
    /// A membership whose beginning nobody knows: earlier than any, so that who was erased stays so.
    pub const UNKNOWN: Timestamp = Timestamp(0);

    /// When the membership began, where that is known.
    #[must_use]
    pub fn enrollment(&self) -> Option<Timestamp> {
        (self.enrolled_at != Self::UNKNOWN).then_some(self.enrolled_at)
    }

    /// Adds a lot. Points that come back to a lot that is there, of the same kind and dates, join it.
    pub fn put_back(&mut self, lot: &SourceLot) {
        let same = |held: &&mut SourceLot| {
            SourceLot { points: lot.points, ..(**held).clone() } == *lot
                && held.points.checked_add(lot.points).is_some()
        };
        match self.lots.iter_mut().find(same) {
            Some(held) => held.points += lot.points,
            None => self.lots.push(lot.clone()),
        }
    }
}

/// Where points of a lot are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LotState {
    /// Free to spend, or a debt when less than zero.
    #[default]
    Available,
    /// Not yet released.
    Pending,
    /// Set aside for a redemption or a dispute.
    Held,
    /// Ended before the snapshot; it may come back.
    Expired,
    /// On the way to or from a partner: nobody's until the transfer is completed or closed.
    InTransit,
}

impl LotState {
    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Pending => "pending",
            Self::Held => "held",
            Self::Expired => "expired",
            Self::InTransit => "in_transit",
        }
    }

    /// Are these points part of the balance that a source states?
    #[must_use]
    pub fn is_in_balance(self) -> bool {
        matches!(self, Self::Available | Self::Pending | Self::Held)
    }
}

/// Points of one lot in one state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLot {
    /// The source's name for the lot.
    pub lot: String,
    /// The source's point type.
    pub point_type: String,
    /// Where these points are.
    #[serde(default)]
    pub state: LotState,
    /// How many, in smallest units; less than zero is a debt.
    pub points: i64,
    /// `earned`, `bought`, `promo` or what else the source tells apart.
    #[serde(default = "earned")]
    pub kind: String,
    /// When they were earned.
    pub earned_at: Timestamp,
    /// When they end; `None` is never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// When pending points become available.
    #[serde(default)]
    pub release_at: Option<Timestamp>,
    /// The source's name of the hold.
    #[serde(default)]
    pub hold: String,
    /// When the hold lapses; `None` is a dispute, which only a person ends.
    #[serde(default)]
    pub hold_until: Option<Timestamp>,
}

fn earned() -> String {
    "earned".into()
}

/// A number that counts for a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCounter {
    /// What is counted, such as `nights` or `spend`.
    pub counter: String,
    /// The period, such as `2026`.
    pub period: String,
    /// How much.
    pub value: i64,
    /// The transaction it comes from, where the source tells; the same one in two sources counts once.
    #[serde(default)]
    pub reference: Option<String>,
}

/// A tier held in a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceTier {
    /// The step's code.
    pub tier: String,
    /// How it was obtained.
    #[serde(default)]
    pub provenance: Provenance,
    /// Since when.
    #[serde(default)]
    pub since: Timestamp,
    /// Until when it is kept; `None` is for life, or unknown.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// A voucher or certificate that may still be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceVoucher {
    /// Its code, which goes on working.
    pub code: String,
    /// What kind, such as `free_night_a`.
    pub kind: String,
    /// What it is worth, in minor units.
    pub value_minor: i64,
    /// What it was bought for, in source points.
    #[serde(default)]
    pub bought_for: i64,
    /// When it ends; `None` is never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// What a member said about one purpose on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// What for, such as `marketing` or `profiling`.
    pub purpose: String,
    /// By which way, such as `email`.
    pub channel: String,
    /// What was said.
    pub state: ConsentState,
    /// When.
    pub at: Timestamp,
    /// To whom: the controller's code.
    #[serde(default)]
    pub controller: String,
    /// Was it said about this purpose and channel alone?
    #[serde(default)]
    pub specific: bool,
    /// Text version, place, address: how it is proven.
    #[serde(default)]
    pub evidence: String,
}

/// What was said, from the loosest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Yes.
    OptedIn,
    /// Never asked.
    Unknown,
    /// No.
    OptedOut,
    /// On an exclusion list, which no later yes overrides here.
    Excluded,
}

impl ConsentState {
    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OptedIn => "opted_in",
            Self::Unknown => "unknown",
            Self::OptedOut => "opted_out",
            Self::Excluded => "excluded",
        }
    }

    /// Is it a no?
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::OptedOut | Self::Excluded)
    }
}

/// A plan the member pays for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaidPlan {
    /// Its code.
    pub plan: String,
    /// The first instant of the paid period.
    pub paid_from: Timestamp,
    /// The first instant after it.
    pub paid_until: Timestamp,
    /// What was paid for the period, in minor units.
    pub price_minor: i64,
    /// Promotions that come with it.
    #[serde(default)]
    pub promotions: Vec<String>,
}

/// A place in a household or pool.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSeat {
    /// The pool.
    pub pool: String,
    /// Does the member lead it?
    #[serde(default)]
    pub head: bool,
    /// Since when.
    #[serde(default)]
    pub since: Timestamp,
    /// Did the member agree that pools may be merged?
    #[serde(default)]
    pub agrees_to_merge: bool,
}
