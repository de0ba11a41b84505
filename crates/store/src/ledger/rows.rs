//! Rows of the ledger's tables as values of the core, and back.

use std::collections::BTreeMap;

use lazo_domain::account::{
    Account, Balance, Counters, Lot, LotKind, Redemption, RedemptionState, Standings,
};
use lazo_domain::decision::{Entry, Side};
use lazo_domain::event::Event;
use lazo_domain::ids::{AccountId, EventId, LotId, MemberId, PointTypeId, TenantId};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

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
        balances: parse_balances(row)?,
        ..Account::default()
    })
}

/// A balance in the `balances` column of an account: point type, available, pending, held.
type StoredBalance = (i64, i64, i64, i64);

/// The `balances` column of an account.
pub(super) fn balances(account: &Account) -> Result<String, StoreError> {
    let stored: Vec<StoredBalance> = account
        .balances
        .iter()
        .map(|(id, has)| (id.0, has.available.0, has.pending.0, has.held.0))
        .collect();
    serde_json::to_string(&stored).map_err(|e| StoreError::Shape(e.to_string()))
}

/// What the `balances` column of an account says.
pub(crate) fn parse_balances(row: &Row) -> Result<BTreeMap<PointTypeId, Balance>, StoreError> {
    let stored: Vec<StoredBalance> = json("account.balances", row.text("balances")?)?;
    let balance = |(id, available, pending, held)| {
        let balance =
            Balance { available: Points(available), pending: Points(pending), held: Points(held) };
        (PointTypeId(id), balance)
    };
    Ok(stored.into_iter().map(balance).collect())
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

/// A line in the `entries` column of an event: point type, side, points, the lot's event (0 is this one) and number
/// (none and none without a lot), and the instant where it is not the event's own.
type StoredEntry = (i64, i64, i64, Option<i64>, Option<i64>, Option<i64>);

/// The `entries` column of an event: its lines in the order of their positions.
pub(super) fn entries(event: &Event, entries: &[Entry]) -> Result<String, StoreError> {
    let lot_event = |id: LotId| if id.event == event.id { 0 } else { id.event.0 };
    let stored: Vec<StoredEntry> = entries
        .iter()
        .map(|line| {
            let at = Some(line.effective_at).filter(|at| *at != event.effective_at);
            let lot = (line.lot.map(lot_event), line.lot.map(|lot| lot.seq));
            let side = line.side.number();
            (line.point_type.0, side, line.points.0, lot.0, lot.1, at.map(|at| at.0))
        })
        .collect();
    serde_json::to_string(&stored).map_err(|e| StoreError::Shape(e.to_string()))
}

/// The lines that the `entries` column of an event says; needs `event` and `effective_at` beside it.
pub(crate) fn parse_entries(row: &Row) -> Result<Vec<Entry>, StoreError> {
    let stored: Vec<StoredEntry> = json("event.entries", row.text("entries")?)?;
    let (event, effective_at) = (row.int("event")?, row.int("effective_at")?);
    let entry = |(position, line): (i64, StoredEntry)| {
        let (point_type, side, points, lot_event, lot_seq, at) = line;
        let lot_event = lot_event.map(|id| EventId(if id == 0 { event } else { id }));
        Ok(Entry {
            position,
            point_type: PointTypeId(point_type),
            side: Side::from_number(side)
                .ok_or_else(|| StoreError::Corrupt(format!("event.entries has a side {side}")))?,
            lot: lot_event.zip(lot_seq).map(|(event, seq)| LotId { event, seq }),
            points: Points(points),
            effective_at: Timestamp(at.unwrap_or(effective_at)),
        })
    };
    (0..).zip(stored).map(entry).collect()
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
