//! `lazo merge`: several programs become one, step by step; each step is a function of the server's workbench.

mod show;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lazo_server::App;
use lazo_server::features::integration_projects::{
    ExceptionName, LineName, MergeFault, Project, Settlement, SignerRole, State, Watch, Workbench,
    store,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{Format, Merge, MergeAction};
use crate::context::Context;
use crate::fault::{Fault, in_full};
use crate::progress::Progress;

/// How long a command waits for another that holds the project.
const PATIENCE: Duration = Duration::from_secs(12);
/// The most projects and items that are listed.
const LISTED: i64 = 500;
/// The most members behind a line that are listed at once.
const BEHIND: usize = 500;

pub async fn run(context: &Context, args: Merge) -> Result<(), Fault> {
    let app = context.app().await?;
    let bench = Workbench {
        tenant: context.tenant(&app).await?,
        app: app.clone(),
        actor: context.person(args.author),
        patience: PATIENCE,
    };
    let desk = Desk { context, app, bench };
    match args.action {
        MergeAction::Init { file } => desk.init(&file).await,
        MergeAction::List => desk.list().await,
        action => {
            let project = desk.project(args.project.as_deref()).await?;
            desk.act(&project, action).await
        }
    }
}

/// Somebody at work from a terminal.
struct Desk<'a> {
    context: &'a Context,
    app: App,
    bench: Workbench,
}

impl Desk<'_> {
    async fn project(&self, code: Option<&str>) -> Result<Project, Fault> {
        if let Some(code) = code {
            return self.bench.project(code).await.map_err(fault);
        }
        let mut all = self.projects().await?;
        all.retain(|project| !matches!(project.state, State::Closed | State::Abandoned));
        match all.len() {
            1 => Ok(all.remove(0)),
            0 => {
                Err(Fault::failed("there is no open project")
                    .hint("lazo merge init FILE begins one"))
            }
            _ => {
                let codes: Vec<&str> = all.iter().map(|p| p.document.code.as_str()).collect();
                Err(Fault::usage("there are several projects")
                    .hint(format!("say which with --project: {}", codes.join(", "))))
            }
        }
    }

    async fn projects(&self) -> Result<Vec<Project>, Fault> {
        let tenant = self.bench.tenant.id;
        Ok(store::projects::page(&self.app.db, tenant, i64::MAX, LISTED).await?)
    }

    async fn init(&self, file: &Path) -> Result<(), Fault> {
        let project = self.bench.init(file).await.map_err(fault)?;
        let (found, blocking) = self.bench.lint(&project).map_err(fault)?;
        for finding in &found {
            let told = show::compact(finding)?;
            self.context.printer.warn(format!("rules: {} {told}", finding.code()));
        }
        if !blocking.is_empty() {
            self.context.printer.warn(format!(
                "rules: {} can be exploited; the plan will not be approvable until that is mended or accepted",
                blocking.join(", ")
            ));
        }
        self.say(format!("{} is {}", project.document.code, project.state.name()));
        self.context.printer.text(&format!("{}\n", project.id))
    }

    async fn list(&self) -> Result<(), Fault> {
        show::projects(self.context, &self.projects().await?)
    }

    async fn act(&self, project: &Project, action: MergeAction) -> Result<(), Fault> {
        let bench = &self.bench;
        match action {
            MergeAction::Init { .. } | MergeAction::List => Ok(()),
            MergeAction::Profile => {
                let profiles = self.watched(async |w| bench.profile(project, w).await).await?;
                show::profiles(self.context, &profiles)
            }
            MergeAction::Map { preview: Some(rows) } => {
                let shown = bench.preview(project, rows).map_err(fault)?;
                self.json(&shown)
            }
            MergeAction::Map { preview: None } => {
                let loaded = self.watched(async |w| bench.map(project, w).await).await?;
                show::loaded(self.context, &loaded)
            }
            MergeAction::Match => {
                let found = self.watched(async |w| bench.match_people(project, w).await).await?;
                self.say(format!(
                    "{} persons and {} companies: {} pairs are sure, {} are for a person to review",
                    found.people, found.companies, found.auto, found.review
                ));
                self.json_if_asked(&found)
            }
            MergeAction::Review { pair, decide, all } => {
                self.review(project, pair, decide, all).await
            }
            MergeAction::DryRun => {
                let run = self.watched(async |w| bench.dry_run(project, w).await).await?;
                show::dry_run(self.context, &run)
            }
            MergeAction::Exceptions { code } => {
                let code = code.unwrap_or_default();
                let after = (Default::default(), String::new(), String::new());
                let items = store::desk::page(&self.app.db, project, &after, &code, LISTED).await?;
                show::exceptions(self.context, &items)
            }
            MergeAction::Approve { request: None, .. } => {
                let plan = bench.approve(project).await.map_err(fault)?;
                let report: Value = serde_json::from_str(&plan.report).map_err(|error| {
                    Fault::failed(format!(
                        "the report of plan {} cannot be read: {error}",
                        plan.revision
                    ))
                })?;
                self.say(format!("plan {} is approved: {}", plan.revision, plan.run_hash));
                if let Some(snapshot) = report["snapshot"]["sha256"].as_str() {
                    self.say(format!("its snapshots: {snapshot}"));
                }
                Ok(())
            }
            MergeAction::Approve { request: Some(number), reject } => {
                let step =
                    async |w: Watch<'_>| bench.decide_request(project, number, !reject, w).await;
                let outcome = self.watched(step).await?;
                self.say(format!(
                    "request {number} is {}",
                    if reject { "rejected" } else { "done" }
                ));
                self.json(&outcome)
            }
            MergeAction::Unmerge { accounts, make_whole } => {
                let keys =
                    accounts.iter().map(|text| show::key(text)).collect::<Result<Vec<_>, _>>()?;
                let (request, mut shown) =
                    bench.ask_unmerge(project, &keys, make_whole).await.map_err(fault)?;
                self.asked(&request.kind, request.request);
                shown["request"] = request.request.into();
                self.json(&shown)
            }
            MergeAction::Rollback { wave } => {
                let request = bench.ask_rollback(project, wave).await.map_err(fault)?;
                self.asked(&request.kind, request.request);
                self.json_if_asked(&json!({ "request": request.request, "wave": wave }))
            }
            MergeAction::CatchUp { file, mapping } => {
                let step = async |w: Watch<'_>| bench.take_in(project, &file, &mapping, w).await;
                let done = self.watched(step).await?;
                self.json(&done)
            }
            MergeAction::GivenBack => {
                let after = ("", "");
                let all =
                    store::items::page(&self.app.db, project, "given_back", after, LISTED).await?;
                show::given_back(self.context, &all)
            }
            MergeAction::Run { wave } => {
                let run = self.watched(async |w| bench.run_wave(project, wave, w).await).await?;
                show::wave(self.context, &run)
            }
            MergeAction::Settle { member, code, subject, outcome, owner, note } => {
                let name = ExceptionName { key: show::key(&member)?, code, subject };
                let said = Settlement { outcome, owner, note: note.unwrap_or_default() };
                let item = bench.settle(project, &name, &said).await.map_err(fault)?;
                self.say(match item.state.strip_prefix("waits:") {
                    Some(_) => "kept: a second person must say the same".to_owned(),
                    None => format!("it is {}", item.state),
                });
                Ok(())
            }
            MergeAction::Reconcile { wave: None, out, lang, .. } => {
                let locale = self.context.locale(lang.as_deref())?;
                let report =
                    self.watched(async |w| bench.reconcile_whole(project, w).await).await?;
                let names = &project.document.names;
                show::control(self.context, &report, (out.as_deref(), locale, names))
            }
            MergeAction::Reconcile { wave: Some(wave), sign: true, hash, role, .. } => {
                let role = role.as_deref().unwrap_or_default();
                let role = SignerRole::named(role).ok_or_else(|| {
                    let names = SignerRole::ALL.map(|(_, name)| name).join(", ");
                    Fault::usage(format!("`{role}` is no role that signs")).hint(names)
                })?;
                let hash = hash.unwrap_or_default();
                let wave = bench.sign(project, wave, (role, &hash)).await.map_err(fault)?;
                let whole = wave.state == "signed";
                let then = if whole { "it is whole" } else { "the other role signs too" };
                self.say(format!(
                    "wave {} is signed as {}: {}; {then}",
                    wave.wave,
                    role.name(),
                    wave.report_hash.unwrap_or_default()
                ));
                Ok(())
            }
            MergeAction::Reconcile { wave: Some(wave), line: Some(line), after, .. } => {
                let after = after.as_deref().map(show::key).transpose()?.unwrap_or_default();
                let line = LineName::parse(&line);
                let found = bench.behind(project, wave, &line, &after, BEHIND).await;
                show::behind(self.context, &found.map_err(fault)?)
            }
            MergeAction::Reconcile { wave: Some(wave), out, lang, .. } => {
                let locale = self.context.locale(lang.as_deref())?;
                let report =
                    self.watched(async |w| bench.reconcile(project, wave, w).await).await?;
                let names = &project.document.names;
                show::control(self.context, &report, (out.as_deref(), locale, names))
            }
            MergeAction::Statement { member: None, .. } => {
                let done =
                    self.watched(async |w| bench.verify_statements(project, w).await).await?;
                show::verified(self.context, &done)
            }
            MergeAction::Statement { member: Some(member), lang, out, .. } => {
                let locale = self.context.locale(lang.as_deref())?;
                let told = bench.statement(project, &member, locale).await.map_err(fault)?;
                show::statement(self.context, &told, out.as_deref())
            }
            MergeAction::Export { folder } => {
                let done = self.watched(async |w| bench.export(project, &folder, w).await).await?;
                self.say(format!(
                    "{} members in {}; check them with: python3 tools/audit.py {} --run RUN --snapshot SNAPSHOT",
                    done.members,
                    folder.display(),
                    folder.display()
                ));
                self.say(format!(
                    "the hashes as approved: lazo merge status; here {} and {}",
                    done.run_hash, done.snapshot_hash
                ));
                if done.as_planned {
                    Ok(())
                } else {
                    Err(Fault::failed("the files are not those of the plan on record")
                        .hint("lazo merge dry-run"))
                }
            }
            MergeAction::Advance { state } => {
                let to = State::named(&state.replace('-', "_"));
                let to =
                    to.ok_or_else(|| Fault::usage(format!("`{state}` is no state of a project")))?;
                let moved = bench.advance(project, to).await.map_err(fault)?;
                self.say(format!("{} is {}", moved.document.code, moved.state.name()));
                Ok(())
            }
            MergeAction::Status => {
                let status = bench.status(project).await.map_err(fault)?;
                show::status(self.context, &status)
            }
        }
    }

    async fn review(
        &self,
        project: &Project,
        pair: Vec<String>,
        decide: Option<String>,
        all: bool,
    ) -> Result<(), Fault> {
        if let ([left, right], Some(decision)) = (pair.as_slice(), decide) {
            let (left, right) = (show::key(left)?, show::key(right)?);
            let link =
                self.bench.decide(project, (&left, &right), &decision).await.map_err(fault)?;
            let now = link.decision.unwrap_or_default();
            self.say(match now.strip_prefix("waits:") {
                Some(_) => "kept: a second person must decide alike".to_owned(),
                None => format!("decided: {now}"),
            });
            return Ok(());
        }
        let after = Default::default();
        let links = store::links::page(&self.app.db, project, &after, !all, LISTED).await?;
        show::links(self.context, &links)
    }

    /// Runs a step with its progress told.
    async fn watched<T>(
        &self,
        step: impl AsyncFnOnce(Watch<'_>) -> Result<T, MergeFault>,
    ) -> Result<T, Fault> {
        let shown: Mutex<Option<(&'static str, Progress)>> = Mutex::default();
        let quiet = self.context.printer.quiet;
        let watch = |what: &'static str, done: u64, of: Option<u64>| {
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            if shown.as_ref().is_none_or(|(now, _)| *now != what) {
                let before = shown.replace((what, Progress::begin(what, of, quiet)));
                if let Some((_, progress)) = before {
                    progress.end();
                }
            }
            if let Some((_, progress)) = shown.as_mut() {
                progress.at(done, done);
            }
        };
        let done = step(&watch).await;
        if let Some((_, progress)) = shown.into_inner().unwrap_or_else(PoisonError::into_inner) {
            progress.end();
        }
        done.map_err(fault)
    }

    fn asked(&self, kind: &str, number: i64) {
        self.say(format!(
            "{kind} is asked for; a second person agrees with: lazo merge approve {number}"
        ));
    }

    fn say(&self, words: String) {
        self.context.printer.say(words);
    }

    fn json(&self, value: &impl Serialize) -> Result<(), Fault> {
        self.context.printer.text(&(show::pretty(value)? + "\n"))
    }

    fn json_if_asked(&self, value: &impl Serialize) -> Result<(), Fault> {
        if self.context.printer.format == Format::Json { self.json(value) } else { Ok(()) }
    }
}

fn fault(fault: MergeFault) -> Fault {
    match fault {
        MergeFault::Store(error) => error.into(),
        MergeFault::Refused(refused) => {
            let told = Fault::failed(format!("{} ({})", refused.what, refused.code));
            if refused.hint.is_empty() { told } else { told.hint(refused.hint) }
        }
        other => Fault::failed(in_full(&other)),
    }
}
