//! The rules of a merge: everything a run depends on beside the snapshots, as one document with one hash.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::commitments::Commitment;
use crate::conversion::routes::{Route, TierMatch};
use crate::conversion::{BadRule, ConversionRule};
use crate::program::{ExpiryPolicy, Program};
use crate::rate::Rate;
use crate::time::{Timestamp, Zone};

/// The shortest life that points without an end may be given, in months.
pub const LEAST_MONTHS: i32 = 24;
/// The shortest window for late items, in days: thirteen months.
pub const LEAST_LATE_DAYS: i32 = 396;

/// How several programs become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeRules {
    /// What becomes of the programs.
    #[serde(default)]
    pub mode: Mode,
    /// For `absorb`, the source whose program is the one that stays: its points keep their number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survivor: Option<String>,
    /// When the target begins to count.
    pub cutover: Timestamp,
    /// The target program's zone.
    pub zone: Zone,
    /// The code of the data controller that goes on.
    pub controller: String,
    /// Point types of the target by code.
    #[serde(default)]
    pub point_types: BTreeMap<String, TargetPoints>,
    /// Ladders of the target.
    #[serde(default)]
    pub ladders: Vec<Ladder>,
    /// What points become.
    #[serde(default)]
    pub conversions: Vec<ConversionRule>,
    /// When points end.
    #[serde(default)]
    pub expiry: Expiry,
    /// May a debt of one program be paid with points of another?
    #[serde(default)]
    pub net_debts_across: bool,
    /// What tiers become.
    #[serde(default)]
    pub tiers: Vec<TierMap>,
    /// What counters become.
    #[serde(default)]
    pub counters: Vec<CounterMap>,
    /// What vouchers become.
    #[serde(default)]
    pub vouchers: Vec<VoucherMap>,
    /// What paid plans become, the best first.
    #[serde(default)]
    pub plans: Vec<PlanMap>,
    /// Which of two pools a member stays in.
    #[serde(default)]
    pub pools: PoolChoice,
    /// Whose are points that a contact holds for a company.
    #[serde(default)]
    pub wallet: Wallet,
    /// What a source point is worth, in minor units, by source and point type.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, Rate>>,
    /// The least share of the value before that everybody has afterward; what is missing is given.
    #[serde(default)]
    pub value_floor: Option<Rate>,
    /// How long items of before the cut-over are taken in after it, in days.
    #[serde(default = "late_days")]
    pub late_days: i32,
    /// Hashes of erased people and when they were erased.
    #[serde(default)]
    pub erased: BTreeMap<String, Timestamp>,
    /// Promises that every run is checked against.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// Ways by which points travel beside the merge, such as transfers that stay open; places are `source/point type`
    /// and target point types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// Tiers of one program that another honors beside the merge; programs are sources and ladders of the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tier_matches: Vec<TierMatch>,
    /// The steps of sources' tiers from the lowest, for what `tier_matches` is looked at with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub source_ladders: BTreeMap<String, Vec<String>>,
}

fn late_days() -> i32 {
    LEAST_LATE_DAYS
}

/// What becomes of the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All become one.
    #[default]
    FullMerge,
    /// One takes the others in, and its own points keep their number.
    Absorb,
    /// Programs stay, points become common: no tier, voucher or plan moves.
    SharedCurrency,
    /// Programs stay; points may be sent at a rate, and nothing moves by itself.
    LinkOnly,
    /// One program counts in new units. Not run here: prices and orders would have to move with the balances.
    Redenominate,
    /// One program becomes several. Not run here: a project has one target.
    Split,
}

/// A point type of the target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetPoints {
    /// When its points end.
    #[serde(default)]
    pub expiry: ExpiryPolicy,
    /// What one point is worth, in minor units.
    #[serde(default)]
    pub value_minor: Option<Rate>,
}

/// A ladder of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Its code.
    pub group: String,
    /// Its steps from the lowest, and what must be counted to reach each.
    pub tiers: Vec<(String, i64)>,
    /// The periods that decide, each on its own, such as last year and this one.
    #[serde(default)]
    pub periods: Vec<String>,
    /// Nobody loses a step before this instant.
    pub protected_until: Timestamp,
}

impl Ladder {
    /// The place of a step; `None` below the first and for unknown codes.
    #[must_use]
    pub fn rank(&self, tier: &str) -> Option<usize> {
        self.tiers.iter().position(|(code, _)| code == tier)
    }
}

/// When points end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expiry {
    /// No point ends sooner than so many days after the cut-over.
    pub grace_days: i32,
    /// What becomes of points without an end: so many months, at least 24; none is for ever.
    pub never_becomes_months: Option<i32>,
    /// Points that expired within so many days before the cut-over come back.
    pub reinstate_days: i32,
    /// How long no point's clock runs: from, until.
    pub freeze: Option<(Timestamp, Timestamp)>,
}

impl Default for Expiry {
    fn default() -> Self {
        Self { grace_days: 180, never_becomes_months: None, reinstate_days: 0, freeze: None }
    }
}

/// What a tier of a source becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierMap {
    /// The source.
    pub source: String,
    /// Its tier.
    pub tier: String,
    /// The target's ladder.
    pub group: String,
    /// The step for whoever earned it, paid for it or has it for life.
    pub to: String,
    /// The declared equivalent for whoever was only matched or given it; none is no step.
    #[serde(default)]
    pub matched_to: Option<String>,
}

/// What a counter of a source counts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterMap {
    /// The source.
    pub source: String,
    /// Its counter.
    pub counter: String,
    /// The target's ladder.
    pub group: String,
    /// Units of the ladder for each.
    pub rate: Rate,
    /// Are these days of a calendar, of which a year has only so many?
    #[serde(default)]
    pub days: bool,
}

/// What a kind of voucher becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoucherMap {
    /// The source.
    pub source: String,
    /// Its kind.
    pub kind: String,
    /// The target's kind.
    pub to: String,
    /// What the target's kind is worth, in minor units; the old worth where it has none of its own.
    #[serde(default)]
    pub value_minor: Option<i64>,
    /// Valid at least so many days after the cut-over.
    #[serde(default)]
    pub least_days: i32,
}

/// What a paid plan becomes. Maps stand from the best to the least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanMap {
    /// The source.
    pub source: String,
    /// Its plan.
    pub plan: String,
    /// The target's plan.
    pub to: String,
}

/// Which of two pools a member stays in; pools are never merged without everybody's agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolChoice {
    /// The one joined first.
    #[default]
    Oldest,
    /// The one the member leads, else the one joined first.
    Led,
    /// None until the member has said.
    Ask,
}

/// Whose are points that a contact holds for a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wallet {
    /// The company's.
    #[default]
    Company,
    /// The contact's, because the contract says so.
    Contact,
}

/// Why rules cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRules {
    /// A conversion.
    #[error("conversion of {0}/{1}: {2}")]
    Conversion(String, String, BadRule),
    /// The same thing is said twice.
    #[error("{0} is given twice: {1}")]
    Twice(&'static str, String),
    /// Something is named that is not there.
    #[error("{0} does not exist: {1}")]
    Unknown(&'static str, String),
    /// A term is too short.
    #[error("{0} must be at least {1}")]
    TooShort(&'static str, i32),
    /// Values are needed for the floor.
    #[error("a value floor needs the value of {0}")]
    NoValue(String),
    /// The mode is not run, or not so.
    #[error("mode {0}: {1}")]
    Mode(&'static str, String),
}

impl BadRules {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conversion(_, _, bad) => bad.code(),
            Self::Twice(..) => "merge_rule_twice",
            Self::Unknown(..) => "merge_rule_unknown",
            Self::TooShort(..) => "merge_rule_too_short",
            Self::NoValue(_) => "merge_rule_no_value",
            Self::Mode(..) => "merge_mode",
        }
    }
}

impl MergeRules {
    /// Rules for one conversion into one point type without an end, for the rest of the document to be laid over.
    #[must_use]
    pub fn plain(cutover: Timestamp, conversions: Vec<ConversionRule>) -> Self {
        let point_types = conversions.iter().map(|rule| (rule.to.clone(), TargetPoints::default()));
        Self {
            mode: Mode::FullMerge,
            survivor: None,
            cutover,
            zone: Zone::utc(),
            controller: String::new(),
            point_types: point_types.collect(),
            ladders: Vec::new(),
            conversions,
            expiry: Expiry::default(),
            net_debts_across: false,
            tiers: Vec::new(),
            counters: Vec::new(),
            vouchers: Vec::new(),
            plans: Vec::new(),
            pools: PoolChoice::default(),
            wallet: Wallet::default(),
            values: BTreeMap::new(),
            value_floor: None,
            late_days: LEAST_LATE_DAYS,
            erased: BTreeMap::new(),
            commitments: Vec::new(),
            routes: Vec::new(),
            tier_matches: Vec::new(),
            source_ladders: BTreeMap::new(),
        }
    }

    /// Takes point types, zone and ladders from the target program; thresholds and terms are copied, so that the
    /// document stays whole on its own.
    pub fn take_target(&mut self, program: &Program, protected_until: Timestamp) {
        self.zone = program.zone.clone();
        for point_type in program.point_types.values() {
            let expiry = point_type.expiry.clone();
            let target = TargetPoints { expiry, value_minor: point_type.value_minor };
            self.point_types.insert(point_type.code.clone(), target);
        }
        for group in program.tier_groups.values() {
            let tiers = group.tiers.iter().map(|tier| (tier.code.clone(), tier.threshold));
            self.ladders.retain(|ladder| ladder.group != group.code);
            self.ladders.push(Ladder {
                group: group.code.clone(),
                tiers: tiers.collect(),
                periods: Vec::new(),
                protected_until,
            });
        }
    }

    /// The conversion of a source's point type.
    #[must_use]
    pub fn conversion(&self, source: &str, point_type: &str) -> Option<&ConversionRule> {
        self.conversions.iter().find(|rule| rule.source == source && rule.point_type == point_type)
    }

    /// What a source point is worth, in minor units.
    #[must_use]
    pub fn value(&self, source: &str, point_type: &str) -> Option<Rate> {
        self.values.get(source)?.get(point_type).copied()
    }

    /// The ladder of a code.
    #[must_use]
    pub fn ladder(&self, group: &str) -> Option<&Ladder> {
        self.ladders.iter().find(|ladder| ladder.group == group)
    }

    /// The document as bytes, the same for the same rules: what a run's hash covers.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("rules are texts, numbers and maps by text: always JSON")
    }

    /// Can these rules be run at all?
    pub fn check(&self) -> Result<(), BadRules> {
        self.check_mode()?;
        let mut seen = BTreeSet::new();
        for rule in &self.conversions {
            let name = || (rule.source.clone(), rule.point_type.clone());
            rule.check().map_err(|bad| BadRules::Conversion(name().0, name().1, bad))?;
            if !seen.insert((&rule.source, &rule.point_type)) {
                return Err(BadRules::Twice("a conversion", name().0 + "/" + &name().1));
            }
            if !self.point_types.contains_key(&rule.to) {
                return Err(BadRules::Unknown("the point type", rule.to.clone()));
            }
        }
        self.check_terms()?;
        self.check_steps()?;
        self.check_values()
    }

    fn check_terms(&self) -> Result<(), BadRules> {
        if self.expiry.never_becomes_months.is_some_and(|months| months < LEAST_MONTHS) {
            return Err(BadRules::TooShort("expiry.never_becomes_months", LEAST_MONTHS));
        }
        if self.expiry.grace_days < 0 || self.expiry.reinstate_days < 0 {
            return Err(BadRules::TooShort("days of expiry", 0));
        }
        if self.expiry.freeze.is_some_and(|(from, until)| from > until) {
            return Err(BadRules::TooShort("expiry.freeze", 0));
        }
        if self.late_days < LEAST_LATE_DAYS {
            return Err(BadRules::TooShort("late_days", LEAST_LATE_DAYS));
        }
        Ok(())
    }

    fn check_steps(&self) -> Result<(), BadRules> {
        for map in &self.tiers {
            let ladder = self.ladder(&map.group);
            let ladder =
                ladder.ok_or_else(|| BadRules::Unknown("the ladder", map.group.clone()))?;
            for step in [Some(&map.to), map.matched_to.as_ref()].into_iter().flatten() {
                if ladder.rank(step).is_none() {
                    return Err(BadRules::Unknown("the tier", step.clone()));
                }
            }
        }
        match self.counters.iter().find(|map| self.ladder(&map.group).is_none()) {
            Some(map) => Err(BadRules::Unknown("the ladder", map.group.clone())),
            None => Ok(()),
        }
    }

    fn check_values(&self) -> Result<(), BadRules> {
        if self.value_floor.is_none() {
            return Ok(());
        }
        for rule in &self.conversions {
            let target = self.point_types.get(&rule.to).and_then(|target| target.value_minor);
            if target.is_none_or(|value| value.num() <= 0) {
                return Err(BadRules::NoValue(rule.to.clone()));
            }
            if self.value(&rule.source, &rule.point_type).is_none() {
                return Err(BadRules::NoValue(format!("{}/{}", rule.source, rule.point_type)));
            }
        }
        Ok(())
    }
}
