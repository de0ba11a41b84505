//! The one printer: data on standard output as text, CSV or JSON; words on standard error.

#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal, Write};

use crate::args::Format;
use crate::fault::Fault;

/// Text columns are as wide as the widest of so many first rows; a longer cell just sticks out.
const MEASURED: usize = 500;

/// Writes what commands have to say.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    /// How data is written.
    pub format: Format,
    /// Are words left out?
    pub quiet: bool,
}

/// One field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    text: String,
    number: bool,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: false }
    }

    /// A decimal number, written exactly; it stands at the right in a column, and bare in JSON.
    pub fn number(number: impl ToString) -> Self {
        Self { text: number.to_string(), number: true }
    }
}

impl Printer {
    /// Says something about what is being done.
    pub fn say(&self, words: impl AsRef<str>) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{}", words.as_ref());
        }
    }

    /// Says something that must not be missed.
    pub fn warn(&self, words: impl AsRef<str>) {
        let _ = writeln!(io::stderr(), "{}", words.as_ref());
    }

    /// Writes a text as it is.
    pub fn text(&self, text: &str) -> Result<(), Fault> {
        Ok(io::stdout().lock().write_all(text.as_bytes())?)
    }

    /// Begins a table; rows are written as they come.
    pub fn table(&self, header: &'static [&'static str]) -> Table {
        Table::new(self.format, header, Box::new(io::BufWriter::new(io::stdout().lock())))
    }

    /// Asks a question that is answered with yes or no. Without a person at the terminal the answer is yes.
    pub fn confirm(&self, question: &str) -> Result<bool, Fault> {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Ok(true);
        }
        write!(io::stderr(), "{question} [y/N] ")?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "s" | "si" | "sí"))
    }
}

/// A table being written.
pub struct Table {
    format: Format,
    header: &'static [&'static str],
    out: Box<dyn Write>,
    waiting: Vec<Vec<Cell>>,
    widths: Option<Vec<usize>>,
    rows: usize,
}

impl Table {
    fn new(format: Format, header: &'static [&'static str], out: Box<dyn Write>) -> Self {
        Self { format, header, out, waiting: Vec::new(), widths: None, rows: 0 }
    }

    /// Adds a row, with a cell for each column.
    pub fn row(&mut self, cells: Vec<Cell>) -> Result<(), Fault> {
        debug_assert_eq!(cells.len(), self.header.len(), "a row has a cell for each column");
        match self.format {
            Format::Text => {
                self.waiting.push(cells);
                if self.widths.is_some() || self.waiting.len() >= MEASURED {
                    self.flush_text()?;
                }
            }
            Format::Csv => self.csv(&cells)?,
            Format::Json => self.json(&cells)?,
        }
        self.rows += 1;
        Ok(())
    }

    /// Ends the table.
    pub fn end(mut self) -> Result<(), Fault> {
        match self.format {
            Format::Text => self.flush_text()?,
            Format::Csv if self.rows == 0 => self.csv_header()?,
            Format::Csv => {}
            Format::Json if self.rows == 0 => writeln!(self.out, "[]")?,
            Format::Json => writeln!(self.out, "\n]")?,
        }
        Ok(self.out.flush()?)
    }

    fn flush_text(&mut self) -> Result<(), Fault> {
        let widths = match self.widths.take() {
            Some(widths) => widths,
            None => {
                let widths = self.measure();
                let header: Vec<Cell> = self.header.iter().map(|name| Cell::text(*name)).collect();
                let first = self.waiting.first().map_or(&header, |row| row).clone();
                let header: Vec<Cell> = header
                    .into_iter()
                    .zip(first)
                    .map(|(h, c)| Cell { number: c.number, ..h })
                    .collect();
                self.line(&header, &widths)?;
                widths
            }
        };
        for row in std::mem::take(&mut self.waiting) {
            self.line(&row, &widths)?;
        }
        self.widths = Some(widths);
        Ok(())
    }

    fn measure(&self) -> Vec<usize> {
        let column = |at: usize| {
            let cells = self.waiting.iter().filter_map(move |row| row.get(at));
            let widest = cells.map(|cell| cell.text.chars().count()).max().unwrap_or(0);
            widest.max(self.header[at].chars().count())
        };
        (0..self.header.len()).map(column).collect()
    }

    fn line(&mut self, cells: &[Cell], widths: &[usize]) -> Result<(), Fault> {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let padding = " ".repeat(width.saturating_sub(cell.text.chars().count()));
            let (before, after) =
                if cell.number { (padding, String::new()) } else { (String::new(), padding) };
            line = format!("{line}{before}{}{after}  ", cell.text);
        }
        Ok(writeln!(self.out, "{}", line.trim_end())?)
    }

    fn csv_header(&mut self) -> Result<(), Fault> {
        Ok(writeln!(self.out, "{}", self.header.join(","))?)
    }

    fn csv(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        if self.rows == 0 {
            self.csv_header()?;
        }
        let fields: Vec<String> = cells.iter().map(|cell| csv_field(&cell.text)).collect();
        Ok(writeln!(self.out, "{}", fields.join(","))?)
    }

    fn json(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        let fields: Vec<String> = self
            .header
            .iter()
            .zip(cells)
            .map(|(name, cell)| {
                let text = || serde_json::Value::from(cell.text.as_str()).to_string();
                let value = if cell.number { cell.text.clone() } else { text() };
                format!("{}: {value}", serde_json::Value::from(*name))
            })
            .collect();
        let open = if self.rows == 0 { "[\n" } else { ",\n" };
        Ok(write!(self.out, "{open}  {{ {} }}", fields.join(", "))?)
    }
}

/// Quotes a field where CSV needs it, and where a spreadsheet would take it for a formula.
fn csv_field(text: &str) -> String {
    let number = text.strip_prefix('-').unwrap_or(text);
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let formula = !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
