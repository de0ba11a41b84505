//! What an installation does by itself: the jobs of every noun and of the store, for `lazo serve` and `lazo jobs`.

use std::sync::Arc;
use std::time::Duration;

use lazo_store::idempotency::Idempotency;

use crate::app::App;
use crate::features;
use crate::jobs::{Job, Runner, Step};
use crate::scratch;

const HOUR: Duration = Duration::from_secs(3_600);

/// Every job: those of the nouns, and those of the store.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    let mut all = features::jobs(app);
    all.push(answers(app));
    all.push(leftovers());
    all
}

/// The runner of every job; `holder` names this process among others on the same database.
#[must_use]
pub fn runner(app: &App, holder: &str) -> Runner {
    Runner::new(app.db.clone(), Arc::clone(&app.clock), holder, jobs(app))
}

/// What runs of this machine that are no more left among its temporary files goes: on every node, first when it starts.
fn leftovers() -> Job {
    Job::every_node("scratch.sweep", HOUR, |_| async {
        let done = tokio::task::spawn_blocking(scratch::sweep_machine).await?;
        Ok(Step { done: u64::try_from(done).unwrap_or(0), more: false })
    })
}

/// Answers that were kept for repeated requests are forgotten when their time is over.
fn answers(app: &App) -> Job {
    let kept = Idempotency::new(app.db.clone());
    Job::one("answers.purge", HOUR, move |turn| {
        let kept = kept.clone();
        async move { Ok(Step { done: kept.purge(turn.now).await?, more: false }) }
    })
}
