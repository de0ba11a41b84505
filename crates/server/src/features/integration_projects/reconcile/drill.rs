//! From a line of the control report down to the members behind it, their lots and their openings in the journal.

use lazo_domain::conversion::Fraction;
use lazo_domain::merging::points::Line as PlanLine;
use lazo_domain::merging::reconcile::{ControlLine, Seen, reconcile};
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{MemberPlan, SourceKey};
use serde::Serialize;

use super::super::fault::{MergeFault, refused};
use super::super::matching::name;
use super::super::store::projects::Project;
use super::super::workbench::Workbench;
use super::MEMBERS;
use super::compare::{Compared, Comparing, Stretch};
use super::opened::{Opening, add};
use super::report::Line;

/// Members passed by in one answer because they come from other sources than the line's, which costs little.
const PASSED_BY: usize = 200_000;

/// How far an answer looks: of a line that few stand behind it may be empty and still go on.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Members compared in one answer, about.
    pub compared: usize,
    /// Members read at once.
    pub step: i64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { compared: 5_000, step: 500 }
    }
}

/// Which line of a report.
#[derive(Debug, Clone, Default)]
pub struct LineName {
    /// What is counted.
    pub code: String,
    /// The source; empty where only one fits.
    pub source: String,
    /// The point type, or what else is counted; empty where only one fits.
    pub subject: String,
}

impl LineName {
    /// From `code`, `code:subject` or `code:source/subject`, as people write it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (code, subject) = text.split_once(':').unwrap_or((text, ""));
        Self { code: code.to_owned(), source: String::new(), subject: subject.to_owned() }
    }

    fn is(&self, line: &Line) -> bool {
        let whole = format!("{}/{}", line.source, line.subject);
        line.code == self.code
            && (self.source.is_empty() || line.source == self.source)
            && (self.subject.is_empty() || line.subject == self.subject || whole == self.subject)
    }
}

/// What one member has to do with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// The golden member, as `source/number`.
    pub member: String,
    /// How it stands: `posted`, `in_part`, `refused`, `planned` or `unmerged`.
    pub state: String,
    /// Its part of what should be, exactly.
    pub expected: String,
    /// Its part of what is.
    pub actual: String,
    /// `actual - expected`.
    pub difference: String,
    /// The lots of its sources that the line counts.
    pub lots: Vec<BehindLot>,
    /// Its account in the ledger.
    pub account: Option<String>,
    /// Its opening in the journal.
    pub event: Option<String>,
}

/// A lot of a source behind a line, and what it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BehindLot {
    /// Whose it was, as `source/number`.
    pub account: String,
    /// The source's name of it.
    pub lot: String,
    /// In which state it was.
    pub state: &'static str,
    /// What it had, in source units.
    pub source_points: i64,
    /// What that converts to, exactly.
    pub exact: String,
    /// What opens, in target units.
    pub points: i64,
    /// What became of it.
    pub disposition: &'static str,
}

/// A stretch of the members behind a line.
#[derive(Debug, Clone, Serialize)]
pub struct LineMembers {
    /// The line, as it is in the frozen report.
    pub line: Line,
    /// Members that it counts.
    pub members: Vec<Behind>,
    /// After whom it goes on; none at the end.
    pub next: Option<SourceKey>,
}

impl Workbench {
    /// The members behind a line of a wave's frozen report, in the order of golden keys after `after`. What they have
    /// together is the line.
    pub async fn behind(
        &self,
        project: &Project,
        number: i64,
        wanted: &LineName,
        after: &SourceKey,
        limit: usize,
    ) -> Result<LineMembers, MergeFault> {
        self.behind_within(project, (number, wanted), after, limit, Reach::default()).await
    }

    /// As [`Workbench::behind`], looking only so far.
    pub async fn behind_within(
        &self,
        project: &Project,
        (number, wanted): (i64, &LineName),
        after: &SourceKey,
        limit: usize,
        reach: Reach,
    ) -> Result<LineMembers, MergeFault> {
        let report = self.control_report(project, number).await?;
        let line = one_line(&report.lines, wanted)?;
        let wave = self.wave(project, number).await?;
        let codes = self.codes(project).await?;
        let comparing = Comparing::new(self, project, Some(&wave), codes);
        let (mut members, mut after) = (Vec::new(), after.clone());
        let (mut looked, mut passed) = (0, 0);
        loop {
            let Stretch { compared, last, passed_by } =
                comparing.stretch(&line.source, &after, reach.step).await?;
            looked += compared.len();
            passed += passed_by;
            for one in compared {
                members.extend(comparing.behind(&one, &line)?);
                if members.len() == limit {
                    return Ok(LineMembers { line, members, next: Some(one.row.golden) });
                }
            }
            let Some(last) = last else { return Ok(LineMembers { line, members, next: None }) };
            after = last;
            if looked >= reach.compared || passed >= PASSED_BY {
                return Ok(LineMembers { line, members, next: Some(after) });
            }
        }
    }
}

/// The one line that is meant.
fn one_line(lines: &[Line], wanted: &LineName) -> Result<Line, MergeFault> {
    let found: Vec<&Line> = lines.iter().filter(|line| wanted.is(line)).collect();
    match found.as_slice() {
        [line] => Ok((*line).clone()),
        [] => {
            let mut codes: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
            codes.dedup();
            let what = format!("the report has no line `{}:{}`", wanted.code, wanted.subject);
            Err(refused("merge_no_line", what, format!("its lines are {}", codes.join(", "))))
        }
        several => {
            let names = several.iter().map(|line| match line.source.as_str() {
                "" => format!("{}:{}", line.code, line.subject),
                source => format!("{}:{source}/{}", line.code, line.subject),
            });
            let names: Vec<String> = names.collect();
            let what = format!("`{}` may be several lines", wanted.code);
            Err(refused("merge_no_line", what, format!("say which: {}", names.join(", "))))
        }
    }
}

impl Comparing {
    /// What a member has to do with a line; none when that is nothing.
    fn behind(&self, compared: &Compared, line: &Line) -> Result<Option<Behind>, MergeFault> {
        let Compared { row, plan, event, .. } = compared;
        let there = matches!(row.state.as_str(), "posted" | "unmerged");
        let (expected, actual) = if line.code == MEMBERS {
            (Fraction::whole(1), Fraction::whole(i64::from(there)))
        } else if there || row.state == "in_part" {
            let (mut totals, mut seen) = (Totals::default(), Seen::default());
            totals.add(plan)?;
            if let Some(Opening { made, .. }) = event {
                add(&mut seen.posted, made, &self.codes);
            }
            compared.see(&mut seen)?;
            let own = reconcile(&totals, &seen)?;
            let same = |own: &&ControlLine| {
                own.code == line.code && own.source == line.source && own.subject == line.subject
            };
            match own.iter().find(same) {
                Some(own) => (own.expected, own.actual),
                None => return Ok(None),
            }
        } else {
            return Ok(None);
        };
        if expected == Fraction::ZERO && actual == Fraction::ZERO {
            return Ok(None);
        }
        Ok(Some(Behind {
            member: name(&row.golden),
            state: row.state.clone(),
            expected: expected.to_string(),
            actual: actual.to_string(),
            difference: actual.minus(expected)?.to_string(),
            lots: counted(plan, line),
            account: row.account.map(|account| account.to_string()),
            event: event.as_ref().map(|opening| opening.event.event.id.to_string()),
        }))
    }
}

/// The lots of a member that a line counts.
fn counted(plan: &MemberPlan, line: &Line) -> Vec<BehindLot> {
    let counts = |lot: &&PlanLine| match line.code.as_str() {
        MEMBERS => false,
        "posted" => {
            let state = if lot.points < 0 { "debt" } else { lot.opens_as(plan.cutover).name() };
            lot.disposition.name() == "opens" && line.subject == format!("{}/{state}", lot.to)
        }
        code => {
            let state = if lot.lot.points < 0 { "debt" } else { lot.lot.state.name() };
            let of = lot.key.source == line.source && lot.lot.point_type == line.subject;
            of && match code.strip_prefix("opening_") {
                Some(wanted) => state == wanted,
                None if matches!(code, "converted_in" | "rounding") => {
                    lot.disposition.name() == "opens"
                }
                None => code == "placed" || lot.disposition.name() == code,
            }
        }
    };
    let told = plan.lines.iter().filter(counts).map(|line| BehindLot {
        account: name(&line.key),
        lot: line.lot.lot.clone(),
        state: line.lot.state.name(),
        source_points: line.lot.points,
        exact: line.exact.to_string(),
        points: line.points,
        disposition: line.disposition.name(),
    });
    told.collect()
}
