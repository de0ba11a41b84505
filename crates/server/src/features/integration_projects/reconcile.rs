//! Reconciliation: what the plan opens against what the ledger holds, line by line; signed by finance with its hash.

use std::collections::BTreeMap;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Piece};
use lazo_domain::ids::PointTypeId;
use lazo_domain::merging::reconcile::{
    ControlLine, Difference, Posted, PostedLot, Stated, compare, reconcile, unexplained,
};
use lazo_domain::merging::snapshot::LotState;
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{MergeRules, SourceKey, statement};
use lazo_store::ledger::{MAX_PAGE, StoredEvent};

use super::dry_run::plan_page;
use super::fault::{MergeFault, refused};
use super::golden;
use super::load;
use super::matching::name;
use super::post::ledger_source;
use super::speak::Speaker;
use super::store::members::{self, GoldenMember, Which};
use super::store::projects::{Project, json as text_of};
use super::store::waves::{self, Wave};
use super::store::{plans, sources};
use super::workbench::{Hold, Watch, Workbench};
use crate::i18n::Locale;

mod report;

use report::sha;
pub use report::{ControlReport, Line};

/// Members compared at a time.
const PAGE: i64 = 500;
/// Differences that a report names one by one.
const NAMED: usize = 50;

/// What the ledger holds of a member.
#[derive(Default)]
pub(super) struct Held {
    pub(super) lots: Vec<PostedLot>,
}

/// What comparing gathers.
#[derive(Default)]
struct Gathered {
    totals: Totals,
    posted: Posted,
    members: i64,
    wrong: i64,
    different: i64,
    differences: Vec<String>,
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
        let mut gathered = Gathered::default();
        let codes = self.codes(project).await?;
        self.compare_wave(project, &plan.rules, &wave, &codes, &mut gathered, &hold, watch).await?;
        let stated = as_stated(&gathered.totals);
        let lines = reconcile(&gathered.totals, &stated, &gathered.posted);
        let report = self.control(project, Some(number), plan.run_hash, gathered, lines);
        let text = text_of(&report)?;
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
        self.second_person(wave.run_by.as_deref().unwrap_or_default()).await?;
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
        let report = wave.report.as_deref().and_then(|text| serde_json::from_str(text).ok());
        report.ok_or_else(|| {
            let what = format!("wave {number} was not reconciled yet");
            refused("merge_not_reconciled", what, "lazo merge reconcile --wave N")
        })
    }

    pub(super) async fn wave(&self, project: &Project, number: i64) -> Result<Wave, MergeFault> {
        let all = waves::all(&self.app.db, project).await?;
        all.into_iter().find(|wave| wave.wave == number).ok_or_else(|| {
            let what = format!("there is no wave {number}");
            refused("merge_no_wave", what, "lazo merge status lists the waves")
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one loop over everything that a wave is compared by"
    )]
    async fn compare_wave(
        &self,
        project: &Project,
        rules: &MergeRules,
        wave: &Wave,
        codes: &BTreeMap<PointTypeId, String>,
        gathered: &mut Gathered,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<(), MergeFault> {
        let mut held = self.held(project, wave, codes, &mut gathered.posted, hold, watch).await?;
        let which = Which { wave: Some(wave.wave), state: None };
        let mut after = SourceKey::default();
        loop {
            let page = members::page(&self.app.db, project, which, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.golden.clone();
            let page: Vec<GoldenMember> = page
                .into_iter()
                .filter(|row| matches!(row.state.as_str(), "posted" | "unmerged"))
                .collect();
            let keys: Vec<(SourceKey, Vec<SourceKey>)> =
                page.iter().map(|row| (row.golden.clone(), row.accounts.clone())).collect();
            let found = golden::accounts_of(&self.app.db, project, &keys).await?;
            let plans = plan_page(rules, found.into_iter().collect());
            let rows: BTreeMap<&SourceKey, &GoldenMember> =
                page.iter().map(|row| (&row.golden, row)).collect();
            for (plan, _) in &plans {
                gathered.totals.add(plan)?;
                gathered.members += 1;
                gathered.wrong += i64::from(!statement::adds_up(plan));
                let of = held.remove(&plan.golden).unwrap_or_default();
                let row = rows.get(&plan.golden);
                let other_plan = row.is_some_and(|row| row.plan_hash[..] != plan.hash()[..]);
                let differences = compare(plan, &of.lots);
                if other_plan || !differences.is_empty() {
                    gathered.different += 1;
                    gathered.differences.extend(told(&plan.golden, other_plan, &differences));
                    gathered.differences.truncate(NAMED);
                }
            }
            hold.renew().await?;
            watch(
                "members compared",
                u64::try_from(gathered.members).unwrap_or(0),
                u64::try_from(wave.posted).ok(),
            );
        }
        // What the ledger has of this wave and the plan has not.
        for (golden, _) in held {
            gathered.different += 1;
            gathered
                .differences
                .push(format!("{}: opened, and not posted by this plan", name(&golden)));
        }
        gathered.differences.truncate(NAMED);
        Ok(())
    }

    /// What the ledger holds of a wave, read from its journal; sums go to `posted`.
    pub(super) async fn held(
        &self,
        project: &Project,
        wave: &Wave,
        codes: &BTreeMap<PointTypeId, String>,
        posted: &mut Posted,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<BTreeMap<SourceKey, Held>, MergeFault> {
        let (books, source) = (self.app.ledger.books(), ledger_source(project));
        let (mut held, mut after, mut read) = (BTreeMap::new(), None, 0);
        loop {
            let page = books.events_of_import(project.tenant, wave.import, after, MAX_PAGE).await?;
            let Some(last) = page.last() else { return Ok(held) };
            after = Some(last.event.id);
            read += page.len() as u64;
            for event in page {
                let Body::Opening { pieces } = &event.event.body else { continue };
                let Some(golden) = opened(&event, &source) else { continue };
                add(posted, &event, pieces, codes);
                let lots = pieces.iter().map(|piece| lot(piece, codes)).collect();
                held.insert(golden, Held { lots });
            }
            hold.renew().await?;
            watch("openings read", read, None);
        }
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
        wave: Option<i64>,
        run_hash: String,
        gathered: Gathered,
        lines: Vec<ControlLine>,
    ) -> ControlReport {
        let speaker = self.finance_speaker(project);
        let agrees =
            lines.iter().all(ControlLine::agrees) && gathered.different == 0 && gathered.wrong == 0;
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
        ControlReport {
            project: project.document.code.clone(),
            wave,
            run_hash,
            members: gathered.members,
            statements_wrong: gathered.wrong,
            lines: lines.collect(),
            differences: gathered.differences,
            different_members: gathered.different,
            agrees,
        }
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
            let totals: load::Totals = serde_json::from_str(&source.stated).unwrap_or_default();
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

/// The golden member that an opening is of, if it is one of this project's.
fn opened(event: &StoredEvent, source: &str) -> Option<SourceKey> {
    let reference = event.event.source_ref.as_str();
    if event.event.source != source || reference.contains('#') {
        return None;
    }
    let name = reference.rsplit_once('@').map_or(reference, |(name, _)| name);
    super::matching::key_of(name)
}

/// Adds what an opening's entries come to, debts apart.
fn add(
    posted: &mut Posted,
    event: &StoredEvent,
    pieces: &[Piece],
    codes: &BTreeMap<PointTypeId, String>,
) {
    let code = |id: &PointTypeId| codes.get(id).cloned().unwrap_or_else(|| id.to_string());
    let mut more = |id: &PointTypeId, state: &str, by: i128| {
        *posted.entry(code(id)).or_default().entry(state.to_owned()).or_default() += by;
    };
    for change in &event.outcome.changes {
        let state = match change.side {
            Side::Available => "available",
            Side::Pending => "pending",
            Side::Held => "held",
            _ => continue,
        };
        more(&change.point_type, state, i128::from(change.points.0));
    }
    for piece in pieces.iter().filter(|piece| piece.points.0 < 0) {
        more(&piece.point_type, "debt", i128::from(piece.points.0));
        more(&piece.point_type, "available", -i128::from(piece.points.0));
    }
}

fn lot(piece: &Piece, codes: &BTreeMap<PointTypeId, String>) -> PostedLot {
    let state = match piece {
        Piece { hold: Some(_), .. } => LotState::Held,
        Piece { release_at: Some(_), .. } => LotState::Pending,
        _ => LotState::Available,
    };
    PostedLot {
        to: codes.get(&piece.point_type).cloned().unwrap_or_default(),
        points: piece.points.0,
        state,
        earned_at: piece.earned_at,
        expires_at: piece.expires_at,
    }
}

fn told(golden: &SourceKey, other_plan: bool, all: &[Difference]) -> Vec<String> {
    let mut said = Vec::new();
    if other_plan {
        said.push(format!("{}: the plan is not the one on record", name(golden)));
    }
    said.extend(all.iter().map(|difference| match difference {
        Difference::Missing(_, opening) => {
            format!("{}: {} {} are not in the ledger", name(golden), opening.points, opening.to)
        }
        Difference::Unplanned(_, lot) => {
            format!("{}: {} {} in the ledger are not of the plan", name(golden), lot.points, lot.to)
        }
    }));
    said
}
