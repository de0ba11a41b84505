//! Scratch files on disk that keep an import's memory bounded: rows to be grouped, and keys already seen.

use std::collections::HashSet;

use csv::StringRecord;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::reading::Row;
use crate::scratch;

/// Keys kept in memory before they move to disk.
const MAX_KEYS_IN_MEMORY: usize = 500_000;
/// Parts cells in the spool; no reader lets it into a cell.
const SEPARATOR: char = '\0';

/// A scratch file that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[error("a scratch file in {folder} failed", folder = std::env::temp_dir().display())]
pub struct SpoolError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl From<rusqlite::Error> for SpoolError {
    fn from(error: rusqlite::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<std::io::Error> for SpoolError {
    fn from(error: std::io::Error) -> Self {
        Self(Box::new(error))
    }
}

/// A database that lives as long as this value and survives nothing.
pub(super) struct Scratch {
    pub(super) connection: Connection,
    _folder: scratch::Scratch,
}

impl Scratch {
    pub(super) fn new() -> Result<Self, SpoolError> {
        let folder = scratch::Scratch::of_machine()?;
        let connection = Connection::open(folder.path().join("scratch.db"))?;
        let settings =
            "pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive;
                        pragma temp_store = file; pragma cache_size = -16000;";
        connection.execute_batch(settings)?;
        Ok(Self { connection, _folder: folder })
    }
}

/// Rows by the key of their group, given back group by group in the order of (time, first line).
pub struct Spool {
    scratch: Scratch,
}

/// A row on its way into the spool.
pub struct Spooled<'a> {
    /// The purchase.
    pub key: &'a str,
    /// When it counts, in microseconds; nothing for a row that cannot be read.
    pub at: Option<i64>,
    /// The row.
    pub row: &'a Row,
}

impl Spool {
    /// An empty one.
    pub fn new() -> Result<Self, SpoolError> {
        let scratch = Scratch::new()?;
        let table = "create table spooled (key text not null, line integer not null, at integer, cells text not null)
                     strict; begin;";
        scratch.connection.execute_batch(table)?;
        Ok(Self { scratch })
    }

    /// Adds a row.
    pub fn add(&mut self, spooled: &Spooled<'_>) -> Result<(), SpoolError> {
        let sql = "insert into spooled (key, line, at, cells) values (?, ?, ?, ?)";
        let mut statement = self.scratch.connection.prepare_cached(sql)?;
        let Spooled { key, at, row } = spooled;
        statement.execute(params![key, row.line.cast_signed(), at, joined(&row.cells)])?;
        Ok(())
    }

    /// Hands each row to `each` with its key, all rows of a group together. `latest` orders groups by their last time
    /// instead of their first. Stops when `each` answers false.
    pub fn drain(
        self,
        latest: bool,
        mut each: impl FnMut(&str, Row) -> Result<bool, SpoolError>,
    ) -> Result<(), SpoolError> {
        let at = if latest { "max(at)" } else { "min(at)" };
        // Groups without any readable time come last; they only lead to findings.
        let sql = format!(
            "with grouped as (select key, coalesce({at}, 9223372036854775807) as at, min(line) as first
                              from spooled group by key)
             select s.key, s.line, s.cells from grouped g join spooled s on s.key = g.key
             order by g.at, g.first, s.line"
        );
        self.scratch.connection.execute_batch("create index spooled_key on spooled (key)")?;
        let mut statement = self.scratch.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            let line: i64 = row.get(1)?;
            let cells: String = row.get(2)?;
            let cells = cells.split(SEPARATOR).collect::<StringRecord>();
            if !each(&key, Row { line: line.cast_unsigned(), cells })? {
                break;
            }
        }
        Ok(())
    }
}

/// The cells as one text that no other cells have.
pub(super) fn joined(cells: &StringRecord) -> String {
    let mut text = String::with_capacity(cells.as_slice().len() + cells.len());
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(SEPARATOR);
        }
        text.push_str(cell);
    }
    text
}

/// Keys already seen: by 128 bits of their hash, in memory first and on disk beyond.
#[derive(Default)]
pub struct Seen {
    recent: HashSet<[u8; 16]>,
    older: Option<Scratch>,
}

impl Seen {
    /// Adds a key. Answers false when it was there before.
    pub fn add(&mut self, key: &str) -> Result<bool, SpoolError> {
        let mut hash = [0; 16];
        hash.copy_from_slice(&Sha256::digest(key.as_bytes())[..16]);
        if self.recent.contains(&hash) || self.is_older(&hash)? {
            return Ok(false);
        }
        self.recent.insert(hash);
        if self.recent.len() >= MAX_KEYS_IN_MEMORY {
            self.spill()?;
        }
        Ok(true)
    }

    fn is_older(&self, hash: &[u8; 16]) -> Result<bool, SpoolError> {
        let Some(older) = &self.older else { return Ok(false) };
        Ok(older
            .connection
            .prepare_cached("select 1 from seen where hash = ?")?
            .exists(params![hash.as_slice()])?)
    }

    fn spill(&mut self) -> Result<(), SpoolError> {
        if self.older.is_none() {
            let scratch = Scratch::new()?;
            scratch
                .connection
                .execute_batch("create table seen (hash blob primary key) strict, without rowid")?;
            self.older = Some(scratch);
        }
        let Some(older) = &self.older else { return Ok(()) };
        older.connection.execute_batch("begin")?;
        for hash in self.recent.drain() {
            older
                .connection
                .prepare_cached("insert into seen (hash) values (?)")?
                .execute(params![hash.as_slice()])?;
        }
        older.connection.execute_batch("commit")?;
        Ok(())
    }
}
