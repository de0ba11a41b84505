//! Who has left, where there is no contract to cancel: the named definitions of measures §3.3.

use serde::{Deserialize, Serialize};

/// A definition of having left; every figure of churn names the one it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Definition {
    /// No qualifying activity in a window of days.
    Window,
    /// Quiet for longer than the member's own pace explains.
    Pace,
    /// The chance of being a customer is below one half.
    Model,
    /// A contract was canceled, ended, or stayed unpaid after its grace.
    Contract,
}

/// How a member stands against his or her own pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Within the usual.
    Active,
    /// Past one and a half of the median gap.
    Slowing,
    /// Past nine tenths of the gaps.
    AtRisk,
    /// Past twice that.
    Lapsed,
}

/// The shortest window of the fixed definition, in days.
pub const LEAST_WINDOW: u32 = 90;
/// Purchases from which a member's own pace is used; below it the segment's.
pub const OWN_PACE_FROM: usize = 4;

/// The default window: the longer of 90 days and three median gaps between purchases of the category.
pub fn window(gaps: &[u32]) -> u32 {
    median(gaps).map_or(LEAST_WINDOW, |median| LEAST_WINDOW.max(median.saturating_mul(3)))
}

/// A member's state from the days since the last purchase and the gaps of the pace that holds: the
/// member's own with at least three gaps, else `segment_gaps`. `None` when both are empty.
pub fn state(days_since: u32, own_gaps: &[u32], segment_gaps: &[u32]) -> Option<State> {
    let gaps = if own_gaps.len() + 1 >= OWN_PACE_FROM { own_gaps } else { segment_gaps };
    let (middle, long) = (median(gaps)?, quantile(gaps, 9, 10)?);
    Some(if days_since > long.saturating_mul(2) {
        State::Lapsed
    } else if days_since > long {
        State::AtRisk
    } else if days_since.saturating_mul(2) > middle.saturating_mul(3) {
        State::Slowing
    } else {
        State::Active
    })
}

/// The middle of `values`, the lower of two; `None` for none.
pub fn median(values: &[u32]) -> Option<u32> {
    quantile(values, 1, 2)
}

/// The smallest of `values` with at least `part` of `whole` of them at or below it; `None` for none.
pub fn quantile(values: &[u32], part: usize, whole: usize) -> Option<u32> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * part).div_ceil(whole.max(1)).max(1);
    sorted.get(rank - 1).copied()
}
