//! A database as it was at a moment of its archive: the copy, and the logs that followed up to that moment.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::OpenFlags;

use super::generation::{self, BASE, Moment};
use super::wal::Head;
use super::{StoreError, Timestamp, beside, failed, open, sqlite};

/// Writes the database as it was at the last archived moment not after `at` (of all, when it is not given) to the new
/// file `into`; answers that moment. Everything that was committed by then is in it, and nothing that came later.
pub fn restore(
    archive: &Path,
    at: Option<Timestamp>,
    into: &Path,
) -> Result<Timestamp, StoreError> {
    for (_, folder) in generation::all(archive)?.iter().rev() {
        let mut moments = generation::moments(folder)?;
        moments.retain(|moment| at.is_none_or(|at| moment.at <= at));
        let Some(last) = moments.last().copied() else { continue };
        put_together(folder, &moments, last, into)?;
        return Ok(last.at);
    }
    Err(StoreError::Setup(match at {
        Some(at) => format!("the archive {} begins after {at}", archive.display()),
        None => format!("there is no archive in {}", archive.display()),
    }))
}

fn put_together(
    folder: &Path,
    moments: &[Moment],
    last: Moment,
    into: &Path,
) -> Result<(), StoreError> {
    let copied = |e| failed("restoring from the archive", e);
    fs::copy(folder.join(BASE), into).map_err(copied)?;
    for log in 1..=last.log {
        let octets = moments.iter().rev().find(|moment| moment.log == log);
        let Some(octets) = octets.map(|moment| moment.octets) else { continue };
        let here = beside(into, "-wal");
        fs::copy(generation::log_file(folder, log), &here).map_err(copied)?;
        let mut file = File::options().read(true).write(true).open(&here).map_err(copied)?;
        file.set_len(octets).map_err(copied)?;
        let head = Head::read(&mut file).map_err(copied)?;
        drop(file);
        // Once all frames are in the database the log may go; SQLite takes none that is not whole.
        let taken = frames(into, "pragma wal_checkpoint(passive)").map_err(sqlite)?;
        if head.is_none_or(|head| head.frames(octets) != taken) {
            return Err(StoreError::Corrupt(format!("log {log} of {}", folder.display())));
        }
        frames(into, "pragma wal_checkpoint(truncate)").map_err(sqlite)?;
    }
    Ok(())
}

/// How many frames of its log the database has after `checkpoint`.
fn frames(database: &Path, checkpoint: &str) -> rusqlite::Result<u64> {
    let connection = open(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let frames: i64 = connection.query_row(checkpoint, [], |row| row.get(2))?;
    Ok(u64::try_from(frames).unwrap_or(0))
}
