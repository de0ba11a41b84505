//! Missions: the first steps of a new member, each done once, with the points that the program's rules give for it and a
//! badge at the end. What they are good for is measured against new members who see none.

pub mod api;
pub mod console;
pub mod jobs;
pub mod offer;
pub mod policy;
pub mod portal;
mod portal_choices;
pub mod progress;
pub mod results;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use lazo_domain::ids::{EventId, MemberId, ProgramId};
use lazo_domain::time::{DAY, Timestamp};

pub use offer::{Offer, card_opened};
pub use policy::MissionPolicy;
pub use progress::{Progress, settled};

use crate::App;
use crate::features::members::Member;
use crate::http::{Problem, Role, Scope};

/// Who may see how missions fare.
pub const READERS: &[Role] =
    &[Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may set them up.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// How long after enrolling somebody who comes upon them is new.
const NEW_FOR: i64 = 30 * DAY;
/// How long missions stay open.
pub const OPEN_FOR: i64 = 90 * DAY;
/// The event of whoever did all of them, as the program's rules call it.
pub const ALL_DONE: &str = "missions_done";

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mission {
    /// Say one's name.
    Profile,
    /// Say what one would rather have.
    Tastes,
    /// Choose the reward to save for.
    Goal,
    /// Have the card at hand.
    Card,
    /// Buy something with it.
    Purchase,
    /// All of the others: the badge.
    All,
}

impl Mission {
    /// The steps in the order in which they are proposed; the badge is no step.
    pub const STEPS: [Self; 5] =
        [Self::Profile, Self::Tastes, Self::Goal, Self::Card, Self::Purchase];

    /// The name outside and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Tastes => "tastes",
            Self::Goal => "goal",
            Self::Card => "card",
            Self::Purchase => "purchase",
            Self::All => "all",
        }
    }

    /// The mission of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::STEPS.into_iter().chain([Self::All]).find(|mission| mission.name() == name)
    }

    /// The event that is posted when it is done, as the program's rules call it.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Profile => "mission_profile",
            Self::Tastes => "mission_tastes",
            Self::Goal => "mission_goal",
            Self::Card => "mission_card",
            Self::Purchase => "mission_purchase",
            Self::All => ALL_DONE,
        }
    }
}

/// A mission that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Who did it.
    pub member: MemberId,
    /// Which.
    pub mission: Mission,
    /// The program whose rules reward it.
    pub program: ProgramId,
    /// When.
    pub at: Timestamp,
    /// `posting`, `posted`, `refused` or `before`.
    pub state: String,
    /// What was posted for it.
    pub event: Option<EventId>,
}

/// The reward that a member saves for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The program.
    pub program: ProgramId,
    /// The reward's code.
    pub reward: String,
}

/// What a member said: what is saved for, and what is rather had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Likes {
    /// What is saved for.
    pub goal: Option<Goal>,
    /// Codes of rewards.
    pub tastes: BTreeSet<String>,
}

impl Likes {
    /// The reward of a program that is saved for.
    #[must_use]
    pub fn goal_of(&self, program: ProgramId) -> Option<&str> {
        self.goal.as_ref().filter(|goal| goal.program == program).map(|goal| goal.reward.as_str())
    }
}

/// What a member said.
pub async fn likes(scope: &Scope<App>, member: &Member) -> Result<Likes, Problem> {
    let (db, tenant) = (&scope.app.db, scope.tenant);
    Ok(Likes {
        goal: store::goal(db, tenant, member.id).await?,
        tastes: store::tastes(db, tenant, member.id).await?,
    })
}
