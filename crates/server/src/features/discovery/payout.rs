//! What a competitor gives back: points per spend times what a point is worth, exactly; and whether that is still true.

use jiff::civil::Date;

use crate::features::registers::{Entry, Number};

/// An entry that nobody looked at for longer than this is stale.
pub const STALE_DAYS: i64 = 90;

/// The payout rate of a competitor's entry in hundredths of a percent, half up; nothing where it does not say enough.
///
/// 1 point for 700, a point worth 7: 1.00 %, which is 100.
#[must_use]
pub fn rate(entry: &Entry) -> Option<i64> {
    let (points, spend, worth) =
        (entry.number("points")?, entry.number("per_spend")?, entry.number("point_worth")?);
    of(points, spend, worth)
}

/// `points × worth ÷ spend`, in hundredths of a percent.
#[must_use]
pub fn of(points: Number, spend: Number, worth: Number) -> Option<i64> {
    if spend.0 <= 0 {
        return None;
    }
    // Millionths times millionths over millionths are millionths; a hundredth of a percent is a hundred of them.
    let given = i128::from(points.0).checked_mul(i128::from(worth.0))?;
    let hundredths = given.checked_mul(2)?.checked_add(i128::from(spend.0).checked_mul(100)?)?
        / i128::from(spend.0).checked_mul(200)?;
    i64::try_from(hundredths).ok()
}

/// Was the entry not looked at for more than [`STALE_DAYS`] days?
#[must_use]
pub fn is_stale(entry: &Entry, today: Date) -> bool {
    let Some(checked) = entry.day("checked_on") else { return true };
    (today - checked).get_days() > i32::try_from(STALE_DAYS).unwrap_or(90)
}
