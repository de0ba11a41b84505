//! Backups: everything that is there at one moment in one SQLite file, whatever engine it comes from, and back again.
//!
//! One form for both engines means that a backup can be opened, verified and served as it is, and that an installation
//! can move from one engine to the other by way of its backup.

mod catalog;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::db::{self, Db, Options, Statement, Tx, Value};
use crate::error::StoreError;

use catalog::Table;

/// Rows that are read and written at a time.
const PAGE: i64 = 4_000;

/// Where rows go: all of them in one transaction, or each page in one of its own.
enum Target<'a> {
    Whole(&'a mut Tx),
    Pages(&'a Db),
}

impl Db {
    /// Writes everything that is there at one moment into the new SQLite file at `file`, beside whoever reads and writes.
    ///
    /// The file is whole only after [`seal`]; whoever sees it before may see a part of it.
    pub async fn back_up(&self, file: &Path) -> Result<(), StoreError> {
        self.check_schema().await?;
        if self.copy_file(file)? {
            return Ok(());
        }
        let copy = Db::open(&url(file), alone()).await?;
        copy.migrate().await?;
        let tables = catalog::of(&copy).await?;
        let mut from = self.snapshot().await?;
        for table in &tables {
            copy_table(&mut from, &mut Target::Pages(&copy), table).await?;
        }
        from.rollback().await
    }

    /// Fills this empty database with what the backup at `file` holds, all of it or nothing. Answers how many rows.
    ///
    /// For PostgreSQL; a SQLite database is a copy of the file.
    pub async fn restore(&self, file: &Path) -> Result<u64, StoreError> {
        let backup = Db::open_to_read(file)?;
        backup.check_schema().await?;
        self.migrate().await?;
        let tables = catalog::of(&backup).await?;
        let mut tx = self.begin().await?;
        for table in &tables {
            if tx.query(&table.any(), &[]).await?.is_empty() {
                continue;
            }
            return Err(StoreError::Setup(format!(
                "the database is not empty: there is something in `{}`; a backup is restored into an empty one",
                table.name
            )));
        }
        let mut from = backup.snapshot().await?;
        let mut rows = 0;
        for table in &tables {
            rows += copy_table(&mut from, &mut Target::Whole(&mut tx), table).await?;
        }
        tx.commit().await?;
        from.rollback().await?;
        Ok(rows)
    }
}

/// Makes the backup at `file`, which nobody has open any more, one file without companions, looks its pages over, and
/// waits until the disk has it.
pub async fn seal(file: &Path) -> Result<(), StoreError> {
    db::seal(file).await
}

/// The address of a SQLite file.
#[must_use]
pub fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn alone() -> Options {
    Options { connections: 1, ..Options::default() }
}

async fn copy_table(from: &mut Tx, to: &mut Target<'_>, table: &Table) -> Result<u64, StoreError> {
    let (mut copied, mut last) = (0, None::<Vec<Value>>);
    loop {
        let sql = table.page(last.is_some(), PAGE);
        let rows = from.query(&sql, last.as_deref().unwrap_or_default()).await?;
        let Some(end) = rows.last() else { return Ok(copied) };
        last = Some(table.key_of(end)?);
        copied += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let insert = Statement::over(&table.insert(), table.columns(&rows)?, &[]);
        match to {
            Target::Whole(tx) => {
                tx.run_all(vec![insert]).await?;
            }
            Target::Pages(db) => {
                let mut tx = db.begin().await?;
                tx.run_all(vec![insert]).await?;
                tx.commit().await?;
            }
        }
    }
}
