//! Instants, terms and local calendars. The clock itself stays outside.

use std::fmt;

use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// One second in microseconds.
pub const SECOND: i64 = 1_000_000;
/// One day of 24 hours in microseconds.
pub const DAY: i64 = 86_400 * SECOND;

impl Timestamp {
    /// The end of time as far as programs go (9999-12-30T22:00:00Z, the last instant that prints in every zone).
    pub const MAX: Self = Self(253_402_207_200_000_000);

    /// Parses RFC 3339, such as `2018-01-02T00:00:00Z`.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_microsecond())).map_err(|_| {
            format!("`{text}` is not an RFC 3339 instant such as 2026-01-31T09:30:00Z")
        })
    }

    /// This instant `micros` later, held at [`Timestamp::MAX`].
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros).min(Self::MAX.0))
    }

    /// This instant on the wall of `zone`.
    #[must_use]
    pub fn local(self, zone: &Zone) -> civil::DateTime {
        zone.0.to_datetime(self.jiff())
    }

    fn jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0.min(Self::MAX.0))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.jiff().fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// A time zone by its IANA name; caps, periods and streaks count in the program's.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of this IANA name, such as `Europe/Madrid`.
    pub fn named(name: &str) -> Result<Self, String> {
        TimeZone::get(name)
            .map(Self)
            .map_err(|_| format!("`{name}` is not an IANA time zone such as Europe/Madrid"))
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The first instant of the local `date`.
    #[must_use]
    pub fn start_of(&self, date: civil::Date) -> Timestamp {
        self.0
            .to_timestamp(date.at(0, 0, 0, 0))
            .map_or(Timestamp::MAX, |t| Timestamp(t.as_microsecond()))
    }

    /// The instant of a local date and time; in a gap the later reading, in a fold the earlier (RFC 5545).
    #[must_use]
    pub fn instant(&self, local: civil::DateTime) -> Timestamp {
        self.0.to_timestamp(local).map_or(Timestamp::MAX, |t| Timestamp(t.as_microsecond()))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// A length of time: months by the calendar of the program's zone, or days of exactly 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Calendar months; the last day of a short month stands in for a day it lacks.
    Months(i32),
    /// Days of 24 hours.
    Days(i32),
    /// Hours.
    Hours(i32),
}

impl Term {
    /// The instant this long after `from`.
    #[must_use]
    pub fn after(self, from: Timestamp, zone: &Zone) -> Timestamp {
        match self {
            Self::Days(days) => from.plus_micros(i64::from(days).saturating_mul(DAY)),
            Self::Hours(hours) => from.plus_micros(i64::from(hours).saturating_mul(3_600 * SECOND)),
            Self::Months(months) => {
                let span = jiff::Span::new().try_months(months);
                span.and_then(|span| from.local(zone).checked_add(span))
                    .map_or(Timestamp::MAX, |local| zone.instant(local))
            }
        }
    }
}

/// A stretch of the local calendar that caps, counters and tiers count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A local day.
    Day,
    /// A local week from Monday.
    Week,
    /// A local month.
    Month,
    /// Three local months from January.
    Quarter,
    /// A local year.
    Year,
    /// All time.
    Ever,
}

impl Period {
    /// The first local date of the period that holds `at`; for [`Period::Ever`] the first of January of year 1.
    #[must_use]
    pub fn start(self, at: Timestamp, zone: &Zone) -> civil::Date {
        let day = at.local(zone).date();
        match self {
            Self::Day => day,
            Self::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
            Self::Quarter => {
                civil::Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1).unwrap_or(day)
            }
            Self::Year => day.first_of_year(),
            Self::Ever => civil::Date::new(1, 1, 1).unwrap_or(day),
        }
    }

    /// The first instant after the period that holds `at`; [`Timestamp::MAX`] for [`Period::Ever`].
    #[must_use]
    pub fn end(self, at: Timestamp, zone: &Zone) -> Timestamp {
        let start = self.start(at, zone);
        let span = match self {
            Self::Day => jiff::Span::new().days(1),
            Self::Week => jiff::Span::new().days(7),
            Self::Month => jiff::Span::new().months(1),
            Self::Quarter => jiff::Span::new().months(3),
            Self::Year => jiff::Span::new().years(1),
            Self::Ever => return Timestamp::MAX,
        };
        start.checked_add(span).map_or(Timestamp::MAX, |next| zone.start_of(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn f31_days_are_24_hours_and_months_are_local() {
        let madrid = Zone::named("Europe/Madrid").unwrap();
        assert_eq!(
            Term::Days(180).after(at("2017-07-06T00:00:00Z"), &Zone::utc()),
            at("2018-01-02T00:00:00Z")
        );
        // 31 January + 1 month is the last of February, also in a leap year; the wall time stays over the change of hour.
        assert_eq!(
            Term::Months(1).after(at("2024-01-31T11:00:00Z"), &madrid),
            at("2024-02-29T11:00:00Z")
        );
        assert_eq!(
            Term::Months(1).after(at("2026-03-15T11:00:00Z"), &madrid),
            at("2026-04-15T10:00:00Z")
        );
    }

    #[test]
    fn f31_periods_end_at_local_midnight() {
        let mexico = Zone::named("America/Mexico_City").unwrap();
        assert_eq!(
            Period::Year.end(at("2026-12-31T23:00:00Z"), &mexico),
            at("2027-01-01T06:00:00Z")
        );
        assert_eq!(
            Period::Week.start(at("2026-11-22T12:00:00Z"), &mexico).to_string(),
            "2026-11-16"
        );
        assert_eq!(
            Period::Quarter.start(at("2026-11-22T12:00:00Z"), &mexico).to_string(),
            "2026-10-01"
        );
        assert_eq!(Period::Ever.end(at("2026-11-22T12:00:00Z"), &mexico), Timestamp::MAX);
    }
}
