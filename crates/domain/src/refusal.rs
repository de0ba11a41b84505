//! Why an event is not applied: a value with a variant per reason and a code that never changes.

use crate::points::{Overflow, Points};

/// A refusal changes nothing: not a balance, not a counter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No version of the program is in force at the event's instant.
    #[error("the program has no version in force at that instant")]
    NoProgram,
    /// The program does not take this kind of event in its present state.
    #[error("the program is {0} and does not take this")]
    ProgramClosed(String),
    /// The program does not know the point type, reward, tier group or tier.
    #[error("the program has no {what} `{code}`")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// Its code.
        code: String,
    },
    /// A number is outside what makes sense.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field, as a JSON pointer within the event's body.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The event counts later than now.
    #[error("the event counts in the future")]
    InFuture,
    /// Not enough points.
    #[error("{missing} more points are needed")]
    InsufficientBalance {
        /// How many are missing.
        missing: Points,
    },
    /// The reward cannot be had now.
    #[error("the reward is not available: {0}")]
    RewardInactive(String),
    /// Nothing is left of the reward, the places or the budget.
    #[error("nothing is left of `{0}`")]
    OutOfStock(String),
    /// The member has had as many as one may.
    #[error("the member has reached the limit of {0}")]
    LimitReached(i64),
    /// The purchase a return names is not known on this account.
    #[error("no such purchase on this account")]
    PurchaseNotFound,
    /// More is returned than was bought.
    #[error("line {line}: {left} thousandths are left to return, {asked} were asked")]
    ReturnsTooMuch {
        /// The line, from 0.
        line: usize,
        /// Thousandths left.
        left: i64,
        /// Thousandths asked for.
        asked: i64,
    },
    /// The redemption is not known on this account.
    #[error("no such redemption on this account")]
    RedemptionNotFound,
    /// The redemption is no longer in a state that allows this.
    #[error("the redemption is already {0}")]
    RedemptionState(&'static str),
    /// The event to undo is not known, or is of a kind that cannot be undone.
    #[error("no such event that could be reversed on this account")]
    NotReversible,
    /// It was undone before.
    #[error("the event was reversed before")]
    AlreadyReversed,
    /// The lot is not known or nothing of it expired.
    #[error("no such expired points on this account")]
    LotNotFound,
    /// The debt would go below what the program allows.
    #[error("the balance may not go below {0}")]
    DebtLimit(Points),
    /// The adjustment's reason is not on the program's list.
    #[error("`{0}` is not one of the program's reasons")]
    BadReason(String),
    /// Transfers are not allowed, or not this one.
    #[error("the transfer is not allowed: {0}")]
    TransferNotAllowed(&'static str),
    /// Nothing is due: time passes without effect.
    #[error("nothing is due")]
    NothingDue,
    /// The same key came before with another body.
    #[error("the same source and reference came before with another body")]
    KeyReused,
    /// The receipt belongs to another account.
    #[error("the receipt was credited to another account")]
    ClaimedByOther,
    /// The account does not exist in this tenant.
    #[error("no such account")]
    AccountNotFound,
    /// An amount left 64 bits.
    #[error("an amount does not fit in 64 bits")]
    Overflow,
}

impl From<Overflow> for Refusal {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

impl Refusal {
    /// The stable code of this reason, as callers see it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoProgram => "no_program_version",
            Self::ProgramClosed(_) => "program_closed",
            Self::Unknown { .. } => "unknown_code",
            Self::Invalid { .. } => "invalid",
            Self::InFuture => "in_future",
            Self::InsufficientBalance { .. } => "insufficient_balance",
            Self::RewardInactive(_) => "reward_inactive",
            Self::OutOfStock(_) => "out_of_stock",
            Self::LimitReached(_) => "limit_reached",
            Self::PurchaseNotFound => "purchase_not_found",
            Self::ReturnsTooMuch { .. } => "returns_too_much",
            Self::RedemptionNotFound => "redemption_not_found",
            Self::RedemptionState(_) => "redemption_state",
            Self::NotReversible => "not_reversible",
            Self::AlreadyReversed => "already_reversed",
            Self::LotNotFound => "lot_not_found",
            Self::DebtLimit(_) => "debt_limit",
            Self::BadReason(_) => "bad_reason",
            Self::TransferNotAllowed(_) => "transfer_not_allowed",
            Self::NothingDue => "nothing_due",
            Self::KeyReused => "key_reused",
            Self::ClaimedByOther => "claimed_by_other",
            Self::AccountNotFound => "account_not_found",
            Self::Overflow => "overflow",
        }
    }
}
