//! Identifiers made in the app: 41 bits of milliseconds, 10 of a leased node, 12 of sequence.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use lazo_domain::ids::BUCKETS;
use lazo_domain::time::Timestamp;

use crate::clock::Clock;
use crate::db::{Columns, Db, Statement};
use crate::error::StoreError;
use crate::params;

/// Milliseconds of ids count from 2024-01-01T00:00:00Z and last until 2093.
const EPOCH_MS: i64 = 1_704_067_200_000;
/// How many nodes can hold a lease at once.
const NODES: i64 = 1024;
/// Ids of one node in one millisecond.
const SEQUENCE: i64 = 4096;
/// How long a node number stays leased without renewal, in microseconds.
const LEASE_MICROS: i64 = 60 * 1_000_000;
/// How often a lease is renewed: two renewals may fail before it ends.
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// Makes ids that only grow: also when the clock steps back, and never the same twice on one node.
pub struct IdGenerator {
    clock: Arc<dyn Clock>,
    node: AtomicI64,
    /// The last id's milliseconds and sequence, as one number: `ms * SEQUENCE + sequence`.
    last: AtomicI64,
}

impl IdGenerator {
    /// Makes ids of `node`. Two generators of one number would collide: lease it with [`IdGenerator::lease`].
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, node: i64) -> Self {
        assert!((0..NODES).contains(&node), "a node number lies between 0 and 1023");
        Self { clock, node: AtomicI64::new(node), last: AtomicI64::new(0) }
    }

    /// Leases a free node number for `holder`, keeps it leased while the generator lives, and makes its ids.
    ///
    /// Whoever had the number before made ids no later than the end of that lease, which is past.
    pub async fn lease(
        db: &Db,
        clock: Arc<dyn Clock>,
        holder: &str,
    ) -> Result<Arc<Self>, StoreError> {
        let node = db.retry(|| take(db, holder, clock.now())).await?;
        let generator = Arc::new(Self::new(clock, node));
        generator.stay_above_sealed(db).await?;
        generator.hold(db, holder).await?;
        tokio::spawn(keep(Arc::downgrade(&generator), db.clone(), holder.to_owned()));
        Ok(generator)
    }

    /// Makes no id among sealed events any more: what is sealed stays as it is, also when the clock was ahead for a while.
    pub async fn stay_above_sealed(&self, db: &Db) -> Result<(), StoreError> {
        let id = sealed(db).await?;
        self.last.fetch_max(((id >> 22) + 1) * SEQUENCE - 1, Ordering::SeqCst);
        Ok(())
    }

    /// The next id.
    pub fn next(&self) -> i64 {
        let now = (self.clock.now().0.div_euclid(1000) - EPOCH_MS).max(0) * SEQUENCE;
        let step = |last: i64| Some(now.max(last + 1));
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).unwrap_or(now);
        let made = now.max(last + 1);
        let (ms, sequence) = (made / SEQUENCE, made % SEQUENCE);
        (ms << 22) | (self.node.load(Ordering::SeqCst) << 12) | sequence
    }

    /// Gives the number back, so that a restart does not wait for the lease to end.
    pub async fn release(&self, db: &Db, holder: &str) -> Result<(), StoreError> {
        self.keep_until(db, holder, self.latest()).await.map(drop)
    }

    /// The instant after now and after every id made so far: ids may run ahead of a clock that went back.
    fn latest(&self) -> Timestamp {
        let last = (self.last.load(Ordering::SeqCst) / SEQUENCE + EPOCH_MS + 1) * 1000;
        Timestamp(self.clock.now().0.max(last))
    }

    /// Keeps the number for a lease more, counted from the latest id: whoever gets it next must not make the same ids.
    async fn hold(&self, db: &Db, holder: &str) -> Result<u64, StoreError> {
        self.keep_until(db, holder, self.latest().plus_micros(LEASE_MICROS)).await
    }

    async fn keep_until(&self, db: &Db, holder: &str, until: Timestamp) -> Result<u64, StoreError> {
        let sql = "update node set leased_until = $1 where node = $2 and holder = $3";
        db.execute(sql, params![until.0, self.node.load(Ordering::SeqCst), holder]).await
    }

    async fn renew(&self, db: &Db, holder: &str) -> Result<(), StoreError> {
        self.stay_above_sealed(db).await?;
        if self.hold(db, holder).await? == 0 {
            let other = db.retry(|| take(db, holder, self.clock.now())).await?;
            self.node.store(other, Ordering::SeqCst);
            self.hold(db, holder).await?;
        }
        Ok(())
    }
}

async fn keep(generator: Weak<IdGenerator>, db: Db, holder: String) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let Some(generator) = generator.upgrade() else { return };
        if let Err(error) = generator.renew(&db, &holder).await {
            tracing::warn!(%error, "the lease of this node's number was not renewed; trying again");
        }
    }
}

/// The instant an id was made, to the millisecond.
#[must_use]
pub fn made_at(id: i64) -> Timestamp {
    Timestamp(((id >> 22) + EPOCH_MS) * 1000)
}

/// The lowest id that could be made at `at`.
#[must_use]
pub fn lowest_at(at: Timestamp) -> i64 {
    (at.0.div_euclid(1000) - EPOCH_MS).max(0) << 22
}

/// The last event that is sealed in any bucket; 0 when nothing is.
async fn sealed(db: &Db) -> Result<i64, StoreError> {
    let buckets: Vec<i64> = (0..BUCKETS).collect();
    let sql = "select coalesce((select c.last_event from chain c where c.bucket = r.column1
               order by c.seq desc limit 1), 0) as last from {rows}";
    let rows = db.ask(Statement::over(sql, Columns::of(&buckets).int(|b| *b).done(), &[])).await?;
    rows.iter().try_fold(0, |last, row| Ok(row.int("last")?.max(last)))
}

async fn take(db: &Db, holder: &str, now: Timestamp) -> Result<i64, StoreError> {
    let mut tx = db.begin().await?;
    let until = now.plus_micros(LEASE_MICROS).0;
    let free = "update node set holder = $1, leased_until = $2
                where leased_until < $3 and node = (select min(node) from node where leased_until < $3)
                returning node";
    let node = match tx.query(free, params![holder, until, now.0]).await?.first() {
        Some(row) => row.int("node")?,
        None => {
            let next =
                tx.query("select coalesce(max(node), -1) + 1 as node from node", &[]).await?;
            let node = next.first().map_or(Ok(0), |row| row.int("node"))?;
            if node >= NODES {
                return Err(StoreError::Setup("all 1024 node numbers are leased".into()));
            }
            let new = "insert into node (node, holder, leased_until) values ($1, $2, $3)";
            tx.execute(new, params![node, holder, until]).await.map_err(|error| match error {
                StoreError::Unique(_) => StoreError::Conflict(None),
                other => other,
            })?;
            node
        }
    };
    tx.commit().await?;
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn i16_ids_only_grow_also_when_the_clock_goes_back() {
        let clock = Arc::new(ManualClock::new(Timestamp(1_800_000_000_000_000)));
        let ids = IdGenerator::new(Arc::clone(&clock) as Arc<dyn Clock>, 7);
        let mut last = 0;
        for step in 0..20_000 {
            if step == 9_000 {
                clock.advance(-3_600_000_000);
            }
            let id = ids.next();
            assert!(id > last, "step {step}");
            assert_eq!((id >> 12) & 1023, 7);
            last = id;
        }
        clock.set(Timestamp(1_900_000_000_000_000));
        assert_eq!(made_at(ids.next()), Timestamp(1_900_000_000_000_000));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn i16_a_node_that_starts_after_the_clock_went_back_makes_no_id_among_sealed_events() {
        crate::testing::on_both(async |test| {
            let ahead = Arc::new(ManualClock::new(Timestamp(1_800_000_000_000_000)));
            let early = IdGenerator::new(Arc::clone(&ahead) as Arc<dyn Clock>, 3).next();
            let seal =
                "insert into chain (bucket, seq, last_event, count, prev_hash, hash, sealed_at)
                        values (7, 1, 1, 1, $2, $2, 0), (7, 2, $1, 1, $2, $2, 0)";
            test.db.execute(seal, params![early, vec![0_u8]]).await.unwrap();
            let back = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000_000)));
            let clock = Arc::clone(&back) as Arc<dyn Clock>;
            let ids = IdGenerator::lease(&test.db, clock, "late").await.unwrap();
            let made = ids.next();
            assert!(made > early);
            // Killed, and long over by the clock: whoever comes next stands above the same seal and makes other ids.
            back.advance(2 * LEASE_MICROS);
            let ids = IdGenerator::lease(&test.db, back, "next").await.unwrap();
            assert_ne!(ids.next(), made);
        })
        .await;
    }
}
