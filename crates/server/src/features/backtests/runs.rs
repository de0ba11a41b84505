//! Backtests that somebody looks at in the console: one run per draft, one at a time, kept for whoever comes back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lazo_domain::ids::{ProgramId, TenantId};
use lazo_store::Db;
use tokio::sync::{Semaphore, watch};

use super::{Backtest, BacktestError, Progress, Report, run};
use crate::features::programs::ProgramCache;

/// Runs that are remembered; the oldest drafts go first.
const KEPT: usize = 50;

/// Which draft: of whom, of which program, of which number.
pub type Key = (TenantId, ProgramId, i64);

/// What came of a run.
pub type Outcome = Result<Arc<Report>, Arc<BacktestError>>;

/// A run, under way or over.
#[derive(Debug, Clone)]
pub struct Run {
    /// How far it is.
    pub progress: Arc<Progress>,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Run {
    /// What came of it, if it is over within `patience`.
    pub async fn outcome(&self, patience: Duration) -> Option<Outcome> {
        let mut told = self.outcome.clone();
        let over = tokio::time::timeout(patience, told.wait_for(Option::is_some)).await;
        over.ok()?.ok()?.clone()
    }

    /// Is it over without a report?
    fn failed(&self) -> bool {
        let gone = self.outcome.has_changed().is_err() && self.outcome.borrow().is_none();
        gone || matches!(*self.outcome.borrow(), Some(Err(_)))
    }
}

/// The runs of this process.
#[derive(Debug)]
pub struct Runs {
    known: Mutex<BTreeMap<Key, Run>>,
    turn: Arc<Semaphore>,
}

impl Default for Runs {
    fn default() -> Self {
        Self { known: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Runs {
    /// The run of a draft: the one there is, else a new one, which waits until no other is under way.
    pub fn of(&self, key: Key, db: &Db, live: &ProgramCache, backtest: Backtest) -> Run {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = known.get(&key).filter(|run| !run.failed()) {
            return run.clone();
        }
        let (tell, outcome) = watch::channel(None);
        let progress = Arc::new(Progress::default());
        let begun = Run { progress: Arc::clone(&progress), outcome };
        let (db, live, turn) = (db.clone(), live.clone(), Arc::clone(&self.turn));
        tokio::spawn(async move {
            let Ok(_turn) = turn.acquire_owned().await else { return };
            let done = run(&db, &live, backtest, progress).await;
            // Whoever asked may have left.
            let _ = tell.send(Some(done.map(Arc::new).map_err(Arc::new)));
        });
        if known.len() >= KEPT {
            known.pop_first();
        }
        known.insert(key, begun.clone());
        begun
    }

    /// Forgets the run of a draft, so that the next look begins anew.
    pub fn forget(&self, key: Key) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}
