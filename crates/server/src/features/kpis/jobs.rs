//! The job that reads every tenant's indicators once a day.

use std::time::Duration;

use lazo_domain::time::DAY;

use super::{store, take};
use crate::App;
use crate::features::tenants;
use crate::jobs::{Fault, Job, Step};

/// How often is looked whether a day has passed.
const EVERY: Duration = Duration::from_secs(3_600);

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    vec![Job::one("kpis.read", EVERY, move |turn| {
        let app = app.clone();
        async move {
            let mut done = 0;
            for tenant in tenants::store::all(&app.db).await?.iter().filter(|t| t.live) {
                let now = tenant.now(turn.now);
                let last = store::last_at(&app.db, tenant.id).await?;
                if turn.stop.is_asked() || last.is_some_and(|last| now.0 - last.0 < DAY) {
                    continue;
                }
                take(&app, tenant.id, now, "clock", false).await?;
                done += 1;
            }
            Ok::<Step, Fault>(Step { done, more: false })
        }
    })]
}
