//! Rows of a sheet of an Excel or OpenDocument workbook.

use std::path::Path;
use std::sync::atomic::Ordering;

use csv::StringRecord;
use lazo_excel::Sheet;

use super::super::mapping::Mapping;
use super::delimited::{check_header, shape};
use super::{BadRow, Next, Progress, ReadError, Row, Rows};

/// A sheet of a workbook.
pub(super) struct Excel {
    sheet: Sheet,
    progress: Progress,
    read: u64,
}

impl Excel {
    /// Opens the sheet that the mapping names, or the first.
    pub(super) fn open(
        name: &str,
        path: &Path,
        progress: Progress,
        mapping: &Mapping,
    ) -> Result<Self, ReadError> {
        let sheet = Sheet::open(path, mapping.sheet.as_deref()).map_err(|error| {
            let hint = "save it anew, name the sheet by [file] sheet, or export it as CSV";
            shape(name, &error.to_string(), "there are no rows to be read", hint)
        })?;
        check_header(name, sheet.columns())?;
        Ok(Self { sheet, progress, read: 0 })
    }
}

impl Rows for Excel {
    fn columns(&self) -> &[String] {
        self.sheet.columns()
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, ReadError> {
        let Some((line, cells)) = self.sheet.next_row() else { return Ok(Next::End) };
        self.read += 1;
        let share = u128::from(self.progress.size) * u128::from(self.read)
            / u128::from(self.sheet.rows().max(1));
        self.progress.read.store(u64::try_from(share).unwrap_or(u64::MAX), Ordering::Relaxed);
        match cells {
            Ok(cells) => {
                *row = Row { line, cells: StringRecord::from(cells) };
                Ok(Next::Row)
            }
            Err((at, why)) => {
                let column = self.sheet.columns().get(at).map_or("", String::as_str);
                let reason = format!("`{column}` {why}");
                Ok(Next::Bad(BadRow { line, code: "bad_value", reason, shown: String::new() }))
            }
        }
    }
}
