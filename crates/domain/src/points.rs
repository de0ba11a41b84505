//! Points: checked integers in the smallest unit of their point type.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// An amount of one point type in its smallest unit (a scale of 2 makes 150 mean 1.50 points).
///
/// There is no `+`: sums are checked, because a ledger that wraps has lost everything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub i64);

/// A sum of points left the range of `i64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount does not fit in 64 bits")]
pub struct Overflow;

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// `self + other`, or [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// `self - other`, or [`Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// `-self`, or [`Overflow`] for the one value that has no opposite.
    pub fn negated(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// Is this exactly nothing?
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Is this more than nothing?
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The checked sum of many amounts.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// This amount as decimal text with `scale` decimals.
    #[must_use]
    pub fn decimal(self, scale: u8) -> String {
        decimal(self.0, scale)
    }
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}p", self.0)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Sums for tests and reports only; the ledger uses [`Points::sum`].
impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|p| p.0).fold(0, i64::saturating_add))
    }
}

/// `units` with `scale` decimals and a point, such as `-1.50`.
#[must_use]
pub fn decimal(units: i64, scale: u8) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let digits = units.unsigned_abs().to_string();
    let width = usize::from(scale) + 1;
    let padded = format!("{digits:0>width$}");
    let (whole, fraction) = padded.split_at(padded.len() - usize::from(scale));
    format!("{}{whole}.{fraction}", if units < 0 { "-" } else { "" })
}

/// Parses decimal text into units of `scale` decimals, exactly: more decimals than that, signs alone, exponents and
/// anything beyond `i64` are refused.
#[must_use]
pub fn parse_decimal(text: &str, scale: u8) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return None;
    }
    let significant = fraction.trim_end_matches('0');
    if significant.len() > usize::from(scale) {
        return None;
    }
    let width = usize::from(scale);
    let units: i64 = format!("{whole}{significant:0<width$}").parse().ok()?;
    if negative { units.checked_neg() } else { Some(units) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i15_sums_refuse_to_wrap() {
        assert_eq!(Points(i64::MAX).plus(Points(1)), Err(Overflow));
        assert_eq!(Points(i64::MIN).minus(Points(1)), Err(Overflow));
        assert_eq!(Points(i64::MIN).negated(), Err(Overflow));
        assert_eq!(Points::sum([Points(2), Points(3)]), Ok(Points(5)));
    }

    #[test]
    fn decimals_are_exact_both_ways() {
        for (units, scale, text) in
            [(150, 2, "1.50"), (-5, 2, "-0.05"), (7, 0, "7"), (0, 2, "0.00")]
        {
            assert_eq!(decimal(units, scale), text);
            assert_eq!(parse_decimal(text, scale), Some(units));
        }
        for bad in
            ["", "-", "1.", ".5", "1e3", "1.005", "NaN", "+1", "99999999999999999999", "1,5", " 1"]
        {
            assert_eq!(parse_decimal(bad, 2), None, "{bad}");
        }
        assert_eq!(parse_decimal("1.500", 2), Some(150));
    }
}
