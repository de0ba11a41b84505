//! One broken house rule: where it is, what was found, why it matters and what to do.

use std::fmt;

/// A broken rule, printed as `file:line: what, why, hint`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the house's root.
    pub path: String,
    /// Line counted from 1; 1 also stands for the file as a whole.
    pub line: usize,
    /// What was found.
    pub what: String,
    /// Why the rule exists.
    pub why: &'static str,
    /// What to do about it.
    pub hint: String,
}

impl Finding {
    /// A finding at one line of a file.
    pub fn new(path: &str, line: usize, what: String, why: &'static str, hint: &str) -> Self {
        Self { path: path.to_owned(), line, what, why, hint: hint.to_owned() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, why, hint } = self;
        write!(out, "{path}:{line}: {what}, {why}, hint: {hint}")
    }
}
