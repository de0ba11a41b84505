//! Reports and statements on paper: as PDF, in the reader's language, told to screen readers as what they are.

use lazo_pdf::{Block, Column, Document, Row, Table};

use super::reconcile::{ControlReport, Names};
use super::statement::MemberStatement;
use crate::i18n::{Args, Locale};

/// Shares of the columns of a control report: line, source, points, expected, actual, difference, explanation.
const SHARES: [(u16, bool); 7] =
    [(15, false), (9, false), (13, false), (13, true), (13, true), (10, true), (27, false)];

impl MemberStatement {
    /// As a letter.
    #[must_use]
    pub fn pdf(&self) -> Vec<u8> {
        let mut blocks = Vec::new();
        for (heading, said) in &self.sections {
            blocks.push(Block::Heading(heading.clone()));
            blocks.push(match said.as_slice() {
                [one] => Block::Text(one.clone()),
                several => Block::List(several.to_vec()),
            });
        }
        let foot = format!("{} · {}", self.golden, self.known_as());
        let document = Document {
            lang: self.locale.clone(),
            title: self.title.clone(),
            foot,
            wide: false,
            blocks,
        };
        document.bytes()
    }
}

impl ControlReport {
    /// As a report for finance.
    #[must_use]
    pub fn pdf(&self, locale: Locale, names: &Names) -> Vec<u8> {
        let say = |key: &str| locale.text(key, &Args::new());
        let titles = self.headings(locale);
        let columns = titles.into_iter().zip(SHARES);
        let columns = columns.map(|(title, (share, number))| Column { title, share, number });
        let rows = self.explained(locale).into_iter().map(|line| {
            let (name, [expected, actual, difference]) = (line.name(locale), line.amounts(locale));
            let [source, subject] = line.place(locale, names);
            Row {
                marked: line.expected != line.actual,
                cells: vec![name, source, subject, expected, actual, difference, line.explanation],
            }
        });
        let table = Table { columns: columns.collect(), rows: rows.collect() };
        let verdict = if self.agrees { "merging-report-agrees" } else { "merging-report-differs" };
        let mut blocks = vec![
            Block::Strong(say(verdict)),
            Block::Text(self.summary(locale)),
            Block::Table(table),
        ];
        if !self.not_posted_members.is_empty() {
            blocks.push(Block::Heading(say("merging-report-not-posted")));
            blocks.push(Block::List(self.not_posted_members.clone()));
        }
        if !self.differences.is_empty() {
            blocks.push(Block::Heading(say("merging-report-differences")));
            blocks.push(Block::List(self.differences.clone()));
        }
        let document = Document {
            lang: locale.tag().to_owned(),
            title: self.title(locale),
            foot: format!("SHA-256 {}", self.hash()),
            wide: true,
            blocks,
        };
        document.bytes()
    }
}
