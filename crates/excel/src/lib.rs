//! Sheets of Excel and OpenDocument workbooks as rows of text.
//!
//! A crate of its own because few installations need it and it brings readers of XML and ZIP along.

mod bounds;
#[cfg(test)]
mod tests;

use std::io::{Cursor, Read, Seek};
use std::path::Path;

use calamine::{Data, Reader as _, Sheets, open_workbook_auto_from_rs};

use bounds::Rows;

/// The largest workbook that is read: a sheet is held in memory as a whole.
const MAX_BYTES: u64 = 64 << 20;
/// Excel keeps so many digits of a number; of longer ones the rest is gone.
const EXACT: f64 = 1e15;

/// A workbook that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

fn broken(why: impl std::fmt::Display) -> Broken {
    Broken(format!("the workbook cannot be read: {why}"))
}

/// A sheet: its first row names the columns.
#[derive(Debug)]
pub struct Sheet {
    rows: Vec<(u32, Vec<Data>)>,
    columns: Vec<String>,
    next: usize,
}

/// The cells of a row as text, or the number of the column that cannot be told, and why.
pub type Cells = Result<Vec<String>, (usize, &'static str)>;

impl Sheet {
    /// Opens a sheet of a workbook by its name, or the first.
    pub fn open(file: &Path, name: Option<&str>) -> Result<Self, Broken> {
        let size = std::fs::metadata(file).map_err(broken)?.len();
        if size > MAX_BYTES {
            return Err(Broken(format!("the workbook has {size} bytes; {MAX_BYTES} are read")));
        }
        let bytes = std::fs::read(file).map_err(broken)?;
        bounds::unpacked(&bytes, bounds::MAX_UNPACKED)?;
        let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
        let names = book.sheet_names();
        let name = match name {
            Some(name) => names.iter().find(|known| *known == name),
            None => names.first(),
        };
        let name = name.ok_or_else(|| {
            Broken(format!("the workbook has no such sheet; it has {}", names.join(", ")))
        })?;
        let (rows, width) = cells(&mut book, name)?.finish();
        let heads = rows.first().map(|(_, cells)| cells.as_slice()).unwrap_or_default();
        let columns = heads.iter().map(|cell| text(cell).map(|name| name.trim().to_owned()));
        let columns: Result<Vec<String>, &str> = columns.collect();
        let mut columns = columns.map_err(|why| Broken(format!("a heading of `{name}` {why}")))?;
        columns.resize(width, String::new());
        Ok(Self { rows, columns, next: 1 })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows there are below the headings.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.len().saturating_sub(1) as u64
    }

    /// The next row with its number in the sheet, from 1; rows without anything are passed over.
    pub fn next_row(&mut self) -> Option<(u64, Cells)> {
        let (place, row) = self.rows.get(self.next)?;
        self.next += 1;
        let told = row.iter().enumerate();
        let mut told: Cells = told.map(|(at, cell)| text(cell).map_err(|why| (at, why))).collect();
        if let Ok(cells) = &mut told {
            cells.resize(self.columns.len(), String::new());
        }
        Some((u64::from(*place) + 1, told))
    }
}

/// The cells of a sheet, one by one where the format allows it, so that what stands far out costs nothing.
fn cells<RS: Read + Seek>(book: &mut Sheets<RS>, name: &str) -> Result<Rows, Broken> {
    let mut rows = Rows::default();
    match book {
        Sheets::Xlsx(book) => {
            let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
            while let Some(cell) = reader.next_cell().map_err(broken)? {
                rows.put(cell.get_position(), || cell.get_value().clone().into())?;
            }
        }
        Sheets::Xlsb(book) => {
            let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
            while let Some(cell) = reader.next_cell().map_err(broken)? {
                rows.put(cell.get_position(), || cell.get_value().clone().into())?;
            }
        }
        // A sheet of these has 65 536 rows of 256 columns at most, and one of OpenDocument was measured before.
        book => {
            let range = book.worksheet_range(name).map_err(broken)?;
            let (first_row, first_column) = range.start().unwrap_or_default();
            for (row, column, cell) in range.used_cells() {
                let at = |place: usize| u32::try_from(place).map_err(|_| bounds::too_many());
                let place = (first_row + at(row)?, first_column + at(column)?);
                rows.put(place, || cell.clone())?;
            }
        }
    }
    Ok(rows)
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
