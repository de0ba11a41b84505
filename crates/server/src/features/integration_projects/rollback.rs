//! Rolls a wave back: the ledger is emptied of what it opened and earned since, and the sources get back what happened.

use futures_util::stream::{self, StreamExt};
use lazo_domain::event::{Body, Kind, Piece};
use lazo_domain::ids::{AccountId, ImportId, MemberId};
use lazo_domain::merging::SourceKey;
use lazo_domain::merging::undo::{SourceChange, roll_back};
use lazo_store::StoreError;
use serde_json::{Value, json};

use super::fault::{MergeFault, refused};
use super::later::{Since, arriving, leaving};
use super::matching::name;
use super::names;
use super::post::qualifying;
use super::state::{State, may_roll_back};
use super::statement::Found;
use super::store::desk::Request;
use super::store::items::{self, Item};
use super::store::members::{self, GoldenMember, Which};
use super::store::projects::Project;
use super::workbench::{Watch, Workbench};
use crate::features::carried_orders::store as orders;
use crate::features::{memberships, vouchers};

/// Members rolled back between two checkpoints.
const PAGE: i64 = 100;
/// Members rolled back at a time: each waits for commits of its own.
const AT_ONCE: usize = 16;

impl Workbench {
    /// Asks for a wave to be rolled back.
    pub async fn ask_rollback(
        &self,
        project: &Project,
        number: i64,
    ) -> Result<Request, MergeFault> {
        let wave = self.wave(project, number).await?;
        if !may_roll_back(project) {
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
                let all = page.into_iter().map(|row| self.roll_back_member(project, request, row));
                let all: Vec<_> = stream::iter(all).buffered(AT_ONCE).collect().await;
                for one in all {
                    match one {
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
        let apart = self.apart(project, number).await?;
        wave.state = if left.is_empty() { "rolled_back" } else { "stopped" }.to_owned();
        wave.posted = i64::try_from(left.len()).unwrap_or(i64::MAX);
        (wave.agrees, wave.signed_by, wave.signed_at) = (false, None, None);
        wave.signatures.clear();
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
        Ok(
            json!({ "wave": wave.wave, "members": done, "changes": changed, "left": left, "by_hand": apart }),
        )
    }

    /// Members of a wave that were taken apart: both of each are given back by hand.
    async fn apart(&self, project: &Project, number: i64) -> Result<Vec<String>, MergeFault> {
        let which = Which { wave: Some(number), state: Some("unmerged") };
        let (mut all, mut after) = (Vec::new(), SourceKey::default());
        loop {
            let page = members::page(&self.app.db, project, which, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = last.golden.clone();
            all.extend(page.iter().map(|row| name(&row.golden)));
        }
    }

    /// Gives one member back. Answers how many changes its sources get.
    async fn roll_back_member(
        &self,
        project: &Project,
        request: &Request,
        row: GoldenMember,
    ) -> Result<u64, MergeFault> {
        let (Some(member), Some(account)) = (row.member, row.account) else { return Ok(0) };
        let found = self.found(project, &name(&row.golden)).await?;
        let opening = names::of_opening(project, &row.golden, row.attempt);
        let base = format!("{opening}!{}", request.request);
        let (db, now) = (&self.app.db, self.now());
        // Whoever cannot be given back stays a member: it is found out before anything is done.
        let since = self.since(project, &found.plan, account, (found.row.event, None)).await?;
        self.changes(&found, &since)?;
        // From here on nothing of the program happens to the member any more.
        memberships::store::leave(db, project.tenant, project.program, member, now).await?;
        let changed = self.give_back(project, &found, (member, account), &base).await?;
        let program = self.target(project).await?;
        let counted = qualifying(&found.plan, &found.rules, &program);
        self.uncount(project, (member, account), &base, &counted).await?;
        let gone = GoldenMember {
            state: "rolled_back".to_owned(),
            attempt: row.attempt + 1,
            event: None,
            posted_at: None,
            ..row
        };
        let keys: Vec<SourceKey> = found.accounts.iter().map(|a| a.key.clone()).collect();
        let mut tx = db.begin_keyed().await?;
        orders::give_back(&mut tx, project.ids(), &keys).await?;
        members::note(&mut tx, project, &[gone]).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Takes everything of the member out of the ledger, and keeps what its sources must book. Killed between the two, the
    /// next attempt finds by its name that all has left, and what was kept with it stays.
    async fn give_back(
        &self,
        project: &Project,
        found: &Found,
        (member, account): (MemberId, AccountId),
        base: &str,
    ) -> Result<u64, MergeFault> {
        let (books, source) = (self.app.ledger.books(), names::ledger_source(project));
        let out = format!("{base}#out");
        let left = books.event_named(project.tenant, account, &source, &out, Kind::Opening).await?;
        if left.is_some() {
            return Ok(0);
        }
        // What is set aside comes back first, so that nothing stays behind.
        let before = self.since(project, &found.plan, account, (found.row.event, None)).await?;
        for event in &before.events {
            if let Some(held) = event.outcome.redemption.as_ref()
                && held.state == lazo_domain::account::RedemptionState::Reserved
                && self.is_reserved(project, account, held.id).await?
            {
                let name = format!("{base}#{}", held.id);
                self.post_as(project, account, member, name, Body::Cancel { redemption: held.id })
                    .await?;
            }
        }
        let since = self.since(project, &found.plan, account, (found.row.event, None)).await?;
        let mut changes = self.changes(found, &since)?;
        changes.extend(self.withdraw_vouchers(found, account).await?);
        changes.extend(self.orders_since(project, found).await?);
        let now = self.now();
        let lots = since.lots.iter().map(|(_, lot)| (lot, lot.available.0 + lot.pending.0));
        let gone = lots.filter(|(_, there)| *there > 0).map(|(lot, there)| leaving(lot, there));
        // What is owed is the source's again.
        let owed = since.debts.iter().filter(|lot| lot.available.0 < 0);
        let owed = owed.map(|lot| arriving(lot.point_type, -lot.available.0, None, now, None));
        let pieces: Vec<Piece> = gone.chain(owed).collect();
        self.keep_changes(project, base, &changes).await?;
        if !pieces.is_empty() {
            self.opening(project, account, member, out, pieces).await?;
        }
        Ok(changes.len() as u64)
    }

    /// What the sources must book for what happened since.
    fn changes(&self, found: &Found, since: &Since) -> Result<Vec<SourceChange>, MergeFault> {
        roll_back(&found.plan, &since.later).map_err(|why| {
            let hint = "adjust the account by hand, and ask again";
            refused(why.code(), format!("{}: {why}", name(&found.row.golden)), hint)
        })
    }

    /// Ends the codes that came with the merge; one that was used here is told to its source.
    async fn withdraw_vouchers(
        &self,
        found: &Found,
        account: AccountId,
    ) -> Result<Vec<SourceChange>, MergeFault> {
        let mut used = Vec::new();
        for result in &found.plan.vouchers {
            let code = &result.voucher.code;
            let there = vouchers::store::by_code(&self.app.db, self.tenant.id, code).await?;
            let Some(there) = there.filter(|there| there.account == account) else { continue };
            let mut tx = self.app.db.begin().await?;
            vouchers::store::set_state(
                &mut tx,
                self.tenant.id,
                there.redemption,
                "issued",
                "withdrawn",
            )
            .await?;
            tx.commit().await?;
            if there.state == "used" {
                used.push(SourceChange {
                    key: result.key.clone(),
                    point_type: String::new(),
                    lot: code.clone(),
                    points: 0,
                    event: "voucher_used".to_owned(),
                });
            }
        }
        Ok(used)
    }

    /// Orders that went on since the merge: their sources hear how far each is.
    async fn orders_since(
        &self,
        project: &Project,
        found: &Found,
    ) -> Result<Vec<SourceChange>, MergeFault> {
        let keys: Vec<SourceKey> = found.accounts.iter().map(|a| a.key.clone()).collect();
        let there = orders::of(&self.app.db, project.ids(), &keys).await?;
        let went_on = there.into_iter().filter(|carried| {
            let planned = found.plan.orders.iter().find(|result| {
                result.key == carried.key && result.order.order == carried.order.order
            });
            planned.is_some_and(|result| result.order.status != carried.order.status)
        });
        let told = went_on.map(|carried| SourceChange {
            key: carried.key,
            point_type: String::new(),
            lot: carried.order.order,
            points: 0,
            event: format!("order_{}", carried.order.status.name()),
        });
        Ok(told.collect())
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
                partner: String::new(),
                body: json!({ "point_type": change.point_type, "lot": change.lot, "points": change.points,
                    "event": change.event })
                .to_string(),
                received_at: now,
                state: "given_back".to_owned(),
                outcome: None,
            })
            .collect();
        let mut tx = self.app.db.begin().await?;
        // What an attempt that was stopped had kept is computed anew.
        for source in &project.document.sources {
            items::forget(&mut tx, project, &source.code, base).await?;
        }
        for chunk in rows.chunks(500) {
            items::insert(&mut tx, project, chunk).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
