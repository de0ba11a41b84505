//! Work for later: jobs with a lease, a back-off between attempts and an end in the dead letters.

#[cfg(test)]
mod tests;

use lazo_domain::ids::bucket_of;
use lazo_domain::time::{SECOND, Timestamp};

use crate::db::{Columns, Db, Row, Statement};
use crate::error::StoreError;
use crate::params;

/// The first wait after a failure; it doubles with each further one.
const FIRST_WAIT: i64 = 5 * SECOND;
/// No wait is longer.
const LONGEST_WAIT: i64 = 6 * 3600 * SECOND;
/// How much of an error's text is kept.
const MAX_ERROR: usize = 500;
/// The most jobs leased at once.
const MAX_CLAIM: i64 = 500;

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id, from the id generator.
    pub job: i64,
    /// What kind of work.
    pub queue: String,
    /// While a living job of the queue has this key, another with it is not taken.
    pub unique_key: Option<String>,
    /// What to do, as JSON. No personal data.
    pub data: String,
    /// Not before.
    pub run_at: Timestamp,
    /// How often it is tried before it is put with the dead letters.
    pub max_attempts: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A job on lease. Jobs are done at least once, so they must not mind a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub job: i64,
    /// What kind of work.
    pub queue: String,
    /// What to do, as JSON.
    pub data: String,
    /// Which attempt this is, from 1. With it the lease is recognized: who lost it can no longer end the job.
    pub attempts: i64,
    /// How often it is tried.
    pub max_attempts: i64,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// The queues of a database.
#[derive(Clone)]
pub struct Queue {
    db: Db,
}

const JOB: &str = "job, queue, data, attempts, max_attempts, last_error";

impl Queue {
    /// The queues of a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The statement that puts jobs in, for those who do it with a write of their own.
    #[must_use]
    pub fn put_statement(jobs: &[NewJob]) -> Statement {
        let set = Columns::of(jobs)
            .int(|j| j.job)
            .text(|j| j.queue.clone())
            .maybe_text(|j| j.unique_key.clone())
            .text(|j| j.data.clone())
            .int(|j| j.run_at.0)
            .int(|j| j.max_attempts)
            .int(|j| j.created_at.0)
            .done();
        let sql = "insert into job (job, queue, unique_key, data, run_at, max_attempts, created_at, leased_until, attempts)
                   select r.*, 0, 0 from {rows} where true on conflict do nothing";
        Statement::over(sql, set, &[])
    }

    /// Puts jobs in; answers how many were new.
    pub async fn put(&self, jobs: &[NewJob]) -> Result<u64, StoreError> {
        self.db
            .retry(|| async {
                let mut tx = self.db.begin().await?;
                let new = tx.run_all(vec![Self::put_statement(jobs)]).await?;
                tx.commit().await?;
                Ok(new.into_iter().sum())
            })
            .await
    }

    /// Leases up to `limit` jobs of a queue until `until`, the longest waiting first. A job whose worker died is
    /// leased again when its lease has ended.
    pub async fn claim(
        &self,
        queue: &str,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Job>, StoreError> {
        // The condition stands twice: a claimer that waited for another's lock looks again at what it got.
        let sql = format!(
            "update job set leased_until = $3, attempts = attempts + 1
             where dead_at is null and leased_until <= $2 and job in (
                 select job from job where queue = $1 and dead_at is null and run_at <= $2 and leased_until <= $2
                 order by run_at, job limit $4)
             returning {JOB}"
        );
        let key = params![queue, now.0, until.0, limit.clamp(1, MAX_CLAIM)];
        let mut jobs: Vec<Job> =
            self.db.write(&sql, key).await?.iter().map(job).collect::<Result<_, _>>()?;
        jobs.sort_by_key(|job| job.job);
        Ok(jobs)
    }

    /// Keeps a job longer. False when the lease was lost.
    pub async fn keep(&self, job: &Job, until: Timestamp) -> Result<bool, StoreError> {
        let sql = "update job set leased_until = $3 where job = $1 and attempts = $2";
        Ok(self.db.execute(sql, params![job.job, job.attempts, until.0]).await? == 1)
    }

    /// The job is done and leaves. False when the lease was lost.
    pub async fn done(&self, job: &Job) -> Result<bool, StoreError> {
        let sql = "delete from job where job = $1 and attempts = $2 and dead_at is null";
        Ok(self.db.execute(sql, params![job.job, job.attempts]).await? == 1)
    }

    /// The job failed: it waits, each time twice as long, or is put with the dead letters after its last attempt.
    pub async fn failed(&self, job: &Job, now: Timestamp, error: &str) -> Result<(), StoreError> {
        let error: String = error.chars().take(MAX_ERROR).collect();
        let dead = (job.attempts >= job.max_attempts).then_some(now.0);
        let sql = "update job set run_at = $3, leased_until = 0, last_error = $4, dead_at = $5
                   where job = $1 and attempts = $2";
        let run_at = now.0 + wait(job);
        self.db.execute(sql, params![job.job, job.attempts, run_at, error, dead]).await?;
        Ok(())
    }

    /// Dead letters of a queue after `after`.
    pub async fn dead(&self, queue: &str, after: i64, limit: i64) -> Result<Vec<Job>, StoreError> {
        let sql = format!(
            "select {JOB} from job where queue = $1 and dead_at is not null and job > $2 order by job limit $3"
        );
        self.db
            .query(&sql, params![queue, after, limit.clamp(1, MAX_CLAIM)])
            .await?
            .iter()
            .map(job)
            .collect()
    }

    /// Gives a dead letter all its attempts again. False when it is not dead, or a living job has its key.
    pub async fn revive(&self, job: i64, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "update job set dead_at = null, attempts = 0, run_at = $2, leased_until = 0
                   where job = $1 and dead_at is not null";
        match self.db.execute(sql, params![job, now.0]).await {
            Err(StoreError::Unique(_)) => Ok(false),
            done => Ok(done? == 1),
        }
    }

    /// How many jobs of a queue wait or are being done, and how many are dead.
    pub async fn depth(&self, queue: &str) -> Result<(i64, i64), StoreError> {
        let sql = "select cast(coalesce(sum(case when dead_at is null then 1 else 0 end), 0) as bigint) as living,
                   cast(coalesce(sum(case when dead_at is null then 0 else 1 end), 0) as bigint) as dead
                   from job where queue = $1";
        let row = self.db.query_one(sql, params![queue]).await?;
        let row = row.ok_or_else(|| StoreError::Shape("a sum without a row".to_owned()))?;
        Ok((row.int("living")?, row.int("dead")?))
    }
}

/// How long a failed job waits. Jobs that failed together spread over a quarter more, by their ids.
fn wait(job: &Job) -> i64 {
    let doublings = u32::try_from(job.attempts.clamp(1, 20) - 1).unwrap_or(0);
    let wait = (FIRST_WAIT << doublings).min(LONGEST_WAIT);
    wait + wait / 1024 * bucket_of(job.job)
}

fn job(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        job: row.int("job")?,
        queue: row.text("queue")?.to_owned(),
        data: row.text("data")?.to_owned(),
        attempts: row.int("attempts")?,
        max_attempts: row.int("max_attempts")?,
        last_error: row.maybe_text("last_error")?.map(str::to_owned),
    })
}
