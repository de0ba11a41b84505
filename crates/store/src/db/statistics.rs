//! Statistics for young tables: PostgreSQL's own upkeep looks once a minute, and until it did, a statement may be planned
//! for an empty table and read ten thousand rows where one key would do.

use std::sync::atomic::{AtomicU64, Ordering};

use super::postgres::Postgres;
use super::statement::Statement;
use crate::error::StoreError;

/// Committed transactions before the first look; the next are at twice as many, and so on.
const FIRST: u64 = 8;

/// Tables of ours that changed by more than they were known to hold. Grown tables are left to PostgreSQL's own upkeep.
const CHANGED: &str = "select string_agg(s.relid::regclass::text, ', ') as tables
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where pg_has_role(c.relowner, 'usage') and s.n_mod_since_analyze > greatest(200, 2 * c.reltuples)";

/// Counts a committed transaction; at 8, 16, 32 … of them looks for tables that have outgrown their statistics.
pub(super) fn committed(db: &Postgres, count: &AtomicU64) {
    let count = count.fetch_add(1, Ordering::Relaxed) + 1;
    if count >= FIRST && count.is_power_of_two() {
        let db = db.clone();
        tokio::spawn(async move {
            if let Err(error) = renew(&db).await {
                tracing::debug!(%error, "statistics of young tables are not renewed");
            }
        });
    }
}

async fn renew(db: &Postgres) -> Result<(), StoreError> {
    for row in db.read(&Statement::new(CHANGED, &[])).await? {
        if let Some(tables) = row.maybe_text("tables")? {
            db.outside(&format!("analyze (skip_locked) {tables}")).await?;
        }
    }
    Ok(())
}
