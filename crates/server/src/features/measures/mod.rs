//! Measures: indicators of a program from its journal and from what was observed beside it, each open to its entries.

pub mod api;
pub mod console;
pub mod figures;
mod fold;
pub mod lives;
pub mod models;
mod movements;
mod observe;
mod quantities;
mod spread;
pub mod store;
#[cfg(test)]
mod tests;
pub mod words;

use std::time::Duration;

use jiff::civil::{Date, date};
use lazo_domain::time::{Timestamp, Zone};

pub use figures::{Board, Figure, board, worth_of};
pub use fold::{catch_up, catch_up_alone};
pub use movements::movements;
pub use observe::{Observation, observe};

use crate::app::App;
use crate::jobs::{Job, Step};

/// How many events one step of the job reads before it asks whether to go on.
const STEP: usize = 20_000;

/// A stretch of whole days of the tenant's zone, both ends in it, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

impl Days {
    /// How many days.
    #[must_use]
    pub fn count(self) -> i64 {
        self.to - self.from + 1
    }

    /// As many days just before.
    #[must_use]
    pub fn before(self) -> Self {
        Self { from: self.from - self.count(), to: self.from - 1 }
    }

    /// Is a day in it?
    #[must_use]
    pub fn holds(self, day: i64) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// The last `count` whole days before the day of `now`.
    #[must_use]
    pub fn last(count: i64, now: Timestamp, zone: &Zone) -> Self {
        let to = day_of(now, zone) - 1;
        Self { from: to - count + 1, to }
    }
}

/// The day of an instant in a zone, counted from 1970-01-01.
#[must_use]
pub fn day_of(at: Timestamp, zone: &Zone) -> i64 {
    number_of(at.local(zone).date())
}

/// A date as the number of its day.
#[must_use]
pub fn number_of(day: Date) -> i64 {
    let since = day.since(date(1970, 1, 1));
    since.map_or(0, |span| i64::from(span.get_days())) // dates of four digits are all in range
}

/// The date of a day's number; the first of all days for what no calendar has.
#[must_use]
pub fn date_of(day: i64) -> Date {
    let span = jiff::Span::new().try_days(day);
    span.ok().and_then(|span| date(1970, 1, 1).checked_add(span).ok()).unwrap_or(Date::MIN)
}

/// The days' sums follow the journal.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    let fold = Job::one("measures", Duration::from_secs(30), move |turn| {
        let app = app.clone();
        async move {
            let before = lazo_store::ledger::settled(turn.now);
            Ok(Step::of(fold::fold(&app, before, STEP).await?, STEP))
        }
    });
    vec![fold]
}
