//! Rolls a wave back: the ledger is emptied of what it opened and earned since, and the sources get back what happened.

use lazo_domain::event::Body;
use lazo_domain::ids::ImportId;
use lazo_domain::merging::SourceKey;
use lazo_domain::merging::undo::{SourceChange, roll_back};
use lazo_store::StoreError;
use serde_json::{Value, json};

use super::fault::{MergeFault, refused};
use super::later::{leaving, without_debts};
use super::matching::name;
use super::names;
use super::state::State;
use super::store::desk::Request;
use super::store::items::{self, Item};
use super::store::members::{self, GoldenMember, Which};
use super::store::projects::Project;
use super::workbench::{Watch, Workbench};
use crate::features::memberships;

/// Members rolled back between two checkpoints.
const PAGE: i64 = 100;

impl Workbench {
    /// Asks for a wave to be rolled back.
    pub async fn ask_rollback(
        &self,
        project: &Project,
        number: i64,
    ) -> Result<Request, MergeFault> {
        let wave = self.wave(project, number).await?;
        if project.state > State::Parallel && project.state != State::Paused {
            let what =
                format!("the project is {}: past the point of no return", project.state.name());
            return Err(refused("merge_state", what, "unmerge members one by one"));
        }
        let later = super::store::waves::all(&self.app.db, project).await?;
        let later =
            later.iter().find(|w| w.wave > number && w.posted > 0 && w.state != "rolled_back");
        if let Some(later) = later {
            let what = format!("wave {} came after it and is {}", later.wave, later.state);
            return Err(refused("merge_wave_open", what, "roll back the last wave first"));
        }
        if !matches!(
            wave.state.as_str(),
            "posted" | "stopped" | "reconciled" | "signed" | "running"
        ) {
            let what = format!("wave {number} is {}", wave.state);
            return Err(refused("merge_wave_not_posted", what, "there is nothing to roll back"));
        }
        self.ask(project, "rollback", format!("wave:{number}"), json!({ "posted": wave.posted }))
            .await
    }

    pub(super) async fn carry_out_rollback(
        &self,
        project: &Project,
        request: &Request,
        watch: Watch<'_>,
    ) -> Result<Value, MergeFault> {
        let number = request.subject.strip_prefix("wave:").and_then(|n| n.parse().ok());
        let number = number.ok_or_else(|| {
            StoreError::Corrupt(format!("request {} names no wave", request.request))
        })?;
        let mut wave = self.wave(project, number).await?;
        let hold = self.hold(project).await?;
        let (mut done, mut changed, mut left) = (0, 0, Vec::new());
        for state in ["in_part", "posted"] {
            let which = Which { wave: Some(wave.wave), state: Some(state) };
            let mut after = SourceKey::default();
            loop {
                let page = members::page(&self.app.db, project, which, &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.golden.clone();
                for row in page {
                    match self.roll_back_member(project, request, row).await {
                        Ok(changes) => {
                            done += 1;
                            changed += changes;
                        }
                        Err(MergeFault::Refused(why)) => left.push(why.what),
                        Err(fault) => return Err(fault),
                    }
                }
                hold.renew().await?;
                watch("members rolled back", done, u64::try_from(wave.posted).ok());
            }
        }
        wave.state = if left.is_empty() { "rolled_back" } else { "stopped" }.to_owned();
        wave.posted = i64::try_from(left.len()).unwrap_or(i64::MAX);
        (wave.agrees, wave.signed_by, wave.signed_at) = (false, None, None);
        (wave.report, wave.report_hash) = (None, None);
        if left.is_empty() {
            // What is posted anew stands under a run of its own.
            wave.import = ImportId(self.app.ids.next());
            wave.runners.clear();
            wave.run_by = None;
        }
        self.keep_wave(project, &wave, "wave_rolled_back").await?;
        if left.is_empty() && project.state != State::RolledBack {
            let detail = json!({ "wave": wave.wave, "members": done });
            self.move_to(project, State::RolledBack, None, detail).await?;
        }
        hold.release().await?;
        Ok(json!({ "wave": wave.wave, "members": done, "changes": changed, "left": left }))
    }

    /// Gives one member back. Answers how many changes its sources get.
    async fn roll_back_member(
        &self,
        project: &Project,
        request: &Request,
        row: GoldenMember,
    ) -> Result<u64, MergeFault> {
        let found = self.found(project, &name(&row.golden)).await?;
        let (Some(member), Some(account)) = (row.member, row.account) else { return Ok(0) };
        let opening = names::of_opening(project, &row.golden, row.attempt);
        let base = format!("{opening}!{}", request.request);
        without_debts(&found.plan)?;
        let since = self.since(project, &found.plan, account, row.event).await?;
        let changes = roll_back(&found.plan, &since.later)
            .map_err(|why| refused(why.code(), format!("{}: {why}", name(&row.golden)), ""))?;
        self.keep_changes(project, &base, &changes).await?;
        // What is set aside comes back first, so that nothing stays behind.
        for event in &since.events {
            if let Some(held) = event.outcome.redemption.as_ref()
                && held.state == lazo_domain::account::RedemptionState::Reserved
                && self.is_reserved(project, account, held.id).await?
            {
                let name = format!("{base}#{}", held.id);
                self.post_as(project, account, member, name, Body::Cancel { redemption: held.id })
                    .await?;
            }
        }
        let since = self.since(project, &found.plan, account, row.event).await?;
        let whole = since.lots.iter().map(|(_, lot)| lot).filter(|lot| lot.granted.0 > 0);
        let pieces: Vec<_> = whole
            .map(|lot| (lot, lot.available.0 + lot.pending.0))
            .filter(|(_, there)| *there > 0)
            .map(|(lot, there)| leaving(lot, there))
            .collect();
        if !pieces.is_empty() {
            self.opening(project, account, member, format!("{base}#out"), pieces).await?;
        }
        let (db, now) = (&self.app.db, self.now());
        memberships::store::leave(db, project.tenant, project.program, member, now).await?;
        let gone = GoldenMember {
            state: "rolled_back".to_owned(),
            attempt: row.attempt + 1,
            event: None,
            posted_at: None,
            ..row
        };
        let mut tx = db.begin_keyed().await?;
        members::note(&mut tx, project, &[gone]).await?;
        tx.commit().await?;
        Ok(changes.len() as u64)
    }

    async fn is_reserved(
        &self,
        project: &Project,
        account: lazo_domain::ids::AccountId,
        redemption: lazo_domain::ids::RedemptionId,
    ) -> Result<bool, MergeFault> {
        let books = self.app.ledger.books();
        let found = books.redemption(project.tenant, account, redemption).await?;
        Ok(found.is_some_and(|r| r.state == lazo_domain::account::RedemptionState::Reserved))
    }

    /// Keeps what the sources must change to be the system of record again, once for each name.
    async fn keep_changes(
        &self,
        project: &Project,
        base: &str,
        changes: &[SourceChange],
    ) -> Result<(), MergeFault> {
        let now = self.app.clock.now();
        let rows: Vec<Item> = changes
            .iter()
            .enumerate()
            .map(|(place, change)| Item {
                key: change.key.clone(),
                item: format!("{base}/{place}"),
                kind: "give_back".to_owned(),
                body: json!({ "point_type": change.point_type, "lot": change.lot, "points": change.points,
                    "event": change.event })
                .to_string(),
                received_at: now,
                state: "given_back".to_owned(),
                outcome: None,
            })
            .collect();
        for chunk in rows.chunks(500) {
            let mut tx = self.app.db.begin().await?;
            items::insert(&mut tx, project, chunk).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
