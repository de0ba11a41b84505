//! The workbench: who works on which project, holding it against others, moving it on, and telling where it is.

use std::path::Path;
use std::time::Duration;

use lazo_domain::conversion::lint::{self, Severity, Thresholds};
use lazo_domain::ids::IntegrationProjectId;
use lazo_domain::merging::{ExceptionCode, MergeRules};
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::{StoreError, Tx};
use serde_json::{Value, json};

use super::document::Document;
use super::fault::{MergeFault, refused};
use super::state::{State, Step};
use super::store::projects::Project;
use super::store::{desk, links, projects, waves};
use super::two_files::CODE as TRIAL;
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::programs;
use crate::features::tenants::Tenant;
use crate::scratch;

mod status;

pub use status::{PartnerStatus, Status, WaveStatus};

/// How long a project stays held by somebody who does not say anything any more.
const HOLD_MICROS: i64 = 10 * SECOND;
/// How often somebody who waits for a project looks again.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Hears how far a step is: what is being done, how much of it, and of how much where that is known.
pub type Watch<'a> = &'a (dyn Fn(&'static str, u64, Option<u64>) + Send + Sync);

/// Somebody at work for a tenant.
#[derive(Clone)]
pub struct Workbench {
    /// The installation.
    pub app: App,
    /// The client company.
    pub tenant: Tenant,
    /// Who: `staff:…`, `key:…`, or the name given to a command.
    pub actor: String,
    /// How long to wait for a project that somebody else holds.
    pub patience: Duration,
}

/// A project held: nobody else changes it meanwhile.
pub(super) struct Hold<'a> {
    bench: &'a Workbench,
    project: Project,
    holder: String,
    held: bool,
}

impl Workbench {
    /// What time it is for the tenant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.tenant.now(self.app.clock.now())
    }

    /// The project of a code or an id.
    pub async fn project(&self, name: &str) -> Result<Project, MergeFault> {
        let (db, tenant) = (&self.app.db, self.tenant.id);
        let found = match name.parse::<IntegrationProjectId>() {
            Ok(id) => projects::by_id(db, tenant, id).await?,
            Err(_) => projects::by_code(db, tenant, name).await?,
        };
        found.ok_or_else(|| {
            let hint = "`lazo merge init FILE` begins one";
            refused("merge_no_project", format!("there is no project `{name}`"), hint)
        })
    }

    /// Begins a project from its file, or writes its document and rules anew.
    pub async fn init(&self, file: &Path) -> Result<Project, MergeFault> {
        let (document, rules) = Document::read(file)?;
        self.describe(document, rules).await
    }

    /// Begins a project, or writes its document and rules anew.
    pub async fn describe(
        &self,
        document: Document,
        rules: MergeRules,
    ) -> Result<Project, MergeFault> {
        let db = &self.app.db;
        let program = programs::store::by_code(db, self.tenant.id, &document.program).await?;
        let program = program.ok_or_else(|| {
            let what = format!("there is no program `{}` to merge into", document.program);
            refused("merge_no_program", what, "`lazo apply FILE` sets one up")
        })?;
        let rules = self.with_target(&document, rules, program.id).await?;
        let now = self.app.clock.now();
        let before = projects::by_code(db, self.tenant.id, &document.code).await?;
        let project = Project {
            id: before
                .as_ref()
                .map_or_else(|| IntegrationProjectId(self.app.ids.next()), |project| project.id),
            tenant: self.tenant.id,
            program: program.id,
            state: State::Draft,
            paused_from: None,
            document,
            rules,
            author: self.actor.clone(),
            created_at: now,
            changed_at: now,
            secret: before.as_ref().map_or_else(|| self.secret(), |before| before.secret.clone()),
        };
        let Some(before) = before else {
            let mut tx = db.begin().await?;
            projects::insert(&mut tx, &project).await?;
            self.record(&mut tx, "integration_project.begun", &project, json!({})).await?;
            tx.commit().await?;
            return Ok(project);
        };
        if !before.state.allows(Step::Describe) && only_partners_change(&before, &project) {
            return self.describe_partners(&before, project.document).await;
        }
        self.may(&before, Step::Describe)?;
        let hold = self.hold(&before).await?;
        // Rules may change until they are approved; what was planned by others is not their plan.
        let state = if before.state > State::Matched { State::Matched } else { before.state };
        let sources = before.document.sources != project.document.sources;
        let state = if sources { State::Draft } else { state };
        let project = Project { state, author: before.author.clone(), ..project };
        let mut tx = db.begin().await?;
        projects::describe(&mut tx, &project).await?;
        self.record(&mut tx, "integration_project.described", &project, json!({})).await?;
        tx.commit().await?;
        hold.release().await?;
        Ok(project)
    }

    /// Writes the partners' calendar anew while waves run: nothing that was planned or approved depends on it.
    async fn describe_partners(
        &self,
        before: &Project,
        document: Document,
    ) -> Result<Project, MergeFault> {
        let hold = self.hold(before).await?;
        // The state may have moved while this waited for its turn.
        let now = self.project(&before.id.to_string()).await?;
        let project = Project { document, changed_at: self.app.clock.now(), ..now };
        let told: Vec<Value> = project
            .document
            .partners
            .iter()
            .map(|partner| json!({ "partner": partner.code, "source": partner.source, "until": partner.until }))
            .collect();
        let mut tx = self.app.db.begin().await?;
        projects::describe(&mut tx, &project).await?;
        let told = json!({ "partners": told });
        self.record(&mut tx, "integration_project.partners_described", &project, told).await?;
        tx.commit().await?;
        hold.release().await?;
        Ok(project)
    }

    /// Something that nobody can guess.
    fn secret(&self) -> String {
        let mut octets = [0; 16];
        self.app.entropy.fill(&mut octets);
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    async fn with_target(
        &self,
        document: &Document,
        mut rules: MergeRules,
        program: lazo_domain::ids::ProgramId,
    ) -> Result<MergeRules, MergeFault> {
        let all = self.app.programs.current(self.tenant.id).await?;
        if let (Some(until), Some(target)) = (document.protected_until, all.latest(program)) {
            rules.take_target(target, until);
        }
        rules.check().map_err(|bad| refused(bad.code(), bad.to_string(), "see the rules file"))?;
        if let Some(rule) =
            rules.conversions.iter().find(|rule| document.source(&rule.source).is_none())
        {
            let what = format!("a conversion is of `{}`, which is no source", rule.source);
            return Err(refused("merge_rule_unknown", what, "name a source of the project"));
        }
        if let Some(target) = all.latest(program) {
            let strange = rules.point_types.keys().find(|to| target.point_type(to).is_none());
            if let Some(to) = strange {
                let what = format!("program `{}` has no point type `{to}`", document.program);
                return Err(refused("merge_rule_unknown", what, "name one of its point types"));
            }
        }
        Ok(rules)
    }

    /// What is wrong with the rules' tables and with the ways that points and tiers travel beside them; what can be exploited and was not accepted stands in the way of approval.
    pub fn lint(&self, project: &Project) -> Result<(Vec<lint::Finding>, Vec<String>), MergeFault> {
        let mut found = lint::lint_all(&project.rules.conversions, Thresholds::default())?;
        found.extend(project.rules.lint_ways()?);
        let blocking = found
            .iter()
            .filter(|finding| finding.severity() == Severity::Exploit)
            .map(|finding| finding.code().to_owned())
            .filter(|code| !project.document.accepted.contains_key(code));
        let mut blocking: Vec<String> = blocking.collect();
        blocking.sort();
        blocking.dedup();
        Ok((found, blocking))
    }

    /// Moves a project by hand: pause and resume, freeze, cut-over and after.
    pub async fn advance(&self, project: &Project, to: State) -> Result<Project, MergeFault> {
        let resumes = project.state == State::Paused && project.paused_from == Some(to);
        if !resumes && !project.state.next().contains(&to) {
            let from = project.state.name();
            let what = format!("a project that is {from} does not become {}", to.name());
            let next: Vec<&str> = project.state.next().iter().map(|state| state.name()).collect();
            let hint = match project.paused_from {
                Some(before) => format!("it goes on as {}", before.name()),
                None if next.is_empty() => "it stays as it is".to_owned(),
                None => format!("it may become {}", next.join(" or ")),
            };
            return Err(refused("merge_state", what, hint));
        }
        if matches!(to, State::Parallel | State::Closed) {
            self.all_signed(project).await?;
            self.desk_is_clear(project).await?;
        }
        let hold = self.hold(project).await?;
        let paused_from = (to == State::Paused).then_some(project.state);
        let moved = self.move_to(project, to, paused_from, json!({})).await?;
        if matches!(to, State::Abandoned) {
            super::store::accounts::clear(&self.app.db, project, None).await?;
            links::clear(&self.app.db, project).await?;
        } else if to == State::Closed {
            super::store::accounts::forget_people(&self.app.db, project).await?;
        }
        if matches!(to, State::Abandoned | State::Closed) {
            self.forget_files(project);
        }
        hold.release().await?;
        if to == State::Delta {
            // What came while the sources were frozen counts now, as of when it happened.
            self.apply_items(&moved, &mut Default::default(), &|_, _, _| {}).await?;
        }
        Ok(moved)
    }

    /// The sources' files hold the people whom the database has forgotten: those that lie with the server go as well.
    fn forget_files(&self, project: &Project) {
        let (tenant, code) = (&self.tenant.config.code, &project.document.code);
        if project.document.folder == self.app.data_dir.join("merge").join(tenant).join(code) {
            scratch::remove(&project.document.folder);
        }
    }

    async fn all_signed(&self, project: &Project) -> Result<(), MergeFault> {
        let open = waves::all(&self.app.db, project).await?;
        let open = open.iter().find(|wave| wave.members > 0 && wave.state != "signed");
        match open {
            None => Ok(()),
            Some(wave) => Err(refused(
                "merge_wave_open",
                format!("wave {} is {} and not signed", wave.wave, wave.state),
                format!("`lazo merge run --wave {}`, reconcile and sign it first", wave.wave),
            )),
        }
    }

    /// Whoever waits at the desk is in no wave: nobody is left behind before each case is settled by two people.
    async fn desk_is_clear(&self, project: &Project) -> Result<(), MergeFault> {
        let waits =
            |code: &str| desk::holds_back(code) || code == ExceptionCode::DebtAcrossPrograms.name();
        let open = desk::counts(&self.app.db, project).await?;
        let open = open.into_iter().filter(|(code, ..)| waits(code));
        let told: Vec<String> = open
            .map(|(code, count, points)| format!("{count} {code} with {points} points"))
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let what = format!("at the desk wait {}", told.join(", "));
        let hint =
            "mend the source and plan again, or `lazo merge settle` each with a second person";
        Err(refused("merge_desk_open", what, hint))
    }

    /// Refuses a step that the project's state does not allow.
    pub(super) fn may(&self, project: &Project, step: Step) -> Result<(), MergeFault> {
        if matches!(step, Step::Approve | Step::Run) && project.document.code.starts_with(TRIAL) {
            let hint = "describe a project of its own";
            return Err(refused("merge_trial", "a trial of two files posts nothing", hint));
        }
        if project.state.allows(step) {
            return Ok(());
        }
        let what = format!("the project is {}", project.state.name());
        let hint = match (project.state, step) {
            (State::Paused, _) => "`lazo merge advance` lets it go on",
            (State::Draft, _) => "`lazo merge profile` is next",
            (State::Profiled, _) => "`lazo merge map` is next",
            (State::Mapped, _) => "`lazo merge match` is next",
            (State::Matched, _) => "`lazo merge dry-run` is next",
            (State::Simulated, _) => "`lazo merge approve` is next, by a second person",
            _ => "`lazo merge status` tells what is next",
        };
        Err(refused("merge_state", what, hint))
    }

    /// Takes hold of a project, waiting for whoever has it as long as patience lasts.
    pub(super) async fn hold(&self, project: &Project) -> Result<Hold<'_>, MergeFault> {
        let holder = self.app.ids.next().to_string();
        let mut waited = Duration::ZERO;
        loop {
            let Some(by) = self.try_hold(project, &holder).await? else { break };
            if waited >= self.patience {
                let what = format!("{by} is at work on this project");
                return Err(refused("merge_busy", what, "wait until that is done, and try again"));
            }
            tokio::time::sleep(LOOK_EVERY).await;
            waited += LOOK_EVERY;
        }
        // What was read before may have changed while waiting.
        let fresh = projects::by_id(&self.app.db, project.tenant, project.id).await?;
        let hold = Hold { bench: self, project: project.clone(), holder, held: true };
        match fresh.filter(|fresh| fresh.state == project.state) {
            Some(_) => Ok(hold),
            None => {
                hold.release().await?;
                let what = "the project was moved on by somebody else meanwhile";
                Err(refused("merge_moved", what, "look at `lazo merge status`, and try again"))
            }
        }
    }

    async fn try_hold(
        &self,
        project: &Project,
        holder: &str,
    ) -> Result<Option<String>, StoreError> {
        let db = &self.app.db;
        db.retry(|| async {
            let now = self.app.clock.now();
            let until = now.plus_micros(HOLD_MICROS);
            let mut tx = db.begin().await?;
            let other = projects::hold(&mut tx, project, (holder, &self.actor), now, until).await?;
            tx.commit().await?;
            Ok(other)
        })
        .await
    }

    /// Moves a project to another state, and remembers who did.
    pub(super) async fn move_to(
        &self,
        project: &Project,
        to: State,
        paused_from: Option<State>,
        detail: Value,
    ) -> Result<Project, MergeFault> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        if !projects::set_state(&mut tx, project, to, paused_from, now).await? {
            let what = "the project was moved on by somebody else meanwhile";
            return Err(refused("merge_moved", what, "look at `lazo merge status`"));
        }
        let action = format!("integration_project.{}", to.name());
        self.record(&mut tx, &action, project, detail).await?;
        tx.commit().await?;
        Ok(Project { state: to, paused_from, ..project.clone() })
    }

    /// Remembers a deed in the transaction that does it.
    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        action: &str,
        project: &Project,
        detail: Value,
    ) -> Result<(), StoreError> {
        let deed = Deed {
            tenant: self.tenant.id,
            at: self.app.clock.now(),
            actor: &self.actor,
            action,
            object: project.id.to_string(),
            reason: "",
            detail,
        };
        audit::record(tx, &deed).await
    }

    /// Refuses somebody who did the first half of what needs two.
    pub(super) async fn second_person(&self, first: &str) -> Result<(), MergeFault> {
        let (db, tenant) = (&self.app.db, self.tenant.id);
        let others = audit::people_behind(db, tenant, first).await?;
        if !others.is_disjoint(&audit::people_behind(db, tenant, &self.actor).await?) {
            let what = format!("{first} did the first half: a second person must do this");
            return Err(refused(
                "four_eyes",
                what,
                "ask a colleague (--as NAME on the command line)",
            ));
        }
        Ok(())
    }
}

impl Hold<'_> {
    /// Goes on holding it: called with every batch of a long step.
    pub async fn renew(&self) -> Result<(), MergeFault> {
        match self.bench.try_hold(&self.project, &self.holder).await? {
            None => Ok(()),
            Some(by) => {
                let what = format!("{by} took over, since this step was silent for too long");
                Err(refused("merge_busy", what, "give the command again"))
            }
        }
    }

    /// Lets go of it.
    pub async fn release(mut self) -> Result<(), StoreError> {
        self.held = false;
        projects::release(&self.bench.app.db, &self.project, &self.holder).await
    }
}

impl Drop for Hold<'_> {
    /// A step that ended with a fault lets go too, so that it can be given again at once; where it cannot, it lapses.
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.held {
            let (db, project) = (self.bench.app.db.clone(), self.project.clone());
            let holder = std::mem::take(&mut self.holder);
            runtime.spawn(async move { projects::release(&db, &project, &holder).await });
        }
    }
}

/// Is the partners' calendar all that is written anew of a project that goes on?
fn only_partners_change(before: &Project, new: &Project) -> bool {
    let same = Document { partners: before.document.partners.clone(), ..new.document.clone() };
    !matches!(before.state, State::Closed | State::Abandoned)
        && same == before.document
        && new.rules == before.rules
        && new.program == before.program
}
