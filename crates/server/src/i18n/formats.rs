//! Numbers, money and instants as each locale writes them. All are exact: no floats.

use lazo_domain::money::Currency;
use lazo_domain::points::decimal;
use lazo_domain::rate::Rate;
use lazo_domain::time::{Timestamp, Zone};

use super::Locale;

/// Decimals that a multiplier is written with before it is a fraction.
const MAX_DECIMALS: u8 = 3;
/// Keeps a number and its unit on one line.
const NBSP: char = '\u{a0}';

const MONTHS_ES: [&str; 12] =
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Locale {
    /// `units` with `scale` decimals, grouped by thousands: `12.345,60` in Spain, `12,345.60` elsewhere.
    #[must_use]
    pub fn number(self, units: i64, scale: u8) -> String {
        let plain = decimal(units, scale);
        let (sign, digits) =
            plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (group, point) = match self {
            Self::EsEs => ('.', ','),
            Self::EsMx | Self::En => (',', '.'),
        };
        let mut out = String::from(sign);
        // In Spain four digits stand without a separator.
        let grouped = self != Self::EsEs || whole.len() > 4;
        for (at, digit) in whole.chars().enumerate() {
            if grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(point);
            out.push_str(fraction);
        }
        out
    }

    /// A multiplier: `1,5` where a few decimals say it exactly, else the fraction.
    #[must_use]
    pub fn factor(self, factor: Rate) -> String {
        self.decimals(i128::from(factor.num()), i128::from(factor.den()))
            .unwrap_or_else(|| factor.to_string())
    }

    /// An exact fraction as people read it: `2524,6` where a few decimals say it exactly, else `2817 1/3`.
    #[must_use]
    pub fn fraction(self, num: i128, den: i128) -> String {
        self.decimals(num, den).unwrap_or_else(|| {
            let (whole, rest) = (i64::try_from(num / den), num % den);
            match whole {
                Ok(whole) if whole != 0 => {
                    format!("{} {}/{den}", self.number(whole, 0), rest.abs())
                }
                _ => format!("{num}/{den}"),
            }
        })
    }

    /// `num / den` with as few decimals as say it exactly.
    fn decimals(self, num: i128, den: i128) -> Option<String> {
        (0..=MAX_DECIMALS).find_map(|scale| {
            let exact = num.checked_mul(10_i128.checked_pow(u32::from(scale))?)?;
            let units = i64::try_from(exact / den).ok()?;
            (exact % den == 0).then(|| self.number(units, scale))
        })
    }

    /// An amount of money: `60,00 €`, `$60.00`.
    #[must_use]
    pub fn money(self, minor: i64, currency: Currency) -> String {
        let amount = self.number(minor, currency.exponent());
        let (sign, amount) =
            amount.strip_prefix('-').map_or(("", amount.as_str()), |rest| ("-", rest));
        let code = currency.code();
        match (self, code) {
            (Self::EsEs, "EUR") => format!("{sign}{amount}{NBSP}€"),
            (Self::EsEs, "USD") => format!("{sign}{amount}{NBSP}US$"),
            (Self::EsEs, _) => format!("{sign}{amount}{NBSP}{code}"),
            (Self::EsMx, "MXN") | (Self::En, "USD") => format!("{sign}${amount}"),
            (Self::En, "EUR") => format!("{sign}€{amount}"),
            (Self::En, "GBP") => format!("{sign}£{amount}"),
            (Self::En, "MXN") => format!("{sign}MX${amount}"),
            _ => format!("{sign}{code}{NBSP}{amount}"),
        }
    }

    /// A day on the wall of `zone`.
    #[must_use]
    pub fn day(self, at: Timestamp, zone: &Zone) -> String {
        let local = at.local(zone);
        let month = usize::try_from(local.month()).unwrap_or(1).clamp(1, 12) - 1;
        let months = if self == Self::En { MONTHS_EN } else { MONTHS_ES };
        format!("{} {} {}", local.day(), months[month], local.year())
    }

    /// A day and a minute on the wall of `zone`, for pages: nobody remembers seconds.
    #[must_use]
    pub fn moment(self, at: Timestamp, zone: &Zone) -> String {
        let local = at.local(zone);
        format!("{}, {:02}:{:02}", self.day(at, zone), local.hour(), local.minute())
    }

    /// A month on the wall of `zone`, as a chart says it: `nov`.
    #[must_use]
    pub fn month(self, month: i8) -> &'static str {
        let place = usize::try_from(month).unwrap_or(1).clamp(1, 12) - 1;
        if self == Self::En { MONTHS_EN[place] } else { MONTHS_ES[place] }
    }

    /// A day and a minute on the wall of `zone`; seconds only where they are not zero.
    #[must_use]
    pub fn instant(self, at: Timestamp, zone: &Zone) -> String {
        let local = at.local(zone);
        let seconds =
            if local.second() == 0 { String::new() } else { format!(":{:02}", local.second()) };
        let day = self.day(at, zone);
        format!("{day}, {:02}:{:02}{seconds}", local.hour(), local.minute())
    }
}
