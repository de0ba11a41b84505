//! The jobs of newsletters, one process at a time: handing letters over, and forgetting addresses that nobody confirmed.

use std::time::Duration;

use lazo_domain::time::DAY;

use super::join::ASKED;
use super::{send, subscribers};
use crate::App;
use crate::jobs::{Fault, Job, Step, Turn};

/// How often is looked whether an issue's hour has come.
const EVERY: Duration = Duration::from_secs(15);
/// How often is looked for what is not needed any more.
const FORGET_EVERY: Duration = Duration::from_hours(1);
/// For how long the record of a consent is kept after its end: as long as somebody may ask for it.
const ON_RECORD: i64 = 3 * 365 * DAY;
/// Subscribers that are forgotten in one step.
const BATCH: i64 = 200;

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let (sending, forgetting) = (app.clone(), app.clone());
    vec![
        Job::one("newsletter.send", EVERY, move |turn| {
            let app = sending.clone();
            async move { send::step(&app, &turn).await }
        }),
        Job::one("newsletter.forget", FORGET_EVERY, move |turn| {
            let app = forgetting.clone();
            async move { forget(&app, &turn).await }
        }),
    ]
}

/// Forgets addresses that nobody confirmed in time, and records of consents that ended long ago.
pub async fn forget(app: &App, turn: &Turn) -> Result<Step, Fault> {
    let ends = (turn.now.plus_micros(-ASKED), turn.now.plus_micros(-ON_RECORD));
    let mut tx = app.db.begin().await?;
    let done = subscribers::forget(&mut tx, ends, BATCH).await?;
    tx.commit().await?;
    Ok(Step { done, more: done >= BATCH.unsigned_abs() })
}
