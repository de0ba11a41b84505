//! Reconciliation: what the plan opens against what the ledger holds, line by line; signed by finance with its hash.

use std::collections::BTreeMap;

use lazo_domain::conversion::words::{Sentence, Word};
use lazo_domain::ids::PointTypeId;
use lazo_domain::merging::reconcile::{ControlLine, Stated, reconcile, unexplained};
use lazo_domain::merging::totals::Totals;

use super::fault::{self, MergeFault, refused};
use super::load;
use super::speak::Speaker;
use super::store::projects::Project;
use super::store::waves::{self, Wave};
use super::store::{plans, sources};
use super::workbench::{Watch, Workbench};
use crate::i18n::Locale;

mod compare;
mod drill;
mod report;

pub(super) use compare::lots;
use compare::{Comparing, Gathered};
pub use drill::{Behind, BehindLot, LineMembers, LineName};
use report::sha;
pub use report::{ControlReport, Line};

/// The code of the line that counts members.
const MEMBERS: &str = "members";

/// What laying all statements beside the ledger came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Statements of members that are posted.
    pub statements: i64,
    /// Those whose total is not what opens.
    pub wrong: i64,
    /// Those whose lots are not the ledger's.
    pub different: i64,
    /// The first of them, in words.
    pub differences: Vec<String>,
}

impl Workbench {
    /// Compares a wave with the ledger and keeps the report. Nothing of the ledger is taken on trust: openings are read
    /// from the journal, member by member.
    pub async fn reconcile(
        &self,
        project: &Project,
        number: i64,
        watch: Watch<'_>,
    ) -> Result<ControlReport, MergeFault> {
        let mut wave = self.wave(project, number).await?;
        if !matches!(wave.state.as_str(), "posted" | "reconciled" | "stopped" | "signed") {
            let what = format!("wave {number} is {}", wave.state);
            return Err(refused("merge_wave_not_posted", what, "lazo merge run posts it"));
        }
        let hold = self.hold(project).await?;
        let plan = plans::latest(&self.app.db, project).await?;
        let plan = plan.ok_or_else(|| refused("merge_no_plan", "nothing was planned yet", ""))?;
        let codes = self.codes(project).await?;
        let comparing = Comparing { bench: self, project, wave: &wave, codes };
        let gathered = comparing.all(&hold, watch).await?;
        let report = self.control(project, &wave, plan.run_hash, gathered)?;
        let text = report.text();
        if wave.state != "signed" || wave.report_hash.as_deref() != Some(&sha(&text)) {
            wave.state = if wave.state == "stopped" { "stopped" } else { "reconciled" }.to_owned();
            wave.report_hash = Some(sha(&text));
            wave.report = Some(text);
            wave.agrees = report.agrees;
            wave.reconciled_by = Some(self.actor.clone());
            wave.reconciled_at = Some(self.app.clock.now());
            (wave.signed_by, wave.signed_at) = (None, None);
            self.keep_wave(project, &wave, "wave_reconciled").await?;
        }
        hold.release().await?;
        Ok(report)
    }

    /// Lays every posted member's statement beside the ledger: what it adds up to must be what opened, lot by lot.
    pub async fn verify_statements(
        &self,
        project: &Project,
        watch: Watch<'_>,
    ) -> Result<Verified, MergeFault> {
        let hold = self.hold(project).await?;
        let mut done = Verified::default();
        for wave in waves::all(&self.app.db, project).await?.iter().filter(|w| w.posted > 0) {
            let codes = self.codes(project).await?;
            let comparing = Comparing { bench: self, project, wave, codes };
            let gathered = comparing.all(&hold, watch).await?;
            done.statements += gathered.members;
            done.wrong += gathered.wrong;
            done.different += gathered.different;
            done.differences.extend(gathered.differences);
        }
        hold.release().await?;
        Ok(done)
    }

    /// Signs the frozen report of a wave, as somebody who did not run it. Its hash is what is signed.
    pub async fn sign(
        &self,
        project: &Project,
        number: i64,
        hash: Option<&str>,
    ) -> Result<Wave, MergeFault> {
        let mut wave = self.wave(project, number).await?;
        let Some(frozen) = wave.report_hash.clone().filter(|_| wave.state == "reconciled") else {
            let what = format!("wave {number} is {}: there is no report to sign", wave.state);
            return Err(refused("merge_not_reconciled", what, "lazo merge reconcile --wave N"));
        };
        if !wave.agrees {
            let what = format!("the report of wave {number} does not agree");
            return Err(refused(
                "merge_does_not_agree",
                what,
                "lazo merge reconcile shows the lines",
            ));
        }
        if hash.is_some_and(|hash| !frozen.starts_with(hash)) {
            let what = format!("the report's hash is {frozen}");
            return Err(refused(
                "merge_other_report",
                what,
                "look at the report again before you sign",
            ));
        }
        for runner in &wave.runners {
            self.second_person(runner).await?;
        }
        wave.state = "signed".to_owned();
        wave.signed_by = Some(self.actor.clone());
        wave.signed_at = Some(self.app.clock.now());
        self.keep_wave(project, &wave, "wave_signed").await?;
        Ok(wave)
    }

    /// The report of a wave as it was frozen.
    pub async fn control_report(
        &self,
        project: &Project,
        number: i64,
    ) -> Result<ControlReport, MergeFault> {
        let wave = self.wave(project, number).await?;
        let Some(text) = &wave.report else {
            let what = format!("wave {number} was not reconciled yet");
            return Err(refused("merge_not_reconciled", what, "lazo merge reconcile --wave N"));
        };
        fault::parsed(text, "a control report")
    }

    pub(super) async fn wave(&self, project: &Project, number: i64) -> Result<Wave, MergeFault> {
        let all = waves::all(&self.app.db, project).await?;
        all.into_iter().find(|wave| wave.wave == number).ok_or_else(|| {
            let what = format!("there is no wave {number}");
            refused("merge_no_wave", what, "lazo merge status lists the waves")
        })
    }

    /// Codes of the target's point types by their ids.
    pub(super) async fn codes(
        &self,
        project: &Project,
    ) -> Result<BTreeMap<PointTypeId, String>, MergeFault> {
        let program = self.target(project).await?;
        let all = program.point_types.values();
        Ok(all.map(|point_type| (point_type.id, point_type.code.to_string())).collect())
    }

    fn control(
        &self,
        project: &Project,
        wave: &Wave,
        run_hash: String,
        gathered: Gathered,
    ) -> Result<ControlReport, MergeFault> {
        let speaker = self.finance_speaker(project);
        let stated = as_stated(&gathered.totals);
        let lines = reconcile(&gathered.totals, &stated, &gathered.posted)?;
        let people = people(&gathered);
        // So many members as the project lives with may be refused; whoever is there in part is nowhere.
        let limit = i128::from(project.document.stop.refused_per_thousand);
        let everybody = gathered.members + gathered.refused;
        let bearable = gathered.waiting == 0
            && gathered.in_part == 0
            && i128::from(gathered.refused) * 1_000 <= limit * i128::from(everybody);
        let agrees = lines.iter().all(ControlLine::agrees)
            && bearable
            && gathered.different == 0
            && gathered.wrong == 0;
        let lines = lines.iter().map(|line| Line {
            code: line.code.to_owned(),
            source: line.source.clone(),
            subject: line.subject.clone(),
            expected: line.expected.to_string(),
            actual: line.actual.to_string(),
            difference: line.difference().to_string(),
            explanation: if line.agrees() {
                speaker.say(&line.explanation)
            } else {
                speaker.say(&unexplained(line))
            },
        });
        let first = Line {
            code: MEMBERS.to_owned(),
            source: String::new(),
            subject: String::new(),
            expected: (gathered.members + gathered.refused + gathered.in_part + gathered.waiting)
                .to_string(),
            actual: gathered.members.to_string(),
            difference: (-(gathered.refused + gathered.in_part + gathered.waiting)).to_string(),
            explanation: speaker.say(&people),
        };
        Ok(ControlReport {
            project: project.document.code.clone(),
            wave: Some(wave.wave),
            run_hash,
            members: gathered.members,
            refused: gathered.refused,
            in_part: gathered.in_part,
            waiting: gathered.waiting,
            statements_wrong: gathered.wrong,
            lines: std::iter::once(first).chain(lines).collect(),
            differences: gathered.differences,
            different_members: gathered.different,
            agrees,
        })
    }

    fn finance_speaker<'a>(&self, project: &'a Project) -> Speaker<'a> {
        let locale = self.tenant.config.locales.first();
        Speaker {
            locale: locale.and_then(|tag| tag.parse().ok()).unwrap_or(Locale::En),
            names: &project.document.names,
            currency: self.tenant.config.currency,
            zone: &project.rules.zone,
        }
    }

    /// What each source's owner stated, by source and point type.
    pub async fn stated(&self, project: &Project) -> Result<Stated, MergeFault> {
        let mut all = Stated::new();
        for source in sources::all(&self.app.db, project).await? {
            let totals: load::Totals = fault::parsed(&source.stated, "what a source states")?;
            for state in ["available", "pending", "held", "debt"] {
                for (point_type, value) in totals.0.get(state).into_iter().flatten() {
                    let of = all.entry((source.source.clone(), point_type.clone())).or_default();
                    of.insert(state.to_owned(), *value);
                }
            }
        }
        Ok(all)
    }
}

/// Of a wave the snapshot is what was stated: sources state totals for all their members together.
fn as_stated(totals: &Totals) -> Stated {
    let rows = totals.points.iter().map(|(name, points)| {
        let states = points.opening.iter().map(|(state, units)| ((*state).to_owned(), *units));
        (name.clone(), states.collect())
    });
    rows.collect()
}

/// Who is posted and who is not, in words.
fn people(gathered: &Gathered) -> Sentence {
    Sentence::new("merging-control-members")
        .with("refused", Word::Number(gathered.refused))
        .with("part", Word::Number(gathered.in_part))
        .with("waiting", Word::Number(gathered.waiting))
}
