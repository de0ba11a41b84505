//! How somebody walks: from step to step, over branches, to the next wait or letter. Nothing is read or written here.

use std::collections::BTreeMap;

use jiff::ToSpan;
use lazo_domain::time::{DAY, Timestamp, Zone};

use super::plan::{Plan, Step};
use crate::features::segments::Condition;
use crate::features::segments::facts::{Facts, Person};

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// At a wait or a letter, until an instant.
    At {
        /// The place among the steps.
        step: usize,
        /// The instant that is planned: the end of the wait, or the letter's.
        planned: Timestamp,
    },
    /// Behind the last step.
    End,
}

/// A step that somebody has behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its code.
    pub step: String,
    /// What came of it.
    pub outcome: String,
}

/// A plan with its conditions, ready to be walked.
pub struct Way<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The branches' conditions.
    pub conditions: &'a BTreeMap<usize, Condition>,
    /// Where days begin and end.
    pub zone: &'a Zone,
}

impl Way<'_> {
    /// Arrives at the step of a place at a planned instant, and walks on over branches to where there is something to do.
    #[must_use]
    pub fn arrive(&self, at: usize, planned: Timestamp, facts: &Facts) -> (Vec<Passed>, Stand) {
        let (mut at, mut passed) = (at, Vec::new());
        loop {
            match self.plan.steps.get(at) {
                None => return (passed, Stand::End),
                Some(Step::Letter { .. }) => return (passed, Stand::At { step: at, planned }),
                Some(Step::Wait { days, .. }) => {
                    let planned = self.days_after(planned, *days);
                    return (passed, Stand::At { step: at, planned });
                }
                Some(Step::Branch { code, otherwise, .. }) => {
                    // A condition that is no more what it was holds for nobody.
                    let holds = self.conditions.get(&at).is_some_and(|c| c.holds(facts));
                    let outcome = if holds { "yes" } else { "no" }.to_owned();
                    passed.push(Passed { step: code.clone(), outcome });
                    let other = self.plan.place_of(otherwise).filter(|place| *place > at);
                    at = if holds { at + 1 } else { other.unwrap_or(self.plan.steps.len()) };
                }
            }
        }
    }

    /// Leaves a wait or a letter behind: what came of it, and where that leads.
    #[must_use]
    pub fn go_on(
        &self,
        at: usize,
        outcome: &str,
        (planned, now): (Timestamp, Timestamp),
        facts: &Facts,
    ) -> (Vec<Passed>, Stand) {
        let step = self.plan.steps.get(at).map(Step::code).unwrap_or_default().to_owned();
        let mut passed = vec![Passed { step, outcome: outcome.to_owned() }];
        let (further, stand) = self.arrive(at + 1, base(planned, now), facts);
        passed.extend(further);
        (passed, stand)
    }

    /// The same hour so many local days later.
    fn days_after(&self, from: Timestamp, days: i64) -> Timestamp {
        let local = from.local(self.zone);
        local.checked_add(days.days()).map_or(Timestamp::MAX, |at| self.zone.instant(at))
    }
}

/// From when the next days are counted: from what was planned, so that a night's silence shifts nothing; after a longer
/// rest, such as a pause, from now, so that letters do not pile up.
fn base(planned: Timestamp, now: Timestamp) -> Timestamp {
    if now.0.saturating_sub(planned.0) > DAY { now } else { planned }
}

/// Why somebody leaves before the end, if he or she does.
#[must_use]
pub fn leaving(person: Option<&Person>, refused: bool, reached: bool) -> Option<&'static str> {
    match person {
        None => Some("gone"),
        _ if reached => Some("goal"),
        _ if refused => Some("consent"),
        Some(person) if !person.active => Some("suspended"),
        Some(_) => None,
    }
}

/// Every reason for leaving before the end.
pub const REASONS: [&str; 6] = ["goal", "consent", "suspended", "gone", "outranked", "ended"];
