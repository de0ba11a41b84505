//! KPIs: a few indicators of a client's programs, read from the ledger at an instant, with what each was computed from;
//! one reading of each may be kept as the baseline. Formulas of reports are no business of this folder.

pub mod api;
pub mod console;
mod jobs;
mod reckon;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::money::Currency;
use lazo_domain::time::Timestamp;

pub use jobs::jobs;
pub use reckon::take;

use super::registers::Number;
use crate::i18n::Locale;

/// The window of everything that is counted "lately", in days.
pub const WINDOW_DAYS: i64 = 90;

/// An indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kpi {
    /// How many are enrolled.
    Members,
    /// How many bought lately.
    ActiveMembers,
    /// Of those who ever bought, how many did so twice.
    RepeatRate,
    /// Purchases of an active member lately.
    PurchaseFrequency,
    /// What a purchase lately came to.
    AverageOrder,
    /// What members bought lately.
    RevenueOfMembers,
    /// Of those enrolled, how many ever redeemed.
    RedeemerShare,
    /// Of what was issued, how much was redeemed.
    BurnRatio,
    /// What is owed for open points.
    PointsLiability,
    /// What was redeemed since the year began.
    RewardCost,
}

/// What an indicator is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole things.
    Count,
    /// Hundredths of a percent.
    Share,
    /// Minor units of the tenant's money.
    Money,
    /// Hundredths of one.
    Times,
}

impl Kpi {
    /// Every indicator, by its name outside.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Members, "members"),
        (Self::ActiveMembers, "active_members"),
        (Self::RepeatRate, "repeat_rate"),
        (Self::PurchaseFrequency, "purchase_frequency"),
        (Self::AverageOrder, "average_order"),
        (Self::RevenueOfMembers, "revenue_of_members"),
        (Self::RedeemerShare, "redeemer_share"),
        (Self::BurnRatio, "burn_ratio"),
        (Self::PointsLiability, "points_liability"),
        (Self::RewardCost, "reward_cost"),
    ];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kpi, _)| *kpi == self).map_or("", |(_, name)| name)
    }

    /// The indicator of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kpi, _)| *kpi)
    }

    /// Is it one number over another?
    #[must_use]
    pub fn is_ratio(self) -> bool {
        matches!(self.unit(), Unit::Share | Unit::Times) || self == Self::AverageOrder
    }

    /// What it is counted in.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::Members | Self::ActiveMembers => Unit::Count,
            Self::RepeatRate | Self::RedeemerShare | Self::BurnRatio => Unit::Share,
            Self::PurchaseFrequency => Unit::Times,
            Self::AverageOrder
            | Self::RevenueOfMembers
            | Self::PointsLiability
            | Self::RewardCost => Unit::Money,
        }
    }
}

/// What an indicator was at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which indicator.
    pub kpi: Kpi,
    /// When.
    pub at: Timestamp,
    /// What it was, in its unit.
    pub value: i64,
    /// What it was computed from: the number above the line.
    pub part: i64,
    /// The number below it; 1 where there is none.
    pub whole: i64,
    /// How many events were read for it.
    pub events: i64,
    /// Is it the reference line that later readings are compared with?
    pub is_baseline: bool,
    /// Who took it.
    pub taken_by: String,
}

impl Reading {
    /// As an exact number in the units that people use: percent, whole money, times.
    #[must_use]
    pub fn number(&self, currency: Currency) -> Number {
        let micros = match self.kpi.unit() {
            Unit::Count => self.value.saturating_mul(Number::ONE),
            Unit::Share | Unit::Times => self.value.saturating_mul(10_000),
            Unit::Money => {
                let one = 10_i64.checked_pow(u32::from(currency.exponent())).unwrap_or(1);
                let micros = i128::from(self.value) * i128::from(Number::ONE) / i128::from(one);
                i64::try_from(micros).unwrap_or(i64::MAX)
            }
        };
        Number(micros)
    }
}

/// A value of an indicator as people read it.
#[must_use]
pub fn told(locale: Locale, kpi: Kpi, value: i64, currency: Currency) -> String {
    match kpi.unit() {
        Unit::Count => locale.number(value, 0),
        Unit::Share => format!("{}\u{a0}%", locale.number(value, 2)),
        Unit::Money => locale.money(value, currency),
        Unit::Times => locale.number(value, 2),
    }
}

/// What an indicator is called.
#[must_use]
pub fn title(locale: Locale, kpi: Kpi) -> String {
    let key = format!("kpis-{}", kpi.name().replace('_', "-"));
    locale.text(&key, &crate::i18n::Args::new())
}
