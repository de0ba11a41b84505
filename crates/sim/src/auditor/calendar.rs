//! The auditor's own calendar: plain arithmetic on dates; of the time zone it asks only the offset.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use lazo_domain::program::Window;
use lazo_domain::time::{Period, Term, Timestamp};

/// Year, month and day.
pub type Day = (i16, i8, i8);

/// A program's calendar.
#[derive(Debug, Clone)]
pub struct Calendar(TimeZone);

impl Calendar {
    /// The calendar of a zone by its IANA name.
    pub fn of(zone: &str) -> Self {
        Self(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
    }

    fn wall(&self, at: Timestamp) -> DateTime {
        let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        self.0.to_datetime(at)
    }

    /// The local day of an instant.
    pub fn day(&self, at: Timestamp) -> Day {
        let wall = self.wall(at);
        (wall.year(), wall.month(), wall.day())
    }

    /// The first instant of a local day.
    pub fn midnight(&self, (year, month, day): Day) -> Timestamp {
        let wall = Date::constant(year, month, day).at(0, 0, 0, 0);
        self.instant(wall)
    }

    fn instant(&self, wall: DateTime) -> Timestamp {
        self.0.to_timestamp(wall).map_or(Timestamp::MAX, |at| Timestamp(at.as_microsecond()))
    }

    /// The instant a term after another.
    pub fn after(&self, term: Term, from: Timestamp) -> Timestamp {
        const HOUR: i64 = 3_600_000_000;
        match term {
            Term::Hours(hours) => Timestamp(from.0 + i64::from(hours) * HOUR),
            Term::Days(days) => Timestamp(from.0 + i64::from(days) * 24 * HOUR),
            Term::Months(months) => {
                let wall = self.wall(from);
                let (year, month, day) =
                    months_later((wall.year(), wall.month(), wall.day()), i64::from(months));
                self.instant(Date::constant(year, month, day).to_datetime(wall.time()))
            }
        }
    }

    /// The first day of the period that holds an instant.
    pub fn period(&self, period: Period, at: Timestamp) -> Day {
        let (year, month, day) = self.day(at);
        match period {
            Period::Day => (year, month, day),
            Period::Week => {
                let weekday = self.wall(at).date().weekday().to_monday_zero_offset();
                days_later((year, month, day), -i64::from(weekday))
            }
            Period::Month => (year, month, 1),
            Period::Quarter => (year, [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10][index(month)], 1),
            Period::Year => (year, 1, 1),
            Period::Ever => (1, 1, 1),
        }
    }

    /// The first instant after the period that holds an instant.
    pub fn period_end(&self, period: Period, at: Timestamp) -> Timestamp {
        let first = self.period(period, at);
        let next = match period {
            Period::Day => days_later(first, 1),
            Period::Week => days_later(first, 7),
            Period::Month => months_later(first, 1),
            Period::Quarter => months_later(first, 3),
            Period::Year => months_later(first, 12),
            Period::Ever => return Timestamp::MAX,
        };
        self.midnight(next)
    }

    /// The number of the window's step (year, month, membership year) that holds an instant.
    pub fn step(&self, window: Window, enrolled: Timestamp, at: Timestamp) -> i64 {
        let (year, month, _) = self.day(at);
        match window {
            Window::CalendarYear => i64::from(year),
            Window::Rolling { .. } => i64::from(year) * 12 + i64::from(month) - 1,
            Window::Lifetime => 0,
            Window::Anniversary => {
                let (first, today) = (self.day(enrolled), self.day(at));
                let years = i64::from(today.0) - i64::from(first.0);
                if birthday(first, years) <= today { years } else { years - 1 }
            }
        }
    }

    /// The first instant of a numbered calendar or membership year.
    pub fn year_start(&self, window: Window, enrolled: Timestamp, step: i64) -> Timestamp {
        match window {
            Window::Anniversary => self.midnight(birthday(self.day(enrolled), step)),
            _ => self.midnight((i16::try_from(step).unwrap_or(9_998), 1, 1)),
        }
    }
}

fn index(month: i8) -> usize {
    usize::try_from(month - 1).unwrap_or(0)
}

/// The n-th return of a day of the year; the last of February for the 29th.
fn birthday(first: Day, n: i64) -> Day {
    months_later(first, n * 12)
}

fn days_in(year: i16, month: i8) -> i8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if leap { 29 } else { 28 };
    [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][index(month)]
}

fn months_later((year, month, day): Day, months: i64) -> Day {
    let count = i64::from(year) * 12 + i64::from(month) - 1 + months;
    let year = i16::try_from(count.div_euclid(12)).unwrap_or(9_998);
    let month = i8::try_from(count.rem_euclid(12)).unwrap_or(0) + 1;
    (year, month, day.min(days_in(year, month)))
}

fn days_later((mut year, mut month, day): Day, days: i64) -> Day {
    let mut day = i64::from(day) + days;
    while day < 1 {
        (year, month, _) = months_later((year, month, 1), -1);
        day += i64::from(days_in(year, month));
    }
    while day > i64::from(days_in(year, month)) {
        day -= i64::from(days_in(year, month));
        (year, month, _) = months_later((year, month, 1), 1);
    }
    (year, month, i8::try_from(day).unwrap_or(1))
}
