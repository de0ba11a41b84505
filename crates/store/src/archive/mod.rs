//! The archive of a SQLite database: a copy of it and, moment by moment, everything that was committed since, so that it
//! can be had back as it was at any of these moments. It runs beside whoever reads and writes.
//!
//! SQLite overwrites its log once the database has all of it and nobody reads from it. The archive therefore always has
//! a reading transaction open (the pin), and lets the log begin anew only when it has all of it.

mod generation;
mod restore;
#[cfg(test)]
mod tests;
mod wal;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lazo_domain::time::{DAY, Timestamp};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::clock::Clock;
use crate::error::StoreError;

use generation::Generation;
pub use restore::restore;
use wal::Head;

/// The log is let begin anew when it has grown to so many octets.
const MAX_LOG: u64 = 32 * 1024 * 1024;
/// How long the archive waits for a writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(4);
/// How often it looks whether nobody writes.
const LOCK_TRIES: u32 = 2_000;
const LOCK_PAUSE: Duration = Duration::from_millis(1);
/// When a new generation begins, so that having back what was needs no long way.
const GENERATION_MICROS: i64 = DAY;

/// An archive being written.
pub struct Archiver {
    database: PathBuf,
    folder: PathBuf,
    pin: Connection,
    generation: Generation,
    max_log: u64,
}

impl Archiver {
    /// Begins a generation of the archive in `folder`: a copy of the database, and what is committed from now on.
    pub fn begin(database: &Path, folder: &Path, clock: &dyn Clock) -> Result<Self, StoreError> {
        let pin = pin(database)?;
        let generation = Generation::begin(database, folder, clock)?;
        let (database, folder) = (database.to_owned(), folder.to_owned());
        Ok(Self { database, folder, pin, generation, max_log: MAX_LOG })
    }

    /// Puts what was committed since the last time into the archive; answers how many octets.
    pub fn step(&mut self, clock: &dyn Clock) -> Result<u64, StoreError> {
        if clock.now().0 - self.generation.begun_at().0 >= GENERATION_MICROS {
            self.renew(clock)?;
        }
        let Some(mut octets) = self.take(clock)? else {
            // The log went on without us: whatever was in between is in a new copy.
            tracing::warn!(
                "the database's log began anew unseen; the archive begins a new generation"
            );
            self.renew(clock)?;
            return self.step(clock);
        };
        if self.generation.log_octets() > self.max_log {
            octets += self.let_log_begin_anew(clock)?;
        } else {
            // The new pin is set while the old one holds: nothing is overwritten in between.
            self.pin = pin(&self.database)?;
        }
        Ok(octets)
    }

    fn renew(&mut self, clock: &dyn Clock) -> Result<(), StoreError> {
        let max_log = self.max_log;
        *self = Self { max_log, ..Self::begin(&self.database, &self.folder, clock)? };
        Ok(())
    }

    /// Forgets the oldest generations but `keep`.
    pub fn prune(&self, keep: usize) -> Result<usize, StoreError> {
        let all = generation::all(&self.folder)?;
        let old = all.len().saturating_sub(keep.max(1));
        for (_, folder) in all.iter().take(old) {
            fs::remove_dir_all(folder).map_err(|e| failed("forgetting a generation", e))?;
        }
        Ok(old)
    }

    /// Takes what is new in the log; nothing when the log is another one than it could be.
    fn take(&mut self, clock: &dyn Clock) -> Result<Option<u64>, StoreError> {
        let mut log = match File::open(beside(&self.database, "-wal")) {
            Ok(log) => log,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Some(0)),
            Err(error) => return Err(failed("reading the log", error)),
        };
        match Head::read(&mut log).map_err(|e| failed("reading the log", e))? {
            Some(head) => self.generation.take(&mut log, &head, clock),
            None => Ok(Some(0)),
        }
    }

    /// While nobody may write, takes the rest of the log and has the database take all of it: the next writer begins
    /// the log anew, and the new pin keeps it from doing so twice.
    fn let_log_begin_anew(&mut self, clock: &dyn Clock) -> Result<u64, StoreError> {
        let database = self.database.clone();
        let copied = || -> rusqlite::Result<()> {
            let connection = open(&database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.execute_batch("pragma synchronous = full; pragma wal_checkpoint(passive)")
        };
        // Most of it while others write.
        self.pin = pin(&self.database)?;
        copied().map_err(sqlite)?;
        let guard = open(&self.database, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
        if !locked(&guard)? {
            // Everybody writes: the log may wait.
            return Ok(0);
        }
        let octets = self.take(clock)?;
        self.pin.execute_batch("rollback").map_err(sqlite)?;
        copied().map_err(sqlite)?;
        self.pin = pin(&self.database)?;
        guard.execute_batch("rollback").map_err(sqlite)?;
        octets.ok_or_else(|| StoreError::Shape("the log changed while nobody could write".into()))
    }
}

/// Keeps others from writing, unless they leave no gap for long. Looks often, for the gaps are short.
fn locked(guard: &Connection) -> Result<bool, StoreError> {
    guard.busy_timeout(Duration::ZERO).map_err(sqlite)?;
    for _ in 0..LOCK_TRIES {
        match guard.execute_batch("begin immediate") {
            Ok(()) => return Ok(true),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(LOCK_PAUSE);
            }
            Err(error) => return Err(sqlite(error)),
        }
    }
    Ok(false)
}

/// A reading transaction that has begun.
fn pin(database: &Path) -> Result<Connection, StoreError> {
    let pin = open(database, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(sqlite)?;
    pin.execute_batch("begin; select count(*) from sqlite_schema").map_err(sqlite)?;
    Ok(pin)
}

fn open(database: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(database, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// The path of a companion of `file`, such as its log.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn sqlite(error: rusqlite::Error) -> StoreError {
    StoreError::database("archiving the database", error)
}

fn failed(doing: &str, error: std::io::Error) -> StoreError {
    StoreError::database(doing, error)
}
