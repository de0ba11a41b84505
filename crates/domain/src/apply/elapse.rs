//! Time passing: lapsed holds, released points, expired lots and tier reviews, each at its own instant, in order.

use std::collections::BTreeSet;

use serde_json::json;

use super::draft::Draft;
use super::standing;
use crate::account::RedemptionState;
use crate::decision::Side;
use crate::explain::Step;
use crate::ids::{LotId, RedemptionId};
use crate::label::Label;
use crate::points::Points;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// Something that time does, in the order in which things of the same instant are done: a tier is reviewed before
/// points expire, points are released before they could expire, a hold lapses before its lot ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Lapse(RedemptionId),
    Release(LotId),
    Review(String),
    Expire(LotId),
}

/// How much of what time does is brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Tier reviews alone: nothing else can change what an accrual earns, and no lots are needed.
    Reviews,
    /// Everything; all open lots and reservations must be loaded.
    All,
}

/// Does all that is due up to `until`, each thing at its own instant but none before `floor`.
pub(super) fn elapse(
    draft: &mut Draft<'_>,
    floor: Timestamp,
    until: Timestamp,
    scope: Scope,
) -> Result<(), Refusal> {
    let mut agenda = agenda(draft, floor, until, scope);
    while let Some((at, due)) = agenda.pop_first() {
        let follow_up = match due {
            Due::Lapse(id) => lapse(draft, id, at)?,
            Due::Release(id) => release(draft, id, at)?,
            Due::Expire(id) => expire(draft, id, at)?,
            Due::Review(group) => standing::review(draft, &group, at)?
                .map(|next| vec![(next, Due::Review(group))])
                .unwrap_or_default(),
        };
        agenda.extend(
            follow_up
                .into_iter()
                .filter(|(next, _)| *next <= until)
                .map(|(next, due)| (next.max(at), due)),
        );
    }
    Ok(())
}

fn agenda(
    draft: &Draft<'_>,
    floor: Timestamp,
    until: Timestamp,
    scope: Scope,
) -> BTreeSet<(Timestamp, Due)> {
    let mut agenda = BTreeSet::new();
    awaited(draft, scope, |at, due| {
        if at <= until {
            agenda.insert((at.max(floor), due()));
        }
    });
    agenda
}

/// Tells every instant at which time will do something, and what.
fn awaited(draft: &Draft<'_>, scope: Scope, mut tell: impl FnMut(Timestamp, &dyn Fn() -> Due)) {
    let mut add = |at: Option<Timestamp>, due: &dyn Fn() -> Due| {
        if let Some(at) = at {
            tell(at, due);
        }
    };
    for (group, standing) in &draft.account.standings {
        // Without its program nobody can say what a review would find; waiting for it would never end.
        let known = draft.programs.latest(standing.program).is_some();
        add(standing.review_at.filter(|_| known), &|| Due::Review(group.clone()));
    }
    if scope == Scope::All {
        assert!(draft.account.lots_loaded, "the lots of {} must be loaded", draft.account.id);
        for lot in draft.account.lots.values() {
            add(lot.release_at.filter(|_| lot.pending.is_positive()), &|| Due::Release(lot.id));
            let left = lot.available.is_positive() || lot.pending.is_positive();
            add(lot.expires_at.filter(|_| left), &|| Due::Expire(lot.id));
        }
        for redemption in draft.account.redemptions.values() {
            let open = redemption.state == RedemptionState::Reserved;
            add(Some(redemption.hold_until).filter(|_| open), &|| Due::Lapse(redemption.id));
        }
    }
}

fn lapse(
    draft: &mut Draft<'_>,
    id: RedemptionId,
    at: Timestamp,
) -> Result<Vec<(Timestamp, Due)>, Refusal> {
    let redemption = super::redeem::close(draft, id, RedemptionState::Lapsed)?;
    let mut follow_up = Vec::new();
    for (lot, points) in redemption.lots {
        draft.shift(lot, Side::Held, Side::Available, points, at)?;
        let expires_at = draft.lot(lot)?.expires_at;
        let how = Label::fixed("lapsed");
        draft.say(|| Step::Moved { how, lot, points: points.0, expires_at });
        follow_up.extend(expires_at.map(|end| (end, Due::Expire(lot))));
    }
    draft.tell(
        "reward.lapsed",
        redemption.point_type,
        redemption.points,
        || json!({ "redemption": id }),
    );
    draft.pay_debt(redemption.point_type, at)?;
    Ok(follow_up)
}

fn release(
    draft: &mut Draft<'_>,
    id: LotId,
    at: Timestamp,
) -> Result<Vec<(Timestamp, Due)>, Refusal> {
    let points = draft.lot(id)?.pending;
    if points.is_positive() {
        let point_type = draft.lot(id)?.point_type;
        draft.shift(id, Side::Pending, Side::Available, points, at)?;
        draft.tell("points.activated", point_type, points, || json!({ "lot": id }));
        let expires_at = draft.lot(id)?.expires_at;
        draft.say(|| Step::Moved {
            how: Label::fixed("released"),
            lot: id,
            points: points.0,
            expires_at,
        });
        // A debt is paid the moment points are free, or it would depend on when a job ran whether they expire first.
        draft.pay_debt(point_type, at)?;
    }
    draft.lot_mut(id)?.release_at = None;
    Ok(Vec::new())
}

fn expire(
    draft: &mut Draft<'_>,
    id: LotId,
    at: Timestamp,
) -> Result<Vec<(Timestamp, Due)>, Refusal> {
    let lot = draft.lot(id)?;
    // A review may have moved the end later since this was put on the agenda.
    if let Some(end) = lot.expires_at.filter(|end| *end > at) {
        return Ok(vec![(end, Due::Expire(id))]);
    }
    let (point_type, expires_at) = (lot.point_type, lot.expires_at);
    if expires_at.is_none() {
        return Ok(Vec::new());
    }
    let mut gone = Points::ZERO;
    for side in [Side::Available, Side::Pending] {
        let lot = draft.lot(id)?;
        let points = if side == Side::Available { lot.available } else { lot.pending };
        if points.is_positive() {
            draft.out(id, side, Side::Expired, points, at)?;
            gone = gone.plus(points)?;
        }
    }
    if gone.is_positive() {
        draft.say(|| Step::Moved {
            how: Label::fixed("expired"),
            lot: id,
            points: gone.0,
            expires_at,
        });
        draft.tell("points.expired", point_type, gone, || json!({ "lot": id, "at": at }));
    }
    Ok(Vec::new())
}

/// The exact next instant at which time does something; only right when all lots are loaded.
pub(super) fn next_at(draft: &Draft<'_>) -> Option<Timestamp> {
    let mut first: Option<Timestamp> = None;
    awaited(draft, Scope::All, |at, _| first = Some(first.map_or(at, |first| first.min(at))));
    first.filter(|at| *at <= Timestamp::MAX)
}
