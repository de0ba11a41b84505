//! Backtests: stored history replayed under another rule set, beside the live one, without touching the ledger.

mod compare;
pub mod runs;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use lazo_domain::ids::{AccountId, BUCKETS, MemberId, PointTypeId, ProgramId, TenantId};
use lazo_domain::program::{Code, ConfigError, ProgramConfig, Programs};
use lazo_domain::time::Timestamp;
use lazo_store::ledger::history::{self, History};
use lazo_store::{Db, StoreError};
use tokio::task::JoinSet;

use crate::features::members;
use crate::features::programs::{self, ProgramCache};
use compare::{Facts, Side};
pub use compare::{MemberDifference, Report, Totals};

/// How many members are named at either end of the list of winners and losers.
pub const NAMED: usize = 20;

/// What shall be compared.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Whose history.
    pub tenant: TenantId,
    /// The program to replace.
    pub program: ProgramId,
    /// The rule set to try, as if it had been in force since [`Self::since`].
    pub candidate: ProgramConfig,
    /// From when on; what was in force before stays. [`programs::BEGINNING`] tries it on all of history.
    pub since: Timestamp,
    /// Balances, tiers and liability are taken at this instant; later events are left out.
    pub at: Timestamp,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The rule set cannot be compiled.
    #[error("the rule set has {} faults", .0.len())]
    Candidate(Vec<ConfigError>),
    /// The database failed, or holds something unreadable.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far a running backtest is, for whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Buckets done, of [`BUCKETS`].
    pub buckets: AtomicI64,
    /// Events replayed, on both sides together.
    pub events: AtomicI64,
}

/// Replays a tenant's history under the live programs and under the candidate.
///
/// Accounts are replayed in pages, on as many threads as there are cores, so memory stays bounded. A rule set with a
/// shared budget is replayed on one thread; its budgets are used up account by account instead of by date, and the
/// report says so.
pub async fn run(
    db: &Db,
    live: &ProgramCache,
    backtest: Backtest,
    progress: Arc<Progress>,
) -> Result<Report, BacktestError> {
    let baseline = live.current(backtest.tenant).await?;
    let candidate = candidate(db, &baseline, &backtest).await?;
    let budgets = [&*baseline, &candidate].iter().any(|p| has_budgets(p, backtest.program));
    let workers =
        if budgets { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let work = Arc::new(Work {
        db: db.clone(),
        next: AtomicI64::new(0),
        baseline,
        candidate: Arc::new(candidate),
        backtest,
        progress,
    });
    // Whoever stops waiting ends the replay, too.
    let mut threads = JoinSet::new();
    for _ in 0..workers {
        threads.spawn(Arc::clone(&work).buckets());
    }
    let mut report = Report { budgets_by_account: budgets, ..Report::default() };
    while let Some(thread) = threads.join_next().await {
        let part = thread.map_err(|e| StoreError::Shape(format!("a replay ended early: {e}")))?;
        report.add(part?);
    }
    Ok(report)
}

/// The live programs with the one replaced by the candidate from its instant on.
async fn candidate(
    db: &Db,
    live: &Programs,
    backtest: &Backtest,
) -> Result<Programs, BacktestError> {
    let known = programs::store::point_types(db, backtest.tenant, backtest.program).await?;
    let ids = ids(&known, &backtest.candidate);
    let compiled = backtest
        .candidate
        .compile(backtest.program, 0, backtest.since, &ids)
        .map_err(BacktestError::Candidate)?;
    let others = live.ids().filter(|id| *id != backtest.program);
    let others: Vec<_> =
        others.filter_map(|id| live.latest(id)).map(|p| p.as_ref().clone()).collect();
    let earlier = live.versions(backtest.program).filter(|p| p.effective_from < backtest.since);
    let earlier = earlier.map(|p| p.as_ref().clone());
    Ok(Programs::new(others.into_iter().chain(earlier).chain([compiled])))
}

/// Point types the ledger knows keep their ids; new ones get ids that no ledger uses.
fn ids(known: &BTreeMap<Code, PointTypeId>, config: &ProgramConfig) -> BTreeMap<Code, PointTypeId> {
    let new = config.point_types.iter().zip(1..).map(|(p, n)| (p.code.clone(), PointTypeId(-n)));
    new.chain(known.iter().map(|(code, id)| (code.clone(), *id))).collect()
}

fn has_budgets(programs: &Programs, program: ProgramId) -> bool {
    programs.latest(program).is_some_and(|p| p.limits.keys().any(|key| key.starts_with("budget:")))
}

struct Work {
    db: Db,
    next: AtomicI64,
    baseline: Arc<Programs>,
    candidate: Arc<Programs>,
    backtest: Backtest,
    progress: Arc<Progress>,
}

impl Work {
    /// Takes one bucket after another until none is left.
    async fn buckets(self: Arc<Self>) -> Result<Report, StoreError> {
        let mut report = Report::default();
        let mut used = [BTreeMap::new(), BTreeMap::new()];
        loop {
            let bucket = self.next.fetch_add(1, Ordering::Relaxed);
            if bucket >= BUCKETS {
                return Ok(report);
            }
            let mut after = AccountId(i64::MIN);
            loop {
                let page = history::page(&self.db, self.backtest.tenant, bucket, after).await?;
                let Some(last) = page.last() else { break };
                after = last.account;
                let facts = self.facts(&page).await?;
                for history in &page {
                    self.member(history, &facts, &mut used, &mut report);
                }
                tokio::task::yield_now().await;
            }
            self.progress.buckets.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn facts(&self, page: &[History]) -> Result<Facts, StoreError> {
        let members: Vec<MemberId> = page.iter().map(|history| history.member).collect();
        members::store::attributes_of(&self.db, self.backtest.tenant, &members).await
    }

    fn member(
        &self,
        history: &History,
        facts: &Facts,
        used: &mut [BTreeMap<String, i64>; 2],
        report: &mut Report,
    ) {
        let [used_baseline, used_candidate] = used;
        let side = |programs, used, busy: &mut Duration| {
            #[expect(clippy::disallowed_methods, reason = "only measures how fast the replay is")]
            let started = Instant::now();
            let side = Side { programs, backtest: &self.backtest }.replay(history, facts, used);
            *busy += started.elapsed();
            side
        };
        let [busy_baseline, busy_candidate] = &mut report.busy;
        let baseline = side(self.baseline.as_ref(), used_baseline, busy_baseline);
        let candidate = side(self.candidate.as_ref(), used_candidate, busy_candidate);
        self.progress.events.fetch_add(baseline.events + candidate.events, Ordering::Relaxed);
        report.member(history.member, baseline, candidate);
    }
}

/// How long the replays took on their threads, together.
#[must_use]
pub fn events_per_second(events: i64, busy: Duration) -> i64 {
    let micros = i64::try_from(busy.as_micros()).unwrap_or(i64::MAX).max(1);
    events.saturating_mul(1_000_000) / micros
}
