//! Reads a whole file of purchases: rows to lines, lines to groups, groups to drafts, the same way each time.

use std::path::Path;

use super::cancel::Matcher;
use super::draft::{Output, Sink};
use super::finding::{Finding, Treatment};
use super::group::{Closer, Group};
use super::line::{Outcome, Reader};
use super::mapping::{Mapping, MappingError, Times};
use super::reading::{self, BadRow, Next, Progress, ReadError, Row, Rows};
use super::spool::{Seen, Spool, SpoolError, Spooled};

/// Why reading a file ends early.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The mapping does not fit the file.
    #[error("{0}")]
    Mapping(#[from] MappingError),
    /// The scratch space failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// A file opened with its mapping.
pub struct PurchaseFile<'m> {
    mapping: &'m Mapping,
    rows: Box<dyn Rows>,
    /// How far it has been read.
    pub progress: Progress,
}

impl<'m> PurchaseFile<'m> {
    /// Opens the file and matches the mapping with its columns.
    pub fn open(path: &Path, mapping: &'m Mapping) -> Result<Self, ReadingError> {
        Self::open_with(path, mapping, Progress::of(path)?)
    }

    /// The same, telling a progress that is watched already.
    pub(super) fn open_with(
        path: &Path,
        mapping: &'m Mapping,
        progress: Progress,
    ) -> Result<Self, ReadingError> {
        let rows = reading::open(path, mapping, &progress)?;
        Reader::new(mapping, rows.columns())?;
        Ok(Self { mapping, rows, progress })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.rows.columns().to_vec()
    }

    /// Reads to the end, or until the sink wants no more. Answers how many rows there were.
    pub fn read(mut self, sink: &mut dyn Sink) -> Result<u64, ReadingError> {
        let columns = self.columns();
        let reader = Reader::new(self.mapping, &columns)?;
        let matcher = self.mapping.cancellations.as_ref().map(|_| Matcher::new()).transpose()?;
        let mut closer = Closer { mapping: self.mapping, reader: &reader, matcher };
        if self.mapping.contiguous {
            self.contiguous(&reader, &mut closer, sink)
        } else {
            self.spooled(&reader, &mut closer, sink)
        }
    }

    /// Groups end where the key changes; no scratch space is needed.
    fn contiguous(
        &mut self,
        reader: &Reader<'_>,
        closer: &mut Closer<'_>,
        sink: &mut dyn Sink,
    ) -> Result<u64, ReadingError> {
        let (mut count, mut group, mut key) = (0, Group::default(), String::new());
        let (mut seen, mut last_at) = (Seen::default(), None);
        let mut row = Row::default();
        loop {
            let next = self.rows.next(&mut row)?;
            count += u64::from(!matches!(next, Next::End));
            let outcome = match next {
                Next::End => break,
                Next::Bad(bad) => {
                    sink.take(Output::Finding(Box::new(unreadable(bad))));
                    continue;
                }
                Next::Row => reader.read(&row),
            };
            let (row_key, at) = match &outcome {
                Outcome::Line(line) => (line.purchase.as_str(), Some(line.at)),
                Outcome::Bad(_, Some(row_key)) => (row_key.as_str(), None),
                Outcome::Bad(finding, None) => {
                    sink.take(Output::Finding(Box::new(finding.clone())));
                    continue;
                }
            };
            if row_key != key {
                if !group.is_empty() && !closer.close(std::mem::take(&mut group), sink)? {
                    return Ok(count);
                }
                row_key.clone_into(&mut key);
                if !seen.add(&key)? {
                    return Err(self
                        .scattered(&row, &format!("purchase `{key}` goes on here after others")));
                }
                if last_at > at && at.is_some() {
                    return Err(self.scattered(
                        &row,
                        &format!("purchase `{key}` is earlier than the one before"),
                    ));
                }
                last_at = at.or(last_at);
            }
            group.add(row.clone(), outcome);
        }
        if !group.is_empty() {
            closer.close(group, sink)?;
        }
        Ok(count)
    }

    /// Groups are gathered on disk first.
    fn spooled(
        &mut self,
        reader: &Reader<'_>,
        closer: &mut Closer<'_>,
        sink: &mut dyn Sink,
    ) -> Result<u64, ReadingError> {
        let mut spool = Spool::new()?;
        let mut count = 0;
        let mut row = Row::default();
        loop {
            let next = self.rows.next(&mut row)?;
            count += u64::from(!matches!(next, Next::End));
            let wanted = match next {
                Next::End => break,
                Next::Bad(bad) => sink.take(Output::Finding(Box::new(unreadable(bad)))),
                Next::Row => match reader.read(&row) {
                    Outcome::Line(line) => {
                        spool.add(&Spooled {
                            key: &line.purchase,
                            at: Some(line.at.0),
                            row: &row,
                        })?;
                        true
                    }
                    Outcome::Bad(_, Some(key)) => {
                        spool.add(&Spooled { key: &key, at: None, row: &row })?;
                        true
                    }
                    Outcome::Bad(finding, None) => sink.take(Output::Finding(Box::new(finding))),
                },
            };
            if !wanted {
                return Ok(count);
            }
        }
        let (mut group, mut last) = (Group::default(), String::new());
        spool.drain(self.mapping.times == Times::Latest, |key, row| {
            if key != last {
                key.clone_into(&mut last);
                let full = std::mem::take(&mut group);
                if !full.is_empty() && !closer.close(full, sink)? {
                    return Ok(false);
                }
            }
            let outcome = reader.read(&row);
            group.add(row, outcome);
            Ok(true)
        })?;
        if !group.is_empty() {
            closer.close(group, sink)?;
        }
        Ok(count)
    }

    fn scattered(&self, row: &Row, what: &str) -> ReadingError {
        let why =
            "the mapping promises rows that stand together in order of time (contiguous = true)";
        let what = format!("line {} of the data: {what}", row.line);
        ReadingError::Mapping(self.mapping.error(
            1,
            what,
            why,
            "set contiguous = false under [file]".to_owned(),
        ))
    }
}

pub(super) fn unreadable(bad: BadRow) -> Finding {
    Finding {
        line: bad.line,
        field: String::new(),
        code: bad.code.to_owned(),
        treatment: Treatment::LeftOut,
        reason: bad.reason,
        row: bad.shown,
    }
}
