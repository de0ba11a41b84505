//! Exact rates: fractions of two integers, and the one place where a fraction becomes an integer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What happens to the part below one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Toward minus infinity.
    #[default]
    Floor,
    /// Toward plus infinity.
    Ceil,
    /// To the nearest, a half away from zero.
    HalfUp,
    /// To the nearest, a half to the even neighbour.
    HalfEven,
}

/// `num / den` with `den > 0`, in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    num: i64,
    den: i64,
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Rate {
    /// One to one.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// The fraction `num / den`; `None` when `den` is not positive.
    #[must_use]
    pub fn new(num: i64, den: i64) -> Option<Self> {
        if den <= 0 {
            return None;
        }
        let g = i64::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).ok()?.max(1);
        Some(Self { num: num / g, den: den / g })
    }

    /// The numerator in lowest terms.
    #[must_use]
    pub fn num(self) -> i64 {
        self.num
    }

    /// The denominator in lowest terms.
    #[must_use]
    pub fn den(self) -> i64 {
        self.den
    }

    /// `amount × self`, rounded once; `None` when it leaves `i64`.
    #[must_use]
    pub fn of(self, amount: i64, rounding: Rounding) -> Option<i64> {
        i64::try_from(div(
            i128::from(amount) * i128::from(self.num),
            i128::from(self.den),
            rounding,
        ))
        .ok()
    }
}

/// `num / den` as an integer, `den > 0`.
#[must_use]
pub fn div(num: i128, den: i128, rounding: Rounding) -> i128 {
    // Everyday sizes fit in 64 bits, where a division takes a fraction of the time.
    let (floor, rest) = match (i64::try_from(num), i64::try_from(den)) {
        (Ok(num), Ok(den)) => (i128::from(num.div_euclid(den)), i128::from(num.rem_euclid(den))),
        _ => (num.div_euclid(den), num.rem_euclid(den)),
    };
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Ceil => rest > 0,
        Rounding::HalfUp if num < 0 => rest * 2 > den,
        Rounding::HalfUp => rest * 2 >= den,
        Rounding::HalfEven => rest * 2 > den || (rest * 2 == den && floor % 2 != 0),
    };
    if up { floor + 1 } else { floor }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { self.num.fmt(f) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `3`, `1.5` or `13/10`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not an exact rate such as 2, 1.5 or 13/10");
        if let Some((num, den)) = text.split_once('/') {
            let num = num.trim().parse().map_err(|_| bad())?;
            let den = den.trim().parse().map_err(|_| bad())?;
            return Self::new(num, den).ok_or_else(bad);
        }
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let scale = u8::try_from(decimals).ok().filter(|s| *s <= 12).ok_or_else(bad)?;
        let units = crate::points::parse_decimal(text, scale).ok_or_else(bad)?;
        Self::new(units, 10_i64.pow(u32::from(scale))).ok_or_else(bad)
    }
}

impl Serialize for Rate {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Whole(i64),
            Text(String),
        }
        match Raw::deserialize(d)? {
            Raw::Whole(n) => {
                Self::new(n, 1).ok_or_else(|| serde::de::Error::custom("impossible rate"))
            }
            Raw::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_round_once_and_as_told() {
        let third = Rate::new(1, 3).unwrap();
        assert_eq!(
            [Rounding::Floor, Rounding::Ceil, Rounding::HalfUp].map(|r| third.of(5, r)),
            [Some(1), Some(2), Some(2)]
        );
        let half = Rate::new(1, 2).unwrap();
        assert_eq!([1, 3, -1, -3].map(|n| half.of(n, Rounding::HalfEven).unwrap()), [0, 2, 0, -2]);
        assert_eq!([1, 3, -1, -3].map(|n| half.of(n, Rounding::HalfUp).unwrap()), [1, 2, -1, -2]);
        assert_eq!("1.5".parse::<Rate>(), Ok(Rate { num: 3, den: 2 }));
        assert_eq!("30000/22000".parse::<Rate>(), Ok(Rate { num: 15, den: 11 }));
        assert!(Rate::new(i64::MAX, 1).unwrap().of(2, Rounding::Floor).is_none());
        for bad in ["", "1/0", "1/-2", "1.5.2", "x"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }
}
