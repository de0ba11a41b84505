//! PostgreSQL behind the seam: two pools, pipelined statements, a deadline on every call.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::{Connect, Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::future::{BoxFuture, join_all, poll_fn};
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use super::statement::Statement;
use super::statistics;
use super::value::{Column, Row, Value};
use super::{Dialect, Options};
use crate::error::StoreError;

/// A migration may build an index over a large table.
const SCRIPT_DEADLINE: Duration = Duration::from_secs(600);

/// Told to connections that only ever look for keys: a statement is planned once, perhaps while its tables are still
/// small enough to be read whole, and kept when they have grown.
const BY_KEY: &str = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off \
     -c plan_cache_mode=force_generic_plan";

/// A PostgreSQL database.
#[derive(Clone)]
pub(super) struct Postgres {
    writers: Pool,
    readers: Pool,
    keyed: Pool,
    unreplicated: Arc<AtomicU64>,
    /// Transactions that were committed, by which young tables get their statistics in time.
    committed: Arc<AtomicU64>,
    /// The longest a caller waits for one answer.
    deadline: Duration,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|e| {
            StoreError::Setup(format!("the database address is not understood: {e}"))
        })?;
        config.connect_timeout(options.deadline).application_name("lazo");
        let unreplicated = Arc::new(AtomicU64::new(0));
        let pool = |options_text: &str| {
            let mut config = config.clone();
            if !options_text.is_empty() {
                let own = config.get_options().unwrap_or_default();
                config.options(format!("{own} {options_text}").trim());
            }
            let connector = Listening { unreplicated: Arc::clone(&unreplicated) };
            let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
            let manager = Manager::from_connect(config, connector, recycling);
            let pool = Pool::builder(manager).max_size(options.connections.max(1)).build();
            pool.map_err(|e| StoreError::database("opening a pool", e))
        };
        let db = Self {
            writers: pool("")?,
            readers: pool("")?,
            keyed: pool(BY_KEY)?,
            unreplicated: Arc::clone(&unreplicated),
            committed: Arc::default(),
            deadline: options.deadline,
        };
        db.check(options).await?;
        db.advise().await?;
        Ok(db)
    }

    /// Refuses a server that may forget what it acknowledged.
    async fn check(&self, options: &Options) -> Result<(), StoreError> {
        let sql = "select name, setting from pg_settings
                   where name in ('fsync', 'full_page_writes', 'synchronous_commit')";
        let mut unsafe_settings = Vec::new();
        for row in self.read(&Statement::new(sql, &[])).await? {
            if !["on", "remote_apply"].contains(&row.text("setting")?) {
                unsafe_settings.push(format!("{} = {}", row.text("name")?, row.text("setting")?));
            }
        }
        if unsafe_settings.is_empty() {
            return Ok(());
        }
        let found = unsafe_settings.join(", ");
        if options.allow_unsafe {
            tracing::warn!(%found, "this PostgreSQL may lose acknowledged work at a power cut; never use it for real points");
            return Ok(());
        }
        Err(StoreError::Setup(format!(
            "PostgreSQL runs with {found}, so acknowledged points could be lost; set them to on"
        )))
    }

    /// Says what weakens the safety of the ledger without making it unsafe.
    async fn advise(&self) -> Result<(), StoreError> {
        let sql = "select r.rolsuper as superuser, current_setting('synchronous_standby_names') as standbys
                   from pg_roles r where r.rolname = current_user";
        for row in self.read(&Statement::new(sql, &[])).await? {
            if row.flag("superuser")? {
                tracing::warn!(
                    "connected as a superuser, who stands above the grants that keep the journal append-only; use a plain role"
                );
            }
            if row.text("standbys")?.is_empty() {
                tracing::info!("no synchronous standby: acknowledged work is on one machine only");
            }
        }
        Ok(())
    }

    pub(super) async fn read(&self, statement: &Statement) -> Result<Vec<Row>, StoreError> {
        let client = self.take(&self.readers).await?;
        let done = in_time("reading", self.deadline, ask(&client, statement)).await;
        discard_if_late(client, &done);
        done
    }

    /// As [`Self::read`], finding every row by its key.
    pub(super) async fn read_keyed(&self, statement: &Statement) -> Result<Vec<Row>, StoreError> {
        let client = self.take(&self.keyed).await?;
        let done = in_time("reading", self.deadline, ask(&client, statement)).await;
        discard_if_late(client, &done);
        done
    }

    pub(super) async fn outside(&self, sql: &str) -> Result<(), StoreError> {
        let client = self.take(&self.writers).await?;
        let work = async { client.batch_execute(sql).await.map_err(|e| fault(sql, e)) };
        let done = in_time("running a statement", SCRIPT_DEADLINE, work).await;
        discard_if_late(client, &done);
        done
    }

    pub(super) async fn begin(&self) -> Result<PostgresTx, StoreError> {
        let client = self.take(&self.writers).await?;
        PostgresTx::start(client, "begin", self.clone()).await
    }

    pub(super) async fn begin_keyed(&self) -> Result<PostgresTx, StoreError> {
        let client = self.take(&self.keyed).await?;
        PostgresTx::start(client, "begin", self.clone()).await
    }

    pub(super) async fn snapshot(&self) -> Result<PostgresTx, StoreError> {
        let client = self.take(&self.readers).await?;
        let begin = "begin isolation level repeatable read read only";
        PostgresTx::start(client, begin, self.clone()).await
    }

    async fn take(&self, pool: &Pool) -> Result<Object, StoreError> {
        match tokio::time::timeout(self.deadline, pool.get()).await {
            Ok(client) => client.map_err(|e| StoreError::database("connecting to PostgreSQL", e)),
            Err(_) => Err(StoreError::Busy),
        }
    }
}

/// A connection whose answer is still on its way must not serve anybody else.
fn discard_if_late<T>(client: Object, done: &Result<T, StoreError>) {
    if matches!(done, Err(StoreError::Deadline(_))) {
        drop(Object::take(client));
    }
}

/// All of what is on its way together, or the fault of the first that failed: those behind it fail because of it, and
/// whichever is heard of first tells nothing.
async fn first_fault<T>(
    all: impl Iterator<Item = impl Future<Output = Result<T, StoreError>>>,
) -> Result<Vec<T>, StoreError> {
    join_all(all).await.into_iter().collect()
}

async fn in_time<T>(
    doing: &'static str,
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(StoreError::Deadline(doing)))
}

/// A transaction; dropped before its end, its connection is closed and the server rolls it back.
pub(super) struct PostgresTx {
    client: Option<Object>,
    home: Postgres,
    /// How long a call may take. What rebuilds or drops tables has many files to write or remove, at its commit too.
    within: Duration,
}

impl PostgresTx {
    async fn start(client: Object, begin: &str, home: Postgres) -> Result<Self, StoreError> {
        let deadline = home.deadline;
        let tx = Self { client: Some(client), home, within: deadline };
        tx.simple("beginning", begin, deadline).await?;
        Ok(tx)
    }

    fn client(&self) -> Result<&Object, StoreError> {
        self.client.as_ref().ok_or(StoreError::Busy)
    }

    async fn simple(
        &self,
        doing: &'static str,
        sql: &str,
        limit: Duration,
    ) -> Result<(), StoreError> {
        let client = self.client()?;
        in_time(doing, limit, async { client.batch_execute(sql).await.map_err(|e| fault(sql, e)) })
            .await
    }

    pub(super) async fn ask_all(
        &mut self,
        statements: &[Statement],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let client = self.client()?;
        let all = statements.iter().map(|s| ask(client, s));
        in_time("reading", self.within, first_fault(all)).await
    }

    pub(super) async fn run_all(
        &mut self,
        statements: &[Statement],
    ) -> Result<Vec<u64>, StoreError> {
        let client = self.client()?;
        let all = statements.iter().map(|s| run(client, s));
        in_time("writing", self.within, first_fault(all)).await
    }

    pub(super) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.within = SCRIPT_DEADLINE;
        self.simple("running a script", sql, SCRIPT_DEADLINE).await
    }

    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let before = self.home.unreplicated.load(Ordering::SeqCst);
        let done = self.simple("committing", "commit", self.within).await;
        if self.home.unreplicated.load(Ordering::SeqCst) != before {
            let lost = "the server stopped waiting for its standby";
            return Err(StoreError::Unknown(lost.into()));
        }
        match done {
            Ok(()) => {
                drop(self.client.take());
                statistics::committed(&self.home, &self.home.committed);
                Ok(())
            }
            Err(
                error @ (StoreError::Conflict(_) | StoreError::Unique(_) | StoreError::Deadline(_)),
            ) => Err(error),
            Err(error) => Err(StoreError::Unknown(Box::new(error))),
        }
    }

    pub(super) async fn rollback(mut self) -> Result<(), StoreError> {
        self.simple("rolling back", "rollback", self.home.deadline).await?;
        drop(self.client.take());
        Ok(())
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

/// Connects, and listens for the one notice that makes a commit doubtful.
struct Listening {
    unreplicated: Arc<AtomicU64>,
}

impl Connect for Listening {
    fn connect(
        &self,
        config: &Config,
    ) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>> {
        let config = config.clone();
        let unreplicated = Arc::clone(&self.unreplicated);
        Box::pin(async move {
            let (client, mut connection) = config.connect(NoTls).await?;
            let task = tokio::spawn(async move {
                while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
                    match message {
                        Ok(AsyncMessage::Notice(notice))
                            if notice.message().contains("synchronous replication") =>
                        {
                            unreplicated.fetch_add(1, Ordering::SeqCst);
                            tracing::warn!(
                                notice = notice.message(),
                                "a commit may not have reached a standby"
                            );
                        }
                        Ok(_) => {}
                        Err(error) => {
                            tracing::warn!(%error, "a connection to PostgreSQL ended");
                            break;
                        }
                    }
                }
            });
            Ok((client, task))
        })
    }
}

async fn ask(client: &Object, statement: &Statement) -> Result<Vec<Row>, StoreError> {
    if statement.is_idle() {
        return Ok(Vec::new());
    }
    let text = statement.text(Dialect::Postgres);
    let sql = &text.sql;
    let prepared = client.prepare_cached(sql).await.map_err(|e| fault(sql, e))?;
    let names = text.names(|| prepared.columns().iter().map(tokio_postgres::Column::name));
    let found = client.query(&prepared, &cells(statement)).await.map_err(|e| fault(sql, e))?;
    found
        .iter()
        .map(|row| {
            let values =
                (0..names.len()).map(|place| field(row, place)).collect::<Result<_, _>>()?;
            Ok(Row { names: Arc::clone(&names), values })
        })
        .collect()
}

async fn run(client: &Object, statement: &Statement) -> Result<u64, StoreError> {
    if statement.is_idle() {
        return Ok(0);
    }
    let text = statement.text(Dialect::Postgres);
    let sql = &text.sql;
    let prepared = client.prepare_cached(sql).await.map_err(|e| fault(sql, e))?;
    client.execute(&prepared, &cells(statement)).await.map_err(|e| fault(sql, e))
}

fn cells(statement: &Statement) -> Vec<&(dyn ToSql + Sync)> {
    let columns = statement.set.iter().flat_map(|set| set.columns.iter());
    let columns = columns.map(|column| column as &(dyn ToSql + Sync));
    columns.chain(statement.params.iter().map(|value| value as &(dyn ToSql + Sync))).collect()
}

fn field(row: &tokio_postgres::Row, place: usize) -> Result<Value, StoreError> {
    let column = &row.columns()[place];
    let wrong =
        |e: tokio_postgres::Error| StoreError::Shape(format!("column `{}`: {e}", column.name()));
    Ok(match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(place).map_err(wrong)?.into(),
        Type::INT4 => row.try_get::<_, Option<i32>>(place).map_err(wrong)?.map(i64::from).into(),
        Type::INT2 => row.try_get::<_, Option<i16>>(place).map_err(wrong)?.map(i64::from).into(),
        Type::BOOL => row.try_get::<_, Option<bool>>(place).map_err(wrong)?.into(),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place).map_err(wrong)?.into(),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => {
            row.try_get::<_, Option<String>>(place).map_err(wrong)?.into()
        }
        ref other => {
            return Err(StoreError::Shape(format!(
                "column `{}` has the type {other}; cast it to bigint, text or bytea",
                column.name()
            )));
        }
    })
}

type Boxed = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => match *ty {
                Type::INT8 => number.to_sql(ty, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::BOOL => (*number != 0).to_sql(ty, out),
                _ => Err(format!("a number was given where {ty} is wanted").into()),
            },
            Self::Text(text) => match *ty {
                Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => text.to_sql(ty, out),
                _ => Err(format!("text was given where {ty} is wanted").into()),
            },
            Self::Bytes(bytes) => match *ty {
                Type::BYTEA => bytes.to_sql(ty, out),
                _ => Err(format!("octets were given where {ty} is wanted").into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Column {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self {
            Self::Ints(all) => all.to_sql(ty, out),
            Self::Texts(all) => all.to_sql(ty, out),
            Self::Bytes(all) => all.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8_ARRAY, Type::TEXT_ARRAY, Type::BYTEA_ARRAY].contains(ty)
    }

    to_sql_checked!();
}

fn fault(doing: &str, error: tokio_postgres::Error) -> StoreError {
    let Some(db) = error.as_db_error() else { return StoreError::database(doing, error) };
    match *db.code() {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            StoreError::Conflict(Some(Box::new(error)))
        }
        SqlState::UNIQUE_VIOLATION => {
            StoreError::Unique(db.constraint().unwrap_or_default().to_owned())
        }
        // Data that does not fit a column, a text or an index: the same again would fail again.
        ref code if code.code().starts_with("22") || code.code().starts_with("54") => {
            StoreError::Shape(db.message().to_owned())
        }
        ref code => StoreError::database(doing, format!("{} ({})", db.message(), code.code())),
    }
}
