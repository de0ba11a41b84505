//! The tables of an installation with their columns and keys, as a SQLite file of the same schema tells them.

use crate::db::{Column, Columns, Db, Row, Value};
use crate::error::StoreError;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    columns: Vec<(String, Kind)>,
    key: Vec<String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Text,
    Bytes,
}

/// The tables of a SQLite file, without the one that only the engine's own upgrades write.
pub async fn of(file: &Db) -> Result<Vec<Table>, StoreError> {
    let sql = "select m.name as table_name, c.name as column_name, c.type as kind, c.pk as place
        from sqlite_schema m join pragma_table_info(m.name) c
        where m.type = 'table' and m.name not like 'sqlite%' and m.name <> 'schema_version'
        order by m.name, c.cid";
    let mut tables: Vec<(Table, Vec<(i64, String)>)> = Vec::new();
    for row in file.query(sql, &[]).await? {
        let (name, column) = (row.text("table_name")?, row.text("column_name")?.to_owned());
        if tables.last().is_none_or(|(table, _)| table.name != name) {
            let table = Table { name: name.to_owned(), columns: Vec::new(), key: Vec::new() };
            tables.push((table, Vec::new()));
        }
        let Some((table, key)) = tables.last_mut() else { continue };
        let kind = match row.text("kind")?.to_ascii_lowercase().as_str() {
            "integer" => Kind::Int,
            "text" => Kind::Text,
            "blob" => Kind::Bytes,
            other => return Err(StoreError::Shape(format!("{name}.{column} is of type {other}"))),
        };
        let place = row.int("place")?;
        if place > 0 {
            key.push((place, column.clone()));
        }
        table.columns.push((column, kind));
    }
    tables.into_iter().map(|(table, key)| table.with_key(key)).collect()
}

impl Table {
    fn with_key(self, mut key: Vec<(i64, String)>) -> Result<Self, StoreError> {
        if key.is_empty() {
            let what = format!("table `{}` has no key to read it by", self.name);
            return Err(StoreError::Shape(what));
        }
        key.sort();
        Ok(Self { key: key.into_iter().map(|(_, column)| column).collect(), ..self })
    }

    /// Asks whether there is anything.
    pub fn any(&self) -> String {
        format!("select 1 as one from {} limit 1", quoted(&self.name))
    }

    /// Asks for the next `rows` rows in the order of the key: from the beginning, or after a key that is given.
    pub fn page(&self, after: bool, rows: i64) -> String {
        let (columns, key) = (self.list(), names(self.key.iter()));
        let from = if after {
            let places: Vec<String> = (1..=self.key.len()).map(|n| format!("${n}")).collect();
            format!(" where ({key}) > ({})", places.join(", "))
        } else {
            String::new()
        };
        format!("select {columns} from {}{from} order by {key} limit {rows}", quoted(&self.name))
    }

    /// Adds a set of rows.
    pub fn insert(&self) -> String {
        let values: Vec<String> =
            (1..=self.columns.len()).map(|n| format!("r.column{n}")).collect();
        let (name, columns, values) = (quoted(&self.name), self.list(), values.join(", "));
        format!("insert into {name} ({columns}) select {values} from {{rows}} where true")
    }

    /// The key of a row.
    pub fn key_of(&self, row: &Row) -> Result<Vec<Value>, StoreError> {
        self.key.iter().map(|column| row.value(column).cloned()).collect()
    }

    /// Rows as the set that [`Self::insert`] adds.
    pub fn columns(&self, rows: &[Row]) -> Result<Columns, StoreError> {
        let column = |(name, kind): &(String, Kind)| {
            Ok(match kind {
                Kind::Int => Column::Ints(each(rows, |row| row.maybe_int(name))?),
                Kind::Text => Column::Texts(each(rows, |row| owned(row.maybe_text(name)?))?),
                Kind::Bytes => Column::Bytes(each(rows, |row| owned(row.maybe_bytes(name)?))?),
            })
        };
        let columns = self.columns.iter().map(column).collect::<Result<_, StoreError>>()?;
        Ok(Columns { columns, rows: rows.len() })
    }

    fn list(&self) -> String {
        names(self.columns.iter().map(|(name, _)| name))
    }
}

fn each<T>(
    rows: &[Row],
    field: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.iter().map(field).collect()
}

fn owned<T: ?Sized + ToOwned>(value: Option<&T>) -> Result<Option<T::Owned>, StoreError> {
    Ok(value.map(ToOwned::to_owned))
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}
