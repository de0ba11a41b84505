//! Gives each job its turns: in a process that serves, or once for everybody who calls `lazo jobs run --once`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use lazo_domain::time::Timestamp;
use lazo_store::schedule::{self, Ended};
use lazo_store::{Clock, Db};
use tokio::task::JoinSet;

use super::{Fault, Job, Step, Stop, Turn, Turns};

/// How long a turn is held without renewal. Past it another node takes over a job whose node died.
const LEASE: Duration = Duration::from_secs(60);
/// How often a turn is renewed: two renewals may fail before it ends.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// The longest wait after failures, however many there were.
const MAX_PAUSE: Duration = Duration::from_secs(300);
/// The longest text of a fault that is kept.
const MAX_ERROR: usize = 500;

/// How one turn of a job went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which job.
    pub name: &'static str,
    /// How many things it did.
    pub done: u64,
    /// What went wrong.
    pub error: Option<String>,
    /// Did another process have the turn?
    pub elsewhere: bool,
}

/// Runs jobs. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    db: Db,
    clock: Arc<dyn Clock>,
    holder: Arc<str>,
    jobs: Arc<[Job]>,
}

impl Runner {
    /// A runner of `jobs`; `holder` names this process among others on the same database.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, holder: &str, jobs: Vec<Job>) -> Self {
        let mut names: Vec<&str> = jobs.iter().map(|job| job.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "two jobs of one name");
        Self { db, clock, holder: holder.into(), jobs: jobs.into() }
    }

    /// The jobs.
    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// Runs all jobs, each at its own pace, until `stop` is asked and every step that had begun is done.
    pub async fn run(&self, stop: &Stop) {
        let mut all = JoinSet::new();
        for job in self.jobs.iter() {
            let (runner, job, stop) = (self.clone(), job.clone(), stop.clone());
            all.spawn(async move { runner.again_and_again(&job, &stop).await });
        }
        while let Some(ended) = all.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a job's loop ended unexpectedly");
            }
        }
    }

    /// Runs every job once, due or not, until it has nothing more to do; `tell` hears of each when it is done.
    pub async fn run_once(&self, stop: &Stop, mut tell: impl FnMut(&Report)) -> Vec<Report> {
        let mut reports = Vec::with_capacity(self.jobs.len());
        for job in self.jobs.iter() {
            if stop.is_asked() {
                break;
            }
            let report = self.turn(job, stop, true).await;
            tell(&report);
            reports.push(report);
        }
        reports
    }

    async fn again_and_again(&self, job: &Job, stop: &Stop) {
        let mut failures = 0_u32;
        while !stop.is_asked() {
            let report = self.turn(job, stop, false).await;
            failures = if report.error.is_some() { failures.saturating_add(1) } else { 0 };
            tokio::select! {
                () = stop.asked() => {}
                () = tokio::time::sleep(pause(job.every, failures)) => {}
            }
        }
    }

    /// One turn, if it is ours to have.
    async fn turn(&self, job: &Job, stop: &Stop, early: bool) -> Report {
        let none = Report { name: job.name, done: 0, error: None, elsewhere: true };
        let now = self.clock.now();
        let until = plus(now, LEASE);
        let ours = match job.turns {
            Turns::Every => Ok(true),
            Turns::One => schedule::take(&self.db, job.name, &self.holder, now, until, early).await,
        };
        let mut report = match ours {
            Ok(true) => self.steps(job, stop).await,
            Ok(false) => return none,
            Err(error) => Report { error: Some(error.to_string()), elsewhere: false, ..none },
        };
        if let Some(error) = &report.error {
            tracing::warn!(job = job.name, %error, "a job failed and will be tried again");
        } else if report.done > 0 {
            tracing::info!(job = job.name, done = report.done, "a job did its turn");
        }
        if let Err(error) = self.end(job, &report).await {
            report.error.get_or_insert(error.to_string());
        }
        report
    }

    /// Step after step, the lease renewed beside them.
    async fn steps(&self, job: &Job, stop: &Stop) -> Report {
        let mut report = Report { name: job.name, done: 0, error: None, elsewhere: false };
        loop {
            match self.step(job, stop).await {
                Ok(step) => {
                    report.done = report.done.saturating_add(step.done);
                    if !step.more || stop.is_asked() {
                        return report;
                    }
                }
                Err(error) => {
                    report.error = Some(told(&error));
                    return report;
                }
            }
        }
    }

    async fn step(&self, job: &Job, stop: &Stop) -> Result<Step, Fault> {
        let turn = Turn { now: self.clock.now(), stop: stop.clone() };
        let work = AssertUnwindSafe((job.work)(turn)).catch_unwind();
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => {
                    return done.unwrap_or_else(|_| Err("the job panicked; its log says where".into()));
                }
                () = tokio::time::sleep(RENEW_EVERY) => self.renew(job).await,
            }
        }
    }

    async fn renew(&self, job: &Job) {
        if job.turns == Turns::Every {
            return;
        }
        let until = plus(self.clock.now(), LEASE);
        match schedule::keep(&self.db, job.name, &self.holder, until).await {
            Ok(true) => {}
            // Steps are safe to do twice, so the one under way may end.
            Ok(false) => tracing::warn!(job = job.name, "another node took over a job of this one"),
            Err(error) => tracing::warn!(job = job.name, %error, "a job's turn was not renewed"),
        }
    }

    async fn end(&self, job: &Job, report: &Report) -> Result<(), lazo_store::StoreError> {
        if job.turns == Turns::Every {
            return Ok(());
        }
        let now = self.clock.now();
        // The loop waits by itself; what is written keeps other nodes from doing the same again at once.
        let ended = Ended {
            at: now,
            next_at: plus(now, job.every),
            done: i64::try_from(report.done).unwrap_or(i64::MAX),
            error: report.error.as_deref(),
        };
        schedule::end(&self.db, job.name, &self.holder, &ended).await
    }
}

/// The wait before the next turn: longer with every failure in a row.
fn pause(every: Duration, failures: u32) -> Duration {
    let longest = MAX_PAUSE.max(every);
    every.saturating_mul(1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX)).min(longest)
}

fn plus(at: Timestamp, duration: Duration) -> Timestamp {
    at.plus_micros(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

/// A fault and its sources in one line.
fn told(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut source = fault.source();
    while let Some(inner) = source {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = inner.source();
    }
    text.chars().take(MAX_ERROR).collect()
}
