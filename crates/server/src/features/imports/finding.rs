//! What an import found wrong or worth knowing, and the file that lists it.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// The row is not in the ledger.
    LeftOut,
    /// The row counts, by the rule that the mapping states.
    Kept,
    /// The purchase waits for its member to be known.
    Parked,
}

impl Treatment {
    /// Its name in the error file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LeftOut => "left_out",
            Self::Kept => "kept",
            Self::Parked => "parked",
        }
    }
}

/// One row of the error file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The line of the input, from 1.
    pub line: u64,
    /// The field it is about; empty when it is about the row.
    pub field: String,
    /// A stable code.
    pub code: String,
    /// What was done about it.
    pub treatment: Treatment,
    /// Why, in words.
    pub reason: String,
    /// The row, as JSON, which no spreadsheet takes for a formula.
    pub row: String,
}

/// The error file: `<file>.errors.csv`.
pub struct ErrorFile {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    written: u64,
}

impl ErrorFile {
    /// Where the findings of `input` go, unless told otherwise.
    #[must_use]
    pub fn beside(input: &Path) -> PathBuf {
        let mut name = input.as_os_str().to_owned();
        name.push(".errors.csv");
        PathBuf::from(name)
    }

    /// Begins the file anew.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
        writer.write_record(["line", "field", "code", "treatment", "reason", "row"])?;
        Ok(Self { path: path.to_owned(), writer, written: 0 })
    }

    /// Adds a row.
    pub fn write(&mut self, finding: &Finding) -> std::io::Result<()> {
        let Finding { line, field, code, treatment, reason, row } = finding;
        self.written += 1;
        let line = line.to_string();
        Ok(self.writer.write_record([line.as_str(), field, code, treatment.name(), reason, row])?)
    }

    /// How many rows it has.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Makes sure that all of it is on its way to the disk; gives its name.
    pub fn finish(mut self) -> std::io::Result<PathBuf> {
        self.writer.flush()?;
        Ok(self.path)
    }
}
