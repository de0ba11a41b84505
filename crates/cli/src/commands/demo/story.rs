//! The story: three programs become one before your eyes, from raw files to a signed reconciliation, and one wrong merge is
//! taken apart again.

use std::path::Path;
use std::time::{Duration, Instant};

use lazo_domain::merging::SourceKey;
use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::configuration::{self, Document};
use lazo_server::features::integration_projects::store::links::{self, Link};
use lazo_server::features::integration_projects::store::members;
use lazo_server::features::integration_projects::{MergeFault, Project, SignerRole, Workbench};
use lazo_server::features::tenants;
use lazo_server::i18n::Locale;

use super::sources::{self, Planted, Sizes};
use crate::context::Context;
use crate::fault::{Fault, in_full};

/// The tenant in which it happens.
pub const TENANT: &str = "uno";
/// The number in Aurora Puntos of the member whose statement is written.
pub const EXAMPLE: &str = "700000017";
/// Pairs that the story's reviewers decide on.
const REVIEWED: usize = 80;

const FILES: &[(&str, &str)] = &[
    ("company.toml", include_str!("../../../../../demo/merge/company.toml")),
    ("project.toml", include_str!("../../../../../demo/merge/project.toml")),
    ("rules.toml", include_str!("../../../../../demo/merge/rules.toml")),
    ("aurora-socios.toml", include_str!("../../../../../demo/merge/aurora-socios.toml")),
    ("aurora-puntos.toml", include_str!("../../../../../demo/merge/aurora-puntos.toml")),
    ("aurora-permisos.toml", include_str!("../../../../../demo/merge/aurora-permisos.toml")),
    ("aurora-bajas.toml", include_str!("../../../../../demo/merge/aurora-bajas.toml")),
    ("aurora-totales.toml", include_str!("../../../../../demo/merge/aurora-totales.toml")),
    ("aurora-tarde.toml", include_str!("../../../../../demo/merge/aurora-tarde.toml")),
    ("brisa-guests.toml", include_str!("../../../../../demo/merge/brisa-guests.toml")),
    ("brisa-stars.toml", include_str!("../../../../../demo/merge/brisa-stars.toml")),
    ("brisa-tiers.toml", include_str!("../../../../../demo/merge/brisa-tiers.toml")),
    ("brisa-nights.toml", include_str!("../../../../../demo/merge/brisa-nights.toml")),
    ("brisa-vouchers.toml", include_str!("../../../../../demo/merge/brisa-vouchers.toml")),
    ("brisa-club.toml", include_str!("../../../../../demo/merge/brisa-club.toml")),
    ("brisa-consents.toml", include_str!("../../../../../demo/merge/brisa-consents.toml")),
    ("brisa-canceladas.toml", include_str!("../../../../../demo/merge/brisa-canceladas.toml")),
    ("pro-empresas.toml", include_str!("../../../../../demo/merge/pro-empresas.toml")),
    ("pro-contactos.toml", include_str!("../../../../../demo/merge/pro-contactos.toml")),
    ("pro-creditos.toml", include_str!("../../../../../demo/merge/pro-creditos.toml")),
];

/// The people of the story at work.
struct Story<'a> {
    context: &'a Context,
    folder: &'a Path,
    ana: Workbench,
    eva: Workbench,
    finance: Workbench,
    began: Instant,
}

/// Nobody watches single steps: the story tells them.
fn unseen(_: &'static str, _: u64, _: Option<u64>) {}

/// Tells the whole story, with so many members of Aurora. What is there already stays.
#[expect(
    clippy::disallowed_methods,
    reason = "seconds are told to the reader, nothing is decided by them"
)]
pub async fn tell(context: &Context, app: &App, folder: &Path, members: u64) -> Result<(), Fault> {
    if tenants::store::by_code(&app.db, TENANT).await?.is_some() {
        return Ok(());
    }
    let folder = folder.join("merge");
    let folder = folder.as_path();
    let now = context.now();
    let planted = write(folder, members, now).map_err(|error| {
        Fault::failed(format!("{}: cannot be written: {error}", folder.display()))
    })?;
    let company = Document::parse(FILES[0].1)
        .map_err(|problems| Fault::failed(format!("the demo's own document: {}", problems[0])))?;
    let plan =
        configuration::plan(&app.db, company).await.map_err(|e| Fault::failed(in_full(&e)))?;
    let applied = plan.carry_out(&app.db, &app.ids, "demo", now).await;
    let applied = applied.map_err(|e| Fault::failed(in_full(&e)))?;
    let tenant = tenants::store::by_id(&app.db, applied.tenant).await?;
    let tenant = tenant.ok_or_else(|| Fault::failed("the demo's company is not there"))?;
    let bench = |actor: &str| Workbench {
        app: app.clone(),
        tenant: tenant.clone(),
        actor: actor.to_owned(),
        patience: Duration::from_secs(12),
    };
    let story = Story {
        context,
        folder,
        ana: bench("ana"),
        eva: bench("eva"),
        finance: bench("finanzas"),
        began: Instant::now(),
    };
    story.whole(&planted).await.map_err(|fault| match fault {
        MergeFault::Refused(why) => {
            Fault::failed(format!("{} ({})", why.what, why.code)).hint(why.hint)
        }
        other => Fault::failed(in_full(&other)),
    })
}

fn write(folder: &Path, members: u64, now: Timestamp) -> std::io::Result<Planted> {
    std::fs::create_dir_all(folder)?;
    let cutover = Timestamp(now.0 - now.0.rem_euclid(DAY));
    let protected = cutover.plus_micros(540 * DAY);
    for (name, text) in FILES {
        let text = text
            .replace("{cutover}", &cutover.to_string())
            .replace("{protected_until}", &protected.to_string());
        std::fs::write(folder.join(name), text)?;
    }
    sources::write(folder, Sizes::of(members), now)
}

impl Story<'_> {
    fn say(&self, words: impl AsRef<str>) {
        let seconds = self.began.elapsed().as_millis() / 100;
        self.context.printer.say(format!(
            "  {:>4}.{} s  {}",
            seconds / 10,
            seconds % 10,
            words.as_ref()
        ));
    }

    async fn project(&self) -> Result<Project, MergeFault> {
        self.ana.project("aurora-uno").await
    }

    async fn whole(&self, planted: &Planted) -> Result<(), MergeFault> {
        self.context.printer.say(
            "Grupo Aurora makes one program of three: Aurora Puntos, Club Brisa and Pro Aurora",
        );
        self.gather().await?;
        let wrong = self.who_is_who(planted).await?;
        self.plan().await?;
        for wave in 1..=4 {
            self.wave(wave).await?;
        }
        self.late().await?;
        self.treated(planted).await?;
        if let Some(wrong) = wrong {
            self.mend(&wrong).await?;
        }
        self.prove().await
    }

    async fn gather(&self) -> Result<(), MergeFault> {
        self.ana.init(&self.folder.join("project.toml")).await?;
        let profiles = self.ana.profile(&self.project().await?, &unseen).await?;
        let columns: usize = profiles.iter().map(|file| file.columns.len()).sum();
        self.say(format!("{} raw files profiled, {columns} columns", profiles.len()));
        for source in self.ana.map(&self.project().await?, &unseen).await? {
            let found: Vec<String> = source
                .report
                .findings
                .iter()
                .take(4)
                .map(|finding| format!("{} {}", finding.count, finding.code))
                .collect();
            self.say(format!(
                "{}: {} accounts and {} lots loaded; {}",
                source.source,
                source.report.accounts,
                source.report.lots,
                found.join(", ")
            ));
        }
        Ok(())
    }

    /// Matches, measures against what was planted, and reviews. Answers a pair that the reviewers got wrong.
    async fn who_is_who(&self, planted: &Planted) -> Result<Option<Link>, MergeFault> {
        let found = self.ana.match_people(&self.project().await?, &unseen).await?;
        let project = self.project().await?;
        let all = self.links(&project).await?;
        let told = |link: &Link| (name(&link.left), name(&link.right));
        let auto: Vec<&Link> = all.iter().filter(|link| link.band == "auto").collect();
        let right = auto.iter().filter(|link| planted.same.contains(&told(link))).count();
        let believed = all.iter().filter(|link| planted.same.contains(&told(link))).count();
        let trapped = auto.iter().filter(|link| planted.traps.contains(&told(link))).count();
        self.say(format!(
            "{} persons compared: {} pairs are sure ({right} of them planted), {} are for review; {believed} of {} planted pairs found; {trapped} of {} twins and families merged by themselves",
            found.people, found.auto, found.review, planted.same.len(), planted.traps.len()
        ));
        let review = all.iter().filter(|link| link.band == "review");
        let mut wrong = None;
        let mut decided = 0;
        for link in review.take(REVIEWED) {
            let same = planted.same.contains(&told(link));
            let mistake = wrong.is_none() && !same && link.left.source != link.right.source;
            let decision = if same || mistake { "merge" } else { "not_same" };
            self.ana.decide(&self.project().await?, (&link.left, &link.right), decision).await?;
            if mistake {
                wrong = Some(link.clone());
            }
            decided += 1;
        }
        self.say(format!("{decided} pairs decided by people, one of them wrongly"));
        Ok(wrong)
    }

    async fn links(&self, project: &Project) -> Result<Vec<Link>, MergeFault> {
        let (mut all, mut after) = (Vec::new(), (SourceKey::default(), SourceKey::default()));
        loop {
            let page = links::page(&self.ana.app.db, project, &after, false, 5_000).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = (last.left.clone(), last.right.clone());
            all.extend(page);
        }
    }

    async fn plan(&self) -> Result<(), MergeFault> {
        let run = self.ana.dry_run(&self.project().await?, &unseen).await?;
        let counts = &run.report["counts"];
        let (losers, strange) = self.losers(&self.project().await?).await?;
        let of = match strange {
            0 => "all with an account of Pro Aurora, as planted".to_owned(),
            some => format!("{some} of them NOT of Pro Aurora, which was not planted"),
        };
        self.say(format!(
            "dry run: {} members of {} accounts; {} gain, {} stay, {losers} lose ({of}); {} wait at the desk",
            counts["members"], counts["accounts"], counts["winners"], counts["neutrals"],
            counts["members_held_back"]
        ));
        self.eva.approve(&self.project().await?).await?;
        self.say(format!("approved by eva, a second person: {}", &run.run_hash[..16]));
        Ok(())
    }

    async fn wave(&self, number: i64) -> Result<(), MergeFault> {
        let run = self.ana.run_wave(&self.project().await?, number, &unseen).await?;
        let report = self.ana.reconcile(&self.project().await?, number, &unseen).await?;
        let names = self.project().await?.document.names;
        let page = report.html(Locale::EsEs, &names);
        self.write(&format!("control-{number}.html"), page.as_bytes())?;
        self.write(&format!("control-{number}.pdf"), &report.pdf(Locale::EsEs, &names))?;
        let agrees = if report.agrees { "every line agrees" } else { "NOT every line agrees" };
        let hash = report.hash();
        for (who, role) in
            [(&self.finance, SignerRole::FinanceController), (&self.eva, SignerRole::ProgramOwner)]
        {
            who.sign(&self.project().await?, number, (role, &hash)).await?;
        }
        self.say(format!(
            "wave {number}: {} members posted; {agrees}, signed by finance and by eva for the program: {}",
            run.posted,
            &hash[..16]
        ));
        Ok(())
    }

    /// Says what became of whom was planted: twins and families stay two, the same people are one, and only companies lose.
    async fn treated(&self, planted: &Planted) -> Result<(), MergeFault> {
        let project = self.project().await?;
        let (apart, one) = (
            self.merged(&project, &planted.traps).await?,
            self.merged(&project, &planted.same).await?,
        );
        let (losers, strange) = self.losers(&project).await?;
        self.say(format!(
            "as planned? {} of {} twins and families stay two, {one} of {} planted people are one; {losers} lose, {strange} of them without an account of Pro Aurora",
            planted.traps.len() as u64 - apart, planted.traps.len(), planted.same.len()
        ));
        for (what, count) in &planted.counts {
            self.say(format!("  planted: {count} {what}"));
        }
        Ok(())
    }

    /// How many members lose, and how many of them have no account of Pro Aurora.
    async fn losers(&self, project: &Project) -> Result<(u64, u64), MergeFault> {
        let (mut losers, mut strange, mut after) = (0, 0, SourceKey::default());
        loop {
            let which = members::Which::default();
            let page = members::page(&self.ana.app.db, project, which, &after, 5_000).await?;
            let Some(last) = page.last() else { return Ok((losers, strange)) };
            after = last.golden.clone();
            for member in page.iter().filter(|member| member.verdict == "loser") {
                losers += 1;
                strange += u64::from(!member.accounts.iter().any(|key| key.source == "pro"));
            }
        }
    }

    /// How many of these pairs are one golden member.
    async fn merged(
        &self,
        project: &Project,
        pairs: &std::collections::BTreeSet<(String, String)>,
    ) -> Result<u64, MergeFault> {
        let mut merged = 0;
        for (left, right) in pairs {
            let mut golden = Vec::new();
            for name in [left, right] {
                let key =
                    name.split_once('/').map(|(source, number)| SourceKey::new(source, number));
                let key = key.unwrap_or_default();
                let of = links::golden_of(&self.ana.app.db, project, &key).await?;
                golden.push(of.unwrap_or(key));
            }
            merged += u64::from(golden[0] == golden[1]);
        }
        Ok(merged)
    }

    async fn late(&self) -> Result<(), MergeFault> {
        for (file, mapping) in [
            ("aurora/tarde.csv", "aurora-tarde.toml"),
            ("brisa/canceladas.csv", "brisa-canceladas.toml"),
        ] {
            let (file, mapping) = (self.folder.join(file), self.folder.join(mapping));
            let done = self.ana.take_in(&self.project().await?, &file, &mapping, &unseen).await?;
            let refused: u64 = done.refused.values().sum();
            self.say(format!(
                "late: {} items, {} posted to merged members, {} caught up, {refused} for the desk",
                done.items, done.posted, done.caught_up
            ));
        }
        Ok(())
    }

    /// Takes the wrong merge apart.
    async fn mend(&self, wrong: &Link) -> Result<(), MergeFault> {
        let leaving = [wrong.right.clone()];
        match self.ana.ask_unmerge(&self.project().await?, &leaving, false).await {
            Ok((request, _)) => {
                let project = self.project().await?;
                self.eva.decide_request(&project, request.request, true, &unseen).await?;
                self.say(format!(
                    "the wrong merge of {} and {} is taken apart again",
                    name(&wrong.left),
                    name(&wrong.right)
                ));
                Ok(())
            }
            Err(MergeFault::Refused(why)) => {
                self.say(format!("the wrong merge stays: {}", why.what));
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    async fn prove(&self) -> Result<(), MergeFault> {
        let folder = self.folder.join("audit");
        let done = self.ana.export(&self.project().await?, &folder, &unseen).await?;
        let same =
            if done.as_planned { "with the hash that was approved" } else { "with ANOTHER hash" };
        self.say(format!("{} members written for the outside audit, {same}", done.members));
        let project = self.project().await?;
        let verified = self.ana.verify_statements(&project, &unseen).await?;
        self.say(format!(
            "{} statements laid beside the ledger: {} differ",
            verified.statements,
            verified.wrong + verified.different
        ));
        for (locale, name) in [(Locale::EsEs, "es"), (Locale::En, "en")] {
            let told = self.ana.statement(&project, &format!("aurora/{EXAMPLE}"), locale).await?;
            self.write(&format!("statement-{name}.html"), told.html().as_bytes())?;
            self.write(&format!("statement-{name}.pdf"), &told.pdf())?;
        }
        Ok(())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), MergeFault> {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes)
            .map_err(|error| MergeFault::Io(path.display().to_string(), error))
    }
}

fn name(key: &SourceKey) -> String {
    format!("{}/{}", key.source, key.member)
}
