//! The hash chain over the journal: per bucket, in the order of ids, sealed well behind the youngest transaction.

use lazo_domain::decision::Entry;
use lazo_domain::ids::{BUCKETS, EventId};
use lazo_domain::time::{SECOND, Timestamp};
use sha2::{Digest, Sha256};

use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::ids::lowest_at;
use crate::ledger::{MAX_ATTEMPT_MICROS, parse_entries};
use crate::params;

/// Events younger than this are not sealed yet: their ids are made up to one attempt before their commit, and the
/// clocks of two nodes may differ by the rest.
pub const SEAL_AFTER_MICROS: i64 = 60 * SECOND;
const _: () =
    assert!(SEAL_AFTER_MICROS >= 3 * MAX_ATTEMPT_MICROS, "a late commit must not miss its segment");
/// The most events one segment seals, and one page of the journal holds.
pub(crate) const MAX_SEGMENT: i64 = 1000;

/// The end of a bucket's chain: whoever keeps a copy elsewhere can tell later whether history was rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    /// Which chain.
    pub bucket: i64,
    /// How many segments it has.
    pub seq: i64,
    /// The last event sealed.
    pub last_event: EventId,
    /// SHA-256 over the last segment and, through it, all before.
    pub hash: Vec<u8>,
}

/// What a round of sealing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sealed {
    /// New segments.
    pub segments: u64,
    /// Events in them.
    pub events: u64,
}

/// Seals everything that is old enough at `now`.
pub async fn seal(db: &Db, now: Timestamp) -> Result<Sealed, StoreError> {
    let mut sealed = Sealed::default();
    for bucket in 0..BUCKETS {
        while let Some(events) = db.retry(|| seal_segment(db, bucket, now)).await? {
            sealed.segments += 1;
            sealed.events += events;
        }
    }
    Ok(sealed)
}

/// The end of every bucket's chain, for a copy elsewhere.
pub async fn heads(db: &Db) -> Result<Vec<ChainHead>, StoreError> {
    let sql = "select c.bucket, c.seq, c.last_event, c.hash from chain c
               where c.seq = (select max(d.seq) from chain d where d.bucket = c.bucket) order by c.bucket";
    let head = |row: &Row| {
        Ok(ChainHead {
            bucket: row.int("bucket")?,
            seq: row.int("seq")?,
            last_event: EventId(row.int("last_event")?),
            hash: row.bytes("hash")?.to_vec(),
        })
    };
    db.query(sql, &[]).await?.iter().map(head).collect()
}

/// Is this head, copied earlier, still part of the chain?
pub async fn holds(db: &Db, head: &ChainHead) -> Result<bool, StoreError> {
    let sql = "select hash from chain where bucket = $1 and seq = $2 and last_event = $3";
    let found = db.query_one(sql, params![head.bucket, head.seq, head.last_event.0]).await?;
    Ok(found
        .map(|row| row.bytes("hash").map(|hash| hash == head.hash))
        .transpose()?
        .unwrap_or(false))
}

/// Seals the next segment of a bucket; answers how many events it holds.
async fn seal_segment(db: &Db, bucket: i64, now: Timestamp) -> Result<Option<u64>, StoreError> {
    let before = lowest_at(Timestamp(now.0 - SEAL_AFTER_MICROS));
    let mut tx = db.snapshot().await?;
    let sql = "select seq, last_event, hash from chain where bucket = $1 order by seq desc limit 1";
    let (seq, last, prev) = match tx.query(sql, params![bucket]).await?.first() {
        Some(row) => (row.int("seq")?, row.int("last_event")?, row.bytes("hash")?.to_vec()),
        None => (0, 0, Vec::new()),
    };
    let page = journal(&mut tx, bucket, last, before - 1).await?;
    tx.rollback().await?;
    let Some(newest) = page.last() else { return Ok(None) };
    let mut segment = Segment::after(&prev);
    for event in &page {
        event.entries.as_ref().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        segment.add(event)?;
    }
    let count = segment.count;
    let sql = "insert into chain (bucket, seq, last_event, count, prev_hash, hash, sealed_at)
               values ($1, $2, $3, $4, $5, $6, $7)";
    let row = params![bucket, seq + 1, newest.id, count, prev, segment.hash(), now.0];
    match db.execute(sql, row).await {
        Ok(_) => Ok(Some(u64::try_from(count).unwrap_or(0))),
        // Another node sealed the same events at the same moment.
        Err(StoreError::Unique(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An event of the journal: its row, and its lines when they can be read.
pub(crate) struct JournalEvent {
    pub id: i64,
    pub row: Row,
    pub entries: Result<Vec<Entry>, StoreError>,
}

/// The next events of a bucket in the order of ids: after `after`, up to and with `last`.
pub(crate) async fn journal(
    tx: &mut Tx,
    bucket: i64,
    after: i64,
    last: i64,
) -> Result<Vec<JournalEvent>, StoreError> {
    let sql = "select * from event where bucket = $1 and event > $2 and event <= $3 order by event limit $4";
    let rows = tx.query(sql, params![bucket, after, last, MAX_SEGMENT]).await?;
    let event = |row: Row| {
        let entries = parse_entries(&row);
        Ok(JournalEvent { id: row.int("event")?, row, entries })
    };
    rows.into_iter().map(event).collect()
}

/// A stretch of the chain being hashed.
pub(crate) struct Segment {
    hash: Sha256,
    pub count: i64,
}

/// Every column counts, in this order, and then every line of the event. The order is part of the chain's format and
/// never changes.
const EVENT_COLUMNS: [&str; 16] = [
    "bucket",
    "tenant",
    "account",
    "event",
    "seq",
    "kind",
    "program",
    "source",
    "source_ref",
    "effective_at",
    "recorded_at",
    "actor",
    "import",
    "origin",
    "body_hash",
    "detail",
];
impl Segment {
    /// Begins after the segment of this hash; the first of a chain begins after nothing.
    pub fn after(prev: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(prev);
        Self { hash, count: 0 }
    }

    pub fn add(&mut self, event: &JournalEvent) -> Result<(), StoreError> {
        self.count += 1;
        for column in EVENT_COLUMNS {
            self.field(event.row.value(column)?);
        }
        // Lines that cannot be read are no lines: the hash then differs from any that was sealed.
        let lines = event.entries.as_deref().unwrap_or_default();
        self.field(&Value::Int(i64::try_from(lines.len()).unwrap_or(i64::MAX)));
        for line in lines {
            self.field(&Value::Int(event.id));
            self.field(&Value::Int(line.position));
            self.field(&Value::Int(line.point_type.0));
            self.field(&Value::Int(line.side.number()));
            self.field(&Value::from(line.lot.map(|lot| lot.event.0)));
            self.field(&Value::from(line.lot.map(|lot| lot.seq)));
            self.field(&Value::Int(line.points.0));
            self.field(&Value::Int(line.effective_at.0));
        }
        Ok(())
    }

    pub fn hash(self) -> Vec<u8> {
        self.hash.finalize().to_vec()
    }

    /// A type octet, and for texts and octets their length, so that no two rows read the same.
    fn field(&mut self, value: &Value) {
        let mut sized = |kind: u8, bytes: &[u8]| {
            self.hash.update([kind]);
            self.hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            self.hash.update(bytes);
        };
        match value {
            Value::Null => self.hash.update([0]),
            Value::Int(number) => sized(1, &number.to_be_bytes()),
            Value::Text(text) => sized(2, text.as_bytes()),
            Value::Bytes(bytes) => sized(3, bytes),
        }
    }
}
