//! Where a run takes place: a scratch folder with a SQLite file or a PostgreSQL of its own.

use std::path::{Path, PathBuf};

use super::house::{House, Scratch};
use super::plant::{self, Plant};
use super::postgres::Cluster;
use super::{Engine, Run};

/// A place for one run.
pub struct Ground {
    scratch: Scratch,
    disk: PathBuf,
    /// The server, where PostgreSQL is asked for.
    pub cluster: Option<Cluster>,
}

impl Ground {
    /// Makes it, its database on `disk` where one is given, with `settings` for PostgreSQL.
    pub fn lay(run: &Run, disk: Option<&Path>, settings: &[&str]) -> anyhow::Result<Self> {
        let mut scratch = Scratch::make()?;
        if run.keep {
            scratch.keep();
        }
        let disk = disk.unwrap_or(&scratch.path).to_owned();
        let cluster = match run.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::make(&disk.join("pg"), settings)?),
        };
        Ok(Self { scratch, disk, cluster })
    }

    /// Its folder, for logs and scripts.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.scratch.path.clone()
    }

    /// The SQLite file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.disk.join("lazo.db")
    }

    /// The database's address.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.cluster {
            None => format!("sqlite://{}", self.file().display()),
            Some(cluster) => cluster.url(),
        }
    }

    /// Plants what can be planted in the schema.
    pub fn plant(&self, what: Option<Plant>, house: &House) -> anyhow::Result<()> {
        match what {
            Some(what) if what.bends_the_schema() => plant::bend(what, house),
            _ => Ok(()),
        }
    }

    /// Puts back what hides a part of the journal, so that what happened can be read.
    pub fn mend(&self, what: Option<Plant>, house: &House) -> anyhow::Result<()> {
        match what {
            Some(Plant::LateCheck | Plant::LateCheckNoIndex) => plant::mend(house),
            _ => Ok(()),
        }
    }
}
