//! Where a member stands on a ladder, what is measured, and when that is looked at again. Pure calendar and sums.

use jiff::civil::Date;

use crate::account::Counters;
use crate::label::Label;
use crate::program::{Program, TierGroup, Window};
use crate::time::{Period, Term, Timestamp, Zone};

/// What one ladder needs to know of a membership to count and to review.
#[derive(Debug, Clone, Copy)]
pub struct Ladder<'a> {
    /// The code of its program: two programs of one tenant may call their ladders the same.
    pub program: &'a str,
    /// The ladder.
    pub group: &'a TierGroup,
    /// The program's zone.
    pub zone: &'a Zone,
    /// When the membership began.
    pub enrolled_at: Timestamp,
}

impl<'a> Ladder<'a> {
    /// A ladder of `program` for a member enrolled then.
    #[must_use]
    pub fn of(program: &'a Program, group: &'a TierGroup, enrolled_at: Timestamp) -> Self {
        Self { program: &program.code, group, zone: &program.zone, enrolled_at }
    }

    /// The counter it is counted under.
    #[must_use]
    pub fn counter(&self) -> Label {
        format!("tier:{}:{}", self.program, self.group.code).into()
    }

    /// The counter period that `at` counts in: its first local day as `YYYY-MM-DD`.
    #[must_use]
    pub fn period_of(&self, at: Timestamp) -> String {
        self.period_start(at).to_string()
    }

    fn period_start(&self, at: Timestamp) -> Date {
        match self.group.window {
            Window::CalendarYear => Period::Year.start(at, self.zone),
            Window::Rolling { .. } => Period::Month.start(at, self.zone),
            Window::Anniversary => self.membership_year(at),
            Window::Lifetime => Period::Ever.start(at, self.zone),
        }
    }

    /// The first local day of the membership year that holds `at`; 29 February is kept as the last of February.
    fn membership_year(&self, at: Timestamp) -> Date {
        let (day, first) = (at.local(self.zone).date(), self.enrolled_at.local(self.zone).date());
        let turned = |year: i16| {
            let month = Date::new(year, first.month(), 1).unwrap_or(first);
            Date::new(year, first.month(), first.day().min(month.days_in_month())).unwrap_or(month)
        };
        let this_year = turned(day.year());
        if this_year <= day { this_year } else { turned(day.year() - 1) }
    }

    /// What counts at `at`: the sum over the window that holds it.
    #[must_use]
    pub fn measured(&self, counters: &Counters, at: Timestamp) -> i64 {
        let key = self.counter();
        let Window::Rolling { months } = self.group.window else {
            return counters.get(&key, &self.period_of(at));
        };
        let mut month = Period::Month.start(at, self.zone);
        let mut sum: i64 = 0;
        for _ in 0..months.max(1) {
            sum = sum.saturating_add(counters.get(&key, &month.to_string()));
            month = month.checked_sub(jiff::Span::new().months(1)).unwrap_or(month);
        }
        sum
    }

    /// What a review at `at` looks at: the better of the window that just ended and the one that has begun.
    #[must_use]
    pub fn reviewed(&self, counters: &Counters, at: Timestamp) -> i64 {
        let ended = Timestamp(at.0 - 1);
        self.measured(counters, ended).max(self.measured(counters, at))
    }

    /// Until when a tier reached at `at` is kept before it is reviewed; `None` is for life.
    #[must_use]
    pub fn kept_until(&self, at: Timestamp) -> Option<Timestamp> {
        match self.group.window {
            Window::CalendarYear => {
                Some(Period::Year.end(Period::Year.end(at, self.zone), self.zone))
            }
            Window::Rolling { months } => Some(Term::Months(months.max(1)).after(at, self.zone)),
            Window::Anniversary => {
                let next = self.year_after(self.membership_year(at));
                Some(
                    self.zone
                        .start_of(self.membership_year(self.zone.start_of(self.year_after(next)))),
                )
            }
            Window::Lifetime => None,
        }
    }

    /// Until when a tier that a review at `at` kept or took down stays before the next one.
    #[must_use]
    pub fn next_review(&self, at: Timestamp) -> Option<Timestamp> {
        match self.group.window {
            Window::CalendarYear => Some(Period::Year.end(at, self.zone)),
            Window::Anniversary => Some(self.zone.start_of(
                self.membership_year(self.zone.start_of(self.year_after(self.membership_year(at)))),
            )),
            Window::Rolling { .. } | Window::Lifetime => self.kept_until(at),
        }
    }

    /// A day that surely lies in the membership year after the one that begins on `start`.
    fn year_after(&self, start: Date) -> Date {
        start.checked_add(jiff::Span::new().years(1).days(1)).unwrap_or(start)
    }
}

#[cfg(test)]
mod tests;
