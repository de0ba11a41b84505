//! The one way anything happens to an account: what an event needs to see, and what it decides.

mod draft;
mod earn;
mod elapse;
mod moves;
mod redeem;
mod returns;
mod standing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::account::{Account, Grant, Needs};
use crate::decision::{Decision, Entry, Returned};
use crate::event::{Body, Event, Facts, Kind};
use crate::ids::{PointTypeId, ProgramId};
use crate::points::Points;
use crate::program::Programs;
use crate::program::expiry::Basis;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use draft::Draft;
use elapse::Scope;

/// What of `account` must be loaded before `event` can be decided. `account` has its head (balances, standings,
/// counters, `next_at`) but perhaps no lots yet.
#[must_use]
pub fn needs(event: &Event, account: &Account, programs: &Programs) -> Needs {
    let program = programs.at(event.program, event.effective_at);
    let mut needs = Needs { lots: true, ..Needs::default() };
    match &event.body {
        Body::Purchase(_) | Body::Custom(_) => {
            let on = if let Body::Custom(custom) = &event.body {
                custom.name.as_str()
            } else {
                "purchase"
            };
            needs.lots = touches_old_lots(event, account, programs);
            needs.resources.extend(program.map(|p| p.rules.budgets(on)).unwrap_or_default());
        }
        Body::Return(back) => needs.grant = Some(back.purchase.clone()),
        Body::Reserve(order) => {
            needs.redemption = Some(order.redemption);
            needs.resources.extend(program.map(|p| p.stock_key(&order.reward)));
        }
        Body::Capture { redemption } | Body::Cancel { redemption } => {
            needs.redemption = Some(*redemption)
        }
        Body::Reverse { event } => {
            needs.original = Some(*event);
            if let Some(Body::Return(back)) =
                account.originals.get(event).map(|original| &original.body)
            {
                needs.grant = Some(back.purchase.clone());
            }
        }
        Body::Reinstate { lot, .. } => needs.lot = Some(*lot),
        Body::GrantTier { .. } | Body::Qualify { .. } => {
            needs.lots = touches_old_lots(event, account, programs);
        }
        Body::Adjust { .. }
        | Body::TransferOut { .. }
        | Body::TransferIn { .. }
        | Body::Elapse
        | Body::Opening { .. } => {}
    }
    needs
}

/// Can an accrual change lots that are already there: by activity, by a step up, or by paying a debt?
fn touches_old_lots(event: &Event, account: &Account, programs: &Programs) -> bool {
    let at = event.effective_at;
    let Some(program) = programs.at(event.program, at) else { return false };
    let by_activity = program.point_types.values().any(|p| p.expiry.basis == Basis::Activity);
    // A review that is due is decided by the version of its own instant, which may lengthen where this one does not.
    let review_due = account.standings.values().any(|s| s.review_at.is_some_and(|due| due <= at));
    by_activity
        || program.extends_on_upgrade()
        || (review_due && programs.extend_on_upgrade())
        || account.balances.values().any(|balance| balance.available.0 < 0)
}

/// How much of a shared limit there is in all: a rule's budget, a reward's stock or places. `None` is no limit.
#[must_use]
pub fn resource_limit(
    programs: &Programs,
    program: ProgramId,
    at: Timestamp,
    key: &str,
) -> Option<i64> {
    programs.at(program, at)?.limits.get(key).copied()
}

/// Decides `event` on `account`. Nothing changes unless the decision is committed.
///
/// `now` is the latest instant at which an event may count. What time has done up to the event's instant (expiry,
/// release, review) is decided with it, so that no answer depends on when a job last ran.
pub fn apply(
    account: &Account,
    event: &Event,
    facts: &Facts,
    programs: &Programs,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    decide(account, event, facts, programs, now, true)?.decide(event.clone())
}

/// What an event would do, for replays: without reasons and effects, and so nothing that can be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The journal lines; they sum to zero per point type.
    pub entries: Vec<Entry>,
    /// The account afterward.
    pub after: Account,
    /// What rules would give (or a return take back), by point type.
    pub issued: BTreeMap<PointTypeId, Points>,
    /// For an earning event, what a return needs.
    pub grant: Option<Grant>,
    /// For a return, what undoing it needs.
    pub returned: Option<Returned>,
    /// Shared limits: how much it would use (more than zero) or give back of each.
    pub resources: BTreeMap<String, i64>,
}

/// Decides as [`apply`] does, only without saying why.
pub fn try_out(
    account: &Account,
    event: &Event,
    facts: &Facts,
    programs: &Programs,
    now: Timestamp,
) -> Result<Trial, Refusal> {
    decide(account, event, facts, programs, now, false)?.end()
}

/// Decides both halves of a transfer: `out` on `from`, and `into` on `to` with the pieces that left.
pub fn transfer(
    from: &Account,
    to: &Account,
    out: &Event,
    into: &Event,
    programs: &Programs,
    now: Timestamp,
) -> Result<(Decision, Decision), Refusal> {
    let facts = Facts::default();
    let first = decide(from, out, &facts, programs, now, true)?;
    let Body::TransferIn { from: sender, .. } = &into.body else {
        return Err(Refusal::TransferNotAllowed("the second half must take in"));
    };
    if *sender != from.id || from.tenant != to.tenant {
        return Err(Refusal::TransferNotAllowed("the halves do not belong together"));
    }
    let pieces = first.pieces.clone();
    let into = Event { body: Body::TransferIn { from: from.id, pieces }, ..into.clone() };
    let second = decide(to, &into, &facts, programs, now, true)?;
    Ok((first.decide(out.clone())?, second.decide(into.clone())?))
}

fn decide<'a>(
    account: &Account,
    event: &'a Event,
    facts: &'a Facts,
    programs: &'a Programs,
    now: Timestamp,
    reasons: bool,
) -> Result<Draft<'a>, Refusal> {
    if event.effective_at > now {
        return Err(Refusal::InFuture);
    }
    if event.account != account.id || event.tenant != account.tenant {
        return Err(Refusal::AccountNotFound);
    }
    let at = event.effective_at;
    let mut draft = Draft::new(account, event, facts, programs, reasons);
    let accrual = matches!(event.body.kind(), Kind::Purchase | Kind::Custom);
    let all = needs(event, account, programs).lots && !accrual;
    if !accrual {
        let scope = if all { Scope::All } else { Scope::Reviews };
        elapse::elapse(&mut draft, Timestamp(i64::MIN), at, scope)?;
    }
    dispatch(&mut draft)?;
    draft.settle()?;
    if all {
        elapse::elapse(&mut draft, at, at, Scope::All)?;
    }
    if account.lots_loaded {
        draft.account.next_at = elapse::next_at(&draft);
    }
    if event.body == Body::Elapse && draft.nothing_happened(account) {
        return Err(Refusal::NothingDue);
    }
    Ok(draft)
}

fn dispatch(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let event = draft.event;
    match &event.body {
        Body::Purchase(purchase) => earn::purchase(draft, purchase),
        Body::Return(back) => returns::returned(draft, back),
        Body::Custom(custom) => earn::custom(draft, custom),
        Body::Reserve(order) => redeem::reserve(draft, order),
        Body::Capture { redemption } => redeem::capture(draft, *redemption),
        Body::Cancel { redemption } => redeem::cancel(draft, *redemption),
        Body::Adjust { point_type, points, reason } => {
            moves::adjust(draft, *point_type, *points, reason)
        }
        Body::TransferOut { point_type, points, to } => {
            draft.pieces = moves::transfer_out(draft, *point_type, *points, *to)?;
            Ok(())
        }
        Body::TransferIn { from, pieces } => moves::transfer_in(draft, *from, pieces),
        Body::Elapse => Ok(()),
        Body::Reverse { event } => returns::reverse(draft, *event),
        Body::Reinstate { lot, points, expires_at, reason } => {
            moves::reinstate(draft, *lot, *points, *expires_at, reason)
        }
        Body::Opening { pieces } => moves::opening(draft, pieces),
        Body::GrantTier { group, tier, provenance, until } => {
            standing::grant(draft, group, tier, *provenance, *until)
        }
        Body::Qualify { group, credits } => standing::qualify(draft, group, credits),
    }
}
