//! What points buy: products, vouchers, part of a bill, experiences with places, donations, credit on an invoice, a higher tier.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Code;
use crate::points::Points;
use crate::rate::{Rate, Rounding};
use crate::time::{Term, Timestamp};

/// Something that can be had for points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// Its code.
    pub code: Code,
    /// Its name by locale.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// The code of the point type that pays.
    pub point_type: Code,
    /// What it is.
    pub kind: RewardKind,
    /// What one costs, in smallest units; for [`RewardKind::PartPayment`] the rate there decides instead.
    #[serde(default)]
    pub price: Points,
    /// Lower prices for members of a tier.
    #[serde(default)]
    pub price_by_tier: Vec<TierPrice>,
    /// How many there are; `None` is no limit. Counted under the resource `stock:<program>:<code>`.
    #[serde(default)]
    pub stock: Option<i64>,
    /// From when it can be had.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The first instant at which it can no longer be had.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// How many one member may have, ever.
    #[serde(default)]
    pub limit_per_member: Option<i64>,
    /// How long a reservation holds the points; an hour unless set.
    #[serde(default)]
    pub hold: Option<Term>,
    /// What one costs the brand, in minor units, for reports.
    #[serde(default)]
    pub cost_minor: Option<i64>,
}

/// What a reward is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RewardKind {
    /// A thing.
    Product,
    /// A code that a till accepts once.
    Voucher {
        /// How long the code is good; `None` is for ever.
        #[serde(default)]
        valid_for: Option<Term>,
        /// What it takes off a bill, in minor units, if it does.
        #[serde(default)]
        value_minor: Option<i64>,
    },
    /// Points pay part of a bill.
    PartPayment {
        /// Minor units per smallest unit of points, exact.
        minor_per_point: Rate,
        /// The least that can be paid, in minor units.
        #[serde(default)]
        min_minor: i64,
        /// The most that can be paid at once, in minor units.
        #[serde(default)]
        max_minor: Option<i64>,
    },
    /// A place at an event.
    Experience {
        /// When it takes place.
        starts_at: Timestamp,
    },
    /// Money that the brand gives to a cause in the member's place.
    Donation {
        /// Who receives it, by locale.
        to: BTreeMap<String, String>,
        /// How much, in minor units.
        value_minor: i64,
    },
    /// Money off the next invoice of a member who buys on account.
    InvoiceCredit {
        /// How much, in minor units.
        value_minor: i64,
    },
    /// A higher step of a ladder for a time, from the moment it is paid.
    TierBoost {
        /// The ladder.
        group: Code,
        /// The step of it.
        tier: Code,
        /// For how long.
        lasts: Term,
    },
}

impl RewardKind {
    /// Its name in documents and answers.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Voucher { .. } => "voucher",
            Self::PartPayment { .. } => "part_payment",
            Self::Experience { .. } => "experience",
            Self::Donation { .. } => "donation",
            Self::InvoiceCredit { .. } => "invoice_credit",
            Self::TierBoost { .. } => "tier_boost",
        }
    }

    /// What one is worth on a bill or to a cause, in minor units, where that is fixed.
    #[must_use]
    pub const fn value_minor(&self) -> Option<i64> {
        match self {
            Self::Voucher { value_minor, .. } => *value_minor,
            Self::Donation { value_minor, .. } | Self::InvoiceCredit { value_minor } => {
                Some(*value_minor)
            }
            _ => None,
        }
    }
}

/// A price for members of one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierPrice {
    /// The ladder.
    pub group: Code,
    /// The step.
    pub tier: Code,
    /// What one costs, in smallest units.
    pub price: Points,
}

impl Reward {
    /// What `quantity` of it costs a member whose tiers are told by `tier_of`: the lowest price that applies.
    ///
    /// `None` when the amount leaves 64 bits or part of a bill is asked without an amount.
    pub fn cost<'a>(
        &self,
        quantity: i64,
        pay_minor: Option<i64>,
        tier_of: impl Fn(&str) -> &'a str,
    ) -> Option<Points> {
        if let RewardKind::PartPayment { minor_per_point, .. } = &self.kind {
            let inverse = Rate::new(minor_per_point.den(), minor_per_point.num())?;
            return inverse.of(pay_minor?, Rounding::Ceil).map(Points);
        }
        let special =
            self.price_by_tier.iter().filter(|p| tier_of(&p.group) == p.tier).map(|p| p.price);
        let price = special.fold(self.price, Points::min);
        price.0.checked_mul(quantity).map(Points)
    }
}
