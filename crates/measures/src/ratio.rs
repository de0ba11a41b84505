//! Exact fractions of two integers, and the splitting of a whole number among weights.

use std::cmp::Ordering;
use std::fmt;

/// A fraction in lowest terms with a positive denominator. Every operation is checked: what does not
/// fit into 128 bits is `None`, never a wrong number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i128,
    den: i128,
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// One whole.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `num ÷ den`; `None` when `den` is 0 (a ratio of nothing is not a number) or does not fit.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den == 0 || num == i128::MIN || den == i128::MIN {
            return None;
        }
        let common = gcd(num.unsigned_abs(), den.unsigned_abs());
        let common = i128::try_from(common).ok()?;
        let sign = if den < 0 { -1 } else { 1 };
        Some(Self { num: sign * num / common, den: sign * den / common })
    }

    /// A whole number.
    pub const fn whole(value: i128) -> Self {
        Self { num: value, den: 1 }
    }

    /// Parts per million, as rates are written in settings: 30 % is 300,000.
    pub fn millionths(parts: i64) -> Self {
        let common = gcd(u128::from(parts.unsigned_abs()), 1_000_000).max(1);
        let common = i128::try_from(common).unwrap_or(1); // at most 1,000,000
        Self { num: i128::from(parts) / common, den: 1_000_000 / common }
    }

    /// The numerator in lowest terms.
    pub const fn num(self) -> i128 {
        self.num
    }

    /// The denominator in lowest terms, above 0.
    pub const fn den(self) -> i128 {
        self.den
    }

    /// The sum, or `None` past 128 bits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let common = i128::try_from(gcd(self.den.unsigned_abs(), other.den.unsigned_abs())).ok()?;
        let (left, right) = (other.den / common, self.den / common);
        let num = self.num.checked_mul(left)?.checked_add(other.num.checked_mul(right)?)?;
        Self::new(num, self.den.checked_mul(left)?)
    }

    /// The difference, or `None` past 128 bits.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { num: other.num.checked_neg()?, den: other.den })
    }

    /// The product, or `None` past 128 bits.
    pub fn times(self, other: Self) -> Option<Self> {
        let cross =
            |a: i128, b: i128| i128::try_from(gcd(a.unsigned_abs(), b.unsigned_abs()).max(1));
        let (one, two) = (cross(self.num, other.den).ok()?, cross(other.num, self.den).ok()?);
        let num = (self.num / one).checked_mul(other.num / two)?;
        Self::new(num, (self.den / two).checked_mul(other.den / one)?)
    }

    /// The quotient; `None` when `other` is 0 or the result is past 128 bits.
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.den, other.num)?)
    }

    /// The whole number nearest to it; a half goes to the even one, so that many roundings do not lean.
    pub fn rounded(self) -> i128 {
        let floor = self.num.div_euclid(self.den);
        let rest = self.num.rem_euclid(self.den);
        match (rest.saturating_mul(2)).cmp(&self.den) {
            Ordering::Less => floor,
            Ordering::Greater => floor + 1,
            Ordering::Equal => floor + floor.rem_euclid(2),
        }
    }

    /// The nearest whole number as a 64-bit amount, or `None` past 64 bits.
    pub fn rounded_i64(self) -> Option<i64> {
        i64::try_from(self.rounded()).ok()
    }

    /// As a float, for statistics and for showing; never for money or points.
    #[expect(clippy::cast_precision_loss, reason = "a float is what is asked for")]
    pub fn to_f64(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// Compares whole parts, then the reciprocals of what remains, so that no product can overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = (self.num.div_euclid(self.den), other.num.div_euclid(other.den));
        if left != right {
            return left.cmp(&right);
        }
        let (a, b) = (self.num.rem_euclid(self.den), other.num.rem_euclid(other.den));
        match (a, b) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            _ => Self { num: other.den, den: b }.cmp(&Self { num: self.den, den: a }),
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 {
            write!(to, "{}", self.num)
        } else {
            write!(to, "{}/{}", self.num, self.den)
        }
    }
}

/// Splits `total` among `weights` so that the parts sum to it exactly: everyone gets the whole part of
/// the share, what is left goes one by one to the largest remainders, ties to the earlier. `None`
/// when there is something to split and no weight to carry it.
pub fn split(total: i64, weights: &[u64]) -> Option<Vec<i64>> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return (total == 0).then(|| vec![0; weights.len()]);
    }
    let size = u128::from(total.unsigned_abs());
    let sign = total.signum();
    let mut parts = Vec::with_capacity(weights.len());
    let mut rests = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        let product = size.checked_mul(u128::from(*weight))?;
        parts.push(i64::try_from(product / sum).ok()?);
        rests.push((product % sum, at));
    }
    let given: i64 = parts.iter().sum();
    let left = usize::try_from(i64::try_from(size).ok()? - given).ok()?;
    rests.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, at) in rests.iter().take(left) {
        parts[*at] += 1;
    }
    Some(parts.into_iter().map(|part| part * sign).collect())
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
