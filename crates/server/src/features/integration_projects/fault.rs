//! Why a step of a project does not happen: refusals with stable codes, and faults of files and database.

use lazo_domain::conversion::TooLarge;
use lazo_store::StoreError;

use crate::features::imports::{MappingError, ReadingError};

/// A refusal: nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refused {
    /// The stable code.
    pub code: &'static str,
    /// What is refused, and why.
    pub what: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// Why a step ends early.
#[derive(Debug, thiserror::Error)]
pub enum MergeFault {
    /// It may not happen; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The database.
    #[error("the database stopped the step; give the same command again to go on")]
    Store(#[from] StoreError),
    /// A file or a mapping.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// A folder or a scratch file.
    #[error("{0}")]
    Io(String, #[source] std::io::Error),
    /// Something kept is not what this binary writes and reads.
    #[error("{what} cannot be read or written as it is kept")]
    Broken {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The ledger's answer is not known.
    #[error("the ledger does not answer; give the same command again to go on")]
    Unknown(#[source] std::sync::Arc<StoreError>),
}

impl From<TooLarge> for MergeFault {
    fn from(_: TooLarge) -> Self {
        refused("merge_too_large", "a total goes beyond what can be counted exactly", "")
    }
}

impl From<MappingError> for MergeFault {
    fn from(error: MappingError) -> Self {
        Self::Reading(ReadingError::Mapping(error))
    }
}

/// A refusal.
pub fn refused(code: &'static str, what: impl Into<String>, hint: impl Into<String>) -> MergeFault {
    MergeFault::Refused(Refused { code, what: what.into(), hint: hint.into() })
}

/// What a text stands for that this binary has written.
pub fn parsed<T: serde::de::DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, MergeFault> {
    serde_json::from_str(text).map_err(|source| MergeFault::Broken { what, source })
}

/// The text that stands for something.
pub fn written(value: &impl serde::Serialize, what: &'static str) -> Result<String, MergeFault> {
    serde_json::to_string(value).map_err(|source| MergeFault::Broken { what, source })
}

/// A fault of a file or a folder.
pub fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> MergeFault + '_ {
    move |error| MergeFault::Io(format!("cannot use {}", path.display()), error)
}
