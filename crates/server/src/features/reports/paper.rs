//! A report on paper, as PDF.

use lazo_pdf::{Block, Column, Document, Row, Table};

use super::{Report, Told};
use crate::i18n::{Args, Locale};

/// A report as a file; the same report gives the same bytes.
#[must_use]
pub fn pdf(locale: Locale, report: &Report, told: &Told<'_>, data: &super::Data) -> Vec<u8> {
    let say = |key: &str| locale.text(key, &Args::new());
    let mut blocks = vec![Block::Strong(told.stretch()), Block::List(told.summary())];
    for (heading, changes) in
        [("reports-worsened", told.worsened()), ("reports-improved", told.improved())]
    {
        blocks.push(Block::Heading(say(heading)));
        if changes.is_empty() {
            blocks.push(Block::Text(say("reports-nothing")));
        }
        for (_, sentence, notes) in changes {
            blocks.push(Block::Text(sentence));
            if !notes.is_empty() {
                blocks.push(Block::List(notes));
            }
        }
    }
    blocks.push(Block::Heading(say("measures-findings")));
    for outcome in &data.findings {
        let (cause, action) = told.finding(outcome);
        blocks.push(Block::Strong(format!("{}: {cause}", outcome.rule)));
        blocks.push(Block::Text(action));
    }
    blocks.push(Block::Heading(say("measures-figures")));
    let titles = ["measures-indicator", "measures-now", "measures-before", "measures-target"];
    blocks.push(table(&titles.map(say), told.figures()));
    blocks.push(Block::Heading(say("reports-liability")));
    let titles = ["reports-line", "reports-points", "reports-money"];
    blocks.push(table(&titles.map(say), told.liability()));
    let foot = format!("{} · {}", report.id, &report.hash[..16.min(report.hash.len())]);
    let lang = locale.tag().to_owned();
    Document { lang, title: told.title(), foot, wide: false, blocks }.bytes()
}

fn table<const N: usize>(titles: &[String; N], rows: Vec<[String; N]>) -> Block {
    let column = |(place, title): (usize, &String)| Column {
        title: title.clone(),
        share: if place == 0 { 46 } else { 18 },
        number: place > 0,
    };
    let columns = titles.iter().enumerate().map(column).collect();
    let rows = rows.into_iter().map(|cells| Row { cells: cells.into(), marked: false }).collect();
    Block::Table(Table { columns, rows })
}
