//! Where a project is, what there is of it, and what to do next.

use std::collections::BTreeMap;

use lazo_domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::fault::{MergeFault, parsed};
use super::super::pilot::Shown;
use super::super::state::State;
use super::super::store::projects::Project;
use super::super::store::{desk, links, members, partners, plans, sources, waves};
use super::Workbench;

/// Where a project is, and what there is of it.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// Its code.
    pub project: String,
    /// Its state.
    pub state: &'static str,
    /// Sources with their state, snapshot hash and accounts.
    pub sources: Vec<Value>,
    /// Links by band and decision.
    pub links: Vec<Value>,
    /// The latest plan.
    pub plan: Option<Value>,
    /// Open exceptions by code.
    pub exceptions: Vec<Value>,
    /// Waves.
    pub waves: Vec<WaveStatus>,
    /// What the first wave has shown of what the project asks of it before the second.
    pub pilot: Vec<Shown>,
    /// Partners of the calendar, and those that sent something and are not in it.
    pub partners: Vec<PartnerStatus>,
    /// What waits for a second person.
    pub waiting: Vec<Value>,
    /// What to do next.
    pub next: String,
}

/// Where a wave is.
#[derive(Debug, Clone, Serialize)]
pub struct WaveStatus {
    /// Its number.
    pub wave: i64,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
    /// Its members.
    pub members: i64,
    /// How many of them are posted.
    pub posted: i64,
    /// How many the ledger refused.
    pub refused: i64,
    /// Does its reconciliation agree?
    pub agrees: bool,
    /// Who ran it.
    pub run_by: Option<String>,
    /// Who signed it.
    pub signed_by: Option<String>,
}

/// Where a partner is with the old currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerStatus {
    /// Its code.
    pub partner: String,
    /// The source in whose currency it sends.
    pub source: String,
    /// Since when it is confirmed on the new currency; none while it is not.
    pub until: Option<Timestamp>,
    /// Is it in the calendar?
    pub known: bool,
    /// Rows of it that were taken in.
    pub taken_in: i64,
    /// Rows of it that were refused.
    pub refused: i64,
    /// Rows of it that wait for the end of the freeze.
    pub waiting: i64,
}

impl Workbench {
    /// Where a project is.
    pub async fn status(&self, project: &Project) -> Result<Status, MergeFault> {
        let db = &self.app.db;
        let sources = sources::all(db, project).await?.into_iter().map(|source| {
            let report: Value = parsed(&source.report, "the report on a source")?;
            Ok(json!({ "source": source.source, "state": source.state, "accounts": report["accounts"],
                "lots": report["lots"], "snapshot": source.snapshot_hash }))
        });
        let sources = sources.collect::<Result<_, MergeFault>>()?;
        let links = links::counts(db, project).await?.into_iter().map(
            |(band, decision, count)| json!({ "band": band, "decision": decision, "pairs": count }),
        );
        let plan = plans::latest(db, project).await?.map(|plan| {
            let report: Value = parsed(&plan.report, "the report of a dry run")?;
            Ok::<_, MergeFault>(json!({ "revision": plan.revision, "run": plan.run_hash,
                "snapshot": report["snapshot"]["sha256"], "approvable": plan.approvable,
                "made_by": plan.made_by, "approved_by": plan.approved_by }))
        });
        let plan = plan.transpose()?;
        let exceptions =
            desk::counts(db, project).await?.into_iter().map(|(code, count, points)| {
                json!({ "code": code, "count": count, "points": points,
                "holds_back": desk::holds_back(&code) })
            });
        let waiting =
            desk::requests(db, project).await?.into_iter().filter(|r| r.state == "waiting");
        let waiting = waiting.map(|request| {
            json!({ "request": request.request, "kind": request.kind, "subject": request.subject,
                "asked_by": request.asked_by })
        });
        let all = waves::all(db, project).await?;
        let pilot = self.pilot(project, &all).await?;
        let waves = self.wave_status(project, all).await?;
        Ok(Status {
            project: project.document.code.clone(),
            state: project.state.name(),
            next: next(project, plan.as_ref(), &waves),
            sources,
            links: links.collect(),
            plan,
            exceptions: exceptions.collect(),
            waves,
            pilot,
            partners: self.partner_status(project).await?,
            waiting: waiting.collect(),
        })
    }

    /// Partners in the order of their codes and sources.
    async fn partner_status(&self, project: &Project) -> Result<Vec<PartnerStatus>, MergeFault> {
        let blank = |partner: &str, source: &str| PartnerStatus {
            partner: partner.to_owned(),
            source: source.to_owned(),
            until: None,
            known: false,
            taken_in: 0,
            refused: 0,
            waiting: 0,
        };
        let mut all = BTreeMap::<(String, String), PartnerStatus>::new();
        for partner in &project.document.partners {
            let own = blank(&partner.code, &partner.source);
            let own = PartnerStatus { until: partner.until, known: true, ..own };
            all.insert((partner.code.clone(), partner.source.clone()), own);
        }
        for (partner, source, state, count) in partners::counts(&self.app.db, project).await? {
            let own = blank(&partner, &source);
            let of = all.entry((partner, source)).or_insert(own);
            match state.as_str() {
                "refused" => of.refused += count,
                "queued" => of.waiting += count,
                _ => of.taken_in += count,
            }
        }
        Ok(all.into_values().collect())
    }

    async fn wave_status(
        &self,
        project: &Project,
        all: Vec<waves::Wave>,
    ) -> Result<Vec<WaveStatus>, MergeFault> {
        let mut posted = BTreeMap::<i64, i64>::new();
        for (wave, state, _, count) in members::counts(&self.app.db, project).await? {
            if matches!(state.as_str(), "posted" | "unmerged") {
                *posted.entry(wave).or_default() += count;
            }
        }
        let told = all.into_iter().map(|wave| WaveStatus {
            posted: posted.get(&wave.wave).copied().unwrap_or(0),
            wave: wave.wave,
            name: wave.name,
            state: wave.state,
            members: wave.members,
            refused: wave.refused,
            agrees: wave.agrees,
            run_by: wave.run_by,
            signed_by: wave.signed_by,
        });
        Ok(told.collect())
    }
}

/// What to do next, as a command.
fn next(project: &Project, plan: Option<&Value>, waves: &[WaveStatus]) -> String {
    let open = waves.iter().find(|wave| wave.members > 0 && wave.state != "signed");
    match (project.state, open) {
        (State::Draft, _) => "lazo merge profile".to_owned(),
        (State::Profiled, _) => "lazo merge map".to_owned(),
        (State::Mapped, _) => "lazo merge match".to_owned(),
        (State::Matched, _) => "lazo merge review, or lazo merge dry-run".to_owned(),
        (State::Simulated, _) if plan.is_some_and(|plan| plan["approvable"] == false) => {
            "mend what the dry run found, then lazo merge dry-run".to_owned()
        }
        (State::Simulated, _) => "lazo merge approve (a second person)".to_owned(),
        (State::Paused, _) => "lazo merge advance to where it was".to_owned(),
        (_, Some(wave)) => match wave.state.as_str() {
            "posted" => format!("lazo merge reconcile --wave {}", wave.wave),
            "reconciled" => format!("lazo merge reconcile --wave {} --sign", wave.wave),
            _ => format!("lazo merge run --wave {}", wave.wave),
        },
        (state, None) => match state.next().first() {
            Some(next) => format!("lazo merge advance {}", next.name()),
            None => "nothing".to_owned(),
        },
    }
}
