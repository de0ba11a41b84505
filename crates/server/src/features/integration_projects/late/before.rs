//! What comes of a source before a member's wave: its snapshot is caught up, and the note of it is one with the change.

use std::collections::BTreeSet;

use lazo_domain::merging::orders::OrderStatus;
use lazo_domain::merging::prepare::{Delta, DeltaChange, catch_up};
use lazo_domain::merging::snapshot::SourceStatus;
use lazo_domain::merging::{MemberSnapshot, SourceKey};

use super::super::fault::{MergeFault, refused};
use super::super::matching::name;
use super::super::store::accounts;
use super::super::store::items::{self, Item};
use super::super::store::projects::Project;
use super::super::workbench::Workbench;
use super::Told;
use crate::features::carried_orders::store as orders;

impl Workbench {
    /// A change of an account that is not posted yet: its snapshot is caught up.
    pub(super) async fn catch_up_item(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        told: Told,
    ) -> Result<(&'static str, String), MergeFault> {
        let own = item.key.clone();
        let changes = match told {
            Told::Change(change) => vec![(own, change)],
            Told::Cancelled(lot) => vec![(own, DeltaChange::Earned(lot))],
            Told::Returned { lot, points, .. } => vec![(own, DeltaChange::Spent { lot, points })],
            Told::OrderCancelled { order, of, lot } => {
                let owner = SourceKey::new(&own.source, &of);
                self.may_come_back(project, item, settled, (&owner, &order, &lot)).await?;
                let status = OrderStatus::Cancelled;
                vec![(owner, DeltaChange::Order { order, status }), (own, DeltaChange::Earned(lot))]
            }
        };
        let keys: Vec<SourceKey> = changes.iter().map(|(key, _)| key.clone()).collect();
        let mut there = accounts::of(&self.app.db, project, &keys).await?;
        for (key, change) in &changes {
            let Some(snapshot) = there.get_mut(key) else {
                let what = format!("{} is no account of the snapshot", name(key));
                return Err(refused("late_no_account", what, ""));
            };
            let delta = Delta { transaction: item.item.clone(), change: change.clone() };
            let refusals = catch_up(snapshot, &[delta], &mut BTreeSet::new());
            if let Some(why) = refusals.first() {
                return Err(refused("delta_not_there", why.to_string(), ""));
            }
        }
        // The change and the note of it are one: killed between them it would be taken in twice.
        let told = "before the wave".to_owned();
        let settled =
            Item { state: "caught_up".to_owned(), outcome: Some(told.clone()), ..item.clone() };
        let snapshots: Vec<MemberSnapshot> = there.into_values().collect();
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        accounts::replace(&mut tx, project, &snapshots).await?;
        for (key, change) in &changes {
            match change {
                DeltaChange::Order { order, status } => {
                    orders::set_status(&mut tx, project.ids(), (key, order), *status, now).await?;
                }
                DeltaChange::Status(SourceStatus::Erased) => {
                    orders::forget_account(&mut tx, project.ids(), key).await?;
                }
                _ => {}
            }
        }
        items::settle(&mut tx, project, &[settled]).await?;
        tx.commit().await?;
        Ok(("caught_up", told))
    }
}
