//! A wave through the ledger's door: golden members enrolled, their lots opened, tiers, vouchers and consents carried over.
//! Kill it and give the command again, or give it twice: everything is there once.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lazo_domain::event::{Facts, Kind};
use lazo_domain::merging::{
    Exception, ExceptionCode, MemberPlan, MergeRules, SourceKey, plan_member,
};
use lazo_domain::program::Program;
use lazo_domain::refusal::Refusal;
use lazo_store::{Command, PostError};
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinHandle;

use super::fault::{MergeFault, refused};
use super::golden;
use super::names;
use super::rules_of::RulesOf;
use super::state::{State, Step};
use super::store::members::{GoldenMember, Which};
use super::store::projects::Project;
use super::store::waves::Wave;
use super::store::{desk, members, waves};
use super::workbench::{Hold, Watch, Workbench};
use crate::features::members::{Arrival, bring};

mod events;
mod gates;
mod keep;

pub(super) use events::qualifying;

/// Members posted between two checkpoints: one batch of the ledger's own.
const BATCH: i64 = 256;
/// The states in which a member waits to be posted, whole or in part, in the order in which they are tried.
const OPEN: [&str; 3] = ["in_part", "refused", "planned"];
/// Members of a wave after which its stop rules begin to speak.
const LEAST: i64 = 200;

/// What running a wave came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WaveRun {
    /// The wave.
    pub wave: i64,
    /// Members posted now.
    pub posted: u64,
    /// Members that had been posted before the command began.
    pub before: u64,
    /// Members of whom the ledger refused all or a part: running the wave again tries them again.
    pub members_refused: u64,
    /// What the ledger refused, by why.
    pub refused: BTreeMap<String, u64>,
    /// Why it stopped by itself, if it did.
    pub stopped: Option<String>,
}

/// What posting members needs to know.
pub(super) struct Post<'a> {
    pub(super) bench: &'a Workbench,
    pub(super) project: &'a Project,
    pub(super) rules: &'a MergeRules,
    pub(super) program: Arc<Program>,
    pub(super) wave: Wave,
}

impl Workbench {
    /// Posts what is planned of a wave and not posted yet.
    pub async fn run_wave(
        &self,
        project: &Project,
        number: i64,
        watch: Watch<'_>,
    ) -> Result<WaveRun, MergeFault> {
        self.may(project, Step::Run)?;
        let plan = self.approved(project).await?;
        if plan.rules.cutover > self.now() {
            let what = format!("the cut-over is on {}", plan.rules.cutover);
            return Err(refused("merge_before_cutover", what, "run the wave then"));
        }
        self.day_is_free(project)?;
        let hold = self.hold(project).await?;
        // Another plan may have been made while this waited for its turn.
        if self.approved(project).await?.run_hash != plan.run_hash {
            let what = "another plan was made meanwhile";
            return Err(refused("merge_other_plan", what, "look at it again"));
        }
        let mut wave = self.wave_in_turn(project, number).await?;
        let ended =
            matches!(wave.state.as_str(), "posted" | "reconciled" | "signed" | "rolled_back");
        if ended && !self.has_open(project, number).await? {
            // Nothing is left: who ran it, what was reconciled and who signed stays as it is. Only the project may be
            // behind, when whoever posted the last member was stopped before saying so.
            if wave.state != "rolled_back"
                && matches!(project.state, State::Approved | State::RolledBack)
            {
                self.move_after(project, number, false).await?;
            }
            hold.release().await?;
            let before = self.posted_of(project, number).await?;
            return Ok(WaveRun { wave: number, before, ..WaveRun::default() });
        }
        wave.state = "running".to_owned();
        wave.runners.insert(self.actor.clone());
        wave.run_at.get_or_insert(self.app.clock.now());
        (wave.agrees, wave.signed_by, wave.signed_at) = (false, None, None);
        wave.signatures.clear();
        wave.run_hash.clone_from(&plan.run_hash);
        self.keep_wave(project, &wave, "wave_begun").await?;
        let post = Post {
            bench: self,
            project,
            rules: &plan.rules,
            program: self.target(project).await?,
            wave,
        };
        let mut done = post.all(&hold, watch).await?;
        let mut wave = post.wave;
        let mut counts = BTreeMap::<String, i64>::new();
        for (of, state, _, count) in members::counts(&self.app.db, project).await? {
            if of == number {
                *counts.entry(state).or_default() += count;
            }
        }
        let count = |state: &str| counts.get(state).copied().unwrap_or(0);
        wave.posted = count("posted") + count("unmerged");
        wave.refused = count("refused") + count("in_part");
        if done.posted > 0 || wave.run_by.is_none() {
            wave.run_by = Some(self.actor.clone());
        }
        wave.finished_at = Some(self.app.clock.now());
        let failed = done.stopped.is_some();
        wave.state = if failed { "stopped" } else { "posted" }.to_owned();
        done.wave = number;
        self.keep_wave(project, &wave, if failed { "wave_stopped" } else { "wave_posted" }).await?;
        self.move_after(project, number, failed).await?;
        hold.release().await?;
        Ok(done)
    }

    /// Is anybody of a wave planned, refused or posted in part?
    async fn has_open(&self, project: &Project, number: i64) -> Result<bool, MergeFault> {
        for state in OPEN {
            let which = Which { wave: Some(number), state: Some(state) };
            let first = SourceKey::default();
            if !members::page(&self.app.db, project, which, &first, 1).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many members of a wave are posted.
    async fn posted_of(&self, project: &Project, number: i64) -> Result<u64, MergeFault> {
        let counts = members::counts(&self.app.db, project).await?;
        let posted = counts.iter().filter(|(wave, state, ..)| {
            *wave == number && matches!(state.as_str(), "posted" | "unmerged")
        });
        Ok(posted.map(|(.., count)| count.unsigned_abs()).sum())
    }

    pub(super) async fn keep_wave(
        &self,
        project: &Project,
        wave: &Wave,
        deed: &str,
    ) -> Result<(), MergeFault> {
        let mut tx = self.app.db.begin().await?;
        waves::put(&mut tx, project, wave).await?;
        let detail = json!({ "wave": wave.wave, "posted": wave.posted, "refused": wave.refused });
        self.record(&mut tx, &format!("integration_project.{deed}"), project, detail).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn target(&self, project: &Project) -> Result<Arc<Program>, MergeFault> {
        let all = self.app.programs.current(self.tenant.id).await?;
        let program = all.at(project.program, self.now()).or_else(|| all.latest(project.program));
        program.cloned().ok_or_else(|| {
            let what = format!("program `{}` is not published", project.document.program);
            refused("merge_no_program", what, "lazo programs publish")
        })
    }
}

impl Post<'_> {
    async fn all(&self, hold: &Hold<'_>, watch: Watch<'_>) -> Result<WaveRun, MergeFault> {
        let number = self.wave.wave;
        let before = self.bench.posted_of(self.project, number).await?;
        let mut run = WaveRun { before, ..WaveRun::default() };
        let (bench, project) = (self.bench.clone(), self.project.clone());
        let rules = RulesOf::new(self.bench, self.project);
        let ahead = Arc::new(Ahead { bench, project, rules });
        let total = u64::try_from(self.wave.members).ok();
        // Whom the ledger refused before comes first, so that nobody is tried twice by one command.
        for state in OPEN {
            let which = Which { wave: Some(number), state: Some(state) };
            let mut next = ahead.read(which, &SourceKey::default()).await?;
            while let Some((page, plans)) = next {
                let after = page.last().map(|last| last.golden.clone()).unwrap_or_default();
                // While a page is posted the next one is read and planned.
                let read = ahead.begin(which, after);
                for (code, count) in self.page(page, plans, &mut run).await? {
                    *run.refused.entry(code).or_default() += count;
                }
                let read = read.await;
                next = read.unwrap_or_else(|died| std::panic::resume_unwind(died.into_panic()))?;
                hold.renew().await?;
                watch("members posted", run.before + run.posted, total);
                if let Some(why) = self.stops(&run) {
                    run.stopped = Some(why);
                    return Ok(run);
                }
            }
        }
        Ok(run)
    }

    /// Does a rule of the project stop the wave?
    fn stops(&self, run: &WaveRun) -> Option<String> {
        let refused = run.members_refused;
        let tried = refused + run.posted;
        let limit = self.project.document.stop.refused_per_thousand;
        let share = refused.saturating_mul(1_000) / tried.max(1);
        let over = refused > 0 && share > u64::try_from(limit).unwrap_or(0);
        let enough = tried >= u64::try_from(LEAST).unwrap_or(0)
            || tried >= u64::try_from(self.wave.members).unwrap_or(0);
        (over && enough).then(|| {
            format!("{refused} of {tried} members were refused; the limit is {limit} of a thousand")
        })
    }

    /// Posts a page; answers what was refused by code.
    async fn page(
        &self,
        page: Vec<GoldenMember>,
        plans: Vec<MemberPlan>,
        run: &mut WaveRun,
    ) -> Result<BTreeMap<String, u64>, MergeFault> {
        let (app, bench) = (&self.bench.app, self.bench);
        let known = bench.known_all(self.project, &plans.iter().collect::<Vec<_>>()).await?;
        let page = self.chosen(page).await?;
        let people: Vec<Arrival> = page
            .iter()
            .zip(&plans)
            .zip(known)
            .map(|((row, plan), known)| self.arrival(row, plan, known))
            .collect::<Result<_, _>>()?;
        let brought =
            bring(&app.db, &bench.tenant, self.project.program, &people, bench.now()).await?;
        let mut taken: Vec<Exception> = Vec::new();
        let mut refused = BTreeMap::<String, u64>::new();
        let (mut rows, mut commands, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for ((mut row, plan), found) in page.into_iter().zip(&plans).zip(brought) {
            let found = match found {
                Ok(found) => found,
                Err(code) => {
                    *refused.entry(code.to_owned()).or_default() += 1;
                    let reason = Some(code.to_owned());
                    rows.push(GoldenMember { posted_at: None, reason, ..row });
                    continue;
                }
            };
            (row.member, row.account) = (Some(found.member), Some(found.account));
            // What stood in the way before is asked anew.
            row.reason = None;
            let schemes = found.without.iter().map(|(scheme, _)| scheme.as_str());
            // The number itself stays with its source.
            taken.extend(schemes.collect::<BTreeSet<_>>().into_iter().map(|scheme| {
                Exception::new(&row.golden, ExceptionCode::NumberTaken).about(scheme, 0)
            }));
            for event in self.events(&row, plan, &found)? {
                owners.push(rows.len());
                commands.push(Command::One {
                    event,
                    facts: Facts { member: found.member, ..Facts::default() },
                });
            }
            row.posted_at = Some(app.clock.now());
            rows.push(row);
        }
        let openings: Vec<bool> = commands.iter().map(is_opening).collect();
        let answers = app.ledger.post(commands).await;
        // Of each member: how many of its events stand in the ledger, and how many were refused.
        let mut done = vec![(0_u64, 0_u64); rows.len()];
        for ((owner, opening), answer) in owners.into_iter().zip(openings).zip(answers) {
            let row = &mut rows[owner];
            match answer {
                Ok(receipt) => {
                    done[owner].0 += 1;
                    // Its other events are found by their names.
                    if opening {
                        row.event = Some(receipt.event);
                    }
                }
                Err(PostError::Refused(refusal)) => {
                    done[owner].1 += 1;
                    *refused.entry(refusal.code().to_owned()).or_default() += 1;
                    row.reason.get_or_insert_with(|| refusal.code().to_owned());
                    self.told(row, &refusal);
                }
                Err(PostError::Unknown(error)) => return Err(MergeFault::Unknown(error)),
            }
        }
        for (row, (there, not_there)) in rows.iter_mut().zip(done) {
            let enrolled = row.account.is_some() && row.posted_at.is_some();
            let stands = standing(enrolled, there, not_there);
            // What stands in the ledger stays there, though nothing could be added to it.
            if !(row.state == "in_part" && stands == "refused") {
                row.state = stands.to_owned();
            }
            run.posted += u64::from(row.state == "posted");
            run.members_refused += u64::from(row.state != "posted");
            row.posted_at = row.posted_at.filter(|_| row.state != "refused");
        }
        taken.extend(self.keep(&rows, &plans).await?);
        if !taken.is_empty() {
            let revision = rows.iter().map(|row| row.revision).max().unwrap_or_default();
            let mut tx = app.db.begin().await?;
            desk::put(&mut tx, self.project, revision, &taken).await?;
            tx.commit().await?;
        }
        Ok(refused)
    }

    fn told(&self, row: &GoldenMember, refusal: &Refusal) {
        let golden = names::of_account(self.project, &row.golden);
        tracing::warn!(project = %self.project.id, wave = self.wave.wave, %golden, code = refusal.code(),
            "a member of a wave was refused: {refusal}");
    }
}

/// Members read and planned ahead of those being posted, on another core.
struct Ahead {
    bench: Workbench,
    project: Project,
    rules: RulesOf,
}

/// Members with their plans.
type Planned = (Vec<GoldenMember>, Vec<MemberPlan>);

impl Ahead {
    /// Begins to read and plan the next page after somebody.
    fn begin(
        self: &Arc<Self>,
        which: Which<'static>,
        after: SourceKey,
    ) -> JoinHandle<Result<Option<Planned>, MergeFault>> {
        let this = Arc::clone(self);
        tokio::spawn(async move { this.read(which, &after).await })
    }

    /// The next page with its plans; none after the last.
    async fn read(
        &self,
        which: Which<'_>,
        after: &SourceKey,
    ) -> Result<Option<Planned>, MergeFault> {
        let page = members::page(&self.bench.app.db, &self.project, which, after, BATCH).await?;
        if page.is_empty() {
            return Ok(None);
        }
        let plans = self.planned(&page).await?;
        Ok(Some((page, plans)))
    }

    /// The plans of a page, made again from the snapshots; each must be the one that was approved.
    async fn planned(&self, page: &[GoldenMember]) -> Result<Vec<MemberPlan>, MergeFault> {
        let mut under = BTreeMap::new();
        for row in page {
            if let Entry::Vacant(free) = under.entry(row.revision) {
                free.insert(self.rules.get(row.revision).await?);
            }
        }
        let keys: Vec<(SourceKey, Vec<SourceKey>)> =
            page.iter().map(|row| (row.golden.clone(), row.accounts.clone())).collect();
        let mut found = golden::accounts_of(&self.bench.app.db, &self.project, &keys).await?;
        page.iter()
            .map(|row| {
                let accounts = found.remove(&row.golden);
                let accounts = accounts.ok_or_else(|| golden::gone(&row.golden))?;
                let plan = plan_member(&under[&row.revision], &accounts);
                if plan.hash()[..] == row.plan_hash[..] {
                    return Ok(plan);
                }
                let what = format!("the plan of {} is not the one that was approved", super::matching::name(&row.golden));
                let hint = "its snapshot, the rules or this binary changed: lazo merge dry-run, and approve again";
                Err(refused("merge_plan_differs", what, hint))
            })
            .collect()
    }
}

fn is_opening(command: &Command) -> bool {
    matches!(command, Command::One { event, .. } if event.body.kind() == Kind::Opening)
}

/// How a member stands of whom so many events stand in the ledger and so many were refused.
fn standing(enrolled: bool, there: u64, refused: u64) -> &'static str {
    match (enrolled, there, refused) {
        (true, _, 0) => "posted",
        (true, 1.., _) => "in_part",
        _ => "refused",
    }
}
