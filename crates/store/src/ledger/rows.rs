//! Rows of the ledger's tables as values of the core, and back.

use lazo_domain::account::{
    Account, Balance, Counters, Lot, LotKind, Redemption, RedemptionState, Standings,
};
use lazo_domain::decision::{Entry, Side};
use lazo_domain::ids::{AccountId, EventId, LotId, MemberId, PointTypeId, TenantId};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::Row;
use crate::error::StoreError;

/// The columns of a lot, for `select`.
pub(super) const LOT: &str = "l.bucket, l.tenant, l.account, l.lot_event, l.lot_seq, l.point_type, l.kind, \
     l.earned_at, l.expires_at, l.release_at, l.granted, l.available, l.pending, l.held, l.redeemed, l.expired, l.taken";

/// An account's address in the ledger; sorts in the order in which rows are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub bucket: i64,
    pub tenant: TenantId,
    pub account: AccountId,
}

impl Key {
    pub fn new(tenant: TenantId, account: AccountId) -> Self {
        Self { bucket: account.bucket(), tenant, account }
    }

    pub fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self::new(TenantId(row.int("tenant")?), AccountId(row.int("account")?)))
    }
}

#[derive(Serialize)]
struct StateOut<'a> {
    standings: &'a Standings,
    counters: &'a Counters,
}

#[derive(Default, Deserialize)]
struct StateIn {
    standings: Standings,
    counters: Counters,
}

/// The `state` column of an account.
pub(super) fn state(account: &Account) -> Result<String, StoreError> {
    let state = StateOut { standings: &account.standings, counters: &account.counters };
    serde_json::to_string(&state).map_err(|e| StoreError::Shape(e.to_string()))
}

/// An account's head, without balances and lots. An account nothing has happened to has no lots to load.
pub(super) fn head(row: &Row) -> Result<Account, StoreError> {
    let state = row.text("state")?;
    let state: StateIn =
        if state.is_empty() { StateIn::default() } else { json("account.state", state)? };
    let version = row.int("version")?;
    Ok(Account {
        tenant: TenantId(row.int("tenant")?),
        id: AccountId(row.int("account")?),
        member: MemberId(row.int("member")?),
        version,
        enrolled_at: Timestamp(row.int("enrolled_at")?),
        lots_loaded: version == 0,
        standings: state.standings,
        counters: state.counters,
        next_at: row.maybe_int("next_at")?.map(Timestamp),
        ..Account::default()
    })
}

pub(super) fn balance(row: &Row) -> Result<(PointTypeId, Balance), StoreError> {
    let points = |name| row.int(name).map(Points);
    let balance = Balance {
        available: points("available")?,
        pending: points("pending")?,
        held: points("held")?,
    };
    Ok((PointTypeId(row.int("point_type")?), balance))
}

pub(super) fn lot(row: &Row) -> Result<Lot, StoreError> {
    let points = |name| row.int(name).map(Points);
    Ok(Lot {
        id: LotId { event: EventId(row.int("lot_event")?), seq: row.int("lot_seq")? },
        point_type: PointTypeId(row.int("point_type")?),
        kind: kind_of(row.int("kind")?)?,
        earned_at: Timestamp(row.int("earned_at")?),
        expires_at: row.maybe_int("expires_at")?.map(Timestamp),
        release_at: row.maybe_int("release_at")?.map(Timestamp),
        granted: points("granted")?,
        available: points("available")?,
        pending: points("pending")?,
        held: points("held")?,
        redeemed: points("redeemed")?,
        expired: points("expired")?,
        taken: points("taken")?,
    })
}

pub(crate) fn entry(row: &Row) -> Result<Entry, StoreError> {
    let side = row.int("side")?;
    let lot = match (row.maybe_int("lot_event")?, row.maybe_int("lot_seq")?) {
        (Some(event), Some(seq)) => Some(LotId { event: EventId(event), seq }),
        _ => None,
    };
    Ok(Entry {
        position: row.int("position")?,
        point_type: PointTypeId(row.int("point_type")?),
        side: Side::from_number(side)
            .ok_or_else(|| StoreError::Corrupt(format!("entry.side is {side}")))?,
        lot,
        points: Points(row.int("points")?),
        effective_at: Timestamp(row.int("effective_at")?),
    })
}

pub(crate) fn redemption(row: &Row) -> Result<Redemption, StoreError> {
    json("redemption.detail", row.text("detail")?)
}

fn json<T: for<'de> Deserialize<'de>>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(format!("{what}: {e}")))
}

/// The stored number of a redemption's state. Fixed for ever.
pub(super) fn state_number(state: RedemptionState) -> i64 {
    match state {
        RedemptionState::Reserved => 1,
        RedemptionState::Captured => 2,
        RedemptionState::Cancelled => 3,
        RedemptionState::Lapsed => 4,
    }
}

/// The stored number of a kind of lot. Fixed for ever.
pub(super) fn kind_number(kind: LotKind) -> i64 {
    match kind {
        LotKind::Earned => 1,
        LotKind::Adjusted => 2,
        LotKind::Transferred => 3,
        LotKind::Reinstated => 4,
        LotKind::Opening => 5,
        LotKind::Debt => 6,
    }
}

fn kind_of(number: i64) -> Result<LotKind, StoreError> {
    Ok(match number {
        1 => LotKind::Earned,
        2 => LotKind::Adjusted,
        3 => LotKind::Transferred,
        4 => LotKind::Reinstated,
        5 => LotKind::Opening,
        6 => LotKind::Debt,
        _ => return Err(StoreError::Corrupt(format!("lot.kind is {number}"))),
    })
}

/// What a receipt is claimed under, and the bucket of that.
pub(crate) fn claim_hash(tenant: TenantId, source: &str, source_ref: &str) -> (i64, Vec<u8>) {
    let mut hash = Sha256::new();
    hash.update(tenant.0.to_be_bytes());
    hash.update(u64::try_from(source.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(source);
    hash.update(source_ref);
    let digest = hash.finalize();
    (i64::from(digest[0]), digest[..16].to_vec())
}
