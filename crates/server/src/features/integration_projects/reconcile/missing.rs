//! What of a merge is not posted: named with its reason, added up, and laid beside the plans, so that totals close.

use std::collections::BTreeMap;

use lazo_domain::conversion::Fraction;
use lazo_domain::conversion::words::{Sentence, Word};
use lazo_domain::merging::reconcile::{ControlLine, PostedLot};
use serde::{Deserialize, Serialize};

use super::super::fault::MergeFault;
use super::super::matching::name;
use super::PLANNED;
use super::compare::{Compared, Gathered, NAMED};

/// What is not posted for a reason: of how many members, how many lots, what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missing {
    /// Members.
    pub members: i64,
    /// Lots, and debts.
    pub lots: i64,
    /// Target units.
    pub points: i128,
}

impl Missing {
    /// Adds what is missing elsewhere for the same reason.
    pub(super) fn add(&mut self, more: Self) {
        self.members += more.members;
        self.lots += more.lots;
        self.points += more.points;
    }
}

/// What of the plans is not in the ledger for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotPosted {
    /// The code of the refusal, or `not_run`.
    pub reason: String,
    /// The point type; empty for members who bring none.
    pub point_type: String,
    /// Of how many members.
    pub members: i64,
    /// How many lots and debts.
    pub lots: i64,
    /// What they come to, in target units.
    pub points: String,
}

impl From<((String, String), Missing)> for NotPosted {
    fn from(((reason, point_type), of): ((String, String), Missing)) -> Self {
        let Missing { members, lots, points } = of;
        Self { reason, point_type, members, lots, points: points.to_string() }
    }
}

impl NotPosted {
    /// What its line is about.
    pub(super) fn subject(&self) -> String {
        if self.point_type.is_empty() {
            return self.reason.clone();
        }
        format!("{}/{}", self.point_type, self.reason)
    }

    /// What is there, less what should be.
    pub(super) fn missing(&self) -> String {
        match self.points.strip_prefix('-') {
            Some(debt) => debt.to_owned(),
            None if self.points == "0" => "0".to_owned(),
            None => format!("-{}", self.points),
        }
    }

    /// In words.
    pub(super) fn sentence(&self) -> Sentence {
        Sentence::new("merging-control-not-posted")
            .with("members", Word::Number(self.members))
            .with("lots", Word::Number(self.lots))
    }
}

impl Gathered {
    /// Notes what of a member's plan is not among what the ledger opened, and why.
    pub(super) fn lacks(&mut self, member: &Compared, there: &[PostedLot]) {
        let Compared { row, plan, .. } = member;
        let mut lacking = BTreeMap::<String, (i64, i128)>::new();
        for opening in plan.openings() {
            let of = lacking.entry(opening.to.clone()).or_default();
            *of = (of.0 + 1, of.1 + i128::from(opening.points));
        }
        for lot in there {
            let of = lacking.entry(lot.to.clone()).or_default();
            *of = (of.0 - 1, of.1 - i128::from(lot.points));
        }
        lacking.retain(|_, (lots, points)| (*lots, *points) != (0, 0));
        let reason = match (row.state.as_str(), &row.reason) {
            (_, Some(reason)) => reason.as_str(),
            ("planned", None) => "not_run",
            (state, None) => state,
        };
        let mut said = format!("{}: {reason}", name(&row.golden));
        if lacking.is_empty() {
            self.missing.entry((reason.to_owned(), String::new())).or_default().members += 1;
        }
        for (to, (lots, points)) in lacking {
            said.push_str(&format!(", {lots} lots of {points} {to}"));
            let more = Missing { members: 1, lots, points };
            self.missing.entry((reason.to_owned(), to)).or_default().add(more);
        }
        if self.missing_members.len() < NAMED {
            self.missing_members.push(said);
        }
    }
}

/// Where not everything is posted: what all plans open is what the ledger holds and what is named as missing, together.
pub(super) fn closing(gathered: &Gathered) -> Result<Vec<ControlLine>, MergeFault> {
    if gathered.missing.is_empty() {
        return Ok(Vec::new());
    }
    let whole = |points: i128| Fraction::new(points, 1);
    let of = |to: &str| {
        let posted = gathered.seen.posted.get(to).map_or(0, |states| states.values().sum::<i128>());
        let named = gathered.missing.iter().filter(|((_, of), _)| of == to);
        posted + named.map(|(_, missing)| missing.points).sum::<i128>()
    };
    let line = |(to, planned): (&String, &i128)| {
        Ok(ControlLine {
            code: PLANNED,
            source: String::new(),
            subject: to.clone(),
            expected: whole(*planned)?,
            actual: whole(of(to))?,
            explanation: Sentence::new("merging-control-planned"),
        })
    };
    gathered.planned.iter().map(line).collect()
}
