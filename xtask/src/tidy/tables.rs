//! Every table has one owner, named where it is created, and only its owner's code names it in SQL.

use std::collections::BTreeMap;

use super::settings::Settings;
use crate::finding::Finding;
use crate::rust_text;
use crate::tree::{self, Tree};

const MIGRATIONS: &str = "crates/store/migrations/";
const FEATURES: &str = "crates/server/src/features/";
const STORE: &str = "crates/store/";
const WHY: &str = "a table has one owner, so that its meaning changes in one place";

/// Words that a whole SQL text starts with.
const WHOLE_STARTS: [&str; 4] = ["select", "insert", "update", "delete"];
/// Words that a part of an SQL text starts with; so does many a sentence, so a sign of SQL is wanted too.
const PART_STARTS: [&str; 5] = ["with", "from", "join", "left", "where"];
/// Words that are followed by a table's name.
const BEFORE_TABLE: [&str; 4] = ["from", "into", "update", "join"];

/// Checks that owners are named, exist, agree between the engines, and are the only ones to name their tables.
pub fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in tree.below(MIGRATIONS, ".sql") {
        for table in created(text) {
            let Some(owner) = table.owner else {
                let what = format!("the table {} has no owner", table.name);
                let hint = "write `-- owner: <feature>` or `-- owner: store/<file>` above it";
                findings.push(Finding::new(path, table.line, what, WHY, hint));
                continue;
            };
            if !exists(tree, &owner) {
                let what =
                    format!("the owner `{owner}` of the table {} does not exist", table.name);
                let hint =
                    "name a folder of crates/server/src/features or a file of crates/store/src";
                findings.push(Finding::new(path, table.line, what, WHY, hint));
            }
            let first = owners.entry(table.name.clone()).or_insert_with(|| owner.clone());
            if *first != owner {
                let what = format!("the table {} has two owners: {first} and {owner}", table.name);
                findings.push(Finding::new(path, table.line, what, WHY, "name one of them twice"));
            }
        }
    }
    findings.extend(trespasses(tree, &owners, settings));
    findings
}

struct Created {
    name: String,
    line: usize,
    owner: Option<String>,
}

/// The tables that a migration creates; the owner is named on the line or in the comment above it.
fn created(sql: &str) -> Vec<Created> {
    let mut tables = Vec::new();
    let mut above: Option<String> = None;
    for (index, line) in sql.lines().enumerate() {
        let here = line.split_once("-- owner:").map(|(_, owner)| owner.trim().to_owned());
        let lower = line.trim_start().to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("create table") {
            let rest = rest.trim_start().trim_start_matches("if not exists").trim_start();
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let owner = here.or_else(|| above.take());
            tables.push(Created { name, line: index.saturating_add(1), owner });
        } else if lower.starts_with("--") {
            above = here.or_else(|| above.take());
        } else {
            above = None;
        }
    }
    tables
}

fn exists(tree: &Tree, owner: &str) -> bool {
    match owner.strip_prefix("store/") {
        Some(file) => {
            let path = format!("{STORE}src/{file}");
            tree.text(&format!("{path}.rs")).is_some() || tree.has_folder(&format!("{path}/"))
        }
        None => tree.has_folder(&format!("{FEATURES}{owner}/")),
    }
}

/// SQL in the code of anybody but the owner and the agreed readers; tests and the fault harness may look everywhere.
fn trespasses(tree: &Tree, owners: &BTreeMap<String, String>, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("crates/", ".rs") {
        if path.starts_with(STORE) || path.starts_with("crates/sim/") || tree::is_test(path) {
            continue;
        }
        let feature = path.strip_prefix(FEATURES).and_then(|rest| rest.split('/').next());
        for literal in rust_text::split(text).literals {
            for Named { table, written } in tables_named(&literal.text) {
                let Some(owner) =
                    owners.get(&table).filter(|owner| feature != Some(owner.as_str()))
                else {
                    continue;
                };
                if !written && settings.may_read(&table, feature) {
                    continue;
                }
                let what = format!("SQL names the table {table} of `{owner}`");
                let hint = "ask the owner through a function that it publishes";
                findings.push(Finding::new(path, literal.line, what, WHY, hint));
            }
        }
    }
    findings
}

struct Named {
    table: String,
    written: bool,
}

/// The names that follow `from`, `into`, `update` or `join` in a text that looks like SQL.
fn tables_named(text: &str) -> Vec<Named> {
    let lower = text.to_ascii_lowercase();
    let apart = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let words: Vec<&str> =
        lower.split(apart).filter(|word| !word.is_empty() && *word != "n").collect();
    let first = words.first().copied().unwrap_or_default();
    let whole = WHOLE_STARTS.contains(&first) && (first != "update" || words.contains(&"set"));
    let part = PART_STARTS.contains(&first) && lower.contains(['=', '$']);
    if !whole && !part {
        return Vec::new();
    }
    let mut named = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        if BEFORE_TABLE.contains(&pair[0]) {
            let deleted = at.checked_sub(1).is_some_and(|before| words[before] == "delete");
            let written = deleted || matches!(pair[0], "into" | "update");
            named.push(Named { table: pair[1].to_owned(), written });
        }
    }
    named
}
