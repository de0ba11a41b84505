//! Lifetime value: the discounted margin of the purchases that are still expected.

use super::gamma_gamma::Spending;
use super::purchases::Buying;
use super::summary::Summary;

/// What turns expected purchases into value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// How far to look, in weeks.
    pub weeks: u32,
    /// The share of net sales that is margin, 0 to 1.
    pub margin: f64,
    /// Discount per week: 1.10^(1/52) − 1 for 10 % a year. Without one the sum is not a value.
    pub discount: f64,
}

/// The weekly discount that makes `yearly` in 52 weeks.
pub fn weekly_discount(yearly: f64) -> f64 {
    (1.0 + yearly).powf(1.0 / 52.0) - 1.0
}

/// Σ over the weeks of the purchases expected in each, times the expected spend, times margin,
/// discounted to today; in the currency's main unit (§3.5). `None` where a model cannot say.
pub fn lifetime_value(
    buying: &Buying,
    spending: &Spending,
    one: &Summary,
    terms: &Terms,
) -> Option<f64> {
    let spend = spending.expected(one)?;
    let (mut before, mut sum) = (0.0, 0.0);
    for week in 1..=terms.weeks {
        let until = buying.expected(one, f64::from(week))?;
        sum +=
            (until - before) * spend * terms.margin / (1.0 + terms.discount).powf(f64::from(week));
        before = until;
    }
    Some(sum)
}
