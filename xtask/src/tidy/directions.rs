//! Crates depend in one direction only, so that the core stays pure and small walls stay walls.

use anyhow::Context as _;

use crate::finding::Finding;
use crate::tree::Tree;

const WHY: &str = "crates depend in one direction only";

/// Each crate's folder with the folders of the house that it may depend on.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("matching", &[]),
    ("measures", &[]),
    ("parquet", &[]),
    ("excel", &[]),
    ("pdf", &[]),
    ("store", &["domain"]),
    ("server", &["store", "domain", "matching", "measures", "parquet", "excel", "pdf"]),
    ("cli", &["server", "store", "domain", "matching", "measures"]),
    ("sim", &["server", "store", "domain"]),
    ("bench", &["server", "store", "domain"]),
    ("xtask", &[]),
];

/// Checks the dependencies in every manifest against the directions of the house.
pub fn check(tree: &Tree) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("", "/Cargo.toml") {
        let Some(folder) = path.split('/').rev().nth(1) else {
            continue;
        };
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == folder) else {
            let what = format!("the crate `{folder}` has no place in the order of crates");
            let hint = "add it to the list in xtask/src/tidy/directions.rs";
            findings.push(Finding::new(path, 1, what, WHY, hint));
            continue;
        };
        for used in house_dependencies(text).with_context(|| format!("reading {path}"))? {
            if !allowed.contains(&used.as_str()) {
                let line = line_of(text, &format!("lazo-{used}"));
                let what = format!("`{folder}` depends on `{used}`");
                let hint = "move the shared part down, or pass it in as an argument";
                findings.push(Finding::new(path, line, what, WHY, hint));
            }
        }
    }
    Ok(findings)
}

/// The crates of the house that a manifest names, without their `lazo-` prefix.
fn house_dependencies(manifest: &str) -> anyhow::Result<Vec<String>> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let named = tables.iter().filter_map(|table| manifest.get(*table)?.as_table());
    let ours = named.flat_map(toml::Table::keys).filter_map(|name| name.strip_prefix("lazo-"));
    Ok(ours.map(str::to_owned).collect())
}

fn line_of(text: &str, word: &str) -> usize {
    let index = text.lines().position(|line| line.trim_start().starts_with(word));
    index.map_or(1, |index| index.saturating_add(1))
}
