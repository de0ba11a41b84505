//! When an improvement may be called a success, and how good earlier predictions were.

use serde::{Deserialize, Serialize};

use crate::stats::intervals::{Interval, Verdict};

/// Which way a change was meant to move its indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Up is what was wanted.
    Up,
    /// Down is what was wanted.
    Down,
}

/// How a measured change ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The whole interval lies on the side that was wanted.
    Success,
    /// The whole interval lies on the other side.
    Failure,
    /// The interval holds 0.
    NotConclusive,
}

/// The only way to an outcome: without a measured interval there is none (R5).
pub fn outcome(measured: Interval, wanted: Direction) -> Outcome {
    match (measured.verdict(), wanted) {
        (Verdict::NotConclusive, _) => Outcome::NotConclusive,
        (Verdict::Higher, Direction::Up) | (Verdict::Lower, Direction::Down) => Outcome::Success,
        (Verdict::Higher, Direction::Down) | (Verdict::Lower, Direction::Up) => Outcome::Failure,
    }
}

/// A prediction and what came of it, in the unit of its indicator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The range that was predicted.
    pub predicted: Interval,
    /// What was measured.
    pub measured: f64,
}

/// How good predictions were.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How many were measured.
    pub measured: u64,
    /// How many fell into their predicted range.
    pub inside: u64,
    /// The mean of measured less the middle of what was predicted; below 0 they promised too much.
    pub bias: f64,
}

/// How good `predictions` were; `None` while none is measured.
#[expect(clippy::cast_precision_loss, reason = "a count of predictions")]
pub fn calibration(predictions: &[Prediction]) -> Option<Calibration> {
    if predictions.is_empty() {
        return None;
    }
    let inside = predictions.iter().filter(|one| one.predicted.holds(one.measured)).count();
    let miss = |one: &Prediction| one.measured - (one.predicted.low + one.predicted.high) / 2.0;
    let bias = predictions.iter().map(miss).sum::<f64>() / predictions.len() as f64;
    let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
    Some(Calibration { measured: count(predictions.len()), inside: count(inside), bias })
}
