//! The dry run: every golden member planned on full data, totals and hash at the end, and nothing posted.

use std::collections::BTreeMap;

use lazo_domain::ids::ImportId;
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{
    Exception, MemberPlan, MemberSnapshot, MergeRules, Run, SourceKey, golden_of, plan_member,
};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::document::kind_name;
use super::fault::{self, MergeFault, refused};
use super::golden::{Belonging, Goldens};
use super::load::Kept;
use super::profiles::Sharing;
use super::quality::Report;
use super::state::{State, Step};
use super::store::members::GoldenMember;
use super::store::plans::Plan;
use super::store::projects::{Project, json as text_of};
use super::store::waves::Wave;
use super::store::{accounts, desk, links, members, plans, shared, sources, waves};
use super::waves::wave_of;
use super::workbench::{Hold, Watch, Workbench};

mod report;

use report::{Gathered, report};

/// What a dry run came to.
#[derive(Debug, Clone, Serialize)]
pub struct DryRun {
    /// Its number.
    pub revision: i64,
    /// What it is known by: the real run has the same.
    pub run_hash: String,
    /// The hash of each file.
    pub manifest: String,
    /// May it be approved?
    pub approvable: bool,
    /// Why not.
    pub blocking: Vec<String>,
    /// Everything that was counted.
    pub report: Value,
}

impl Workbench {
    /// Plans everything and posts nothing. The same sources, decisions and rules give the same hashes.
    pub async fn dry_run(&self, project: &Project, watch: Watch<'_>) -> Result<DryRun, MergeFault> {
        self.may(project, Step::DryRun)?;
        let sources = self.loaded(project).await?;
        let hold = self.hold(project).await?;
        let rules = with_erased(project, &sources)?;
        let (lint, mut blocking) = self.lint(project)?;
        let belonging = self.settle_clusters(project, &rules).await?;
        hold.renew().await?;
        let before = plans::latest(&self.app.db, project).await?;
        let revision = before.map_or(0, |plan| plan.revision) + 1;
        let gathered = self.plan_all(project, &rules, &belonging, revision, &hold, watch).await?;
        members::clear_older(&self.app.db, project, revision).await?;
        desk::clear_older(&self.app.db, project, revision).await?;
        let Gathered { run, snapshots, waves, found } = gathered;
        let snapshots = snapshots.finish();
        let (totals, digest) = run.finish();
        if !totals.approvable() {
            blocking
                .extend(totals.breaches.iter().map(|(name, count)| format!("{name} × {count}")));
            if totals.points.values().any(|points| !points.closes()) {
                blocking.push("an account does not close".to_owned());
            }
        }
        blocking.extend(stopped(project, &totals));
        let found = (found, &snapshots);
        let report = report(project, &totals, found, (&waves, &lint, &blocking))?;
        let plan = Plan {
            revision,
            inputs_hash: inputs_hash(&sources, &belonging, &rules),
            rules,
            run_hash: digest.run.clone(),
            manifest: digest.manifest.clone(),
            report: text_of(&report)?,
            approvable: blocking.is_empty(),
            made_by: self.actor.clone(),
            made_at: self.app.clock.now(),
            approved_by: None,
            approved_at: None,
        };
        self.keep_plan(project, &plan, &waves).await?;
        hold.release().await?;
        let (approvable, run_hash, manifest) = (plan.approvable, digest.run, digest.manifest);
        Ok(DryRun { revision, run_hash, manifest, approvable, blocking, report })
    }

    /// Agrees to the latest plan, as a second person.
    pub async fn approve(&self, project: &Project) -> Result<Plan, MergeFault> {
        self.approve_as_shown(project, None).await
    }

    /// Agrees to the latest plan when it is the one of the run hash that was shown.
    pub async fn approve_as_shown(
        &self,
        project: &Project,
        shown: Option<&str>,
    ) -> Result<Plan, MergeFault> {
        self.may(project, Step::Approve)?;
        let plan = plans::latest(&self.app.db, project).await?;
        let plan = plan.ok_or_else(|| {
            refused("merge_no_plan", "nothing was planned yet", "lazo merge dry-run")
        })?;
        if shown.is_some_and(|shown| shown != plan.run_hash) {
            let what = format!("plan {} was made meanwhile", plan.revision);
            return Err(refused("merge_other_plan", what, "look at it before you agree to it"));
        }
        if !plan.approvable {
            let report: Value = fault::parsed(&plan.report, "the report of a dry run")?;
            let why = match report["blocking"].as_array().filter(|why| !why.is_empty()) {
                Some(why) => why.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
                None => "it is not of what there is now".to_owned(),
            };
            let what = format!("plan {} cannot be approved: {why}", plan.revision);
            let hint =
                "mend it or accept it with a reason under [accepted], then lazo merge dry-run";
            return Err(refused("merge_not_approvable", what, hint));
        }
        if let Some(by) = &plan.approved_by {
            let what = format!("plan {} was approved by {by}", plan.revision);
            return Err(refused("merge_approved", what, "lazo merge run --wave N is next"));
        }
        self.second_person(&plan.made_by).await?;
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        let approved = plans::approve(&mut tx, project, plan.revision, &self.actor, now).await?;
        let detail = json!({ "revision": plan.revision, "run": plan.run_hash });
        self.record(&mut tx, "integration_project.plan_approved", project, detail).await?;
        tx.commit().await?;
        if approved && project.state == State::Simulated {
            self.move_to(project, State::Approved, None, json!({ "run": plan.run_hash })).await?;
        }
        let by = Some(self.actor.clone());
        Ok(Plan { approved_by: by, approved_at: Some(now), ..plan })
    }

    /// The sources, all of them loaded.
    pub(super) async fn loaded(
        &self,
        project: &Project,
    ) -> Result<Vec<sources::Source>, MergeFault> {
        let all = sources::all(&self.app.db, project).await?;
        for source in &project.document.sources {
            let state = all.iter().find(|row| row.source == source.code).map(|row| &row.state);
            if state.is_none_or(|state| state != "loaded") {
                let what = format!("source `{}` is not loaded", source.code);
                return Err(refused("merge_not_loaded", what, "lazo merge map"));
            }
        }
        let ours = |row: &sources::Source| project.document.source(&row.source).is_some();
        Ok(all.into_iter().filter(ours).collect())
    }

    /// Names each cluster after the first of its accounts that moves, and keeps who belongs to whom.
    async fn settle_clusters(
        &self,
        project: &Project,
        rules: &MergeRules,
    ) -> Result<Belonging, MergeFault> {
        let clusters = self.clusters(project).await?;
        let mut belonging = Belonging::default();
        for chunk in clusters.all.chunks(500) {
            let keys: Vec<SourceKey> = chunk.iter().flatten().cloned().collect();
            let mut found = accounts::of(&self.app.db, project, &keys).await?;
            for cluster in chunk {
                let own: Vec<MemberSnapshot> =
                    cluster.iter().filter_map(|key| found.remove(key)).collect();
                // Somebody erased is not looked for, and an account may be gone since it was matched.
                if own.len() < 2 {
                    continue;
                }
                let golden = golden_of(rules, &own);
                let keys: Vec<SourceKey> = own.into_iter().map(|member| member.key).collect();
                for key in &keys {
                    belonging.golden.insert(key.clone(), golden.clone());
                }
                belonging.accounts.insert(golden, keys);
            }
        }
        let all: Vec<(SourceKey, SourceKey)> =
            belonging.golden.iter().map(|(key, golden)| (key.clone(), golden.clone())).collect();
        links::set_clusters(&self.app.db, project, &all).await?;
        Ok(belonging)
    }

    async fn plan_all(
        &self,
        project: &Project,
        rules: &MergeRules,
        belonging: &Belonging,
        revision: i64,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<Gathered, MergeFault> {
        let run = Run::new(rules)
            .map_err(|bad| refused(bad.code(), bad.to_string(), "see the rules file"))?;
        let mut gathered = Gathered::new(run);
        let mut goldens = Goldens::new(&self.app.db, project, belonging);
        let (mut done, mut sharing) = (0, Sharing::default());
        let total: u64 = self.count(project).await?;
        while let Some(page) = goldens.next().await? {
            page.iter().for_each(|(_, accounts)| sharing.add(accounts));
            done += page.iter().map(|(_, accounts)| accounts.len() as u64).sum::<u64>();
            page.iter().flat_map(|(_, own)| own).for_each(|own| gathered.snapshots.add(own));
            let plans = plan_page(rules, page);
            let (mut rows, mut found) = (Vec::new(), Vec::new());
            for (plan, accounts) in &plans {
                let hash = gathered.add(plan)?;
                let wave = wave_of(&project.document, plan);
                *gathered.waves.entry(wave).or_default() += 1;
                rows.push(row(plan, accounts, revision, wave, &hash));
                found.extend(once(&plan.exceptions));
            }
            self.app
                .db
                .retry(|| async {
                    let mut tx = self.app.db.begin_keyed().await?;
                    members::put(&mut tx, project, &rows).await?;
                    desk::put(&mut tx, project, revision, &found).await?;
                    tx.commit().await
                })
                .await?;
            hold.renew().await?;
            watch("accounts planned", done, Some(total));
        }
        shared::replace(&self.app.db, project, &sharing.shared()).await?;
        Ok(gathered)
    }

    /// How many accounts all sources have.
    pub(super) async fn count(&self, project: &Project) -> Result<u64, MergeFault> {
        let all = sources::all(&self.app.db, project).await?;
        let counts = all.iter().map(|source| {
            let report: Report = fault::parsed(&source.report, "the report on a source")?;
            Ok(report.accounts)
        });
        counts.sum()
    }

    async fn keep_plan(
        &self,
        project: &Project,
        plan: &Plan,
        counts: &BTreeMap<i64, i64>,
    ) -> Result<(), MergeFault> {
        let before = waves::all(&self.app.db, project).await?;
        let mut tx = self.app.db.begin().await?;
        plans::expire(&mut tx, project).await?;
        plans::insert(&mut tx, project, plan).await?;
        for (number, spec) in (1..).zip(&project.document.waves) {
            let members = counts.get(&number).copied().unwrap_or(0);
            let known = before.iter().find(|wave| wave.wave == number);
            let wave = match known {
                Some(known) => Wave { members, name: spec.name.clone(), ..known.clone() },
                None => Wave {
                    wave: number,
                    name: spec.name.clone(),
                    state: "planned".to_owned(),
                    import: ImportId(self.app.ids.next()),
                    members,
                    ..Wave::default()
                },
            };
            waves::put(&mut tx, project, &wave).await?;
        }
        let detail = json!({ "revision": plan.revision, "run": plan.run_hash });
        self.record(&mut tx, "integration_project.dry_run", project, detail).await?;
        tx.commit().await?;
        if project.state < State::Approved {
            self.move_to(project, State::Simulated, None, json!({ "run": plan.run_hash })).await?;
        }
        Ok(())
    }
}

/// The project's stop rules that a plan meets and nobody has accepted with a reason, in words.
fn stopped(project: &Project, totals: &Totals) -> Vec<String> {
    let count = |name: &str| totals.counts.get(name).copied().unwrap_or(0);
    let (moving, waiting) = (count("members"), count("members_held_back"));
    let stop = &project.document.stop;
    let all = [
        ("held_back", waiting, moving + waiting, stop.held_back_per_thousand, "wait at the desk"),
        (
            "losers",
            count("losers"),
            moving,
            stop.losers_per_thousand,
            "have points that lose worth",
        ),
    ];
    let over = all.into_iter().filter(|(code, some, of, limit, _)| {
        let share = i128::from(*some) * 1_000;
        share > i128::from(*limit) * i128::from(*of)
            && !project.document.accepted.contains_key(*code)
    });
    over.map(|(code, some, of, limit, what)| {
        format!("{code}: {some} of {of} members {what}; the limit is {limit} of a thousand")
    })
    .collect()
}

/// The rules with everybody that any source says was erased.
fn with_erased(project: &Project, all: &[sources::Source]) -> Result<MergeRules, MergeFault> {
    let mut rules = project.rules.clone();
    for source in all {
        let kept: Kept = fault::parsed(&source.totals, "the totals of a source")?;
        for (hash, at) in kept.erased {
            let latest = rules.erased.entry(hash).or_insert(at);
            *latest = (*latest).max(at);
        }
    }
    Ok(rules)
}

/// Plans a page on all cores; the order stays.
pub(super) fn plan_page(
    rules: &MergeRules,
    page: Vec<(SourceKey, Vec<MemberSnapshot>)>,
) -> Vec<(MemberPlan, Vec<SourceKey>)> {
    let plan = |(_, accounts): &(SourceKey, Vec<MemberSnapshot>)| {
        let keys = accounts.iter().map(|account| account.key.clone()).collect();
        (plan_member(rules, accounts), keys)
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = page.len().div_ceil(threads).max(1);
    if threads == 1 || page.len() < 64 {
        return page.iter().map(plan).collect();
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> = page
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(plan).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// One exception of each name: a member may have the same one twice, with other points.
fn once(all: &[Exception]) -> Vec<Exception> {
    let mut seen = BTreeMap::new();
    for exception in all {
        let name = (exception.key.clone(), exception.code, exception.subject.clone());
        let points = seen.entry(name).or_insert((0_i64, exception.clone()));
        points.0 = points.0.saturating_add(exception.points);
    }
    seen.into_values().map(|(points, exception)| Exception { points, ..exception }).collect()
}

fn row(
    plan: &MemberPlan,
    accounts: &[SourceKey],
    revision: i64,
    wave: i64,
    hash: &[u8; 32],
) -> GoldenMember {
    let points = plan.openings().iter().fold(0_i64, |sum, o| sum.saturating_add(o.points));
    GoldenMember {
        golden: plan.golden.clone(),
        accounts: accounts.to_vec(),
        revision,
        wave,
        complexity: kind_name(plan.complexity()).to_owned(),
        status: plan.status.name().to_owned(),
        verdict: plan.verdict().map_or("", |verdict| verdict.name()).to_owned(),
        points,
        plan_hash: hash.to_vec(),
        state: "planned".to_owned(),
        attempt: 0,
        member: None,
        account: None,
        event: None,
        posted_at: None,
        reason: None,
    }
}

/// SHA-256 over everything that goes into a run.
fn inputs_hash(all: &[sources::Source], belonging: &Belonging, rules: &MergeRules) -> String {
    let mut hash = Sha256::new();
    for source in all {
        hash.update(format!("{} {}\n", source.source, source.snapshot_hash).as_bytes());
    }
    for (key, golden) in &belonging.golden {
        hash.update(
            format!("{}/{} {}/{}\n", key.source, key.member, golden.source, golden.member)
                .as_bytes(),
        );
    }
    hash.update(rules.canonical().as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
