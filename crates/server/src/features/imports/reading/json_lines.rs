//! Rows of JSON Lines: one object a line; the columns are those that the mapping names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read};

use csv::StringRecord;
use serde_json::value::RawValue;

use super::super::mapping::Mapping;
use super::delimited::shape;
use super::{BadRow, MAX_ROW_BYTES, Next, ReadError, Row, Rows};

/// Objects, a line each.
pub(super) struct JsonLines {
    file: String,
    reader: BufReader<Box<dyn Read + Send>>,
    columns: Vec<String>,
    line: u64,
    buffer: Vec<u8>,
    /// The array within each object whose elements are the rows.
    each: Option<String>,
    /// Elements of the last object that are still to come.
    waiting: VecDeque<StringRecord>,
    /// Names of objects that no column asks for.
    others: BTreeSet<String>,
}

/// The most names that are remembered of what nobody asks for.
const MAX_OTHERS: usize = 200;

impl JsonLines {
    /// Takes the columns from the mapping, since lines may differ in theirs.
    pub(super) fn open(file: &str, input: Box<dyn Read + Send>, mapping: &Mapping) -> Self {
        let columns: BTreeSet<String> = mapping.columns();
        let columns = columns.into_iter().collect();
        Self {
            file: file.to_owned(),
            reader: BufReader::new(input),
            columns,
            line: 0,
            buffer: Vec::new(),
            each: mapping.each.clone(),
            waiting: VecDeque::new(),
            others: BTreeSet::new(),
        }
    }

    fn read_line(&mut self) -> Result<bool, ReadError> {
        self.buffer.clear();
        let mut limited = self.reader.by_ref().take(MAX_ROW_BYTES + 1);
        let io = |source| ReadError::Io { file: self.file.clone(), source };
        let count = limited.read_until(b'\n', &mut self.buffer).map_err(io)?;
        if count as u64 > MAX_ROW_BYTES {
            let what = format!("line {} is longer than {MAX_ROW_BYTES} bytes", self.line + 1);
            return Err(shape(&self.file, &what, "lines are read whole", "is this JSON Lines?"));
        }
        self.line += 1;
        if self.line == 1 && self.buffer.starts_with("\u{feff}".as_bytes()) {
            self.buffer.drain(..3);
        }
        Ok(count > 0)
    }

    fn take(&mut self, row: &mut Row) -> Option<Next> {
        match self.rows() {
            Ok(rows) => {
                self.waiting.extend(rows);
                let cells = self.waiting.pop_front()?;
                *row = Row { line: self.line, cells };
                Some(Next::Row)
            }
            Err((code, reason)) => {
                let shown =
                    String::from_utf8_lossy(&self.buffer).trim_end().replace('\0', "\u{fffd}");
                Some(Next::Bad(BadRow { line: self.line, code, reason, shown }))
            }
        }
    }

    /// The rows that the object of this line is: itself, or the elements of an array in it.
    fn rows(&mut self) -> Result<Vec<StringRecord>, Bad> {
        let text = std::str::from_utf8(&self.buffer)
            .map_err(|_| ("bad_encoding", "the line is not UTF-8".to_owned()))?;
        let object: Object<'_> = serde_json::from_str(text)
            .map_err(|e| ("bad_json", format!("not a JSON object: {e}")))?;
        for name in object.keys() {
            let asked = self.each.as_ref() == Some(name)
                || self.columns.iter().any(|column| {
                    column
                        .strip_prefix(name.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                });
            if !asked && self.others.len() < MAX_OTHERS {
                self.others.insert(name.clone());
            }
        }
        let Some(each) = &self.each else {
            return Ok(vec![cells(&object, &self.columns)?]);
        };
        let Some(elements) = object.get(each) else { return Ok(Vec::new()) };
        let elements: Vec<&RawValue> = serde_json::from_str(elements.get())
            .map_err(|e| ("bad_json", format!("`{each}` is not an array: {e}")))?;
        let row = |element: &&RawValue| {
            let mut whole = object.clone();
            whole.insert(each.clone(), element);
            cells(&whole, &self.columns)
        };
        elements.iter().map(row).collect()
    }
}

impl Rows for JsonLines {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn others(&self) -> Vec<String> {
        self.others.iter().cloned().collect()
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, ReadError> {
        if let Some(cells) = self.waiting.pop_front() {
            *row = Row { line: self.line, cells };
            return Ok(Next::Row);
        }
        while self.read_line()? {
            if !self.buffer.iter().all(u8::is_ascii_whitespace)
                && let Some(next) = self.take(row)
            {
                return Ok(next);
            }
        }
        Ok(Next::End)
    }
}

type Bad = (&'static str, String);
type Object<'a> = BTreeMap<String, &'a RawValue>;

fn cells(object: &Object<'_>, columns: &[String]) -> Result<StringRecord, Bad> {
    let mut cells = StringRecord::new();
    for column in columns {
        cells.push_field(&found(object, column, column)?);
    }
    Ok(cells)
}

/// The value of a name, or of `a.b` in the object that `a` is.
fn found(object: &Object<'_>, name: &str, column: &str) -> Result<String, Bad> {
    if let Some(value) = object.get(name) {
        return cell(column, value);
    }
    let Some((first, rest)) = name.split_once('.') else { return Ok(String::new()) };
    match object.get(first) {
        Some(inner) if inner.get().starts_with('{') => {
            let inner: Object<'_> = serde_json::from_str(inner.get())
                .map_err(|e| ("bad_json", format!("`{first}` is not an object: {e}")))?;
            found(&inner, rest, column)
        }
        _ => Ok(String::new()),
    }
}

/// The value as text; numbers keep the digits they were written with.
fn cell(column: &str, value: &RawValue) -> Result<String, Bad> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'"') => {
            let text: String =
                serde_json::from_str(raw).map_err(|e| ("bad_json", e.to_string()))?;
            let nul = text.contains('\0');
            if nul { Err(("nul", format!("`{column}` holds the NUL character"))) } else { Ok(text) }
        }
        Some(b'{' | b'[') => Err(("bad_json", format!("`{column}` is not one value"))),
        Some(b'n') => Ok(String::new()),
        _ => Ok(raw.to_owned()),
    }
}
