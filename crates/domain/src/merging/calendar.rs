//! When trade is at its peak, and when something else changes: no wave of a merge is run then.
//!
//! The weeks follow the custom of the trade, not a law: Black Friday is the Friday after the fourth Thursday of November and
//! goes on to the Monday; El Buen Fin ends on the third Monday of November, Revolution Day's; gifts for Reyes are bought from
//! the middle of December on; sales begin on 7 January and 1 July.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Countries whose weeks are known.
pub const COUNTRIES: [&str; 2] = ["ES", "MX"];

/// Days of which the first and the last count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peak {
    /// What the trade calls it.
    pub name: &'static str,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// The peak of a country that a day falls into; none in a country that is not known.
#[must_use]
pub fn peak_on(country: &str, day: Date) -> Option<Peak> {
    let of = match country {
        "ES" => spain,
        "MX" => mexico,
        _ => return None,
    };
    of(day.year()).into_iter().find(|peak| (peak.from..=peak.until).contains(&day))
}

fn spain(year: i16) -> Vec<Peak> {
    let mut all = reyes(year);
    all.push(peak("Rebajas", date(year, 1, 7), date(year, 1, 13)));
    all.push(peak("Rebajas", date(year, 7, 1), date(year, 7, 7)));
    if let Ok(thursday) = date(year, 11, 1).nth_weekday_of_month(4, Weekday::Thursday) {
        all.push(peak(
            "Black Friday",
            thursday.saturating_add(1.day()),
            thursday.saturating_add(4.days()),
        ));
    }
    all
}

fn mexico(year: i16) -> Vec<Peak> {
    let mut all = reyes(year);
    if let Ok(monday) = date(year, 11, 1).nth_weekday_of_month(3, Weekday::Monday) {
        all.push(peak("El Buen Fin", monday.saturating_sub(4.days()), monday));
    }
    all
}

/// Christmas and the Three Kings, in both years that a year has a part of.
fn reyes(year: i16) -> Vec<Peak> {
    vec![
        peak("Reyes", date(year, 1, 1), date(year, 1, 6)),
        peak("Reyes", date(year, 12, 15), date(year, 12, 31)),
    ]
}

fn peak(name: &'static str, from: Date, until: Date) -> Peak {
    Peak { name, from, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Method: the days stand in calendars of 2024 to 2026; a day before and a day after are free.
    #[test]
    fn m41_peaks_begin_and_end_on_the_days_of_the_calendar() {
        let named = |country: &str, day: Date| peak_on(country, day).map(|peak| peak.name);
        for (country, name, from, until) in [
            ("ES", "Black Friday", date(2024, 11, 29), date(2024, 12, 2)),
            ("ES", "Black Friday", date(2026, 11, 27), date(2026, 11, 30)),
            ("MX", "El Buen Fin", date(2025, 11, 13), date(2025, 11, 17)),
            ("MX", "El Buen Fin", date(2026, 11, 12), date(2026, 11, 16)),
            ("ES", "Rebajas", date(2026, 7, 1), date(2026, 7, 7)),
        ] {
            for inside in [from, until] {
                assert_eq!(named(country, inside), Some(name), "{country} {inside}");
            }
            for outside in [from.saturating_sub(1.day()), until.saturating_add(1.day())] {
                assert_eq!(named(country, outside), None, "{country} {outside}");
            }
        }
        assert_eq!(named("ES", date(2026, 12, 31)), Some("Reyes"));
        assert_eq!(named("ES", date(2027, 1, 6)), Some("Reyes"));
        assert_eq!(named("ES", date(2027, 1, 7)), Some("Rebajas"));
        assert_eq!(named("MX", date(2027, 1, 7)), None);
        assert_eq!(named("FR", date(2026, 11, 27)), None);
    }
}
