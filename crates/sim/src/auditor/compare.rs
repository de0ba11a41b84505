//! Where the core and the auditor differ, in words.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::{Lot, LotKind, Redemption, Standing};
use lazo_domain::decision::Side;
use lazo_domain::ids::{LotId, PointTypeId};
use lazo_domain::time::Timestamp;

use super::holder::{Booking, Held, Holder, Live, Order, Pile};
use crate::world::core::Decided;
use crate::world::vault::Rows;

type Line = (PointTypeId, Side, Option<LotId>, Timestamp);

/// The journal of one decision, added up by point type, side, lot and instant.
pub fn journal(decided: &Decided, bookings: &[Booking]) -> Result<(), String> {
    let mut real: BTreeMap<Line, i128> = BTreeMap::new();
    for entry in &decided.entries {
        let line = (entry.point_type, entry.side, entry.lot, entry.effective_at);
        *real.entry(line).or_default() += i128::from(entry.points.0);
    }
    let mut expected: BTreeMap<Line, i128> = BTreeMap::new();
    for line in bookings {
        *expected.entry((line.point_type, line.side, line.lot, line.at)).or_default() +=
            line.points;
    }
    real.retain(|_, n| *n != 0);
    expected.retain(|_, n| *n != 0);
    if real == expected {
        return Ok(());
    }
    let lines: BTreeSet<&Line> = real.keys().chain(expected.keys()).collect();
    let mut differences = String::new();
    for line in lines.into_iter().filter(|line| real.get(line) != expected.get(line)) {
        let (real, expected) = (real.get(line), expected.get(line));
        differences += &format!("\n  {line:?}: {real:?}, predicted {expected:?}");
    }
    Err(format!("the journal differs:{differences}\n  steps: {:?}", decided.outcome.steps))
}

/// Shared limits used or given back.
pub fn resources(
    real: &BTreeMap<String, i64>,
    expected: &BTreeMap<String, i64>,
) -> Result<(), String> {
    let moved = |all: &BTreeMap<String, i64>| -> BTreeMap<String, i64> {
        all.iter().filter(|(_, n)| **n != 0).map(|(key, n)| (key.clone(), *n)).collect()
    };
    same("the shared limits", moved(real), moved(expected))
}

/// The account after one decision.
pub fn account(rows: &Rows, live: &Live, touched: &BTreeSet<LotId>) -> Result<(), String> {
    let open: BTreeSet<LotId> =
        live.open.iter().filter(|(_, pile)| pile.is_open()).map(|(id, _)| *id).collect();
    same("the open lots", &rows.open, &open)?;
    for id in live.open.keys().chain(touched) {
        if let Some(pile) = live.open.get(id) {
            lot(rows.lots.get(id), pile).map_err(|why| format!("lot {id}: {why}"))?;
        }
    }
    balances(rows, live)?;
    same("the ladders", rows.standings.len(), live.held.len())?;
    for (group, held) in &live.held {
        standing(rows.standings.get(group), held)
            .map_err(|why| format!("ladder {group}: {why}"))?;
    }
    same("the orders", rows.redemptions.len(), live.orders.len())?;
    for (id, expected) in &live.orders {
        order(rows.redemptions.get(id), expected).map_err(|why| format!("order {id}: {why}"))?;
    }
    Ok(())
}

fn balances(rows: &Rows, live: &Live) -> Result<(), String> {
    let mut sums: BTreeMap<PointTypeId, [i128; 3]> = BTreeMap::new();
    for pile in live.open.values() {
        let sum = sums.entry(pile.point_type).or_default();
        for (sum, n) in sum.iter_mut().zip([pile.available, pile.pending, pile.held]) {
            *sum += n;
        }
    }
    for (of, n) in &live.qualifying {
        sums.insert(*of, [*n, 0, 0]);
    }
    let real = rows
        .balances
        .iter()
        .map(|(of, b)| (*of, [b.available, b.pending, b.held].map(|points| i128::from(points.0))));
    let mut real: BTreeMap<PointTypeId, [i128; 3]> = real.collect();
    real.retain(|_, sum| *sum != [0; 3]);
    sums.retain(|_, sum| *sum != [0; 3]);
    same("the balances", real, sums)
}

fn lot(real: Option<&Lot>, pile: &Pile) -> Result<(), String> {
    let real = real.ok_or("is not there")?;
    let numbers = [real.available, real.pending, real.held, real.redeemed, real.expired];
    let mut numbers = numbers.map(|points| i128::from(points.0));
    let mut expected = [pile.available, pile.pending, pile.held, pile.redeemed, pile.expired];
    if pile.kind == LotKind::Debt {
        // Of a debt only what is owed matters.
        (numbers, expected) = ([numbers[0], 0, 0, 0, 0], [expected[0], 0, 0, 0, 0]);
    }
    same("available, pending, held, redeemed, expired", numbers, expected)?;
    same("its kind", (real.kind, real.point_type), (pile.kind, pile.point_type))?;
    same("its age", real.earned_at, pile.earned_at)?;
    same("its end", real.expires_at, pile.expires)?;
    if pile.pending != 0 {
        same("its release", real.release_at, pile.release)?;
    }
    if pile.kind != LotKind::Debt {
        same("what was granted", i128::from(real.granted.0), pile.granted)?;
    }
    Ok(())
}

fn standing(real: Option<&Standing>, held: &Held) -> Result<(), String> {
    let real = real.ok_or("is not held")?;
    let expected = Standing {
        program: held.program,
        tier: held.tier.clone(),
        since: held.since,
        provenance: held.provenance,
        review_at: held.review,
        protected_until: held.protected,
        in_grace: held.grace,
    };
    same("the standing", real, &expected)
}

fn order(real: Option<&Redemption>, order: &Order) -> Result<(), String> {
    let real = real.ok_or("is not there")?;
    same("the state", real.state, order.state)?;
    same("the points", i128::from(real.points.0), order.points)?;
    same("the end of the hold", real.hold_until, order.hold_until)?;
    let lots: Vec<(LotId, i128)> =
        real.lots.iter().map(|(lot, n)| (*lot, i128::from(n.0))).collect();
    same("the lots that pay", &lots, &order.from)
}

/// Balances at an instant, folded from both journals.
pub fn past(rows: &Rows, holder: &Holder, at: Timestamp) -> Result<(), String> {
    let mut real: BTreeMap<(PointTypeId, Side), i128> = BTreeMap::new();
    for entry in rows.journal.iter().filter(|e| e.effective_at <= at) {
        *real.entry((entry.point_type, entry.side)).or_default() += i128::from(entry.points.0);
    }
    let mut expected: BTreeMap<(PointTypeId, Side), i128> = BTreeMap::new();
    for line in holder.journal.iter().filter(|line| line.at <= at) {
        *expected.entry((line.point_type, line.side)).or_default() += line.points;
    }
    real.retain(|_, n| *n != 0);
    expected.retain(|_, n| *n != 0);
    same(&format!("the balances at {at}"), real, expected)
}

/// Every pile, open or closed.
pub fn everything(rows: &Rows, holder: &Holder) -> Result<(), String> {
    for (id, pile) in holder.live.open.iter().chain(&holder.closed) {
        lot(rows.lots.get(id), pile).map_err(|why| format!("lot {id}: {why}"))?;
    }
    same("the number of lots", rows.lots.len(), holder.live.open.len() + holder.closed.len())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, real: T, expected: T) -> Result<(), String> {
    if real == expected { Ok(()) } else { Err(format!("{what}: {real:?}, predicted {expected:?}")) }
}
