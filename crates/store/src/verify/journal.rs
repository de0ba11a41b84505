//! Checks that read every event: the chain, what the event says it did, its claim, and what is undone only once.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::Grant;
use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Kind};
use lazo_domain::ids::{AccountId, EventId, PointTypeId, TenantId};

use super::sums::Books;
use super::{Checked, Finding, place};
use crate::chain::{JournalEvent, Segment, journal};
use crate::db::{Columns, Row, Statement, Tx};
use crate::error::StoreError;
use crate::ledger::{StoredEvent, claim_hash, parse_event};
use crate::params;

/// Reads every event of the bucket into `books`, and checks each by itself.
pub(super) async fn check(
    tx: &mut Tx,
    bucket: i64,
    books: &mut Books,
    checked: &mut Checked,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut chain = Chain::open(tx, bucket).await?;
    let mut undone = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = journal(tx, bucket, after, i64::MAX).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let mut claims = Vec::new();
        for event in &page {
            checked.events += 1;
            let lines = event.entries.as_deref().unwrap_or_default();
            checked.entries += u64::try_from(lines.len()).unwrap_or(u64::MAX);
            books.add(&event.row, lines, findings)?;
            if let Err(error) = &event.entries {
                findings.push(unreadable(event, "a readable list of lines", error)?);
            }
            chain.add(event, checked, findings)?;
            let at = format!("{}, event {}", place(&event.row)?, EventId(event.id));
            match parse_event(&event.row) {
                Ok(stored) => {
                    check_event(event, &stored, &at, &mut undone, findings)?;
                    claims.extend(claim(&stored, at));
                }
                Err(error) => findings.push(unreadable(event, "a readable detail", &error)?),
            }
        }
        check_claims(tx, bucket, &claims, findings).await?;
    }
    chain.close(checked, findings)
}

fn unreadable(
    event: &JournalEvent,
    expected: &str,
    error: &StoreError,
) -> Result<Finding, StoreError> {
    Ok(Finding {
        check: "event",
        place: format!("{}, event {}", place(&event.row)?, EventId(event.id)),
        what: "what the event was can be read".to_owned(),
        expected: expected.to_owned(),
        actual: error.to_string(),
    })
}

fn check_event(
    event: &JournalEvent,
    stored: &StoredEvent,
    at: &str,
    undone: &mut BTreeSet<(AccountId, EventId)>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut tell = |check, what: &str, expected: String, actual: String| {
        let (place, what) = (at.to_owned(), what.to_owned());
        findings.push(Finding { check, place, what, expected, actual });
    };
    let kind = stored.event.body.kind().number();
    if kind != event.row.int("kind")? {
        tell(
            "event",
            "its kind is that of its body",
            kind.to_string(),
            event.row.int("kind")?.to_string(),
        );
    }
    // What arrives in a transfer was filled in after the hash was taken.
    let hash = stored.event.body_hash();
    if !matches!(stored.event.body, Body::TransferIn { .. })
        && event.row.bytes("body_hash")? != hash
    {
        let actual = hex(event.row.bytes("body_hash")?);
        tell("event", "its hash is that of its body", hex(&hash), actual);
    }
    if let Some(grant) = stored.outcome.grant.as_ref().filter(|grant| returns_too_much(grant)) {
        let (bought, returned) = (&grant.quantities, &grant.returned);
        tell(
            "reversal",
            "no more comes back than was bought",
            format!("{bought:?}"),
            format!("{returned:?}"),
        );
    }
    if let Body::Reverse { event } = stored.event.body
        && !undone.insert((stored.event.account, event))
    {
        tell(
            "reversal",
            &format!("event {event} is undone at most once"),
            "once".into(),
            "again".into(),
        );
    }
    check_outcome(event, stored, at, findings);
    Ok(())
}

/// What the event says it did to each of the member's sides is what its lines did.
fn check_outcome(
    event: &JournalEvent,
    stored: &StoredEvent,
    at: &str,
    findings: &mut Vec<Finding>,
) {
    let mut sums: BTreeMap<(PointTypeId, Side), (i64, i64, Vec<i64>)> = BTreeMap::new();
    for change in &stored.outcome.changes {
        sums.entry((change.point_type, change.side)).or_default().0 += change.points.0;
    }
    for entry in event.entries.as_deref().unwrap_or_default() {
        if entry.side.is_member() {
            let sum = sums.entry((entry.point_type, entry.side)).or_default();
            sum.1 += entry.points.0;
            sum.2.push(entry.position);
        }
    }
    for ((point_type, side), (said, done, positions)) in sums {
        if said != done {
            let side = side.name();
            findings.push(Finding {
                check: "entry",
                place: format!("{at}, position {positions:?}"),
                what: format!("the lines on {side} of point type {point_type} must do what the event was decided to do"),
                expected: said.to_string(),
                actual: done.to_string(),
            });
        }
    }
}

fn returns_too_much(grant: &Grant) -> bool {
    grant.returned.iter().zip(&grant.quantities).any(|(returned, bought)| returned > bought)
}

struct Claimed {
    bucket: i64,
    tenant: TenantId,
    hash: Vec<u8>,
    account: AccountId,
    /// The purchase, if it is one.
    purchase: Option<EventId>,
    at: String,
}

fn claim(stored: &StoredEvent, at: String) -> Option<Claimed> {
    let event = &stored.event;
    event.body.kind().claims().then(|| {
        let (bucket, hash) = claim_hash(event.tenant, &event.source, &event.source_ref);
        let purchase = (event.body.kind() == Kind::Purchase).then_some(event.id);
        Claimed { bucket, tenant: event.tenant, hash, account: event.account, purchase, at }
    })
}

/// I5: every receipt names the account it was credited to, and a purchase that it names counts once.
async fn check_claims(
    tx: &mut Tx,
    account_bucket: i64,
    claims: &[Claimed],
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let set =
        Columns::of(claims).int(|c| c.bucket).int(|c| c.tenant.0).bytes(|c| c.hash.clone()).done();
    let sql = "select c.tenant, c.hash, c.account, c.event, (select e.kind from event e
                   where e.bucket = $4 and e.event = c.event and e.account = c.account) as kind from {rows}
               {each claim c on c.bucket = r.column1 and c.tenant = r.column2 and c.hash = r.column3}";
    let mut owners = BTreeMap::new();
    let mut purchases = BTreeMap::new();
    for row in tx.ask(Statement::over(sql, set, params![account_bucket])).await? {
        let key = (TenantId(row.int("tenant")?), row.bytes("hash")?.to_vec());
        owners.insert(key.clone(), AccountId(row.int("account")?));
        if row.maybe_int("kind")? == Some(Kind::Purchase.number()) {
            purchases.insert(key, EventId(row.int("event")?));
        }
    }
    for claim in claims {
        let key = (claim.tenant, claim.hash.clone());
        let owner = owners.get(&key);
        if let (Some(own), Some(claimed)) = (claim.purchase, purchases.get(&key))
            && own != *claimed
            && owner == Some(&claim.account)
        {
            findings.push(Finding {
                check: "claim",
                place: claim.at.clone(),
                what: "its receipt counts once".to_owned(),
                expected: format!("event {claimed}"),
                actual: format!("event {own}, too"),
            });
        }
        if owner != Some(&claim.account) {
            findings.push(Finding {
                check: "claim",
                place: claim.at.clone(),
                what: "its receipt is claimed for its account".to_owned(),
                expected: claim.account.to_string(),
                actual: owner.map_or("no claim".to_owned(), ToString::to_string),
            });
        }
    }
    Ok(())
}

/// A bucket's sealed segments, recomputed while its events stream by.
struct Chain {
    bucket: i64,
    segments: std::vec::IntoIter<Row>,
    current: Option<(Row, Segment)>,
    prev: Vec<u8>,
    seq: i64,
}

impl Chain {
    async fn open(tx: &mut Tx, bucket: i64) -> Result<Self, StoreError> {
        let sql = "select seq, last_event, count, prev_hash, hash from chain where bucket = $1 order by seq";
        let segments = tx.query(sql, params![bucket]).await?.into_iter();
        let mut chain = Self { bucket, segments, current: None, prev: Vec::new(), seq: 0 };
        chain.advance();
        Ok(chain)
    }

    fn advance(&mut self) {
        self.current = self.segments.next().map(|row| (row, Segment::after(&self.prev)));
    }

    fn add(
        &mut self,
        event: &JournalEvent,
        checked: &mut Checked,
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        loop {
            let Some((row, segment)) = &mut self.current else {
                checked.unsealed += 1;
                return Ok(());
            };
            if event.id <= row.int("last_event")? {
                return segment.add(event);
            }
            self.finish(checked, findings)?;
        }
    }

    fn close(
        mut self,
        checked: &mut Checked,
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        while self.current.is_some() {
            self.finish(checked, findings)?;
        }
        Ok(())
    }

    /// Compares the segment with what was sealed, and goes on from what was sealed: one fault is told once.
    fn finish(
        &mut self,
        checked: &mut Checked,
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        let Some((row, segment)) = self.current.take() else { return Ok(()) };
        checked.segments += 1;
        let at = format!(
            "bucket {}, segment {} up to event {}",
            self.bucket,
            row.int("seq")?,
            EventId(row.int("last_event")?)
        );
        let mut tell = |what: &str, expected: String, actual: String| {
            findings.push(Finding {
                check: "chain",
                place: at.clone(),
                what: what.to_owned(),
                expected,
                actual,
            });
        };
        if row.int("seq")? != self.seq + 1 {
            tell(
                "segments are numbered without a gap",
                (self.seq + 1).to_string(),
                row.int("seq")?.to_string(),
            );
        }
        if row.bytes("prev_hash")? != self.prev {
            tell("it follows the segment before it", hex(&self.prev), hex(row.bytes("prev_hash")?));
        }
        if row.int("count")? != segment.count {
            tell(
                "it holds as many events as were sealed",
                row.int("count")?.to_string(),
                segment.count.to_string(),
            );
        }
        let found = segment.hash();
        if row.bytes("hash")? != found {
            tell("its events are those that were sealed", hex(row.bytes("hash")?), hex(&found));
        }
        self.prev = row.bytes("hash")?.to_vec();
        self.seq = row.int("seq")?;
        self.advance();
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
