//! Reconciliation: what the plan expected against what the ledger holds, line by line, each with its explanation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::exceptions::ExceptionCode;
use super::member::{GoldenStatus, MemberPlan};
use super::openings::Opening;
use super::points::Disposition;
use super::rules::Mode;
use super::snapshot::{LotState, MemberSnapshot, SourceKey};
use super::totals::Totals;
use crate::conversion::words::{Sentence, Word};
use crate::conversion::{Fraction, TooLarge};
use crate::time::Timestamp;

/// The line that counts points of posted members that are on the way to or from a partner: there are none.
pub const IN_TRANSIT: &str = "in_transit";

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

/// What became of source units, found out apart from the plan's own lines: by source and point type.
pub type Classified = BTreeMap<(String, String), BTreeMap<&'static str, i128>>;

/// What a plan is laid beside: snapshots, and the ledger with what goes with it. Nothing of it is taken from the sums of
/// the plan.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// What the snapshots hold, by state.
    pub loaded: Stated,
    /// What has to become of that, by how accounts and members stand.
    pub classified: Classified,
    /// The exact shares of lots, added up one by one.
    pub shares: BTreeMap<(String, String), Fraction>,
    /// What the ledger's lines come to.
    pub posted: Posted,
    /// Things that are counted: how many there should be, and how many there are.
    pub things: BTreeMap<&'static str, (i128, i128)>,
}

impl Seen {
    /// Adds a golden member's accounts as their snapshots have them.
    pub fn snapshot(
        &mut self,
        mode: Mode,
        plan: &MemberPlan,
        accounts: &[MemberSnapshot],
    ) -> Result<(), TooLarge> {
        for snapshot in accounts {
            let moves = plan.accounts.iter().any(|a| a.key == snapshot.key && a.moves);
            let opens = moves && plan.status != GoldenStatus::HeldBack && mode != Mode::LinkOnly;
            // Whoever opens has nothing left on its way, and that is told where there is nothing to tell, too.
            let on_the_way = snapshot.lots.iter().filter(|lot| lot.state == LotState::InTransit);
            let on_the_way: i128 = on_the_way.map(|lot| i128::from(lot.points)).sum();
            self.sum(IN_TRANSIT, 0, if opens { on_the_way } else { 0 });
            for lot in &snapshot.lots {
                let name = (snapshot.key.source.clone(), lot.point_type.clone());
                let points = i128::from(lot.points);
                let state = if lot.points < 0 { "debt" } else { lot.state.name() };
                let states = self.loaded.entry(name.clone()).or_default();
                *states.entry(state.to_owned()).or_default() += points;
                let became = match plan.status {
                    _ if lot.state == LotState::Expired => "expired",
                    _ if !moves || mode == Mode::LinkOnly => "left",
                    GoldenStatus::HeldBack => "held_back",
                    _ => "opens",
                };
                self.classify(&name, became, points);
            }
        }
        // A debt that would be paid with another program's points is an exception with what it comes to.
        let apart = plan.exceptions.iter().filter(|e| e.code == ExceptionCode::DebtAcrossPrograms);
        for exception in apart.filter(|_| plan.status != GoldenStatus::HeldBack) {
            let name = (exception.key.source.clone(), exception.subject.clone());
            self.classify(&name, "opens", -i128::from(exception.points));
            self.classify(&name, "kept_apart", i128::from(exception.points));
        }
        for line in plan.lines.iter().filter(|line| line.disposition == Disposition::Opens) {
            let name = (line.key.source.clone(), line.lot.point_type.clone());
            if line.lot.state == LotState::Expired {
                self.classify(&name, "expired", -i128::from(line.lot.points));
                self.classify(&name, "opens", i128::from(line.lot.points));
            }
            let share = self.shares.entry(name).or_insert(Fraction::ZERO);
            *share = share.plus(line.exact)?;
        }
        Ok(())
    }

    fn classify(&mut self, name: &(String, String), became: &'static str, points: i128) {
        let of = self.classified.entry(name.clone()).or_default();
        *of.entry(became).or_default() += points;
    }

    /// Adds what was seen elsewhere.
    pub fn join(&mut self, other: Self) -> Result<(), TooLarge> {
        let sums = |mine: &mut Stated, more: Stated| {
            for (name, states) in more {
                let of = mine.entry(name).or_default();
                states.into_iter().for_each(|(state, by)| *of.entry(state).or_default() += by);
            }
        };
        sums(&mut self.loaded, other.loaded);
        for (to, states) in other.posted {
            let of = self.posted.entry(to).or_default();
            states.into_iter().for_each(|(state, by)| *of.entry(state).or_default() += by);
        }
        for (name, of) in other.classified {
            of.into_iter().for_each(|(became, points)| self.classify(&name, became, points));
        }
        for (name, share) in other.shares {
            let of = self.shares.entry(name).or_insert(Fraction::ZERO);
            *of = of.plus(share)?;
        }
        for (what, (expected, actual)) in other.things {
            self.sum(what, expected, actual);
        }
        Ok(())
    }

    /// Counts things: how many should be there, and how many are.
    pub fn count(&mut self, what: &'static str, expected: usize, actual: usize) {
        let thing = self.things.entry(what).or_default();
        thing.0 += i128::try_from(expected).unwrap_or(i128::MAX);
        thing.1 += i128::try_from(actual).unwrap_or(i128::MAX);
    }

    /// Adds sums of something: what it should come to, and what it does.
    pub fn sum(&mut self, what: &'static str, expected: i128, actual: i128) {
        let thing = self.things.entry(what).or_default();
        thing.0 += expected;
        thing.1 += actual;
    }
}

/// The control report of a run: the journal against the snapshots, every account of the conversion, what was to be
/// posted against what was, and how many things there are of each kind. [`TooLarge`] where a sum goes beyond exact
/// fractions.
pub fn reconcile(totals: &Totals, seen: &Seen) -> Result<Vec<ControlLine>, TooLarge> {
    let mut lines = Vec::new();
    let names: BTreeSet<_> = totals.points.keys().chain(seen.loaded.keys()).collect();
    for (source, point_type) in names {
        opening(&mut lines, totals, &seen.loaded, source, point_type)?;
    }
    for (name, points) in &totals.points {
        let mut line = |code, expected, actual, key| {
            lines.push(ControlLine {
                code,
                source: name.0.clone(),
                subject: name.1.clone(),
                expected,
                actual,
                explanation: Sentence::new(key),
            });
        };
        let placed = points.source.values().sum::<i128>();
        let came = seen.loaded.get(name).map_or(0, |states| states.values().sum::<i128>());
        line("placed", whole(came)?, whole(placed)?, "merging-control-placed");
        let made = points.exact.minus(points.cut)?.plus(points.rounding)?;
        line("converted_in", made, whole(points.opened())?, "merging-control-converted");
        for (became, key) in [
            ("opens", "merging-control-opens"),
            ("held_back", "merging-control-held-back"),
            ("kept_apart", "merging-control-kept-apart"),
            ("left", "merging-control-left"),
            ("expired", "merging-control-expired"),
        ] {
            let units = points.source.get(became).copied().unwrap_or(0);
            let due = seen.classified.get(name).and_then(|of| of.get(became));
            let due = due.copied().unwrap_or(0);
            if units != 0 || due != 0 {
                line(became, whole(due)?, whole(units)?, key);
            }
        }
        let shares = seen.shares.get(name).copied().unwrap_or(Fraction::ZERO);
        let gave = whole(points.opened())?.minus(shares)?;
        line("rounding", points.rounding, gave, "merging-control-rounding");
    }
    post(&mut lines, totals, &seen.posted)?;
    for (what, (expected, actual)) in &seen.things {
        lines.push(ControlLine {
            code: what,
            source: String::new(),
            subject: String::new(),
            expected: whole(*expected)?,
            actual: whole(*actual)?,
            explanation: Sentence::new(match *what {
                IN_TRANSIT => "merging-control-in-transit",
                _ => "merging-control-things",
            }),
        });
    }
    Ok(lines)
}

fn whole(number: i128) -> Result<Fraction, TooLarge> {
    Fraction::new(number, 1)
}

fn opening(
    lines: &mut Vec<ControlLine>,
    totals: &Totals,
    loaded: &Stated,
    source: &str,
    point_type: &str,
) -> Result<(), TooLarge> {
    let name = (source.to_owned(), point_type.to_owned());
    for (state, code) in [
        ("available", "opening_available"),
        ("pending", "opening_pending"),
        ("held", "opening_held"),
        ("expired", "opening_expired"),
        ("in_transit", "opening_in_transit"),
        ("debt", "opening_debt"),
    ] {
        let journaled = totals.points.get(&name).and_then(|points| points.opening.get(state));
        let there = loaded.get(&name).and_then(|states| states.get(state));
        let (journaled, there) = (journaled.copied().unwrap_or(0), there.copied().unwrap_or(0));
        if journaled != 0 || there != 0 {
            lines.push(ControlLine {
                code,
                source: name.0.clone(),
                subject: name.1.clone(),
                expected: whole(there)?,
                actual: whole(journaled)?,
                explanation: Sentence::new(match state {
                    "in_transit" => "merging-control-on-the-way",
                    _ => "merging-control-opening",
                }),
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
