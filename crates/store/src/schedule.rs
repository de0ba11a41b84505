//! Work that is done again and again, by one process at a time: who has the turn, and how the last one ended.

use lazo_domain::time::Timestamp;

use crate::db::{Db, Row};
use crate::error::StoreError;
use crate::params;

/// How the turns of one kind of work went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    /// What is done.
    pub name: String,
    /// Who has the turn, or had it last.
    pub holder: String,
    /// Until when nobody else may take it.
    pub leased_until: Timestamp,
    /// When the next turn is due.
    pub next_at: Timestamp,
    /// When the last turn began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs, or when its holder died.
    pub ended_at: Option<Timestamp>,
    /// How many things the last turn did.
    pub done: i64,
    /// Turns in a row that failed.
    pub failures: i64,
    /// What went wrong last, if the last turn failed.
    pub last_error: Option<String>,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended<'a> {
    /// When.
    pub at: Timestamp,
    /// When the next turn is due.
    pub next_at: Timestamp,
    /// How many things it did.
    pub done: i64,
    /// What went wrong.
    pub error: Option<&'a str>,
}

/// Takes the turn of `name` until `until`, when it is due (or `early`) and nobody has it. Answers whether it was taken.
pub async fn take(
    db: &Db,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
    early: bool,
) -> Result<bool, StoreError> {
    let sql =
        "insert into schedule (name, holder, leased_until, next_at, started_at, done, failures)
        values ($1, $2, $4, $3, $3, 0, 0)
        on conflict (name) do update set
            holder = excluded.holder, leased_until = excluded.leased_until, started_at = excluded.started_at,
            ended_at = null
        where schedule.leased_until <= excluded.started_at
            and (schedule.next_at <= excluded.started_at or $5 = 1)";
    Ok(db.execute(sql, params![name, holder, now.0, until.0, early]).await? == 1)
}

/// Keeps the turn until `until`. Answers whether it still was `holder`'s.
pub async fn keep(db: &Db, name: &str, holder: &str, until: Timestamp) -> Result<bool, StoreError> {
    let sql = "update schedule set leased_until = $3 where name = $1 and holder = $2 and ended_at is null";
    Ok(db.execute(sql, params![name, holder, until.0]).await? == 1)
}

/// Gives the turn back. Nothing happens when somebody else took it meanwhile.
pub async fn end(db: &Db, name: &str, holder: &str, ended: &Ended<'_>) -> Result<(), StoreError> {
    let sql = "update schedule set leased_until = $3, ended_at = $3, next_at = $4, done = $5, last_error = $6,
            failures = (failures + 1) * $7
        where name = $1 and holder = $2 and ended_at is null";
    let (error, failed) = (ended.error.map(str::to_owned), ended.error.is_some());
    db.execute(sql, params![name, holder, ended.at.0, ended.next_at.0, ended.done, error, failed])
        .await?;
    Ok(())
}

/// All that is known, by name.
pub async fn all(db: &Db) -> Result<Vec<Turns>, StoreError> {
    let sql = "select name, holder, leased_until, next_at, started_at, ended_at, done, failures, last_error
        from schedule order by name";
    db.query(sql, &[]).await?.iter().map(turns).collect()
}

fn turns(row: &Row) -> Result<Turns, StoreError> {
    Ok(Turns {
        name: row.text("name")?.to_owned(),
        holder: row.text("holder")?.to_owned(),
        leased_until: Timestamp(row.int("leased_until")?),
        next_at: Timestamp(row.int("next_at")?),
        started_at: Timestamp(row.int("started_at")?),
        ended_at: row.maybe_int("ended_at")?.map(Timestamp),
        done: row.int("done")?,
        failures: row.int("failures")?,
        last_error: row.maybe_text("last_error")?.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::on_both;

    const HOUR: i64 = 3_600_000_000;

    fn at(hour: i64) -> Timestamp {
        Timestamp(1_800_000_000_000_000 + hour * HOUR)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_process_has_the_turn_until_it_ends_or_dies() {
        on_both(async |test| {
            let db = &test.db;
            let take = async |holder: &str, hour, early| {
                take(db, "expiry", holder, at(hour), at(hour + 1), early).await.unwrap()
            };
            assert!(take("a", 0, false).await);
            assert!(!take("b", 0, false).await, "it is a's");
            assert!(!take("b", 0, true).await, "not even early");
            assert!(keep(db, "expiry", "a", at(2)).await.unwrap());
            assert!(!take("b", 1, false).await, "a kept it");
            assert!(!keep(db, "expiry", "b", at(9)).await.unwrap());

            // a died: b takes over, and a can neither keep nor end what is b's.
            assert!(take("b", 2, false).await);
            assert!(!keep(db, "expiry", "a", at(9)).await.unwrap());
            let ended = |next_at, error| Ended { at: at(3), next_at, done: 7, error };
            end(db, "expiry", "a", &ended(at(3), None)).await.unwrap();
            assert_eq!(all(db).await.unwrap()[0].ended_at, None);

            end(db, "expiry", "b", &ended(at(5), Some("no disk"))).await.unwrap();
            let state = all(db).await.unwrap().remove(0);
            assert_eq!(
                (state.done, state.failures, state.last_error.as_deref()),
                (7, 1, Some("no disk"))
            );
            assert!(!take("a", 4, false).await, "not due");
            assert!(take("a", 4, true).await, "asked for by hand");
            let ended = Ended { at: at(4), next_at: at(6), done: 0, error: None };
            end(db, "expiry", "a", &ended).await.unwrap();
            let state = all(db).await.unwrap().remove(0);
            assert_eq!((state.failures, state.last_error), (0, None));
            assert!(take("b", 6, false).await, "due again");
        })
        .await;
    }
}
