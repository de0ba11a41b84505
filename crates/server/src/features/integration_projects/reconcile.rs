//! Reconciliation: what the plan opens against what the ledger holds, line by line; signed by finance with its hash.

use std::collections::BTreeMap;

use lazo_domain::conversion::words::{Sentence, Word};
use lazo_domain::ids::PointTypeId;
use lazo_domain::merging::SourceKey;
use lazo_domain::merging::reconcile::{ControlLine, reconcile, unexplained};
use serde_json::{Value, json};

use super::fault::{self, MergeFault, refused};
use super::speak::Speaker;
use super::store::members::{self, Which};
use super::store::plans;
use super::store::projects::Project;
use super::store::waves::{self, Wave};
use super::workbench::{Hold, Watch, Workbench};
use crate::i18n::Locale;

mod compare;
mod drill;
mod missing;
mod opened;
mod report;
mod signing;
mod things;
mod whole;

use compare::{Comparing, Gathered};
#[cfg(test)]
pub use drill::Reach;
pub use drill::{Behind, BehindLot, LineMembers, LineName};
pub use missing::NotPosted;
use missing::closing;
pub(super) use opened::lots;
pub use report::{ControlReport, Line, Names};
pub use signing::SignerRole;

/// The code of the line that counts members.
const MEMBERS: &str = "members";
/// The code of the lines that name what is not posted.
const NOT_POSTED: &str = "not_posted";
/// The code of the lines that lay all plans beside what is posted and what is not.
const PLANNED: &str = "planned";

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
    /// Compares a wave with the ledger and keeps the report. Nothing of the ledger is taken on trust: openings, their
    /// lines and their lots are read from it, member by member. A report that is signed is never replaced: what is
    /// found after that is told, and noted where it is something else.
    pub async fn reconcile(
        &self,
        project: &Project,
        number: i64,
        watch: Watch<'_>,
    ) -> Result<ControlReport, MergeFault> {
        let hold = self.hold(project).await?;
        let report = self.reconcile_held(project, number, &hold, watch).await;
        hold.release().await?;
        report
    }

    async fn reconcile_held(
        &self,
        project: &Project,
        number: i64,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<ControlReport, MergeFault> {
        let mut wave = self.wave(project, number).await?;
        if !matches!(wave.state.as_str(), "posted" | "reconciled" | "stopped" | "signed") {
            let what = format!("wave {number} is {}", wave.state);
            return Err(refused("merge_wave_not_posted", what, "lazo merge run posts it"));
        }
        let codes = self.codes(project).await?;
        let comparing = Comparing::new(self, project, Some(&wave), codes);
        let gathered = comparing.all(hold, watch).await?;
        let run_hash = self.run_of(project, &wave).await?;
        let report = self.control(project, Some(&wave), run_hash, (gathered, Vec::new()))?;
        let (text, hash) = (report.text(), report.hash());
        let signed = wave.state == "signed";
        if wave.report_hash.as_ref() == Some(&hash) && wave.state != "posted" {
            // It is what is kept: who signed it stays.
        } else if signed {
            let detail = json!({ "wave": number, "signed": wave.report_hash, "found": hash });
            self.note(project, "wave_differs_from_signed", detail).await?;
        } else {
            wave.state = if wave.state == "stopped" { "stopped" } else { "reconciled" }.to_owned();
            wave.report_hash = Some(hash);
            wave.report = Some(text);
            wave.agrees = report.agrees;
            wave.reconciled_by = Some(self.actor.clone());
            wave.reconciled_at = Some(self.app.clock.now());
            (wave.signed_by, wave.signed_at) = (None, None);
            // Whoever signed one report has not signed another.
            wave.signatures.clear();
            self.keep_wave(project, &wave, "wave_reconciled").await?;
        }
        Ok(report)
    }

    /// The approved run under which a wave was posted. One posted before that was kept with it is known by its members.
    async fn run_of(&self, project: &Project, wave: &Wave) -> Result<String, MergeFault> {
        if !wave.run_hash.is_empty() {
            return Ok(wave.run_hash.clone());
        }
        let (db, first) = (&self.app.db, SourceKey::default());
        let which = Which { wave: Some(wave.wave), state: Some("posted") };
        let row = members::page(db, project, which, &first, 1).await?.into_iter().next();
        let plan = match row {
            Some(row) => plans::by_revision(db, project, row.revision).await?,
            None => plans::latest(db, project).await?,
        };
        let plan = plan.ok_or_else(|| refused("merge_no_plan", "nothing was planned yet", ""))?;
        Ok(plan.run_hash)
    }

    /// Remembers a deed that changes nothing else.
    async fn note(&self, project: &Project, deed: &str, detail: Value) -> Result<(), MergeFault> {
        let mut tx = self.app.db.begin().await?;
        self.record(&mut tx, &format!("integration_project.{deed}"), project, detail).await?;
        tx.commit().await?;
        Ok(())
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
            let comparing = Comparing::new(self, project, Some(wave), codes);
            let gathered = comparing.all(&hold, watch).await?;
            done.statements += gathered.members;
            done.wrong += gathered.wrong;
            done.different += gathered.different;
            done.differences.extend(gathered.differences);
        }
        hold.release().await?;
        Ok(done)
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

    /// The report of a wave, or of all of them with `further` lines.
    fn control(
        &self,
        project: &Project,
        wave: Option<&Wave>,
        run_hash: String,
        (gathered, further): (Gathered, Vec<ControlLine>),
    ) -> Result<ControlReport, MergeFault> {
        let speaker = self.finance_speaker(project);
        let mut lines = further;
        lines.extend(reconcile(&gathered.totals, &gathered.seen)?);
        lines.extend(closing(&gathered)?);
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
        let not_posted: Vec<NotPosted> =
            gathered.missing.into_iter().map(NotPosted::from).collect();
        let lacking = not_posted.iter().map(|one| Line {
            code: NOT_POSTED.to_owned(),
            source: String::new(),
            subject: one.subject(),
            expected: one.points.clone(),
            actual: "0".to_owned(),
            difference: one.missing(),
            explanation: speaker.say(&one.sentence()),
        });
        let lines = std::iter::once(first).chain(lines).chain(lacking).collect();
        Ok(ControlReport {
            project: project.document.code.clone(),
            wave: wave.map(|wave| wave.wave),
            run_hash,
            members: gathered.members,
            refused: gathered.refused,
            in_part: gathered.in_part,
            waiting: gathered.waiting,
            statements_wrong: gathered.wrong,
            lines,
            not_posted,
            not_posted_members: gathered.missing_members,
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
}

/// Who is posted and who is not, in words.
fn people(gathered: &Gathered) -> Sentence {
    Sentence::new("merging-control-members")
        .with("refused", Word::Number(gathered.refused))
        .with("part", Word::Number(gathered.in_part))
        .with("waiting", Word::Number(gathered.waiting))
}
