//! Statements that a database of many machines refuses, or answers only by asking all of them, stay out of the SQL.

use crate::finding::Finding;
use crate::tree::{self, Tree};

/// What PostgreSQL spread over machines refuses between them, with what to do instead.
const REFUSED: [(&str, &str); 8] = [
    ("for update", "guard with a version column and look at how many rows were changed"),
    ("for share", "guard with a version column and look at how many rows were changed"),
    ("skip locked", "delete … returning, within the transaction that passes the rows on"),
    ("lock table", "guard with a version column and look at how many rows were changed"),
    ("pg_advisory", "take a lease in a row of its own"),
    ("pg_notify", "write to the outbox"),
    ("nextval(", "ids are made by the process"),
    ("create trigger", "write what follows with the statement it follows from"),
];
/// Where a migration waits its turn: not while the ledger works.
const ONCE: &str = "crates/store/src/migrate.rs";
const WHY: &str = "the ledger must run on a database of many machines as it does on one";

/// Looks at the code and at PostgreSQL's migrations.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let of = |folder| tree.below(folder, ".rs");
    let code = of("crates/store/").chain(of("crates/server/"));
    let code = code.filter(|(path, _)| !tree::is_test(path) && *path != ONCE);
    let schema = tree.below("crates/store/migrations/postgres/", ".sql");
    let mut findings = Vec::new();
    for (path, text) in code.chain(schema) {
        for (index, line) in text.lines().enumerate() {
            let line = line.to_ascii_lowercase();
            if line.trim_start().starts_with("//") {
                continue;
            }
            for (words, hint) in REFUSED.iter().filter(|(words, _)| line.contains(words)) {
                let what = format!("`{words}` is used");
                findings.push(Finding::new(path, index.saturating_add(1), what, WHY, hint));
            }
        }
    }
    findings
}
