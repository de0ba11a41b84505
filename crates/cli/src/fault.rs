//! Why a command ends without success: what, why, what to do, and the exit code.

use std::fmt;

use lazo_store::StoreError;

/// Something failed or was refused.
pub const FAILED: u8 = 1;
/// The command line or a file is wrong.
pub const USAGE: u8 = 2;
/// What was checked is not in order.
pub const NOT_IN_ORDER: u8 = 3;

/// The end of a command without success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong, and why. Empty where everything was said already.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The exit code.
    pub code: u8,
}

impl Fault {
    /// Something failed or was refused.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: FAILED }
    }

    /// The command line or a file is wrong.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: USAGE }
    }

    /// What was checked is not in order; what is wrong has been said.
    #[must_use]
    pub fn not_in_order() -> Self {
        Self { message: String::new(), hint: None, code: NOT_IN_ORDER }
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            return Ok(());
        }
        write!(f, "error: {}", self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\n  hint: {hint}"))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        let fault = Self::failed(in_full(&error));
        match error {
            StoreError::Setup(_) => fault.hint("`lazo doctor` says more"),
            StoreError::Unknown(_) | StoreError::Deadline(_) => {
                fault.hint("run the same command again: what was done is not done twice")
            }
            StoreError::Busy | StoreError::Conflict(_) => fault.hint("run the same command again"),
            _ => fault,
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        // Whoever read our output has enough: `lazo balances | head` is no failure.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { message: String::new(), hint: None, code: 0 };
        }
        Self::failed(error.to_string())
    }
}

/// An error with all its sources, each said once.
pub fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}
