//! Redenomination: balances, prices, thresholds, caps and budgets change by one rate together.

use super::fraction::{Fraction, TooLarge};
use crate::rate::{Rate, Rounding};

/// One rate for everything that is counted in a point type. What is a member's rounds up, what is asked rounds down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redenomination {
    /// New units for each old unit.
    pub rate: Rate,
}

impl Redenomination {
    /// What a member has: a balance, a pending order's refund, an unspent voucher in points, a cap, a budget.
    pub fn held(self, units: i64) -> Result<i64, TooLarge> {
        Fraction::whole(units).at(self.rate)?.rounded(Rounding::Ceil)
    }

    /// What a member must have: a price or a threshold; never less than 1 where it was more than 0.
    pub fn asked(self, units: i64) -> Result<i64, TooLarge> {
        let asked = Fraction::whole(units).at(self.rate)?.rounded(Rounding::Floor)?;
        Ok(if units > 0 { asked.max(1) } else { asked })
    }
}
