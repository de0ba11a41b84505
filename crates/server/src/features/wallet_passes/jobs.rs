//! What passes' jobs do: see which ones changed, and tell phones and Google of it. Each step is safe to do twice.

use std::collections::BTreeMap;
use std::time::Duration;

use lazo_domain::ids::{AccountId, TenantId};
use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_store::StoreError;

use super::push;
use super::settings::{Apple, Door, Google};
use super::{MAX_TRIES, Pass, google, google_tell, pause, refresh, store};
use crate::App;
use crate::features::members::MemberStatus;
use crate::http::Problem;
use crate::jobs::{Fault, Job, Step};

/// Passes looked at in one step.
const PAGE: i64 = 200;
/// How long a pass is left alone after it was looked at.
const EVERY: i64 = 30 * SECOND;
/// Phones and cards told in one step.
const TOLD: i64 = 50;
/// How long the pass of somebody who left is kept, so that phones hear that it is over.
const KEPT: i64 = 30 * DAY;

/// The jobs of this noun.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    let every = Duration::from_secs(15);
    let (looking, telling) = (app.clone(), app.clone());
    vec![
        Job::one("wallet_passes.look", every, move |turn| {
            let app = looking.clone();
            async move { look(&app, turn.now).await }
        }),
        Job::one("wallet_passes.tell", every, move |turn| {
            let app = telling.clone();
            async move { tell(&app, turn.now).await }
        }),
    ]
}

/// Looks at a page of passes that somebody has: those whose account or configuration changed get what they say anew.
async fn look(app: &App, now: Timestamp) -> Result<Step, Fault> {
    let due = store::due(&app.db, now.plus_micros(-EVERY), PAGE).await?;
    let versions = versions(app, &due).await?;
    let mut members = Vec::with_capacity(due.len());
    for pass in &due {
        members.push(app.lookups.members.get((pass.tenant, pass.member)));
    }
    let members = futures_util::future::join_all(members).await;
    for (pass, member) in due.iter().zip(members) {
        let Some((account, config)) = versions.get(&(pass.tenant, pass.account)) else { continue };
        let status = member?.map_or(MemberStatus::Erased, |member| member.status);
        let stands = (*account, *config) == (pass.account_version, pass.config_version)
            && pass.voided == (status != MemberStatus::Active);
        if !stands {
            renew(app, pass, now).await?;
        } else if status == MemberStatus::Erased && pass.changed_at.plus_micros(KEPT) < now {
            store::remove(&app.db, pass.id).await?;
        }
    }
    store::checked(&app.db, &due, now).await?;
    Ok(Step::of(due.len(), usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

async fn renew(app: &App, pass: &Pass, now: Timestamp) -> Result<(), Fault> {
    match refresh::fresh(app, pass).await {
        Ok(_) => Ok(()),
        // One pass that cannot be made keeps no other from being made.
        Err(Problem { status, code, .. }) if status < 500 => {
            tracing::warn!(pass = %pass.id, code, at = %now, "a wallet pass was not renewed");
            Ok(())
        }
        Err(problem) => Err(format!("a wallet pass was not renewed: {}", problem.code).into()),
    }
}

/// The versions of accounts, with that of their tenants' configuration.
async fn versions(
    app: &App,
    passes: &[Pass],
) -> Result<BTreeMap<(TenantId, AccountId), (i64, i64)>, StoreError> {
    let mut by_tenant: BTreeMap<TenantId, Vec<AccountId>> = BTreeMap::new();
    for pass in passes {
        by_tenant.entry(pass.tenant).or_default().push(pass.account);
    }
    let mut found = BTreeMap::new();
    for (id, accounts) in by_tenant {
        let Some(tenant) = app.lookups.tenants.get(id).await? else { continue };
        for account in app.ledger.books().accounts(id, &accounts).await? {
            found.insert((id, account.id), (account.version, tenant.config_version));
        }
    }
    Ok(found)
}

/// Tells phones and Google of passes that they have in an older form.
async fn tell(app: &App, now: Timestamp) -> Result<Step, Fault> {
    let mut done = 0;
    let wallet = &app.wallet;
    if let Some((apple, door)) = wallet.apple.as_ref().and_then(|a| a.push.as_ref().map(|d| (a, d)))
    {
        done += tell_phones(app, apple, door, now).await?;
    }
    if let Some((google, door)) =
        wallet.google.as_ref().and_then(|g| g.api.as_ref().map(|d| (g, d)))
    {
        done += tell_google(app, google, door, now).await?;
    }
    Ok(Step::of(done, usize::try_from(TOLD).unwrap_or(usize::MAX)))
}

async fn tell_phones(
    app: &App,
    apple: &Apple,
    door: &Door,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let waiting = store::phones_wait(&app.db, now, TOLD).await?;
    // All at once over one connection: a phone that is slow to be told holds up no other.
    let mut telling = Vec::with_capacity(waiting.len());
    for one in &waiting {
        telling.push(push::tell(apple, door, &one.push_token));
    }
    let told = futures_util::future::join_all(telling).await;
    for (one, told) in waiting.iter().zip(told) {
        match told {
            push::Told::Taken => store::phone_told(&app.db, one).await?,
            push::Told::Gone => {
                store::unregister(&app.db, &one.device, one.pass).await?;
            }
            // A phone that cannot be told finds the change when it looks by itself.
            push::Told::Later if one.tries >= MAX_TRIES => {
                store::phone_told(&app.db, one).await?;
            }
            push::Told::Later => {
                store::phone_later(&app.db, one, now.plus_micros(pause(one.tries))).await?;
            }
        }
    }
    Ok(waiting.len())
}

async fn tell_google(
    app: &App,
    google: &Google,
    door: &Door,
    now: Timestamp,
) -> Result<usize, Fault> {
    let waiting = store::google_waits(&app.db, now, TOLD).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let Some(token) = google_tell::token(google, door, now).await else {
        return Err("Google gave no token for its interface".into());
    };
    let mut fresh = Vec::with_capacity(waiting.len());
    for pass in &waiting {
        match refresh::fresh(app, pass).await {
            Ok(Some((pass, content))) => {
                let object = google::object(&google.issuer, (pass.brand, pass.id), &content);
                fresh.push((pass, object));
            }
            _ => {
                let next_at = now.plus_micros(pause(pass.google_tries));
                store::google_later(&app.db, pass, next_at).await?;
            }
        }
    }
    let mut telling = Vec::with_capacity(fresh.len());
    for (_, object) in &fresh {
        telling.push(google_tell::tell(door, &token, object));
    }
    let told = futures_util::future::join_all(telling).await;
    for ((pass, _), told) in fresh.iter().zip(told) {
        let last = pass.google_tries >= MAX_TRIES;
        match told {
            google_tell::Told::Taken => store::google_told(&app.db, pass).await?,
            google_tell::Told::Unknown if last => store::google_gone(&app.db, pass.id).await?,
            google_tell::Told::Later if last => store::google_told(&app.db, pass).await?,
            google_tell::Told::Unknown | google_tell::Told::Later => {
                let next_at = now.plus_micros(pause(pass.google_tries));
                store::google_later(&app.db, pass, next_at).await?;
            }
        }
    }
    Ok(waiting.len())
}
