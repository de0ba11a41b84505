//! Answers that must not differ: the same question twice, with more in memory than asked for, and after a job that
//! let time pass first.

use std::collections::BTreeMap;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Event};
use lazo_domain::ids::{AccountId, EventId, LotId, PointTypeId};
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

use crate::world::core::{Core, Decided};
use crate::world::vault::Rows;
use crate::world::{Answer, Op, World};

/// I12: re-applying the same event to the same state gives the identical decision; and whether lots that the event
/// does not need are in memory makes no difference.
pub fn same_again<C: Core>(op: &Op, world: &World<C>) -> Result<(), String> {
    let first = world.decide(op, false);
    if first != world.decide(op, false) {
        return Err("I12: the same event on the same state was decided otherwise".to_owned());
    }
    let full = world.decide(op, true);
    let same = match (&first, &full) {
        (Ok(first), Ok(full)) => {
            first.len() == full.len() && first.iter().zip(full).all(|(a, b)| looks_same(a, b))
        }
        (first, full) => first == full,
    };
    if same {
        Ok(())
    } else {
        Err(format!(
            "the answer depends on which lots are in memory:\n  as needed: {first:?}\n  all: {full:?}"
        ))
    }
}

/// Is what a caller and the ledger see of two decisions the same?
fn looks_same(a: &Decided, b: &Decided) -> bool {
    a.entries == b.entries
        && a.outcome == b.outcome
        && a.effects == b.effects
        && a.resources == b.resources
}

/// I22: no answer depends on when a job last let time pass. With or without an elapse just before the event, the
/// account is the same after both were followed by one.
pub fn whenever_jobs_ran<C: Core + Clone>(op: &Op, world: &World<C>) -> Result<(), String> {
    if op.event.body == Body::Elapse || op.event.effective_at > op.now {
        return Ok(());
    }
    let ids = op.into.iter().map(|into| into.account).chain([op.event.account]);
    let ids: Vec<AccountId> = ids.collect();
    let (mut lazy, mut eager) = (world.only(&ids, &op.event), world.only(&ids, &op.event));
    elapse(&mut eager, op, &ids, 1);
    let answers = [eager.step(op), lazy.step(op)];
    match &answers {
        [Answer::Refused(a), Answer::Refused(b)] if a == b => return Ok(()),
        [Answer::Accepted(_), Answer::Accepted(_)] => {}
        [Answer::Again(_), Answer::Again(_)] => return Ok(()),
        // At the ends of 64 bits the sums of one decision may leave them where those of two do not.
        [Answer::Refused(Refusal::Overflow), _] | [_, Answer::Refused(Refusal::Overflow)] => {
            return Ok(());
        }
        [eager, lazy] => {
            return Err(format!(
                "I22: depends on when jobs ran: {eager:?} after one, else {lazy:?}"
            ));
        }
    }
    for world in [&mut eager, &mut lazy] {
        elapse(world, op, &ids, 2);
    }
    for id in &ids {
        let (Some(eager), Some(lazy)) = (eager.accounts.get(id), lazy.accounts.get(id)) else {
            continue;
        };
        if let Some((part, of_eager, of_lazy)) = difference(eager, lazy) {
            return Err(format!(
                "I22: {part} of {id} depend on when jobs ran:\n  a job first: {of_eager}\n  no job: {of_lazy}"
            ));
        }
    }
    Ok(())
}

fn elapse<C: Core>(world: &mut World<C>, op: &Op, ids: &[AccountId], round: i64) {
    for (n, account) in (0..).zip(ids) {
        let id = EventId(1_000_000_000_000 + round * 10 + n);
        let event = Event {
            id,
            account: *account,
            source: "clock".to_owned(),
            source_ref: format!("{id}"),
            body: Body::Elapse,
            ..op.event.clone()
        };
        world.step(&Op { now: op.now, event, into: None });
    }
}

/// The first part in which two accounts differ, with both.
fn difference(eager: &Rows, lazy: &Rows) -> Option<(&'static str, String, String)> {
    macro_rules! part {
        ($what:literal, $eager:expr, $lazy:expr) => {
            if $eager != $lazy {
                return Some(($what, format!("{:?}", $eager), format!("{:?}", $lazy)));
            }
        };
    }
    part!("the lots", eager.lots, lazy.lots);
    part!("the balances", eager.balances, lazy.balances);
    part!("the redemptions", eager.redemptions, lazy.redemptions);
    part!("the standings", eager.standings, lazy.standings);
    part!("the counters", eager.counters, lazy.counters);
    part!("the grants", eager.grants, lazy.grants);
    part!("the dues", eager.next_at, lazy.next_at);
    part!("the entries", folded(eager), folded(lazy));
    None
}

type Line = (PointTypeId, Side, Option<LotId>, Timestamp);

/// The journal since the step, added up: in which event a line stands does depend on when jobs ran.
fn folded(rows: &Rows) -> BTreeMap<Line, i128> {
    let mut journal: BTreeMap<Line, i128> = BTreeMap::new();
    for entry in &rows.journal {
        let line = (entry.point_type, entry.side, entry.lot, entry.effective_at);
        *journal.entry(line).or_default() += i128::from(entry.points.0);
    }
    journal.retain(|_, n| *n != 0);
    journal
}
