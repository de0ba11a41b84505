//! The ledger's scheduled work: time passes for accounts that are due, and the journal's chain grows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lazo_domain::event::{Body, Event, Facts};
use lazo_domain::ids::{BUCKETS, EventId, ProgramId, TenantId};
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;
use lazo_store::ledger::DueAccount;
use lazo_store::{Command, PostError, StoreError, chain};

use crate::app::App;
use crate::features::tenants;
use crate::jobs::{Job, Step};

/// How many due accounts are looked at together: as many as the ledger decides in one transaction.
const PAGE: i64 = 256;

/// How many accounts one step of the job brings up to date before it asks whether to go on.
const STEP: usize = 4_096;

/// Lots expire, pending points are released, holds lapse and tiers are reviewed; the journal is sealed.
pub fn jobs(app: &App) -> Vec<Job> {
    let half_a_minute = Duration::from_secs(30);
    let (passing_app, db, ids) = (app.clone(), app.db.clone(), Arc::clone(&app.ids));
    let elapse = Job::one("expiry", half_a_minute, move |_| {
        let app = passing_app.clone();
        async move { Ok(Step::of(passing(&app, None, None, STEP).await?, STEP)) }
    });
    // Rows older than the longest transaction are sealed.
    let seal = Job::one("sealing", half_a_minute, move |turn| {
        let (db, ids) = (db.clone(), Arc::clone(&ids));
        async move {
            let done = chain::seal(&db, turn.now).await?.events;
            ids.stay_above_sealed(&db).await?;
            Ok(Step { done, more: false })
        }
    });
    vec![elapse, seal]
}

/// Lets time pass for all accounts that are due, of one tenant or of all, up to `until` but never beyond the tenant's
/// own now. Answers for how many accounts something happened.
pub async fn sweep(
    app: &App,
    only: Option<TenantId>,
    until: Option<Timestamp>,
) -> Result<usize, StoreError> {
    passing(app, only, until, usize::MAX).await
}

async fn passing(
    app: &App,
    only: Option<TenantId>,
    until: Option<Timestamp>,
    enough: usize,
) -> Result<usize, StoreError> {
    let mut passing = Passing { app, tenants: BTreeMap::new() };
    for tenant in tenants::store::all(&app.db).await? {
        if !tenant.live || only.is_some_and(|only| only != tenant.id) {
            continue;
        }
        let now = tenant.now(app.clock.now());
        let programs = app.programs.current(tenant.id).await?;
        // Which program the passing of time is booked under matters to nobody: it concerns the whole account.
        let Some(program) = programs.ids().next() else { continue };
        let until = until.map_or(now, |until| until.min(now));
        passing.tenants.insert(tenant.id, (until, program));
    }
    let Some(latest) = passing.tenants.values().map(|(until, _)| *until).max() else {
        return Ok(0);
    };
    let mut done = 0;
    for bucket in (0..BUCKETS).step_by(2) {
        // Two at a time: one is read while the other is written.
        let (one, other) =
            tokio::join!(passing.bucket(bucket, latest), passing.bucket(bucket + 1, latest));
        done += one? + other?;
        if done >= enough {
            break;
        }
    }
    Ok(done)
}

struct Passing<'a> {
    app: &'a App,
    tenants: BTreeMap<TenantId, (Timestamp, ProgramId)>,
}

impl Passing<'_> {
    async fn bucket(&self, bucket: i64, latest: Timestamp) -> Result<usize, StoreError> {
        let books = self.app.ledger.books();
        let (mut done, mut after) = (0, None);
        loop {
            let due = books.due(bucket, latest, after, PAGE).await?;
            let Some(last) = due.last().copied() else { return Ok(done) };
            after = Some(last);
            let commands: Vec<Command> = due.iter().filter_map(|due| self.command(due)).collect();
            for answer in self.app.ledger.post(commands).await {
                match answer {
                    Ok(_) => done += 1,
                    // Somebody else was there before, or it was not due after all.
                    Err(PostError::Refused(Refusal::NothingDue)) => {}
                    Err(PostError::Refused(refusal)) => {
                        tracing::error!(code = refusal.code(), %refusal, "time cannot pass for an account");
                    }
                    Err(PostError::Unknown(error)) => {
                        return Err(StoreError::Unknown(Box::new(error)));
                    }
                }
            }
        }
    }

    fn command(&self, due: &DueAccount) -> Option<Command> {
        let (until, program) = *self.tenants.get(&due.tenant)?;
        if due.next_at > until {
            return None;
        }
        let event = Event {
            id: EventId(0),
            tenant: due.tenant,
            account: due.account,
            program,
            source: "clock".to_owned(),
            // Time may pass to the same instant twice, when something of the past was learned in between.
            source_ref: self.app.ids.next().to_string(),
            effective_at: until,
            recorded_at: until,
            actor: "clock".to_owned(),
            import: None,
            body: Body::Elapse,
        };
        Some(Command::One { event, facts: Facts::default() })
    }
}
