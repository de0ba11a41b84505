//! Reports: a stretch of a program told once and kept as it was, with its hash, and with both sides of what changed.

pub mod api;
pub mod console;
mod make;
#[cfg(feature = "pdf")]
mod paper;
pub mod store;
#[cfg(test)]
mod tests;
mod told;

use lazo_domain::ids::{ProgramId, ReportId};
use lazo_domain::time::Timestamp;
use lazo_measures::changes::TwoSided;
use lazo_measures::diagnosis::Outcome;
use lazo_measures::liability::roll_forward::{JournalLine, RollForward};
use serde::{Deserialize, Serialize};

pub use make::{changed_since, make};
#[cfg(feature = "pdf")]
pub use paper::pdf;
pub use told::Told;

use crate::features::measures::{Days, Figure};

/// A report as it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Of which program.
    pub program: ProgramId,
    /// The days that it tells.
    pub days: Days,
    /// As of when.
    pub as_of: Timestamp,
    /// Its data as the text that the hash is of.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub hash: String,
    /// Who made it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}

/// Everything that a report says, apart from the language it says it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// The program's code.
    pub program: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The money of its figures.
    pub currency: String,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What improved and what got worse.
    pub changes: TwoSided,
    /// Findings that fired, and those whose cause could not be tested.
    pub findings: Vec<Outcome>,
    /// Rules whose data are not there.
    pub could_not_test: Vec<String>,
    /// Points by point type's code: how what is owed moved, in smallest units.
    pub points: Vec<Rolled>,
    /// The same in money, for finance.
    pub journal: Vec<JournalLine>,
}

/// How a point type's liability moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rolled {
    /// The point type's code.
    pub point_type: String,
    /// In smallest units of points.
    pub points: RollForward,
    /// In minor units, where a point has a value.
    pub money: Option<RollForward>,
}

/// What somebody added to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: i64,
    /// The indicator it is about.
    pub item: String,
    /// `comment`, or `hidden`: somebody would rather not show the item. It stays.
    pub kind: String,
    /// In which words.
    pub words: String,
    /// Who.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}

impl Report {
    /// What it says.
    pub fn data(&self) -> Result<Data, lazo_store::StoreError> {
        serde_json::from_str(&self.text)
            .map_err(|error| lazo_store::StoreError::Corrupt(format!("a report: {error}")))
    }
}
