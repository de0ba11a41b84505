//! Earning rules: what an event gives, by typed effects under CEL conditions, and why.
//!
//! Counters that rules move, for a program `club` and a rule `base`, each under the period's first local day:
//! `rule:club:base:points:<period>` and `rule:club:base:times:<period>` for caps, `rule:club:base:seen:<period>` for
//! n-th, where the period is `day`, `week`, `month`, `quarter`, `year` or `ever`. A budget is the resource
//! `budget:club:base`. A cap or a budget is about what its own rule gives: what a multiplier adds to a base rule
//! counts for the multiplier, and what a cap cuts from a base rule is not multiplied.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::{CounterChange, Counters, Standings};
use crate::event::{Custom, Facts, Purchase};
use crate::explain::Step;
use crate::ids::PointTypeId;
use crate::label::Label;
use crate::program::{Code, Program};
use crate::rate::{Rate, Rounding};
use crate::time::{Period, Timestamp};

/// One earning rule as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarningRule {
    /// Its code.
    pub code: Code,
    /// Its name by locale.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// The event it looks at: `purchase`, or the name of a custom event such as `review` or `enrollment`.
    #[serde(default = "purchase")]
    pub on: String,
    /// The code of the point type it gives.
    pub point_type: Code,
    /// What it gives.
    pub effect: RuleEffect,
    /// A CEL condition on the whole event.
    #[serde(default)]
    pub when: Option<String>,
    /// Which lines it is about; all when empty.
    #[serde(default)]
    pub lines: LineFilter,
    /// From when it is in force.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The first instant at which it is no longer in force.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Rules are looked at from the highest priority to the lowest, then by code.
    #[serde(default)]
    pub priority: i64,
    /// Of the rules of one exclusive group only the best for the member counts (ties: the first looked at).
    #[serde(default)]
    pub exclusive: Option<Code>,
    /// Does it let multipliers of other rules and tiers multiply what it gives?
    #[serde(default = "yes")]
    pub stackable: bool,
    /// Caps in points or times.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// Only the n-th matching event of a period counts, or every n-th.
    #[serde(default)]
    pub nth: Option<Nth>,
    /// The most it may give to all members together, in smallest units. Counted under `budget:<program>:<code>`.
    #[serde(default)]
    pub budget: Option<i64>,
}

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleEffect {
    /// So many points for every so much money.
    PointsPerAmount {
        /// Smallest units given for …
        points: i64,
        /// … this much, in minor units.
        per_minor: i64,
        /// What happens to a part of a step.
        #[serde(default)]
        rounding: Rounding,
        /// Is each line rounded by itself, or the sum of the lines once?
        #[serde(default)]
        over: Over,
    },
    /// So many points for every whole unit bought.
    PointsPerUnit {
        /// Smallest units given per whole unit.
        points: i64,
    },
    /// A fixed number.
    Fixed {
        /// Smallest units given.
        points: i64,
    },
    /// Multiplies what stackable rules gave on the rule's lines.
    Multiplier {
        /// Times so much in all, at least 1: 2 doubles.
        factor: Rate,
        /// What happens to a part of a unit.
        #[serde(default)]
        rounding: Rounding,
    },
}

/// What one rounding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// The sum of the lines.
    #[default]
    Purchase,
    /// Each line.
    Line,
}

/// Which lines a rule is about. A line must be in every list that is not empty, and in no `not_` list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LineFilter {
    /// Product codes.
    pub products: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Brands.
    pub brands: Vec<String>,
    /// Product codes that are out.
    pub not_products: Vec<String>,
    /// Categories that are out.
    pub not_categories: Vec<String>,
    /// A CEL condition on one line (`line.net_minor`, `line.quantity_milli`, `line.category`, …).
    pub when: Option<String>,
}

/// A cap on what a rule gives to one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Over which local period.
    pub per: Period,
    /// The most smallest units, if points are capped.
    #[serde(default)]
    pub points: Option<i64>,
    /// The most times, if times are capped.
    #[serde(default)]
    pub times: Option<i64>,
}

/// Which of the matching events of a period count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nth {
    /// The n-th: 1 is the first.
    pub n: i64,
    /// Every n-th instead of the n-th alone.
    #[serde(default)]
    pub every: bool,
    /// Within which local period.
    pub per: Period,
}

fn purchase() -> String {
    "purchase".to_owned()
}

fn yes() -> bool {
    true
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A purchase.
    Purchase(&'a Purchase),
    /// A custom event.
    Custom(&'a Custom),
}

/// All that the rules may see.
#[derive(Debug, Clone, Copy)]
pub struct EarnInput<'a> {
    /// The event.
    pub subject: Subject<'a>,
    /// When it counts.
    pub at: Timestamp,
    /// The program (zone, currency, ladders).
    pub program: &'a Program,
    /// What the shell lends: attributes, and what is left of budgets.
    pub facts: &'a Facts,
    /// Are reasons wanted?
    pub reasons: bool,
    /// The member's standings.
    pub standings: &'a Standings,
    /// The member's counters.
    pub counters: &'a Counters,
}

/// What the rules gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Earned {
    /// One award per rule that gave something, in the order of the rules. Multipliers are awards of their own.
    pub awards: Vec<Award>,
    /// The reasons, in the order in which rules were looked at; also for every zero.
    pub steps: Vec<Step>,
    /// Counters to move (caps and n-th).
    pub counted: Vec<CounterChange>,
    /// Budgets used, by resource key.
    pub budgets: BTreeMap<String, i64>,
}

/// What one rule gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// The rule's code, or `tier:<group>` for a tier's multiplier.
    pub rule: Label,
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// How many smallest units, more than zero.
    pub points: i64,
    /// Each line's share, by largest remainder over the lines' part in it; one share for an event without lines.
    pub shares: Vec<i64>,
}

impl Subject<'_> {
    /// The name of the event that rules look at.
    #[must_use]
    pub fn on(&self) -> &str {
        match self {
            Self::Purchase(_) => "purchase",
            Self::Custom(custom) => &custom.name,
        }
    }
}

mod cel;
mod check;
mod effect;
mod evaluate;
mod limit;
mod rule;
mod set;
#[cfg(test)]
mod tests;

pub use set::RuleSet;
