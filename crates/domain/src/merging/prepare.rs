//! Before planning: changes caught up since the snapshot, points of contacts, and one program split into several.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::exceptions::{Exception, ExceptionCode};
use super::orders::OrderStatus;
use super::rules::Wallet;
use super::snapshot::{Consent, LotState, MemberSnapshot, SourceKey, SourceLot, SourceStatus};

/// Something that happened in a source between its snapshot and the end of the freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delta {
    /// The source's own name for the transaction; once is enough.
    pub transaction: String,
    /// What happened.
    pub change: DeltaChange,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeltaChange {
    /// A lot was earned.
    Earned(SourceLot),
    /// Points on the way to or from a partner are the member's: a transfer from the partner was completed, or one to it
    /// was closed.
    Arrived {
        /// The lot.
        lot: String,
        /// How many, more than 0.
        points: i64,
    },
    /// Points on the way to or from a partner are the partner's: a transfer to it was completed, or one from it was closed.
    Gone {
        /// The lot.
        lot: String,
        /// How many, more than 0.
        points: i64,
    },
    /// Points left a lot.
    Spent {
        /// The lot.
        lot: String,
        /// How many, more than 0.
        points: i64,
    },
    /// The member said something.
    Said(Consent),
    /// The account was closed, blocked, erased…
    Status(SourceStatus),
    /// An order went on, or ended.
    Order {
        /// The order.
        order: String,
        /// How far it is now.
        status: OrderStatus,
    },
}

/// Why a change cannot be caught up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeltaRefusal {
    /// The order is not there, or is over.
    #[error("transaction {transaction}: there is no open order {order}")]
    NoOrder {
        /// The transaction.
        transaction: String,
        /// The order.
        order: String,
    },
    /// The lot is not there, or has less than that.
    #[error("transaction {transaction}: lot {lot} has no {points} points to give")]
    NotThere {
        /// The transaction.
        transaction: String,
        /// The lot.
        lot: String,
        /// How many were to leave it.
        points: i64,
    },
}

/// Catches a snapshot up. Transactions in `seen` are not taken twice; new ones join it. A refused transaction changes
/// nothing and may come again.
pub fn catch_up(
    snapshot: &mut MemberSnapshot,
    deltas: &[Delta],
    seen: &mut BTreeSet<(String, String)>,
) -> Vec<DeltaRefusal> {
    let mut refused = Vec::new();
    for delta in deltas {
        let name = (snapshot.key.source.clone(), delta.transaction.clone());
        if seen.contains(&name) {
            continue;
        }
        match change(snapshot, delta) {
            Ok(()) => {
                seen.insert(name);
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    refused
}

fn change(snapshot: &mut MemberSnapshot, delta: &Delta) -> Result<(), DeltaRefusal> {
    match &delta.change {
        DeltaChange::Earned(lot) => {
            if lot.state.is_in_balance()
                && let Some(balance) = snapshot.balances.get_mut(&lot.point_type)
            {
                *balance = balance.saturating_add(lot.points);
            }
            snapshot.put_back(lot);
        }
        DeltaChange::Arrived { lot, points } => {
            let taken = take(snapshot, delta, (lot, *points), LotState::InTransit)?;
            if let Some(balance) = snapshot.balances.get_mut(&taken.point_type) {
                *balance = balance.saturating_add(*points);
            }
            // Whatever held them on their way holds them no longer.
            snapshot.put_back(&SourceLot {
                state: LotState::Available,
                hold: String::new(),
                hold_until: None,
                ..taken
            });
        }
        DeltaChange::Gone { lot, points } => {
            take(snapshot, delta, (lot, *points), LotState::InTransit)?;
        }
        DeltaChange::Spent { lot, points } => {
            let taken = take(snapshot, delta, (lot, *points), LotState::Available)?;
            if let Some(balance) = snapshot.balances.get_mut(&taken.point_type) {
                *balance = balance.saturating_sub(*points);
            }
        }
        DeltaChange::Said(consent) => snapshot.consents.push(consent.clone()),
        DeltaChange::Status(status) => snapshot.status = *status,
        DeltaChange::Order { order, status } => {
            let named = snapshot.orders.iter_mut().find(|known| known.order == *order);
            // The lots of one cancelled order may come back one by one.
            let open = named.filter(|known| known.status.is_open() || known.status == *status);
            let found = open.ok_or_else(|| DeltaRefusal::NoOrder {
                transaction: delta.transaction.clone(),
                order: order.clone(),
            })?;
            found.status = *status;
        }
    }
    Ok(())
}

/// Takes points off a lot in one state; answers them as a lot of their own.
fn take(
    snapshot: &mut MemberSnapshot,
    delta: &Delta,
    (lot, points): (&str, i64),
    state: LotState,
) -> Result<SourceLot, DeltaRefusal> {
    let there = snapshot
        .lots
        .iter_mut()
        .find(|held| held.lot == lot && held.state == state && held.points >= points);
    let held = there.filter(|_| points > 0).ok_or_else(|| DeltaRefusal::NotThere {
        transaction: delta.transaction.clone(),
        lot: lot.to_owned(),
        points,
    })?;
    held.points -= points;
    Ok(SourceLot { points, ..held.clone() })
}

/// Puts points that contacts hold for a company into the company's account, where the contract does not say that
/// they are the contact's. A contact whose company is not there waits at the desk.
pub fn to_company_wallets(members: &mut [MemberSnapshot], wallet: Wallet) -> Vec<Exception> {
    if wallet == Wallet::Contact {
        return Vec::new();
    }
    let places: BTreeMap<SourceKey, usize> =
        members.iter().enumerate().map(|(place, member)| (member.key.clone(), place)).collect();
    let mut found = Vec::new();
    for place in 0..members.len() {
        let Some(company) = members[place].contact_of.clone() else { continue };
        let key = members[place].key.clone();
        let held: i64 =
            members[place].lots.iter().map(|lot| lot.points).fold(0, i64::saturating_add);
        let Some(to) = places.get(&SourceKey::new(&key.source, &company)).copied() else {
            if held != 0 {
                found.push(
                    Exception::new(&key, ExceptionCode::CompanyMissing).about(&company, held),
                );
            }
            continue;
        };
        let contact = &members[place];
        if !adds_up(contact) || !contact.doubts.is_empty() || contact.status != SourceStatus::Active
        {
            // It waits at the desk as it is, or goes on under its own block: a company's wallet washes nothing clean.
            continue;
        }
        let balances = std::mem::take(&mut members[place].balances);
        for lot in std::mem::take(&mut members[place].lots) {
            // The contact's number stays in the name: lots of several contacts may be called the same.
            let name = format!("{}:{}", key.member, lot.lot);
            members[to].lots.push(SourceLot { lot: name, ..lot });
        }
        for (point_type, balance) in balances {
            if let Some(stated) = members[to].balances.get_mut(&point_type) {
                *stated = stated.saturating_add(balance);
            }
        }
    }
    found
}

/// Are the balances that a source states the sums of the lots?
pub(super) fn adds_up(member: &MemberSnapshot) -> bool {
    member.balances.iter().all(|(point_type, stated)| {
        let lots = member.lots.iter().filter(|lot| lot.point_type == *point_type);
        let there = lots.filter(|lot| lot.state.is_in_balance());
        there.map(|lot| i128::from(lot.points)).sum::<i128>() == i128::from(*stated)
    })
}

/// A member that no rule of a split places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no part of the split takes {0:?}")]
pub struct Unplaced(pub SourceKey);

/// One program into several: every account goes to exactly one part, to be planned by that part's rules.
pub fn split<'a>(
    members: Vec<MemberSnapshot>,
    part_of: impl Fn(&MemberSnapshot) -> Option<&'a str>,
) -> Result<BTreeMap<String, Vec<MemberSnapshot>>, Unplaced> {
    let mut parts = BTreeMap::<String, Vec<MemberSnapshot>>::new();
    for member in members {
        let part = part_of(&member).ok_or_else(|| Unplaced(member.key.clone()))?;
        parts.entry(part.to_owned()).or_default().push(member);
    }
    Ok(parts)
}
