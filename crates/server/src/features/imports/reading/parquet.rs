//! Rows of Parquet files.

use std::fs::File;
use std::sync::atomic::Ordering;

use csv::StringRecord;
use lazo_parquet::Table;
use serde_json::Value;

use super::super::mapping::Mapping;
use super::delimited::shape;
use super::{BadRow, Next, Progress, ReadError, Row, Rows};

/// A table of a Parquet file.
pub(super) struct Parquet {
    file: String,
    table: Table,
    progress: Progress,
    line: u64,
}

impl Parquet {
    /// Opens the file, to read only the columns that the mapping names.
    pub(super) fn open(
        name: &str,
        file: File,
        progress: Progress,
        mapping: &Mapping,
    ) -> Result<Self, ReadError> {
        let wanted = mapping.columns().into_iter().collect();
        let table = Table::open(file, wanted).map_err(|e| broken(name, &e))?;
        Ok(Self { file: name.to_owned(), table, progress, line: 0 })
    }
}

impl Rows for Parquet {
    fn columns(&self) -> &[String] {
        self.table.columns()
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, ReadError> {
        let Some(values) = self.table.next_row().map_err(|e| broken(&self.file, &e))? else {
            return Ok(Next::End);
        };
        self.line += 1;
        let share = u128::from(self.progress.size) * u128::from(self.line)
            / u128::from(self.table.rows().max(1));
        self.progress.read.store(u64::try_from(share).unwrap_or(u64::MAX), Ordering::Relaxed);
        let mut cells = StringRecord::new();
        for (column, value) in self.table.columns().iter().zip(&values) {
            match text(value) {
                Some(text) if !text.contains('\0') => cells.push_field(&text),
                _ => {
                    let shown = Value::Array(values.clone()).to_string();
                    let reason = format!("`{column}` is not one value that can be written as text");
                    return Ok(Next::Bad(BadRow {
                        line: self.line,
                        code: "bad_value",
                        reason,
                        shown,
                    }));
                }
            }
        }
        *row = Row { line: self.line, cells };
        Ok(Next::Row)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn broken(file: &str, error: &lazo_parquet::Broken) -> ReadError {
    shape(
        file,
        &error.to_string(),
        "the file is not readable Parquet",
        "write it again, or export it as CSV",
    )
}
