//! Carries an import out: reads ahead in a thread of its own, enrolls, posts batch by batch, and remembers how far.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lazo_domain::event::Body;
use lazo_domain::ids::{ImportId, ProgramId};
use lazo_store::StoreError;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::draft::{Draft, Output};
use super::finding::{ErrorFile, Finding, Treatment};
use super::mapping::{Mapping, RowKind};
use super::post::{self, Posted};
use super::purchases::{PurchaseFile, ReadingError};
use super::reading::Progress;
use super::store::{self, Counts, ImportRun, RunState};
use crate::App;
use crate::features::tenants::Tenant;

/// Drafts posted between two checkpoints: two of the ledger's own batches.
const BATCH: usize = 512;
/// Outputs on their way from the reader to the poster: enough that neither waits for the other.
const AHEAD: usize = 2 * BATCH;
/// How often a batch whose result is unknown is sent again before the import stops.
const MAX_SENDS: u32 = 5;

/// What an import works on.
#[derive(Clone)]
pub struct Importer {
    /// The installation.
    pub app: App,
    /// Whose members and program.
    pub tenant: Tenant,
    /// The program.
    pub program: ProgramId,
}

/// Why an import stops. What was posted stays, and the same command goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file or the mapping.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// The database.
    #[error("the database stopped the import; give the same command again to go on")]
    Store(#[from] StoreError),
    /// The error file.
    #[error("cannot write {0}")]
    ErrorFile(String, #[source] std::io::Error),
    /// The result of a batch stays unknown.
    #[error("the ledger does not answer; give the same command again to go on")]
    Unknown(#[source] Arc<StoreError>),
    /// The file was imported and undone; its events are taken for ever.
    #[error(
        "import {0} of this file was undone, and its references are taken for ever; hint: give the mapping another `source`"
    )]
    Undone(ImportId),
    /// The reader ended without saying why.
    #[error("the reader of the file stopped unexpectedly")]
    ReaderLost,
}

/// How far an import is, for whoever watches.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// Bytes of the file read, as it lies on disk.
    pub bytes_read: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Purchases and returns done, in this and earlier attempts.
    pub done: u64,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The run, with its counts over all attempts; none for a dry run.
    pub run: Option<ImportRun>,
    /// The counts of this attempt alone.
    pub counts: Counts,
    /// Was there anything to do?
    pub already_done: bool,
    /// The error file, if it was written.
    pub errors: Option<PathBuf>,
}

/// Reads the whole file and posts nothing: what would be listed is listed.
pub fn dry_run(file: &Path, mapping: &Mapping, errors: &Path) -> Result<Report, ImportError> {
    let mut counts = Counts::default();
    let mut list = ErrorFile::create(errors).map_err(|e| bad_error_file(errors, e))?;
    let mut fault = None;
    let mut sink = |output| match output {
        Output::Draft(draft) => {
            count_draft(&mut counts, &draft.body);
            true
        }
        Output::Finding(finding) => {
            count_finding(&mut counts, &finding);
            list.write(&finding).map_err(|e| fault = Some(e)).is_ok()
        }
    };
    let rows = PurchaseFile::open(file, mapping)?.read(&mut sink)?;
    counts.rows = rows;
    if let Some(fault) = fault {
        return Err(bad_error_file(errors, fault));
    }
    let errors = list.finish().map_err(|e| bad_error_file(errors, e))?;
    Ok(Report { run: None, counts, already_done: false, errors: Some(errors) })
}

impl Importer {
    /// Imports purchases. The same file under the same mapping goes on where it stopped; when nothing is left to do
    /// nothing is done. `watch` hears of every batch.
    pub async fn purchases(
        &self,
        file: &Path,
        mapping: Arc<Mapping>,
        errors: &Path,
        watch: &(dyn Fn(&Status) + Sync),
    ) -> Result<Report, ImportError> {
        let run = store::begin(&self.app.db, &self.new_run(file, &mapping).await?).await?;
        if matches!(run.state, RunState::Undone | RunState::Undoing) {
            return Err(ImportError::Undone(run.id));
        }
        let again = store::refused_places(&self.app.db, run.id).await?;
        if run.state == RunState::Finished && again.is_empty() {
            return Ok(Report {
                run: Some(run),
                counts: Counts::default(),
                already_done: true,
                errors: None,
            });
        }
        let (outputs, progress, reader) = read_ahead(file, &mapping)?;
        let list = ErrorFile::create(errors).map_err(|e| bad_error_file(errors, e))?;
        let mut work = Work {
            importer: self,
            mapping: &mapping,
            run,
            again,
            list,
            this: Counts::default(),
            place: 0,
        };
        let posted = work.all(outputs, &progress, watch).await;
        let read = reader.await.map_err(|_| ImportError::ReaderLost)?;
        posted?;
        let rows = read?;
        work.finish(rows).await
    }

    pub(super) async fn new_run(
        &self,
        file: &Path,
        mapping: &Mapping,
    ) -> Result<ImportRun, ImportError> {
        let path = file.to_owned();
        let hash = tokio::task::spawn_blocking(move || hash(&path))
            .await
            .map_err(|_| ImportError::ReaderLost)?;
        let name = file.file_name().unwrap_or(file.as_os_str());
        let kind = if mapping.kind == RowKind::Purchases { "purchases" } else { "members" };
        Ok(ImportRun {
            id: ImportId(self.app.ids.next()),
            tenant: self.tenant.id,
            program: self.program,
            kind: kind.to_owned(),
            source: mapping.source.clone(),
            file_name: name.to_string_lossy().into_owned(),
            file_hash: hash?,
            mapping_hash: mapping.hash().to_owned(),
            state: RunState::Running,
            checkpoint: 0,
            counts: Counts::default(),
            started_at: self.app.clock.now(),
            finished_at: None,
        })
    }
}

/// An import under way.
struct Work<'a> {
    importer: &'a Importer,
    mapping: &'a Mapping,
    run: ImportRun,
    /// Places refused by earlier attempts, to be tried again.
    again: BTreeSet<u64>,
    list: ErrorFile,
    this: Counts,
    place: u64,
}

impl Work<'_> {
    async fn all(
        &mut self,
        mut outputs: mpsc::Receiver<Output>,
        progress: &Progress,
        watch: &(dyn Fn(&Status) + Sync),
    ) -> Result<(), ImportError> {
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(output) = outputs.recv().await {
            match output {
                Output::Finding(finding) => self.list(&finding)?,
                Output::Draft(draft) => {
                    let place = self.place;
                    self.place += 1;
                    if place >= self.run.checkpoint || self.again.contains(&place) {
                        batch.push((place, *draft));
                    }
                }
            }
            if batch.len() == BATCH {
                self.post(std::mem::take(&mut batch)).await?;
                watch(&self.status(progress));
            }
        }
        self.post(batch).await?;
        watch(&self.status(progress));
        Ok(())
    }

    fn status(&self, progress: &Progress) -> Status {
        Status { bytes_read: progress.read(), bytes: progress.size(), done: self.place }
    }

    async fn post(&mut self, batch: Vec<(u64, Draft)>) -> Result<(), ImportError> {
        let Some(last) = batch.last().map(|(place, _)| *place) else { return Ok(()) };
        let Posted { counts, unnoted, refused } = self.send(&batch).await?;
        let settled: BTreeSet<u64> = batch
            .iter()
            .map(|(place, _)| *place)
            .filter(|p| self.again.contains(p) && !refused.contains_key(p))
            .collect();
        for finding in refused.values() {
            self.list(finding)?;
        }
        add(&mut self.this, &counts);
        add(&mut self.run.counts, &counts);
        add(&mut self.run.counts, &unnoted);
        self.run.checkpoint = self.run.checkpoint.max(last + 1);
        store::advance(&self.importer.app.db, &self.run, &refused, &settled).await?;
        Ok(())
    }

    /// A batch whose result is unknown is sent again: what was done then is answered as it was.
    async fn send(&self, batch: &[(u64, Draft)]) -> Result<Posted, ImportError> {
        let mut sends = 1;
        loop {
            match post::post(self.importer, self.mapping, &self.run, batch).await {
                Err(ImportError::Unknown(error)) if sends < MAX_SENDS => {
                    tracing::warn!(%error, sends, "a batch of an import has no answer; sending it again");
                    tokio::time::sleep(Duration::from_millis(100 << sends)).await;
                    sends += 1;
                }
                done => return done,
            }
        }
    }

    fn list(&mut self, finding: &Finding) -> Result<(), ImportError> {
        count_finding(&mut self.this, finding);
        self.list.write(finding).map_err(|e| ImportError::ErrorFile("the error file".to_owned(), e))
    }

    async fn finish(mut self, rows: u64) -> Result<Report, ImportError> {
        self.this.rows = rows;
        self.run.counts.rows = rows;
        // Findings are the same each time the file is read, so they are replaced and not added up.
        self.run.counts.findings.clone_from(&self.this.findings);
        self.run.state = RunState::Finished;
        self.run.finished_at = Some(self.importer.app.clock.now());
        store::advance(&self.importer.app.db, &self.run, &BTreeMap::new(), &BTreeSet::new())
            .await?;
        let errors = self
            .list
            .finish()
            .map_err(|e| ImportError::ErrorFile("the error file".to_owned(), e))?;
        Ok(Report {
            run: Some(self.run),
            counts: self.this,
            already_done: false,
            errors: Some(errors),
        })
    }
}

type Reader = tokio::task::JoinHandle<Result<u64, ReadingError>>;

/// Reads in a thread of its own, ahead of the posting.
fn read_ahead(
    file: &Path,
    mapping: &Arc<Mapping>,
) -> Result<(mpsc::Receiver<Output>, Progress, Reader), ImportError> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (path, thread_mapping) = (file.to_owned(), Arc::clone(mapping));
    // Opened here too, so that a file that cannot be read is told before anything is begun.
    let progress = PurchaseFile::open(file, mapping)?.progress;
    let shared = progress.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let file = PurchaseFile::open_with(&path, &thread_mapping, shared)?;
        file.read(&mut |output| sender.blocking_send(output).is_ok())
    });
    Ok((receiver, progress, reader))
}

fn hash(path: &Path) -> Result<String, ImportError> {
    use std::fmt::Write as _;
    let name = path.display().to_string();
    let io = |source| {
        ImportError::Reading(ReadingError::Read(super::reading::ReadError::Io {
            file: name.clone(),
            source,
        }))
    };
    let mut file = std::fs::File::open(path).map_err(io)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 128 * 1024];
    loop {
        match file.read(&mut chunk).map_err(io)? {
            0 => break,
            count => hash.update(&chunk[..count]),
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

pub(super) fn count_draft(counts: &mut Counts, body: &Body) {
    match body {
        Body::Return(_) => counts.returns += 1,
        _ => counts.purchases += 1,
    }
}

pub(super) fn count_finding(counts: &mut Counts, finding: &Finding) {
    let treatment = if finding.treatment == Treatment::Kept { " (kept)" } else { "" };
    *counts.findings.entry(format!("{}{treatment}", finding.code)).or_default() += 1;
}

fn add(sum: &mut Counts, more: &Counts) {
    sum.purchases += more.purchases;
    sum.returns += more.returns;
    sum.enrolled += more.enrolled;
    sum.known += more.known;
    sum.replayed += more.replayed;
    sum.reversed += more.reversed;
    for (point_type, points) in &more.points {
        let slot = sum.points.entry(point_type.clone()).or_default();
        *slot = slot.saturating_add(*points);
    }
}

pub(super) fn bad_error_file(path: &Path, error: std::io::Error) -> ImportError {
    ImportError::ErrorFile(path.display().to_string(), error)
}
