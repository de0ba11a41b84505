//! Points moved by hand or between accounts: adjustments, transfers, opening balances, reinstatements.

use serde_json::json;

use super::draft::{Draft, NewLot};
use super::redeem::moved;
use crate::account::{CounterChange, LotKind};
use crate::decision::Side;
use crate::event::Piece;
use crate::explain::Step;
use crate::ids::{AccountId, LotId, PointTypeId};
use crate::label::Label;
use crate::points::Points;
use crate::program::{PointKind, Program};
use crate::refusal::Refusal;
use crate::time::{Period, Timestamp};

fn redeemable(program: &Program, id: PointTypeId) -> Result<&crate::program::PointType, Refusal> {
    let unknown = Refusal::Unknown { what: "point type", code: id.to_string() };
    program.point_types.get(&id).filter(|p| p.kind == PointKind::Redeemable).ok_or(unknown)
}

/// Adds or takes points by hand.
pub(super) fn adjust(
    draft: &mut Draft<'_>,
    id: PointTypeId,
    points: Points,
    reason: &str,
) -> Result<(), Refusal> {
    let program = draft.program()?;
    check_reason(&program, reason)?;
    if points.is_zero() || points.0.unsigned_abs() > program.adjustments.limit.0.unsigned_abs() {
        let why =
            format!("must be other than 0 and at most {} either way", program.adjustments.limit);
        return Err(Refusal::Invalid { field: "/points", why });
    }
    draft.say(|| Step::Reason { code: reason.into(), points: points.0 });
    if program.point_types.get(&id).is_some_and(|p| p.kind == PointKind::Qualifying) {
        let after = draft.account.balance(id).available.plus(points)?;
        if points.0 < 0 && after.0 < 0 {
            return Err(Refusal::InsufficientBalance { missing: after.negated()? });
        }
        draft.post(Side::Available, id, None, points, draft.at())?;
        draft.post(Side::Adjusted, id, None, points.negated()?, draft.at())?;
    } else if points.is_positive() {
        let point_type = redeemable(&program, id)?;
        let expires_at =
            point_type.expiry.ends(draft.at(), &program.zone, |group| draft.account.tier(group));
        let (kind, earned_at) = (LotKind::Adjusted, draft.at());
        let new = NewLot {
            point_type: id,
            points,
            kind,
            earned_at,
            expires_at,
            release_at: None,
            from: Side::Adjusted,
        };
        let lot = draft.make_lot(&new)?;
        draft.say(|| Step::Expires { lot, points: points.0, at: expires_at });
    } else {
        redeemable(&program, id)?;
        for (lot, part) in draft.pick(id, points.negated()?)? {
            draft.out(lot, Side::Available, Side::Adjusted, part, draft.at())?;
            moved(draft, "adjusted", lot, part)?;
        }
    }
    draft.tell("points.adjusted", id, points, || json!({ "reason": reason }));
    Ok(())
}

fn check_reason(program: &Program, reason: &str) -> Result<(), Refusal> {
    let known = program.adjustments.reasons.iter().any(|r| r == reason);
    if known { Ok(()) } else { Err(Refusal::BadReason(reason.to_owned())) }
}

/// Points leave for another account; answers the pieces that leave, with the expiry they had.
pub(super) fn transfer_out(
    draft: &mut Draft<'_>,
    id: PointTypeId,
    points: Points,
    to: AccountId,
) -> Result<Vec<Piece>, Refusal> {
    let program = draft.program()?;
    let policy = &program.transfers;
    redeemable(&program, id)?;
    if !policy.allowed {
        return Err(Refusal::TransferNotAllowed("the program has none"));
    }
    if to == draft.account.id {
        return Err(Refusal::TransferNotAllowed("both ends are the same account"));
    }
    if points < policy.min.max(Points(1)) || points > policy.max {
        let why = format!("must be {} to {}", policy.min, policy.max);
        return Err(Refusal::Invalid { field: "/points", why });
    }
    let period = Label::from(Period::Year.start(draft.at(), &program.zone).to_string());
    let change = CounterChange { key: format!("transfer:{id}").into(), period, by: points.0 };
    if draft.account.counters.get(&change.key, &change.period).saturating_add(points.0)
        > policy.max_per_year.0
    {
        return Err(Refusal::LimitReached(policy.max_per_year.0));
    }
    draft.account.counters.add(&change);
    draft.account.touched.state = true;
    let mut pieces = Vec::new();
    for (lot, part) in draft.pick(id, points)? {
        draft.out(lot, Side::Available, Side::Transferred, part, draft.at())?;
        moved(draft, "transferred", lot, part)?;
        let (earned_at, expires_at) = (draft.lot(lot)?.earned_at, draft.lot(lot)?.expires_at);
        pieces.push(Piece {
            point_type: id,
            points: part,
            earned_at,
            expires_at,
            lot_kind: LotKind::Transferred,
            release_at: None,
            hold: None,
            from_lot: None,
        });
    }
    draft.tell("points.transferred", id, points.negated()?, || json!({ "to": to }));
    Ok(pieces)
}

/// Points arrive with the expiry they had.
pub(super) fn transfer_in(
    draft: &mut Draft<'_>,
    from: AccountId,
    pieces: &[Piece],
) -> Result<(), Refusal> {
    for piece in pieces {
        bring(draft, piece, Side::Transferred)?;
    }
    let sum = Points::sum(pieces.iter().map(|p| p.points))?;
    if let Some(piece) = pieces.first() {
        draft.tell("points.transferred", piece.point_type, sum, || json!({ "from": from }));
    }
    Ok(())
}

/// A balance brought from elsewhere.
pub(super) fn opening(draft: &mut Draft<'_>, pieces: &[Piece]) -> Result<(), Refusal> {
    let program = draft.program()?;
    for piece in pieces {
        if piece.points.is_zero() {
            return Err(Refusal::Invalid {
                field: "/pieces/points",
                why: "must be other than 0".into(),
            });
        }
        let qualifying = program
            .point_types
            .get(&piece.point_type)
            .is_some_and(|p| p.kind == PointKind::Qualifying);
        let bare = piece.release_at.is_none() && piece.hold.is_none();
        if !bare && (qualifying || piece.points.0 < 0) {
            let why = "a debt or qualifying points are neither pending nor held".into();
            return Err(Refusal::Invalid { field: "/pieces/points", why });
        }
        if qualifying {
            draft.post(Side::Available, piece.point_type, None, piece.points, draft.at())?;
            draft.post(
                Side::Opening,
                piece.point_type,
                None,
                piece.points.negated()?,
                draft.at(),
            )?;
        } else if let Some(lot) = piece.from_lot {
            leave(draft, lot, piece)?;
        } else if piece.points.0 < 0 {
            redeemable(&program, piece.point_type)?;
            draft.owe(piece.point_type, piece.points.negated()?, Side::Opening)?;
        } else {
            redeemable(&program, piece.point_type)?;
            let lot = bring(draft, piece, Side::Opening)?;
            if let Some(hold) = &piece.hold {
                super::redeem::take_over(draft, lot, piece, hold)?;
            }
        }
        let points = piece.points;
        draft.tell("points.adjusted", piece.point_type, points, || json!({ "reason": "opening" }));
    }
    Ok(())
}

/// Points of a named lot leave for where they belong; what is set aside for a reward stays.
fn leave(draft: &mut Draft<'_>, id: LotId, piece: &Piece) -> Result<(), Refusal> {
    let lot = draft.lot(id)?;
    if lot.point_type != piece.point_type || piece.points.0 >= 0 {
        let why = "points that leave a lot are less than 0 and of its point type".into();
        return Err(Refusal::Invalid { field: "/pieces/points", why });
    }
    let wanted = piece.points.negated()?;
    let free = lot.available.min(wanted).max(Points::ZERO);
    let waiting = lot.pending.min(wanted.minus(free)?);
    let missing = wanted.minus(free)?.minus(waiting)?;
    if missing.is_positive() {
        return Err(Refusal::InsufficientBalance { missing });
    }
    for (side, part) in [(Side::Available, free), (Side::Pending, waiting)] {
        if part.is_positive() {
            draft.out(id, side, Side::Opening, part, draft.at())?;
        }
    }
    moved(draft, "adjusted", id, wanted)
}

fn bring(draft: &mut Draft<'_>, piece: &Piece, from: Side) -> Result<LotId, Refusal> {
    let lot = draft.make_lot(&NewLot {
        point_type: piece.point_type,
        points: piece.points,
        kind: if from == Side::Opening { LotKind::Opening } else { piece.lot_kind },
        earned_at: piece.earned_at,
        expires_at: piece.expires_at,
        release_at: piece.release_at.filter(|_| from == Side::Opening),
        from,
    })?;
    draft.say(|| Step::Expires { lot, points: piece.points.0, at: piece.expires_at });
    Ok(lot)
}

/// Expired points come back as a new lot.
pub(super) fn reinstate(
    draft: &mut Draft<'_>,
    id: LotId,
    points: Points,
    expires_at: Option<Timestamp>,
    reason: &str,
) -> Result<(), Refusal> {
    let program = draft.program()?;
    check_reason(&program, reason)?;
    let lot = draft.lot(id)?;
    let (point_type, earned_at) = (lot.point_type, lot.earned_at);
    if !points.is_positive() || points > lot.expired {
        return Err(Refusal::LotNotFound);
    }
    let policy = &redeemable(&program, point_type)?.expiry;
    let expires_at = expires_at
        .or_else(|| policy.ends(draft.at(), &program.zone, |group| draft.account.tier(group)));
    if expires_at.is_some_and(|end| end <= draft.at()) {
        return Err(Refusal::Invalid {
            field: "/expires_at",
            why: "must lie after the reinstatement".into(),
        });
    }
    let lot = draft.lot_mut(id)?;
    lot.expired = lot.expired.minus(points)?;
    lot.taken = lot.taken.plus(points)?;
    draft.say(|| Step::Reason { code: reason.into(), points: points.0 });
    let kind = LotKind::Reinstated;
    let new = NewLot {
        point_type,
        points,
        kind,
        earned_at,
        expires_at,
        release_at: None,
        from: Side::Expired,
    };
    let made = draft.make_lot(&new)?;
    draft.say(|| Step::Expires { lot: made, points: points.0, at: expires_at });
    draft.tell(
        "points.adjusted",
        point_type,
        points,
        || json!({ "reason": reason, "reinstated": id }),
    );
    Ok(())
}
