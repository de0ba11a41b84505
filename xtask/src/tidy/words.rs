//! No text of the house names a place that exists on one machine only, or links to a host nobody agreed on.

use super::settings::{self, Settings};
use crate::finding::Finding;
use crate::tree::{self, Tree};

/// Files written by tools or by lawyers, and the list of words itself.
const EXEMPT: [&str; 4] = ["Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", settings::PATH];

/// Checks every text file; tests may make up hosts.
pub fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| !EXEMPT.contains(path)) {
        for (index, line) in text.lines().enumerate() {
            let number = index.saturating_add(1);
            for word in settings.forbidden_words.iter().filter(|word| stands_alone(line, word)) {
                let what = format!("the text names `{word}`");
                let why = "it means nothing on another machine";
                let hint = "use a path from the project's root, or an environment variable";
                findings.push(Finding::new(path, number, what, why, hint));
            }
            let strange = |host: &&str| !tree::is_test(path) && !allowed(host, settings);
            for host in hosts(line).filter(strange) {
                let what = format!("the text links to the host `{host}`");
                let why = "a link is a dependency on somebody else's page";
                let hint = "remove it, use an example host, or allow it in xtask/tidy.toml";
                findings.push(Finding::new(path, number, what, why, hint));
            }
        }
    }
    findings
}

/// Whether the word occurs and is not the tail of a longer path.
fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-./)}".contains(c))
    })
}

/// The hosts of the links in a line; a link put together at run time has none.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    let links = ["http://", "https://"].into_iter().flat_map(|scheme| {
        line.match_indices(scheme).map(|(at, _)| &line[at.saturating_add(scheme.len())..])
    });
    links.filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
        let host = &rest[..end.unwrap_or(rest.len())];
        (host.contains('.') && host.chars().any(|c| c.is_ascii_alphabetic()))
            .then_some(host.trim_end_matches('.'))
    })
}

fn allowed(host: &str, settings: &Settings) -> bool {
    let host = host.to_ascii_lowercase();
    settings.allowed_hosts.iter().any(|allowed| {
        host.strip_suffix(allowed.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    })
}
