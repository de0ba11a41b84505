//! Caps, budgets and n-th: how much of an offer a member may still have, and which counters move.

use std::cell::OnceCell;

use super::EarnInput;
use super::rule::{CapLimits, NthLimit, Rule};
use crate::account::CounterChange;
use crate::explain::ZeroReason;
use crate::label::Label;
use crate::time::Period;

/// The local dates on which the periods around an event begin, found once per event.
#[derive(Debug, Default)]
pub(super) struct Periods {
    starts: [OnceCell<Label>; 6],
}

/// What limits leave of an offer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed {
    /// Smallest units.
    pub(super) points: i64,
    /// The tightest limit that held something back.
    pub(super) by: Option<Tightest>,
}

/// A limit and its scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tightest {
    pub(super) limit: i64,
    per: Option<Period>,
}

impl Tightest {
    /// `member_day`, …, or `budget`.
    pub(super) fn scope(self) -> Label {
        Label::fixed(match self.per {
            None => "budget",
            Some(Period::Day) => "member_day",
            Some(Period::Week) => "member_week",
            Some(Period::Month) => "member_month",
            Some(Period::Quarter) => "member_quarter",
            Some(Period::Year) => "member_year",
            Some(Period::Ever) => "member_ever",
        })
    }
}

impl Periods {
    /// The first local day of the period that holds the event.
    pub(super) fn start(&self, period: Period, input: &EarnInput<'_>) -> &Label {
        self.starts[period as usize]
            .get_or_init(|| period.start(input.at, &input.program.zone).to_string().into())
    }
}

/// Counts an event that `limit` is about; `Err` when it is not the one that counts.
pub(super) fn nth(
    limit: &NthLimit,
    input: &EarnInput<'_>,
    periods: &Periods,
) -> (CounterChange, Result<(), ZeroReason>) {
    let NthLimit { key, nth } = limit;
    let period = periods.start(nth.per, input);
    let seen = input.counters.get(key, period).saturating_add(1);
    let change = CounterChange { key: key.clone(), period: period.clone(), by: 1 };
    // Every n-th: the next multiple of n is the one that is waited for.
    let wanted = if nth.every { seen.saturating_add(nth.n - 1) / nth.n * nth.n } else { nth.n };
    (change, if seen == wanted { Ok(()) } else { Err(ZeroReason::NotNth { seen, wanted }) })
}

/// What a rule's caps and budget leave of `points`.
pub(super) fn allowed(
    rule: &Rule,
    points: i64,
    input: &EarnInput<'_>,
    periods: &Periods,
) -> Allowed {
    let mut allowed = Allowed { points, by: None };
    let mut hold = |left: i64, limit: i64, per: Option<Period>| {
        if left < allowed.points {
            allowed = Allowed { points: left.max(0), by: Some(Tightest { limit, per }) };
        }
    };
    for CapLimits { per, points: by_points, times } in &rule.caps {
        let start = periods.start(*per, input);
        if let Some(limit) = times
            && input.counters.get(&limit.key, start) >= limit.most
        {
            hold(0, limit.most, Some(*per));
        }
        if let Some(limit) = by_points {
            hold(
                limit.most.saturating_sub(input.counters.get(&limit.key, start)),
                limit.most,
                Some(*per),
            );
        }
    }
    if let Some(budget) = &rule.budget {
        let left = input.facts.resources.get(budget.key.as_str()).copied().unwrap_or(budget.most);
        hold(left, budget.most, None);
    }
    allowed
}

/// The counters that an award of `points` moves.
pub(super) fn counted<'a>(
    rule: &'a Rule,
    points: i64,
    input: &'a EarnInput<'_>,
    periods: &'a Periods,
) -> impl Iterator<Item = CounterChange> + 'a {
    rule.caps.iter().flat_map(move |cap| {
        let change = move |key: &Label, by| CounterChange {
            key: key.clone(),
            period: periods.start(cap.per, input).clone(),
            by,
        };
        let by_points = cap.points.iter().map(move |limit| change(&limit.key, points));
        by_points.chain(cap.times.iter().map(move |limit| change(&limit.key, 1)))
    })
}
