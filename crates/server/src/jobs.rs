//! Work that comes due by itself, and the two ways to run it, once or until told to stop. Each noun lists its own.

use std::time::Duration;

use futures_util::future::BoxFuture;
use lazo_store::StoreError;
use tokio::sync::watch;

use crate::app::App;

/// One kind of scheduled work. It may run in several processes at once and may be cut short at any point.
pub struct Job {
    /// Its name, as operators see it.
    pub name: &'static str,
    /// How long it rests after it found nothing more to do.
    pub every: Duration,
    /// Does what is due now, and answers how much that was.
    pub run: fn(&App) -> BoxFuture<'_, Result<usize, StoreError>>,
}

/// What one job did, or why it did not.
pub struct Ran {
    /// Which job.
    pub name: &'static str,
    /// How much was done.
    pub done: Result<usize, StoreError>,
}

/// Does all that is due now, each job once, one after the other.
pub async fn run_once(app: &App, jobs: impl IntoIterator<Item = &Job>) -> Vec<Ran> {
    let mut all = Vec::new();
    for job in jobs {
        all.push(Ran { name: job.name, done: (job.run)(app).await });
    }
    all
}

/// Runs the jobs as they come due until `stop` turns true; what is being done then is brought to its end.
pub async fn run(app: &App, jobs: impl IntoIterator<Item = &Job>, stop: watch::Receiver<bool>) {
    let all = jobs.into_iter().map(|job| keep_running(app, job, stop.clone()));
    futures_util::future::join_all(all).await;
}

async fn keep_running(app: &App, job: &Job, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match (job.run)(app).await {
            Ok(0) => {}
            Ok(done) => tracing::info!(job = job.name, done, "did what was due"),
            Err(error) => {
                tracing::error!(job = job.name, %error, "a job failed and is tried again")
            }
        }
        tokio::select! {
            () = tokio::time::sleep(job.every) => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}
