//! Invitations: each member's link, whom it brought, and the reward of both, which the program's rules give.

pub mod api;
mod attribute;
pub mod console;
pub mod jobs;
pub mod policy;
pub mod portal;
mod promise;
pub mod review;
pub mod reward;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{EventId, InvitationId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;

pub use attribute::{Arrived, joined};
pub use policy::InvitationPolicy;
pub use portal::{FOLLOWED, link_of};

use crate::http::Role;

/// Who may see invitations.
pub const READERS: &[Role] = &[Role::Agent, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may set them up and decide on those that wait.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// The event of who invited, as the program's rules call it.
pub const REFERRAL: &str = "referral";
/// The event of who was invited.
pub const REFERRED: &str = "referred";

/// Somebody who came by a member's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whose member.
    pub tenant: TenantId,
    /// Its id.
    pub id: InvitationId,
    /// The program whose rules reward it.
    pub program: ProgramId,
    /// Who invited.
    pub inviter: MemberId,
    /// Who came.
    pub invited: MemberId,
    /// `waiting`, `held`, `over_limit`, `paying`, `paid`, `taking_back`, `taken_back`, `refused` or `lapsed`.
    pub state: String,
    /// Why it is held or was refused; empty otherwise.
    pub reason: String,
    /// When the invited one joined.
    pub joined_at: Timestamp,
    /// When it is looked at next, by the real clock.
    pub next_at: Option<Timestamp>,
    /// The first purchase of the invited one.
    pub purchase: Option<EventId>,
    /// When the reward counts.
    pub paid_at: Option<Timestamp>,
    /// What was posted for who invited.
    pub inviter_event: Option<EventId>,
    /// What was posted for who came.
    pub invited_event: Option<EventId>,
    /// When it was taken back.
    pub taken_back_at: Option<Timestamp>,
    /// Grows with every change.
    pub revision: i64,
}
