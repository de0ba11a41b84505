//! Reconciliation: what the plan expected against what the ledger holds, line by line, each with its explanation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::member::MemberPlan;
use super::openings::Opening;
use super::snapshot::{LotState, SourceKey};
use super::totals::Totals;
use crate::conversion::words::{Sentence, Word};
use crate::conversion::{Fraction, TooLarge};
use crate::time::Timestamp;

/// One line of the control report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlLine {
    /// What is counted, such as `opening_available` or `converted_in`.
    pub code: &'static str,
    /// The source; empty for the target or the run as a whole.
    pub source: String,
    /// The point type, or what else is counted.
    pub subject: String,
    /// What it should be.
    pub expected: Fraction,
    /// What it is.
    pub actual: Fraction,
    /// Why the line is as it is, in words of the locales.
    pub explanation: Sentence,
}

impl ControlLine {
    /// `actual - expected`.
    #[must_use]
    pub fn difference(&self) -> Fraction {
        self.actual.minus(self.expected).unwrap_or(self.actual)
    }

    /// Is there nothing to explain?
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.expected == self.actual
    }
}

/// What sources stated at extraction: by source and point type, sums by state (`available`, `pending`, `held`, `debt`).
pub type Stated = BTreeMap<(String, String), BTreeMap<String, i128>>;

/// What the ledger holds for the run: by target point type, sums by state, as posted.
pub type Posted = BTreeMap<String, BTreeMap<String, i128>>;

/// The control report of a run: opening against what the sources stated, every account of the conversion, and what
/// was to be posted against what was. [`TooLarge`] where a sum goes beyond exact fractions.
pub fn reconcile(
    totals: &Totals,
    stated: &Stated,
    posted: &Posted,
) -> Result<Vec<ControlLine>, TooLarge> {
    let mut lines = Vec::new();
    let names: BTreeSet<_> = totals.points.keys().chain(stated.keys()).collect();
    for (source, point_type) in names {
        opening(&mut lines, totals, stated, source, point_type)?;
    }
    for ((source, point_type), points) in &totals.points {
        let mut line = |code, expected, actual, key| {
            lines.push(ControlLine {
                code,
                source: source.clone(),
                subject: point_type.clone(),
                expected,
                actual,
                explanation: Sentence::new(key),
            });
        };
        let placed = points.source.values().sum::<i128>();
        let came = points.opening.values().sum::<i128>();
        line("placed", whole(came)?, whole(placed)?, "merging-control-placed");
        let made = points.exact.minus(points.cut)?.plus(points.rounding)?;
        line("converted_in", made, whole(points.opened())?, "merging-control-converted");
        for (name, key) in [
            ("held_back", "merging-control-held-back"),
            ("kept_apart", "merging-control-kept-apart"),
            ("left", "merging-control-left"),
            ("expired", "merging-control-expired"),
        ] {
            let units = points.source.get(name).copied().unwrap_or(0);
            if units != 0 {
                line(name, whole(units)?, whole(units)?, key);
            }
        }
        line("rounding", points.rounding, points.rounding, "merging-control-rounding");
    }
    post(&mut lines, totals, posted)?;
    Ok(lines)
}

fn whole(number: i128) -> Result<Fraction, TooLarge> {
    Fraction::new(number, 1)
}

fn opening(
    lines: &mut Vec<ControlLine>,
    totals: &Totals,
    stated: &Stated,
    source: &str,
    point_type: &str,
) -> Result<(), TooLarge> {
    let name = (source.to_owned(), point_type.to_owned());
    for (state, code) in [
        ("available", "opening_available"),
        ("pending", "opening_pending"),
        ("held", "opening_held"),
        ("debt", "opening_debt"),
    ] {
        let loaded = totals.points.get(&name).and_then(|points| points.opening.get(state));
        let said = stated.get(&name).and_then(|states| states.get(state));
        let (loaded, said) = (loaded.copied().unwrap_or(0), said.copied().unwrap_or(0));
        if loaded != 0 || said != 0 {
            lines.push(ControlLine {
                code,
                source: name.0.clone(),
                subject: name.1.clone(),
                expected: whole(said)?,
                actual: whole(loaded)?,
                explanation: Sentence::new("merging-control-opening"),
            });
        }
    }
    Ok(())
}

fn post(lines: &mut Vec<ControlLine>, totals: &Totals, posted: &Posted) -> Result<(), TooLarge> {
    let mut expected = BTreeMap::<(&str, &str), i128>::new();
    for points in totals.points.values() {
        for (state, units) in &points.target {
            // What comes back after expiry is free to spend.
            let state = if *state == "reinstated" { "available" } else { state };
            *expected.entry((&points.to, state)).or_default() += units;
        }
        *expected.entry((&points.to, "available")).or_default() += points.gifts;
    }
    for (to, units) in &totals.compensation {
        *expected.entry((to, "available")).or_default() += units;
    }
    let mut names: BTreeSet<(&str, &str)> = expected.keys().copied().collect();
    for (to, states) in posted {
        names.extend(states.keys().map(|state| (to.as_str(), state.as_str())));
    }
    for name in names {
        let planned = expected.get(&name).copied().unwrap_or(0);
        let held = posted.get(name.0).and_then(|states| states.get(name.1)).copied().unwrap_or(0);
        if planned != 0 || held != 0 {
            lines.push(ControlLine {
                code: "posted",
                source: String::new(),
                subject: format!("{}/{}", name.0, name.1),
                expected: whole(planned)?,
                actual: whole(held)?,
                explanation: Sentence::new("merging-control-posted"),
            });
        }
    }
    Ok(())
}

/// A lot as the ledger opened it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostedLot {
    /// The target's point type.
    pub to: String,
    /// How many were opened.
    pub points: i64,
    /// In which state.
    pub state: LotState,
    /// When they were earned.
    pub earned_at: Timestamp,
    /// When they end.
    pub expires_at: Option<Timestamp>,
}

/// Something the ledger holds otherwise than planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Planned, and not there.
    Missing(SourceKey, Opening),
    /// There, and not planned.
    Unplanned(SourceKey, PostedLot),
}

/// Compares one member's opening lots with those that the ledger opened, whatever their order.
#[must_use]
pub fn compare(plan: &MemberPlan, posted: &[PostedLot]) -> Vec<Difference> {
    let mut left: Vec<PostedLot> = posted.to_vec();
    let mut found = Vec::new();
    for opening in plan.openings() {
        let same = left.iter().position(|lot| {
            lot.to == opening.to
                && lot.points == opening.points
                && lot.state == opening.state
                && (lot.points < 0
                    || (lot.expires_at == opening.expires_at && lot.earned_at == opening.earned_at))
        });
        match same {
            Some(place) => {
                left.swap_remove(place);
            }
            None => found.push(Difference::Missing(plan.golden.clone(), opening)),
        }
    }
    left.sort();
    found.extend(left.into_iter().map(|lot| Difference::Unplanned(plan.golden.clone(), lot)));
    found
}

/// What a source's points of a type are worth as a liability: units × the share that will be redeemed × unit cost.
pub fn liability(
    units: i64,
    redeemed: crate::rate::Rate,
    cost_minor: crate::rate::Rate,
) -> Result<Fraction, TooLarge> {
    Fraction::whole(units).at(redeemed)?.at(cost_minor)
}

/// The words for a difference that nobody has explained yet.
#[must_use]
pub fn unexplained(line: &ControlLine) -> Sentence {
    Sentence::new("merging-control-unexplained")
        .with("difference", Word::Text(line.difference().to_string()))
        .with("subject", Word::Text(format!("{} {}", line.source, line.subject).trim().to_owned()))
}
