//! What comes of a source after its snapshot: caught up before a member's wave, converted like the rest after it, queued
//! while the sources are frozen. Each item counts once, by the source's own name for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazo_domain::merging::SourceKey;
use lazo_domain::merging::prepare::{Delta, DeltaChange, catch_up};
use lazo_domain::merging::snapshot::{ConsentState, SourceLot, SourceStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::fault::{self, MergeFault, refused};
use super::load::mapping;
use super::matching::name;
use super::rows;
use super::state::{State, Step};
use super::statement::Found;
use super::store::desk::HeldConsent;
use super::store::items::{self, Item};
use super::store::projects::Project;
use super::store::{accounts, desk, links, members, plans, sources};
use super::workbench::{Watch, Workbench};
use crate::features::imports::extract::{self, Bad, Fields, Progress};
use crate::features::imports::{ReadingError, RowKind};
use crate::features::members::store as member_store;

mod post;

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
                all.push(item(fields, &mapping.source, now)?);
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
            let mut tx = self.app.db.begin().await?;
            new += items::insert(&mut tx, project, chunk).await?;
            tx.commit().await?;
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
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let mut after = (String::new(), String::new());
        loop {
            let page =
                items::page(&self.app.db, project, "queued", (&after.0, &after.1), limit).await?;
            let Some(last) = page.last() else { break };
            after = (last.key.source.clone(), last.item.clone());
            let mut settled: Vec<Item> = Vec::with_capacity(page.len());
            for mut item in page {
                let outcome = self.apply_item(project, &item, &settled).await;
                let (state, told) = match outcome {
                    Ok((state, told)) => (state, told),
                    Err(MergeFault::Refused(why)) => {
                        *done.refused.entry(why.code.to_owned()).or_default() += 1;
                        ("refused", format!("{}: {}", why.code, why.what))
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
            }
            // What was posted is found again by its name, so that a page may be settled as one.
            let mut tx = self.app.db.begin().await?;
            items::settle(&mut tx, project, &settled).await?;
            tx.commit().await?;
            hold.renew().await?;
            watch("items taken in", done.caught_up + done.posted, None);
        }
        if !changed.is_empty() {
            self.caught_up(project, &changed, &hold, watch).await?;
        }
        hold.release().await?;
        Ok(())
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
        let golden = links::golden_of(&self.app.db, project, &item.key).await?;
        let golden = golden.unwrap_or_else(|| item.key.clone());
        let row = members::by_golden(&self.app.db, project, &golden).await?;
        let posted = row.is_some_and(|row| row.is_in_ledger());
        if !posted {
            return self.catch_up_item(project, item, told).await;
        }
        let found = self.found(project, &name(&golden)).await?;
        match told {
            Told::Change(DeltaChange::Earned(lot)) | Told::Cancelled(lot) => {
                self.post_late(project, item, settled, &found, lot).await
            }
            Told::Change(DeltaChange::Spent { lot, points }) => {
                let granted = source_points(&found, &item.key, &lot);
                self.post_back(project, item, settled, &found, (lot, granted, points)).await
            }
            Told::Returned { lot, granted, points } => {
                self.post_back(project, item, settled, &found, (lot, granted, points)).await
            }
            Told::Change(DeltaChange::Said(consent)) => {
                self.said(project, item, &found, consent).await
            }
            Told::Change(DeltaChange::Status(status)) => self.stands(&found, status).await,
        }
    }

    async fn catch_up_item(
        &self,
        project: &Project,
        item: &Item,
        told: Told,
    ) -> Result<(&'static str, String), MergeFault> {
        let mut there =
            accounts::of(&self.app.db, project, std::slice::from_ref(&item.key)).await?;
        let Some(mut snapshot) = there.remove(&item.key) else {
            let what = format!("{} is no account of the snapshot", name(&item.key));
            return Err(refused("late_no_account", what, ""));
        };
        let change = match told {
            Told::Change(change) => change,
            Told::Cancelled(lot) => DeltaChange::Earned(lot),
            Told::Returned { lot, points, .. } => DeltaChange::Spent { lot, points },
        };
        let delta = Delta { transaction: item.item.clone(), change };
        let refusals = catch_up(&mut snapshot, &[delta], &mut BTreeSet::new());
        if let Some(why) = refusals.first() {
            return Err(refused("delta_not_there", why.to_string(), ""));
        }
        // The change and the note of it are one: killed between them it would be taken in twice.
        let told = "before the wave".to_owned();
        let settled =
            Item { state: "caught_up".to_owned(), outcome: Some(told.clone()), ..item.clone() };
        let mut tx = self.app.db.begin().await?;
        accounts::replace(&mut tx, project, &[snapshot]).await?;
        items::settle(&mut tx, project, &[settled]).await?;
        tx.commit().await?;
        Ok(("caught_up", told))
    }

    /// A later no always holds; a later yes only where it was given to the controller that goes on.
    async fn said(
        &self,
        project: &Project,
        item: &Item,
        found: &Found,
        consent: lazo_domain::merging::snapshot::Consent,
    ) -> Result<(&'static str, String), MergeFault> {
        let strict = matches!(consent.state, ConsentState::OptedOut | ConsentState::Excluded);
        let specific = consent.specific && consent.controller == found.rules.controller;
        if !strict && !specific {
            return Ok(("posted", "kept as it was".to_owned()));
        }
        let held = HeldConsent {
            member: found.row.here()?.0,
            purpose: consent.purpose,
            channel: consent.channel,
            state: consent.state.name().to_owned(),
            at: consent.at,
            controller: consent.controller,
            evidence: consent.evidence,
            from: item.key.clone(),
        };
        let mut tx = self.app.db.begin().await?;
        desk::put_consents(&mut tx, project, &[held]).await?;
        tx.commit().await?;
        Ok(("posted", "consent".to_owned()))
    }

    async fn stands(
        &self,
        found: &Found,
        status: SourceStatus,
    ) -> Result<(&'static str, String), MergeFault> {
        let (member, _) = found.row.here()?;
        match status {
            SourceStatus::Erased => {
                let now = self.app.clock.now();
                crate::features::members::erase(&self.app.db, self.tenant.id, member, now).await?;
            }
            SourceStatus::Active => {}
            _ => {
                let mut tx = self.app.db.begin().await?;
                member_store::suspend(&mut tx, self.tenant.id, &[member]).await?;
                tx.commit().await?;
            }
        }
        Ok(("posted", "status".to_owned()))
    }
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
        "cancelled" => Told::Cancelled(rows::lot(fields)?),
        _ => Told::Change(rows::change(fields, &what)?),
    };
    let body = serde_json::to_string(&told);
    Ok(Item {
        key: SourceKey::new(source, &rows::member(fields)?),
        item: transaction,
        kind: what,
        body: body.map_err(|error| ("change", "bad_change", error.to_string()))?,
        received_at: now,
        state: "queued".to_owned(),
        outcome: None,
    })
}
