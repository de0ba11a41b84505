//! A program as it is configured: one immutable version, and the versions in force over time.

pub mod config;
pub mod expiry;
pub mod rewards;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{PointTypeId, ProgramId};
use crate::money::Currency;
use crate::points::Points;
use crate::rules::RuleSet;
use crate::time::{Term, Timestamp, Zone};

pub use config::{ConfigError, ProgramConfig};
pub use expiry::ExpiryPolicy;
pub use rewards::{Reward, RewardKind};

/// A fact of the configuration by its code.
pub type Code = String;

/// One immutable version of a program, checked and compiled.
#[derive(Debug, Clone)]
pub struct Program {
    /// Which program.
    pub id: ProgramId,
    /// Its code within the tenant.
    pub code: Code,
    /// 1 for the first version.
    pub version: i64,
    /// From when it counts.
    pub effective_from: Timestamp,
    /// Where in its life the program is.
    pub state: ProgramState,
    /// The currency its rules count in.
    pub currency: Currency,
    /// The zone its days and months are of.
    pub zone: Zone,
    /// Loyalty currencies by id.
    pub point_types: BTreeMap<PointTypeId, PointType>,
    /// Earning rules, compiled.
    pub rules: RuleSet,
    /// Ladders by code.
    pub tier_groups: BTreeMap<Code, TierGroup>,
    /// What points buy, by code.
    pub rewards: BTreeMap<Code, Reward>,
    /// What happens to points of returned purchases.
    pub returns: ReturnPolicy,
    /// What may be adjusted by hand.
    pub adjustments: AdjustmentPolicy,
    /// What may move between members.
    pub transfers: TransferPolicy,
    /// Shared limits by resource key: budgets of rules, stock and places of rewards.
    pub limits: BTreeMap<String, i64>,
}

/// The life of a program (R10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "named as the field names them")]
pub enum ProgramState {
    Discovery,
    Design,
    Build,
    Pilot,
    #[default]
    Live,
    Evolving,
    Sunset,
    Closed,
}

impl ProgramState {
    /// May members earn?
    #[must_use]
    pub fn earns(self) -> bool {
        matches!(self, Self::Pilot | Self::Live | Self::Evolving)
    }

    /// May members redeem?
    #[must_use]
    pub fn redeems(self) -> bool {
        self.earns() || self == Self::Sunset
    }

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Design => "design",
            Self::Build => "build",
            Self::Pilot => "pilot",
            Self::Live => "live",
            Self::Evolving => "evolving",
            Self::Sunset => "sunset",
            Self::Closed => "closed",
        }
    }
}

/// What points of a type are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// They buy rewards and live in lots.
    #[default]
    Redeemable,
    /// They count for tiers only and have no lots.
    Qualifying,
}

/// A loyalty currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointType {
    /// Its id in the ledger.
    pub id: PointTypeId,
    /// Its code within the program.
    pub code: Code,
    /// What it is for.
    pub kind: PointKind,
    /// Decimals of its smallest unit.
    pub scale: u8,
    /// When its points end.
    pub expiry: ExpiryPolicy,
    /// How long granted points wait before they can be spent.
    pub pending: Option<Term>,
    /// What one whole point is worth to a member, in minor units of the program's currency, as an exact rate.
    pub value_minor: Option<crate::rate::Rate>,
}

/// What a return does when the purchase's own points are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReturnPolicy {
    /// What to do with the part that was already spent.
    pub shortfall: Shortfall,
    /// How far below zero a balance may go, in smallest units, at least 0.
    pub debt_limit: Points,
}

impl Default for ReturnPolicy {
    fn default() -> Self {
        Self { shortfall: Shortfall::Debt, debt_limit: Points(i64::MAX) }
    }
}

/// What to do when points to take back were already spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortfall {
    /// Let it go; the balance never goes below zero.
    Forgive,
    /// Take from the member's other lots, earliest expiry first, and let the rest go.
    Others,
    /// Take from other lots, then owe the rest down to the debt limit, and let go what is beyond it.
    #[default]
    Debt,
}

/// What may be adjusted by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdjustmentPolicy {
    /// The codes of allowed reasons.
    pub reasons: Vec<Code>,
    /// Above this many smallest units a second person must agree; enforced by the shell.
    pub four_eyes_above: Points,
    /// The most one adjustment may move.
    pub limit: Points,
}

impl Default for AdjustmentPolicy {
    fn default() -> Self {
        Self {
            reasons: ["goodwill", "correction", "missing_points"].map(str::to_owned).to_vec(),
            four_eyes_above: Points(1_000),
            limit: Points(1_000_000),
        }
    }
}

/// What may move between members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransferPolicy {
    /// Are transfers allowed at all?
    pub allowed: bool,
    /// The fewest points of one transfer.
    pub min: Points,
    /// The most points of one transfer.
    pub max: Points,
    /// The most points one member may send in a local year.
    pub max_per_year: Points,
}

impl Default for TransferPolicy {
    fn default() -> Self {
        Self { allowed: false, min: Points(1), max: Points(100_000), max_per_year: Points(500_000) }
    }
}

/// How a member came to a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// By qualifying.
    #[default]
    Earned,
    /// By a tier held elsewhere.
    Matched,
    /// As a present.
    Gifted,
    /// With money.
    Paid,
    /// For life.
    Lifetime,
    /// Kept over a change of program.
    Protected,
}

/// A ladder of tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierGroup {
    /// Its code.
    pub code: Code,
    /// Its name by locale.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// What is counted.
    pub measure: Measure,
    /// Over which stretch of time.
    pub window: Window,
    /// From the lowest to the highest.
    pub tiers: Vec<Tier>,
    /// After a review would take a tier away, how long the member keeps it all the same.
    #[serde(default)]
    pub grace: Option<Term>,
    /// Does a review take at most one step at a time?
    #[serde(default)]
    pub soft_landing: bool,
}

/// What a ladder counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Points of a type granted (less what returns took back), in smallest units. The type's code.
    Points(Code),
    /// Money spent (less returns), in minor units.
    Spend,
    /// Purchases not wholly returned.
    Visits,
    /// A CEL expression over a purchase or event that yields the whole number it counts for.
    Expression(String),
}

/// The stretch a ladder counts over and a tier is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The local calendar year; a tier reached in one year is kept until the end of the next.
    CalendarYear,
    /// The last so many local months, this one included; a tier is kept that long from the day it was reached.
    Rolling {
        /// How many months.
        months: i32,
    },
    /// Years of membership; a tier is kept until the end of the next.
    Anniversary,
    /// All time; a tier is kept for ever.
    Lifetime,
}

/// One step of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Its code.
    pub code: Code,
    /// Its name by locale.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// What must be counted to reach it.
    pub threshold: i64,
    /// Multiplies what rules of stackable kind give while the tier is held.
    #[serde(default)]
    pub multiplier: Option<crate::rate::Rate>,
    /// What it brings, in words by locale.
    #[serde(default)]
    pub benefits: Vec<BTreeMap<String, String>>,
}

impl TierGroup {
    /// The place of a tier on the ladder; `None` for the floor below the first step or an unknown code.
    #[must_use]
    pub fn rank(&self, tier: &str) -> Option<usize> {
        self.tiers.iter().position(|t| t.code == tier)
    }

    /// The highest step that `measured` reaches.
    #[must_use]
    pub fn reached(&self, measured: i64) -> Option<&Tier> {
        self.tiers.iter().rev().find(|tier| measured >= tier.threshold)
    }
}

/// All versions of the programs of one tenant.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    versions: BTreeMap<ProgramId, Vec<Arc<Program>>>,
    extend_on_upgrade: bool,
}

impl Programs {
    /// Collects versions; of each program the later `effective_from`, then the later version, wins.
    #[must_use]
    pub fn new(all: impl IntoIterator<Item = Program>) -> Self {
        let mut versions: BTreeMap<ProgramId, Vec<Arc<Program>>> = BTreeMap::new();
        for program in all {
            versions.entry(program.id).or_default().push(Arc::new(program));
        }
        for list in versions.values_mut() {
            list.sort_by_key(|p| (p.effective_from, p.version));
        }
        let extend_on_upgrade = versions.values().flatten().any(|p| p.extends_on_upgrade());
        Self { versions, extend_on_upgrade }
    }

    /// Does a step up lengthen points already there, in any version of any program?
    #[must_use]
    pub fn extend_on_upgrade(&self) -> bool {
        self.extend_on_upgrade
    }

    /// The version of a program in force at `at`.
    #[must_use]
    pub fn at(&self, program: ProgramId, at: Timestamp) -> Option<&Arc<Program>> {
        self.versions.get(&program)?.iter().rev().find(|p| p.effective_from <= at)
    }

    /// The versions of a program, the earliest first.
    pub fn versions(&self, program: ProgramId) -> impl Iterator<Item = &Arc<Program>> + '_ {
        self.versions.get(&program).into_iter().flatten()
    }

    /// The latest version of a program, whether or not it is in force yet.
    #[must_use]
    pub fn latest(&self, program: ProgramId) -> Option<&Arc<Program>> {
        self.versions.get(&program)?.last()
    }

    /// The point type of an id and the program version it belongs to at `at` (or the earliest, before any is in force).
    #[must_use]
    pub fn point_type(
        &self,
        id: PointTypeId,
        at: Timestamp,
    ) -> Option<(&Arc<Program>, &PointType)> {
        self.versions.values().find_map(|list| {
            let program =
                list.iter().rev().find(|p| p.effective_from <= at).or_else(|| list.first())?;
            program.point_types.get(&id).map(|point_type| (program, point_type))
        })
    }

    /// Every program's id.
    pub fn ids(&self) -> impl Iterator<Item = ProgramId> + '_ {
        self.versions.keys().copied()
    }
}

impl Program {
    /// Does a step up lengthen points already there, in any of its point types?
    #[must_use]
    pub fn extends_on_upgrade(&self) -> bool {
        self.point_types.values().any(|p| p.expiry.extend_on_upgrade)
    }

    /// The resource key of a reward's stock or places.
    #[must_use]
    pub fn stock_key(&self, reward: &str) -> String {
        format!("stock:{}:{reward}", self.code)
    }

    /// The point type of a code.
    #[must_use]
    pub fn point_type(&self, code: &str) -> Option<&PointType> {
        self.point_types.values().find(|p| p.code == code)
    }
}
