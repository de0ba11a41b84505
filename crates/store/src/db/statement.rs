//! A statement with its values, and the two ways its one text is written for the engines.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use super::Dialect;
use super::value::{Column, Columns, Value};

/// The most texts that are kept of one shape; there are some hundred in all.
const MAX_KNOWN: usize = 1_000;

type Shape = (Dialect, Vec<&'static str>);
type Texts = HashMap<String, Arc<Text>>;
static KNOWN: LazyLock<RwLock<HashMap<Shape, Texts>>> = LazyLock::new(RwLock::default);

/// A statement's text for one engine, and the names of the columns it answers.
#[derive(Debug)]
pub(super) struct Text {
    pub sql: String,
    names: OnceLock<Arc<[String]>>,
}

impl Text {
    /// The names, read once from a prepared statement.
    pub fn names<'a, I>(&self, read: impl Fn() -> I) -> Arc<[String]>
    where
        I: Iterator<Item = &'a str>,
    {
        let same = |names: &&Arc<[String]>| names.iter().map(String::as_str).eq(read());
        if let Some(names) = self.names.get().filter(same) {
            return Arc::clone(names);
        }
        let names: Arc<[String]> = read().map(str::to_owned).collect();
        // A table that was changed meanwhile has other columns; its names are then read each time.
        let _ = self.names.set(Arc::clone(&names));
        names
    }
}

/// A statement ready to run.
///
/// `{each T a on …}` joins the rows of `T` that a row named before it asks for, by their key: PostgreSQL may not read
/// `T` first, which it would while it believes `T` small.
///
/// In a statement over a set, `{rows}` stands for a table named `r` with the columns `column1`, `column2`, …; plain
/// parameters are numbered on after the set's columns. `insert … select * from {rows} where true on conflict …` and
/// `select … from {rows} join …` work on both engines: PostgreSQL gets arrays, SQLite one run per row.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(super) sql: String,
    pub(super) set: Option<Columns>,
    pub(super) params: Vec<Value>,
}

impl Statement {
    /// A plain statement with `$1`, `$2`, … for its parameters.
    #[must_use]
    pub fn new(sql: &str, params: &[Value]) -> Self {
        Self { sql: sql.to_owned(), set: None, params: params.to_vec() }
    }

    /// A statement over a set of rows.
    #[must_use]
    pub fn over(sql: &str, set: Columns, params: &[Value]) -> Self {
        Self { sql: sql.to_owned(), set: Some(set), params: params.to_vec() }
    }

    /// Is there nothing to do, because its set is empty?
    pub(super) fn is_idle(&self) -> bool {
        self.set.as_ref().is_some_and(Columns::is_empty)
    }

    /// How often SQLite runs it: once per row of its set.
    pub(super) fn runs(&self) -> usize {
        self.set.as_ref().map_or(1, |set| set.rows)
    }

    /// The text for an engine, as it was written when it was first wanted.
    pub(super) fn text(&self, dialect: Dialect) -> Arc<Text> {
        let write = || match dialect {
            Dialect::Postgres => self.postgres(),
            Dialect::Sqlite => self.sqlite(),
        };
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        let place = (dialect, self.shape());
        if let Some(text) = known.get(&place).and_then(|texts| texts.get(&self.sql)) {
            return Arc::clone(text);
        }
        drop(known);
        let text = Arc::new(Text { sql: write(), names: OnceLock::new() });
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        let texts = known.entry(place).or_default();
        if texts.len() < MAX_KNOWN {
            texts.insert(self.sql.clone(), Arc::clone(&text));
        }
        text
    }

    /// Tells statements of one text over sets of different columns apart.
    fn shape(&self) -> Vec<&'static str> {
        let columns = self.set.iter().flat_map(|set| &set.columns);
        columns.map(Column::array_type).collect()
    }

    /// The text for PostgreSQL: the set is unnested from arrays.
    fn postgres(&self) -> String {
        let Some(set) = &self.set else { return self.sql.clone() };
        let mut arrays = String::new();
        let mut names = String::new();
        for (place, column) in set.columns.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let number = place + 1;
            let _ = write!(arrays, "{comma}${number}::{}", column.array_type());
            let _ = write!(names, "{comma}column{number}");
        }
        let text = self.sql.replace("{rows}", &format!("unnest({arrays}) as r({names})"));
        each(&text, |table, name, asked| {
            format!(
                "cross join lateral (select * from {table} {name} where {asked} offset 0) {name}"
            )
        })
    }

    /// The text for SQLite: the set is one row of values, and parameters are numbered with `?`.
    fn sqlite(&self) -> String {
        let text = match &self.set {
            None => self.sql.clone(),
            Some(set) => {
                let values: Vec<String> =
                    (1..=set.columns.len()).map(|number| format!("?{number}")).collect();
                let text =
                    self.sql.replace("{rows}", &format!("(values ({})) as r", values.join(", ")));
                each(&text, |table, name, asked| format!("join {table} {name} on {asked}"))
            }
        };
        numbered(&text)
    }
}

/// Writes each `{each table name on …}` as the engine wants it.
fn each(sql: &str, write: impl Fn(&str, &str, &str) -> String) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("{each ") {
        let (inner, after) = after.split_once('}').unwrap_or((after, ""));
        let mut words = inner.splitn(3, char::is_whitespace);
        let (table, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let asked = words.next().unwrap_or("").trim_start();
        let asked = asked.strip_prefix("on ").unwrap_or(asked);
        out.push_str(before);
        out.push_str(&write(table, name, asked));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `$1` becomes `?1`.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        let is_parameter = c == '$' && rest.peek().is_some_and(char::is_ascii_digit);
        out.push(if is_parameter { '?' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_row_asks_for_is_found_by_key_on_both_engines() {
        let set = Columns::of(&[1]).int(|r| *r).done();
        let sql = "select t.b from {rows} {each t x on x.a = r.column1 and x.c > $2} where true";
        let statement = Statement::over(sql, set, &[Value::Int(7)]);
        assert_eq!(
            statement.postgres(),
            "select t.b from unnest($1::bigint[]) as r(column1) cross join lateral \
             (select * from t x where x.a = r.column1 and x.c > $2 offset 0) x where true"
        );
        assert_eq!(
            statement.sqlite(),
            "select t.b from (values (?1)) as r join t x on x.a = r.column1 and x.c > ?2 where true"
        );
    }

    #[test]
    fn one_text_serves_both_engines() {
        let set = Columns::of(&[(1, "a")]).int(|r| r.0).text(|r| r.1.to_owned()).done();
        let sql = "select * from {rows} join t on t.a = r.column1 and t.b = $3";
        let statement = Statement::over(sql, set, &[Value::Int(7)]);
        assert_eq!(
            statement.postgres(),
            "select * from unnest($1::bigint[], $2::text[]) as r(column1, column2) join t on t.a = r.column1 and t.b = $3"
        );
        assert_eq!(
            statement.sqlite(),
            "select * from (values (?1, ?2)) as r join t on t.a = r.column1 and t.b = ?3"
        );
    }
}
