//! Orders that go on or are given up after the snapshot: price and promise stay, and no more comes back than was paid.

use std::collections::BTreeMap;

use lazo_domain::merging::SourceKey;
use lazo_domain::merging::orders::{OrderStatus, SourceOrder};
use lazo_domain::merging::snapshot::SourceLot;

use super::super::fault::{MergeFault, parsed, refused};
use super::super::store::accounts;
use super::super::store::items::{self, Item};
use super::super::store::projects::Project;
use super::super::workbench::Workbench;
use super::{Told, Whose};
use crate::features::carried_orders::{CarriedOrder, store as orders};

impl Workbench {
    /// How far an order of a merged member is.
    pub(super) async fn order_goes_on(
        &self,
        project: &Project,
        key: &SourceKey,
        order: &str,
        status: OrderStatus,
    ) -> Result<(&'static str, String), MergeFault> {
        let carried = self.carried(project, key, order).await?;
        let is = carried.order.status;
        // What was noted before the process died is noted already.
        if is != status {
            if !is.is_open() {
                return Err(over(&carried.order));
            }
            let now = self.app.clock.now();
            let mut tx = self.app.db.begin().await?;
            orders::set_status(&mut tx, project.ids(), (key, order), status, now).await?;
            tx.commit().await?;
        }
        Ok(("posted", status.name().to_owned()))
    }

    /// A lot that an order of a merged member was paid from comes back at what it would be worth here.
    pub(super) async fn cancel_order(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        whose: &Whose,
        (order, of, lot): (&str, &str, SourceLot),
    ) -> Result<(&'static str, String), MergeFault> {
        let owner = SourceKey::new(&item.key.source, of);
        let carried = self.carried(project, &owner, order).await?;
        if carried.order.status == OrderStatus::Delivered {
            return Err(over(&carried.order));
        }
        self.is_paid(project, item, settled, (&owner, &carried.order, &lot)).await?;
        let (state, told) = self.post_late(project, item, settled, whose, lot).await?;
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        let name = (&owner, order);
        orders::set_status(&mut tx, project.ids(), name, OrderStatus::Cancelled, now).await?;
        tx.commit().await?;
        Ok((state, told))
    }

    /// May a lot come back to an account that is not posted yet?
    pub(super) async fn may_come_back(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        (owner, order, lot): (&SourceKey, &str, &SourceLot),
    ) -> Result<(), MergeFault> {
        let there = accounts::of(&self.app.db, project, std::slice::from_ref(owner)).await?;
        let orders =
            there.get(owner).map(|snapshot| snapshot.orders.as_slice()).unwrap_or_default();
        let known = orders.iter().find(|known| known.order == order);
        let known = known.ok_or_else(|| nobodys(order))?;
        self.is_paid(project, item, settled, (owner, known, lot)).await
    }

    /// An order of a merged member.
    async fn carried(
        &self,
        project: &Project,
        key: &SourceKey,
        order: &str,
    ) -> Result<CarriedOrder, MergeFault> {
        let all = orders::of(&self.app.db, project.ids(), std::slice::from_ref(key)).await?;
        let found = all.into_iter().find(|carried| carried.order.order == order);
        found.ok_or_else(|| nobodys(order))
    }

    /// Refuses a lot that would bring back more than the order has cost, or other points.
    async fn is_paid(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        (owner, order, lot): (&SourceKey, &SourceOrder, &SourceLot),
    ) -> Result<(), MergeFault> {
        if !order.point_type.is_empty() && order.point_type != lot.point_type {
            let what = format!(
                "order {} was paid in {}, and not in {}",
                order.order, order.point_type, lot.point_type
            );
            return Err(refused("late_other_points", what, ""));
        }
        let keys = [owner.clone(), item.key.clone()];
        let kept = items::of_accounts(&self.app.db, project, &keys).await?;
        // What this page has settled may not be kept yet: each counts once, by its name.
        let all = kept.iter().chain(settled).filter(|other| other.item != item.item);
        let all = all.filter(|other| {
            other.key.source == owner.source
                && matches!(other.state.as_str(), "caught_up" | "posted")
                && other.kind == "cancelled"
        });
        let all: BTreeMap<&str, &Item> = all.map(|other| (other.item.as_str(), other)).collect();
        let mut before = 0_i64;
        for other in all.values() {
            let told: Told = parsed(&other.body, "an item")?;
            if let Told::OrderCancelled { order: name, of, lot } = told
                && name == order.order
                && of == owner.member
            {
                before = before.saturating_add(lot.points);
            }
        }
        let left = order.points.saturating_sub(before);
        if lot.points <= 0 || lot.points > left {
            let what = format!("of order {} only {left} are left to come back", order.order);
            return Err(refused("late_too_many", what, ""));
        }
        Ok(())
    }
}

fn nobodys(order: &str) -> MergeFault {
    refused("late_no_order", format!("there is no order {order} of that account"), "")
}

fn over(order: &SourceOrder) -> MergeFault {
    let what = format!("order {} is {} already", order.order, order.status.name());
    refused("late_order_ended", what, "")
}
