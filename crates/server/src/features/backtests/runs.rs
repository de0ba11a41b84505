//! Backtests that somebody looks at in the console: one run per draft, one at a time, kept for whoever comes back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lazo_domain::ids::{ProgramId, TenantId};
use lazo_store::Db;
use tokio::sync::watch;

use super::{Backtest, BacktestError, Progress, Report, run};
use crate::features::programs::ProgramCache;
use crate::http::Problem;
use crate::places::{Kind, Places, under_way};

/// Runs that are remembered when they are over; the oldest drafts of whoever asks go first.
const KEPT: usize = 50;
/// Runs of one client that are under way or wait for their turn.
const MOST_WAITING: usize = 2;

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

    /// Is it under way, or does it wait for its turn?
    fn goes_on(&self) -> bool {
        self.outcome.has_changed().is_ok() && self.outcome.borrow().is_none()
    }

    /// Is it over without a report?
    fn failed(&self) -> bool {
        let gone = self.outcome.has_changed().is_err() && self.outcome.borrow().is_none();
        gone || matches!(*self.outcome.borrow(), Some(Err(_)))
    }
}

/// The runs of this process.
#[derive(Debug, Default)]
pub struct Runs(Mutex<BTreeMap<Key, Run>>);

impl Runs {
    /// The run of a draft: the one there is, else a new one, which waits until the client's place is free.
    pub fn of(
        &self,
        key: Key,
        (db, live, places): (&Db, &ProgramCache, &Arc<Places>),
        backtest: Backtest,
    ) -> Result<Run, Problem> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = known.get(&key).filter(|run| !run.failed()) {
            return Ok(run.clone());
        }
        let own = |(of, _): &(&Key, &Run)| of.0 == key.0;
        if known.iter().filter(own).filter(|(_, run)| run.goes_on()).count() >= MOST_WAITING {
            return Err(under_way());
        }
        let (tell, outcome) = watch::channel(None);
        let progress = Arc::new(Progress::default());
        let begun = Run { progress: Arc::clone(&progress), outcome };
        let (db, live, places) = (db.clone(), live.clone(), Arc::clone(places));
        tokio::spawn(async move {
            let Some(_place) = places.take_in_turn(key.0, Kind::Replay).await else { return };
            let done = run(&db, &live, backtest, progress).await;
            // Whoever asked may have left.
            let _ = tell.send(Some(done.map(Arc::new).map_err(Arc::new)));
        });
        if known.len() >= KEPT {
            let over = |(_, run): &(&Key, &Run)| !run.goes_on();
            let first = known.iter().filter(own).find(over).or_else(|| known.iter().find(over));
            if let Some(first) = first.map(|(of, _)| *of) {
                known.remove(&first);
            }
        }
        known.insert(key, begun.clone());
        Ok(begun)
    }

    /// Forgets the run of a draft, so that the next look begins anew; one that is under way stays the run of its draft.
    pub fn forget(&self, key: Key) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(&key).is_some_and(|run| !run.goes_on()) {
            known.remove(&key);
        }
    }
}
