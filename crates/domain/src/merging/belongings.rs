//! Paid plans and pools of one golden member: nothing paid is lost, and pools never merge without consent.

use super::exceptions::{Exception, ExceptionCode};
use super::rules::{MergeRules, PoolChoice};
use super::snapshot::{MemberSnapshot, PaidPlan, PoolSeat, SourceKey};
use crate::rate::{Rounding, div};
use crate::time::Timestamp;

/// The paid plan that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanResult {
    /// Whose it was.
    pub key: SourceKey,
    /// What it was; price and terms stay until the renewal.
    pub plan: PaidPlan,
    /// The target's plan; empty while it has no equivalent, and the old promises hold.
    pub to: String,
    /// Does it go on? Otherwise what is left of it is paid back.
    pub goes_on: bool,
    /// What is paid back, in minor units, rounded in the member's favor.
    pub refund_minor: i64,
    /// All promotions of the member's plans, on the one that goes on.
    pub promotions: Vec<String>,
}

/// What the cluster's paid plans become: the best goes on, the rest of every other is paid back.
pub(super) fn plans(
    members: &[&MemberSnapshot],
    rules: &MergeRules,
) -> (Vec<PlanResult>, Vec<Exception>) {
    let rank = |key: &SourceKey, plan: &PaidPlan| {
        let found = rules.plans.iter().position(|m| m.source == key.source && m.plan == plan.plan);
        found.unwrap_or(usize::MAX)
    };
    let running = |plan: &&PaidPlan| plan.paid_until > rules.cutover;
    let mut all: Vec<(&SourceKey, &PaidPlan)> = members
        .iter()
        .flat_map(|member| member.plans.iter().filter(running).map(|plan| (&member.key, plan)))
        .collect();
    all.sort_by_key(|(key, plan)| {
        (rank(key, plan), std::cmp::Reverse(plan.paid_until), *key, plan.plan.clone())
    });
    let mut promotions: Vec<String> =
        all.iter().flat_map(|(_, plan)| plan.promotions.iter().cloned()).collect();
    promotions.sort_unstable();
    promotions.dedup();
    let (mut results, mut found) = (Vec::new(), Vec::new());
    for (place, (key, plan)) in all.into_iter().enumerate() {
        let map = rules.plans.get(rank(key, plan));
        if map.is_none() {
            let exception = Exception::new(key, ExceptionCode::PlanUnmapped);
            found.push(exception.about(&plan.plan, 0));
        }
        // A plan without an equivalent is nobody's second best: it goes on until the desk has decided.
        let goes_on = place == 0 || map.is_none();
        results.push(PlanResult {
            key: key.clone(),
            plan: plan.clone(),
            to: map.map(|map| map.to.clone()).unwrap_or_default(),
            goes_on,
            refund_minor: if goes_on { 0 } else { refund(plan, rules.cutover) },
            promotions: if place == 0 { promotions.clone() } else { Vec::new() },
        });
    }
    (results, found)
}

/// The share of the price for the part of the period that is left.
#[must_use]
pub fn refund(plan: &PaidPlan, at: Timestamp) -> i64 {
    let period = i128::from(plan.paid_until.0) - i128::from(plan.paid_from.0);
    let left = i128::from(plan.paid_until.0) - i128::from(at.max(plan.paid_from).0);
    if period <= 0 || left <= 0 {
        return 0;
    }
    let refund = div(i128::from(plan.price_minor) * left, period, Rounding::Ceil);
    i64::try_from(refund).unwrap_or(plan.price_minor).min(plan.price_minor)
}

/// The member's place in a pool after the merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolResult {
    /// Whose place it was.
    pub key: SourceKey,
    /// The place.
    pub seat: PoolSeat,
    /// Does the member stay in it? Leaving takes one's own contribution along.
    pub stays: bool,
}

/// Which of its pools the golden member stays in.
pub(super) fn pools(
    members: &[&MemberSnapshot],
    rules: &MergeRules,
) -> (Vec<PoolResult>, Vec<Exception>) {
    let mut seats: Vec<(&SourceKey, &PoolSeat)> = members
        .iter()
        .filter_map(|member| member.pool.as_ref().map(|seat| (&member.key, seat)))
        .collect();
    seats.sort_by_key(|(key, seat)| {
        let led = rules.pools == PoolChoice::Led && seat.head;
        (!led, seat.since, *key)
    });
    let pool_of = |(key, seat): &(&SourceKey, &PoolSeat)| (key.source.clone(), seat.pool.clone());
    let several = seats.windows(2).any(|pair| pool_of(&pair[0]) != pool_of(&pair[1]));
    let first = seats.first().map(pool_of);
    let mut found = Vec::new();
    if several && let Some((key, seat)) = seats.first() {
        found.push(Exception::new(key, ExceptionCode::TwoPools).about(&seat.pool, 0));
    }
    let asks = several && rules.pools == PoolChoice::Ask;
    let results = seats.iter().map(|place| PoolResult {
        key: place.0.clone(),
        seat: place.1.clone(),
        stays: !asks && first.as_ref() == Some(&pool_of(place)),
    });
    (results.collect(), found)
}
