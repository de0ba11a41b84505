//! What is wrong with a mapping file, told as `file:line: what, why, hint`.

use std::fmt;
use std::ops::Range;

/// A mapping that cannot be used. Its text is meant for the person who wrote the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The mapping file, or the data file whose header does not fit.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// Why that is a problem.
    pub why: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what, why, hint } = self;
        write!(f, "{file}:{line}: {what}, {why}, hint: {hint}")
    }
}

impl std::error::Error for MappingError {}

/// The text of a mapping file, to turn places in it into lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// An error at a place of the file.
    pub(super) fn error(
        &self,
        at: &Range<usize>,
        what: impl Into<String>,
        why: &str,
        hint: &str,
    ) -> MappingError {
        MappingError {
            file: self.file.to_owned(),
            line: self.line(at.start),
            what: what.into(),
            why: why.to_owned(),
            hint: hint.to_owned(),
        }
    }

    /// What the TOML reader found.
    pub(super) fn toml(&self, error: &toml::de::Error) -> MappingError {
        let at = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', "; ");
        self.error(
            &at,
            message,
            "the mapping cannot be read",
            "compare the line with docs/guide/imports.md",
        )
    }

    fn line(&self, byte: usize) -> usize {
        let before = self.text.as_bytes().get(..byte).unwrap_or(self.text.as_bytes());
        before.iter().filter(|b| **b == b'\n').count() + 1
    }
}
