//! Features form no ring, and the lower rooms of the server never name a feature.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::rust_text;
use crate::tree::Tree;

const SERVER: &str = "crates/server/src/";
const FEATURES: &str = "crates/server/src/features/";
const LOWER_ROOMS: [&str; 6] = ["http", "web", "mail", "i18n", "jobs", "config"];

/// Where one feature names another: the file, the line and the other feature.
type Uses = BTreeMap<String, BTreeMap<String, (String, usize)>>;

/// Checks the rooms first, then the graph of features.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let features: BTreeSet<String> = tree.folders_in(FEATURES).into_iter().collect();
    let mut findings = lower_rooms(tree);
    findings.extend(rings(&uses(tree, &features)));
    findings
}

fn lower_rooms(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below(SERVER, ".rs") {
        let room = path[SERVER.len()..].split(['/', '.']).next().unwrap_or_default();
        if !LOWER_ROOMS.contains(&room) {
            continue;
        }
        for (line, named) in features_named(&rust_text::split(text).code, usize::MAX) {
            let what = format!("the room `{room}` names the feature `{named}`");
            let why = "rooms serve every feature and know none";
            let hint = "let the feature hand in what the room needs";
            findings.push(Finding::new(path, line, what, why, hint));
        }
    }
    findings
}

fn uses(tree: &Tree, features: &BTreeSet<String>) -> Uses {
    let mut uses = Uses::new();
    for (path, text) in tree.below(FEATURES, ".rs") {
        let parts: Vec<&str> = path[FEATURES.len()..].split('/').collect();
        let [feature, .., file] = parts.as_slice() else {
            continue;
        };
        let depth = parts.len().saturating_sub(usize::from(*file == "mod.rs"));
        for (line, named) in features_named(&rust_text::split(text).code, depth) {
            if named != *feature && features.contains(&named) {
                let places = uses.entry((*feature).to_owned()).or_default();
                places.entry(named).or_insert_with(|| (path.to_owned(), line));
            }
        }
    }
    uses
}

/// Every feature named in code, as `features::x`, `features::{x, y::z}` or `super` repeated `depth` times.
fn features_named(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = named_after(code, "features::");
    if depth <= 8 {
        found.extend(named_after(code, &"super::".repeat(depth)));
    }
    found
}

fn named_after(code: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        let line = code[..at].matches('\n').count().saturating_add(1);
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            || (prefix.starts_with("super") && before == Some(':'))
        {
            continue;
        }
        let rest = &code[at.saturating_add(prefix.len())..];
        let names = rest.strip_prefix('{').map_or_else(|| vec![first_word(rest)], names_in_group);
        found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
    }
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first name of each item of a `use` group; nested groups belong to the item before them.
fn names_in_group(group: &str) -> Vec<String> {
    let mut names = vec![first_word(group)];
    let mut depth = 0_usize;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth = depth.saturating_add(1),
            '}' if depth == 0 => break,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(first_word(&group[at.saturating_add(1)..])),
            _ => {}
        }
    }
    names
}

/// One finding per ring, at a place where the ring's first feature (in name order) names the next.
fn rings(uses: &Uses) -> Vec<Finding> {
    let mut findings = Vec::new();
    for start in uses.keys() {
        let Some(ring) = way_back(uses, start) else {
            continue;
        };
        let Some((path, line)) = uses[start].get(&ring[1]) else {
            continue;
        };
        let what = format!("features form the ring {}", ring.join(" → "));
        let why = "a ring cannot be understood or changed one feature at a time";
        let hint =
            "hand the value in from above, or move the shared noun into a feature of its own";
        findings.push(Finding::new(path, *line, what, why, hint));
    }
    findings
}

/// The shortest way from `start` back to itself over features that come after it in name order.
fn way_back(uses: &Uses, start: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in uses.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
                let mut onward = way.clone();
                onward.push(next.clone());
                if next == start {
                    return Some(onward);
                }
                if next.as_str() > start && seen.insert(next.clone()) {
                    longer.push(onward);
                }
            }
        }
        ways = longer;
    }
    None
}
