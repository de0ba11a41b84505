//! SQLite behind the seam: one writer, a few readers, write-ahead log with full sync.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::log::Log;
use super::statement::Statement;
use super::value::{Column, Row, Value};
use super::{CALL_DEADLINE, Dialect, Options};
use crate::error::StoreError;

/// How long SQLite itself waits for another process's lock; below [`CALL_DEADLINE`], so that it answers first.
const BUSY_TIMEOUT: Duration = Duration::from_secs(4);
/// Pages of the log at which the writer itself stops to copy, so that it never grows without end (128 MiB). It comes to
/// that only when readers keep the log for long.
const MAX_LOG_PAGES: u32 = 32_768;
/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;

/// Settings of a connection that reads. Whatever it keeps of the file is void as soon as somebody has written, so it keeps
/// little.
const READING: &str = "pragma cache_size = -4096; pragma query_only = on";

/// The one connection that writes; nothing while it is to be opened anew.
pub(super) type Writer = Arc<tokio::sync::Mutex<Option<Connection>>>;

/// A SQLite database file.
#[derive(Clone)]
pub(super) struct Sqlite {
    path: Arc<PathBuf>,
    writer: Writer,
    /// Transactions that were committed.
    commits: Arc<AtomicU64>,
    idle: Arc<Mutex<Vec<Connection>>>,
    readers: Arc<Semaphore>,
    /// The longest a caller waits for its turn.
    deadline: Duration,
}

impl Sqlite {
    pub(super) fn open(path: &str, options: &Options) -> Result<Self, StoreError> {
        let path = Path::new(path).to_owned();
        if path.as_os_str().is_empty() {
            return Err(StoreError::Setup(
                "sqlite:// needs a file, such as sqlite://lazo.db".into(),
            ));
        }
        let writer = connect(&path, true)?;
        let path = Arc::new(path);
        let writer: Writer = Arc::new(tokio::sync::Mutex::new(Some(writer)));
        let commits = Arc::new(AtomicU64::new(0));
        if Handle::try_current().is_ok() {
            tokio::spawn(Log::of(&path, &writer).keep_short(Arc::clone(&commits)));
        }
        Ok(Self {
            path,
            writer,
            commits,
            idle: Arc::default(),
            readers: Arc::new(Semaphore::new(options.connections.max(1))),
            deadline: options.deadline,
        })
    }

    /// Opens a file that is there, for reading alone; it and its folder stay as they are.
    pub(super) fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let first = connect(path, false)?;
        Ok(Self {
            path: Arc::new(path.to_owned()),
            writer: Arc::default(),
            commits: Arc::default(),
            idle: Arc::new(Mutex::new(vec![first])),
            readers: Arc::new(Semaphore::new(4)),
            deadline: CALL_DEADLINE,
        })
    }

    /// Copies the database as it is at this moment into a new file, while others read and write.
    pub(super) fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        blocking(|| copy(&self.path, file))
    }

    pub(super) async fn read(&self, statement: &Statement) -> Result<Vec<Row>, StoreError> {
        let reader = self.reader().await?;
        blocking(|| ask(reader.connection(), statement))
    }

    /// Reads rows by their keys. That takes less time than to give this thread's other tasks to another thread.
    pub(super) async fn read_keyed(&self, statement: &Statement) -> Result<Vec<Row>, StoreError> {
        let reader = self.reader().await?;
        ask(reader.connection(), statement)
    }

    pub(super) async fn outside(&self, sql: &str) -> Result<(), StoreError> {
        let mut guard = self.writer().await?;
        let connection = guard.as_mut().ok_or(StoreError::Busy)?;
        blocking(|| connection.execute_batch(sql).map_err(|e| fault(sql, e)))
    }

    pub(super) async fn begin(&self) -> Result<SqliteTx, StoreError> {
        let guard = self.writer().await?;
        let commits = Arc::clone(&self.commits);
        let mut tx = SqliteTx { seat: Seat::Writer(guard), open: false, commits };
        blocking(|| {
            tx.connection()?.execute_batch("begin immediate").map_err(|e| fault("begin", e))
        })?;
        tx.open = true;
        Ok(tx)
    }

    async fn writer(&self) -> Result<OwnedMutexGuard<Option<Connection>>, StoreError> {
        let waiting = Arc::clone(&self.writer).lock_owned();
        let mut guard =
            tokio::time::timeout(self.deadline, waiting).await.map_err(|_| StoreError::Busy)?;
        if guard.is_none() {
            *guard = Some(blocking(|| connect(&self.path, true))?);
        }
        Ok(guard)
    }

    pub(super) async fn snapshot(&self) -> Result<SqliteTx, StoreError> {
        let reader = self.reader().await?;
        // The snapshot is taken by the first read, so read something at once.
        let begin = "begin deferred; select count(*) from sqlite_schema";
        blocking(|| reader.connection().execute_batch(begin).map_err(|e| fault("begin", e)))?;
        Ok(SqliteTx { seat: Seat::Reader(reader), open: true, commits: Arc::clone(&self.commits) })
    }

    async fn reader(&self) -> Result<Reader, StoreError> {
        let waiting = Arc::clone(&self.readers).acquire_owned();
        let permit = tokio::time::timeout(self.deadline, waiting)
            .await
            .map_err(|_| StoreError::Busy)?
            .map_err(|_| StoreError::Busy)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => blocking(|| connect(&self.path, false))?,
        };
        Ok(Reader { connection: Some(connection), idle: Arc::clone(&self.idle), _permit: permit })
    }
}

/// A reading connection on loan.
struct Reader {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("it leaves only when the loan ends")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

enum Seat {
    Writer(OwnedMutexGuard<Option<Connection>>),
    Reader(Reader),
}

/// A transaction; dropped, it rolls back.
pub(super) struct SqliteTx {
    seat: Seat,
    open: bool,
    commits: Arc<AtomicU64>,
}

impl SqliteTx {
    fn connection(&self) -> Result<&Connection, StoreError> {
        match &self.seat {
            Seat::Writer(guard) => guard.as_ref().ok_or(StoreError::Busy),
            Seat::Reader(reader) => Ok(reader.connection()),
        }
    }

    pub(super) fn ask_all(
        &mut self,
        statements: &[Statement],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let connection = self.connection()?;
        blocking(|| statements.iter().map(|statement| ask(connection, statement)).collect())
    }

    pub(super) fn run_all(&mut self, statements: &[Statement]) -> Result<Vec<u64>, StoreError> {
        let connection = self.connection()?;
        blocking(|| statements.iter().map(|statement| run(connection, statement)).collect())
    }

    pub(super) fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        let connection = self.connection()?;
        blocking(|| connection.execute_batch(sql).map_err(|e| fault(sql, e)))
    }

    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        let done =
            blocking(|| self.connection()?.execute_batch("commit").map_err(|e| fault("commit", e)));
        match done {
            Ok(()) => {
                self.open = false;
                self.commits.fetch_add(1, Ordering::Relaxed);
            }
            // Locked by another process before anything was written: the drop rolls it back.
            Err(StoreError::Conflict(_)) => {}
            // After a failed write nobody knows what is on the disk: the connection is not used again.
            Err(_) => {
                self.open = false;
                if let Seat::Writer(guard) = &mut self.seat {
                    **guard = None;
                }
                return done.map_err(|e| StoreError::Unknown(Box::new(e)));
            }
        }
        done
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let undone = self
            .connection()
            .map(|c| blocking(|| c.is_autocommit() || c.execute_batch("rollback").is_ok()));
        if let (Ok(false), Seat::Writer(guard)) = (undone, &mut self.seat) {
            **guard = None;
        }
    }
}

/// Runs work that may wait for the disk without holding up the other tasks of this thread.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Opens a connection with the settings under which nothing acknowledged is lost.
pub(super) fn connect(path: &Path, writes: bool) -> Result<Connection, StoreError> {
    let named = |e: rusqlite::Error| {
        StoreError::Setup(format!("cannot open the SQLite database {}: {e}", path.display()))
    };
    let access = if writes {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(named)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(named)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // One plan for a statement, whatever is bound: else some are planned anew each time they are asked.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(named)?;
    if writes {
        connection
            .execute_batch(
                "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
                 pragma secure_delete = on; pragma cache_size = -65536; pragma temp_store = memory;",
            )
            .map_err(named)?;
        connection.pragma_update(None, "wal_autocheckpoint", MAX_LOG_PAGES).map_err(named)?;
        check(&connection, path)?;
    } else {
        connection.execute_batch(READING).map_err(named)?;
    }
    Ok(connection)
}

/// Copies a database as it is at this moment into a new file, while others read and write.
pub(crate) fn copy(database: &Path, file: &Path) -> Result<(), StoreError> {
    let copy = || {
        let from = Connection::open_with_flags(
            database,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        from.busy_timeout(BUSY_TIMEOUT)?;
        let mut to = Connection::open(file)?;
        // In one step: of several, each would begin anew whenever somebody had written in between.
        Backup::new(&from, &mut to)?.step(-1)
    };
    match copy().map_err(|e| fault("copying the database", e))? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::Busy),
    }
}

/// Reads the settings back: a file system without shared memory, for one, quietly refuses the write-ahead log.
fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    for (pragma, wanted) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
    ] {
        let found = connection
            .query_row(&format!("pragma {pragma}"), [], |row| Ok(text_of(row.get_ref(0)?)))
            .map_err(|e| fault(pragma, e))?;
        if found != wanted {
            return Err(StoreError::Setup(format!(
                "{}: SQLite answers {pragma} = {found} where {wanted} is needed so that nothing acknowledged is lost; use a local disk",
                path.display()
            )));
        }
    }
    Ok(())
}

fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    }
}

fn ask(connection: &Connection, statement: &Statement) -> Result<Vec<Row>, StoreError> {
    let mut out = Vec::new();
    if statement.is_idle() {
        return Ok(out);
    }
    let text = statement.text(Dialect::Sqlite);
    let sql = &text.sql;
    let mut prepared = connection.prepare_cached(sql).map_err(|e| fault(sql, e))?;
    let names = text.names(|| prepared.column_names());
    for run in 0..statement.runs() {
        bind(&mut prepared, statement, run).map_err(|e| fault(sql, e))?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(|e| fault(sql, e))? {
            let values = (0..names.len())
                .map(|place| row.get_ref(place).map(field).map_err(|e| fault(sql, e))?)
                .collect::<Result<_, StoreError>>()?;
            out.push(Row { names: Arc::clone(&names), values });
        }
    }
    Ok(out)
}

fn run(connection: &Connection, statement: &Statement) -> Result<u64, StoreError> {
    if statement.is_idle() {
        return Ok(0);
    }
    let text = statement.text(Dialect::Sqlite);
    let sql = &text.sql;
    let mut prepared = connection.prepare_cached(sql).map_err(|e| fault(sql, e))?;
    let mut changed = 0;
    for run in 0..statement.runs() {
        bind(&mut prepared, statement, run).map_err(|e| fault(sql, e))?;
        let rows = prepared.raw_execute().map_err(|e| fault(sql, e))?;
        changed += u64::try_from(rows).unwrap_or(u64::MAX);
    }
    Ok(changed)
}

/// Binds one row of the set, then the plain parameters, without copying a text.
fn bind(
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement,
    row: usize,
) -> rusqlite::Result<()> {
    let columns = statement.set.as_ref().map_or(&[][..], |set| &set.columns);
    for (place, column) in columns.iter().enumerate() {
        match column {
            Column::Ints(all) => prepared.raw_bind_parameter(place + 1, all[row]),
            Column::Texts(all) => prepared.raw_bind_parameter(place + 1, all[row].as_deref()),
            Column::Bytes(all) => prepared.raw_bind_parameter(place + 1, all[row].as_deref()),
        }?;
    }
    for (place, value) in statement.params.iter().enumerate() {
        prepared.raw_bind_parameter(columns.len() + place + 1, value)?;
    }
    Ok(())
}

fn field(value: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(StoreError::Shape("a floating-point number was found".into()));
        }
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn fault(doing: &str, error: rusqlite::Error) -> StoreError {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    match &error {
        rusqlite::Error::SqliteFailure(code, message) => match code.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                StoreError::Conflict(Some(Box::new(error)))
            }
            ErrorCode::ConstraintViolation
                if [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE]
                    .contains(&code.extended_code) =>
            {
                StoreError::Unique(message.clone().unwrap_or_default())
            }
            ErrorCode::TooBig | ErrorCode::TypeMismatch | ErrorCode::ParameterOutOfRange => {
                StoreError::Shape(error.to_string())
            }
            _ => StoreError::database(doing, error),
        },
        _ => StoreError::database(doing, error),
    }
}
