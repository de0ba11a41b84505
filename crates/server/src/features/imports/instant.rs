//! Dates and times as files write them, turned into instants.

use jiff::civil;
use jiff::fmt::strtime;
use lazo_domain::time::{Timestamp, Zone};

/// How a file writes times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStyle {
    format: TimeFormat,
    zone: Zone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TimeFormat {
    Rfc3339,
    UnixSeconds,
    UnixMillis,
    Pattern(String),
}

impl TimeStyle {
    /// A format by its name (`rfc3339`, `unix`, `unix_ms`) or pattern (`%d/%m/%Y %H:%M`), read in `zone` unless the
    /// text carries an offset.
    pub fn new(format: &str, zone: Option<&str>) -> Result<Self, String> {
        let format = match format {
            "rfc3339" => TimeFormat::Rfc3339,
            "unix" => TimeFormat::UnixSeconds,
            "unix_ms" => TimeFormat::UnixMillis,
            pattern => TimeFormat::Pattern(checked(pattern, zone)?),
        };
        let zone = zone.map_or_else(|| Ok(Zone::utc()), Zone::named)?;
        Ok(Self { format, zone })
    }

    /// The instant, or why the text is none.
    pub fn parse(&self, text: &str) -> Result<Timestamp, String> {
        let text = text.trim();
        match &self.format {
            TimeFormat::Rfc3339 => Timestamp::parse(text),
            TimeFormat::UnixSeconds => unix(text, 1_000_000),
            TimeFormat::UnixMillis => unix(text, 1_000),
            TimeFormat::Pattern(pattern) => self.pattern(pattern, text),
        }
    }

    fn pattern(&self, pattern: &str, text: &str) -> Result<Timestamp, String> {
        let bad = |_| format!("`{text}` is not a time of the form {pattern}");
        let broken = strtime::parse(pattern, text).map_err(bad)?;
        if broken.offset().is_some() {
            return broken.to_timestamp().map(|t| Timestamp(t.as_microsecond())).map_err(bad);
        }
        let date = broken.to_date().map_err(bad)?;
        let time = if broken.hour().is_some() {
            broken.to_time().map_err(bad)?
        } else {
            civil::Time::midnight()
        };
        Ok(self.zone.instant(date.to_datetime(time)))
    }
}

/// A pattern that can be read, and that says which zone it means.
fn checked(pattern: &str, zone: Option<&str>) -> Result<String, String> {
    let sample = civil::date(2004, 2, 29).at(23, 58, 59, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let sample = sample.map_err(|e| e.to_string())?;
    let text = strtime::format(pattern, &sample)
        .map_err(|e| format!("`{pattern}` is not a time pattern ({e})"))?;
    let broken = strtime::parse(pattern, &text)
        .map_err(|e| format!("`{pattern}` is not a time pattern ({e})"))?;
    if broken.to_date().is_err() {
        return Err(format!("`{pattern}` does not give a whole date"));
    }
    if zone.is_none() && broken.offset().is_none() {
        return Err(format!("`{pattern}` carries no offset and no zone is named"));
    }
    Ok(pattern.to_owned())
}

fn unix(text: &str, micros: i64) -> Result<Timestamp, String> {
    let number: Option<i64> = text.parse().ok();
    let instant =
        number.and_then(|n| n.checked_mul(micros)).filter(|t| t.abs() <= Timestamp::MAX.0);
    instant.map(Timestamp).ok_or_else(|| format!("`{text}` is not a Unix time"))
}
