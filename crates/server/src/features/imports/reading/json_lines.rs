//! Rows of JSON Lines: one object a line; the columns are those that the mapping names.

use std::collections::{BTreeMap, BTreeSet};
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
}

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

    fn take(&self, row: &mut Row) -> Next {
        match cells(&self.buffer, &self.columns) {
            Ok(cells) => {
                *row = Row { line: self.line, cells };
                Next::Row
            }
            Err((code, reason)) => {
                let shown =
                    String::from_utf8_lossy(&self.buffer).trim_end().replace('\0', "\u{fffd}");
                Next::Bad(BadRow { line: self.line, code, reason, shown })
            }
        }
    }
}

impl Rows for JsonLines {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, ReadError> {
        while self.read_line()? {
            if !self.buffer.iter().all(u8::is_ascii_whitespace) {
                return Ok(self.take(row));
            }
        }
        Ok(Next::End)
    }
}

type Bad = (&'static str, String);

fn cells(line: &[u8], columns: &[String]) -> Result<StringRecord, Bad> {
    let text = std::str::from_utf8(line)
        .map_err(|_| ("bad_encoding", "the line is not UTF-8".to_owned()))?;
    let object: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|e| ("bad_json", format!("not a JSON object: {e}")))?;
    let mut cells = StringRecord::new();
    for column in columns {
        cells.push_field(
            &object.get(column).map_or(Ok(String::new()), |value| cell(column, value))?,
        );
    }
    Ok(cells)
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
