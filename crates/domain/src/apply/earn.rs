//! Purchases and custom events: rules, ladders, new lots, and the life that activity gives to old ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::draft::{Draft, NewLot};
use super::elapse::{self, Scope};
use super::standing;
use crate::account::{CounterChange, Grant, GrantLot, LotKind};
use crate::decision::Side;
use crate::event::{Custom, MAX_LINES, Purchase, PurchaseRef};
use crate::explain::Step;
use crate::ids::PointTypeId;
use crate::label::Label;
use crate::points::Points;
use crate::program::expiry::Basis;
use crate::program::{PointKind, Program};
use crate::refusal::Refusal;
use crate::rules::{Award, EarnInput, Subject};
use crate::time::Timestamp;

/// No single amount may be larger than this, in minor units or thousandths: sums of [`MAX_LINES`] still fit.
const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// A member bought something.
pub(super) fn purchase(draft: &mut Draft<'_>, purchase: &Purchase) -> Result<(), Refusal> {
    check(purchase)?;
    let quantities = purchase.lines.iter().map(|line| line.quantity_milli.max(1)).collect();
    let nets = purchase.lines.iter().map(|line| line.net_minor).collect();
    earn(draft, Subject::Purchase(purchase), quantities, nets)
}

/// Something else happened that rules may reward.
pub(super) fn custom(draft: &mut Draft<'_>, custom: &Custom) -> Result<(), Refusal> {
    if custom.name.is_empty() || custom.name == "purchase" {
        return Err(Refusal::Invalid {
            field: "/name",
            why: "must be a name other than `purchase`".into(),
        });
    }
    earn(draft, Subject::Custom(custom), vec![1], vec![0])
}

fn check(purchase: &Purchase) -> Result<(), Refusal> {
    if purchase.lines.is_empty() || purchase.lines.len() > MAX_LINES {
        return Err(Refusal::Invalid { field: "/lines", why: format!("must be 1 to {MAX_LINES}") });
    }
    for line in &purchase.lines {
        if !(0..=MAX_AMOUNT).contains(&line.quantity_milli) {
            return Err(Refusal::Invalid {
                field: "/lines/quantity_milli",
                why: "must not be below zero".into(),
            });
        }
        if !(-MAX_AMOUNT..=MAX_AMOUNT).contains(&line.net_minor) {
            return Err(Refusal::Invalid { field: "/lines/net_minor", why: "is too large".into() });
        }
    }
    Ok(())
}

fn earn(
    draft: &mut Draft<'_>,
    subject: Subject<'_>,
    quantities: Vec<i64>,
    nets: Vec<i64>,
) -> Result<(), Refusal> {
    let program = draft.program()?;
    if !program.state.earns() {
        return Err(Refusal::ProgramClosed(program.state.name().to_owned()));
    }
    // Only what can change the answer is brought up to date, whether or not the lots happen to be in memory.
    let all = super::touches_old_lots(draft.event, &draft.account, draft.programs);
    let scope = if all { Scope::All } else { Scope::Reviews };
    elapse::elapse(draft, Timestamp(i64::MIN), draft.at(), scope)?;
    let earned = program.rules.evaluate(&EarnInput {
        subject,
        at: draft.at(),
        program: &program,
        facts: draft.facts,
        reasons: draft.reasons,
        standings: &draft.account.standings,
        counters: &draft.account.counters,
    });
    draft.say_all(earned.steps);
    for change in &earned.counted {
        draft.account.counters.add(change);
        draft.account.touched.state = true;
    }
    for (key, used) in &earned.budgets {
        *draft.resources.entry(key.clone()).or_default() += used;
    }
    let sums = sum_by_type(&earned.awards)?;
    let gave = |point_type| sums.get(&point_type).map_or(0, |(points, _)| *points);
    let mut counted: Vec<CounterChange> = earned.counted;
    counted.extend(standing::count(draft, &program, subject, &gave)?);
    let (lots, qualifying) = book(draft, &program, &sums)?;
    if !lots.is_empty() {
        lengthen(draft, &program, draft.at(), false)?;
    }
    let event = draft.event;
    draft.grant = Some(Grant {
        event: event.id,
        program: event.program,
        effective_at: event.effective_at,
        source: PurchaseRef::Source {
            source: event.source.clone(),
            source_ref: event.source_ref.clone(),
        },
        returned: vec![0; quantities.len()],
        quantities,
        nets,
        lots,
        qualifying,
        counted,
        resources: earned.budgets,
        reversed: false,
    });
    Ok(())
}

type Sums = BTreeMap<PointTypeId, (i64, Vec<i64>)>;

/// Adds the awards up per point type, share by share.
fn sum_by_type(awards: &[Award]) -> Result<Sums, Refusal> {
    let mut sums = Sums::new();
    for award in awards {
        let (points, shares) =
            sums.entry(award.point_type).or_insert_with(|| (0, vec![0; award.shares.len()]));
        *points = points.checked_add(award.points).ok_or(Refusal::Overflow)?;
        for (sum, share) in shares.iter_mut().zip(&award.shares) {
            *sum += share;
        }
    }
    Ok(sums)
}

type Booked = (Vec<GrantLot>, Vec<(PointTypeId, Vec<i64>)>);

/// Books what was given: a lot per redeemable point type, a balance alone for qualifying points.
fn book(draft: &mut Draft<'_>, program: &Arc<Program>, sums: &Sums) -> Result<Booked, Refusal> {
    let (mut lots, mut qualifying) = (Vec::new(), Vec::new());
    let at = draft.at();
    for (&id, (points, shares)) in sums {
        let point_type = program
            .point_types
            .get(&id)
            .ok_or(Refusal::Unknown { what: "point type", code: id.to_string() })?;
        let points = Points(*points);
        if point_type.kind == PointKind::Qualifying {
            draft.post(Side::Available, id, None, points, at)?;
            draft.post(Side::Issued, id, None, points.negated()?, at)?;
            qualifying.push((id, shares.clone()));
            draft.tell("points.earned", id, points, || json!({ "qualifying": true }));
            continue;
        }
        let expires_at =
            point_type.expiry.ends(at, &program.zone, |group| draft.account.tier(group));
        let release_at = point_type.pending.map(|term| term.after(at, &program.zone));
        let new = NewLot {
            point_type: id,
            points,
            kind: LotKind::Earned,
            earned_at: at,
            expires_at,
            release_at,
            from: Side::Issued,
        };
        let lot = draft.make_lot(&new)?;
        lots.push(GrantLot { lot, point_type: id, shares: shares.clone(), back: 0, waived: 0 });
        if let Some(until) = release_at {
            draft.say(|| Step::Pending { points: points.0, until });
        }
        draft.say(|| Step::Expires { lot, points: points.0, at: expires_at });
        let name = if release_at.is_some() { "points.pending" } else { "points.earned" };
        draft.tell(name, id, points, || json!({ "lot": lot, "expires_at": expires_at }));
    }
    Ok((lots, qualifying))
}

/// Moves the end of open lots later: after an accrual for points that live by activity, and after a step up where
/// the policy lengthens points already there.
pub(super) fn lengthen(
    draft: &mut Draft<'_>,
    program: &Arc<Program>,
    at: Timestamp,
    rose: bool,
) -> Result<(), Refusal> {
    for point_type in program.point_types.values() {
        let by_activity = point_type.expiry.basis == Basis::Activity;
        if !(by_activity && !rose || rose && point_type.expiry.extend_on_upgrade) {
            continue;
        }
        let open = draft.account.lots.values().filter(|lot| {
            lot.point_type == point_type.id
                && lot.kind != LotKind::Debt
                && !lot.is_closed()
                && lot.usable_at(at)
        });
        let open: Vec<_> = open.map(|lot| (lot.id, lot.earned_at)).collect();
        for (id, earned_at) in open {
            let from = if by_activity {
                last_activity(draft, point_type.id, at, rose).max(earned_at)
            } else {
                earned_at
            };
            let end =
                point_type.expiry.ends(from, &program.zone, |group| draft.account.tier(group));
            draft.extend(id, end)?;
        }
        if by_activity && !rose {
            remember_activity(draft, point_type.id, at);
        }
    }
    Ok(())
}

/// The counter under which the instant of the last accrual is kept, in microseconds.
const ACTIVITY: &str = "activity";

fn last_activity(
    draft: &Draft<'_>,
    point_type: PointTypeId,
    at: Timestamp,
    rose: bool,
) -> Timestamp {
    let last = Timestamp(draft.account.counters.get(ACTIVITY, &point_type.to_string()));
    if rose { last } else { last.max(at) }
}

fn remember_activity(draft: &mut Draft<'_>, point_type: PointTypeId, at: Timestamp) {
    let period = Label::from(point_type.to_string());
    let by = at.0.saturating_sub(draft.account.counters.get(ACTIVITY, &period));
    if by > 0 {
        draft.account.counters.add(&CounterChange { key: Label::fixed(ACTIVITY), period, by });
        draft.account.touched.state = true;
    }
}
