//! What comes of a source after its snapshot: caught up before a member's wave, converted like the rest after it, queued
//! while the sources are frozen. Each item counts once, by the source's own name for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazo_domain::merging::SourceKey;
use lazo_domain::merging::prepare::DeltaChange;
use lazo_domain::merging::snapshot::{LotState, SourceLot};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::fault::{self, MergeFault, refused};
use super::load::mapping;
use super::rows;
use super::state::{State, Step};
use super::statement::Found;
use super::store::items::{self, Item};
use super::store::members::GoldenMember;
use super::store::projects::Project;
use super::store::{links, members, plans, sources};
use super::workbench::{Watch, Workbench};
use crate::features::imports::extract::{self, Bad, Fields, Progress};
use crate::features::imports::{ReadingError, RowKind};

mod before;
mod ordered;
mod partners;
mod post;
mod standing;
mod wallet;

/// Items written or applied between two checkpoints.
const BATCH: usize = 500;

/// Something that a source tells after its snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    /// Something that changes the account.
    Change(DeltaChange),
    /// A purchase of before came back.
    Returned {
        /// The lot that it had given.
        lot: String,
        /// What the purchase had given, in source units.
        granted: i64,
        /// How many of those are taken back.
        points: i64,
    },
    /// An award was cancelled: the lots it was paid from come back.
    Cancelled(SourceLot),
    /// An order that is known was cancelled: a lot that it was paid from comes back.
    OrderCancelled {
        /// The order.
        order: String,
        /// Whose it is: the number in the source. The lot may be of the company that the member orders for.
        of: String,
        /// The lot that comes back.
        lot: SourceLot,
    },
}

/// What taking items in came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TakenIn {
    /// Items in the file.
    pub items: u64,
    /// Items whose name was known: nothing is done twice.
    pub known: u64,
    /// Items that changed a snapshot that is not posted yet.
    pub caught_up: u64,
    /// Items that were posted to merged members.
    pub posted: u64,
    /// Items that wait for the end of the freeze.
    pub queued: u64,
    /// Rows that cannot be read.
    pub unreadable: u64,
    /// Items that were refused, by code.
    pub refused: BTreeMap<String, u64>,
}

impl Workbench {
    /// Takes in what a source tells after its snapshot.
    pub async fn take_in(
        &self,
        project: &Project,
        file: &Path,
        mapping_file: &Path,
        watch: Watch<'_>,
    ) -> Result<TakenIn, MergeFault> {
        let allowed = project.state.allows(Step::CatchUp)
            || matches!(project.state, State::Parallel | State::Hypercare);
        if !allowed {
            self.may(project, Step::CatchUp)?;
        }
        let mapping = mapping(mapping_file)?;
        if mapping.kind != RowKind::Changes || project.document.source(&mapping.source).is_none() {
            let what = format!(
                "{}: a mapping of {} of `{}`",
                mapping_file.display(),
                mapping.kind.name(),
                mapping.source
            );
            return Err(refused(
                "merge_mapping",
                what,
                "a mapping of changes of a source of the project is wanted",
            ));
        }
        let progress = Progress::of(file).map_err(ReadingError::from)?;
        let (mut all, mut done) = (Vec::new(), TakenIn::default());
        let now = self.now();
        let read = extract::read(
            file,
            &mapping,
            &progress,
            &mut |fields| {
                // The order of the file is the order in which things happened.
                let at = now.plus_micros(i64::try_from(all.len()).unwrap_or(i64::MAX));
                all.push(item(fields, &mapping.source, at)?);
                Ok(())
            },
            &mut |_| done.unreadable += 1,
        )?;
        if let Some(first) = read.unexplained.first() {
            let what = format!("{}: column `{first}` is unexplained", file.display());
            return Err(refused(
                "merge_unexplained_columns",
                what,
                "map it, or put it under [ignored]",
            ));
        }
        done.items = all.len() as u64;
        let mut new = 0;
        for chunk in all.chunks(BATCH) {
            let chunk = self.items_of_wallets(project, chunk).await?;
            let mut tx = self.app.db.begin().await?;
            let others = items::known_otherwise(&mut tx, project, &chunk).await?;
            new += items::insert(&mut tx, project, &chunk).await?;
            tx.commit().await?;
            if !others.is_empty() {
                *done.refused.entry("late_name_taken".to_owned()).or_default() +=
                    others.len() as u64;
            }
        }
        done.known = done.items - new;
        if project.state == State::Frozen {
            done.queued = new;
            return Ok(done);
        }
        self.apply_items(project, &mut done, watch).await?;
        Ok(done)
    }

    /// Applies what is queued.
    pub(super) async fn apply_items(
        &self,
        project: &Project,
        done: &mut TakenIn,
        watch: Watch<'_>,
    ) -> Result<(), MergeFault> {
        let hold = self.hold(project).await?;
        let mut changed = BTreeSet::new();
        // What was refused before may be there now, such as the points that are spent: it is tried as long as that helps.
        loop {
            let before = done.caught_up + done.posted;
            let mut refused = BTreeMap::new();
            for state in ["refused", "queued"] {
                self.apply_waiting(
                    project,
                    state,
                    done,
                    (&mut changed, &mut refused),
                    &hold,
                    watch,
                )
                .await?;
            }
            if done.caught_up + done.posted == before {
                for (code, count) in refused {
                    *done.refused.entry(code).or_default() += count;
                }
                break;
            }
        }
        if !changed.is_empty() {
            self.caught_up(project, &changed, &hold, watch).await?;
        }
        hold.release().await?;
        Ok(())
    }

    /// Applies all items in one state, in the order in which they came.
    async fn apply_waiting(
        &self,
        project: &Project,
        state: &str,
        done: &mut TakenIn,
        (changed, refusals): (&mut BTreeSet<String>, &mut BTreeMap<String, u64>),
        hold: &super::workbench::Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<(), MergeFault> {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let mut after = (Timestamp(i64::MIN), String::new(), String::new());
        loop {
            let from = (after.0, after.1.as_str(), after.2.as_str());
            let page = items::waiting(&self.app.db, project, state, from, limit).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.received_at, last.key.source.clone(), last.item.clone());
            let mut settled: Vec<Item> = Vec::with_capacity(page.len());
            let mut whys = Vec::with_capacity(page.len());
            for mut item in page {
                let outcome = self.apply_item(project, &item, &settled).await;
                let (state, told, why) = match outcome {
                    Ok((state, told)) => (state, told, None),
                    Err(MergeFault::Refused(why)) => {
                        *refusals.entry(why.code.to_owned()).or_default() += 1;
                        ("refused", format!("{}: {}", why.code, why.what), Some(why))
                    }
                    Err(fault) => return Err(fault),
                };
                match state {
                    "caught_up" => {
                        changed.insert(item.key.source.clone());
                        done.caught_up += 1;
                    }
                    "posted" => done.posted += 1,
                    _ => {}
                }
                (item.state, item.outcome) = (state.to_owned(), Some(told));
                settled.push(item);
                whys.push(why);
            }
            // What was posted is found again by its name, so that a page may be settled as one.
            let mut tx = self.app.db.begin().await?;
            items::settle(&mut tx, project, &settled).await?;
            tx.commit().await?;
            self.tell_of_partners(project, &settled, &whys).await?;
            hold.renew().await?;
            watch("items taken in", done.caught_up + done.posted, None);
        }
    }

    /// Snapshots have changed: their hashes too, and no plan is of what there is.
    async fn caught_up(
        &self,
        project: &Project,
        changed: &BTreeSet<String>,
        hold: &super::workbench::Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<(), MergeFault> {
        for mut source in sources::all(&self.app.db, project).await? {
            if changed.contains(&source.source) {
                source.snapshot_hash = self.hash(project, &source.source, hold, watch).await?;
                let mut tx = self.app.db.begin().await?;
                sources::put(&mut tx, project, &source).await?;
                tx.commit().await?;
            }
        }
        let mut tx = self.app.db.begin().await?;
        plans::expire(&mut tx, project).await?;
        let told = json!({ "sources": changed });
        self.record(&mut tx, "integration_project.caught_up", project, told).await?;
        tx.commit().await?;
        if matches!(project.state, State::Simulated | State::Approved) {
            self.move_to(project, State::Matched, None, json!({})).await?;
        }
        Ok(())
    }

    async fn apply_item(
        &self,
        project: &Project,
        item: &Item,
        settled: &[Item],
    ) -> Result<(&'static str, String), MergeFault> {
        let told: Told = fault::parsed(&item.body, "an item")?;
        partners::accepted(project, item, &told)?;
        let golden = links::golden_of(&self.app.db, project, &item.key).await?;
        let golden = golden.unwrap_or_else(|| item.key.clone());
        let row = members::by_golden(&self.app.db, project, &golden).await?;
        let Some(row) = row.filter(GoldenMember::is_in_ledger) else {
            return self.catch_up_item(project, item, settled, told).await;
        };
        let mut whose = Whose { found: self.whole(project, row).await?, lines: None };
        let parted = self.parted(project, &whose.found.row).await?;
        if let Some(parted) = parted.filter(|parted| parted.keys.contains(&item.key)) {
            // It was taken out of this golden member: what comes for it goes where it went.
            let row = &mut whose.found.row;
            (row.member, row.account, row.event) =
                (Some(parted.member), Some(parted.account), parted.event);
            whose.lines = Some(parted.lines);
        }
        match told {
            Told::Change(DeltaChange::Arrived { lot, .. } | DeltaChange::Gone { lot, .. }) => {
                Err(on_the_way(&lot))
            }
            Told::Change(DeltaChange::Earned(lot)) if lot.state == LotState::InTransit => {
                Err(on_the_way(&lot.lot))
            }
            Told::Change(DeltaChange::Earned(lot)) | Told::Cancelled(lot) => {
                self.post_late(project, item, settled, &whose, lot).await
            }
            Told::Change(DeltaChange::Spent { lot, points }) => {
                let granted = source_points(&whose.found, &item.key, &lot);
                self.post_back(project, item, settled, &whose, (lot, granted, points)).await
            }
            Told::OrderCancelled { order, of, lot } => {
                self.cancel_order(project, item, settled, &whose, (&order, &of, lot)).await
            }
            Told::Change(DeltaChange::Order { order, status }) => {
                self.order_goes_on(project, &item.key, &order, status).await
            }
            Told::Returned { lot, granted, points } => {
                self.post_back(project, item, settled, &whose, (lot, granted, points)).await
            }
            Told::Change(DeltaChange::Said(consent)) => {
                self.said(project, item, &whose.found, consent).await
            }
            Told::Change(DeltaChange::Status(status)) => self.stands(&whose.found, status).await,
        }
    }
}

/// The golden member that an item is of, and for whoever was taken out of one which line of its plan each lot is.
struct Whose {
    found: Found,
    lines: Option<Vec<Option<usize>>>,
}

/// Of whoever is posted nothing is on its way: what a partner completes after that is earned or spent like the rest.
fn on_the_way(lot: &str) -> MergeFault {
    let what = format!("lot {lot} is on its way, and the member is posted already");
    let hint = "when the transfer is completed or closed, tell it as earned or spent";
    refused("late_in_transit", what, hint)
}

/// What a lot of the plan had in source units.
fn source_points(found: &Found, key: &SourceKey, lot: &str) -> i64 {
    let lines = found.plan.lines.iter().filter(|line| line.key == *key && line.lot.lot == lot);
    lines.map(|line| line.lot.points.max(0)).sum()
}

fn item(fields: &Fields<'_>, source: &str, now: lazo_domain::time::Timestamp) -> Result<Item, Bad> {
    let what = fields.needed("change")?;
    let transaction = fields.needed("transaction")?;
    let whole = |name: &'static str| {
        let number = fields.whole(name)?;
        number.ok_or_else(|| (name, "missing", format!("there is no {name}")))
    };
    let told = match what.as_str() {
        "returned" => Told::Returned {
            lot: fields.needed("lot")?,
            granted: whole("granted")?,
            points: whole("points")?,
        },
        "cancelled" => {
            let (order, lot) = (fields.text("order")?, rows::lot(fields)?);
            match order.as_str() {
                "" => Told::Cancelled(lot),
                _ => Told::OrderCancelled { order, of: rows::member(fields)?, lot },
            }
        }
        _ => Told::Change(rows::change(fields, &what)?),
    };
    let body = serde_json::to_string(&told);
    let member = rows::member(fields)?;
    let partner = fields.text("partner")?;
    // One transaction may take of several lots, of several members: each of these is an item of its own. What a partner
    // calls its transactions is its own affair.
    let mut subject = Vec::new();
    for name in ["lot", "purpose", "channel", "partner", "order"] {
        subject.push(fields.text(name)?);
    }
    let parts = [transaction.as_str(), &what, &member].into_iter();
    let parts = parts.chain(subject.iter().map(String::as_str).filter(|part| !part.is_empty()));
    Ok(Item {
        item: parts.collect::<Vec<_>>().join(" "),
        key: SourceKey::new(source, &member),
        kind: what,
        partner,
        body: body.map_err(|error| ("change", "bad_change", error.to_string()))?,
        received_at: now,
        state: "queued".to_owned(),
        outcome: None,
    })
}
