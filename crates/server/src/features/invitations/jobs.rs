//! The jobs of invitations, one process at a time: rewarding those whose invited bought, and forgetting network addresses.

use std::time::Duration;

use lazo_domain::time::DAY;

use super::{reward, store};
use crate::App;
use crate::jobs::{Job, Step};

/// How often is looked whether an invitation is due.
const EVERY: Duration = Duration::from_secs(30);
/// How often is looked for what is not needed any more, and how long a network address is kept, hashed.
const FORGET_EVERY: Duration = Duration::from_hours(6);
const KEPT: i64 = 30 * DAY;

/// The scheduled work of this noun.
pub fn jobs(app: &App) -> Vec<Job> {
    let (rewarding, forgetting) = (app.clone(), app.clone());
    vec![
        Job::one("invitations.reward", EVERY, move |turn| {
            let app = rewarding.clone();
            async move { reward::step(&app, &turn).await }
        }),
        Job::one("invitations.forget", FORGET_EVERY, move |turn| {
            let app = forgetting.clone();
            async move {
                let done = store::forget(&app.db, turn.now.plus_micros(-KEPT)).await?;
                Ok(Step { done, more: false })
            }
        }),
    ]
}
