//! The job that writes to members whose case was opened or answered.

use std::time::Duration;

use lazo_domain::time::Timestamp;

use super::{letters, store};
use crate::App;
use crate::jobs::{Fault, Job, Step};

/// How often is looked for what is to be told.
const EVERY: Duration = Duration::from_secs(10);
/// Letters of one step.
const BATCH: usize = 50;

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    vec![Job::one("cases.tell", EVERY, move |turn| {
        let app = app.clone();
        async move { tell(&app, turn.now).await }
    })]
}

/// Writes what is to be told; a letter that did not leave is tried again at the next turn. Without a mail server nothing
/// is written and nothing forgotten.
pub async fn tell(app: &App, now: Timestamp) -> Result<Step, Fault> {
    if !app.mailer.is_ready() {
        return Ok(Step::default());
    }
    let untold = store::untold(&app.db, i64::try_from(BATCH)?).await?;
    let (mut sent, mut failed) = (0, false);
    for (tenant, case, message) in &untold {
        let place = (*tenant, *case, message.position);
        // The turn is taken first: a second worker writes nothing twice.
        if !store::take(&app.db, place, now).await? {
            continue;
        }
        let Some(letter) = letters::of(app, *tenant, *case, message).await? else { continue };
        match app.mailer.send(&letter).await {
            Ok(()) => sent += 1,
            Err(error) if error.for_good().is_some() => {
                tracing::warn!(%case, "the letter of a case will never be taken");
            }
            Err(error) => {
                tracing::warn!(%case, error = &error as &dyn std::error::Error, "the letter of a case did not leave");
                store::give_back(&app.db, place).await?;
                failed = true;
            }
        }
    }
    Ok(Step { done: sent, more: !failed && untold.len() >= BATCH })
}
