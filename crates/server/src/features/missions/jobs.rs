//! The job of missions: what was done and not posted, because a process died in between, is posted.

use std::time::Duration;

use lazo_domain::time::SECOND;

use super::{progress, store};
use crate::App;
use crate::jobs::{Fault, Job, Step, Turn};

/// How often is looked, and how long the page that keeps a mission is left to post it by itself.
const EVERY: Duration = Duration::from_mins(1);
const OWN_TIME: i64 = 60 * SECOND;
/// Missions in one step.
const PAGE: i64 = 100;

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let posting = app.clone();
    vec![Job::one("missions.post", EVERY, move |turn| {
        let app = posting.clone();
        async move { step(&app, &turn).await }
    })]
}

/// Posts those that are due.
pub(super) async fn step(app: &App, turn: &Turn) -> Result<Step, Fault> {
    let due = store::unposted(&app.db, turn.now.plus_micros(-OWN_TIME), PAGE).await?;
    let (mut done, mut failed) = (0, 0);
    for (tenant, mission) in &due {
        match progress::post(app, *tenant, mission).await {
            Ok(()) => done += 1,
            Err(error) => {
                failed += 1;
                tracing::warn!(member = %mission.member, mission = mission.mission.name(), %error, "a mission is posted later");
            }
        }
    }
    // One that fails every time holds up no other: the next look comes at its time.
    Ok(Step { done, more: failed == 0 && i64::try_from(due.len()).unwrap_or(0) == PAGE })
}
