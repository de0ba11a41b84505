//! The house rules, one file each; every rule is a pure function of the tree that answers with findings.

mod dialects;
mod directions;
mod files;
mod map;
mod migrations;
mod rings;
mod settings;
mod shapes;
mod statements;
mod tables;
#[cfg(test)]
mod tests;
mod words;

use crate::finding::Finding;
use crate::tree::Tree;
use settings::Settings;

/// Checks every rule and answers with what is broken, in path order.
pub fn check(tree: &Tree) -> anyhow::Result<Vec<Finding>> {
    let settings = Settings::read(tree)?;
    let mut findings = map::check(tree);
    findings.extend(directions::check(tree)?);
    findings.extend(rings::check(tree));
    findings.extend(migrations::check(tree));
    findings.extend(shapes::check(tree));
    findings.extend(statements::check(tree));
    findings.extend(tables::check(tree, &settings));
    findings.extend(files::check(tree, &settings));
    findings.extend(dialects::check(tree, &settings));
    findings.extend(words::check(tree, &settings));
    findings.sort();
    Ok(findings)
}
