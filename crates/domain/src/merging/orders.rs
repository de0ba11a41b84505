//! Open reward orders of one golden member: the price and the promise stay, the points were paid in the source.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::exceptions::{Exception, ExceptionCode};
use super::snapshot::{MemberSnapshot, SourceKey};
use crate::time::Timestamp;

/// A reward that was ordered. The points for it are spent already.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceOrder {
    /// The source's name for the order.
    pub order: String,
    /// What was ordered.
    pub reward: String,
    /// The point type it was paid with; empty where the source does not say.
    #[serde(default)]
    pub point_type: String,
    /// What it cost when it was ordered, in source units.
    pub points: i64,
    /// When.
    pub ordered_at: Timestamp,
    /// By when it was promised; `None` where nothing was.
    #[serde(default)]
    pub promised_by: Option<Timestamp>,
    /// How far it is.
    #[serde(default)]
    pub status: OrderStatus,
    /// A keyed hash of where it goes; empty without an address, which itself stands apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// How far an order is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Asked for.
    #[default]
    Ordered,
    /// Being made ready.
    Preparing,
    /// On its way.
    Sent,
    /// With the member.
    Delivered,
    /// Given up; its points come back.
    Cancelled,
}

impl OrderStatus {
    /// Every status with its name outside and in the database.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Ordered, "ordered"),
        (Self::Preparing, "preparing"),
        (Self::Sent, "sent"),
        (Self::Delivered, "delivered"),
        (Self::Cancelled, "cancelled"),
    ];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }

    /// The status of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(status, _)| *status)
    }

    /// Is something still to be done?
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Delivered | Self::Cancelled)
    }
}

/// An open order on its way to the golden member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderResult {
    /// Whose it was.
    pub key: SourceKey,
    /// What it is: nothing of it changes.
    pub order: SourceOrder,
}

/// The cluster's open orders. What was delivered or cancelled in the source stays there.
pub(super) fn orders(members: &[&MemberSnapshot]) -> Vec<OrderResult> {
    let open = |member: &&MemberSnapshot| {
        let open = member.orders.iter().filter(|order| order.status.is_open());
        let key = member.key.clone();
        open.map(|order| OrderResult { key: key.clone(), order: order.clone() }).collect::<Vec<_>>()
    };
    members.iter().flat_map(open).collect()
}

/// Orders that contradict themselves: two of one name, a price below nothing, a promise from before the order.
pub(super) fn check(snapshot: &MemberSnapshot) -> Vec<Exception> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for order in &snapshot.orders {
        let sooner = order.promised_by.is_some_and(|by| by < order.ordered_at);
        if !names.insert(&order.order) || order.points < 0 || sooner {
            let exception = Exception::new(&snapshot.key, ExceptionCode::ImpossibleOrder);
            found.push(exception.about(&order.order, order.points));
        }
    }
    found
}
