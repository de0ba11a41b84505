//! Places that treat the two database engines differently are counted, so that one more is a decision.

use super::settings::{self, Settings};
use crate::finding::Finding;
use crate::tree::{self, Tree};

/// What marks such a place: a comment above the statement or the `match`.
const MARK: &str = "// dialect:";
/// What such a place asks for in code.
const ENGINE: &str = "Dialect::Sqlite";
/// How far above the code its mark may stand.
const LINES_ABOVE: usize = 6;
/// The seam itself, where the engines are the subject.
const SEAM: &str = "crates/store/src/db/";
const WHY: &str = "every difference is a place where the engines can drift apart";

/// Compares the number of marked places with the committed one, and finds places without a mark.
pub fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let found: usize =
        tree.below("crates/", ".rs").map(|(_, text)| text.matches(MARK).count()).sum();
    let mut findings = unmarked(tree);
    if found != settings.dialect_differences {
        let committed = settings.dialect_differences;
        let what = format!("{found} places differ between the engines, {committed} are committed");
        let hint = "write one SQL text for both, or commit the new number with the reason";
        findings.push(Finding::new(settings::PATH, 1, what, WHY, hint));
    }
    findings
}

fn unmarked(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("crates/", ".rs") {
        if path.starts_with(SEAM) || tree::is_test(path) {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let above = &lines[index.saturating_sub(LINES_ABOVE)..=index];
            if line.contains(ENGINE) && !above.iter().any(|line| line.contains(MARK)) {
                let what = "the engines are told apart without a mark".to_owned();
                let hint = "write `// dialect: <reason>` above it and count it in xtask/tidy.toml";
                findings.push(Finding::new(path, index.saturating_add(1), what, WHY, hint));
            }
        }
    }
    findings
}
