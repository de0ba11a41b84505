//! Memberships: which member takes part in which program. The account is the member's, one for all programs.

pub mod store;

use lazo_domain::ids::{AccountId, MemberId, ProgramId};
use lazo_domain::time::Timestamp;

/// A member in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub member: MemberId,
    /// In which program.
    pub program: ProgramId,
    /// The member's account.
    pub account: AccountId,
    /// Since when.
    pub joined_at: Timestamp,
    /// When it ended, if it did.
    pub left_at: Option<Timestamp>,
}
