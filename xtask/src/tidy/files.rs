//! Every Rust file opens with a sentence about itself and stays short enough to read in one go.

use super::settings::Settings;
use crate::finding::Finding;
use crate::tree::Tree;

/// Checks the first line and the length of every Rust file.
pub fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("", ".rs") {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if !first.starts_with("//! ") {
            let what = "the file does not open with a `//!` sentence".to_owned();
            let why = "a reader wants to know what is here and what is not";
            findings.push(Finding::new(path, 1, what, why, "say it in one sentence"));
        }
        let lines = text.lines().count();
        if lines > settings.max_file_lines {
            let what = format!("{lines} lines, {} are allowed", settings.max_file_lines);
            let why = "a long file hides more than one thing";
            let hint = "make it a folder of files that do one thing each";
            findings.push(Finding::new(path, settings.max_file_lines, what, why, hint));
        }
    }
    findings
}
