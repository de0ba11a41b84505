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

/// A fault of a file or a folder.
pub fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> MergeFault + '_ {
    move |error| MergeFault::Io(format!("cannot use {}", path.display()), error)
}
