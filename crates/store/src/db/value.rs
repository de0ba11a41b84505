//! Values on their way into a statement and rows on their way out, the same for both engines.

use std::sync::Arc;

use crate::error::StoreError;

/// One parameter of a statement, or one field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number; booleans are 0 and 1.
    Int(i64),
    /// Text.
    Text(String),
    /// Octets.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Makes the `&[Value]` of a statement: `params![tenant, "text", None::<i64>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}

/// One column of many rows.
#[derive(Debug, Clone)]
pub enum Column {
    /// Whole numbers, some perhaps missing.
    Ints(Vec<Option<i64>>),
    /// Texts, some perhaps missing.
    Texts(Vec<Option<String>>),
    /// Octets, some perhaps missing.
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    /// The type of the array that carries it to PostgreSQL.
    pub(crate) fn array_type(&self) -> &'static str {
        match self {
            Self::Ints(_) => "bigint[]",
            Self::Texts(_) => "text[]",
            Self::Bytes(_) => "bytea[]",
        }
    }
}

/// Many rows by column, for statements that work on a set: `Columns::of(&lots).int(|l| l.id).text(|l| &l.name)`.
#[derive(Debug, Clone)]
pub struct Columns {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: usize,
}

impl Columns {
    /// Begins a set of one row per item.
    #[must_use]
    pub fn of<T>(items: &[T]) -> ColumnsOf<'_, T> {
        ColumnsOf { items, columns: Vec::new() }
    }

    /// Are there no rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

/// A set of rows being described, see [`Columns::of`].
pub struct ColumnsOf<'a, T> {
    items: &'a [T],
    columns: Vec<Column>,
}

impl<T> ColumnsOf<'_, T> {
    /// Adds a column of whole numbers.
    #[must_use]
    pub fn int(mut self, value: impl Fn(&T) -> i64) -> Self {
        self.columns.push(Column::Ints(self.items.iter().map(|i| Some(value(i))).collect()));
        self
    }

    /// Adds a column of whole numbers that may be missing.
    #[must_use]
    pub fn maybe_int(mut self, value: impl Fn(&T) -> Option<i64>) -> Self {
        self.columns.push(Column::Ints(self.items.iter().map(value).collect()));
        self
    }

    /// Adds a column of texts.
    #[must_use]
    pub fn text(mut self, value: impl Fn(&T) -> String) -> Self {
        self.columns.push(Column::Texts(self.items.iter().map(|i| Some(value(i))).collect()));
        self
    }

    /// Adds a column of texts that may be missing.
    #[must_use]
    pub fn maybe_text(mut self, value: impl Fn(&T) -> Option<String>) -> Self {
        self.columns.push(Column::Texts(self.items.iter().map(value).collect()));
        self
    }

    /// Adds a column of octets.
    #[must_use]
    pub fn bytes(mut self, value: impl Fn(&T) -> Vec<u8>) -> Self {
        self.columns.push(Column::Bytes(self.items.iter().map(|i| Some(value(i))).collect()));
        self
    }

    /// The finished set.
    #[must_use]
    pub fn done(self) -> Columns {
        Columns { rows: self.items.len(), columns: self.columns }
    }
}

/// A row that came back, its fields reached by name.
#[derive(Debug, Clone)]
pub struct Row {
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The field of this name.
    pub fn value(&self, name: &str) -> Result<&Value, StoreError> {
        let place = self.names.iter().position(|n| n == name);
        place
            .and_then(|place| self.values.get(place))
            .ok_or_else(|| StoreError::Shape(format!("no column `{name}`")))
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Result<i64, StoreError> {
        self.maybe_int(name)?.ok_or_else(|| wrong(name, "a number", &Value::Null))
    }

    /// A whole number, or nothing.
    pub fn maybe_int(&self, name: &str) -> Result<Option<i64>, StoreError> {
        match self.value(name)? {
            Value::Int(value) => Ok(Some(*value)),
            Value::Null => Ok(None),
            other => Err(wrong(name, "a number", other)),
        }
    }

    /// Yes or no, stored as 1 or 0.
    pub fn flag(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.int(name)? != 0)
    }

    /// Text.
    pub fn text(&self, name: &str) -> Result<&str, StoreError> {
        self.maybe_text(name)?.ok_or_else(|| wrong(name, "text", &Value::Null))
    }

    /// Text, or nothing.
    pub fn maybe_text(&self, name: &str) -> Result<Option<&str>, StoreError> {
        match self.value(name)? {
            Value::Text(value) => Ok(Some(value)),
            Value::Null => Ok(None),
            other => Err(wrong(name, "text", other)),
        }
    }

    /// Octets.
    pub fn bytes(&self, name: &str) -> Result<&[u8], StoreError> {
        self.maybe_bytes(name)?.ok_or_else(|| wrong(name, "octets", &Value::Null))
    }

    /// Octets, or nothing.
    pub fn maybe_bytes(&self, name: &str) -> Result<Option<&[u8]>, StoreError> {
        match self.value(name)? {
            Value::Bytes(value) => Ok(Some(value)),
            Value::Null => Ok(None),
            other => Err(wrong(name, "octets", other)),
        }
    }
}

fn wrong(name: &str, wanted: &str, found: &Value) -> StoreError {
    let found = match found {
        Value::Null => "nothing",
        Value::Int(_) => "a number",
        Value::Text(_) => "text",
        Value::Bytes(_) => "octets",
    };
    StoreError::Shape(format!("column `{name}` should hold {wanted} and holds {found}"))
}
