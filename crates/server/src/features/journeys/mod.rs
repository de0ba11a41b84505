//! Journeys: what members hear on their way, from the welcome to the winning back, each at the moment that concerns them, to
//! a goal that is measured against those who were left alone.

pub mod api;
mod api_results;
pub mod console;
mod console_form;
mod console_one;
mod console_people;
mod enter;
pub mod figures;
mod form_fields;
mod goal;
pub mod jobs;
mod life;
mod look;
pub mod plan;
pub mod results;
pub mod runs;
pub mod store;
pub mod templates;
#[cfg(test)]
mod tests;
mod trigger;
pub mod walk;
mod way;

use lazo_domain::ids::{JourneyId, ProgramId};
use lazo_domain::time::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

pub use life::{change, decide, end, get, make, pause, preview, resume, say, submit};
pub use plan::{Entry, Goal, Plan, Step};

use crate::http::Role;

/// Who may see journeys and their results.
pub const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may make them.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// Who may agree to them.
pub const DECIDERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
/// The group of journeys that one member walks one of at a time, unless somebody says otherwise.
pub const USUAL_GROUP: &str = "lifecycle";
/// The highest priority within a group.
const MAX_PRIORITY: i64 = 100;

/// A journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// Its id.
    pub id: JourneyId,
    /// Of which program's members.
    pub program: ProgramId,
    /// What people call it.
    pub name: String,
    /// `draft`, `in_approval`, `published`, `paused` or `ended`.
    pub state: String,
    /// Who enters, what happens, and to which goal.
    pub plan: Plan,
    /// The audience's condition as it was when somebody was asked to agree; empty without an audience, and before.
    pub condition: String,
    /// Of the journeys of a group a member walks one at a time; empty is no group.
    pub group: String,
    /// Which journey of a group goes first: the higher one.
    pub priority: i64,
    /// Which share of those who enter gets no letter, in ten-thousandths.
    pub holdout: i64,
    /// Seeds the drawing of that share.
    pub seed: i64,
    /// What the letters' tokens are made with.
    pub secret: Vec<u8>,
    /// Who made it.
    pub author: String,
    /// Everybody whose work is in it; none of them agrees to it.
    pub authors: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When somebody was asked to agree.
    pub submitted_at: Option<Timestamp>,
    /// Who agreed.
    pub approved_by: Option<String>,
    /// When members began to enter.
    pub published_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The local day for which members are looked through, and up to whom.
    pub scanned: (i64, i64),
    /// The local day for which those under way are looked at, and up to whom.
    pub looked: (i64, i64),
    /// Grows with every change of its state or its plan.
    pub revision: i64,
}

/// A journey as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JourneyBody)]
pub struct JourneyDraft {
    /// What people call it.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    pub program: Option<String>,
    /// Who enters, what happens, and to which goal.
    pub plan: Plan,
    /// Of the journeys of a group a member walks one at a time; empty is no group.
    #[serde(default = "usual_group")]
    #[schema(max_length = 60)]
    pub group: String,
    /// Which journey of a group goes first: the higher one.
    #[serde(default = "usual_priority")]
    #[schema(minimum = 0, maximum = 100)]
    pub priority: i64,
    /// Which share of those who enter gets no letter, in ten-thousandths.
    #[serde(default = "usual_holdout")]
    #[schema(minimum = 0, maximum = 5000)]
    pub holdout: i64,
}

fn usual_group() -> String {
    USUAL_GROUP.to_owned()
}

fn usual_priority() -> i64 {
    50
}

/// One in ten, as with campaigns.
fn usual_holdout() -> i64 {
    1_000
}
