//! Conversion tables: what so many points of a source point type are worth in the target, before rounding.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fraction::{Fraction, TooLarge};
use super::rule::BadRule;
use crate::rate::Rate;
use crate::time::Timestamp;

/// The most rows of one table; a longer one is a data file, not a rule that can be published.
pub const MAX_ROWS: usize = 200;

/// How points of a source are worth points of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum Table {
    /// One rate for all.
    Flat {
        /// Target points for each source point.
        rate: Rate,
    },
    /// Each stretch of the balance at its own rate, as taxes are.
    MarginalBands {
        /// From the lowest, which begins at 0.
        bands: Vec<Band>,
    },
    /// The whole balance at the rate of the band it reaches.
    WholeBalanceBand {
        /// From the lowest, which begins at 0.
        bands: Vec<Band>,
    },
    /// A fixed number for the highest level reached.
    LevelTable {
        /// From the lowest.
        levels: Vec<Level>,
        /// Does a balance between two levels count as the upper one?
        #[serde(default)]
        round_up: bool,
    },
    /// By the tier of the source account that holds the points.
    ByTier {
        /// Rates by the source's tier code.
        rates: BTreeMap<String, Rate>,
        /// For every other tier and for none.
        otherwise: Rate,
    },
    /// By the date on which the points are converted.
    ByDate {
        /// Each from its instant on, in order.
        periods: Vec<Period>,
        /// Before the first.
        otherwise: Rate,
    },
    /// By the kind of the lot, such as `earned`, `bought` or `promo`.
    ByLotType {
        /// Rates by kind.
        rates: BTreeMap<String, Rate>,
        /// For every other kind.
        otherwise: Rate,
    },
    /// By what a point buys: the rate keeps the value.
    ValueBased {
        /// What one source point is worth, in minor units.
        from_value_minor: Rate,
        /// What one target point is worth, in the same minor units.
        to_value_minor: Rate,
    },
}

/// A stretch of balances with one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The first balance of the band, in smallest source units.
    pub from: i64,
    /// Target points for each source point.
    pub rate: Rate,
}

/// A level and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The first balance of the level, in smallest source units.
    pub from: i64,
    /// Target points for it.
    pub gives: i64,
}

/// A rate from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// Target points for each source point.
    pub rate: Rate,
}

impl Table {
    /// Its name outside.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        match self {
            Self::Flat { .. } => "flat",
            Self::MarginalBands { .. } => "marginal_bands",
            Self::WholeBalanceBand { .. } => "whole_balance_band",
            Self::LevelTable { .. } => "level_table",
            Self::ByTier { .. } => "by_tier",
            Self::ByDate { .. } => "by_date",
            Self::ByLotType { .. } => "by_lot_type",
            Self::ValueBased { .. } => "value_based",
        }
    }

    /// The rate of one piece where each point converts on its own; `None` where the whole balance decides.
    pub fn rate_of(
        &self,
        tier: &str,
        kind: &str,
        rated_at: Timestamp,
    ) -> Result<Option<Rate>, TooLarge> {
        Ok(match self {
            Self::Flat { rate } => Some(*rate),
            Self::ByTier { rates, otherwise } => Some(*rates.get(tier).unwrap_or(otherwise)),
            Self::ByLotType { rates, otherwise } => Some(*rates.get(kind).unwrap_or(otherwise)),
            Self::ByDate { periods, otherwise } => {
                let period = periods.iter().rev().find(|period| period.from <= rated_at);
                Some(period.map_or(*otherwise, |period| period.rate))
            }
            Self::ValueBased { from_value_minor, to_value_minor } => {
                let exact = Fraction::from(*from_value_minor)
                    .times(i128::from(to_value_minor.den()), i128::from(to_value_minor.num()))?;
                let num = i64::try_from(exact.num()).map_err(|_| TooLarge)?;
                let den = i64::try_from(exact.den()).map_err(|_| TooLarge)?;
                Some(Rate::new(num, den).ok_or(TooLarge)?)
            }
            Self::MarginalBands { .. }
            | Self::WholeBalanceBand { .. }
            | Self::LevelTable { .. } => None,
        })
    }

    /// What a whole `balance` of at least 0 is worth, where the whole balance decides; nothing otherwise.
    pub fn worth(&self, balance: i64) -> Result<Fraction, TooLarge> {
        match self {
            Self::WholeBalanceBand { bands } => {
                let band = bands.iter().rev().find(|band| band.from <= balance);
                band.map_or(Ok(Fraction::ZERO), |band| Fraction::whole(balance).at(band.rate))
            }
            Self::MarginalBands { bands } => {
                let mut sum = Fraction::ZERO;
                for (place, band) in bands.iter().enumerate() {
                    let to = bands.get(place + 1).map_or(balance, |next| next.from.min(balance));
                    if to > band.from {
                        sum = sum.plus(Fraction::whole(to - band.from).at(band.rate)?)?;
                    }
                }
                Ok(sum)
            }
            Self::LevelTable { levels, round_up } => {
                let below = levels.iter().rev().find(|level| level.from <= balance);
                let exactly = below.is_some_and(|level| level.from == balance);
                let above = levels.iter().find(|level| level.from > balance);
                let level =
                    if *round_up && !exactly && balance > 0 { above.or(below) } else { below };
                Ok(level.map_or(Fraction::ZERO, |level| Fraction::whole(level.gives)))
            }
            _ => Ok(Fraction::ZERO),
        }
    }

    /// The rate of what is owed where the whole balance decides: that of the lowest row.
    #[must_use]
    pub fn debt_rate(&self) -> Rate {
        match self {
            Self::MarginalBands { bands } | Self::WholeBalanceBand { bands } => {
                bands.first().map_or(Rate::ONE, |band| band.rate)
            }
            Self::LevelTable { levels, .. } => levels
                .iter()
                .find_map(|level| Rate::new(level.gives, level.from))
                .unwrap_or(Rate::ONE),
            _ => Rate::ONE,
        }
    }

    /// The balances at which the table changes, for linting.
    #[must_use]
    pub fn breakpoints(&self) -> Vec<i64> {
        match self {
            Self::MarginalBands { bands } | Self::WholeBalanceBand { bands } => {
                bands.iter().map(|band| band.from).collect()
            }
            Self::LevelTable { levels, .. } => levels.iter().map(|level| level.from).collect(),
            _ => Vec::new(),
        }
    }

    /// Is this a table at all: rows in order, rates above nothing?
    pub fn check(&self) -> Result<(), BadRule> {
        let rates: Vec<Rate> = match self {
            Self::Flat { rate } => vec![*rate],
            Self::MarginalBands { bands } | Self::WholeBalanceBand { bands } => {
                ordered(&self.breakpoints(), Some(0))?;
                bands.iter().map(|band| band.rate).collect()
            }
            Self::LevelTable { levels, .. } => {
                ordered(&self.breakpoints(), None)?;
                if levels.iter().any(|level| level.gives < 0 || level.from < 0) {
                    return Err(BadRule::Table("levels give at least 0"));
                }
                Vec::new()
            }
            Self::ByTier { rates, otherwise } | Self::ByLotType { rates, otherwise } => {
                rates.values().copied().chain([*otherwise]).collect()
            }
            Self::ByDate { periods, otherwise } => {
                let from: Vec<i64> = periods.iter().map(|period| period.from.0).collect();
                ordered(&from, None)?;
                periods.iter().map(|period| period.rate).chain([*otherwise]).collect()
            }
            Self::ValueBased { from_value_minor, to_value_minor } => {
                vec![*from_value_minor, *to_value_minor]
            }
        };
        if rates.len() > MAX_ROWS {
            return Err(BadRule::Table("too many rows"));
        }
        if rates.iter().any(|rate| rate.num() <= 0) {
            return Err(BadRule::Table("a rate must be more than 0"));
        }
        self.rate_of("", "", Timestamp(0)).map(|_| ()).map_err(|_| BadRule::TooLarge)
    }
}

fn ordered(from: &[i64], first: Option<i64>) -> Result<(), BadRule> {
    if from.is_empty() || from.len() > MAX_ROWS {
        return Err(BadRule::Table("rows must be 1 to 200"));
    }
    if first.is_some_and(|first| from[0] != first) {
        return Err(BadRule::Table("the first row must begin at 0"));
    }
    if from.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(BadRule::Table("rows must rise"));
    }
    Ok(())
}
