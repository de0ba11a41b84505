//! The job that sends the daily letters: in the morning of the tenant's wall, once to each person who wants one.

use std::time::Duration;

use jiff::ToSpan;

use super::{digest, store};
use crate::App;
use crate::features::tenants;
use crate::jobs::{Fault, Job, Step};

/// How often is looked whether it is morning somewhere.
const EVERY: Duration = Duration::from_secs(600);
/// The hour of the tenant's wall from which letters leave.
const HOUR: i8 = 7;

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let app = app.clone();
    vec![Job::one("workspace.digest", EVERY, move |turn| {
        let app = app.clone();
        async move { send(&app, turn.now).await }
    })]
}

/// Sends what is due at `now` of the real clock: yesterday's letter, to everybody who wants one and has not got it.
pub async fn send(app: &App, now: lazo_domain::time::Timestamp) -> Result<Step, Fault> {
    let mut done = 0;
    if !app.mailer.is_ready() {
        return Ok(Step::default());
    }
    for tenant in tenants::store::all(&app.db).await?.iter().filter(|tenant| tenant.live) {
        let local = now.local(&tenant.config.time_zone);
        if local.hour() < HOUR {
            continue;
        }
        let yesterday = local.date().checked_sub(1.day())?;
        let people = store::people(&app.db, tenant.id).await?;
        if !people.iter().any(|person| person.digest) {
            continue;
        }
        let locale = tenant.config.locale();
        let told = digest::of(app, tenant, yesterday, locale).await?;
        for person in people.iter().filter(|person| person.digest) {
            let day = yesterday.to_string();
            let mut tx = app.db.begin().await?;
            // The turn is taken first: a letter that fails is not sent, and none is sent twice.
            if !store::take_digest(&mut tx, tenant.id, person.staff, &day, now).await? {
                continue;
            }
            tx.commit().await?;
            let letter =
                digest::letter(tenant, person, &told, yesterday, &app.faces.public_url, locale);
            if let Err(error) = app.mailer.send(&letter).await {
                tracing::warn!(%error, staff = %person.staff, "a daily letter did not leave");
                continue;
            }
            done += 1;
        }
    }
    Ok(Step { done, more: false })
}
