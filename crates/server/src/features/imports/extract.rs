//! Files of a program to be merged, row by row under a mapping, for whoever makes something else of them than imports do.

use std::collections::BTreeMap;
use std::path::Path;

use lazo_domain::time::Timestamp;

use super::finding::{Finding, Treatment};
use super::line::Reader;
use super::mapping::{Mapping, RowKind};
use super::purchases::{ReadingError, unreadable};
use super::reading::{self, Next, Row};

pub use super::reading::Progress;

/// Why a field of a row cannot be used: its name, a code, and why.
pub type Bad = (&'static str, &'static str, String);

/// Takes the columns and the cells of a row.
pub type EachRaw<'a> = dyn FnMut(&[String], &mut dyn Iterator<Item = &str>) + 'a;

/// One row, its fields reached by name.
pub struct Fields<'a> {
    reader: &'a Reader<'a>,
    mapping: &'a Mapping,
    row: &'a Row,
}

/// What a file came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFile {
    /// How many rows there were.
    pub rows: u64,
    /// What the rows have that the mapping neither uses nor leaves out knowingly.
    pub unexplained: Vec<String>,
}

/// The columns of a file.
pub fn columns(file: &Path, mapping: &Mapping) -> Result<Vec<String>, ReadingError> {
    Ok(reading::open(file, mapping, &Progress::of(file)?)?.columns().to_vec())
}

/// Refuses columns among which one is missing that the mapping uses.
pub fn understood(mapping: &Mapping, columns: &[String]) -> Result<(), ReadingError> {
    Reader::new(mapping, columns).map(|_| ()).map_err(ReadingError::from)
}

/// Reads raw cells of a file without understanding them. Answers how many rows there were.
pub fn raw(file: &Path, mapping: &Mapping, each: &mut EachRaw<'_>) -> Result<u64, ReadingError> {
    let mut rows = reading::open(file, mapping, &Progress::of(file)?)?;
    let columns = rows.columns().to_vec();
    let (mut count, mut row) = (0, Row::default());
    loop {
        match rows.next(&mut row)? {
            Next::End => return Ok(count),
            Next::Bad(_) => {}
            Next::Row => each(&columns, &mut row.cells.iter()),
        }
        count += 1;
    }
}

/// Reads a whole file: each row is handed to `each`, which answers what it found wrong with it.
pub fn read(
    file: &Path,
    mapping: &Mapping,
    progress: &Progress,
    each: &mut dyn FnMut(&Fields<'_>) -> Result<(), Bad>,
    bad: &mut dyn FnMut(Finding),
) -> Result<ReadFile, ReadingError> {
    let mut rows = reading::open(file, mapping, progress)?;
    let columns = rows.columns().to_vec();
    let reader = Reader::new(mapping, &columns)?;
    let (mut count, mut row) = (0, Row::default());
    loop {
        match rows.next(&mut row)? {
            Next::End => break,
            Next::Bad(found) => bad(unreadable(found)),
            Next::Row => {
                let fields = Fields { reader: &reader, mapping, row: &row };
                if let Err((field, code, reason)) = each(&fields) {
                    bad(reader.finding(&row, field, code, Treatment::LeftOut, reason));
                }
            }
        }
        count += 1;
    }
    let mut unexplained = mapping.unexplained(&columns);
    let known = |other: &String| mapping.extract.ignored.contains_key(other);
    unexplained.extend(rows.others().into_iter().filter(|other| !known(other)));
    Ok(ReadFile { rows: count, unexplained })
}

impl Fields<'_> {
    /// What the rows are.
    #[must_use]
    pub fn kind(&self) -> RowKind {
        self.mapping.kind
    }

    /// A field's text; empty where it is not mapped.
    pub fn text(&self, name: &'static str) -> Result<String, Bad> {
        self.reader.text(name, &self.row.cells).map(std::borrow::Cow::into_owned)
    }

    /// A field's text, which must not be empty.
    pub fn needed(&self, name: &'static str) -> Result<String, Bad> {
        self.reader.needed(name, &self.row.cells)
    }

    /// A field's instant; none where it is empty.
    pub fn time(&self, name: &'static str) -> Result<Option<Timestamp>, Bad> {
        self.reader.time(name, &self.row.cells)
    }

    /// A field's instant, which must be there.
    pub fn needed_time(&self, name: &'static str) -> Result<Timestamp, Bad> {
        self.time(name)?.ok_or_else(|| (name, "missing", format!("there is no {name}")))
    }

    /// A field's whole number; none where it is empty.
    pub fn whole(&self, name: &'static str) -> Result<Option<i64>, Bad> {
        self.reader.whole(name, &self.row.cells)
    }

    /// A field's amount of money in minor units; none where it is empty.
    pub fn minor(&self, name: &'static str) -> Result<Option<i64>, Bad> {
        self.reader.minor(name, &self.row.cells)
    }

    /// A field's yes or no; no where it is empty.
    pub fn flag(&self, name: &'static str) -> Result<bool, Bad> {
        let text = self.text(name)?;
        match text.to_lowercase().as_str() {
            "" | "false" | "0" | "no" | "n" => Ok(false),
            "true" | "1" | "yes" | "y" | "si" | "sí" | "s" => Ok(true),
            _ => Err((name, "bad_flag", format!("`{text}` is neither yes nor no"))),
        }
    }

    /// Balances that the source states, by point type.
    pub fn balances(&self) -> Result<BTreeMap<String, i64>, Bad> {
        self.reader.balances(&self.row.cells)
    }

    /// Parts of the person, those that are not empty.
    pub fn person(&self) -> Result<BTreeMap<String, String>, Bad> {
        self.reader.group("person", &self.mapping.extract.person, &self.row.cells)
    }

    /// Further numbers by scheme, those that are not empty.
    pub fn tokens(&self) -> Result<BTreeMap<String, String>, Bad> {
        self.reader.group("tokens", &self.mapping.extract.tokens, &self.row.cells)
    }
}
