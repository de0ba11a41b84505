//! Faults of the database, sorted by what the caller may do about them. Refusals of the core are not faults.

use std::error::Error;

/// What goes wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No answer in time: the work may or may not have been done. Ask again with the same key.
    #[error("the database gave no answer in time while {0}")]
    Deadline(&'static str),
    /// Too much is waiting already; nothing was done.
    #[error("too much is waiting for the database")]
    Busy,
    /// Two transactions met; nothing was done and the same may be tried again.
    #[error("another transaction got in between")]
    Conflict(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// A unique key is taken; nothing was done.
    #[error("a unique key is taken: {0}")]
    Unique(String),
    /// The commit was sent and its result is not known. Ask again with the same key.
    #[error("the result of a commit is not known")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
    /// The database refused or was not there.
    #[error("the database failed while {doing}: {source}")]
    Database {
        /// What was being done, mostly the start of the statement.
        doing: String,
        /// Its own words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A row does not have the shape the code expects.
    #[error("a row is not as expected: {0}")]
    Shape(String),
    /// What is stored cannot be understood.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// The same fault, told to each of those who had asked together.
    #[error(transparent)]
    Shared(std::sync::Arc<StoreError>),
    /// The address or the settings of the database do not allow a start.
    #[error("{0}")]
    Setup(String),
}

impl StoreError {
    /// May the whole transaction be tried again because nothing of it was done?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Conflict(_) => true,
            Self::Shared(shared) => shared.is_transient(),
            _ => false,
        }
    }

    /// Is it unknown whether the work was done?
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Deadline(_) | Self::Unknown(_) => true,
            Self::Shared(shared) => shared.is_unknown(),
            _ => false,
        }
    }

    pub(crate) fn database(doing: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let doing = doing.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
        Self::Database { doing, source: source.into() }
    }
}
