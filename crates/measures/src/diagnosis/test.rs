//! One test of a rule: read from its text, and asked of the facts.

use serde::{Deserialize, Serialize};

use super::facts::{Fact, Facts, Number};
use crate::stats::distributions::{chi_squared_above, normal_below};

/// One-sided level of a rule's tests.
const LEVEL: f64 = 0.05;

/// A test of a fact against a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The fact's name.
    pub fact: String,
    /// What is asked of it.
    pub kind: Kind,
    /// The line it is held against.
    pub line: Line,
    /// How many of the last periods must all be beyond the line.
    pub periods: Option<usize>,
    /// Fewest cases, where the test sets its own.
    pub fewest: Option<u64>,
}

/// What is asked of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It lies below the line.
    Below,
    /// It lies above the line.
    Above,
    /// The top quartile of its groups is more than the line times the bottom one.
    Spread,
    /// Its 95 % interval holds 0.
    Undecided,
}

/// A line: `factor × fact + shift`, or a number alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The fact it follows, if any.
    pub of: Option<String>,
    /// Its factor, or the number.
    pub factor: f64,
    /// What is added.
    pub shift: f64,
}

/// What the facts say to a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Answer {
    /// It holds, and not by chance.
    Holds {
        /// What the fact is.
        value: f64,
        /// The line.
        line: f64,
        /// The one-sided p-value; `None` for figures without chance.
        p: Option<f64>,
    },
    /// It does not hold.
    Fails {
        /// What the fact is.
        value: f64,
        /// The line.
        line: f64,
    },
    /// The fact is beyond the line, but that could be chance.
    Chance {
        /// What the fact is.
        value: f64,
        /// The line.
        line: f64,
        /// The one-sided p-value.
        p: f64,
    },
    /// Too few cases to say.
    TooFew {
        /// Cases there are.
        n: u64,
        /// Cases needed.
        fewest: u64,
    },
    /// The fact, or the one its line follows, is not known.
    Unknown {
        /// Which.
        #[serde(rename = "missing")]
        fact: String,
    },
}

impl Test {
    /// Reads a test's text; `None` when it is not one.
    pub fn read(text: &str) -> Option<Self> {
        let (body, fewest) = match text.rsplit_once(" n ") {
            Some((body, fewest)) => (body, Some(fewest.trim().parse().ok()?)),
            None => (text, None),
        };
        let (body, periods) = match body.rsplit_once(" for ") {
            Some((body, periods)) => (body, Some(periods.trim().parse().ok()?)),
            None => (body, None),
        };
        let wrapped = |name: &str, text: &str| {
            Some(text.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?.to_owned())
        };
        if let Some(fact) = wrapped("undecided", body) {
            let line = Line { of: None, factor: 0.0, shift: 0.0 };
            return Some(Self { fact, kind: Kind::Undecided, line, periods, fewest });
        }
        let (left, right, above) = match body.split_once('<') {
            Some((left, right)) => (left, right, false),
            None => body.split_once('>').map(|(left, right)| (left, right, true))?,
        };
        let line = Line::read(right)?;
        if let Some(fact) = wrapped("spread", left) {
            return Some(Self { fact, kind: Kind::Spread, line, periods, fewest });
        }
        let kind = if above { Kind::Above } else { Kind::Below };
        Some(Self { fact: left.trim().to_owned(), kind, line, periods, fewest })
    }
}

impl Line {
    fn read(text: &str) -> Option<Self> {
        let Some((factor, rest)) = text.split_once('*') else {
            return Some(Self { of: None, factor: text.trim().parse().ok()?, shift: 0.0 });
        };
        let rest = rest.trim();
        let (of, shift) = match (rest.split_once(" + "), rest.split_once(" - ")) {
            (Some((of, shift)), _) => (of, shift.trim().parse().ok()?),
            (_, Some((of, shift))) => (of, -shift.trim().parse::<f64>().ok()?),
            (None, None) => (rest, 0.0),
        };
        Some(Self { of: Some(of.trim().to_owned()), factor: factor.trim().parse().ok()?, shift })
    }

    fn at(&self, facts: &Facts) -> Result<Number, Answer> {
        let Some(of) = &self.of else {
            return Ok(Number { value: self.factor + self.shift, se: 0.0, n: None });
        };
        let unknown = || Answer::Unknown { fact: of.clone() };
        let number = facts.get(of).and_then(Fact::number).ok_or_else(unknown)?;
        Ok(Number {
            value: self.factor * number.value + self.shift,
            se: self.factor.abs() * number.se,
            n: number.n,
        })
    }
}

/// Asks a test of the facts; `min_n` is the rule's fewest cases.
pub fn ask(test: &Test, facts: &Facts, min_n: u64) -> Answer {
    let fewest = test.fewest.unwrap_or(min_n);
    let Some(fact) = facts.get(&test.fact) else {
        return Answer::Unknown { fact: test.fact.clone() };
    };
    let line = match test.line.at(facts) {
        Ok(line) => line,
        Err(unknown) => return unknown,
    };
    if let Some(n) = line.n.filter(|n| *n < fewest) {
        return Answer::TooFew { n, fewest };
    }
    match (test.kind, fact) {
        (Kind::Spread, Fact::Groups { groups }) => spread(groups, line.value, fewest),
        (Kind::Undecided, Fact::Effect { estimate, se, n }) => {
            undecided(*estimate, *se, *n, fewest)
        }
        (Kind::Below | Kind::Above, Fact::Series { series, n }) => {
            lasting(series, *n, test, line.value, fewest)
        }
        (Kind::Below | Kind::Above, fact) => match fact.number() {
            Some(number) => beyond(fact, number, line, test.kind == Kind::Above, fewest),
            None => Answer::Unknown { fact: test.fact.clone() },
        },
        _ => Answer::Unknown { fact: test.fact.clone() },
    }
}

/// A share against a fixed line is tested with the line's own variance (score test), all else by the
/// variances of both sides.
fn beyond(fact: &Fact, number: Number, line: Number, above: bool, fewest: u64) -> Answer {
    if let Some(n) = number.n.filter(|n| *n < fewest) {
        return Answer::TooFew { n, fewest };
    }
    let (value, at) = (number.value, line.value);
    let over = if above { value - at } else { at - value };
    if over <= 0.0 {
        return Answer::Fails { value, line: at };
    }
    let se = match fact {
        Fact::Share(share) if line.se == 0.0 && at > 0.0 && at < 1.0 => {
            #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
            let n = share.n as f64;
            (at * (1.0 - at) / n).sqrt()
        }
        _ => number.se.hypot(line.se),
    };
    if se <= 0.0 {
        return Answer::Holds { value, line: at, p: None };
    }
    let p = normal_below(-over / se);
    if p < LEVEL {
        Answer::Holds { value, line: at, p: Some(p) }
    } else {
        Answer::Chance { value, line: at, p }
    }
}

fn lasting(series: &[f64], n: u64, test: &Test, line: f64, fewest: u64) -> Answer {
    let periods = test.periods.unwrap_or(1);
    if n < fewest {
        return Answer::TooFew { n, fewest };
    }
    let Some(from) = series.len().checked_sub(periods) else {
        return Answer::Unknown { fact: test.fact.clone() };
    };
    let last = &series[from..];
    let value = last.last().copied().unwrap_or(f64::NAN);
    let beyond = |value: &f64| if test.kind == Kind::Above { *value > line } else { *value < line };
    if last.iter().all(beyond) {
        Answer::Holds { value, line, p: None }
    } else {
        Answer::Fails { value, line }
    }
}

fn undecided(estimate: f64, se: f64, n: u64, fewest: u64) -> Answer {
    if n < fewest {
        return Answer::TooFew { n, fewest };
    }
    let holds = estimate.abs() <= 1.959_963_984_540_054 * se;
    if holds {
        Answer::Holds { value: estimate, line: 0.0, p: None }
    } else {
        Answer::Fails { value: estimate, line: 0.0 }
    }
}

/// The pooled share of the top quartile of groups over that of the bottom one; that groups differ at
/// all is tested by χ² of homogeneity over all of them.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
fn spread(groups: &[(u64, u64)], line: f64, fewest: u64) -> Answer {
    let mut with: Vec<(u64, u64)> = groups.iter().copied().filter(|(_, n)| *n > 0).collect();
    let n: u64 = with.iter().map(|(_, n)| *n).sum();
    if n < fewest || with.len() < 4 {
        return Answer::TooFew { n, fewest };
    }
    let share = |group: &(u64, u64)| group.0 as f64 / group.1 as f64;
    with.sort_by(|a, b| share(a).total_cmp(&share(b)));
    let quarter = with.len().div_ceil(4);
    let pooled = |part: &[(u64, u64)]| {
        let sum = part.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        share(&sum)
    };
    let (bottom, top) = (pooled(&with[..quarter]), pooled(&with[with.len() - quarter..]));
    let value = if bottom > 0.0 { top / bottom } else { f64::MAX };
    if value <= line || top == 0.0 {
        return Answer::Fails { value, line };
    }
    let whole = pooled(&with);
    let of = |group: &(u64, u64)| {
        let expected = group.1 as f64 * whole;
        (group.0 as f64 - expected).powi(2) / (expected * (1.0 - whole))
    };
    let p = chi_squared_above(with.iter().map(of).sum(), (with.len() - 1) as f64);
    if p < LEVEL {
        Answer::Holds { value, line, p: Some(p) }
    } else {
        Answer::Chance { value, line, p }
    }
}
