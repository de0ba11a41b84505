//! Work that comes again by itself: what a job is, and the runner that gives each its turns. Which jobs there are, the
//! features say.

mod runner;
mod stop;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use lazo_domain::time::Timestamp;

pub use runner::{Report, Runner};
pub use stop::{Stop, Stopper};

/// What goes wrong in a job. It is written down and the job tried again at its next turn.
pub type Fault = Box<dyn Error + Send + Sync>;

/// What a job does in one step: a batch that it commits by itself.
pub type Work = Arc<dyn Fn(Turn) -> BoxFuture<'static, Result<Step, Fault>> + Send + Sync>;

/// What a step is told.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The instant at which the step begins.
    pub now: Timestamp,
    /// A step that takes long ends when this is asked.
    pub stop: Stop,
}

/// What one step of a job did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Step {
    /// How many things it did.
    pub done: u64,
    /// Is there more to do at once?
    pub more: bool,
}

impl Step {
    /// Did so many things of at most `limit`: with a full batch there may be more.
    #[must_use]
    pub fn of(done: usize, limit: usize) -> Self {
        Self { done: u64::try_from(done).unwrap_or(u64::MAX), more: done >= limit }
    }
}

/// Which processes do a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turns {
    /// One at a time among all nodes, by a lease in the database.
    One,
    /// Every node: the job shares its work out by itself.
    Every,
}

/// Work that comes again by itself.
#[derive(Clone)]
pub struct Job {
    /// Its name, unique: `points.expire`.
    pub name: &'static str,
    /// How long to wait when there is nothing more to do.
    pub every: Duration,
    /// Who does it.
    pub turns: Turns,
    /// One step. Steps are repeated while there is more and nobody asks to stop; each must be safe to do twice.
    pub work: Work,
}

impl Job {
    /// A job of one process at a time.
    pub fn one<F, Done>(name: &'static str, every: Duration, work: F) -> Self
    where
        F: Fn(Turn) -> Done + Send + Sync + 'static,
        Done: Future<Output = Result<Step, Fault>> + Send + 'static,
    {
        Self { name, every, turns: Turns::One, work: Arc::new(move |turn| Box::pin(work(turn))) }
    }

    /// A job that every node does.
    pub fn every_node<F, Done>(name: &'static str, every: Duration, work: F) -> Self
    where
        F: Fn(Turn) -> Done + Send + Sync + 'static,
        Done: Future<Output = Result<Step, Fault>> + Send + 'static,
    {
        Self { turns: Turns::Every, ..Self::one(name, every, work) }
    }
}
