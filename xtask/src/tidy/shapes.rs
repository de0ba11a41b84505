//! A shape of the served document is known by its name alone, so two types of one name would be told as one.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::tree::{self, Tree};

/// What a type derives to become a shape of the document.
const SHAPE: &str = "ToSchema";
/// How many lines may stand between what is derived and the type's name.
const LINES_BELOW: usize = 12;
const WHY: &str = "the document keeps one of them, and tells callers of the other what is not so";

/// Finds shapes whose name another has already.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut first: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, text) in tree.below("crates/", ".rs").filter(|(path, _)| !tree::is_test(path)) {
        for (line, name) in shapes(text) {
            if let Some((other, there)) = first.get(&name) {
                let what = format!("the shape {name} has the name of the one at {other}:{there}");
                let hint = "name it after its noun, such as `RegisterEntryView`";
                findings.push(Finding::new(path, line, what, WHY, hint));
            } else {
                first.insert(name, (path, line));
            }
        }
    }
    findings
}

/// The types of a file that derive a shape: the line of each name, and the name.
fn shapes(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let derives = |line: &str| line.starts_with("#[derive(") && line.contains(SHAPE);
    let mut found = Vec::new();
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| derives(line)) {
        let below = lines.iter().enumerate().skip(index).take(LINES_BELOW);
        if let Some((at, name)) = below.filter_map(|(at, line)| Some((at, named(line)?))).next() {
            found.push((at.saturating_add(1), name));
        }
    }
    found
}

/// The name of the type that a line begins.
fn named(line: &str) -> Option<String> {
    let rest = line.strip_prefix("pub(super) ").or_else(|| line.strip_prefix("pub(crate) "));
    let rest = rest.or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
    let rest = rest.strip_prefix("struct ").or_else(|| rest.strip_prefix("enum "))?;
    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    (!name.is_empty()).then_some(name)
}
