//! Parquet files as rows of JSON values, read in bounded memory and without Arrow.
//!
//! A crate of its own because the Parquet reader is the slowest to build of all dependencies.

mod value;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;
use serde_json::Value;

/// A Parquet file that cannot be read, or not with the columns asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

/// The rows of a file.
pub struct Table {
    rows: RowIter<'static>,
    columns: Vec<String>,
    styles: Vec<Style>,
    count: u64,
}

/// What a column's numbers mean beyond what the row reader tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Are numbers nanoseconds since 1970?
    nanos: bool,
    /// Are times of day those of nowhere in particular?
    local: bool,
}

impl Table {
    /// Opens `file` to read the columns of `wanted` that it has, or all when `wanted` is empty.
    pub fn open(file: File, wanted: Vec<String>) -> Result<Self, Broken> {
        guarded(|| Self::build(file, &wanted))
    }

    /// The columns, in the order of the file.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.count
    }

    /// The next row: numbers, truth values, null, and text for everything else. Instants and dates are written as in
    /// RFC 3339, without an offset where the file means no zone; decimals keep all their digits.
    pub fn next_row(&mut self) -> Result<Option<Vec<Value>>, Broken> {
        let Self { rows, styles, .. } = self;
        guarded(|| match rows.next() {
            None => Ok(None),
            Some(Err(error)) => Err(Broken(error.to_string())),
            Some(Ok(row)) => {
                let fields = row.get_column_iter().zip(styles.iter());
                fields
                    .map(|((_, field), style)| value::value(field, *style))
                    .collect::<Result<_, _>>()
                    .map(Some)
            }
        })
    }

    fn build(file: File, wanted: &[String]) -> Result<Self, Broken> {
        let reader = SerializedFileReader::new(file).map_err(|e| Broken(e.to_string()))?;
        let meta = reader.metadata().file_metadata();
        let count = u64::try_from(meta.num_rows())
            .map_err(|_| Broken("a negative number of rows".into()))?;
        let root = meta.schema();
        let mut picked = Vec::new();
        let mut styles = Vec::new();
        for column in root.get_fields() {
            if wanted.is_empty() || wanted.iter().any(|name| name == column.name()) {
                styles.push(style(column)?);
                picked.push(column.clone());
            }
        }
        let columns: Vec<String> = picked.iter().map(|column| column.name().to_owned()).collect();
        if columns.is_empty() {
            return Err(Broken(format!("the file has none of the columns {}", wanted.join(", "))));
        }
        let picked = Type::group_type_builder(root.name()).with_fields(picked).build();
        let picked = picked.map_err(|e| Broken(e.to_string()))?;
        let rows = RowIter::from_file_into(Box::new(reader)).project(Some(picked));
        Ok(Self { rows: rows.map_err(|e| Broken(e.to_string()))?, columns, styles, count })
    }
}

/// Can the row reader make sense of the column? It panics at types it does not know.
fn style(column: &Type) -> Result<Style, Broken> {
    let refused = |what: &str| {
        Broken(format!("column `{}` holds {what}, not one value a row", column.name()))
    };
    if !column.is_primitive() {
        return Err(refused("lists or groups"));
    }
    let info = column.get_basic_info();
    if info.has_repetition() && info.repetition() == Repetition::REPEATED {
        return Err(refused("lists"));
    }
    if let Some(LogicalType::Time(_)) = info.logical_type_ref() {
        return Err(refused("times of day"));
    }
    if matches!(info.converted_type(), ConvertedType::INTERVAL | ConvertedType::BSON) {
        return Err(refused("intervals or BSON"));
    }
    let (nanos, local) = match info.logical_type_ref() {
        Some(LogicalType::Timestamp(kind)) => {
            (kind.unit == TimeUnit::NANOS, !kind.is_adjusted_to_u_t_c)
        }
        _ => (false, false),
    };
    Ok(Style { nanos, local })
}

/// The reader asserts on some broken files; that is an error of the file here, not the end of the process.
fn guarded<T>(read: impl FnOnce() -> Result<T, Broken>) -> Result<T, Broken> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Broken("the file is damaged".into())))
}

#[cfg(test)]
mod tests;
