//! The job that draws groups and hands letters over, one process at a time.

use std::time::Duration;

use super::send;
use crate::App;
use crate::jobs::Job;

/// How often is looked whether a campaign's hour has come.
const EVERY: Duration = Duration::from_secs(15);

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    vec![Job::one("campaigns.send", EVERY, move |turn| {
        let app = app.clone();
        async move { send::step(&app, &turn).await }
    })]
}
