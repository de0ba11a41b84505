//! Loads snapshots: files by their mappings, gathered by account, checked against what the source's owner states.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use lazo_domain::merging::prepare::to_company_wallets;
use lazo_domain::merging::{ExceptionCode, SourceKey};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::document::SourceSpec;
use super::fault::{MergeFault, refused};
use super::quality::Report;
use super::state::{State, Step};
use super::store::accounts::{self, Arrival};
use super::store::projects::{Project, json as text_of};
use super::store::sources::{self, Source};
use super::workbench::{Watch, Workbench};
use crate::features::imports::Mapping;

mod account;
mod files;
mod totals;

pub(super) use account::identity;
pub(super) use files::mapping;
use files::{explained, open, preview, read};

pub use totals::Totals;

/// Differences that a refusal names.
const TOLD: usize = 8;
/// Accounts written in one transaction.
const BATCH: usize = 500;
/// Accounts read at a time where a snapshot is read whole.
pub(super) const PAGE: i64 = 1_000;

/// A source as it was loaded.
#[derive(Debug, Clone, Serialize)]
pub struct Loaded {
    /// Its code.
    pub source: String,
    /// SHA-256 over its accounts.
    pub snapshot_hash: String,
    /// What is wrong with it.
    pub report: Report,
    /// Control totals.
    pub totals: Totals,
}

/// The first rows of a file as they are understood.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// The file.
    pub file: String,
    /// The columns that nobody has explained.
    pub unexplained: Vec<String>,
    /// The rows, or what is wrong with them.
    pub rows: Vec<Value>,
}

/// A file of a source on its way.
#[derive(Debug, Clone)]
struct Opened {
    path: PathBuf,
    mapping: std::sync::Arc<Mapping>,
}

/// What reading a source came to, apart from its accounts.
struct Read {
    report: Report,
    totals: Totals,
    stated: Totals,
    files: Value,
    contacts: Vec<(String, String)>,
}

/// Everything of a source that is not of one account, as it is kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Control totals.
    pub totals: Totals,
    /// Hashes of erased people, and when they were erased.
    pub erased: BTreeMap<String, Timestamp>,
}

impl Workbench {
    /// The first rows of every file as its mapping understands them. Changes nothing.
    pub fn preview(&self, project: &Project, rows: usize) -> Result<Vec<Preview>, MergeFault> {
        let mut shown = Vec::new();
        for source in &project.document.sources {
            for file in open(project, source)? {
                shown.push(preview(&file, rows)?);
            }
        }
        Ok(shown)
    }

    /// Loads all sources. What was loaded before is replaced; links and plans of it are no longer current.
    pub async fn map(
        &self,
        project: &Project,
        watch: Watch<'_>,
    ) -> Result<Vec<Loaded>, MergeFault> {
        self.may(project, Step::Map)?;
        let mut opened = Vec::new();
        for source in &project.document.sources {
            let files = open(project, source)?;
            for file in &files {
                explained(file, &project.document.accepted)?;
            }
            opened.push((source.clone(), files));
        }
        let hold = self.hold(project).await?;
        let mut all = Vec::new();
        for (source, files) in opened {
            let loaded = self.load(project, &source, files, &hold, watch).await;
            match loaded {
                Ok(loaded) => all.push(loaded),
                Err(fault) => {
                    hold.release().await?;
                    return Err(fault);
                }
            }
        }
        let told: Vec<Value> =
            all.iter().map(|l| json!({ "source": l.source, "hash": l.snapshot_hash })).collect();
        self.move_to(project, State::Mapped, None, json!({ "sources": told })).await?;
        hold.release().await?;
        Ok(all)
    }

    async fn load(
        &self,
        project: &Project,
        source: &SourceSpec,
        files: Vec<Opened>,
        hold: &super::workbench::Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<Loaded, MergeFault> {
        accounts::clear(&self.app.db, project, Some(&source.code)).await?;
        let (sender, mut receiver) = mpsc::channel::<Vec<Arrival>>(4);
        let gather = account::Gather {
            project: project.document.code.clone(),
            secret: project.secret.clone(),
            source: source.code.clone(),
            country: self.tenant.config.country.clone(),
            now: self.now(),
        };
        let erased_key = gather.clone();
        let reader = tokio::task::spawn_blocking(move || read(&gather, &files, &sender));
        let mut done = 0;
        while let Some(batch) = receiver.recv().await {
            self.app
                .db
                .retry(|| async {
                    let mut tx = self.app.db.begin().await?;
                    accounts::insert(&mut tx, project, &batch).await?;
                    tx.commit().await
                })
                .await?;
            done += batch.len() as u64;
            hold.renew().await?;
            watch("accounts loaded", done, None);
        }
        let (read, erased) = reader.await.map_err(|_| lost())??;
        let (read, erased) = (read, erased_key.hashes(&erased));
        self.keep(project, source, read, erased, hold, watch).await
    }

    async fn keep(
        &self,
        project: &Project,
        source: &SourceSpec,
        read: Read,
        erased: BTreeMap<String, Timestamp>,
        hold: &super::workbench::Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<Loaded, MergeFault> {
        self.to_wallets(project, source, &read.contacts).await?;
        let snapshot_hash = self.hash(project, &source.code, hold, watch).await?;
        let differences = read.stated.differences(&read.totals);
        let blockers: Vec<String> = read
            .report
            .blockers(&project.document.accepted)
            .iter()
            .map(|finding| format!("{} {}", finding.count, finding.code))
            .collect();
        let refusal = if !differences.is_empty() {
            let shown = differences.iter().take(TOLD).cloned().collect::<Vec<_>>().join("; ");
            let hint = format!(
                "{} totals differ: ask the source's owner which is right",
                differences.len()
            );
            Some(refused("merge_totals_differ", format!("{}: {shown}", source.code), hint))
        } else if blockers.is_empty() {
            None
        } else {
            let what = format!("{}: {}", source.code, blockers.join(", "));
            let hint = "mend the extract, or accept a code with its reason under [accepted]; `lazo merge status` keeps the report";
            Some(refused("merge_quality", what, hint))
        };
        let state = if refusal.is_some() { "refused" } else { "loaded" };
        let kept = Kept { totals: read.totals.clone(), erased };
        let before = sources::all(&self.app.db, project).await?;
        let before = before.into_iter().find(|before| before.source == source.code);
        let row = Source {
            source: source.code.clone(),
            state: state.to_owned(),
            files: read.files.to_string(),
            snapshot_hash: snapshot_hash.clone(),
            totals: text_of(&kept)?,
            stated: text_of(&read.stated)?,
            report: text_of(&read.report)?,
            profile: before.map(|before| before.profile).unwrap_or_else(|| "[]".to_owned()),
            loaded_by: self.actor.clone(),
            loaded_at: self.app.clock.now(),
        };
        let mut tx = self.app.db.begin().await?;
        sources::put(&mut tx, project, &row).await?;
        tx.commit().await?;
        let (report, totals) = (read.report, read.totals);
        match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(Loaded { source: source.code.clone(), snapshot_hash, report, totals }),
        }
    }

    /// Puts points that contacts hold for a company into the company's account.
    async fn to_wallets(
        &self,
        project: &Project,
        source: &SourceSpec,
        contacts: &[(String, String)],
    ) -> Result<(), StoreError> {
        let key = |number: &String| SourceKey::new(&source.code, number);
        let all: BTreeSet<SourceKey> =
            contacts.iter().flat_map(|(contact, company)| [key(contact), key(company)]).collect();
        let all: Vec<SourceKey> = all.into_iter().collect();
        if all.is_empty() {
            return Ok(());
        }
        let mut members = Vec::new();
        for chunk in all.chunks(BATCH) {
            members.extend(accounts::of(&self.app.db, project, chunk).await?.into_values());
        }
        let missing = to_company_wallets(&mut members, project.rules.wallet);
        let missing: BTreeSet<SourceKey> = missing.into_iter().map(|found| found.key).collect();
        for member in members.iter_mut().filter(|member| missing.contains(&member.key)) {
            member.doubts.push(ExceptionCode::CompanyMissing);
        }
        for chunk in members.chunks(BATCH) {
            let mut tx = self.app.db.begin().await?;
            accounts::replace(&mut tx, project, chunk).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// SHA-256 over the accounts of a source in the order of their numbers.
    pub(super) async fn hash(
        &self,
        project: &Project,
        source: &str,
        hold: &super::workbench::Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<String, MergeFault> {
        let mut hash = Sha256::new();
        let mut after = SourceKey::new(source, "");
        let mut done = 0;
        loop {
            let page = accounts::page(&self.app.db, project, &after, PAGE).await?;
            let mine = page.iter().filter(|snapshot| snapshot.key.source == source);
            let mut last = None;
            for snapshot in mine {
                hash.update(text_of(snapshot)?);
                hash.update(b"\n");
                last = Some(snapshot.key.clone());
                done += 1;
            }
            let Some(last) = last else { break };
            after = last;
            hold.renew().await?;
            watch("accounts hashed", done, None);
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn lost() -> MergeFault {
    refused("merge_reader_lost", "the reader of the files stopped unexpectedly", "try again")
}
