//! A conversion rule: one source point type into one target point type, with its table, rounding and limits.

use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::rate::Rounding;

/// How points of one source point type become points of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionRule {
    /// The source's code.
    pub source: String,
    /// The source's point type.
    pub point_type: String,
    /// The target's point type.
    pub to: String,
    /// What points are worth.
    pub table: Table,
    /// What happens below one target unit, once per member and source point type.
    #[serde(default = "in_favor")]
    pub rounding: Rounding,
    /// Only whole multiples convert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Whoever has points to convert gets at least so many target units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Target units on top, once for each member who has points to convert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<i64>,
    /// At most so many target units from the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<i64>,
}

fn in_favor() -> Rounding {
    Rounding::Ceil
}

/// Conversion in whole multiples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// So many source units at a time.
    pub points: i64,
    /// Does a begun multiple count as whole? Otherwise what is below it stays behind.
    #[serde(default)]
    pub round_up: bool,
}

/// Why a rule cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// The table.
    #[error("the table of a conversion rule is not one: {0}")]
    Table(&'static str),
    /// A limit.
    #[error("`{0}` of a conversion rule must be more than 0")]
    Limit(&'static str),
    /// `min` above `cap`.
    #[error("a conversion rule's `min` is above its `cap`")]
    MinAboveCap,
    /// The rates.
    #[error("the rates of a conversion rule are too large to be exact")]
    TooLarge,
}

impl BadRule {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Table(_) => "conversion_table",
            Self::Limit(_) => "conversion_limit",
            Self::MinAboveCap => "conversion_min_above_cap",
            Self::TooLarge => "conversion_too_large",
        }
    }
}

impl ConversionRule {
    /// A rule with this table, rounding in the member's favor and no limits.
    #[must_use]
    pub fn plain(source: &str, point_type: &str, to: &str, table: Table) -> Self {
        Self {
            source: source.into(),
            point_type: point_type.into(),
            to: to.into(),
            table,
            rounding: in_favor(),
            step: None,
            min: None,
            bonus: None,
            cap: None,
        }
    }

    /// Is this a rule at all?
    pub fn check(&self) -> Result<(), BadRule> {
        let limits = [
            ("step", self.step.map(|step| step.points)),
            ("min", self.min),
            ("bonus", self.bonus),
            ("cap", self.cap),
        ];
        for (name, limit) in limits {
            if limit.is_some_and(|limit| limit <= 0) {
                return Err(BadRule::Limit(name));
            }
        }
        if self.min.zip(self.cap).is_some_and(|(min, cap)| min > cap) {
            return Err(BadRule::MinAboveCap);
        }
        self.table.check()
    }
}
