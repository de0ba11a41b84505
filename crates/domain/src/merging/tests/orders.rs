//! Open reward orders: price and promise stay, nothing is posted for them, and what contradicts itself waits.

use std::collections::BTreeSet;

use super::super::GoldenStatus;
use super::super::orders::{OrderStatus, SourceOrder};
use super::super::prepare::{Delta, DeltaChange, catch_up};
use super::super::snapshot::SourceStatus;
use super::super::statement::statement;
use super::*;

fn order(name: &str, points: i64, status: OrderStatus) -> SourceOrder {
    SourceOrder {
        order: name.into(),
        reward: "toaster".into(),
        point_type: "stars".into(),
        points,
        ordered_at: at("2026-09-20"),
        promised_by: Some(at("2026-10-20")),
        status,
        address: "hidden".into(),
    }
}

/// Ana of [`ana`] with an order on its way and one that has arrived.
fn waiting() -> Vec<MemberSnapshot> {
    let mut people = ana();
    people[0].orders.push(order("P-2", 10, OrderStatus::Delivered));
    people[0].orders.push(order("P-1", 40, OrderStatus::Preparing));
    people
}

#[test]
fn m29_an_open_order_comes_along_as_it_was_and_moves_no_point() {
    let (plan, without) = (planned(&waiting()), planned(&ana()));
    let kept: Vec<&SourceOrder> = plan.orders.iter().map(|result| &result.order).collect();
    assert_eq!(kept, [&order("P-1", 40, OrderStatus::Preparing)]);
    assert_eq!(plan.orders[0].key, SourceKey::new("brisa", "B-1"));
    assert_eq!((plan.openings(), opened(&plan)), (without.openings(), 212 + 40));
    assert_ne!(plan.hash(), without.hash(), "the plan that is approved has it");
    let mut closed = waiting();
    closed[0].status = SourceStatus::Closed;
    assert!(planned(&closed).orders.is_empty(), "a closed account keeps its own");
    let sections = statement(&rules(), &plan, &waiting());
    let told = sections.iter().find(|section| section.heading == "merging-statement-orders");
    assert_eq!(told.map(|section| section.sentences.len()), Some(1));
}

#[test]
fn m29_an_order_that_contradicts_itself_holds_its_member_back() {
    let with = |change: fn(&mut Vec<SourceOrder>)| {
        let mut people = waiting();
        change(&mut people[0].orders);
        let plan = planned(&people);
        (plan.status, codes(&plan), plan.orders.len())
    };
    let held = (GoldenStatus::HeldBack, vec![ExceptionCode::ImpossibleOrder], 0);
    assert_eq!(with(|orders| orders[1].order = "P-2".into()), held);
    assert_eq!(with(|orders| orders[1].points = -1), held);
    assert_eq!(with(|orders| orders[1].promised_by = Some(at("2026-09-19"))), held);
    assert_eq!(with(|orders| orders[1].promised_by = None).0, GoldenStatus::Active);
}

#[test]
fn m29_an_order_goes_on_until_it_is_over() {
    let (mut people, mut seen) = (waiting(), BTreeSet::new());
    let told = |transaction: &str, order: &str, status| Delta {
        transaction: transaction.into(),
        change: DeltaChange::Order { order: order.into(), status },
    };
    let changes = [
        told("t-1", "P-1", OrderStatus::Sent),
        told("t-2", "P-1", OrderStatus::Cancelled),
        told("t-3", "P-1", OrderStatus::Cancelled),
        told("t-4", "P-1", OrderStatus::Sent),
        told("t-5", "P-9", OrderStatus::Sent),
    ];
    let refused = catch_up(&mut people[0], &changes, &mut seen);
    assert_eq!(refused.len(), 2, "it is over, and there is no other: {refused:?}");
    assert!(planned(&people).orders.is_empty());
}
