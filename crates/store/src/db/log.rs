//! SQLite's write-ahead log, copied into the database a little at a time beside the writer.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use rusqlite::Connection;

use super::sqlite::{Writer, connect};

/// How often what was committed meanwhile is copied from the log into the database, by a connection of its own: little
/// at a time, so that nobody waits long for a disk that is busy with it.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(100);
/// So many commits are copied together; fewer wait for company, two seconds at most.
const TOGETHER: u64 = 16;
/// Looks without a copy after which fewer are copied, too.
const LOOKS: u32 = 20;
/// Pages of the log (32 MiB) at which the last few are copied while the writer waits, so that it begins the log anew.
const LOG_PAGES: i64 = 8_192;

/// The write-ahead log, kept short beside the writer while anybody has the database open.
pub(super) struct Log {
    path: Weak<PathBuf>,
    writer: Weak<tokio::sync::Mutex<Option<Connection>>>,
}

impl Log {
    /// The log of a database and its writer.
    pub(super) fn of(path: &Arc<PathBuf>, writer: &Writer) -> Self {
        Self { path: Arc::downgrade(path), writer: Arc::downgrade(writer) }
    }

    /// Copies what was committed into the database, until nobody has it open any more.
    pub(super) async fn keep_short(self, commits: Arc<AtomicU64>) {
        let (mut connection, mut copied, mut looks) = (None, 0, 0);
        loop {
            tokio::time::sleep(CHECKPOINT_EVERY).await;
            let Some(path) = self.path.upgrade() else { return };
            let committed = commits.load(Ordering::Relaxed);
            looks += 1;
            if committed == copied || committed - copied < TOGETHER && looks < LOOKS {
                continue;
            }
            (copied, looks) = (committed, 0);
            let (open, pages) = copy_log(connection.take(), &path).await;
            connection = open;
            if pages >= LOG_PAGES
                && let Some(writer) = self.writer.upgrade()
            {
                // What is left is what came during the first copy. The writer finds nothing in the log and begins anew.
                let pause = writer.lock_owned().await;
                (connection, _) = copy_log(connection.take(), &path).await;
                drop(pause);
            }
        }
    }
}

/// Copies what the log has into the database; answers how many pages the log has. Nothing depends on it: what is not
/// copied now is copied later.
async fn copy_log(open: Option<Connection>, path: &Arc<PathBuf>) -> (Option<Connection>, i64) {
    let path = Arc::clone(path);
    let copy = move || {
        let open = open.or_else(|| connect(&path, true).ok())?;
        let pages = |row: &rusqlite::Row<'_>| row.get::<_, i64>(1);
        let pages = open.query_row("pragma wal_checkpoint(passive)", [], pages).ok()?;
        Some((open, pages))
    };
    match tokio::task::spawn_blocking(copy).await.ok().flatten() {
        Some((open, pages)) => (Some(open), pages),
        None => (None, 0),
    }
}
