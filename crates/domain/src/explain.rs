//! Why an event had the effect it had: steps a person can read, kept with the decision. Words are made elsewhere.

use serde::{Deserialize, Serialize};

use crate::ids::LotId;
use crate::label::Label;
use crate::rate::Rate;
use crate::time::Timestamp;

/// One step of an explanation, in the order in which it was decided. Points are in smallest units, money in minor
/// units; the reader's language and formats are applied when it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A rule gave points for an amount of money.
    ForAmount {
        /// The rule's code.
        rule: Label,
        /// The point type's code.
        point_type: Label,
        /// What it gave.
        points: i64,
        /// For how much, in minor units.
        amount_minor: i64,
        /// Points for every …
        each: i64,
        /// … of so many minor units.
        per_minor: i64,
    },
    /// A rule gave points for units bought.
    ForUnits {
        /// The rule's code.
        rule: Label,
        /// The point type's code.
        point_type: Label,
        /// What it gave.
        points: i64,
        /// For how many whole units.
        units: i64,
    },
    /// A rule gave a fixed number.
    Fixed {
        /// The rule's code.
        rule: Label,
        /// The point type's code.
        point_type: Label,
        /// What it gave.
        points: i64,
    },
    /// A rule or a tier multiplied what others gave.
    Multiplied {
        /// The rule's code, or `tier:<group>`.
        rule: Label,
        /// The point type's code.
        point_type: Label,
        /// What it added.
        points: i64,
        /// Times so much in all.
        factor: Rate,
        /// Of this many points.
        of: i64,
    },
    /// A cap held back a part.
    Capped {
        /// The rule's code.
        rule: Label,
        /// What is held back.
        cut: i64,
        /// The cap, in points or times.
        limit: i64,
        /// `member_day`, `member_month`, …, `budget`.
        scope: Label,
    },
    /// A rule looked at the event and gave nothing.
    Zero {
        /// The rule's code.
        rule: Label,
        /// Why.
        why: ZeroReason,
    },
    /// The event as a whole gave nothing.
    Nothing {
        /// Why.
        why: ZeroReason,
    },
    /// Points wait until they are released.
    Pending {
        /// How many.
        points: i64,
        /// Until when.
        until: Timestamp,
    },
    /// A new lot's end.
    Expires {
        /// Which lot.
        lot: LotId,
        /// How many points.
        points: i64,
        /// When; `None` is never.
        at: Option<Timestamp>,
    },
    /// Points went to pay a debt.
    DebtRepaid {
        /// How many.
        points: i64,
    },
    /// A return takes its share.
    Share {
        /// What the purchase gave for the returned lines.
        due: i64,
        /// Of that, still there and taken back.
        taken: i64,
        /// Of that, already expired and not taken twice.
        expired: i64,
        /// Of that, already spent: taken from other points.
        others: i64,
        /// Of that, owed now.
        debt: i64,
        /// Of that, let go by the program's policy.
        forgiven: i64,
    },
    /// Points were spent, expired, released or moved on a lot.
    Moved {
        /// `redeemed`, `expired`, `released`, `lapsed`, `held`, `restored`, `transferred`, `adjusted`.
        how: Label,
        /// Which lot.
        lot: LotId,
        /// How many.
        points: i64,
        /// The lot's expiry.
        expires_at: Option<Timestamp>,
    },
    /// A lot's expiry moved later.
    Extended {
        /// Which lot.
        lot: LotId,
        /// From.
        from: Option<Timestamp>,
        /// To.
        to: Option<Timestamp>,
    },
    /// A tier changed or was kept.
    Tier {
        /// The ladder.
        group: Label,
        /// From this step (empty is none).
        from: Label,
        /// To this step.
        to: Label,
        /// `reached`, `reviewed_kept`, `reviewed_down`, `granted`, `soft_landing`, `grace`,
        /// `protected`, `ladder_ended`.
        why: Label,
        /// What was measured.
        measured: i64,
        /// What the step asks for.
        threshold: i64,
    },
    /// Something was counted for a ladder that the member did elsewhere.
    Qualified {
        /// The ladder.
        group: Label,
        /// How much, in the ladder's unit.
        amount: i64,
        /// The instant whose window it counts in.
        counts_at: Timestamp,
    },
    /// Somebody's reason.
    Reason {
        /// The reason's code.
        code: Label,
        /// How many points.
        points: i64,
    },
}

/// Why something gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ZeroReason {
    /// No rule of the program is for this kind of event.
    NoRule,
    /// The amount is below what one step asks for.
    BelowStep {
        /// The amount in minor units.
        amount_minor: i64,
        /// One step in minor units.
        per_minor: i64,
    },
    /// Less than one whole unit was bought.
    BelowUnit {
        /// Thousandths of a unit.
        quantity_milli: i64,
    },
    /// Nothing was paid.
    NoAmount,
    /// No line is of the products or categories the rule is for.
    NoLine,
    /// The condition does not hold.
    Condition {
        /// The condition as written.
        when: Label,
    },
    /// The condition could not be computed.
    ConditionFailed {
        /// The condition as written.
        when: Label,
        /// Why.
        error: String,
    },
    /// The rule is not in force at that instant.
    NotInForce,
    /// Another rule of the same exclusive group gave more or came first.
    Superseded {
        /// That rule's code.
        by: Label,
    },
    /// The cap is used up.
    CapReached {
        /// The cap.
        limit: i64,
        /// Its scope.
        scope: Label,
    },
    /// Not the first, or not the n-th, of its period.
    NotNth {
        /// Which one it is.
        seen: i64,
        /// Which one is wanted.
        wanted: i64,
    },
    /// The amount is in a currency without a rate.
    ForeignCurrency {
        /// The event's currency.
        currency: String,
        /// The program's.
        program: String,
    },
    /// There is nothing to multiply.
    NothingToMultiply,
}
