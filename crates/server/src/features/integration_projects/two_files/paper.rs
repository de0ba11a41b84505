//! What a trial came to, on paper.

use super::super::console::exact;
use super::Trial;
use super::report::{self, Told};
use super::shown::rate_said;
use crate::App;
use crate::i18n::Args;
use crate::web::Desk;

/// Nothing where papers are not built in.
#[cfg(not(feature = "pdf"))]
pub(super) fn written(
    _: &Desk<App>,
    _: &Trial,
    _: &Told,
    _: lazo_domain::money::Currency,
) -> Vec<u8> {
    Vec::new()
}

/// The report as a PDF.
#[cfg(feature = "pdf")]
pub(super) fn written(
    desk: &Desk<App>,
    trial: &Trial,
    told: &Told,
    currency: lazo_domain::money::Currency,
) -> Vec<u8> {
    use lazo_pdf::{Block, Column, Document, Row, Table};
    let column = |key: &str, share, number| Column { title: desk.t(key), share, number };
    let row = |cells: Vec<String>| Row { marked: false, cells };
    let sides = trial.sides.iter().zip(&told.sides).map(|(side, standing)| {
        row(vec![
            side.name.clone(),
            desk.number(standing.accounts),
            desk.number(standing.points),
            report::money(desk.locale, currency, standing.worth_minor),
            rate_said(standing.rate),
        ])
    });
    let overview = Table {
        columns: vec![
            column("two-files-name", 26, false),
            column("two-files-people", 16, true),
            column("two-files-points", 20, true),
            column("two-files-worth-all", 22, true),
            column("two-files-proposed", 16, true),
        ],
        rows: sides.collect(),
    };
    let count = |name: &str| desk.number(told.report["counts"][name].as_i64().unwrap_or(0));
    let people = |key: &str| -> Vec<String> {
        let all = told.report[key].as_array().into_iter().flatten();
        all.map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default();
            format!(
                "{}/{}: {}",
                text("source"),
                text("member"),
                exact(desk, currency, text("change_minor"))
            )
        })
        .collect()
    };
    let both = desk.say(
        "two-files-both",
        Args::new().text("n", desk.number(told.sure)).count("count", told.sure),
    );
    let mut blocks = vec![
        Block::Strong(both),
        Block::Table(overview),
        Block::Heading(desk.t("merges-distribution")),
        Block::Text(desk.say(
            "merges-distribution-says",
            Args::new().text("gain", count("winners")).text("lose", count("losers")),
        )),
    ];
    for (key, title) in [("losers", "merges-worst"), ("winners", "merges-best")] {
        let all = people(key);
        if !all.is_empty() {
            blocks.push(Block::Heading(desk.t(title)));
            blocks.push(Block::List(all));
        }
    }
    blocks.push(Block::Heading(desk.t("two-files-defects")));
    for (side, standing) in trial.sides.iter().zip(&told.sides) {
        let found = standing.quality.findings.iter().map(|finding| {
            let name = desk.say("merges-finding", Args::new().text("code", &finding.code));
            format!("{}: {name}, {}", side.name, desk.number(finding.count))
        });
        let found: Vec<String> = found.collect();
        blocks.push(if found.is_empty() {
            Block::Text(format!("{}: {}", side.name, desk.t("merges-clean")))
        } else {
            Block::List(found)
        });
    }
    if let Some(letter) = &told.letter {
        blocks.push(Block::Heading(desk.t("two-files-letter")));
        for (heading, said) in &letter.sections {
            blocks.push(Block::Strong(heading.clone()));
            blocks.push(Block::List(said.clone()));
        }
    }
    let names: Vec<&str> = trial.sides.iter().map(|side| side.name.as_str()).collect();
    let document = Document {
        lang: desk.locale.tag().to_owned(),
        title: names.join(" + "),
        foot: desk.t("two-files-foot"),
        wide: false,
        blocks,
    };
    document.bytes()
}
