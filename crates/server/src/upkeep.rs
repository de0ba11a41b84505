//! What an installation does by itself: the jobs of every noun and of the store, for `lazo serve` and `lazo jobs`.

use std::sync::Arc;
use std::time::Duration;

use lazo_domain::time::DAY;
use lazo_store::idempotency::Idempotency;
use lazo_store::outbox::Outbox;

use crate::app::App;
use crate::features;
use crate::jobs::{Job, Runner, Step};

/// How long messages stay in the outbox after they were passed on, for whoever looks into a complaint.
const OUTBOX_KEPT_MICROS: i64 = 7 * DAY;
const HOUR: Duration = Duration::from_secs(3_600);

/// Every job: those of the nouns, and those of the store.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    let mut all = features::jobs(app);
    all.extend([outbox(app), answers(app)]);
    all
}

/// The runner of every job; `holder` names this process among others on the same database.
#[must_use]
pub fn runner(app: &App, holder: &str) -> Runner {
    Runner::new(app.db.clone(), Arc::clone(&app.clock), holder, jobs(app))
}

/// Messages that were passed on long ago leave the outbox.
fn outbox(app: &App) -> Job {
    let outbox = Outbox::new(app.db.clone());
    Job::one("outbox.purge", HOUR, move |turn| {
        let outbox = outbox.clone();
        let before = turn.now.plus_micros(-OUTBOX_KEPT_MICROS);
        async move { Ok(Step { done: outbox.purge(before).await?, more: false }) }
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
