//! The transaction price shared between goods and points, and its revenue recognized in proportion to
//! redemptions. Points given without a sale are marketing expense and never come here.

use crate::ratio::Ratio;

/// A sale's price shared out, in minor units; both parts sum to the price exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// Revenue now.
    pub goods_minor: i64,
    /// Deferred until the points are redeemed.
    pub points_minor: i64,
}

/// Points as finance sees them when they are issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// How many were issued, in whole points.
    pub points: i64,
    /// What one is worth in redemption terms, in minor units.
    pub value_minor: Ratio,
    /// The share that is expected ever to be redeemed.
    pub urr: Ratio,
}

/// Why a figure cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// An amount or a count below 0, or a rate outside 0 to 1.
    OutOfRange,
    /// Nothing is expected to be redeemed, so nothing can be in proportion to it.
    NothingExpected,
    /// A result past 64 bits.
    TooLarge,
}

/// Shares `price_minor` between goods with the stand-alone price `goods_ssp_minor` and the points:
/// `price × (n × v × URR) ÷ (SSP + n × v × URR)`, rounded once, the goods getting the rest.
pub fn allocate(
    price_minor: i64,
    goods_ssp_minor: i64,
    issued: &Issued,
) -> Result<Allocation, Refused> {
    let inside = issued.urr >= Ratio::ZERO && issued.urr <= Ratio::ONE;
    let positive = price_minor >= 0 && goods_ssp_minor >= 0 && issued.points >= 0;
    if !inside || !positive || issued.value_minor < Ratio::ZERO {
        return Err(Refused::OutOfRange);
    }
    let exact = || {
        let points = Ratio::whole(i128::from(issued.points));
        let ssp = points.times(issued.value_minor)?.times(issued.urr)?;
        let whole = Ratio::whole(i128::from(goods_ssp_minor)).plus(ssp)?;
        if whole == Ratio::ZERO {
            return Some(0);
        }
        Ratio::whole(i128::from(price_minor)).times(ssp.over(whole)?)?.rounded_i64()
    };
    let points_minor = exact().ok_or(Refused::TooLarge)?;
    Ok(Allocation { goods_minor: price_minor - points_minor, points_minor })
}

/// Revenue from points recognized until now: `allocated × redeemed ÷ expected in total`, rounded once
/// on the cumulative amount, so that a new expectation catches up and periods never drift. Never more
/// than what was allocated.
pub fn recognized(
    allocated_minor: i64,
    redeemed: i64,
    expected_total: i64,
) -> Result<i64, Refused> {
    if allocated_minor < 0 || redeemed < 0 || expected_total < 0 {
        return Err(Refused::OutOfRange);
    }
    if expected_total == 0 {
        return Err(Refused::NothingExpected);
    }
    let share = Ratio::new(i128::from(redeemed.min(expected_total)), i128::from(expected_total));
    let exact = share.and_then(|share| share.times(Ratio::whole(i128::from(allocated_minor))));
    exact.and_then(Ratio::rounded_i64).ok_or(Refused::TooLarge)
}

/// A cohort whose revenue is recognized period by period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// What was deferred when its points were issued, in minor units.
    pub allocated_minor: i64,
    /// What was recognized until now, in minor units.
    pub recognized_minor: i64,
}

impl Cohort {
    /// A cohort of which nothing is recognized yet.
    pub const fn new(allocated_minor: i64) -> Self {
        Self { allocated_minor, recognized_minor: 0 }
    }

    /// What is still owed, in minor units.
    pub const fn liability_minor(&self) -> i64 {
        self.allocated_minor - self.recognized_minor
    }

    /// Ends a period: the revenue of it, in minor units, from what was redeemed since the beginning and
    /// what is now expected in total. Below 0 where more is expected than before: the catch-up.
    pub fn end_period(&mut self, redeemed: i64, expected_total: i64) -> Result<i64, Refused> {
        let until = recognized(self.allocated_minor, redeemed, expected_total)?;
        let revenue = until - self.recognized_minor;
        self.recognized_minor = until;
        Ok(revenue)
    }

    /// Ends the cohort at the expiry of its last points: what remains is released.
    pub fn close(&mut self) -> i64 {
        let rest = self.liability_minor();
        self.recognized_minor = self.allocated_minor;
        rest
    }
}
