//! Throw-away databases on both engines, so that every test runs on SQLite and on a real PostgreSQL.

use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::db::{Db, Dialect, Options};

/// A migrated database of one test's own.
pub struct TestDb {
    /// Connected as the role that Lazo would use.
    pub db: Db,
    /// Where it is, for a second connection or process.
    pub url: String,
    /// On PostgreSQL the same database as a superuser, who stands above grants.
    pub superuser_url: Option<String>,
    /// Its schema on PostgreSQL.
    pub schema: Option<String>,
    folder: Option<PathBuf>,
}

impl TestDb {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(unique("lazo-test"));
        std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        let url = format!("sqlite://{}", folder.join("lazo.db").display());
        let db = open(&url).await;
        Self { db, url, superuser_url: None, schema: None, folder: Some(folder) }
    }

    /// A fresh database on the server of `LAZO_TEST_POSTGRES`; `None` when only SQLite is wanted.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("LAZO_TEST_POSTGRES") else {
            let only = std::env::var("LAZO_TEST_SQLITE_ONLY").is_ok_and(|value| value == "1");
            assert!(only, "set LAZO_TEST_POSTGRES to a server, or LAZO_TEST_SQLITE_ONLY=1");
            return None;
        };
        // A schema and not a database of its own: the server can drop it without writing everything else out first.
        let schema = unique("lazo_test").replace('-', "_");
        let admin = Db::open(&server, few()).await.expect("LAZO_TEST_POSTGRES answers");
        // One role for all tests; two tests may well make it at the same moment.
        let role = "do $$ begin create role lazo_plain login password 'plain';
                    exception when duplicate_object or unique_violation then null; end $$";
        script(&admin, role).await;
        // A test of an earlier process with this number may have failed and left its own.
        let fresh = format!(
            "drop schema if exists {schema} cascade; create schema {schema} authorization lazo_plain"
        );
        script(&admin, &fresh).await;
        let (scheme, rest) = server.split_once("://").expect("the address has a scheme");
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let within = |address: &str| {
            let sign = if address.contains('?') { '&' } else { '?' };
            format!("{address}{sign}options=-c%20search_path%3D{schema}")
        };
        let url = within(&format!("{scheme}://lazo_plain:plain@{host}"));
        let db = open(&url).await;
        Some(Self {
            db,
            url,
            superuser_url: Some(within(&server)),
            schema: Some(schema),
            folder: None,
        })
    }

    /// Leaves nothing behind on the server. A test that fails leaves its schema to look at.
    async fn clean(&self) {
        if let (Some(url), Some(schema)) = (&self.superuser_url, &self.schema) {
            let admin = Db::open(url, few()).await.expect("the superuser connects");
            script(&admin, &format!("drop schema {schema} cascade")).await;
        }
    }

    /// Runs a script past all guards, as somebody with full power over the database would.
    pub async fn tamper(&self, sql: &str) {
        let db = match &self.superuser_url {
            Some(url) => Db::open(url, few()).await.expect("the superuser connects"),
            None => self.db.clone(),
        };
        if self.db.dialect() == Dialect::Sqlite {
            let guards = "drop trigger if exists event_no_update; drop trigger if exists event_no_delete;
                          drop trigger if exists entry_no_update; drop trigger if exists entry_no_delete;
                          drop trigger if exists claim_no_update; drop trigger if exists claim_no_delete;";
            script(&db, guards).await;
        }
        script(&db, sql).await;
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Runs a test on a fresh database of each engine.
pub async fn on_both<Test>(test: Test)
where
    Test: AsyncFn(&TestDb),
{
    let sqlite = TestDb::sqlite().await;
    test(&sqlite).await;
    if let Some(postgres) = TestDb::postgres().await {
        test(&postgres).await;
        postgres.clean().await;
    }
}

async fn open(url: &str) -> Db {
    let db = Db::open(url, patient(8)).await.expect("a fresh database opens");
    db.migrate().await.expect("a fresh database takes all migrations");
    db
}

async fn script(db: &Db, sql: &str) {
    let mut tx = db.begin().await.expect("a transaction begins");
    tx.script(sql).await.expect("the script runs");
    tx.commit().await.expect("the script is committed");
}

fn few() -> Options {
    patient(1)
}

/// A test waits for a machine that is busy with other tests; what a deadline does is tested with one of its own.
fn patient(connections: usize) -> Options {
    Options { connections, deadline: Duration::from_secs(45), ..Options::default() }
}

fn unique(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}
