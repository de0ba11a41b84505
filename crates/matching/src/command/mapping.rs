//! Mapping files: which column is what. They name columns and nothing else.

use std::fmt;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::normalize::date::DateOrder;
use crate::people::OTHERS;
use crate::table::Field;

/// What stands in which columns, for each side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The left file, or the only one.
    pub left: Columns,
    /// The right file.
    pub right: Columns,
    /// The country of phone numbers where no column tells.
    pub country: String,
    /// The order of parts of dates, where it cannot be seen.
    pub date_order: Option<DateOrder>,
}

/// What stands in which columns of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The column of the record's id, and its line in the mapping.
    pub id: Option<(String, usize)>,
    /// Columns of each field, joined by a space, and the line in the mapping.
    pub fields: Vec<(Field, Vec<String>, usize)>,
}

/// What is wrong with a file: `file:line: what, why, hint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The file as it was named.
    pub file: String,
    /// The line, counted from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// What is wrong, and why.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl FileFault {
    pub(crate) fn new(
        file: &Path,
        line: u64,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { file: file.display().to_string(), line, what: what.into(), hint: hint.into() }
    }
}

impl FileFault {
    /// `file:line: what, why`, without the hint.
    #[must_use]
    pub fn what_and_where(&self) -> String {
        match self.line {
            0 => format!("{}: {}", self.file, self.what),
            line => format!("{}:{line}: {}", self.file, self.what),
        }
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what_and_where())?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "; hint: {}", self.hint) }
    }
}

impl std::error::Error for FileFault {}

impl Mapping {
    /// Reads a mapping from the text of `file`.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with its line.
    pub fn parse(file: &Path, text: &str) -> Result<Self, FileFault> {
        let reader = Reader { file, text };
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(
                at,
                format!("this is no TOML: {}", error.message()),
                "see docs/guide/matching.md",
            )
        })?;
        let mut mapping = Self::default();
        let (mut left, mut right) = (None, None);
        for (key, value) in table.into_inner() {
            let at = key.span().start;
            match &**key.get_ref() {
                "columns" => reader.columns(&value, &mut mapping.left)?,
                "left" => left = Some(value),
                "right" => right = Some(value),
                "country" => mapping.country = reader.text(&value)?,
                "date_order" => {
                    mapping.date_order = Some(match &*reader.text(&value)? {
                        "dmy" => DateOrder::DayFirst,
                        "mdy" => DateOrder::MonthFirst,
                        other => {
                            let what = format!("date_order = \"{other}\" is unknown");
                            return Err(reader.fault(
                                at,
                                what,
                                "say \"dmy\" or \"mdy\"; years that come first need nothing",
                            ));
                        }
                    })
                }
                other => {
                    let what = format!("`{other}` is no part of a mapping");
                    return Err(reader.fault(
                        at,
                        what,
                        "there are [columns], [left], [right], country and date_order",
                    ));
                }
            }
        }
        mapping.right = mapping.left.clone();
        for (side, columns) in [(left, &mut mapping.left), (right, &mut mapping.right)] {
            side.map(|side| reader.columns(&side, columns)).transpose()?;
        }
        reader.check(&mapping.left)?;
        reader.check(&mapping.right)?;
        Ok(mapping)
    }
}

struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn fault(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) -> FileFault {
        FileFault::new(self.file, self.line(at) as u64, what, hint)
    }

    fn line(&self, at: usize) -> usize {
        self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
    }

    fn columns(
        &self,
        value: &Spanned<DeValue<'_>>,
        columns: &mut Columns,
    ) -> Result<(), FileFault> {
        let at = value.span().start;
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.fault(
                at,
                "this must be a table of columns",
                "write [columns] on a line of its own",
            ));
        };
        for (key, value) in table {
            let (name, line) = (&**key.get_ref(), self.line(key.span().start));
            if name == "id" {
                columns.id = Some((self.text(value)?, line));
                continue;
            }
            if name == "other" {
                columns.fields.retain(|(field, _, _)| !matches!(field, Field::Other(_)));
                for (index, column) in self.texts(value)?.into_iter().enumerate() {
                    let Some(index) = u8::try_from(index).ok().filter(|i| usize::from(*i) < OTHERS)
                    else {
                        let what = format!("there are more than {OTHERS} other columns");
                        return Err(self.fault(
                            value.span().start,
                            what,
                            "name those that tell people apart best",
                        ));
                    };
                    columns.fields.push((Field::Other(index), vec![column], line));
                }
                continue;
            }
            let Some((_, field)) = Field::NAMED.iter().find(|(known, _)| *known == name) else {
                let known: Vec<&str> = Field::NAMED.iter().map(|(name, _)| *name).collect();
                let hint = format!("there are id, {} and other", known.join(", "));
                return Err(self.fault(key.span().start, format!("`{name}` is no field"), hint));
            };
            columns.fields.retain(|(known, _, _)| known != field);
            columns.fields.push((*field, self.texts(value)?, line));
        }
        Ok(())
    }

    fn check(&self, columns: &Columns) -> Result<(), FileFault> {
        if columns.id.is_none() {
            return Err(self.fault(
                0,
                "no column is the id",
                "name it in [columns]: id = \"record_id\"",
            ));
        }
        if columns.fields.iter().all(|(field, _, _)| *field == Field::Country) {
            return Err(self.fault(
                0,
                "no column tells who somebody is",
                "name columns such as given_name, surname or email in [columns]",
            ));
        }
        Ok(())
    }

    fn text(&self, value: &Spanned<DeValue<'_>>) -> Result<String, FileFault> {
        match value.get_ref() {
            DeValue::String(text) if !text.is_empty() => Ok(text.to_string()),
            _ => Err(self.fault(
                value.span().start,
                "this must be a text that is not empty",
                "put it in quotation marks",
            )),
        }
    }

    fn texts(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, FileFault> {
        match value.get_ref() {
            DeValue::Array(items) if !items.is_empty() => {
                items.iter().map(|item| self.text(item)).collect()
            }
            _ => self.text(value).map(|text| vec![text]),
        }
    }
}
