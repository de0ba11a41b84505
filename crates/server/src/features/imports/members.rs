//! Imports of members: each row a person, enrolled with identifiers, attributes and the day of enrollment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use lazo_domain::time::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;

use super::finding::{ErrorFile, Finding, Treatment};
use super::line::Reader;
use super::mapping::Mapping;
use super::purchases::{ReadingError, unreadable};
use super::reading::{self, Next, Progress, Row};
use super::run::{ImportError, Importer, Report, Status, bad_error_file, count_finding};
use super::store::{self, Counts, RunState};
use crate::features::members::{self, Enrolled, MemberKind, Person};
use crate::features::tenants::{AttributeSchema, AttributeType, Attributes};

/// Members enrolled in one transaction.
const BATCH: usize = 512;
/// Fields that are identifiers of their own.
const IDENTIFIERS: [&str; 3] = ["email", "phone", "card"];

/// What a row of members is.
enum Found {
    Person(Box<(Row, Person)>),
    Finding(Box<Finding>),
}

/// Reads a whole file of members and enrolls nobody.
pub fn dry_run_members(
    file: &Path,
    mapping: &Mapping,
    schema: &AttributeSchema,
    errors: &Path,
    now: Timestamp,
) -> Result<Report, ImportError> {
    let mut list = ErrorFile::create(errors).map_err(|e| bad_error_file(errors, e))?;
    let mut counts = Counts::default();
    let mut fault = None;
    let source = People { mapping, schema, now };
    counts.rows = source.read(
        file,
        Progress::of(file).map_err(ReadingError::from)?,
        &mut |found| match found {
            Found::Person(_) => true,
            Found::Finding(finding) => {
                count_finding(&mut counts, &finding);
                list.write(&finding).map_err(|e| fault = Some(e)).is_ok()
            }
        },
    )?;
    if let Some(fault) = fault {
        return Err(bad_error_file(errors, fault));
    }
    let errors = list.finish().map_err(|e| bad_error_file(errors, e))?;
    Ok(Report { run: None, counts, already_done: false, errors: Some(errors) })
}

impl Importer {
    /// Enrolls members. The same file under the same mapping goes on where it stopped.
    pub async fn members(
        &self,
        file: &Path,
        mapping: Arc<Mapping>,
        errors: &Path,
        watch: &(dyn Fn(&Status) + Sync),
    ) -> Result<Report, ImportError> {
        let mut run = store::begin(&self.app.db, &self.new_run(file, &mapping).await?).await?;
        if run.state == RunState::Finished {
            return Ok(Report {
                run: Some(run),
                counts: Counts::default(),
                already_done: true,
                errors: None,
            });
        }
        let progress = Progress::of(file).map_err(ReadingError::from)?;
        let (sender, mut receiver) = mpsc::channel(2 * BATCH);
        let (path, shared, now) =
            (file.to_owned(), progress.clone(), self.tenant.now(self.app.clock.now()));
        let (thread_mapping, schema) =
            (Arc::clone(&mapping), self.tenant.config.member_attributes.clone());
        let reader = tokio::task::spawn_blocking(move || {
            let people = People { mapping: &thread_mapping, schema: &schema, now };
            people.read(&path, shared, &mut |found| sender.blocking_send(found).is_ok())
        });
        let mut list = ErrorFile::create(errors).map_err(|e| bad_error_file(errors, e))?;
        let (mut counts, mut place, mut batch) = (Counts::default(), 0, Vec::with_capacity(BATCH));
        loop {
            let found = receiver.recv().await;
            let ended = found.is_none();
            match found {
                Some(Found::Finding(finding)) => note(&mut list, &mut counts, &finding, errors)?,
                Some(Found::Person(person)) => {
                    place += 1;
                    // What was enrolled before would only be found again.
                    if place > run.checkpoint {
                        batch.push(*person);
                    }
                }
                None => {}
            }
            if batch.len() == BATCH || (ended && !batch.is_empty()) {
                let people: Vec<(Row, Person)> = std::mem::take(&mut batch);
                let enrolled = self.enroll(&mapping, &people).await?;
                counts.enrolled += enrolled.enrolled;
                counts.known += enrolled.known;
                run.counts.enrolled += enrolled.enrolled;
                run.counts.known += enrolled.known;
                for finding in findings(&enrolled, &people) {
                    note(&mut list, &mut counts, &finding, errors)?;
                }
                run.checkpoint = place;
                store::advance(&self.app.db, &run, &BTreeMap::new(), &BTreeSet::new()).await?;
                watch(&Status { bytes_read: progress.read(), bytes: progress.size(), done: place });
            }
            if ended {
                break;
            }
        }
        counts.rows = reader.await.map_err(|_| ImportError::ReaderLost)??;
        run.counts.rows = counts.rows;
        run.counts.findings.clone_from(&counts.findings);
        run.state = RunState::Finished;
        run.finished_at = Some(self.app.clock.now());
        store::advance(&self.app.db, &run, &BTreeMap::new(), &BTreeSet::new()).await?;
        let errors = list.finish().map_err(|e| bad_error_file(errors, e))?;
        Ok(Report { run: Some(run), counts, already_done: false, errors: Some(errors) })
    }

    async fn enroll(
        &self,
        mapping: &Mapping,
        people: &[(Row, Person)],
    ) -> Result<Enrolled, ImportError> {
        let people: Vec<Person> = people.iter().map(|(_, person)| person.clone()).collect();
        let (app, scheme) = (&self.app, mapping.identifier.as_str());
        let now = self.tenant.now(app.clock.now());
        Ok(members::enroll_all(&app.db, &app.ids, &self.tenant, self.program, scheme, &people, now)
            .await?)
    }
}

fn note(
    list: &mut ErrorFile,
    counts: &mut Counts,
    finding: &Finding,
    path: &Path,
) -> Result<(), ImportError> {
    count_finding(counts, finding);
    list.write(finding).map_err(|e| bad_error_file(path, e))
}

fn findings(enrolled: &Enrolled, people: &[(Row, Person)]) -> Vec<Finding> {
    let refused = enrolled
        .refused
        .iter()
        .map(|(place, (code, reason))| (*place, *code, Treatment::LeftOut, reason.clone()));
    let without = enrolled.without.iter().map(|(place, schemes)| {
        (
            *place,
            "identifier_taken",
            Treatment::Kept,
            format!("enrolled without {schemes}, which another member has"),
        )
    });
    let listed = refused.chain(without).filter_map(|(place, code, treatment, reason)| {
        let (row, _) = people.get(place)?;
        let cells: Vec<&str> = row.cells.iter().collect();
        let shown = serde_json::to_string(&cells).unwrap_or_default();
        Some(Finding {
            line: row.line,
            field: String::new(),
            code: code.to_owned(),
            treatment,
            reason,
            row: shown,
        })
    });
    listed.collect()
}

/// Rows on their way to becoming persons.
struct People<'a> {
    mapping: &'a Mapping,
    schema: &'a AttributeSchema,
    now: Timestamp,
}

type Bad = (&'static str, &'static str, String);

impl People<'_> {
    fn read(
        &self,
        file: &Path,
        progress: Progress,
        each: &mut dyn FnMut(Found) -> bool,
    ) -> Result<u64, ReadingError> {
        let mut rows = reading::open(file, self.mapping, &progress)?;
        let columns = rows.columns().to_vec();
        let reader = Reader::new(self.mapping, &columns)?;
        let (mut count, mut row) = (0, Row::default());
        loop {
            let found = match rows.next(&mut row)? {
                Next::End => return Ok(count),
                Next::Bad(bad) => Found::Finding(Box::new(unreadable(bad))),
                Next::Row => match self.person(&reader, &row) {
                    Ok(person) => Found::Person(Box::new((row.clone(), person))),
                    Err((field, code, reason)) => Found::Finding(Box::new(reader.finding(
                        &row,
                        field,
                        code,
                        Treatment::LeftOut,
                        reason,
                    ))),
                },
            };
            count += 1;
            if !each(found) {
                return Ok(count);
            }
        }
    }

    fn person(&self, reader: &Reader<'_>, row: &Row) -> Result<Person, Bad> {
        let text = |name| reader.text(name, &row.cells).map(std::borrow::Cow::into_owned);
        let identifier = text("member")?;
        if identifier.is_empty() {
            return Err(("member", "no_member", "there is no member".to_owned()));
        }
        let mut more = Vec::new();
        for scheme in IDENTIFIERS {
            let value = text(scheme)?;
            if !value.is_empty() {
                more.push((scheme.to_owned(), value));
            }
        }
        let kind = text("kind")?;
        let kind =
            if kind.is_empty() { Some(MemberKind::Person) } else { MemberKind::named(&kind) };
        let language = text("language")?;
        let locale = if language.is_empty() { None } else { Some(language.parse()) };
        Ok(Person {
            identifier,
            more,
            kind: kind.ok_or((
                "kind",
                "bad_kind",
                "a member is a person or a company".to_owned(),
            ))?,
            locale: locale.transpose().map_err(|why: String| ("language", "bad_language", why))?,
            attributes: self.attributes(reader, row)?,
            enrolled_at: reader.time("enrolled_at", &row.cells)?.unwrap_or(self.now),
        })
    }

    /// Attributes as the tenant's schema has them; what does not fit it is told when the member is enrolled.
    fn attributes(&self, reader: &Reader<'_>, row: &Row) -> Result<Attributes, Bad> {
        let texts = reader.attributes(&row.cells)?;
        let typed = texts.into_iter().map(|(name, text)| {
            let value = match self.schema.0.get(&name).map(|rule| rule.kind) {
                Some(AttributeType::Integer) => {
                    text.parse::<i64>().map_or(Value::String(text), Value::from)
                }
                Some(AttributeType::Flag) => flag(&text).map_or(Value::String(text), Value::Bool),
                _ => Value::String(text),
            };
            (name, value)
        });
        Ok(typed.collect())
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "si" | "sí" | "s" => Some(true),
        "false" | "0" | "no" | "n" => Some(false),
        _ => None,
    }
}
