//! The technology audit: what the client has, what the program needs, where the two meet and whether anything really went
//! through there, and how long the work between takes.

pub mod api;
pub mod console;
pub mod estimate;
pub mod profile;
pub mod store;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use lazo_domain::ids::{AccountId, BUCKETS, EventId, RegisterEntryId};
use lazo_store::ledger::history;
use serde_json::json;

use super::audit::{self, Deed};
use super::registers::{self, Entry, Kind};
use crate::App;
use crate::http::{Problem, Scope};
use crate::places;
use estimate::{Forecast, NoPlan, Task};

/// A capability that the program needs, with the system that gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// Which: a code of the register's choices.
    pub code: &'static str,
    /// What it takes if it is missing, as somebody said; `high` until somebody does.
    pub severity: String,
    /// The system that gives it; nothing is a gap.
    pub system: Option<String>,
    /// The entry that says so, if there is one.
    pub entry: Option<RegisterEntryId>,
}

/// Every capability with its system or its gap.
pub async fn capabilities(scope: &Scope<App>) -> Result<Vec<Capability>, Problem> {
    let register = registers::known("capabilities")?;
    let entries = registers::all(scope, "capabilities").await?;
    let systems = registers::all(scope, "systems").await?;
    let Kind::Choice(codes) = register.fields[0].kind else { return Ok(Vec::new()) };
    let capability = |code: &&'static str| {
        let entry = entries.iter().find(|entry| entry.text("name") == *code);
        let system = entry.and_then(|entry| {
            systems.iter().find(|system| system.id.to_string() == entry.text("system"))
        });
        Capability {
            code,
            severity: entry.map_or("high", |entry| entry.text("severity")).to_owned(),
            system: system.map(|system| system.text("name").to_owned()),
            entry: entry.map(|entry| entry.id),
        }
    };
    Ok(codes.iter().map(capability).collect())
}

/// The work planned from `start` on and tried with a seed: blackouts, frozen systems and frozen constraints keep their days
/// free.
pub async fn plan(scope: &Scope<App>, start: Date, seed: u64) -> Result<Forecast, Problem> {
    let systems = registers::all(scope, "systems").await?;
    let blackouts = registers::all(scope, "blackouts").await?;
    let limits = registers::all(scope, "constraints").await?;
    let entries = registers::all(scope, "tasks").await?;
    let tasks: Vec<Task> = entries
        .iter()
        .filter_map(|entry| {
            let system =
                systems.iter().find(|system| system.id.to_string() == entry.text("system"));
            Task::of(entry, closed(system, &blackouts, &limits, start))
        })
        .collect();
    // Thousands of trials of some hundred tasks take a while: not on the thread that answers others.
    let place = scope.app.places.take(scope.tenant, places::Kind::Figures).await?;
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        estimate::forecast(&tasks, start, seed)
    })
    .await;
    let done = done.map_err(|_| Problem::new(500, "internal"))?;
    done.map_err(|reason| match reason {
        NoPlan::Ring(name) => Problem::new(422, "tasks_in_a_ring").with("name", name),
        NoPlan::Endless(name) => Problem::new(422, "task_endless").with("name", name),
    })
}

/// The days on which nobody may work on a system, or on anything.
fn closed(
    system: Option<&Entry>,
    blackouts: &[Entry],
    limits: &[Entry],
    start: Date,
) -> Vec<(Date, Date)> {
    let id = system.map(|system| system.id.to_string()).unwrap_or_default();
    let name = system.map_or("", |system| system.text("name"));
    let own = blackouts.iter().filter(|b| b.text("system").is_empty() || b.text("system") == id);
    let blackouts = own.filter_map(|b| Some((b.day("from")?, b.day("until")?)));
    let frozen =
        system.and_then(|system| Some((system.day("frozen_from")?, system.day("frozen_until")?)));
    let limits = limits
        .iter()
        .filter(|limit| limit.text("limit") == "frozen_system" && limit.text("system") == name)
        .filter_map(|limit| Some((start, limit.day("until")?)));
    blackouts.chain(frozen).chain(limits).collect()
}

/// Plans the work and keeps the forecast with the reason why it was made.
pub async fn keep(
    scope: &Scope<App>,
    start: Date,
    seed: u64,
    promised: Option<Date>,
    reason: &str,
) -> Result<store::Kept, Problem> {
    let reason = reason.trim();
    if !(3..=500).contains(&reason.chars().count()) {
        return Err(Problem::field("/reason", "invalid", "say why, in 3 to 500 characters"));
    }
    let made = plan(scope, start, seed).await?;
    let kept = store::Kept {
        at: scope.caller.real_now,
        start: start.to_string(),
        done: made.done.map(|day| day.to_string()),
        promised: promised.map(|day| day.to_string()),
        seed,
        reason: reason.to_owned(),
        made_by: scope.actor().to_owned(),
    };
    let mut tx = scope.app.db.begin().await?;
    store::keep(&mut tx, scope.tenant, &kept).await?;
    let detail = json!({ "p80": kept.done[1] });
    let deed = Deed::of(scope, "technology.forecast_kept", "plan", detail);
    audit::record(&mut tx, &deed.because(reason)).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Looks for a message of an integration point in the ledger: only one that really arrived makes it verified.
pub async fn prove(scope: &Scope<App>, id: RegisterEntryId) -> Result<Option<EventId>, Problem> {
    let point = registers::get(scope, registers::known("integration_points")?, id).await?;
    let source = point.text("proof_source");
    if source.is_empty() {
        return Err(Problem::field(
            "/proof_source",
            "required",
            "say under which source it arrives",
        ));
    }
    let Some(event) = arrived(scope, source).await? else { return Ok(None) };
    let mut tx = scope.app.db.begin().await?;
    let (actor, now) = (scope.actor(), scope.caller.real_now);
    store::prove(&mut tx, scope.tenant, id, event, actor, now).await?;
    let detail = json!({ "event": event });
    audit::record(&mut tx, &Deed::of(scope, "technology.point_verified", id, detail)).await?;
    tx.commit().await?;
    Ok(Some(event))
}

/// An event of the journal that came from `source`.
async fn arrived(scope: &Scope<App>, source: &str) -> Result<Option<EventId>, Problem> {
    for bucket in 0..BUCKETS {
        let mut after = AccountId(i64::MIN);
        loop {
            let page = history::page(&scope.app.db, scope.tenant, bucket, after).await?;
            let Some(last) = page.last() else { break };
            after = last.account;
            let mut events = page.iter().flat_map(|history| &history.events);
            if let Some(event) = events.find(|event| event.source == source) {
                return Ok(Some(event.id));
            }
        }
    }
    Ok(None)
}
