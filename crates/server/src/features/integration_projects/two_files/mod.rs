//! Two files, five minutes: two exports are laid side by side on a throw-away project, and nothing is posted.

pub mod console;
mod guess;
mod make;
mod paper;
mod read;
mod report;
mod shown;

use std::path::{Path, PathBuf};
use std::time::Duration;

use lazo_domain::time::DAY;
use serde::{Deserialize, Serialize};

use super::store::trials;
use crate::App;
use crate::http::Problem;
use crate::jobs::{Job, Step};
use crate::scratch;

/// What the codes of throw-away projects begin with.
pub const CODE: &str = "two-files-";
/// How long a trial is kept.
const KEPT: i64 = DAY;
/// Trials forgotten in one step of the job.
const FORGOTTEN: i64 = 20;

/// One of the two sides, as it was dropped and as somebody corrected it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Side {
    /// What people call the program.
    name: String,
    /// The file as it is called here.
    file: String,
    /// The file as its sender calls it.
    called: String,
    /// What one point is worth, in hundredths of a minor unit.
    worth: i64,
    /// Its columns with what each seems to hold.
    columns: Vec<guess::Column>,
    /// How many rows were seen, and whether these were all.
    rows: u64,
    /// How dates are written.
    dates: String,
    /// Stands between groups of three digits, if anything does.
    thousands: String,
    /// Stands before decimals.
    decimal: String,
}

/// A trial: both sides, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trial {
    /// Whose it is.
    tenant: i64,
    /// Both sides.
    sides: Vec<Side>,
    /// What stopped it, if anything did.
    fault: Option<String>,
    /// Is it being worked out?
    running: bool,
    /// When its files came.
    #[serde(default)]
    at: i64,
    /// How many octets they have.
    #[serde(default)]
    bytes: u64,
}

/// Where a trial's files lie.
fn folder(app: &App, code: &str) -> PathBuf {
    root(app).join(code)
}

fn root(app: &App) -> PathBuf {
    app.data_dir.join("two-files")
}

impl Trial {
    fn path(folder: &Path) -> PathBuf {
        folder.join("trial.json")
    }

    fn load(app: &App, tenant: i64, code: &str) -> Result<Self, Problem> {
        let missing = || Problem::not_found("not_found");
        let known = code.strip_prefix(CODE).is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        if !known {
            return Err(missing());
        }
        let text = std::fs::read_to_string(Self::path(&folder(app, code)));
        let trial: Self =
            serde_json::from_str(&text.map_err(|_| missing())?).map_err(|_| missing())?;
        // Another client's trial is not found.
        if trial.tenant != tenant {
            return Err(missing());
        }
        // Whoever was at it is no more: it may be worked out again.
        let running = trial.running && scratch::is_held(&folder(app, code));
        Ok(Self { running, ..trial })
    }

    fn save(&self, app: &App, code: &str) -> Result<(), Problem> {
        let broken = |error: String| {
            tracing::error!(%error, "a trial cannot be written");
            Problem::unavailable()
        };
        let text = serde_json::to_string(self).map_err(|e| broken(e.to_string()))?;
        std::fs::write(Self::path(&folder(app, code)), text).map_err(|e| broken(e.to_string()))
    }
}

/// A trial's folder as it lies there; nothing where it is none.
fn lying(path: &Path) -> Option<Trial> {
    let text = std::fs::read_to_string(Trial::path(path)).ok()?;
    serde_json::from_str(&text).ok()
}

/// How many octets of files a client has in trials.
fn octets(app: &App, tenant: i64) -> u64 {
    let Ok(all) = std::fs::read_dir(root(app)) else { return 0 };
    let trials = all.filter_map(Result::ok).filter_map(|entry| lying(&entry.path()));
    trials.filter(|trial| trial.tenant == tenant).map(|trial| trial.bytes).sum()
}

/// Trials are forgotten after a day, with their files and everything that was loaded from them; at once those files that
/// no trial came of.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    let here = app.clone();
    let sweep = Job::every_node("trials.sweep", Duration::from_secs(3_600), move |turn| {
        let (root, before) = (root(&here), turn.now.plus_micros(-KEPT).0);
        async move {
            let stays = move |path: &Path| lying(path).is_some_and(|trial| trial.at >= before);
            let done = tokio::task::spawn_blocking(move || scratch::sweep(&root, stays)).await?;
            Ok(Step { done: u64::try_from(done).unwrap_or(0), more: false })
        }
    });
    let app = app.clone();
    let forget = Job::one("trials.forget", Duration::from_secs(600), move |turn| {
        let app = app.clone();
        async move {
            let before = turn.now.plus_micros(-KEPT);
            let old = trials::older(&app.db, CODE, before, FORGOTTEN).await?;
            let done = old.len();
            for project in &old {
                trials::forget(&app.db, project).await?;
                remove(&app, &project.document.code);
            }
            Ok(Step { done: u64::try_from(done).unwrap_or(0), more: done > 0 })
        }
    });
    vec![forget, sweep]
}

fn remove(app: &App, code: &str) {
    scratch::remove(&folder(app, code));
}
