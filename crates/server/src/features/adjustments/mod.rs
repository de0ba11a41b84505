//! Adjustments: points added or taken by hand, with a reason, and with a second person above the program's limit.

pub mod api;
pub mod console;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{
    AccountId, AdjustmentId, EventId, MemberId, PointTypeId, ProgramId, TenantId,
};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;

/// Where an adjustment is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a second person.
    Pending,
    /// Is in the ledger.
    Posted,
    /// A second person said no.
    Rejected,
}

impl State {
    /// Every state with its name outside and in the database.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Pending, "pending"), (Self::Posted, "posted"), (Self::Rejected, "rejected")];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }
}

/// An adjustment that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Its id.
    pub id: AdjustmentId,
    /// The client company.
    pub tenant: TenantId,
    /// Whose points.
    pub member: MemberId,
    /// On which account.
    pub account: AccountId,
    /// Under which program's policy.
    pub program: ProgramId,
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// More than zero adds, less takes; smallest units.
    pub points: Points,
    /// The reason's code.
    pub reason: String,
    /// When it counts.
    pub effective_at: Timestamp,
    /// Where it is on its way.
    pub state: State,
    /// Is the word of whoever asked enough?
    pub alone: bool,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who agreed or said no; nobody when no second person was needed.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// The event in the ledger, once posted.
    pub event: Option<EventId>,
}
