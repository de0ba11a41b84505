//! The run as files for an outside auditor: snapshots, rules, plan, control totals and the ledger's opening lots.

use std::collections::BTreeMap;
use std::fs::File as Handle;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use lazo_domain::merging::ledger_export;
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{File, MemberPlan, MemberSnapshot, SnapshotHash, SourceKey};
use serde_json::Value;

use super::dry_run::plan_page;
use super::fault::{self, MergeFault, io, refused};
use super::golden::{Belonging, Goldens};
use super::load::{Kept, Totals as LoadTotals};
use super::reconcile::lots;
use super::store::members::GoldenMember;
use super::store::projects::Project;
use super::store::{members, plans, sources, waves};
use super::workbench::{Watch, Workbench};

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    /// The run that the files are of.
    pub run_hash: String,
    /// Golden members.
    pub members: u64,
    /// The snapshots that the files are of; empty where the plan is from before it was kept.
    pub snapshot_hash: String,
    /// Do the files have the hashes of the plan on record?
    pub as_planned: bool,
}

struct Files {
    all: BTreeMap<File, BufWriter<Handle>>,
    ledger: BufWriter<Handle>,
    members: BufWriter<Handle>,
}

/// The first line of `members.csv`: golden members, their waves and how they stand.
const MEMBERS: &str = "golden_source,golden_member,wave,state\n";
/// The first line of `stated.csv`: what owners stated, and by how much the snapshot changed since.
const STATED: &str = "source,what,point_type,value,since\n";

impl Workbench {
    /// Writes everything that `tools/audit.py` reads. `ledger-lots.csv` has what the ledger opened, wave by wave.
    pub async fn export(
        &self,
        project: &Project,
        folder: &Path,
        watch: Watch<'_>,
    ) -> Result<Exported, MergeFault> {
        let plan = plans::latest(&self.app.db, project).await?;
        let plan = plan.ok_or_else(|| {
            refused("merge_no_plan", "nothing was planned yet", "lazo merge dry-run")
        })?;
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let hold = self.hold(project).await?;
        let mut files = Files::create(folder)?;
        let codes = self.codes(project).await?;
        let all = waves::all(&self.app.db, project).await?;
        let posted = all.iter().any(|wave| wave.posted > 0 && wave.state != "rolled_back");
        let belonging = Belonging::load(&self.app.db, project).await?;
        let mut goldens = Goldens::new(&self.app.db, project, &belonging);
        let mut run = lazo_domain::merging::Run::new(&plan.rules)
            .map_err(|bad| refused(bad.code(), bad.to_string(), ""))?;
        let (mut done, mut snapshots) = (Exported::default(), SnapshotHash::default());
        let mut present = BTreeMap::<String, LoadTotals>::new();
        while let Some(page) = goldens.next().await? {
            let accounts: Vec<MemberSnapshot> =
                page.iter().flat_map(|(_, accounts)| accounts.clone()).collect();
            files.snapshots(&accounts)?;
            for account in &accounts {
                snapshots.add(account);
                present.entry(account.key.source.clone()).or_default().add(account);
            }
            let keys: Vec<SourceKey> = page.iter().map(|(golden, _)| golden.clone()).collect();
            let rows = members::of_goldens(&self.app.db, project, &keys).await?;
            let opened = self.opened(project, &rows).await?;
            let states: BTreeMap<&SourceKey, &GoldenMember> =
                rows.iter().map(|row| (&row.golden, row)).collect();
            for (member, _) in plan_page(&plan.rules, page) {
                run.add(&member)?;
                files.plan(&member)?;
                let event = opened.get(&member.golden);
                files.ledger(&member, &event.map_or_else(Vec::new, |event| lots(event, &codes)))?;
                let row = states.get(&member.golden);
                let (wave, state) =
                    row.map_or((0, "unknown"), |row| (row.wave, row.state.as_str()));
                files.member(&member.golden, wave, state)?;
                done.members += 1;
            }
            hold.renew().await?;
            watch("members written", done.members, None);
        }
        let (totals, digest) = run.finish();
        files.finish(folder, &totals, posted)?;
        let text = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(io(&path))
        };
        text("rules.json", &plan.rules.canonical())?;
        text("manifest.sha256", &digest.manifest)?;
        let made = snapshots.finish();
        text("snapshot.sha256", &made.manifest)?;
        text("stated.csv", &self.stated_lines(project, &present).await?)?;
        hold.release().await?;
        let report: Value = fault::parsed(&plan.report, "the report of a dry run")?;
        let approved = report["snapshot"]["sha256"].as_str();
        done.as_planned =
            digest.run == plan.run_hash && approved.is_none_or(|approved| approved == made.run);
        done.run_hash = digest.run;
        done.snapshot_hash = made.run;
        Ok(done)
    }
}

impl Workbench {
    /// What the sources' owners stated, and by how much what was caught up has changed the snapshots since.
    async fn stated_lines(
        &self,
        project: &Project,
        present: &BTreeMap<String, LoadTotals>,
    ) -> Result<String, MergeFault> {
        let mut text = STATED.to_owned();
        for source in sources::all(&self.app.db, project).await? {
            let stated: LoadTotals = fault::parsed(&source.stated, "what a source states")?;
            let kept: Kept = fault::parsed(&source.totals, "the totals of a source")?;
            for (what, of) in &stated.0 {
                for (point_type, value) in of {
                    let now =
                        present.get(&source.source).map_or(0, |all| all.get(what, point_type));
                    let since = now - kept.totals.get(what, point_type);
                    let cells = [source.source.as_str(), what, point_type].map(cell);
                    text.push_str(&format!("{},{value},{since}\n", cells.join(",")));
                }
            }
        }
        Ok(text)
    }
}

/// A cell of a comma-separated line.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

impl Files {
    fn create(folder: &Path) -> Result<Self, MergeFault> {
        let open = |name: &str, heading: &str| {
            let path = folder.join(name);
            let mut file = BufWriter::new(Handle::create(&path).map_err(io(&path))?);
            file.write_all(heading.as_bytes()).map_err(io(&path))?;
            Ok::<_, MergeFault>(file)
        };
        let mut all = BTreeMap::new();
        for file in File::SNAPSHOT.into_iter().chain(File::PLAN) {
            all.insert(file, open(file.name(), file.heading())?);
        }
        let members = open("members.csv", MEMBERS)?;
        Ok(Self { all, ledger: open("ledger-lots.csv", ledger_export::HEADING)?, members })
    }

    fn write(&mut self, file: File, lines: &str) -> Result<(), MergeFault> {
        let Some(out) = self.all.get_mut(&file) else { return Ok(()) };
        out.write_all(lines.as_bytes()).map_err(io(Path::new(file.name())))
    }

    fn snapshots(&mut self, accounts: &[MemberSnapshot]) -> Result<(), MergeFault> {
        for file in File::SNAPSHOT {
            for account in accounts {
                self.write(file, &account.lines(file))?;
            }
        }
        Ok(())
    }

    fn plan(&mut self, member: &MemberPlan) -> Result<(), MergeFault> {
        for file in File::PLAN {
            self.write(file, &member.file_lines(file))?;
        }
        Ok(())
    }

    fn ledger(
        &mut self,
        member: &MemberPlan,
        lots: &[lazo_domain::merging::reconcile::PostedLot],
    ) -> Result<(), MergeFault> {
        let lines = ledger_export::lines(&member.golden, lots);
        self.ledger.write_all(lines.as_bytes()).map_err(io(Path::new("ledger-lots.csv")))
    }

    fn member(&mut self, golden: &SourceKey, wave: i64, state: &str) -> Result<(), MergeFault> {
        let line = format!("{},{},{wave},{state}\n", cell(&golden.source), cell(&golden.member));
        self.members.write_all(line.as_bytes()).map_err(io(Path::new("members.csv")))
    }

    /// Ends the files; before anything was posted there are no lots of the ledger to compare with.
    fn finish(mut self, folder: &Path, totals: &Totals, posted: bool) -> Result<(), MergeFault> {
        for out in self.all.values_mut().chain([&mut self.ledger, &mut self.members]) {
            out.flush().map_err(io(folder))?;
        }
        let path = folder.join("control.csv");
        std::fs::write(&path, Totals::HEADING.to_owned() + &totals.lines()).map_err(io(&path))?;
        if !posted {
            let path = folder.join("ledger-lots.csv");
            std::fs::remove_file(&path).map_err(io(&path))?;
        }
        Ok(())
    }
}
