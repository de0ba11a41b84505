//! A SQLite file that nobody has open is made one file without companions, looked over, and brought to the disk.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::StoreError;

/// How often it is tried while somebody else is closing the file.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Seals it, see [`crate::backup::seal`].
pub(crate) async fn seal(file: &Path) -> Result<(), StoreError> {
    let mut tries = 0;
    while !alone(file)? {
        tries += 1;
        if tries == TRIES {
            return Err(StoreError::Busy);
        }
        tokio::time::sleep(PAUSE).await;
    }
    let to_disk = || -> std::io::Result<()> {
        File::open(file)?.sync_all()?;
        match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => File::open(".")?.sync_all(),
        }
    };
    to_disk().map_err(|e| StoreError::database("writing the backup to the disk", e))
}

/// Takes the log into the file and leaves it; false when somebody else has it open.
fn alone(file: &Path) -> Result<bool, StoreError> {
    let failed = |e: rusqlite::Error| StoreError::database("closing the backup", e);
    let connection = Connection::open(file).map_err(failed)?;
    let text = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
    let mode = connection.query_row("pragma journal_mode = delete", [], text);
    if mode.is_err() || mode.is_ok_and(|mode| mode != "delete") {
        return Ok(false);
    }
    let found = connection.query_row("pragma integrity_check(1)", [], text).map_err(failed)?;
    if found == "ok" { Ok(true) } else { Err(StoreError::Corrupt(found)) }
}
