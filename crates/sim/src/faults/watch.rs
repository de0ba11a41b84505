//! A stopwatch: how long something has taken. What is tested decides nothing by it.

use std::time::{Duration, Instant};

/// Runs since it was started.
#[derive(Debug, Clone, Copy)]
pub struct Watch(Instant);

impl Watch {
    /// Starts one.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the harness measures and waits; nothing under test is decided"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Has it run for at least `time`?
    #[must_use]
    pub fn reached(&self, time: Duration) -> bool {
        self.elapsed() >= time
    }
}
