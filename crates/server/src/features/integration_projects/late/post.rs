//! Late points, returns and cancelled awards of members that are merged already, through the ledger's door.

use lazo_domain::merging::SourceKey;
use lazo_domain::merging::late::{claw_back, late};
use lazo_domain::merging::prepare::DeltaChange;
use lazo_domain::merging::snapshot::SourceLot;
use lazo_domain::merging::undo::LotRef;
use lazo_domain::program::Shortfall;

use super::super::fault::{MergeFault, parsed, refused};
use super::super::later::{arriving, leaving, point_type};
use super::super::names;
use super::super::statement::Found;
use super::super::store::items::{self, Item};
use super::super::store::projects::Project;
use super::super::workbench::Workbench;
use super::{Told, Whose};

impl Workbench {
    /// Late points get what they would have got in time.
    pub(super) async fn post_late(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        whose: &Whose,
        lot: SourceLot,
    ) -> Result<(&'static str, String), MergeFault> {
        let found = &whose.found;
        let earlier = self.earlier(project, item, settled, whose).await?;
        let lots: Vec<(SourceKey, SourceLot)> = earlier
            .into_iter()
            .filter_map(|(key, told)| match told {
                Told::Change(DeltaChange::Earned(lot))
                | Told::Cancelled(lot)
                | Told::OrderCancelled { lot, .. } => Some((key, lot)),
                _ => None,
            })
            .collect();
        let now = self.now();
        let new = std::slice::from_ref(&lot);
        let lines = late(&found.rules, &found.plan, &found.accounts, &item.key, &lots, new, now)
            .map_err(|why| refused(why.code(), why.to_string(), ""))?;
        let codes = self.codes(project).await?;
        let mut pieces = Vec::new();
        let mut given = 0;
        for line in lines.iter().filter(|line| line.points > 0) {
            let mut piece = arriving(
                point_type(&codes, &line.to)?,
                line.points,
                None,
                line.lot.earned_at,
                line.expires_at,
            );
            piece.release_at = line.lot.release_at.filter(|at| *at > now);
            given += line.points;
            pieces.push(piece);
        }
        self.post_item(project, item, found, pieces).await?;
        Ok(("posted", given.to_string()))
    }

    /// What a purchase of before gave is taken back: of its own lot first, then as the program's policy says.
    pub(super) async fn post_back(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        whose: &Whose,
        (lot, granted, points): (String, i64, i64),
    ) -> Result<(&'static str, String), MergeFault> {
        let found = &whose.found;
        let earlier = self.earlier(project, item, settled, whose).await?;
        let own = earlier.iter().filter(|(key, _)| *key == item.key);
        let before: i64 = own
            .map(|(_, told)| match told {
                Told::Returned { lot: of, points, .. } if *of == lot => *points,
                Told::Change(DeltaChange::Spent { lot: of, points }) if *of == lot => *points,
                _ => 0,
            })
            .sum();
        let back = claw_back(&found.plan, &item.key, &lot, granted, before, points)
            .map_err(|why| refused(why.code(), why.to_string(), ""))?;
        let (_, account) = found.row.here()?;
        let since = self
            .since(project, &found.plan, account, (found.row.event, whose.lines.as_deref()))
            .await?;
        let (mut left, mut pieces, mut point_type) = (back.from_lot, Vec::new(), None);
        for (of, there) in &since.lots {
            let LotRef::Opened(line) = of else { continue };
            let line = &found.plan.lines[*line];
            if line.key != item.key || line.lot.lot != lot {
                continue;
            }
            point_type = Some(there.point_type);
            let part = left.min(there.available.0 + there.pending.0);
            if part > 0 {
                pieces.push(leaving(there, part));
                left -= part;
            }
        }
        let short = left + back.shortfall;
        let program = self.target(project).await?;
        if short > 0
            && program.returns.shortfall != Shortfall::Forgive
            && let Some(point_type) = point_type
        {
            // Of the member's other points, and what is not there is owed.
            let mut piece = arriving(point_type, -short, None, self.now(), None);
            piece.earned_at = self.now();
            pieces.push(piece);
        }
        self.post_item(project, item, found, pieces).await?;
        Ok(("posted", format!("-{}", back.from_lot + back.shortfall)))
    }

    async fn post_item(
        &self,
        project: &Project,
        item: &Item,
        found: &Found,
        pieces: Vec<lazo_domain::event::Piece>,
    ) -> Result<(), MergeFault> {
        if pieces.is_empty() {
            return Ok(());
        }
        let (member, account) = found.row.here()?;
        let reference = names::of_item(project, &item.key.source, &item.item);
        self.opening(project, account, member, reference, pieces).await?;
        Ok(())
    }

    /// What was taken in before of the golden member's accounts in the item's source, in the order in which it came.
    async fn earlier(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
        whose: &Whose,
    ) -> Result<Vec<(SourceKey, Told)>, MergeFault> {
        let same = |key: &SourceKey| key.source == item.key.source;
        let accounts = whose.found.accounts.iter().map(|account| account.key.clone());
        let keys: Vec<SourceKey> = accounts.filter(same).collect();
        let all = items::of_accounts(&self.app.db, project, &keys).await?;
        let now = settled.iter().filter(|other| keys.contains(&other.key));
        let posted = all.iter().chain(now).filter(|other| other.state == "posted");
        posted.map(|other| Ok((other.key.clone(), parsed(&other.body, "an item")?))).collect()
    }
}
