//! Finds the tests whose names start with requirement numbers, such as `r122_m19_expiry_is_kept`.

use std::collections::BTreeSet;
use std::fmt;

use crate::rust_text;
use crate::tree::{self, Tree};

/// Where a test goes through what a user, an integrator or an operator would use.
const PUBLIC_CRATES: [&str; 3] = ["crates/server/", "crates/cli/", "crates/sim/"];

/// A requirement's kind (R, M, A, Q or I) and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// `R`, `M`, `A`, `Q` or `I`.
    pub kind: char,
    /// Counted from 1.
    pub number: u16,
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.kind, self.number)
    }
}

/// A test and what it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The requirements in the test's name.
    pub ids: Vec<Id>,
    /// The function's name.
    pub name: String,
    /// The file that holds it.
    pub path: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// Whether it goes through a public door.
    pub public: bool,
    /// Whether it is skipped unless asked for; such a test proves nothing by itself.
    pub ignored: bool,
}

/// Every test with a requirement in its name, in path and line order, each name once per file.
pub fn proofs(tree: &Tree) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for (path, text) in tree.below("crates/", ".rs") {
        let code = rust_text::split(text).code;
        let in_tests = tree::is_test(path);
        let mut seen = BTreeSet::new();
        for (at, name) in words(&code) {
            let ids = ids(name);
            let before = statement_before(&code, at);
            let is_test = before.contains("test]") || before.contains("test(") || in_tests;
            if ids.is_empty() || !is_test || !seen.insert(name.to_owned()) {
                continue;
            }
            proofs.push(Proof {
                ids,
                name: name.to_owned(),
                path: path.to_owned(),
                line: code[..at].matches('\n').count().saturating_add(1),
                public: PUBLIC_CRATES.iter().any(|door| path.starts_with(door))
                    || path.split('/').nth(2) == Some("tests"),
                ignored: before.contains("#[ignore"),
            });
        }
    }
    proofs
}

/// Reads one number such as `r122`; only small letters of the five kinds count.
pub fn id(word: &str) -> Option<Id> {
    let kind = word.chars().next().filter(|kind| "rmaqi".contains(*kind))?;
    let digits = &word[1..];
    let plain = !digits.starts_with('0') && digits.chars().all(|c| c.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| plain)?;
    Some(Id { kind: kind.to_ascii_uppercase(), number })
}

/// The numbers that a name starts with; a name that is nothing but numbers is not a test's.
fn ids(name: &str) -> Vec<Id> {
    let parts: Vec<&str> = name.split('_').collect();
    let ids: Vec<Id> = parts.iter().map_while(|part| id(part)).collect();
    if ids.len() == parts.len() { Vec::new() } else { ids }
}

/// Every word of the code with where it starts.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let apart = |c: char| !(c.is_alphanumeric() || c == '_');
    code.split(apart)
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr().addr().saturating_sub(code.as_ptr().addr()), word))
}

/// What stands between the end of the item before and a function's name: its attributes.
fn statement_before(code: &str, at: usize) -> &str {
    let before = &code[..at];
    let start = before.rfind(['}', ';', '{']).map_or(0, |end| end.saturating_add(1));
    &before[start..]
}
