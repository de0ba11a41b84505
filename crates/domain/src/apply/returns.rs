//! Taking back: what a return owes of what a purchase gave, and events undone as if they had never been.

use serde_json::json;

use super::draft::{Draft, NewLot};
use super::standing;
use crate::account::{CounterChange, Grant, GrantLot, LotKind};
use crate::decision::{Entry, Returned, Side};
use crate::event::{Body, PurchaseRef, Return, ReturnLine};
use crate::explain::Step;
use crate::ids::{EventId, LotId, PointTypeId};
use crate::label::Label;
use crate::points::Points;
use crate::program::Shortfall;
use crate::refusal::Refusal;
use crate::share::cumulative;

/// What becomes of points that are due but were already spent.
#[derive(Debug, Clone, Copy)]
struct Policy {
    shortfall: Shortfall,
    debt_limit: Points,
    /// Takes back also what expired, because the event is to be as if it had never been.
    undo: bool,
    /// Where the points go.
    side: Side,
}

/// A member brought something back.
pub(super) fn returned(draft: &mut Draft<'_>, back: &Return) -> Result<(), Refusal> {
    let grant = draft.account.grant(&back.purchase).cloned().ok_or(Refusal::PurchaseNotFound)?;
    if grant.reversed {
        return Err(Refusal::AlreadyReversed);
    }
    let after = after(&grant, &back.lines)?;
    // The policy of the day of the return: the program may have grown kinder since.
    let returns = draft.programs.at(grant.program, draft.at()).ok_or(Refusal::NoProgram)?.returns;
    let policy = Policy {
        shortfall: returns.shortfall,
        debt_limit: returns.debt_limit,
        undo: false,
        side: Side::Issued,
    };
    take_back(draft, grant, after, policy, false)
}

/// How many thousandths of each line have come back once `lines` have; no lines means all that is left.
fn after(grant: &Grant, lines: &[ReturnLine]) -> Result<Vec<i64>, Refusal> {
    if lines.is_empty() {
        if grant.returned == grant.quantities {
            return Err(Refusal::ReturnsTooMuch { line: 0, left: 0, asked: 1 });
        }
        return Ok(grant.quantities.clone());
    }
    let mut after = grant.returned.clone();
    for line in lines {
        let bought = grant.quantities.get(line.line).copied().unwrap_or(0);
        let slot = after
            .get_mut(line.line)
            .ok_or(Refusal::Invalid { field: "/lines", why: "no such line".into() })?;
        let left = bought - *slot;
        if line.quantity_milli <= 0 || line.quantity_milli > left {
            return Err(Refusal::ReturnsTooMuch {
                line: line.line,
                left,
                asked: line.quantity_milli,
            });
        }
        *slot += line.quantity_milli;
    }
    Ok(after)
}

/// How much of `shares` belongs to what has come back.
fn share_back(shares: &[i64], returned: &[i64], bought: &[i64]) -> i64 {
    shares
        .iter()
        .zip(returned)
        .zip(bought)
        .map(|((share, back), bought)| cumulative(*share, *back, *bought).min(*share))
        .sum()
}

/// `cumulative` with nothing back yet being nothing, also for lines of no quantity.
fn due(shares: &[i64], grant: &Grant, after: &[i64]) -> i64 {
    share_back(shares, after, &grant.quantities)
        - share_back(shares, &grant.returned, &grant.quantities)
}

fn take_back(
    draft: &mut Draft<'_>,
    mut grant: Grant,
    after: Vec<i64>,
    policy: Policy,
    whole: bool,
) -> Result<(), Refusal> {
    let program =
        draft.programs.at(grant.program, grant.effective_at).cloned().ok_or(Refusal::NoProgram)?;
    let mut returned =
        Returned { lines: lines_between(&grant.returned, &after), ..Returned::default() };
    for n in 0..grant.lots.len() {
        let lot = grant.lots[n].clone();
        // By what was accounted for, not by what came back: returns undone out of order must not leave a unit behind.
        let owed = (share_back(&lot.shares, &after, &grant.quantities) - lot.back).max(0);
        claw(draft, &mut grant.lots[n], owed, policy)?;
        grant.lots[n].back += owed;
        returned.due.push(owed);
        returned.waived.push(grant.lots[n].waived - lot.waived);
        let points = due(&lot.shares, &grant, &after);
        standing::uncount_points(draft, &program, grant.effective_at, lot.point_type, points);
    }
    for (point_type, shares) in grant.qualifying.clone() {
        let points = due(&shares, &grant, &after);
        unqualify(draft, point_type, Points(points), Side::Issued)?;
        standing::uncount_points(draft, &program, grant.effective_at, point_type, points);
    }
    for change in uncounted(&grant, &after) {
        draft.account.counters.add(&change);
        draft.account.touched.state = true;
    }
    let all = after == grant.quantities;
    if all {
        returned.resources = std::mem::take(&mut grant.resources);
        for (key, used) in &returned.resources {
            *draft.resources.entry(key.clone()).or_default() -= used;
        }
    }
    grant.returned = after;
    grant.reversed = whole;
    draft.account.grants.insert(grant.event, grant.clone());
    draft.grant = Some(grant);
    draft.returned = Some(returned);
    Ok(())
}

fn lines_between(before: &[i64], after: &[i64]) -> Vec<ReturnLine> {
    let lines = before.iter().zip(after).enumerate().filter(|(_, (before, after))| before != after);
    lines
        .map(|(line, (before, after))| ReturnLine { line, quantity_milli: after - before })
        .collect()
}

/// Counters go back in proportion to the money that came back; what counts events goes back with the last line.
fn uncounted(grant: &Grant, after: &[i64]) -> Vec<CounterChange> {
    let total: i64 = grant.nets.iter().map(|net| (*net).max(0)).sum();
    let weights: Vec<i64> = if total > 0 { grant.nets.clone() } else { grant.quantities.clone() };
    let total: i64 = weights.iter().map(|w| (*w).max(0)).sum();
    let back = |returned: &[i64]| -> i64 {
        let shares: Vec<i64> = weights.iter().map(|w| (*w).max(0)).collect();
        if returned == grant.quantities {
            total
        } else {
            share_back(&shares, returned, &grant.quantities)
        }
    };
    let (before, after) = (back(&grant.returned), back(after));
    let share = |by: i64, part: i64| {
        if by < 0 { -cumulative(-by, part, total) } else { cumulative(by, part, total) }
    };
    let changes = grant.counted.iter().map(|change| CounterChange {
        by: share(change.by, before) - share(change.by, after),
        ..change.clone()
    });
    changes.filter(|change| change.by != 0).collect()
}

fn unqualify(
    draft: &mut Draft<'_>,
    point_type: PointTypeId,
    points: Points,
    side: Side,
) -> Result<(), Refusal> {
    if points.is_zero() {
        return Ok(());
    }
    draft.post(Side::Available, point_type, None, points.negated()?, draft.at())?;
    draft.post(side, point_type, None, points, draft.at())?;
    draft.tell("points.reversed", point_type, points, || json!({ "qualifying": true }));
    Ok(())
}

/// Takes `due` points of what an event gave in one lot: what is still there, then (not twice) what expired, then by
/// the program's policy what was spent.
fn claw(
    draft: &mut Draft<'_>,
    given: &mut GrantLot,
    due: i64,
    policy: Policy,
) -> Result<(), Refusal> {
    if due == 0 {
        return Ok(());
    }
    let (id, at) = (given.lot, draft.at());
    let mut left = due;
    if policy.undo {
        unexpire(draft, id)?;
    }
    let mut taken = 0;
    for side in [Side::Pending, Side::Available] {
        let lot = draft.lot(id)?;
        let there = if side == Side::Pending { lot.pending } else { lot.available };
        let part = there.0.min(left);
        if part > 0 {
            draft.out(id, side, policy.side, Points(part), at)?;
            taken += part;
            left -= part;
        }
    }
    let expired = (draft.lot(id)?.expired.0 - given.waived).clamp(0, left);
    given.waived += expired;
    left -= expired;
    let (others, debt) = shortfall(draft, given.point_type, left, policy)?;
    let forgiven = left - others - debt;
    draft.say(|| Step::Share { due, taken, expired, others, debt, forgiven });
    let gone = Points(taken + others + debt);
    draft.tell(
        "points.reversed",
        given.point_type,
        gone,
        || json!({ "lot": id, "due": due, "expired": expired }),
    );
    Ok(())
}

/// Expired points of a lot come back, to be taken for the event that gave them.
fn unexpire(draft: &mut Draft<'_>, id: LotId) -> Result<(), Refusal> {
    let lot = draft.lot(id)?;
    let (points, point_type, at) = (lot.expired, lot.point_type, draft.at());
    draft.post(Side::Expired, point_type, None, points.negated()?, at)?;
    draft.post(Side::Available, point_type, Some(id), points, at)?;
    draft.lot_mut(id)?.expired = Points::ZERO;
    Ok(())
}

/// Covers what was spent from the member's other points, then as a debt down to the limit.
fn shortfall(
    draft: &mut Draft<'_>,
    point_type: PointTypeId,
    due: i64,
    policy: Policy,
) -> Result<(i64, i64), Refusal> {
    if due == 0 || policy.shortfall == Shortfall::Forgive {
        return Ok((0, 0));
    }
    let mut left = due;
    for id in draft.spendable(point_type, draft.at()) {
        let part = draft.lot(id)?.available.0.min(left);
        if part > 0 {
            draft.out(id, Side::Available, policy.side, Points(part), draft.at())?;
            left -= part;
        }
    }
    let others = due - left;
    if policy.shortfall != Shortfall::Debt {
        return Ok((others, 0));
    }
    let owed = draft.account.balance(point_type).available.0.min(0);
    let room = policy.debt_limit.0.saturating_add(owed).max(0);
    let debt = left.min(room);
    if debt > 0 {
        draft.owe(point_type, Points(debt), policy.side)?;
    }
    Ok((others, debt))
}

/// Undoes an earlier event as if it had never been.
pub(super) fn reverse(draft: &mut Draft<'_>, event: EventId) -> Result<(), Refusal> {
    let originals = draft.account.originals.clone();
    let original = originals.get(&event).ok_or(Refusal::NotReversible)?;
    let side = match &original.body {
        Body::Purchase(_) | Body::Custom(_) => return reverse_grant(draft, event),
        Body::Return(_) => Side::Issued,
        Body::Adjust { .. } => Side::Adjusted,
        Body::Opening { .. } => Side::Opening,
        Body::Reinstate { .. } => Side::Expired,
        _ => return Err(Refusal::NotReversible),
    };
    once(draft, event)?;
    for (id, points) in made(event, &original.entries) {
        let point_type = draft.lot(id)?.point_type;
        let mut given =
            GrantLot { lot: id, point_type, shares: vec![points.0], back: 0, waived: 0 };
        claw(draft, &mut given, points.0, undo_to(side))?;
    }
    match &original.body {
        // What a reinstatement's event let expire on its way had nothing to do with it.
        Body::Reinstate { .. } => return Ok(()),
        _ => {
            for (id, points) in pieces(&original.entries, side) {
                give_back(draft, id, points, side)?;
            }
        }
    }
    match &original.body {
        Body::Return(back) => undo_return(draft, &back.purchase, original.outcome.returned.clone()),
        _ => undo_lotless(draft, &original.entries, side),
    }
}

fn undo_to(side: Side) -> Policy {
    Policy { shortfall: Shortfall::Debt, debt_limit: Points(i64::MAX), undo: true, side }
}

fn reverse_grant(draft: &mut Draft<'_>, event: EventId) -> Result<(), Refusal> {
    let grant =
        draft.account.grant(&PurchaseRef::Event(event)).cloned().ok_or(Refusal::NotReversible)?;
    if grant.reversed {
        return Err(Refusal::AlreadyReversed);
    }
    let after = grant.quantities.clone();
    take_back(draft, grant, after, undo_to(Side::Issued), true)
}

/// Refuses to undo the same event twice; a counter per event remembers.
fn once(draft: &mut Draft<'_>, event: EventId) -> Result<(), Refusal> {
    let change =
        CounterChange { key: Label::fixed("reversed"), period: event.to_string().into(), by: 1 };
    if draft.account.counters.get(&change.key, &change.period) > 0 {
        return Err(Refusal::AlreadyReversed);
    }
    draft.account.counters.add(&change);
    draft.account.touched.state = true;
    Ok(())
}

/// The lots an event made, with what they were granted; not a debt, which shrinks by what was added to it.
fn made(event: EventId, entries: &[Entry]) -> Vec<(LotId, Points)> {
    let new = entries.iter().filter(|e| e.side.is_member());
    let new = new.filter_map(|e| e.lot.filter(|lot| lot.event == event).map(|lot| (lot, e.points)));
    // A lot's first line is its making; a later one is points moving between its sides, or a debt repaid.
    let mut first = std::collections::BTreeMap::new();
    for (lot, points) in new {
        first.entry(lot).or_insert(points);
    }
    first.into_iter().filter(|(_, points)| points.is_positive()).collect()
}

/// Points of types without lots go back by the lines they came with.
fn undo_lotless(draft: &mut Draft<'_>, entries: &[Entry], side: Side) -> Result<(), Refusal> {
    for entry in entries.iter().filter(|e| e.side == Side::Available && e.lot.is_none()) {
        unqualify(draft, entry.point_type, entry.points, side)?;
    }
    Ok(())
}

/// What an event took from lots to the program's `side`: lines that leave a member's side right before one of the
/// same amount that arrives on `side`.
fn pieces(entries: &[Entry], side: Side) -> Vec<(LotId, Points)> {
    let pairs = entries.iter().zip(entries.iter().skip(1));
    let taken = pairs
        .filter(|(from, to)| from.side.is_member() && to.side == side && to.points.is_positive());
    taken.filter_map(|(from, to)| from.lot.map(|lot| (lot, to.points))).collect()
}

/// Points taken from a lot come back to it; a debt shrinks, and what of it was repaid comes back as a lot.
fn give_back(draft: &mut Draft<'_>, id: LotId, points: Points, side: Side) -> Result<(), Refusal> {
    let (at, lot) = (draft.at(), draft.lot(id)?);
    let (point_type, is_debt) = (lot.point_type, lot.kind == LotKind::Debt);
    let part =
        if is_debt { lot.available.negated()?.max(Points::ZERO).min(points) } else { points };
    draft.post(Side::Available, point_type, Some(id), part, at)?;
    draft.post(side, point_type, None, part.negated()?, at)?;
    draft.tell(
        "points.adjusted",
        point_type,
        points,
        || json!({ "lot": id, "reason": "reversal" }),
    );
    let lot = draft.lot_mut(id)?;
    if is_debt {
        lot.granted = lot.granted.plus(part)?;
    } else {
        lot.taken = lot.taken.minus(part)?;
        let expires_at = lot.expires_at;
        draft.say(|| Step::Moved {
            how: Label::fixed("restored"),
            lot: id,
            points: part.0,
            expires_at,
        });
    }
    let rest = points.minus(part)?;
    if rest.is_positive() {
        let kind = LotKind::Adjusted;
        draft.make_lot(&NewLot {
            point_type,
            points: rest,
            kind,
            earned_at: at,
            expires_at: None,
            release_at: None,
            from: side,
        })?;
    }
    Ok(())
}

/// The purchase has back what the return had brought.
fn undo_return(
    draft: &mut Draft<'_>,
    purchase: &PurchaseRef,
    returned: Option<Returned>,
) -> Result<(), Refusal> {
    let (Some(mut grant), Some(returned)) = (draft.account.grant(purchase).cloned(), returned)
    else {
        return Err(Refusal::NotReversible);
    };
    if grant.reversed {
        return Err(Refusal::AlreadyReversed);
    }
    let program =
        draft.programs.at(grant.program, grant.effective_at).cloned().ok_or(Refusal::NoProgram)?;
    let mut after = grant.returned.clone();
    for line in &returned.lines {
        if let Some(slot) = after.get_mut(line.line) {
            *slot -= line.quantity_milli;
        }
    }
    for change in uncounted(&grant, &after) {
        draft.account.counters.add(&change);
    }
    for ((lot, due), waived) in grant.lots.iter_mut().zip(&returned.due).zip(&returned.waived) {
        lot.back -= due;
        lot.waived -= waived;
    }
    for lot in grant.lots.clone() {
        standing::uncount_points(
            draft,
            &program,
            grant.effective_at,
            lot.point_type,
            due(&lot.shares, &grant, &after),
        );
    }
    for (point_type, shares) in grant.qualifying.clone() {
        let points = due(&shares, &grant, &after);
        unqualify(draft, point_type, Points(points), Side::Issued)?;
        standing::uncount_points(draft, &program, grant.effective_at, point_type, points);
    }
    for (key, used) in &returned.resources {
        *draft.resources.entry(key.clone()).or_default() += used;
    }
    grant.resources.extend(returned.resources);
    grant.returned = after;
    draft.account.touched.state = true;
    draft.account.grants.insert(grant.event, grant.clone());
    draft.grant = Some(grant);
    Ok(())
}
