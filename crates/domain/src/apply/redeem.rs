//! Spending: points are set aside on named lots, then spent, given back, or given back after they were spent.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::draft::Draft;
use super::standing;
use crate::account::{CounterChange, Redemption, RedemptionState};
use crate::decision::Side;
use crate::event::{Piece, PieceHold, Reserve};
use crate::explain::Step;
use crate::ids::{LotId, RedemptionId};
use crate::label::Label;
use crate::points::Points;
use crate::program::{Code, Program, Provenance, Reward, RewardKind};
use crate::refusal::Refusal;
use crate::time::{Period, Term, Timestamp};

/// How long a reservation holds points unless the reward or the caller says otherwise.
const HOLD: Term = Term::Hours(1);
/// The most of one reward in one redemption.
const MAX_QUANTITY: i64 = 10_000;

/// Sets points aside for a reward.
pub(super) fn reserve(draft: &mut Draft<'_>, order: &Reserve) -> Result<(), Refusal> {
    let program = draft.program()?;
    if !program.state.redeems() {
        return Err(Refusal::ProgramClosed(program.state.name().to_owned()));
    }
    let unknown = || Refusal::Unknown { what: "reward", code: order.reward.clone() };
    let reward = program.rewards.get(&order.reward).ok_or_else(unknown)?;
    if draft.account.redemptions.contains_key(&order.redemption) {
        return Err(Refusal::RedemptionState("there"));
    }
    check(draft, reward, order)?;
    let point_type = program.point_type(&reward.point_type).ok_or_else(unknown)?.id;
    let points = reward
        .cost(order.quantity, order.pay_minor, |group| draft.account.tier(group))
        .filter(|points| points.is_positive())
        .ok_or(Refusal::Invalid { field: "/quantity", why: "costs nothing or too much".into() })?;
    let lots = draft.pick(point_type, points)?;
    let resources = use_up(draft, &program, reward, order.quantity)?;
    let hold_until = order
        .hold_until
        .unwrap_or_else(|| reward.hold.unwrap_or(HOLD).after(draft.at(), &program.zone));
    if hold_until <= draft.at() {
        return Err(Refusal::Invalid {
            field: "/hold_until",
            why: "must lie after the reservation".into(),
        });
    }
    for (lot, part) in &lots {
        draft.shift(*lot, Side::Available, Side::Held, *part, draft.at())?;
        moved(draft, "held", *lot, *part)?;
    }
    let redemption = Redemption {
        id: order.redemption,
        program: program.id,
        point_type,
        order: order.clone(),
        event: draft.event.id,
        state: RedemptionState::Reserved,
        points,
        lots,
        reserved_at: draft.at(),
        hold_until,
        resources,
    };
    draft.account.due(hold_until);
    draft.account.redemptions.insert(order.redemption, redemption);
    draft.account.touched.redemptions.insert(order.redemption);
    draft.tell(
        "reward.reserved",
        point_type,
        points,
        || json!({ "redemption": order.redemption, "reward": order.reward }),
    );
    if order.capture { capture(draft, order.redemption) } else { finish(draft, order.redemption) }
}

/// Takes over a hold that came with an opening balance, whose reward this program need not know.
pub(super) fn take_over(
    draft: &mut Draft<'_>,
    lot: LotId,
    piece: &Piece,
    hold: &PieceHold,
) -> Result<(), Refusal> {
    let (at, event) = (draft.at(), draft.event.id);
    if hold.until <= at || draft.lot(lot)?.available != piece.points {
        let why = "must lapse after the opening, and hold points that are available".into();
        return Err(Refusal::Invalid { field: "/pieces/hold", why });
    }
    let redemption = draft.account.redemptions.get(&hold.redemption);
    let mut redemption = match redemption {
        None => Redemption {
            id: hold.redemption,
            program: draft.program()?.id,
            point_type: piece.point_type,
            order: Reserve {
                redemption: hold.redemption,
                reward: hold.reward.clone(),
                quantity: 1,
                pay_minor: None,
                hold_until: Some(hold.until),
                capture: false,
            },
            event,
            state: RedemptionState::Reserved,
            points: Points::ZERO,
            lots: Vec::new(),
            reserved_at: at,
            hold_until: hold.until,
            resources: BTreeMap::new(),
        },
        // Another piece of the same hold.
        Some(known) if known.event == event && known.point_type == piece.point_type => {
            known.clone()
        }
        Some(_) => return Err(Refusal::RedemptionState("there")),
    };
    draft.shift(lot, Side::Available, Side::Held, piece.points, at)?;
    moved(draft, "held", lot, piece.points)?;
    redemption.points = redemption.points.plus(piece.points)?;
    redemption.lots.push((lot, piece.points));
    draft.account.due(hold.until);
    draft.account.redemptions.insert(hold.redemption, redemption);
    draft.account.touched.redemptions.insert(hold.redemption);
    finish(draft, hold.redemption)
}

fn check(draft: &Draft<'_>, reward: &Reward, order: &Reserve) -> Result<(), Refusal> {
    if !(1..=MAX_QUANTITY).contains(&order.quantity) {
        return Err(Refusal::Invalid {
            field: "/quantity",
            why: format!("must be 1 to {MAX_QUANTITY}"),
        });
    }
    if reward.from.is_some_and(|from| draft.at() < from) {
        return Err(Refusal::RewardInactive("not_begun".into()));
    }
    if reward.until.is_some_and(|until| draft.at() >= until) {
        return Err(Refusal::RewardInactive("ended".into()));
    }
    match &reward.kind {
        RewardKind::Experience { starts_at } if draft.at() >= *starts_at => {
            Err(Refusal::RewardInactive("taken_place".into()))
        }
        RewardKind::TierBoost { group, tier, .. } => {
            if order.quantity != 1 {
                let why = "must be 1 for a tier".into();
                return Err(Refusal::Invalid { field: "/quantity", why });
            }
            no_pay(order)?;
            standing::above(draft, group, tier)
        }
        RewardKind::PartPayment { min_minor, max_minor, .. } => {
            let pay = order.pay_minor.unwrap_or(0);
            let least = (*min_minor).max(1);
            if pay < least || max_minor.is_some_and(|max| pay > max) {
                let why =
                    format!("must be at least {least} minor units and at most the program's limit");
                return Err(Refusal::Invalid { field: "/pay_minor", why });
            }
            Ok(())
        }
        _ => no_pay(order),
    }
}

fn no_pay(order: &Reserve) -> Result<(), Refusal> {
    match order.pay_minor {
        None => Ok(()),
        Some(_) => Err(Refusal::Invalid {
            field: "/pay_minor",
            why: "is for rewards that pay part of a bill".into(),
        }),
    }
}

/// The ladder and step that a redemption lifts its member to, and for how long, as its reward stood when it was reserved.
fn boost(draft: &Draft<'_>, redemption: &Redemption) -> Option<(Code, Code, Term)> {
    let program = draft.programs.at(redemption.program, redemption.reserved_at)?;
    match &program.rewards.get(&redemption.order.reward)?.kind {
        RewardKind::TierBoost { group, tier, lasts } => Some((group.clone(), tier.clone(), *lasts)),
        _ => None,
    }
}

/// Uses up stock, places and the member's own limit.
fn use_up(
    draft: &mut Draft<'_>,
    program: &Arc<Program>,
    reward: &Reward,
    quantity: i64,
) -> Result<BTreeMap<String, i64>, Refusal> {
    let mut used = BTreeMap::new();
    if let Some(stock) = reward.stock {
        let key = program.stock_key(&reward.code);
        // What lapsed on the way to this event is free again, whether or not a job told the shell so.
        let freed = draft.resources.get(&key).copied().unwrap_or(0);
        let left = draft.facts.resources.get(&key).copied().unwrap_or(stock).saturating_sub(freed);
        if quantity > left {
            return Err(Refusal::OutOfStock(reward.code.clone()));
        }
        *draft.resources.entry(key.clone()).or_default() += quantity;
        used.insert(key, quantity);
    }
    // Counted also without a limit: a later version may have one, and a cancellation gives back what was counted.
    let change = had(draft, program, &reward.code, quantity);
    let so_far = draft.account.counters.get(&change.key, &change.period);
    if let Some(limit) = reward.limit_per_member.filter(|l| so_far.saturating_add(quantity) > *l) {
        return Err(Refusal::LimitReached(limit));
    }
    draft.account.counters.add(&change);
    draft.account.touched.state = true;
    Ok(used)
}

/// The counter of how many of a reward a member has had.
fn had(draft: &Draft<'_>, program: &Program, reward: &str, by: i64) -> CounterChange {
    let period = Period::Ever.start(draft.at(), &program.zone).to_string();
    CounterChange {
        key: format!("reward:{}:{reward}", program.code).into(),
        period: period.into(),
        by,
    }
}

/// Spends what was set aside.
pub(super) fn capture(draft: &mut Draft<'_>, id: RedemptionId) -> Result<(), Refusal> {
    let redemption = change(draft, id, RedemptionState::Reserved, RedemptionState::Captured)?;
    for (lot, points) in &redemption.lots {
        draft.out(*lot, Side::Held, Side::Redeemed, *points, draft.at())?;
        moved(draft, "redeemed", *lot, *points)?;
    }
    let data = || json!({ "redemption": id, "reward": redemption.order.reward });
    draft.tell("reward.redeemed", redemption.point_type, redemption.points, data);
    draft.tell("points.redeemed", redemption.point_type, redemption.points, data);
    if let Some((group, tier, lasts)) = boost(draft, &redemption) {
        standing::above(draft, &group, &tier)?;
        let until = lasts.after(draft.at(), &draft.program()?.zone);
        standing::grant(draft, &group, &tier, Provenance::Paid, Some(until))?;
    }
    finish(draft, id)
}

/// Undoes a redemption: what was held is released, what was spent goes back to the lots it came from.
pub(super) fn cancel(draft: &mut Draft<'_>, id: RedemptionId) -> Result<(), Refusal> {
    let state = draft.account.redemptions.get(&id).ok_or(Refusal::RedemptionNotFound)?.state;
    let redemption = close(draft, id, RedemptionState::Cancelled)?;
    for (lot, points) in &redemption.lots {
        if state == RedemptionState::Reserved {
            draft.shift(*lot, Side::Held, Side::Available, *points, draft.at())?;
        } else {
            restore(draft, *lot, *points)?;
        }
        give_time_back(draft, *lot, redemption.reserved_at)?;
        moved(draft, "restored", *lot, *points)?;
    }
    let data = || json!({ "redemption": id, "reward": redemption.order.reward });
    draft.tell("reward.cancelled", redemption.point_type, redemption.points, data);
    if state == RedemptionState::Captured
        && let Some((group, tier, _)) = boost(draft, &redemption)
    {
        standing::take_paid(draft, &group, &tier)?;
    }
    finish(draft, id)
}

/// Spent points go back to their lot.
fn restore(draft: &mut Draft<'_>, id: LotId, points: Points) -> Result<(), Refusal> {
    let point_type = draft.lot(id)?.point_type;
    draft.post(Side::Redeemed, point_type, None, points.negated()?, draft.at())?;
    draft.post(Side::Available, point_type, Some(id), points, draft.at())?;
    let lot = draft.lot_mut(id)?;
    lot.redeemed = lot.redeemed.minus(points)?;
    Ok(())
}

/// A lot that ended while its points were away lasts as much longer as it had left when they went.
fn give_time_back(draft: &mut Draft<'_>, id: LotId, left_at: Timestamp) -> Result<(), Refusal> {
    let at = draft.at();
    let lot = draft.lot(id)?;
    match lot.expires_at {
        Some(end) if end <= at => {
            let had_left = end.0.saturating_sub(left_at.0).max(0);
            let longer = at.plus_micros(had_left.max(1));
            draft.account.due(longer);
            draft.extend(id, Some(longer))
        }
        _ => Ok(()),
    }
}

/// Ends a redemption as `to`, giving back the shared limits and the member's own.
pub(super) fn close(
    draft: &mut Draft<'_>,
    id: RedemptionId,
    to: RedemptionState,
) -> Result<Redemption, Refusal> {
    let from = draft.account.redemptions.get(&id).ok_or(Refusal::RedemptionNotFound)?.state;
    let from = if from == RedemptionState::Captured && to == RedemptionState::Cancelled {
        from
    } else {
        RedemptionState::Reserved
    };
    let redemption = change(draft, id, from, to)?;
    for (key, used) in &redemption.resources {
        *draft.resources.entry(key.clone()).or_default() -= used;
    }
    let program = draft.programs.at(redemption.program, draft.at()).cloned();
    if let Some(program) = program {
        let change = had(draft, &program, &redemption.order.reward, -redemption.order.quantity);
        if draft.account.counters.get(&change.key, &change.period) > 0 {
            draft.account.counters.add(&change);
            draft.account.touched.state = true;
        }
    }
    Ok(redemption)
}

fn change(
    draft: &mut Draft<'_>,
    id: RedemptionId,
    from: RedemptionState,
    to: RedemptionState,
) -> Result<Redemption, Refusal> {
    let redemption = draft.account.redemptions.get_mut(&id).ok_or(Refusal::RedemptionNotFound)?;
    if redemption.state != from {
        return Err(Refusal::RedemptionState(redemption.state.name()));
    }
    redemption.state = to;
    let redemption = redemption.clone();
    draft.account.touched.redemptions.insert(id);
    Ok(redemption)
}

fn finish(draft: &mut Draft<'_>, id: RedemptionId) -> Result<(), Refusal> {
    draft.redemption = draft.account.redemptions.get(&id).cloned();
    Ok(())
}

/// Tells that points moved on a lot.
pub(super) fn moved(
    draft: &mut Draft<'_>,
    how: &'static str,
    lot: LotId,
    points: Points,
) -> Result<(), Refusal> {
    let expires_at = draft.lot(lot)?.expires_at;
    draft.say(|| Step::Moved { how: Label::fixed(how), lot, points: points.0, expires_at });
    Ok(())
}
