//! What a batch reads: a few statements over sets of keys, never one per event.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::{Account, Grant, Original};
use lazo_domain::event::{Kind, PurchaseRef};
use lazo_domain::ids::{EventId, LotId, RedemptionId, TenantId};
use lazo_domain::time::Timestamp;

use super::detail::unpack;
use super::names::{self, ClaimKey, Claimed, claim_hash};
use super::request::RequestKeys;
use super::rows::{self, Key};
use crate::db::{Columns, Row, Statement, Tx};
use crate::error::StoreError;
use crate::params;

/// What is still to be read of the batch's accounts.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub open: BTreeSet<Key>,
    pub sources: Vec<(Key, PurchaseRef)>,
    pub grants: BTreeSet<(Key, EventId)>,
    pub originals: BTreeSet<(Key, EventId)>,
    pub redemptions: BTreeSet<(Key, RedemptionId)>,
    pub lots: BTreeSet<(Key, LotId)>,
    pub resources: BTreeSet<(TenantId, String)>,
}

impl Wanted {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
            && self.sources.is_empty()
            && self.grants.is_empty()
            && self.originals.is_empty()
            && self.redemptions.is_empty()
            && self.lots.is_empty()
            && self.resources.is_empty()
    }
}

/// An event that is there already under a key of the batch.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub event: EventId,
    pub recorded_at: Timestamp,
    pub body_hash: Vec<u8>,
    pub detail: Vec<u8>,
}

/// What names an event for ever: account, source, the source's reference, kind.
pub(super) type EventKey = (Key, String, String, i64);

/// The first read of a batch.
#[derive(Debug, Default)]
pub(super) struct Heads {
    pub accounts: BTreeMap<Key, Account>,
    pub known: BTreeMap<EventKey, Known>,
    pub claims: BTreeMap<ClaimKey, Claimed>,
    pub requests: RequestKeys,
}

/// Reads the heads of accounts, what is known under the batch's keys, who claimed its receipts, and its request keys.
pub(super) async fn heads(
    tx: &mut Tx,
    accounts: &BTreeSet<Key>,
    events: &[EventKey],
    claims: &[ClaimKey],
    requests: Statement,
) -> Result<Heads, StoreError> {
    let accounts: Vec<Key> = accounts.iter().copied().collect();
    // What a purchase is known as says its claim.
    let of_others: Vec<_> = events.iter().filter(|e| e.3 != Kind::Purchase.number()).collect();
    let event_keys = of_keys(&of_others, |e| e.0)
        .text(|e| e.1.clone())
        .text(|e| e.2.clone())
        .int(|e| e.3)
        .done();
    let mut answers = tx
        .ask_all(vec![
            Statement::over(HEADS, of_keys(&accounts, |k| *k).done(), &[]),
            Statement::over(&format!("select {KNOWN} {OTHERS}"), event_keys, &[]),
            names::ask_claims(claims),
            requests,
        ])
        .await?
        .into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let mut heads = Heads::default();
    for row in next() {
        heads.accounts.insert(Key::of(&row)?, rows::head(&row)?);
    }
    let mut known_rows = next();
    heads.claims = names::read_claims(&next())?;
    heads.requests = RequestKeys::found(&next())?;
    let mut claimed = Vec::new();
    if !heads.claims.is_empty() {
        for (key, source, source_ref, kind) in events {
            let (bucket, hash) = claim_hash(key.tenant, source, source_ref);
            if *kind == Kind::Purchase.number()
                && let Some(by) = heads.claims.get(&(bucket, key.tenant, hash))
            {
                claimed.push(((*key, source.clone(), source_ref.clone()), *by));
            }
        }
    }
    known_rows.extend(names::purchases(tx, &claimed, KNOWN).await?);
    for row in known_rows {
        let name = |column| row.text(column).map(str::to_owned);
        let key = (Key::of(&row)?, name("source")?, name("source_ref")?, row.int("kind")?);
        heads.known.insert(key, known(&row)?);
    }
    Ok(heads)
}

const HEADS: &str = "select a.tenant, a.account, a.member, a.version, a.enrolled_at, a.next_at, a.state,
    a.balances from {rows} {each account a on a.bucket = r.column1 and a.tenant = r.column2 and a.account = r.column3}";
const KNOWN: &str = "e.tenant, e.account, e.source, e.source_ref, e.kind, e.event, e.recorded_at, e.body_hash, e.detail";
const OTHERS: &str =
    "from {rows} {each event e on e.bucket = r.column1 and e.tenant = r.column2 and e.account = r.column3
    and e.source = r.column4 and e.source_ref = r.column5 and e.kind = r.column6 and e.kind <> 1}";

fn known(row: &Row) -> Result<Known, StoreError> {
    Ok(Known {
        event: EventId(row.int("event")?),
        recorded_at: Timestamp(row.int("recorded_at")?),
        body_hash: row.bytes("body_hash")?.to_vec(),
        detail: row.bytes("detail")?.to_vec(),
    })
}

fn of_keys<T>(items: &[T], key: impl Fn(&T) -> Key) -> crate::db::ColumnsOf<'_, T> {
    Columns::of(items).int(|i| key(i).bucket).int(|i| key(i).tenant.0).int(|i| key(i).account.0)
}

/// Reads everything wanted, and what that makes wanted in turn, into the accounts. What is in memory already wins.
pub(super) async fn fetch(
    tx: &mut Tx,
    mut wanted: Wanted,
    accounts: &mut BTreeMap<Key, Account>,
    used: &mut BTreeMap<(TenantId, String), i64>,
) -> Result<(), StoreError> {
    while !wanted.is_empty() {
        let now = std::mem::take(&mut wanted);
        resolve(tx, &now.sources, &mut wanted).await?;
        originals(tx, &now.originals, accounts, &mut wanted).await?;
        grants(tx, &now.grants, accounts, &mut wanted).await?;
        redemptions(tx, &now, accounts, &mut wanted).await?;
        lots(tx, &now, accounts).await?;
        resources(tx, &now.resources, used).await?;
    }
    Ok(())
}

/// Finds the purchase (or else the custom event) that a source names.
async fn resolve(
    tx: &mut Tx,
    sources: &[(Key, PurchaseRef)],
    wanted: &mut Wanted,
) -> Result<(), StoreError> {
    let named = |item: &(Key, PurchaseRef)| match &item.1 {
        PurchaseRef::Source { source, source_ref } => (source.clone(), source_ref.clone()),
        PurchaseRef::Event(_) => Default::default(),
    };
    for (key, source) in sources {
        if let PurchaseRef::Event(event) = source {
            wanted.grants.insert((*key, *event));
        }
    }
    let by_name: Vec<_> =
        sources.iter().filter(|s| matches!(s.1, PurchaseRef::Source { .. })).cloned().collect();
    if by_name.is_empty() {
        return Ok(());
    }
    let asked: Vec<names::Name> = by_name.iter().map(|s| (s.0, named(s).0, named(s).1)).collect();
    let customs = of_keys(&asked, |a| a.0).text(|a| a.1.clone()).text(|a| a.2.clone()).done();
    let mut rows = tx.ask(Statement::over(CUSTOMS, customs, &[])).await?;
    rows.extend(names::claimed_purchases(tx, asked, NAMED).await?);
    let mut found: BTreeMap<(Key, String, String), (i64, EventId)> = BTreeMap::new();
    for row in rows {
        let name = |column| row.text(column).map(str::to_owned);
        let place = (Key::of(&row)?, name("source")?, name("source_ref")?);
        let candidate = (row.int("kind")?, EventId(row.int("event")?));
        let best = found.entry(place).or_insert(candidate);
        *best = candidate.min(*best);
    }
    wanted.grants.extend(found.into_iter().map(|((key, _, _), (_, event))| (key, event)));
    Ok(())
}

/// Kinds 1 (purchase) and 3 (custom) are those that earn.
const NAMED: &str = "e.tenant, e.account, e.source, e.source_ref, e.kind, e.event";
const CUSTOMS: &str = "select e.tenant, e.account, e.source, e.source_ref, e.kind, e.event
    from {rows} {each event e on e.bucket = r.column1 and e.tenant = r.column2 and e.account = r.column3
    and e.source = r.column4 and e.source_ref = r.column5 and e.kind = 3 and e.kind <> 1}";

/// Reads each grant as the last event that touched it left it.
async fn grants(
    tx: &mut Tx,
    grants: &BTreeSet<(Key, EventId)>,
    accounts: &mut BTreeMap<Key, Account>,
    wanted: &mut Wanted,
) -> Result<(), StoreError> {
    let keys: Vec<_> = grants.iter().copied().collect();
    let set = of_keys(&keys, |k| k.0).int(|k| k.1.0).done();
    let mut latest: BTreeMap<(Key, EventId), (i64, Grant)> = BTreeMap::new();
    for row in tx.ask(Statement::over(GRANTS, set, &[])).await? {
        let place = (Key::of(&row)?, EventId(row.int("wanted")?));
        let seq = row.int("seq")?;
        if latest.get(&place).is_some_and(|(newest, _)| *newest > seq) {
            continue;
        }
        if let Some(grant) =
            unpack(row.bytes("detail")?)?.outcome.grant.filter(|g| g.event == place.1)
        {
            latest.insert(place, (seq, grant));
        }
    }
    for ((key, event), (_, grant)) in latest {
        let Some(account) = accounts.get_mut(&key) else { continue };
        wanted.lots.extend(grant.lots.iter().map(|lot| (key, lot.lot)));
        account.grants.entry(event).or_insert(grant);
    }
    Ok(())
}

const GRANTS: &str = "select e.tenant, e.account, r.column4 as wanted, e.seq, e.detail
    from {rows} {each event e on e.bucket = r.column1 and e.tenant = r.column2 and e.account = r.column3
    and (e.event = r.column4 or e.origin = r.column4)}";

async fn originals(
    tx: &mut Tx,
    originals: &BTreeSet<(Key, EventId)>,
    accounts: &mut BTreeMap<Key, Account>,
    wanted: &mut Wanted,
) -> Result<(), StoreError> {
    let keys: Vec<_> = originals.iter().copied().collect();
    let set = of_keys(&keys, |k| k.0).int(|k| k.1.0).done();
    for row in tx.ask(Statement::over(ORIGINALS, set, &[])).await? {
        let (key, event) = (Key::of(&row)?, EventId(row.int("event")?));
        let entries = rows::parse_entries(&row)?;
        wanted.lots.extend(entries.iter().filter_map(|entry| entry.lot).map(|lot| (key, lot)));
        let detail = unpack(row.bytes("detail")?)?;
        if let Some(grant) = &detail.outcome.grant {
            wanted.grants.insert((key, grant.event));
        }
        let effective_at = Timestamp(row.int("effective_at")?);
        let original =
            Original { body: detail.body, effective_at, entries, outcome: detail.outcome };
        if let Some(account) = accounts.get_mut(&key) {
            account.originals.insert(event, original);
        }
    }
    Ok(())
}

const ORIGINALS: &str = "select e.tenant, e.account, e.event, e.effective_at, e.detail, e.entries
    from {rows} {each event e on e.bucket = r.column1 and e.tenant = r.column2 and e.account = r.column3
    and e.event = r.column4}";
async fn redemptions(
    tx: &mut Tx,
    now: &Wanted,
    accounts: &mut BTreeMap<Key, Account>,
    wanted: &mut Wanted,
) -> Result<(), StoreError> {
    let open: Vec<Key> = now.open.iter().copied().collect();
    let named: Vec<_> = now.redemptions.iter().copied().collect();
    let answers = tx
        .ask_all(vec![
            Statement::over(OPEN_REDEMPTIONS, of_keys(&open, |k| *k).done(), &[]),
            Statement::over(REDEMPTIONS, of_keys(&named, |k| k.0).int(|k| k.1.0).done(), &[]),
        ])
        .await?;
    for row in answers.into_iter().flatten() {
        let (key, redemption) = (Key::of(&row)?, rows::redemption(&row)?);
        let Some(account) = accounts.get_mut(&key) else { continue };
        wanted.lots.extend(redemption.lots.iter().map(|(lot, _)| (key, *lot)));
        account.redemptions.entry(redemption.id).or_insert(redemption);
    }
    // What is in memory already need not be read again.
    wanted.lots.retain(|(key, lot)| !accounts.get(key).is_some_and(|a| a.lots.contains_key(lot)));
    Ok(())
}

const OPEN_REDEMPTIONS: &str = "select d.tenant, d.account, d.detail
    from {rows} {each redemption d on d.bucket = r.column1 and d.tenant = r.column2 and d.account = r.column3
    and d.state = 1}";
const REDEMPTIONS: &str = "select d.tenant, d.account, d.detail
    from {rows} {each redemption d on d.bucket = r.column1 and d.tenant = r.column2 and d.account = r.column3
    and d.redemption = r.column4}";

async fn lots(
    tx: &mut Tx,
    now: &Wanted,
    accounts: &mut BTreeMap<Key, Account>,
) -> Result<(), StoreError> {
    let open: Vec<Key> = now.open.iter().copied().collect();
    let named: Vec<_> = now.lots.iter().copied().collect();
    let by_name = of_keys(&named, |k| k.0).int(|k| k.1.event.0).int(|k| k.1.seq).done();
    let lots = |which: &str| {
        format!(
            "select {} from {{rows}} {{each lot l on l.bucket = r.column1 and l.tenant = r.column2
            and l.account = r.column3 and {which}}}",
            rows::LOT
        )
    };
    let answers = tx
        .ask_all(vec![
            Statement::over(&lots("l.is_open = 1"), of_keys(&open, |k| *k).done(), &[]),
            Statement::over(
                &lots("l.lot_event = r.column4 and l.lot_seq = r.column5"),
                by_name,
                &[],
            ),
        ])
        .await?;
    for row in answers.into_iter().flatten() {
        let lot = rows::lot(&row)?;
        if let Some(account) = accounts.get_mut(&Key::of(&row)?) {
            account.lots.entry(lot.id).or_insert(lot);
        }
    }
    for key in open {
        if let Some(account) = accounts.get_mut(&key) {
            account.lots_loaded = true;
        }
    }
    Ok(())
}

async fn resources(
    tx: &mut Tx,
    keys: &BTreeSet<(TenantId, String)>,
    used: &mut BTreeMap<(TenantId, String), i64>,
) -> Result<(), StoreError> {
    let keys: Vec<_> = keys.iter().cloned().collect();
    let set = Columns::of(&keys).int(|k| k.0.0).text(|k| k.1.clone()).done();
    let sql = "select s.tenant, s.resource, s.used
               from {rows} {each resource s on s.tenant = r.column1 and s.resource = r.column2}";
    let found = tx.ask(Statement::over(sql, set, params![])).await?;
    used.extend(keys.into_iter().map(|key| (key, 0)));
    for row in found {
        used.insert(
            (TenantId(row.int("tenant")?), row.text("resource")?.to_owned()),
            row.int("used")?,
        );
    }
    Ok(())
}
