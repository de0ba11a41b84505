//! The job that hands requests up when their time has run out.

use std::time::Duration;

use serde_json::json;

use super::store;
use crate::App;
use crate::features::audit::{self, Deed};
use crate::jobs::{Fault, Job, Step};

/// How often the clocks are looked at: a minute is the unit in which they are told.
const EVERY: Duration = Duration::from_secs(30);
/// Requests of one step.
const BATCH: usize = 100;

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    vec![Job::one("requests.escalate", EVERY, move |turn| {
        let app = app.clone();
        async move { escalate(&app, turn.now).await }
    })]
}

/// Hands up what is late and was not handed up yet.
pub async fn escalate(app: &App, now: lazo_domain::time::Timestamp) -> Result<Step, Fault> {
    let late = store::late(&app.db, now, i64::try_from(BATCH)?).await?;
    for (tenant, id) in &late {
        let mut tx = app.db.begin().await?;
        if store::escalate(&mut tx, *tenant, *id, now).await? {
            let deed = Deed {
                tenant: *tenant,
                at: now,
                actor: "clock",
                action: "request.escalated",
                object: id.to_string(),
                reason: "late",
                detail: json!({}),
            };
            audit::record(&mut tx, &deed).await?;
        }
        tx.commit().await?;
    }
    Ok(Step::of(late.len(), BATCH))
}
