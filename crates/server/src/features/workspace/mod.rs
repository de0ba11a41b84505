//! The client's home: who works on it on both sides, what needs whom, what changed, and the daily letter about it.

pub mod api;
pub mod console;
pub mod digest;
mod jobs;
pub mod needs;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::StaffId;
use lazo_domain::time::Timestamp;
use serde_json::json;

pub use jobs::jobs;

use super::audit::{self, Deed};
use super::staff;
use crate::App;
use crate::http::{Problem, Scope};

/// The sides of a partnership.
pub const SIDES: &[&str] = &["client", "partner"];
/// What somebody does on it.
pub const DUTIES: &[&str] = &[
    "account_manager",
    "deputy",
    "strategist",
    "analyst",
    "designer",
    "engineer",
    "sponsor",
    "program_manager",
    "finance",
    "legal",
    "support",
];

/// Somebody who works on a client's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person of the staff.
    pub staff: StaffId,
    /// The person's name. Personal data.
    pub name: String,
    /// What the person signs in with, and where letters go. Personal data.
    pub login: String,
    /// One of [`SIDES`].
    pub side: String,
    /// One of [`DUTIES`].
    pub duty: String,
    /// Where to reach the person at once. Personal data.
    pub phone: String,
    /// Does the person want the daily letter?
    pub digest: bool,
    /// Until when the person is away.
    pub away_until: Option<Timestamp>,
    /// Who stands in.
    pub deputy: Option<StaffId>,
}

impl Person {
    /// Is the person away at `now`?
    #[must_use]
    pub fn is_away(&self, now: Timestamp) -> bool {
        self.away_until.is_some_and(|until| until > now)
    }
}

/// Where somebody stands on a client's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// One of [`SIDES`].
    pub side: String,
    /// One of [`DUTIES`].
    pub duty: String,
    /// Where to reach the person at once.
    pub phone: String,
    /// Does the person want the daily letter?
    pub digest: bool,
    /// Until when the person is away.
    pub away_until: Option<Timestamp>,
    /// Who stands in.
    pub deputy: Option<StaffId>,
}

/// Says where a person of the tenant's staff stands.
pub async fn place(scope: &Scope<App>, id: StaffId, place: &Place) -> Result<(), Problem> {
    let db = &scope.app.db;
    let known = async |id| -> Result<bool, Problem> {
        Ok(staff::store::by_id(db, scope.tenant, id).await?.is_some())
    };
    if !known(id).await? {
        return Err(Problem::not_found("staff_not_found"));
    }
    if !SIDES.contains(&place.side.as_str()) {
        return Err(Problem::field("/side", "choice", "must be client or partner"));
    }
    if !DUTIES.contains(&place.duty.as_str()) {
        return Err(Problem::field("/duty", "choice", "is no duty"));
    }
    if place.phone.chars().count() > 40 || place.phone.chars().any(char::is_control) {
        return Err(Problem::field("/phone", "too_long", "at most 40 characters"));
    }
    if let Some(deputy) = place.deputy
        && (deputy == id || !known(deputy).await?)
    {
        return Err(Problem::field("/deputy", "entry", "must be somebody else of the staff"));
    }
    let mut tx = db.begin().await?;
    store::put(&mut tx, scope.tenant, id, place).await?;
    let detail = json!({ "side": place.side, "duty": place.duty, "digest": place.digest });
    audit::record(&mut tx, &Deed::of(scope, "workspace.person_placed", id, detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whom a client reaches: the account manager, or who stands in while he or she is away.
#[must_use]
pub fn contact(people: &[Person], now: Timestamp) -> Option<&Person> {
    let of =
        |duty: &str| people.iter().find(|person| person.side == "partner" && person.duty == duty);
    let manager = of("account_manager");
    match manager {
        Some(manager) if manager.is_away(now) => {
            let named = people.iter().find(|person| Some(person.staff) == manager.deputy);
            named.or_else(|| of("deputy")).or(Some(manager))
        }
        Some(manager) => Some(manager),
        None => of("deputy"),
    }
}
