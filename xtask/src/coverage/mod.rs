//! The coverage page: which requirements a test proves through a public door, which in part, which not.

mod page;
mod scan;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

use crate::finding::Finding;
use crate::tree::Tree;
use scan::{Id, Proof};

/// The generated page.
pub const PAGE: &str = "docs/coverage.md";
const REQUIREMENTS: &str = "xtask/requirements.toml";
const REASONS: &str = "xtask/coverage.toml";

/// The page as it should be.
pub struct Page {
    /// The whole text.
    pub text: String,
    /// How many requirements are in which state, in one line.
    pub summary: String,
    /// What the tests or the reasons name that does not exist.
    pub findings: Vec<Finding>,
}

/// Titles of the requirements by kind and number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirements {
    #[serde(rename = "R")]
    product: BTreeMap<u16, String>,
    #[serde(rename = "M")]
    merging: BTreeMap<u16, String>,
}

/// Why a requirement is only partly proven.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    #[serde(default)]
    partial: BTreeMap<String, String>,
}

/// Everything known about the proofs.
struct Evidence {
    requirements: Requirements,
    reasons: BTreeMap<Id, String>,
    proofs: BTreeMap<Id, Vec<Proof>>,
}

/// Builds the page from the tests in the tree.
pub fn page(tree: &Tree) -> anyhow::Result<Page> {
    let requirements: Requirements = read(tree, REQUIREMENTS)?;
    let reasons: Reasons = read(tree, REASONS)?;
    let mut findings = Vec::new();
    let mut known = BTreeMap::new();
    for (name, reason) in reasons.partial {
        match scan::id(&name.to_ascii_lowercase()).filter(|id| requirements.has(*id)) {
            Some(id) => drop(known.insert(id, reason)),
            None => findings.push(unknown(REASONS, 1, &name)),
        }
    }
    let mut proofs: BTreeMap<Id, Vec<Proof>> = BTreeMap::new();
    for proof in scan::proofs(tree) {
        for id in &proof.ids {
            if requirements.has(*id) {
                proofs.entry(*id).or_default().push(proof.clone());
            } else {
                findings.push(unknown(&proof.path, proof.line, &id.to_string()));
            }
        }
    }
    let evidence = Evidence { requirements, reasons: known, proofs };
    let (text, summary) = page::write(&evidence);
    Ok(Page { text, summary, findings })
}

/// What is wrong: unknown numbers, and a committed page that differs from the one built.
pub fn compare(tree: &Tree, page: &Page) -> Vec<Finding> {
    let mut findings = page.findings.clone();
    let committed = tree.text(PAGE).unwrap_or_default();
    if committed != page.text {
        let pairs = committed.lines().zip(page.text.lines());
        let same = pairs.take_while(|(old, new)| old == new).count();
        let what = "the page differs from what the tests say".to_owned();
        let why = "it is generated, so that it cannot claim what no test proves";
        let line = same.saturating_add(1);
        findings.push(Finding::new(
            PAGE,
            line,
            what,
            why,
            "run `cargo xtask coverage` and commit it",
        ));
    }
    findings
}

impl Requirements {
    /// Whether a number exists; invariants, acceptance tests and figures are counted up to their last one.
    fn has(&self, id: Id) -> bool {
        match id.kind {
            'R' => self.product.contains_key(&id.number),
            'M' => self.merging.contains_key(&id.number),
            'A' | 'Q' => (1..=18).contains(&id.number),
            _ => (1..=22).contains(&id.number),
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(tree: &Tree, path: &str) -> anyhow::Result<T> {
    let text = tree.text(path).with_context(|| format!("{path} is missing"))?;
    toml::from_str(text).with_context(|| format!("reading {path}"))
}

fn unknown(path: &str, line: usize, name: &str) -> Finding {
    let what = format!("{name} is not a requirement");
    let why = "a proof of nothing hides that something is unproven";
    Finding::new(path, line, what, why, "correct the number (see xtask/requirements.toml)")
}
