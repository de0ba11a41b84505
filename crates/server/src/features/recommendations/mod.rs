//! Recommendations: from a finding to an accepted change to its measured effect, and how good the predictions were.

pub mod api;
pub mod console;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{ProgramId, RecommendationId};
use lazo_domain::time::Timestamp;
use lazo_measures::closing::{Calibration, Direction, Outcome, Prediction, calibration, outcome};
use lazo_measures::diagnosis::rule;
use lazo_measures::stats::intervals::Interval;
use serde::{Deserialize, Serialize};

/// Where a recommendation is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a decision.
    Proposed,
    /// Will be done.
    Accepted,
    /// Will not be done; the reason is kept.
    Rejected,
    /// Is done; the change is linked.
    Implemented,
    /// Its effect is measured, and it is closed.
    Measured,
}

impl State {
    /// Every state with its name outside and in the database.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Proposed, "proposed"),
        (Self::Accepted, "accepted"),
        (Self::Rejected, "rejected"),
        (Self::Implemented, "implemented"),
        (Self::Measured, "measured"),
    ];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }
}

/// A recommendation.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// Its id.
    pub id: RecommendationId,
    /// For which program.
    pub program: ProgramId,
    /// The rule that it follows from.
    pub rule: String,
    /// Where it is on its way.
    pub state: State,
    /// What the rule found, as JSON.
    pub evidence: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why, in the decider's words.
    pub reason: Option<String>,
    /// What was changed: a program's version, a campaign, a course.
    pub change: Option<String>,
    /// What was measured.
    pub measured: Option<Measured>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A measured effect on the rule's indicator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The estimate, in the unit of the rule's expectation.
    pub estimate: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// How it was measured against what.
    pub outcome: Outcome,
}

impl Measured {
    /// A measurement judged against what the rule expected; `None` for an interval that does not hold its estimate
    /// between its ends: a number alone is no measurement.
    #[must_use]
    pub fn of(rule_id: &str, estimate: f64, interval: Interval) -> Option<Self> {
        let expected = &rule(rule_id)?.effect;
        let wanted =
            if expected.high < 0.0 || expected.low < 0.0 { Direction::Down } else { Direction::Up };
        let finite = estimate.is_finite() && interval.low.is_finite() && interval.high.is_finite();
        (finite && interval.low < estimate && estimate < interval.high).then(|| Self {
            estimate,
            interval,
            outcome: outcome(interval, wanted),
        })
    }
}

/// How good the predictions of measured recommendations were; `None` while none is measured.
#[must_use]
pub fn calibrated(all: &[Recommendation]) -> Option<Calibration> {
    let prediction = |one: &Recommendation| {
        let effect = &rule(&one.rule)?.effect;
        let predicted = Interval { low: effect.low, high: effect.high };
        Some(Prediction { predicted, measured: one.measured?.estimate })
    };
    let measured: Vec<Prediction> = all.iter().filter_map(prediction).collect();
    calibration(&measured)
}
