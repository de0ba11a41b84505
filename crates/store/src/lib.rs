//! The shell's memory: the database seam, the ledger's only door, and the tables that must be one transaction with it.

pub mod archive;
pub mod backup;
pub mod chain;
pub mod clock;
pub mod db;
pub mod error;
pub mod health;
pub mod idempotency;
pub mod ids;
pub mod ledger;
pub mod lookup;
pub mod measures;
pub mod migrate;
pub mod outbox;
pub mod queue;
pub mod schedule;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod verify;

pub use clock::{Clock, ManualClock, SystemClock};
pub use db::{Columns, Db, Dialect, Options, Row, Statement, Tx, Value};
pub use error::StoreError;
pub use idempotency::Idempotency;
pub use ids::IdGenerator;
pub use ledger::{
    Books, Command, Ledger, Made, NewAccount, PostError, ProgramSource, Receipt, RequestKey,
};
pub use lookup::{Lookup, Question};
pub use outbox::Outbox;
pub use queue::Queue;
