//! Places that treat the two database engines differently are counted, so that one more is a decision.

use super::settings::{self, Settings};
use crate::finding::Finding;
use crate::tree::Tree;

/// What marks such a place: a comment above the statement or the `match`.
const MARK: &str = "// dialect:";

/// Compares the number of marked places with the committed one.
pub fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let found = places(tree).len();
    if found == settings.dialect_differences {
        return Vec::new();
    }
    let what = format!(
        "{found} places differ between the engines, {} are committed",
        settings.dialect_differences
    );
    let why = "every difference is a place where the engines can drift apart";
    let hint = "write one SQL text for both, or commit the new number with the reason";
    vec![Finding::new(settings::PATH, 1, what, why, hint)]
}

fn places(tree: &Tree) -> Vec<(&str, usize)> {
    let files = tree.below("crates/", ".rs");
    files.flat_map(|(path, text)| marked(text).map(move |line| (path, line))).collect()
}

fn marked(text: &str) -> impl Iterator<Item = usize> {
    let lines = text.lines().enumerate();
    lines.filter(|(_, line)| line.contains(MARK)).map(|(index, _)| index.saturating_add(1))
}
