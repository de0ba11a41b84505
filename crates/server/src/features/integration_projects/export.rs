//! The run as files for an outside auditor: snapshots, rules, plan, control totals and the ledger's opening lots.

use std::collections::BTreeMap;
use std::fs::File as Handle;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use lazo_domain::merging::ledger_export;
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{File, MemberPlan, MemberSnapshot, SourceKey};

use super::dry_run::plan_page;
use super::fault::{MergeFault, io, refused};
use super::golden::{Belonging, Goldens};
use super::reconcile::lots;
use super::store::projects::Project;
use super::store::{members, plans, waves};
use super::workbench::{Watch, Workbench};

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    /// The run that the files are of.
    pub run_hash: String,
    /// Golden members.
    pub members: u64,
    /// Do the files have the hashes of the plan on record?
    pub as_planned: bool,
}

struct Files {
    all: BTreeMap<File, BufWriter<Handle>>,
    ledger: BufWriter<Handle>,
}

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
        let mut done = Exported::default();
        while let Some(page) = goldens.next().await? {
            let accounts: Vec<MemberSnapshot> =
                page.iter().flat_map(|(_, accounts)| accounts.clone()).collect();
            files.snapshots(&accounts)?;
            let keys: Vec<SourceKey> = page.iter().map(|(golden, _)| golden.clone()).collect();
            let rows = members::of_goldens(&self.app.db, project, &keys).await?;
            let opened = self.opened(project, &rows).await?;
            for (member, _) in plan_page(&plan.rules, page) {
                run.add(&member)?;
                files.plan(&member)?;
                let event = opened.get(&member.golden);
                files.ledger(&member, &event.map_or_else(Vec::new, |event| lots(event, &codes)))?;
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
        hold.release().await?;
        done.as_planned = digest.run == plan.run_hash;
        done.run_hash = digest.run;
        Ok(done)
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
        Ok(Self { all, ledger: open("ledger-lots.csv", ledger_export::HEADING)? })
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

    /// Ends the files; before anything was posted there are no lots of the ledger to compare with.
    fn finish(mut self, folder: &Path, totals: &Totals, posted: bool) -> Result<(), MergeFault> {
        for out in self.all.values_mut().chain([&mut self.ledger]) {
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
