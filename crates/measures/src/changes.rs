//! The two-sided section of a report: what improved and what got worse, by the same measure, so that
//! nobody chooses which to show.

use serde::{Deserialize, Serialize};

use crate::closing::Direction;

/// An indicator now and before, with the standard error of their difference where it has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The indicator.
    pub kpi: String,
    /// What counts as better.
    pub better: Direction,
    /// The value now, in its unit.
    pub now: f64,
    /// The value before, in its unit.
    pub before: f64,
    /// The standard error of now less before; `None` for figures that are counted and not sampled.
    pub se: Option<f64>,
}

/// A change that is large enough to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What changed.
    pub of: Compared,
    /// The change relative to before; `None` when before was 0.
    pub relative: Option<f64>,
    /// Its standardized size, above 0, the order of the list.
    pub size: f64,
}

/// Both sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TwoSided {
    /// What improved, the largest first.
    pub improvements: Vec<Change>,
    /// What got worse, the largest first.
    pub deteriorations: Vec<Change>,
}

/// A counted figure's relative change of this much weighs as one standard error.
const COUNTED_UNIT: f64 = 0.05;
/// Changes below this standardized size are noise and not told.
const LEAST_SIZE: f64 = 1.96;

/// Sorts what changed into both sides, at most `most` on each, by standardized change: the difference
/// in standard errors, or in steps of 5 % for figures that are counted whole.
pub fn two_sided(compared: &[Compared], most: usize) -> TwoSided {
    let mut sides = TwoSided::default();
    for one in compared {
        let change = one.now - one.before;
        let relative = (one.before != 0.0).then(|| change / one.before.abs());
        let size = match (one.se, relative) {
            (Some(se), _) if se > 0.0 => (change / se).abs(),
            (_, Some(relative)) => (relative / COUNTED_UNIT).abs(),
            (_, None) => 0.0,
        };
        if size < LEAST_SIZE || !size.is_finite() {
            continue;
        }
        let better = (change > 0.0) == (one.better == Direction::Up);
        let side = if better { &mut sides.improvements } else { &mut sides.deteriorations };
        side.push(Change { of: one.clone(), relative, size });
    }
    for side in [&mut sides.improvements, &mut sides.deteriorations] {
        side.sort_by(|a, b| b.size.total_cmp(&a.size).then_with(|| a.of.kpi.cmp(&b.of.kpi)));
        side.truncate(most);
    }
    sides
}
