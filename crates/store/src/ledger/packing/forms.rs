//! The compact form of each value of the core: a format of stored rows.
//!
//! The order of fields and the numbers of variants are fixed for ever. A field or a variant that is added makes a new form,
//! under an octet of its own in the event's detail; the compiler refuses one that is forgotten here.

use lazo_domain::account::{Balance, CounterChange, Grant, GrantLot, Redemption};
use lazo_domain::decision::{Change, Outcome, Returned, Side};
use lazo_domain::event::{Line, Purchase, PurchaseRef};
use lazo_domain::explain::{Step, ZeroReason};
use lazo_domain::ids::{EventId, LotId, PointTypeId, ProgramId};
use lazo_domain::points::Points;
use lazo_domain::rate::Rate;
use lazo_domain::time::Timestamp;

#[cfg(test)]
use super::tests;
use super::{Packed, Packer, Unpacker, damaged};
use crate::error::StoreError;

/// Packs the fields of a structure in the order in which they are named here.
macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Packed for $name {
            fn put<'a>(&'a self, to: &mut Packer<'a>) {
                let Self { $($field),* } = self;
                $($field.put(to);)*
            }
            fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
                Ok(Self { $($field: Packed::take(from)?),* })
            }
            #[cfg(test)]
            fn any(dice: &mut tests::Dice) -> Self {
                Self { $($field: Packed::any(dice)),* }
            }
        }
    )*};
}

/// Packs a variant as its number, fixed for ever, and its fields.
macro_rules! variants {
    ($name:ident { $($number:literal $variant:ident { $($field:ident),* })* }) => {
        impl Packed for $name {
            fn put<'a>(&'a self, to: &mut Packer<'a>) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        to.octet($number);
                        $($field.put(to);)*
                    })*
                }
            }
            fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
                Ok(match from.octet()? {
                    $($number => Self::$variant { $($field: Packed::take(from)?),* },)*
                    _ => return Err(damaged(concat!(stringify!($name), " of a kind that is not known"))),
                })
            }
            #[cfg(test)]
            fn any(dice: &mut tests::Dice) -> Self {
                let numbers = [$($number),*];
                match numbers[dice.below(numbers.len())] {
                    $($number => Self::$variant { $($field: Packed::any(dice)),* },)*
                    _ => unreachable!(),
                }
            }
        }
    };
}

/// Packs what is one number, as a small number or as one that is likely to come again.
macro_rules! numbers {
    ($($how:ident $name:ident)*) => {$(
        impl Packed for $name {
            fn put<'a>(&'a self, to: &mut Packer<'a>) {
                to.$how(self.0);
            }
            fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
                from.$how().map(Self)
            }
            #[cfg(test)]
            fn any(dice: &mut tests::Dice) -> Self {
                Self(dice.number())
            }
        }
    )*};
}

numbers! { number Points mark EventId mark PointTypeId mark ProgramId mark Timestamp }

fields! {
    Line { product, category, brand, quantity_milli, net_minor }
    Purchase { currency, lines, store, channel, attributes }
    Change { point_type, side, points }
    Balance { available, pending, held }
    LotId { event, seq }
    GrantLot { lot, point_type, shares, back, waived }
    CounterChange { key, period, by }
    Grant {
        event, program, effective_at, source, quantities, nets, lots, qualifying, counted, resources, returned,
        reversed
    }
    Outcome { changes, issued, balances, steps, program_version, tiers, redemption, grant, returned }
}

variants! { Step {
    1 ForAmount { rule, point_type, points, amount_minor, each, per_minor }
    2 ForUnits { rule, point_type, points, units }
    3 Fixed { rule, point_type, points }
    4 Multiplied { rule, point_type, points, factor, of }
    5 Capped { rule, cut, limit, scope }
    6 Zero { rule, why }
    7 Nothing { why }
    8 Pending { points, until }
    9 Expires { lot, points, at }
    10 DebtRepaid { points }
    11 Share { due, taken, expired, others, debt, forgiven }
    12 Moved { how, lot, points, expires_at }
    13 Extended { lot, from, to }
    14 Tier { group, from, to, why, measured, threshold }
    15 Qualified { group, amount, counts_at }
    16 Reason { code, points }
} }

variants! { ZeroReason {
    1 NoRule {}
    2 BelowStep { amount_minor, per_minor }
    3 BelowUnit { quantity_milli }
    4 NoAmount {}
    5 NoLine {}
    6 Condition { when }
    7 ConditionFailed { when, error }
    8 NotInForce {}
    9 Superseded { by }
    10 CapReached { limit, scope }
    11 NotNth { seen, wanted }
    12 ForeignCurrency { currency, program }
    13 NothingToMultiply {}
} }

/// Packs what is seldom there as whatever it is outside.
macro_rules! foreign {
    ($($name:ident)*) => {$(
        impl Packed for $name {
            fn put<'a>(&'a self, to: &mut Packer<'a>) {
                to.foreign(self);
            }
            fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
                from.foreign()
            }
            #[cfg(test)]
            fn any(dice: &mut tests::Dice) -> Self {
                tests::Seldom::seldom(dice)
            }
        }
    )*};
}

foreign! { Redemption Returned }

impl Packed for PurchaseRef {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        match self {
            Self::Event(event) => {
                to.octet(1);
                event.put(to);
            }
            Self::Source { source, source_ref } => {
                to.octet(2);
                source.put(to);
                source_ref.put(to);
            }
        }
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        Ok(match from.octet()? {
            1 => Self::Event(Packed::take(from)?),
            2 => Self::Source { source: Packed::take(from)?, source_ref: Packed::take(from)? },
            _ => return Err(damaged("a purchase is named in a way that is not known")),
        })
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        match dice.below(2) {
            0 => Self::Event(Packed::any(dice)),
            _ => Self::Source { source: Packed::any(dice), source_ref: Packed::any(dice) },
        }
    }
}

impl Packed for Rate {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.number(self.num());
        to.number(self.den());
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        let (num, den) = (from.number()?, from.number()?);
        Self::new(num, den).ok_or_else(|| damaged("a rate of nothing"))
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        Self::new(dice.number(), dice.number().max(1)).unwrap_or(Self::ONE)
    }
}

impl Packed for Side {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.number(self.number());
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        Self::from_number(from.number()?).ok_or_else(|| damaged("a side that is not known"))
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        Self::ALL[dice.below(Self::ALL.len())].0
    }
}
