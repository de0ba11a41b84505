//! Sheets of Excel and OpenDocument workbooks as rows of text.
//!
//! A crate of its own because few installations need it and it brings readers of XML and ZIP along.

#[cfg(test)]
mod tests;

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader as _, open_workbook_auto_from_rs};

/// The largest workbook that is read: a sheet is held in memory as a whole.
const MAX_BYTES: u64 = 64 << 20;
/// The most cells of a sheet.
const MAX_CELLS: usize = 10_000_000;
/// Excel keeps so many digits of a number; of longer ones the rest is gone.
const EXACT: f64 = 1e15;

/// A workbook that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

/// A sheet: its first row names the columns.
#[derive(Debug)]
pub struct Sheet {
    range: Range<Data>,
    columns: Vec<String>,
    next: usize,
    /// The row of the sheet, from 1, on which the range begins.
    first: u64,
}

/// The cells of a row as text, or the number of the column that cannot be told, and why.
pub type Cells = Result<Vec<String>, (usize, &'static str)>;

impl Sheet {
    /// Opens a sheet of a workbook by its name, or the first.
    pub fn open(file: &Path, name: Option<&str>) -> Result<Self, Broken> {
        let broken =
            |why: &dyn std::fmt::Display| Broken(format!("the workbook cannot be read: {why}"));
        let size = std::fs::metadata(file).map_err(|error| broken(&error))?.len();
        if size > MAX_BYTES {
            return Err(Broken(format!("the workbook has {size} bytes; {MAX_BYTES} are read")));
        }
        let bytes = std::fs::read(file).map_err(|error| broken(&error))?;
        let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        let names = book.sheet_names();
        let name = match name {
            Some(name) => names.iter().find(|known| *known == name),
            None => names.first(),
        };
        let name = name.ok_or_else(|| {
            Broken(format!("the workbook has no such sheet; it has {}", names.join(", ")))
        })?;
        let range = book.worksheet_range(name).map_err(|error| broken(&error))?;
        let (height, width) = range.get_size();
        if height.saturating_mul(width) > MAX_CELLS {
            return Err(Broken(format!("the sheet has more than {MAX_CELLS} cells")));
        }
        let heads = range.rows().next().unwrap_or_default();
        let columns = heads.iter().map(|cell| text(cell).map(|name| name.trim().to_owned()));
        let columns: Result<Vec<String>, &str> = columns.collect();
        let columns = columns.map_err(|why| Broken(format!("a heading of `{name}` {why}")))?;
        let first = range.start().map_or(1, |(row, _)| u64::from(row) + 1);
        Ok(Self { range, columns, next: 1, first })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows there are below the headings.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.range.height().saturating_sub(1) as u64
    }

    /// The next row with its number in the sheet, from 1; rows without anything are passed over.
    pub fn next_row(&mut self) -> Option<(u64, Cells)> {
        loop {
            let place = self.next;
            if place >= self.range.height() {
                return None;
            }
            self.next += 1;
            let row: Vec<&Data> =
                (0..self.columns.len()).filter_map(|at| self.range.get((place, at))).collect();
            if row.iter().any(|cell| !matches!(**cell, Data::Empty)) {
                let told = row.iter().enumerate();
                let told = told.map(|(at, cell)| text(cell).map_err(|why| (at, why)));
                return Some((self.first + place as u64, told.collect()));
            }
        }
    }
}

/// A cell as it would be typed: whole numbers without a point, instants as in ISO 8601.
fn text(cell: &Data) -> Result<String, &'static str> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.abs() >= EXACT => {
            return Err(
                "is a number of more than 15 digits, of which Excel keeps 15: make the column text",
            );
        }
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second, milli) {
                (0, 0, 0, 0) => date,
                (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
                _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
            }
        }
        Data::Error(_) => return Err("is an error of a formula"),
    })
}
