//! A mapping: how the rows of a file become purchases or members. Read from TOML, checked whole before any row is.

mod check;
mod error;
mod file;
mod kinds;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lazo_domain::money::Currency;
use sha2::{Digest, Sha256};

use super::amount::NumberStyle;
use super::expression::Expression;
use super::instant::TimeStyle;

pub use error::MappingError;
pub use file::{
    CancelSign, Encoding, Format, Partial, Repeated, Rounding, RowKind, Times, Unknown,
};
pub use kinds::PERSON;

/// A checked mapping.
#[derive(Debug)]
pub struct Mapping {
    /// What the rows are.
    pub kind: RowKind,
    /// The source that events carry; with a purchase's reference it is unique for ever.
    pub source: String,
    /// The program's code.
    pub program: String,
    /// The layout, where it is not told by the file's name.
    pub format: Option<Format>,
    /// What separates columns, where it is not found in the header.
    pub delimiter: Option<u8>,
    /// How bytes stand for letters.
    pub encoding: Encoding,
    /// Do the rows of a purchase stand together, and purchases in order of time?
    pub contiguous: bool,
    /// How each field is made.
    pub fields: BTreeMap<String, Field>,
    /// How each attribute is made.
    pub attributes: BTreeMap<String, Field>,
    /// What only extracts of programs to be merged have.
    pub extract: ExtractTables,
    /// In JSON, the array within each object whose elements are the rows.
    pub each: Option<String>,
    /// In a workbook, the sheet; the first where none is named.
    pub sheet: Option<String>,
    /// The currency of all amounts; members have none.
    pub currency: Currency,
    /// What becomes of amounts finer than the minor unit.
    pub below_minor_unit: Rounding,
    /// Which time of a purchase counts.
    pub times: Times,
    /// What becomes of repeated lines.
    pub repeated: Repeated,
    /// Which rows cancel earlier ones.
    pub cancellations: Option<Cancellations>,
    /// What becomes of purchases of unknown members.
    pub unknown: Unknown,
    /// The kind of identifier that the field `member` holds.
    pub identifier: String,
    /// The mapping file's name, for errors.
    pub file: String,
    hash: String,
}

/// What only extracts of programs to be merged have.
#[derive(Debug, Default)]
pub struct ExtractTables {
    /// How each balance that the source states is made, by point type.
    pub balances: BTreeMap<String, Field>,
    /// How each part of the person is made.
    pub person: BTreeMap<String, Field>,
    /// How each further number is made, by its scheme.
    pub tokens: BTreeMap<String, Field>,
    /// Columns that are left out knowingly, each with the reason.
    pub ignored: BTreeMap<String, String>,
}

/// Which rows cancel earlier ones, and how.
#[derive(Debug)]
pub struct Cancellations {
    /// True for a row that cancels.
    pub when: Expression,
    /// Where the expression stands, for errors.
    pub line: usize,
    /// What becomes of a cancellation of more than is left.
    pub partial: Partial,
    /// With which sign quantities are written.
    pub quantity: CancelSign,
}

/// How one field is made.
#[derive(Debug)]
pub struct Field {
    /// Where the text comes from.
    pub from: Origin,
    /// Texts that stand for others, and what stands for those not listed.
    pub lookup: Option<(BTreeMap<String, String>, Option<String>)>,
    /// What an empty text means.
    pub default: Option<String>,
    /// How numbers are written.
    pub number: NumberStyle,
    /// Is the sign the other way round?
    pub negate: bool,
    /// How times are written.
    pub time: Option<TimeStyle>,
    /// The line of the mapping file, for errors.
    pub line: usize,
}

/// Where a field's text comes from.
#[derive(Debug)]
pub enum Origin {
    /// A column.
    Column(String),
    /// Always the same.
    Constant(String),
    /// Computed from columns.
    Expression(Expression),
}

impl Mapping {
    /// Reads and checks a mapping. `file` is its name in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        let source = error::Source { file, text };
        let raw: file::MappingFile = toml::from_str(text).map_err(|e| source.toml(&e))?;
        let mut hash = String::new();
        for byte in Sha256::digest(text.as_bytes()) {
            let _ = write!(hash, "{byte:02x}");
        }
        check::check(source, raw, hash)
    }

    /// SHA-256 of the file's text, in hexadecimal: another mapping is another import.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// An error at a line of the mapping file.
    #[must_use]
    pub fn error(&self, line: usize, what: String, why: &str, hint: String) -> MappingError {
        MappingError { file: self.file.clone(), line, what, why: why.to_owned(), hint }
    }
}

impl Mapping {
    /// How everything is made that is made of columns.
    pub(super) fn all_fields(&self) -> impl Iterator<Item = &Field> {
        let ExtractTables { balances, person, tokens, .. } = &self.extract;
        let more = balances.values().chain(person.values()).chain(tokens.values());
        self.fields.values().chain(self.attributes.values()).chain(more)
    }

    /// Columns that are neither used nor left out knowingly: nobody has said what becomes of them.
    #[must_use]
    pub fn unexplained(&self, columns: &[String]) -> Vec<String> {
        let used = self.columns();
        let of_whole_row = self.all_fields().any(|field| match &field.from {
            Origin::Expression(expression) => expression.takes_whole_row(),
            _ => false,
        });
        let unknown = |column: &&String| {
            !used.contains(*column) && !self.extract.ignored.contains_key(*column)
        };
        if of_whole_row { Vec::new() } else { columns.iter().filter(unknown).cloned().collect() }
    }

    /// Every column that the mapping names.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<String> {
        let mut columns = BTreeSet::new();
        for field in self.all_fields() {
            match &field.from {
                Origin::Column(name) => columns.extend([name.clone()]),
                Origin::Constant(_) => {}
                Origin::Expression(expression) => {
                    columns.extend(expression.columns().iter().cloned())
                }
            }
        }
        if let Some(table) = &self.cancellations {
            columns.extend(table.when.columns().iter().cloned());
        }
        columns
    }
}
