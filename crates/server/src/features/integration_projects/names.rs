//! Names under which a project's people and things stand where nothing personal may: in the ledger, the log, the audit trail.
//!
//! A name is made of a loyalty number and of a secret of the project, so that whoever reads the ledger alone cannot try
//! numbers until one fits. The same parts give the same name for ever: that is how the ledger knows what it has.

use lazo_domain::merging::SourceKey;
use sha2::{Digest, Sha256};

use super::store::projects::Project;

/// Octets of a hash that a name shows: far too many for two to be alike.
const SHOWN: usize = 16;

/// A name made of parts, in hexadecimal.
pub fn hidden(project: &Project, parts: &[&str]) -> String {
    digest(project, parts).iter().take(SHOWN).map(|octet| format!("{octet:02x}")).collect()
}

/// A number made of parts: the same for the same parts, zero or more.
pub fn number(project: &Project, parts: &[&str]) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&digest(project, parts)[..8]);
    i64::from_be_bytes(first) & i64::MAX
}

/// What stands for an account of a source.
pub fn of_account(project: &Project, key: &SourceKey) -> String {
    hidden(project, &["account", &key.source, &key.member])
}

/// The name of a golden member's opening in the ledger. What was rolled back is opened anew under another name.
pub fn of_opening(project: &Project, golden: &SourceKey, attempt: i64) -> String {
    let name = hidden(project, &["opening", &golden.source, &golden.member]);
    if attempt == 0 { name } else { format!("{name}@{attempt}") }
}

/// The name under which what counts for a ladder stands beside an opening.
pub fn of_counters(opening: &str, group: &str) -> String {
    format!("{opening}#counts#{group}")
}

/// The name of a late item in the ledger.
pub fn of_item(project: &Project, source: &str, item: &str) -> String {
    hidden(project, &["late", source, item])
}

/// Under which source events of a project stand in the ledger.
pub fn ledger_source(project: &Project) -> String {
    format!("merge:{}", project.document.code)
}

fn digest(project: &Project, parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let project = ["lazo merge name 1", &project.secret, &project.document.code];
    for part in project.iter().chain(parts) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}
