//! The lines of one purchase or one cancellation, closed into a draft by the mapping's stated rules.

use std::collections::HashSet;

use lazo_domain::event::{self, Body, MAX_LINES, Purchase};
use lazo_domain::time::Timestamp;

use super::cancel::Matcher;
use super::draft::{Draft, Output, Sink};
use super::finding::{Finding, Treatment};
use super::line::{Line, Outcome, Reader};
use super::mapping::{Mapping, Repeated, Times};
use super::reading::Row;
use super::spool::{SpoolError, joined};

/// Collects rows of one key.
#[derive(Debug, Default)]
pub struct Group {
    members: Vec<Entry>,
    rows: u64,
}

#[derive(Debug)]
struct Entry {
    row: Row,
    line: Result<Box<Line>, Finding>,
}

/// What closing needs beside the lines.
pub struct Closer<'m> {
    /// The mapping.
    pub mapping: &'m Mapping,
    /// Shows rows.
    pub reader: &'m Reader<'m>,
    /// What was bought and not yet cancelled; only there when the mapping knows cancellations.
    pub matcher: Option<Matcher>,
}

impl Group {
    /// Adds a row. Rows beyond the most that a purchase may have are only counted, so that memory stays bounded.
    pub fn add(&mut self, row: Row, outcome: Outcome) {
        self.rows += 1;
        if self.members.len() <= MAX_LINES {
            let line = match outcome {
                Outcome::Line(line) => Ok(line),
                Outcome::Bad(finding, _) => Err(finding),
            };
            self.members.push(Entry { row, line });
        }
    }

    /// Is there nothing in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

impl Closer<'_> {
    /// Turns the group into drafts and findings. Answers false when the sink wants no more.
    pub fn close(&mut self, group: Group, sink: &mut dyn Sink) -> Result<bool, SpoolError> {
        let mut out = Vec::new();
        self.decide(group, &mut out)?;
        Ok(out.into_iter().all(|output| sink.take(output)))
    }

    fn decide(&mut self, group: Group, out: &mut Vec<Output>) -> Result<(), SpoolError> {
        if group.rows > group.members.len() as u64 || group.members.len() > MAX_LINES {
            self.too_many(&group, out);
            return Ok(());
        }
        let mut lines = Vec::with_capacity(group.members.len());
        let mut bad = Vec::new();
        for entry in group.members {
            match entry.line {
                Ok(line) => lines.push((entry.row, *line)),
                Err(finding) => bad.push(finding),
            }
        }
        if !bad.is_empty() {
            out.extend(bad.into_iter().map(finding));
            self.leave_out(
                &lines,
                "",
                "purchase_held",
                "another line of the same purchase cannot be read",
                out,
            );
            return Ok(());
        }
        let Some((first_row, first)) = lines.first().cloned() else { return Ok(()) };
        if lines.iter().any(|(_, line)| line.member != first.member) {
            self.leave_out(
                &lines,
                "member",
                "two_members",
                "the lines of the purchase name several members",
                out,
            );
            return Ok(());
        }
        if lines.iter().any(|(_, line)| line.cancels != first.cancels) {
            let reason = "some lines of the purchase cancel and some do not";
            self.leave_out(&lines, "", "mixed_cancellation", reason, out);
            return Ok(());
        }
        let Some(at) = self.time(&lines, out) else { return Ok(()) };
        self.repeated(&mut lines, out);
        self.notes(&lines, out);
        let draft = Draft {
            member: first.member.clone(),
            source_ref: first.purchase.clone(),
            at,
            body: Body::Elapse,
            line: first.line,
            rows: lines.len() as u64,
            cells: first_row.cells,
        };
        if first.cancels {
            self.cancel(draft, &lines, out)
        } else {
            self.purchase(draft, &lines, out)
        }
    }

    fn purchase(
        &mut self,
        mut draft: Draft,
        lines: &[(Row, Line)],
        out: &mut Vec<Output>,
    ) -> Result<(), SpoolError> {
        if let Some(matcher) = &mut self.matcher {
            for (index, (_, line)) in lines.iter().enumerate() {
                matcher.bought(line, index)?;
            }
        }
        draft.body = Body::Purchase(purchase(self.mapping, lines));
        out.push(Output::Draft(Box::new(draft)));
        Ok(())
    }

    fn cancel(
        &mut self,
        draft: Draft,
        lines: &[(Row, Line)],
        out: &mut Vec<Output>,
    ) -> Result<(), SpoolError> {
        let Some(matcher) = &mut self.matcher else { return Ok(()) };
        let partial =
            self.mapping.cancellations.as_ref().map(|table| table.partial).unwrap_or_default();
        let mut back = super::cancel::Back::default();
        for (row, line) in lines {
            let verdict = matcher.cancel(line, partial, &mut back)?;
            if let Some((code, treatment, reason)) = verdict.finding() {
                out.push(finding(self.reader.finding(row, "", code, treatment, reason)));
            }
        }
        let drafts = back.drafts(&draft, &self.mapping.source);
        out.extend(drafts.into_iter().map(|draft| Output::Draft(Box::new(draft))));
        Ok(())
    }

    /// The time that counts; the first line with another one is listed.
    fn time(&self, lines: &[(Row, Line)], out: &mut Vec<Output>) -> Option<Timestamp> {
        let times = lines.iter().map(|(_, line)| line.at);
        let (earliest, latest) = (times.clone().min()?, times.max()?);
        if earliest == latest {
            return Some(earliest);
        }
        let reason =
            |what: &str| format!("the lines carry times from {earliest} to {latest}; {what}");
        let (at, what) = match self.mapping.times {
            Times::Earliest => (earliest, "the earliest counts"),
            Times::Latest => (latest, "the latest counts"),
            Times::Reject => {
                self.leave_out(lines, "at", "two_times", &reason("none counts"), out);
                return None;
            }
        };
        if let Some((row, _)) = lines.iter().find(|(_, line)| line.at != at) {
            out.push(finding(self.reader.finding(
                row,
                "at",
                "two_times",
                Treatment::Kept,
                reason(what),
            )));
        }
        Some(at)
    }

    fn repeated(&self, lines: &mut Vec<(Row, Line)>, out: &mut Vec<Output>) {
        let mut seen: HashSet<String> = HashSet::with_capacity(lines.len());
        let drop = self.mapping.repeated == Repeated::Drop;
        lines.retain(|(row, _)| {
            let again = !seen.insert(joined(&row.cells));
            if again {
                let treatment = if drop { Treatment::LeftOut } else { Treatment::Kept };
                let reason =
                    "the same as an earlier line of the purchase in every column".to_owned();
                out.push(finding(self.reader.finding(row, "", "repeated_line", treatment, reason)));
            }
            !(again && drop)
        });
    }

    fn notes(&self, lines: &[(Row, Line)], out: &mut Vec<Output>) {
        for (row, line) in lines {
            for (field, code, reason) in &line.notes {
                let note = self.reader.finding(row, field, code, Treatment::Kept, reason.clone());
                out.push(finding(note));
            }
        }
    }

    fn leave_out(
        &self,
        lines: &[(Row, Line)],
        field: &str,
        code: &str,
        reason: &str,
        out: &mut Vec<Output>,
    ) {
        for (row, _) in lines {
            out.push(finding(self.reader.finding(
                row,
                field,
                code,
                Treatment::LeftOut,
                reason.to_owned(),
            )));
        }
    }

    fn too_many(&self, group: &Group, out: &mut Vec<Output>) {
        let Some(first) = group.members.first() else { return };
        let reason =
            format!("{} lines from here on; a purchase has at most {MAX_LINES}", group.rows);
        out.push(finding(self.reader.finding(
            &first.row,
            "",
            "too_many_lines",
            Treatment::LeftOut,
            reason,
        )));
    }
}

fn finding(finding: Finding) -> Output {
    Output::Finding(Box::new(finding))
}

fn purchase(mapping: &Mapping, lines: &[(Row, Line)]) -> Purchase {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let first = |value: fn(&Line) -> &str| lines.iter().find_map(|(_, line)| some(value(line)));
    let mut attributes = std::collections::BTreeMap::new();
    for (_, line) in lines {
        for (name, value) in &line.attributes {
            attributes.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    let line = |line: &Line| event::Line {
        product: line.product.clone(),
        category: line.category.clone(),
        brand: line.brand.clone(),
        quantity_milli: line.quantity_milli,
        net_minor: line.net_minor,
    };
    Purchase {
        currency: mapping.currency.code().to_owned(),
        lines: lines.iter().map(|(_, l)| line(l)).collect(),
        store: first(|l| &l.store),
        channel: first(|l| &l.channel),
        attributes,
    }
}
