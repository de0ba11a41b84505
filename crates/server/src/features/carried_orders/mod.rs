//! Reward orders that were open when programs were merged: they keep their price and their promise, and go on here. Where
//! they go is personal data, which goes with the person.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, IntegrationProjectId, MemberId, TenantId};
use lazo_domain::merging::orders::SourceOrder;
use lazo_domain::merging::{MemberPlan, SourceKey};
use lazo_domain::time::Timestamp;

pub mod store;

/// Under which client and integration project an order came along.
pub type Project = (TenantId, IntegrationProjectId);

/// Parts of an address by their names.
pub type Address = BTreeMap<String, String>;

/// An order that came along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOrder {
    /// Whose it was.
    pub key: SourceKey,
    /// What it is, as far as it is now.
    pub order: SourceOrder,
    /// Whose it is.
    pub member: MemberId,
    /// The member's account.
    pub account: AccountId,
}

/// What must not change of an order: whose it is and its name, what was ordered, its price, and by when it was promised.
pub type Promise = (SourceKey, String, String, i64, Option<Timestamp>);

/// What must not change of an order.
pub fn promise(key: &SourceKey, order: &SourceOrder) -> Promise {
    (key.clone(), order.order.clone(), order.reward.clone(), order.points, order.promised_by)
}

impl CarriedOrder {
    /// What must not change of it.
    #[must_use]
    pub fn promise(&self) -> Promise {
        promise(&self.key, &self.order)
    }

    /// What a plan carries to a member.
    pub fn of(plan: &MemberPlan, member: MemberId, account: AccountId) -> Vec<Self> {
        let all = plan.orders.iter().map(|result| Self {
            key: result.key.clone(),
            order: result.order.clone(),
            member,
            account,
        });
        all.collect()
    }
}
