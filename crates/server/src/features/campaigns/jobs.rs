//! The jobs of campaigns, one process at a time: drawing groups and handing letters over, and forgetting where paper went.

use std::time::Duration;

use super::print::forget;
use super::send;
use crate::App;
use crate::jobs::Job;

/// How often is looked whether a campaign's hour has come.
const EVERY: Duration = Duration::from_secs(15);
/// How often is looked for what is not needed any more.
const FORGET_EVERY: Duration = Duration::from_hours(6);

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let (sending, forgetting) = (app.clone(), app.clone());
    vec![
        Job::one("campaigns.send", EVERY, move |turn| {
            let app = sending.clone();
            async move { send::step(&app, &turn).await }
        }),
        Job::one("campaigns.forget", FORGET_EVERY, move |turn| {
            let app = forgetting.clone();
            async move { forget::step(&app, &turn).await }
        }),
    ]
}
