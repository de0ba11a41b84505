//! Files as a stream of rows: CSV, TSV, JSON Lines, Parquet and Excel, compressed or not, in bounded memory.

mod bytes;
mod delimited;
#[cfg(feature = "excel")]
mod excel;
mod json;
mod json_lines;
#[cfg(feature = "parquet")]
mod parquet;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::StringRecord;

use super::mapping::{Encoding, Format, Mapping, MappingError};

/// The longest row; beyond it stands an unclosed quote or no table at all.
pub const MAX_ROW_BYTES: u64 = 1 << 20;
/// The most columns a table may have.
pub const MAX_COLUMNS: usize = 1_000;

/// A row with its place.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The first line of the file it stands on, from 1; for Parquet the row's number.
    pub line: u64,
    /// Its cells, one for each column.
    pub cells: StringRecord,
}

/// Why a row cannot be used. The ones after it can.
#[derive(Debug, Clone)]
pub struct BadRow {
    /// The line it stands on.
    pub line: u64,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub reason: String,
    /// The row as far as it can be shown.
    pub shown: String,
}

/// What a reader finds next.
#[derive(Debug)]
pub enum Next {
    /// The row was filled.
    Row,
    /// A row that cannot be used.
    Bad(BadRow),
    /// The end of the file.
    End,
}

/// Why reading cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("cannot read {file}")]
    Io {
        /// Which file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not what the mapping says.
    #[error("{0}")]
    Shape(MappingError),
}

/// A source of rows.
pub trait Rows: Send {
    /// The columns' names, in the order of the cells.
    fn columns(&self) -> &[String];

    /// What the rows read so far had beside these columns.
    fn others(&self) -> Vec<String> {
        Vec::new()
    }

    /// Fills `row` with the next one.
    fn next(&mut self, row: &mut Row) -> Result<Next, ReadError>;
}

/// How far a file has been read; may be asked from another thread.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    read: Arc<AtomicU64>,
    size: u64,
}

impl Progress {
    /// Nothing read yet of the file.
    pub fn of(path: &Path) -> Result<Self, ReadError> {
        let io = |source| ReadError::Io { file: path.display().to_string(), source };
        Ok(Self { read: Arc::default(), size: std::fs::metadata(path).map_err(io)?.len() })
    }

    /// Bytes read so far of the file as it lies on disk.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes in all.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// Opens `path` as the mapping says: the layout by `[file] format` or by name, compression by name (`.gz`).
pub fn open(
    path: &Path,
    mapping: &Mapping,
    progress: &Progress,
) -> Result<Box<dyn Rows>, ReadError> {
    let name = path.display().to_string();
    let io = |source| ReadError::Io { file: name.clone(), source };
    let mut file = File::open(path).map_err(io)?;
    let format = mapping.format.or_else(|| by_name(path)).ok_or_else(|| unnamed(mapping, &name))?;
    let rows: Box<dyn Rows> = match format {
        Format::Parquet => open_parquet(&name, file, progress, mapping)?,
        Format::Excel => open_excel(&name, path, progress, mapping)?,
        Format::Jsonl | Format::Json => {
            let mut input = bytes(path, &mut file, progress, mapping).map_err(io)?;
            if format == Format::Json {
                input = Box::new(json::Elements::new(input));
            }
            Box::new(json_lines::JsonLines::open(&name, input, mapping))
        }
        Format::Csv | Format::Tsv => {
            let tabs = (format == Format::Tsv).then_some(b'\t');
            let input = bytes(path, &mut file, progress, mapping).map_err(io)?;
            Box::new(delimited::Delimited::open(&name, input, mapping.delimiter.or(tabs))?)
        }
    };
    Ok(rows)
}

fn bytes(
    path: &Path,
    file: &mut File,
    progress: &Progress,
    mapping: &Mapping,
) -> std::io::Result<Box<dyn std::io::Read + Send>> {
    let compressed = extension(path).is_some_and(|e| e == "gz");
    let encoding = match mapping.encoding {
        Encoding::Auto => bytes::detect(file, compressed)?,
        named => named,
    };
    Ok(bytes::open(file.try_clone()?, progress.read.clone(), compressed, encoding))
}

#[cfg(feature = "excel")]
fn open_excel(
    name: &str,
    path: &Path,
    progress: &Progress,
    mapping: &Mapping,
) -> Result<Box<dyn Rows>, ReadError> {
    Ok(Box::new(excel::Excel::open(name, path, progress.clone(), mapping)?))
}

#[cfg(not(feature = "excel"))]
fn open_excel(
    name: &str,
    _: &Path,
    _: &Progress,
    mapping: &Mapping,
) -> Result<Box<dyn Rows>, ReadError> {
    let why = "this lazo was built without the feature `excel`";
    let hint = "export the sheet as CSV".to_owned();
    Err(ReadError::Shape(mapping.error(1, format!("cannot read {name}"), why, hint)))
}

#[cfg(feature = "parquet")]
fn open_parquet(
    name: &str,
    file: File,
    progress: &Progress,
    mapping: &Mapping,
) -> Result<Box<dyn Rows>, ReadError> {
    Ok(Box::new(parquet::Parquet::open(name, file, progress.clone(), mapping)?))
}

#[cfg(not(feature = "parquet"))]
fn open_parquet(
    name: &str,
    _: File,
    _: &Progress,
    mapping: &Mapping,
) -> Result<Box<dyn Rows>, ReadError> {
    let why = "this lazo was built without the feature `parquet`";
    let hint = "export the file as CSV or JSON Lines".to_owned();
    Err(ReadError::Shape(mapping.error(1, format!("cannot read {name}"), why, hint)))
}

fn by_name(path: &Path) -> Option<Format> {
    let mut ending = extension(path)?;
    if ending == "gz" {
        ending = extension(Path::new(path.file_stem()?))?;
    }
    match ending.as_str() {
        "csv" | "txt" => Some(Format::Csv),
        "tsv" | "tab" => Some(Format::Tsv),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        "json" => Some(Format::Json),
        "parquet" => Some(Format::Parquet),
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Some(Format::Excel),
        _ => None,
    }
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

fn unnamed(mapping: &Mapping, name: &str) -> ReadError {
    let what = format!("no format for {name}");
    let hint =
        "add [file] with format = \"csv\", \"tsv\", \"jsonl\", \"json\", \"parquet\" or \"excel\""
            .to_owned();
    ReadError::Shape(mapping.error(1, what, "the file's name does not tell it", hint))
}
