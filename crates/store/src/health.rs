//! Signs of an installation that needs a person: what is read here changes nothing and costs a few reads by key.

use lazo_domain::ids::BUCKETS;
use lazo_domain::time::{SECOND, Timestamp};

use crate::db::{Columns, Db, Dialect, Statement};
use crate::error::StoreError;
use crate::ids::made_at;
use crate::params;
use crate::schedule::{self, Turns};

/// How far the newest event may lie ahead of the clock.
pub const MAX_AHEAD_MICROS: i64 = 10 * SECOND;
/// How late scheduled work may be, and how long a message may wait, before somebody should look.
pub const MAX_LATE_MICROS: i64 = 15 * 60 * SECOND;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// When the newest event was made, by the clock of the node that made it.
    pub newest_event: Option<Timestamp>,
    /// Scheduled work, in order of names.
    pub turns: Vec<Turns>,
    /// How many buckets have accounts for which time should have passed long ago.
    pub late_buckets: i64,
    /// Since when the oldest message waits in the outbox.
    pub oldest_message: Option<Timestamp>,
    /// Is a role used that stands above the grants of the journal? On PostgreSQL alone.
    pub superuser: bool,
    /// Is acknowledged work on one machine alone? On PostgreSQL alone.
    pub alone: bool,
}

/// Looks.
pub async fn look(db: &Db, now: Timestamp) -> Result<Health, StoreError> {
    let buckets: Vec<i64> = (0..BUCKETS).collect();
    let set = || Columns::of(&buckets).int(|bucket| *bucket).done();
    let newest = "select coalesce((select max(e.event) from event e where e.bucket = r.column1), 0) as newest
        from {rows}";
    let rows = db.ask(Statement::over(newest, set(), &[])).await?;
    let newest =
        rows.iter().try_fold(0, |max, row| Ok::<_, StoreError>(row.int("newest")?.max(max)))?;
    let late = "select r.column1 as bucket from {rows} where exists (select 1 from account a
        where a.bucket = r.column1 and a.next_at is not null and a.next_at <= $2)";
    let before = now.plus_micros(-MAX_LATE_MICROS).0;
    let late = db.ask(Statement::over(late, set(), params![before])).await?.len();
    let oldest = db.query_one("select min(created_at) as oldest from outbox", &[]).await?;
    let oldest = oldest.map(|row| row.maybe_int("oldest")).transpose()?.flatten();
    let (superuser, alone) = server(db).await?;
    Ok(Health {
        newest_event: (newest > 0).then(|| made_at(newest)),
        turns: schedule::all(db).await?,
        late_buckets: i64::try_from(late).unwrap_or(i64::MAX),
        oldest_message: oldest.map(Timestamp),
        superuser,
        alone,
    })
}

/// Who we are for the server, and whether it has a synchronous standby.
async fn server(db: &Db) -> Result<(bool, bool), StoreError> {
    // dialect: SQLite has neither roles nor standbys
    if db.dialect() == Dialect::Sqlite {
        return Ok((false, false));
    }
    let sql =
        "select r.rolsuper as superuser, current_setting('synchronous_standby_names') as standbys
               from pg_roles r where r.rolname = current_user";
    let Some(row) = db.query_one(sql, &[]).await? else { return Ok((false, true)) };
    Ok((row.flag("superuser")?, row.text("standbys")?.is_empty()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MAX_LATE_MICROS, look};
    use crate::clock::Clock;
    use crate::ledger::tests::shop::{Shop, buy};
    use crate::params;
    use crate::testing::on_both;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_needs_a_person_is_seen() {
        on_both(async |test| {
            let shop = Shop::open(test, json!({})).await;
            let sound = look(&test.db, shop.clock.now()).await.unwrap();
            assert_eq!(
                (sound.newest_event, sound.late_buckets, sound.oldest_message),
                (None, 0, None)
            );
            let posted = shop.clock.now();
            shop.post(1, "r1", buy(1_000)).await.unwrap();
            let newest = look(&test.db, posted).await.unwrap().newest_event.unwrap();
            assert!((newest.0 - posted.0).abs() < 1_000_000, "{newest} and {posted}");
            test.db.execute("update account set next_at = $1", params![posted.0]).await.unwrap();
            shop.clock.advance(MAX_LATE_MICROS + 1);
            let seen = look(&test.db, shop.clock.now()).await.unwrap();
            assert!(seen.late_buckets >= 1 && seen.oldest_message.is_some());
        })
        .await;
    }
}
