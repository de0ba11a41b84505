//! Amounts and quantities as files write them, exactly: no floats from the text to the minor unit.

use super::mapping::Rounding;

/// The most digits a number may have; more is not an amount of money.
const MAX_DIGITS: usize = 18;

/// How a file writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    /// Stands before the decimals.
    pub decimal: char,
    /// Stands between groups of three digits, if anything may.
    pub thousands: Option<char>,
}

impl Default for NumberStyle {
    fn default() -> Self {
        Self { decimal: '.', thousands: None }
    }
}

/// An exact decimal: `units` with `scale` decimals, without trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i128,
    scale: u32,
}

impl Decimal {
    /// Reads a number; signs alone, exponents, symbols and misplaced separators are refused.
    #[must_use]
    pub fn parse(text: &str, style: NumberStyle) -> Option<Self> {
        let (negative, rest) = sign(text.trim())?;
        let (whole, fraction) = match rest.split_once(style.decimal) {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (rest, ""),
        };
        let mut units: i128 = 0;
        let mut digits = 0;
        for byte in ungrouped(whole, style.thousands)?.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() || digits == MAX_DIGITS {
                return None;
            }
            digits += usize::from(units != 0 || byte != b'0');
            units = units.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        }
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Self { units: if negative { units.checked_neg()? } else { units }, scale }.shortest())
    }

    /// The product, exactly.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let units = self.units.checked_mul(other.units)?;
        Some(Self { units, scale: self.scale.checked_add(other.scale)? }.shortest())
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { units: -self.units, scale: self.scale }
    }

    /// Does it need more than `scale` decimals?
    #[must_use]
    pub fn finer_than(self, scale: u8) -> bool {
        self.scale > u32::from(scale)
    }

    /// In units of `scale` decimals; `None` when it does not fit in 64 bits, or is finer and the rule is to reject.
    #[must_use]
    pub fn to_units(self, scale: u8, rounding: Rounding) -> Option<i64> {
        let scale = u32::from(scale);
        if self.scale <= scale {
            let factor = 10_i128.checked_pow(scale - self.scale)?;
            return i64::try_from(self.units.checked_mul(factor)?).ok();
        }
        let divisor = 10_i128.checked_pow(self.scale - scale)?;
        let (quotient, rest) = (self.units / divisor, (self.units % divisor).abs());
        let away = match rounding {
            Rounding::Reject => return None,
            Rounding::Down => false,
            Rounding::HalfUp => rest * 2 >= divisor,
            Rounding::HalfEven => rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 != 0),
        };
        i64::try_from(quotient + if away { self.units.signum() } else { 0 }).ok()
    }

    fn shortest(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.units < 0 { "-" } else { "" };
        let point = if scale == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

/// The sign before (`-5`), after (`5-`, as some accounting systems write) or around (`(5)`) a number.
fn sign(text: &str) -> Option<(bool, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        return Some((true, rest)).filter(|(_, rest)| !rest.is_empty());
    }
    if let Some(rest) = text.strip_suffix('-') {
        return Some((true, rest)).filter(|(_, rest)| !rest.is_empty());
    }
    if let Some(rest) = text.strip_prefix('(') {
        return Some((true, rest.strip_suffix(')')?)).filter(|(_, rest)| !rest.is_empty());
    }
    Some((false, text)).filter(|_| !text.is_empty())
}

/// The whole part without its separators, which must cut it in threes.
fn ungrouped(whole: &str, thousands: Option<char>) -> Option<String> {
    let Some(separator) = thousands.filter(|s| whole.contains(*s)) else {
        return Some(whole.to_owned()).filter(|w| !w.is_empty());
    };
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    if first.is_empty() || first.len() > 3 || groups.clone().any(|group| group.len() != 3) {
        return None;
    }
    Some(whole.chars().filter(|c| *c != separator).collect())
}
