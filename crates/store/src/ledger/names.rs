//! Finds events under their sources' own names for them.
//!
//! A purchase is found by its claim, which is there once; events of other kinds by the journal's own unique key. Where a
//! name came first with another kind, such as a return, its purchase is looked for among the account's events: that is
//! hardly ever so.

use std::collections::BTreeMap;

use lazo_domain::event::Kind;
use lazo_domain::ids::{EventId, TenantId};
use sha2::{Digest, Sha256};

use super::rows::Key;
use crate::db::{Columns, Row, Statement, Tx};
use crate::error::StoreError;

/// What names a receipt whoever it belongs to: the bucket of the hash, the tenant, the hash.
pub(super) type ClaimKey = (i64, TenantId, Vec<u8>);

/// Who has claimed a receipt, and by which event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claimed {
    pub account: i64,
    pub event: EventId,
}

/// A name of an event on an account.
pub(super) type Name = (Key, String, String);

/// What a receipt is claimed under, and the bucket of that.
pub(crate) fn claim_hash(tenant: TenantId, source: &str, source_ref: &str) -> (i64, Vec<u8>) {
    hash(tenant, source, source_ref, b"")
}

/// What a purchase is claimed under whose name has been claimed by an event of another kind. No name has a zero octet.
pub(super) fn purchase_claim(tenant: TenantId, source: &str, source_ref: &str) -> ClaimKey {
    let (bucket, hash) = hash(tenant, source, source_ref, b"\0purchase");
    (bucket, tenant, hash)
}

fn hash(tenant: TenantId, source: &str, source_ref: &str, of: &[u8]) -> (i64, Vec<u8>) {
    let mut hash = Sha256::new();
    hash.update(tenant.0.to_be_bytes());
    hash.update(u64::try_from(source.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(source);
    hash.update(source_ref);
    hash.update(of);
    let digest = hash.finalize();
    (i64::from(digest[0]), digest[..16].to_vec())
}

/// The statement that reads who has claimed what.
pub(super) fn ask_claims(claims: &[ClaimKey]) -> Statement {
    let set = Columns::of(claims).int(|c| c.0).int(|c| c.1.0).bytes(|c| c.2.clone()).done();
    let sql = "select c.bucket, c.tenant, c.hash, c.account, c.event
        from {rows} {each claim c on c.bucket = r.column1 and c.tenant = r.column2 and c.hash = r.column3}";
    Statement::over(sql, set, &[])
}

/// What [`ask_claims`] answered.
pub(super) fn read_claims(rows: &[Row]) -> Result<BTreeMap<ClaimKey, Claimed>, StoreError> {
    let claim = |row: &Row| {
        let key = (row.int("bucket")?, TenantId(row.int("tenant")?), row.bytes("hash")?.to_vec());
        let (account, event) = (row.int("account")?, EventId(row.int("event")?));
        Ok((key, Claimed { account, event }))
    };
    rows.iter().map(claim).collect()
}

/// Reads `columns` (of `e`) of the purchases under these names, whose claims are known.
pub(super) async fn purchases(
    tx: &mut Tx,
    names: &[(Name, Claimed)],
    columns: &str,
) -> Result<Vec<Row>, StoreError> {
    let of_account = |((key, _, _), claimed): &&(Name, Claimed)| claimed.account == key.account.0;
    let names: Vec<_> = names.iter().filter(of_account).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let set = Columns::of(&names)
        .int(|((key, ..), _)| key.bucket)
        .int(|((key, ..), _)| key.account.0)
        .int(|(_, claimed)| claimed.event.0)
        .done();
    let sql = format!(
        "select {columns}, e.kind as found_kind, e.event as found_event from {{rows}}
         {{each event e on e.bucket = r.column1 and e.event = r.column3 and e.account = r.column2}}"
    );
    let mut kinds = BTreeMap::new();
    let mut found = Vec::with_capacity(names.len());
    for row in tx.ask(Statement::over(&sql, set, &[])).await? {
        let kind = row.int("found_kind")?;
        kinds.insert(row.int("found_event")?, kind);
        if kind == Kind::Purchase.number() {
            found.push(row);
        }
    }
    let mut others = Vec::new();
    for (name, claimed) in names {
        match kinds.get(&claimed.event.0) {
            Some(kind) if *kind == Kind::Purchase.number() => {}
            Some(_) => others.push(name.clone()),
            // The claim is there and its event is not: nothing may be done under this name.
            None => {
                let why =
                    format!("the claim of event {} is there and the event is not", claimed.event);
                return Err(StoreError::Corrupt(why));
            }
        }
    }
    found.extend(tx.ask(among_all(&others, columns)).await?);
    Ok(found)
}

/// As [`purchases`], for those who know the names alone.
pub(super) async fn claimed_purchases(
    tx: &mut Tx,
    names: Vec<Name>,
    columns: &str,
) -> Result<Vec<Row>, StoreError> {
    let claim = |(key, source, source_ref): Name| {
        let (bucket, hash) = claim_hash(key.tenant, &source, &source_ref);
        ((bucket, key.tenant, hash), (key, source, source_ref))
    };
    let asked: Vec<(ClaimKey, Name)> = names.into_iter().map(claim).collect();
    let keys: Vec<ClaimKey> = asked.iter().map(|(claim, _)| claim.clone()).collect();
    let claims = read_claims(&tx.ask(ask_claims(&keys)).await?)?;
    let known = |(claim, name)| claims.get(&claim).map(|by| (name, *by));
    let known: Vec<_> = asked.into_iter().filter_map(known).collect();
    purchases(tx, &known, columns).await
}

/// Purchases under these names by a look at all events of their accounts.
fn among_all(names: &[Name], columns: &str) -> Statement {
    let set = Columns::of(names)
        .int(|name| name.0.bucket)
        .int(|name| name.0.tenant.0)
        .int(|name| name.0.account.0)
        .text(|name| name.1.clone())
        .text(|name| name.2.clone())
        .done();
    let sql = format!(
        "select {columns} from {{rows}} {{each event e on e.bucket = r.column1 and e.tenant = r.column2
         and e.account = r.column3 and e.source = r.column4 and e.source_ref = r.column5 and e.kind = 1}}"
    );
    Statement::over(&sql, set, &[])
}
