//! Rows of CSV and TSV.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::super::mapping::MappingError;
use super::{BadRow, MAX_COLUMNS, MAX_ROW_BYTES, Next, ReadError, Row, Rows};

/// What is looked at to find the delimiter.
const SNIFFED: usize = 64 * 1024;
/// What may separate columns when nobody says.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table with a header.
pub(super) struct Delimited {
    file: String,
    reader: Reader<Limited>,
    columns: Vec<String>,
    bytes: ByteRecord,
    start: Arc<AtomicU64>,
}

impl Delimited {
    /// Reads the header; finds the delimiter in it unless one is given.
    pub(super) fn open(
        file: &str,
        mut input: Box<dyn Read + Send>,
        delimiter: Option<u8>,
    ) -> Result<Self, ReadError> {
        let io = |source| ReadError::Io { file: file.to_owned(), source };
        let mut head = Vec::new();
        input.by_ref().take(SNIFFED as u64).read_to_end(&mut head).map_err(io)?;
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            let hint = "save it as UTF-8, or with one byte a letter";
            return Err(shape(
                file,
                "the file is UTF-16",
                "only UTF-8, latin-1 and windows-1252 are read",
                hint,
            ));
        }
        let delimiter = delimiter.unwrap_or_else(|| sniff(&head));
        let start = Arc::new(AtomicU64::new(0));
        let input = Limited {
            inner: Box::new(Cursor::new(head).chain(input)),
            passed: 0,
            start: start.clone(),
        };
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
        let columns: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
            Err(error) => return Err(fault(file, 1, error)),
        };
        check_header(file, &columns)?;
        Ok(Self { file: file.to_owned(), reader, columns, bytes: ByteRecord::new(), start })
    }

    /// Takes the row as text, or says why it is none.
    fn take(&mut self, line: u64, row: &mut Row) -> Next {
        let bad = |code, reason: String, bytes: &ByteRecord| {
            Next::Bad(BadRow { line, code, reason, shown: shown(bytes) })
        };
        if self.bytes.len() != self.columns.len() {
            let reason = format!("{} cells under {} columns", self.bytes.len(), self.columns.len());
            return bad("cell_count", reason, &self.bytes);
        }
        if self.bytes.as_slice().contains(&0) {
            return bad("nul", "a cell holds the NUL character".to_owned(), &self.bytes);
        }
        match StringRecord::from_byte_record(std::mem::take(&mut self.bytes)) {
            Ok(cells) => {
                row.line = line;
                self.bytes = std::mem::replace(&mut row.cells, cells).into_byte_record();
                Next::Row
            }
            Err(error) => {
                let reason =
                    "the row is not UTF-8 (declare encoding = \"latin-1\" if all rows are so)"
                        .to_owned();
                let bytes = error.into_byte_record();
                let bad = bad("bad_encoding", reason, &bytes);
                self.bytes = bytes;
                bad
            }
        }
    }
}

impl Rows for Delimited {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, ReadError> {
        self.start.store(self.reader.position().byte(), Ordering::Relaxed);
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.bytes) {
            Ok(false) => Ok(Next::End),
            Ok(true) => {
                // The position before a row may be that of the blank lines above it; the record knows its own.
                let line = self.bytes.position().map_or(line, csv::Position::line);
                Ok(self.take(line, row))
            }
            Err(error) => Err(fault(&self.file, line, error)),
        }
    }
}

/// The delimiter that cuts the first line most often, outside quotes.
fn sniff(head: &[u8]) -> u8 {
    let line = head.split(|b| *b == b'\n').next().unwrap_or(head);
    let count = |sign: u8| {
        let mut quoted = false;
        let outside = |b: &&u8| {
            quoted ^= **b == b'"';
            **b == sign && !quoted
        };
        line.iter().filter(outside).count()
    };
    // `max_by_key` gives the last of equals; the comma comes first among the candidates.
    CANDIDATES.into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

pub(super) fn check_header(file: &str, columns: &[String]) -> Result<(), ReadError> {
    if columns.is_empty() || columns.len() > MAX_COLUMNS {
        let what = format!("the header has {} columns", columns.len());
        return Err(shape(
            file,
            &what,
            "a table has 1 to 1,000",
            "is this the right file, and its delimiter?",
        ));
    }
    let twice = columns.iter().enumerate().find(|(i, name)| columns[..*i].contains(name));
    match twice {
        Some((_, name)) => {
            let what = format!("the column `{name}` is there twice");
            Err(shape(
                file,
                &what,
                "nobody could tell which is meant",
                "rename one of them in the file",
            ))
        }
        None => Ok(()),
    }
}

pub(super) fn shape(file: &str, what: &str, why: &str, hint: &str) -> ReadError {
    let (what, why, hint) = (what.to_owned(), why.to_owned(), hint.to_owned());
    ReadError::Shape(MappingError { file: file.to_owned(), line: 1, what, why, hint })
}

fn fault(file: &str, line: u64, error: csv::Error) -> ReadError {
    match error.into_kind() {
        csv::ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::FileTooLarge => {
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            ReadError::Shape(MappingError {
                file: file.to_owned(),
                line,
                what: format!("a row longer than {MAX_ROW_BYTES} bytes begins here"),
                why: "rows are read whole".to_owned(),
                hint: "look for a quote that is not closed".to_owned(),
            })
        }
        csv::ErrorKind::Io(source) => ReadError::Io { file: file.to_owned(), source },
        csv::ErrorKind::Utf8 { .. } => shape(
            file,
            "the header is not UTF-8",
            "its names cannot be read",
            "declare encoding = \"latin-1\"",
        ),
        other => shape(
            file,
            &format!("the table cannot be read ({other:?})"),
            "its rows are broken",
            "repair it",
        ),
    }
}

fn shown(bytes: &ByteRecord) -> String {
    let cells: Vec<_> =
        bytes.iter().map(|cell| String::from_utf8_lossy(cell).replace('\0', "\u{fffd}")).collect();
    serde_json::to_string(&cells).unwrap_or_default()
}

/// Stops when a row grows past the limit: the reader says where the row began, this counts what it took since.
struct Limited {
    inner: Box<dyn Read + Send>,
    passed: u64,
    start: Arc<AtomicU64>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.passed.saturating_sub(self.start.load(Ordering::Relaxed)) > MAX_ROW_BYTES {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let count = self.inner.read(buffer)?;
        self.passed += count as u64;
        Ok(count)
    }
}
