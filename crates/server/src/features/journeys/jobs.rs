//! The job of journeys, one process at a time.

use std::time::Duration;

use super::walk;
use crate::App;
use crate::jobs::Job;

/// How often is looked who enters and whose moment has come: a welcome is there within the minute.
const EVERY: Duration = Duration::from_secs(15);

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    vec![Job::one("journeys.walk", EVERY, move |turn| {
        let app = app.clone();
        async move { walk::step(&app, &turn).await }
    })]
}
