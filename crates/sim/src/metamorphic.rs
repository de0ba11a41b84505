//! Answers that must not differ: the same question twice, with more in memory than asked for, and after a job that
//! let time pass first.

use std::collections::BTreeMap;

use lazo_domain::event::{Body, Event};
use lazo_domain::ids::{AccountId, EventId, LotId};
use lazo_domain::refusal::Refusal;

use crate::world::core::{Core, Decided};
use crate::world::vault::Rows;
use crate::world::{Answer, Op, World};

type Decisions = Result<Vec<Decided>, Refusal>;

/// I12: re-applying the same event to the same state gives the identical decision; and whether lots that the event
/// does not need are in memory makes no difference.
pub fn same_again<C: Core>(op: &Op, world: &World<C>) -> Result<(), String> {
    let first = world.decide(op, false);
    if first != world.decide(op, false) {
        return Err("I12: the same event on the same state was decided otherwise".to_owned());
    }
    let full = world.decide(op, true);
    match (visible(first), visible(full)) {
        (first, full) if first == full => Ok(()),
        (first, full) => Err(format!(
            "the answer depends on which lots are in memory:\n  as needed: {first:?}\n  all: {full:?}"
        )),
    }
}

/// What a caller and the ledger see of a decision.
fn visible(decisions: Decisions) -> Result<Vec<String>, Refusal> {
    let told =
        |d: &Decided| format!("{:?} {:?} {:?} {:?}", d.entries, d.outcome, d.effects, d.resources);
    decisions.map(|all| all.iter().map(told).collect())
}

/// I22: no answer depends on when a job last let time pass. With or without an elapse just before the event, the
/// account is the same after both were followed by one.
pub fn whenever_jobs_ran<C: Core + Clone>(op: &Op, world: &World<C>) -> Result<(), String> {
    if op.event.body == Body::Elapse || op.event.effective_at > op.now {
        return Ok(());
    }
    let ids = op.into.iter().map(|into| into.account).chain([op.event.account]);
    let ids: Vec<AccountId> = ids.collect();
    let (mut lazy, mut eager) = (world.only(&ids), world.only(&ids));
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
        let (eager, lazy) = (state(eager.accounts.get(id)), state(lazy.accounts.get(id)));
        for (part, of_eager) in &eager {
            let of_lazy = &lazy[part];
            if of_eager != of_lazy {
                return Err(format!(
                    "I22: {part} of {id} depend on when jobs ran:\n  a job first: {of_eager}\n  no job: {of_lazy}"
                ));
            }
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

/// What must be equal, part by part.
fn state(rows: Option<&Rows>) -> BTreeMap<&'static str, String> {
    let Some(rows) = rows else { return BTreeMap::new() };
    let mut journal: BTreeMap<String, i128> = BTreeMap::new();
    for entry in &rows.journal {
        let lot = entry.lot.unwrap_or(LotId { event: EventId(0), seq: 0 });
        let line = format!("{:?} {:?} {lot} {}", entry.point_type, entry.side, entry.effective_at);
        *journal.entry(line).or_default() += i128::from(entry.points.0);
    }
    journal.retain(|_, n| *n != 0);
    BTreeMap::from([
        ("the lots", format!("{:?}", rows.lots)),
        ("the balances", format!("{:?}", rows.balances)),
        ("the redemptions", format!("{:?}", rows.redemptions)),
        ("the standings", format!("{:?}", rows.standings)),
        ("the counters", format!("{:?}", rows.counters)),
        ("the grants", format!("{:?}", rows.grants)),
        ("the dues", format!("{:?}", rows.next_at)),
        ("the entries", format!("{journal:?}")),
    ])
}
