//! What can happen to an account: the event that the core decides on and the ledger keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{
    AccountId, EventId, ImportId, LotId, MemberId, PointTypeId, ProgramId, RedemptionId, TenantId,
};
use crate::points::Points;
use crate::program::Provenance;
use crate::time::Timestamp;

/// The most lines one purchase may carry; more is a file, not a basket.
pub const MAX_LINES: usize = 2_000;
/// The most credits that one qualification may carry.
pub const MAX_CREDITS: usize = 200;

/// Something that happened, on its way to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Made in the app; entries and lots are named after it.
    pub id: EventId,
    /// The client company.
    pub tenant: TenantId,
    /// The account it happens to.
    pub account: AccountId,
    /// The program whose rules it meets.
    pub program: ProgramId,
    /// Where it comes from, such as `pos:store-12`; with `source_ref` and the kind it is unique for ever.
    pub source: String,
    /// The source's own name for it, such as a receipt number.
    pub source_ref: String,
    /// When it counts.
    pub effective_at: Timestamp,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// Who did it: `key:…`, `staff:…`, `member:…`, `import`, `clock`. Never a name or an address.
    pub actor: String,
    /// The import run that brought it, if any.
    pub import: Option<ImportId>,
    /// What happened.
    pub body: Body,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// A member bought something.
    Purchase(Purchase),
    /// A member brought something back.
    Return(Return),
    /// Anything else that rules may reward: a review, a visit, an enrollment.
    Custom(Custom),
    /// Points are set aside for a reward.
    Reserve(Reserve),
    /// A reservation becomes final.
    Capture {
        /// Which reservation.
        redemption: RedemptionId,
    },
    /// A reservation, or a captured redemption, is undone: the points go back to their lots.
    Cancel {
        /// Which redemption.
        redemption: RedemptionId,
    },
    /// Points are added or taken by hand.
    Adjust {
        /// Which loyalty currency.
        point_type: PointTypeId,
        /// More than zero adds, less takes.
        points: Points,
        /// Why, from the program's list of reasons.
        reason: String,
    },
    /// Points leave for another account; the other half is [`Body::TransferIn`].
    TransferOut {
        /// Which loyalty currency.
        point_type: PointTypeId,
        /// How many, more than zero.
        points: Points,
        /// Where they go.
        to: AccountId,
    },
    /// Points arrive from another account with the expiry they had there.
    TransferIn {
        /// Where they come from.
        from: AccountId,
        /// The pieces of lots that arrive; filled in by the core from the other half's decision.
        pieces: Vec<Piece>,
    },
    /// Time passes up to the event's `effective_at`: releases, timeouts, expiries and reviews that are due.
    Elapse,
    /// An event is undone as if it had never been, as far as its points are still there.
    Reverse {
        /// Which event.
        event: EventId,
    },
    /// Points that expired come back as a new lot.
    Reinstate {
        /// The lot that expired.
        lot: LotId,
        /// How many, at most what expired of it.
        points: Points,
        /// The new lot's expiry; `None` asks the program's policy.
        expires_at: Option<Timestamp>,
        /// Why, from the program's list of reasons.
        reason: String,
    },
    /// A balance brought from elsewhere, lot by lot.
    Opening {
        /// The lots; less than zero is a debt.
        pieces: Vec<Piece>,
    },
    /// A tier is given by hand: matched, gifted, paid or protected.
    GrantTier {
        /// The ladder.
        group: String,
        /// The step of it.
        tier: String,
        /// Why the member has it.
        provenance: Provenance,
        /// Until when; `None` asks the ladder's own term.
        until: Option<Timestamp>,
    },
    /// What counts for a ladder, brought from elsewhere or put right by hand. It earns no points.
    Qualify {
        /// The ladder.
        group: String,
        /// How much counts when.
        credits: Vec<QualifyingCredit>,
    },
}

/// So much counts for a ladder, in the window that holds an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualifyingCredit {
    /// The instant whose window it counts in, not after the event's own.
    pub counts_at: Timestamp,
    /// In the ladder's unit; more than zero adds, less takes, but no more than counts there.
    pub amount: i64,
}

/// A part of a lot on its way between accounts or programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// How many.
    pub points: Points,
    /// When they were earned.
    pub earned_at: Timestamp,
    /// When they end; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// What kind of points they are.
    #[serde(default)]
    pub lot_kind: crate::account::LotKind,
    /// In an opening balance, when they become available; `None` is at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<Timestamp>,
    /// In an opening balance, the redemption elsewhere that they are set aside for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<PieceHold>,
    /// For points that leave (less than zero) in an opening balance taken apart again: the lot that they leave, instead of
    /// making a debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_lot: Option<LotId>,
}

/// A hold that came with an opening balance: it can be captured or cancelled here, and lapses when it would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceHold {
    /// The redemption's id here, made in the app; pieces of one hold share it.
    pub redemption: RedemptionId,
    /// What it was for, as it was called elsewhere.
    pub reward: String,
    /// When it lapses.
    pub until: Timestamp,
}

/// A basket, an order or an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Purchase {
    /// ISO 4217 code of every amount in it.
    pub currency: String,
    /// The lines, in the order of the receipt.
    pub lines: Vec<Line>,
    /// Where in the world: a store's code, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// `pos`, `web`, `app`, `invoice`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Anything else rules may ask for. Never personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// One line of a purchase. Amounts are in the currency's minor units, after discounts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// The product's code (SKU).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// The product's category, if known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// The product's brand, if known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub brand: String,
    /// Thousandths of a unit: 1000 is one piece, 1250 is 1.250 kg.
    pub quantity_milli: i64,
    /// What was paid for the line, in minor units.
    pub net_minor: i64,
}

/// Something brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The purchase it belongs to.
    pub purchase: PurchaseRef,
    /// Which lines; empty means all that is left of the purchase.
    pub lines: Vec<ReturnLine>,
}

/// How a return names its purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseRef {
    /// By the purchase's event.
    Event(EventId),
    /// By the source's own name for it.
    Source {
        /// The purchase's source.
        source: String,
        /// The purchase's reference.
        source_ref: String,
    },
}

/// A part of one line brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// The line's place in the purchase, from 0.
    pub line: usize,
    /// Thousandths of a unit brought back, more than zero.
    pub quantity_milli: i64,
}

/// An event of the tenant's own making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custom {
    /// What it is, such as `review` or `enrollment`.
    pub name: String,
    /// Whole numbers that rules may ask for.
    #[serde(default)]
    pub numbers: BTreeMap<String, i64>,
    /// Words that rules may ask for. Never personal data.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// Points set aside for a reward or for part of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserve {
    /// The redemption's id, made in the app.
    pub redemption: RedemptionId,
    /// The reward's code in the program.
    pub reward: String,
    /// How many of it, at least 1.
    pub quantity: i64,
    /// For a reward that pays part of a bill: how much of it, in minor units.
    pub pay_minor: Option<i64>,
    /// When the reservation lapses; `None` asks the program.
    pub hold_until: Option<Timestamp>,
    /// Capture at once.
    pub capture: bool,
}

/// What the shell knows of the member and lends to the rules; it is never stored with the event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whose account it is.
    pub member: MemberId,
    /// Attributes and segments that rules may ask for.
    pub attributes: BTreeMap<String, String>,
    /// Shared limits: what is still there of each budget, stock or capacity, by resource key.
    pub resources: BTreeMap<String, i64>,
}

/// The kind of an event, as it is stored. The numbers are fixed for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
#[expect(missing_docs, reason = "each is the body of its name")]
pub enum Kind {
    Purchase = 1,
    Return = 2,
    Custom = 3,
    Reserve = 4,
    Capture = 5,
    Cancel = 6,
    Adjust = 7,
    TransferOut = 8,
    TransferIn = 9,
    Elapse = 10,
    Reverse = 11,
    Reinstate = 12,
    Opening = 13,
    GrantTier = 14,
    Qualify = 15,
}

impl Kind {
    /// Every kind with its stored number and its name outside.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Purchase, "purchase"),
        (Self::Return, "return"),
        (Self::Custom, "event"),
        (Self::Reserve, "reserve"),
        (Self::Capture, "capture"),
        (Self::Cancel, "cancel"),
        (Self::Adjust, "adjustment"),
        (Self::TransferOut, "transfer_out"),
        (Self::TransferIn, "transfer_in"),
        (Self::Elapse, "elapse"),
        (Self::Reverse, "reversal"),
        (Self::Reinstate, "reinstatement"),
        (Self::Opening, "opening"),
        (Self::GrantTier, "tier_grant"),
        (Self::Qualify, "qualification"),
    ];

    /// The stored number.
    #[must_use]
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The kind of a stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().map(|(kind, _)| *kind).find(|kind| kind.number() == number)
    }

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("event", |(_, name)| name)
    }

    /// Does `(source, source_ref)` belong to one account only? True for what comes from outside.
    #[must_use]
    pub fn claims(self) -> bool {
        matches!(self, Self::Purchase | Self::Return | Self::Custom)
    }
}

impl Body {
    /// The kind of this body.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Purchase(_) => Kind::Purchase,
            Self::Return(_) => Kind::Return,
            Self::Custom(_) => Kind::Custom,
            Self::Reserve(_) => Kind::Reserve,
            Self::Capture { .. } => Kind::Capture,
            Self::Cancel { .. } => Kind::Cancel,
            Self::Adjust { .. } => Kind::Adjust,
            Self::TransferOut { .. } => Kind::TransferOut,
            Self::TransferIn { .. } => Kind::TransferIn,
            Self::Elapse => Kind::Elapse,
            Self::Reverse { .. } => Kind::Reverse,
            Self::Reinstate { .. } => Kind::Reinstate,
            Self::Opening { .. } => Kind::Opening,
            Self::GrantTier { .. } => Kind::GrantTier,
            Self::Qualify { .. } => Kind::Qualify,
        }
    }
}

impl Event {
    /// Hash of what the caller asked for (account, program, instant, body): the same key with another hash is refused.
    #[must_use]
    pub fn body_hash(&self) -> [u8; 16] {
        use sha2::{Digest, Sha256};
        let body = serde_json::to_vec(&(self.account, self.program, self.effective_at, &self.body))
            .unwrap_or_default();
        let digest = Sha256::digest(&body);
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        short
    }
}
