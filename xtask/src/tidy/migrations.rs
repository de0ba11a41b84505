//! Both engines have the same migrations, each number once, so that their schemas move together.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::tree::Tree;

const ENGINES: [&str; 2] = ["crates/store/migrations/sqlite/", "crates/store/migrations/postgres/"];
const WHY: &str = "a schema version means the same on both engines";

/// Compares the numbers and names of the two folders.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let [sqlite, postgres] = ENGINES.map(|folder| names(tree, folder));
    let mut findings = missing(&sqlite, ENGINES[0], &postgres, ENGINES[1]);
    findings.extend(missing(&postgres, ENGINES[1], &sqlite, ENGINES[0]));
    findings.extend(ENGINES.iter().zip([&sqlite, &postgres]).flat_map(|(f, n)| misnumbered(f, n)));
    findings
}

/// File names below a folder, with the number that each starts with.
fn names(tree: &Tree, folder: &str) -> BTreeMap<String, Option<usize>> {
    let files = tree.below(folder, ".sql").map(|(path, _)| path[folder.len()..].to_owned());
    files.map(|name| (name.clone(), name.split('_').next().and_then(|n| n.parse().ok()))).collect()
}

fn missing(
    ours: &BTreeMap<String, Option<usize>>,
    our_folder: &str,
    theirs: &BTreeMap<String, Option<usize>>,
    their_folder: &str,
) -> Vec<Finding> {
    let alone = ours.keys().filter(|name| !theirs.contains_key(*name));
    alone
        .map(|name| {
            let what = format!("the migration {name} has no twin in {their_folder}");
            let hint = "give both engines a file of the same name";
            Finding::new(&format!("{our_folder}{name}"), 1, what, WHY, hint)
        })
        .collect()
}

/// Numbers that are missing or used twice; gaps are fine, as rooms number their own blocks.
fn misnumbered(folder: &str, names: &BTreeMap<String, Option<usize>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut last = Some(0);
    for (name, number) in names {
        if *number <= last {
            let what = format!("the migration {name} has no number of its own");
            let hint = "number migrations 0001_name.sql, 0002_name.sql and so on, each number once";
            findings.push(Finding::new(&format!("{folder}{name}"), 1, what, WHY, hint));
        }
        last = last.max(*number);
    }
    findings
}
