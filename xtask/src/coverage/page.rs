//! Writes the coverage page: one line per requirement, so that two changes seldom touch the same line.

use std::fmt::Write as _;

use super::Evidence;
use super::scan::{Id, Proof};

const INTRODUCTION: &str = "\
# Coverage

Written by `cargo xtask coverage` from the names of the tests; edit the tests or
`xtask/coverage.toml` instead. **Proven**: a test through a public door (HTTP, the command line or
the simulator) names the requirement and passes. **Partial**: only the core's or the store's own
tests name it, or a stated part is missing. **Open**: no test names it. A test that is skipped
unless asked for proves nothing here.

";

/// At most this many tests are named in a line; the rest are counted.
const NAMED_TESTS: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Proven,
    Partial,
    Open,
}

/// The page and its one-line summary.
pub fn write(evidence: &Evidence) -> (String, String) {
    let product = evidence.requirements.product.iter().map(|(n, title)| ('R', *n, title.as_str()));
    let merging = evidence.requirements.merging.iter().map(|(n, title)| ('M', *n, title.as_str()));
    let (product, product_states) = table(evidence, product);
    let (merging, merging_states) = table(evidence, merging);
    let states = [product_states.as_slice(), merging_states.as_slice()].concat();
    let count = |wanted| states.iter().filter(|state| **state == wanted).count();
    let summary = format!(
        "{} proven, {} partial, {} open of {} requirements",
        count(State::Proven),
        count(State::Partial),
        count(State::Open),
        states.len()
    );
    let mut text = format!("{INTRODUCTION}{summary}.\n\n## Product\n\n{product}");
    text += &format!("\n## Merging programs\n\n{merging}");
    text += &format!("\n## Invariants, acceptance and figures\n\n{}", others(evidence));
    (text, summary)
}

fn table<'a>(
    evidence: &Evidence,
    rows: impl Iterator<Item = (char, u16, &'a str)>,
) -> (String, Vec<State>) {
    let mut text = String::from("| | Requirement | State | Proof |\n|---|---|---|---|\n");
    let mut states = Vec::new();
    for (kind, number, title) in rows {
        let id = Id { kind, number };
        let proofs = evidence.proofs.get(&id).map_or(&[][..], Vec::as_slice);
        let reason = evidence.reasons.get(&id).map(String::as_str);
        let state = state(proofs, reason);
        let word = match state {
            State::Proven => "proven",
            State::Partial => "partial",
            State::Open => "open",
        };
        let missing = reason.map(|reason| format!("Missing: {reason}. ")).unwrap_or_default();
        line(
            &mut text,
            &[&id.to_string(), title, word, format!("{missing}{}", named(proofs)).trim_end()],
        );
        states.push(state);
    }
    (text, states)
}

fn state(proofs: &[Proof], reason: Option<&str>) -> State {
    let running: Vec<&Proof> = proofs.iter().filter(|proof| !proof.ignored).collect();
    if running.is_empty() {
        State::Open
    } else if reason.is_none() && running.iter().any(|proof| proof.public) {
        State::Proven
    } else {
        State::Partial
    }
}

/// The invariants, acceptance tests and figures that any running test names.
fn others(evidence: &Evidence) -> String {
    let mut text = String::from("| | Proof |\n|---|---|\n");
    for (id, proofs) in &evidence.proofs {
        if !matches!(id.kind, 'R' | 'M') {
            line(&mut text, &[&id.to_string(), &named(proofs)]);
        }
    }
    text
}

/// The first tests by name, those through a public door first, and how many more there are.
fn named(proofs: &[Proof]) -> String {
    let mut running: Vec<&Proof> = proofs.iter().filter(|proof| !proof.ignored).collect();
    running.sort_by_key(|proof| (!proof.public, &proof.path, &proof.name));
    let first = running.iter().take(NAMED_TESTS).map(|proof| {
        let room = proof.path.split('/').nth(1).unwrap_or_default();
        format!("{room}: `{}`", proof.name)
    });
    let mut text = first.collect::<Vec<_>>().join(", ");
    let more = running.len().saturating_sub(NAMED_TESTS);
    if more > 0 {
        text += &format!(" and {more} more");
    }
    let skipped = proofs.len().saturating_sub(running.len());
    if skipped > 0 {
        text += &format!(" ({skipped} on demand)");
    }
    text.trim_start().to_owned()
}

fn line(text: &mut String, cells: &[&str]) {
    for cell in cells {
        let space = if cell.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(text, "|{space}{cell} ");
    }
    text.push_str("|\n");
}
