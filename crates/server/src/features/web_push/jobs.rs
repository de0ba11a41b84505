//! What the jobs of notices do: find what there is to tell, tell it once to each browser, and forget what is long past.

use std::time::Duration;

use futures_util::StreamExt as _;
use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_store::StoreError;
use serde_json::json;

use super::courier::{Courier, Outcome};
use super::store::{self, Waiting};
use super::vapid::Vapid;
use super::{CONSENT, Device, Kind, Notice, find};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::campaigns::policy;
use crate::features::consents;
use crate::features::members::{self, MemberStatus};
use crate::features::tenants::Tenant;
use crate::http::Problem;
use crate::jobs::{Fault, Job, Step};

/// Browsers looked at in one step.
const PAGE: i64 = 100;
/// How often a browser's member is looked at.
const EVERY: i64 = 30 * 60 * SECOND;
/// Notices handed over in one step.
const BATCH: i64 = 50;
/// Notices in hand at once: a maker that is slow holds up few others.
const IN_HAND: usize = 8;
/// How long a notice is in hand before somebody else may take it: longer than a call may take.
const LEASE: i64 = 60 * SECOND;
/// How long until a notice is tried again, at first; twice as long each time.
const AGAIN: i64 = 60 * SECOND;
/// How often a notice is tried.
const MAX_ATTEMPTS: i64 = 6;
/// After so long without being so, the same is news again.
const FORGOTTEN: i64 = 30 * DAY;
const WEEK: i64 = 7 * DAY;

/// The jobs of this noun.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    let (finding, sending, forgetting) = (app.clone(), app.clone(), app.clone());
    vec![
        Job::one("notices.find", Duration::from_secs(60), move |turn| {
            let app = finding.clone();
            async move { look(&app, turn.now).await }
        }),
        Job::one("notices.send", Duration::from_secs(15), move |turn| {
            let app = sending.clone();
            async move { send(&app, turn.now).await }
        }),
        Job::one("notices.forget", Duration::from_secs(3_600), move |turn| {
            let app = forgetting.clone();
            async move {
                let gone = store::forget(&app.db, turn.now.plus_micros(-FORGOTTEN)).await?;
                Ok(Step { done: gone, more: false })
            }
        }),
    ]
}

/// Looks at a page of browsers: what is so and was not told yet becomes a notice.
async fn look(app: &App, now: Timestamp) -> Result<Step, Fault> {
    let due = store::due(&app.db, now.plus_micros(-EVERY), PAGE).await?;
    for device in &due {
        let found = match find::news(app, device).await {
            Ok(found) => found,
            Err(Problem { status, code, .. }) if status >= 500 => {
                return Err(format!("what there is to tell was not found: {code}").into());
            }
            Err(problem) => {
                tracing::warn!(device = %device.id, code = problem.code, "there is nothing to tell");
                None
            }
        };
        match found {
            Some(news) => keep(app, device, news, now).await?,
            None => part(app, device, now).await?,
        }
    }
    Ok(Step::of(due.len(), usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// Keeps what is new. Of rewards that came within reach together only the dearest is told; without consent nothing is, and
/// what is so then is known.
async fn keep(
    app: &App,
    device: &Device,
    news: find::News,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = store::known(&app.db, device.id, Kind::Reward).await?;
    let is_new = |notice: &Notice| !known.contains(&notice.about);
    let dearest = news.notices.iter().find(|n| n.kind == Kind::Reward && is_new(n)).cloned();
    let (silent, told): (Vec<Notice>, Vec<Notice>) = news
        .notices
        .into_iter()
        .partition(|n| n.kind == Kind::Reward && Some(n) != dearest.as_ref());
    let next_at = policy::of(&app.db, device.tenant).await?.next_open(now, &news.zone);
    let mut tx = app.db.begin().await?;
    let given = consents::store::is_given(&mut tx, device.tenant, device.member, CONSENT).await?;
    if given {
        store::notice(&mut tx, device.id, &silent, None, now).await?;
        store::notice(&mut tx, device.id, &told, Some(next_at), now).await?;
    } else {
        store::notice(&mut tx, device.id, &silent, None, now).await?;
        store::notice(&mut tx, device.id, &told, None, now).await?;
    }
    store::checked(&mut tx, device.id, now).await?;
    tx.commit().await
}

/// The browser of somebody who takes part no more is forgotten.
async fn part(app: &App, device: &Device, now: Timestamp) -> Result<(), StoreError> {
    let member = members::store::by_id(&app.db, device.tenant, device.member).await?;
    let erased = member.is_none_or(|member| member.status == MemberStatus::Erased);
    let mut tx = app.db.begin().await?;
    if erased {
        store::remove(&mut tx, device.id).await?;
    } else {
        store::checked(&mut tx, device.id, now).await?;
    }
    tx.commit().await
}

/// Hands over what may leave now.
async fn send(app: &App, now: Timestamp) -> Result<Step, Fault> {
    let waiting = store::waiting(&app.db, now, BATCH).await?;
    if waiting.is_empty() {
        return Ok(Step::default());
    }
    let courier = Courier::new(app)?;
    let mut all = Vec::with_capacity(waiting.len());
    for notice in &waiting {
        all.push(one(app, &courier, notice, now));
    }
    let done: Vec<Result<bool, Fault>> =
        futures_util::stream::iter(all).buffer_unordered(IN_HAND).collect().await;
    let mut sent = 0;
    for one in done {
        sent += u64::from(one?);
    }
    Ok(Step { done: sent, more: waiting.len() as i64 >= BATCH })
}

/// Hands one notice over; answers whether it left.
async fn one(
    app: &App,
    courier: &Courier,
    notice: &Waiting,
    now: Timestamp,
) -> Result<bool, Fault> {
    let Some(device) = store::by_id(&app.db, notice.device).await? else { return Ok(false) };
    let Some(tenant) = app.lookups.tenants.get(device.tenant).await? else { return Ok(false) };
    if !app.db.retry(|| take(app, &tenant, &device, notice, now)).await? {
        return Ok(false);
    }
    let vapid = Vapid::of(app, device.tenant).await?;
    let outcome = courier.hand_over(&vapid, &device, notice, now).await;
    let mut tx = app.db.begin().await?;
    match outcome {
        Outcome::Sent => store::done(&mut tx, notice, ("sent", ""), now).await?,
        Outcome::Refused(why) => store::done(&mut tx, notice, ("failed", why), now).await?,
        Outcome::Gone => {
            store::remove(&mut tx, device.id).await?;
            audit::record(&mut tx, &gone(&device, now)).await?;
        }
        Outcome::Later(_) if notice.attempts + 1 >= MAX_ATTEMPTS => {
            store::done(&mut tx, notice, ("failed", "gave_up"), now).await?;
        }
        Outcome::Later(after_s) => {
            let doubled = AGAIN << notice.attempts.clamp(0, 10);
            let wait = after_s.map_or(doubled, |s| doubled.max(s * SECOND));
            store::later(&mut tx, notice, now.plus_micros(wait)).await?;
        }
    }
    tx.commit().await?;
    Ok(outcome == Outcome::Sent)
}

/// Takes a notice in hand, if it may leave at this moment: with the consent, outside quiet hours, and rewards no more often
/// than the contact policy says.
async fn take(
    app: &App,
    tenant: &Tenant,
    device: &Device,
    notice: &Waiting,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let policy = policy::of(&app.db, device.tenant).await?;
    let member = members::store::by_id(&app.db, device.tenant, device.member).await?;
    let active = member.is_some_and(|member| member.status == MemberStatus::Active);
    let mut tx = app.db.begin().await?;
    if !store::take(&mut tx, notice, now, now.plus_micros(LEASE)).await? {
        return Ok(false);
    }
    let given = consents::store::is_given(&mut tx, device.tenant, device.member, CONSENT).await?;
    let week = now.plus_micros(-WEEK);
    let is_full = notice.kind == Kind::Reward.name()
        && store::sent_since(&mut tx, device.id, &notice.kind, week).await? >= policy.max_per_week;
    let barrier = match () {
        () if !active => Some("suspended"),
        () if !given => Some("no_consent"),
        () if is_full => Some("cap"),
        () => None,
    };
    let zone = &tenant.config.time_zone;
    let quiet = barrier.is_none() && policy.is_quiet(now, zone);
    if let Some(reason) = barrier {
        store::done(&mut tx, notice, ("withheld", reason), now).await?;
    } else if quiet {
        store::later(&mut tx, notice, policy.next_open(now, zone)).await?;
    }
    tx.commit().await?;
    Ok(barrier.is_none() && !quiet)
}

fn gone(device: &Device, at: Timestamp) -> Deed<'static> {
    Deed {
        tenant: device.tenant,
        at,
        actor: "clock",
        action: "push_device.ended",
        object: device.id.to_string(),
        reason: "gone",
        detail: json!({ "member": device.member }),
    }
}
