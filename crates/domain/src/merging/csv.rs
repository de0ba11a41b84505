//! Comma-separated lines as RFC 4180 has them, with `\n`: the only form in which a run leaves the core.

use std::fmt::Write as _;

use crate::conversion::Fraction;
use crate::time::Timestamp;

/// One line in the making.
#[derive(Debug, Default)]
pub(super) struct Row(String);

impl Row {
    /// One more field.
    pub fn text(mut self, value: &str) -> Self {
        self.0.reserve(value.len() + 1);
        if value.contains([',', '"', '\n', '\r']) {
            self.0.push('"');
            self.0.push_str(&value.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(value);
        }
        self.0.push(',');
        self
    }

    /// One more field: a whole number.
    pub fn number(mut self, value: impl Into<i128>) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{},", value.into());
        self
    }

    /// Two more fields: numerator and denominator.
    pub fn fraction(self, value: Fraction) -> Self {
        self.number(value.num()).number(value.den())
    }

    /// One more field: an instant, empty for never.
    pub fn instant(self, value: Option<Timestamp>) -> Self {
        match value {
            Some(at) => self.text(&at.to_string()),
            None => self.text(""),
        }
    }

    /// The line, with its end.
    pub fn end(mut self) -> String {
        self.0.pop();
        self.0.push('\n');
        self.0
    }
}
