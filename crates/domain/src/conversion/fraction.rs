//! Exact fractions of two 128-bit integers: what a conversion is worth before it becomes whole points.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::rate::{Rate, Rounding, div};

/// A number left the range in which fractions are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large to convert exactly")]
pub struct TooLarge;

/// `num / den` with `den > 0`, in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fraction {
    num: i128,
    den: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        // Everyday sizes fit in 64 bits, where a division takes a fraction of the time.
        if let (Ok(mut x), Ok(mut y)) = (u64::try_from(a), u64::try_from(b)) {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return i128::from(x);
        }
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(i128::MAX)
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// The fraction `num / den`; [`TooLarge`] also when `den` is not positive.
    pub fn new(num: i128, den: i128) -> Result<Self, TooLarge> {
        if den <= 0 || num == i128::MIN {
            return Err(TooLarge);
        }
        let common = gcd(num, den).max(1);
        Ok(Self { num: num / common, den: den / common })
    }

    /// A whole number.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Self { num: i128::from(number), den: 1 }
    }

    /// The numerator in lowest terms.
    #[must_use]
    pub fn num(self) -> i128 {
        self.num
    }

    /// The denominator in lowest terms.
    #[must_use]
    pub fn den(self) -> i128 {
        self.den
    }

    /// `self + other`.
    pub fn plus(self, other: Self) -> Result<Self, TooLarge> {
        if self.den == other.den {
            return Self::new(self.num.checked_add(other.num).ok_or(TooLarge)?, self.den);
        }
        let common = gcd(self.den, other.den).max(1);
        let den = (self.den / common).checked_mul(other.den).ok_or(TooLarge)?;
        let left = self.num.checked_mul(other.den / common).ok_or(TooLarge)?;
        let right = other.num.checked_mul(self.den / common).ok_or(TooLarge)?;
        Self::new(left.checked_add(right).ok_or(TooLarge)?, den)
    }

    /// `self - other`.
    pub fn minus(self, other: Self) -> Result<Self, TooLarge> {
        self.plus(Self { num: -other.num, den: other.den })
    }

    /// `self × num / den`.
    pub fn times(self, num: i128, den: i128) -> Result<Self, TooLarge> {
        let other = Self::new(num, den)?;
        let (a, b) = (gcd(self.num, other.den).max(1), gcd(other.num, self.den).max(1));
        let num = (self.num / a).checked_mul(other.num / b).ok_or(TooLarge)?;
        Self::new(num, (self.den / b).checked_mul(other.den / a).ok_or(TooLarge)?)
    }

    /// `self × rate`.
    pub fn at(self, rate: Rate) -> Result<Self, TooLarge> {
        self.times(i128::from(rate.num()), i128::from(rate.den()))
    }

    /// The whole number beside it.
    pub fn rounded(self, rounding: Rounding) -> Result<i64, TooLarge> {
        i64::try_from(div(self.num, self.den, rounding)).map_err(|_| TooLarge)
    }

    /// Is it less than nothing?
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    /// Is it exactly nothing?
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.num == 0
    }
}

impl From<Rate> for Fraction {
    fn from(rate: Rate) -> Self {
        Self { num: i128::from(rate.num()), den: i128::from(rate.den()) }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    /// Compares whole parts, then the rest upside down, so that nothing overflows.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b, mut turned) = (*self, *other, false);
        loop {
            let whole = a.num.div_euclid(a.den).cmp(&b.num.div_euclid(b.den));
            let (x, y) = (a.num.rem_euclid(a.den), b.num.rem_euclid(b.den));
            let found = match (whole, x, y) {
                (Ordering::Equal, 0, 0) => Ordering::Equal,
                (Ordering::Equal, 0, _) => Ordering::Less,
                (Ordering::Equal, _, 0) => Ordering::Greater,
                (Ordering::Equal, ..) => {
                    (a, b) = (Self { num: a.den, den: x }, Self { num: b.den, den: y });
                    turned = !turned;
                    continue;
                }
                _ => whole,
            };
            return if turned { found.reverse() } else { found };
        }
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { self.num.fmt(f) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl Default for Fraction {
    fn default() -> Self {
        Self::ZERO
    }
}
