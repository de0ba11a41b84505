//! The seam over the two engines: one text per statement, one kind of value, one kind of transaction.
//!
//! Two native drivers (rusqlite, tokio-postgres) instead of one library over both: the process links one SQLite, a
//! batch of statements is pipelined to PostgreSQL, and SQLite costs a third less CPU.

mod log;
mod postgres;
mod seal;
mod sqlite;
mod statement;
mod statistics;
mod value;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use seal::seal;
pub(crate) use sqlite::copy as copy_sqlite;
pub use statement::Statement;
pub use value::{Column, Columns, ColumnsOf, Row, Value};

use crate::error::StoreError;

/// The longest a caller waits for one answer of the database; past it the result is unknown.
pub const CALL_DEADLINE: Duration = Duration::from_secs(5);
/// How often a transaction that met another is tried again before the caller hears of it.
pub const MAX_TRIES: u32 = 8;

/// Which engine is behind the seam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, in the process.
    Sqlite,
    /// PostgreSQL, on the network.
    Postgres,
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections for reading (and on PostgreSQL as many again for writing).
    pub connections: usize,
    /// Starts although the server may lose acknowledged work at a power cut. Only for throw-away databases.
    pub allow_unsafe: bool,
    /// The longest a caller waits for one answer: [`CALL_DEADLINE`] in real use.
    pub deadline: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 8, allow_unsafe: false, deadline: CALL_DEADLINE }
    }
}

/// A database. Cheap to clone; all clones share its connections.
#[derive(Clone)]
pub struct Db {
    engine: Arc<Engine>,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens `sqlite://path/to/file.db` (made when it is not there) or `postgres://user@host/name`, and refuses
    /// settings under which acknowledged work could be lost.
    pub async fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        let engine = match url.split_once("://") {
            Some(("sqlite", path)) => Engine::Sqlite(sqlite::Sqlite::open(path, &options)?),
            Some(("postgres" | "postgresql", _)) => {
                Engine::Postgres(postgres::Postgres::open(url, &options).await?)
            }
            _ => {
                return Err(StoreError::Setup(
                    "the database address must begin with sqlite:// or postgres://, such as sqlite://lazo.db".into(),
                ));
            }
        };
        Ok(Self { engine: Arc::new(engine) })
    }

    /// Opens a SQLite file that is there, for reading alone; it and its folder stay as they are.
    pub fn open_to_read(file: &Path) -> Result<Self, StoreError> {
        Ok(Self { engine: Arc::new(Engine::Sqlite(sqlite::Sqlite::open_to_read(file)?)) })
    }

    /// Copies a SQLite database as it is at this moment into a new file; false when it is no SQLite database.
    pub(crate) fn copy_file(&self, file: &Path) -> Result<bool, StoreError> {
        match self.engine.as_ref() {
            Engine::Sqlite(db) => db.copy_to(file).map(|()| true),
            Engine::Postgres(_) => Ok(false),
        }
    }

    /// Which engine this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        // dialect: this is where the name of the engine comes from
        match self.engine.as_ref() {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Reads, on a connection of the readers' pool.
    pub async fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.ask(Statement::new(sql, params)).await
    }

    /// Reads at most one row.
    pub async fn query_one(&self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Reads with a set, on a connection of the readers' pool.
    pub async fn ask(&self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        match self.engine.as_ref() {
            Engine::Sqlite(db) => db.read(&statement).await,
            Engine::Postgres(db) => db.read(&statement).await,
        }
    }

    /// As [`Self::ask`], for statements that find every row by its key.
    pub async fn ask_keyed(&self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        match self.engine.as_ref() {
            Engine::Sqlite(db) => db.read_keyed(&statement).await,
            Engine::Postgres(db) => db.read_keyed(&statement).await,
        }
    }

    /// Writes one statement in a transaction of its own; answers how many rows it changed.
    pub async fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        self.retry(|| async {
            let mut tx = self.begin().await?;
            let changed = tx.execute(sql, params).await?;
            tx.commit().await?;
            Ok(changed)
        })
        .await
    }

    /// Writes one statement that answers rows (`returning`), in a transaction of its own.
    pub async fn write(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.retry(|| async {
            let mut tx = self.begin().await?;
            let rows = tx.query(sql, params).await?;
            tx.commit().await?;
            Ok(rows)
        })
        .await
    }

    /// Runs one statement that no transaction may hold, such as `create database` or `vacuum`.
    pub async fn outside_transaction(&self, sql: &str) -> Result<(), StoreError> {
        match self.engine.as_ref() {
            Engine::Sqlite(db) => db.outside(sql).await,
            Engine::Postgres(db) => db.outside(sql).await,
        }
    }

    /// Begins a transaction that writes. Dropped without [`Tx::commit`], nothing of it stays. On SQLite nobody else
    /// writes meanwhile: hold it briefly, and write nothing past it.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match self.engine.as_ref() {
            Engine::Sqlite(db) => Lease::Sqlite(db.begin().await?),
            Engine::Postgres(db) => Lease::Postgres(db.begin().await?),
        }))
    }

    /// Begins a transaction that writes and finds every row by its key: PostgreSQL is told not to read whole tables,
    /// which it would plan for tables that were still small when a statement was prepared.
    pub async fn begin_keyed(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match self.engine.as_ref() {
            Engine::Sqlite(db) => Lease::Sqlite(db.begin().await?),
            Engine::Postgres(db) => Lease::Postgres(db.begin_keyed().await?),
        }))
    }

    /// Begins a transaction that only reads and sees one moment throughout.
    pub async fn snapshot(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match self.engine.as_ref() {
            Engine::Sqlite(db) => Lease::Sqlite(db.snapshot().await?),
            Engine::Postgres(db) => Lease::Postgres(db.snapshot().await?),
        }))
    }

    /// Runs a whole transaction again, from its beginning, while it meets others.
    pub async fn retry<T, F, Work>(&self, work: F) -> Result<T, StoreError>
    where
        F: Fn() -> Work,
        Work: Future<Output = Result<T, StoreError>>,
    {
        let mut tries = 0;
        loop {
            match work().await {
                Err(error) if error.is_transient() && tries + 1 < MAX_TRIES => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(1 << tries.min(6))).await;
                }
                done => return done,
            }
        }
    }
}

/// A transaction.
pub struct Tx(Lease);

enum Lease {
    Sqlite(sqlite::SqliteTx),
    Postgres(postgres::PostgresTx),
}

impl Tx {
    /// Runs a statement that answers rows.
    pub async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.ask(Statement::new(sql, params)).await
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        let changed = self.run_all(vec![Statement::new(sql, params)]).await?;
        Ok(changed.into_iter().sum())
    }

    /// Runs a statement on a set that answers rows.
    pub async fn ask(&mut self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        let answers = self.ask_all(vec![statement]).await?;
        Ok(answers.into_iter().flatten().collect())
    }

    /// Runs several statements that answer rows, pipelined where the engine can.
    pub async fn ask_all(
        &mut self,
        statements: Vec<Statement>,
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        match &mut self.0 {
            Lease::Sqlite(tx) => tx.ask_all(&statements),
            Lease::Postgres(tx) => tx.ask_all(&statements).await,
        }
    }

    /// Runs several statements in order, pipelined where the engine can; answers how many rows each changed.
    pub async fn run_all(&mut self, statements: Vec<Statement>) -> Result<Vec<u64>, StoreError> {
        match &mut self.0 {
            Lease::Sqlite(tx) => tx.run_all(&statements),
            Lease::Postgres(tx) => tx.run_all(&statements).await,
        }
    }

    /// Runs a script of several statements without parameters (migrations).
    pub async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.0 {
            Lease::Sqlite(tx) => tx.script(sql),
            Lease::Postgres(tx) => tx.script(sql).await,
        }
    }

    /// Makes it last. When this answers `Ok`, the work survives a power cut.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Lease::Sqlite(tx) => tx.commit(),
            Lease::Postgres(tx) => tx.commit().await,
        }
    }

    /// Undoes it.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            Lease::Sqlite(tx) => {
                drop(tx);
                Ok(())
            }
            Lease::Postgres(tx) => tx.rollback().await,
        }
    }
}
