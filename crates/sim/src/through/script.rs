//! A history written down before it is posted: every step with its answer, and the world as it is in the end.

use std::collections::BTreeSet;

use lazo_domain::event::{Body, PurchaseRef};
use lazo_domain::ids::{AccountId, EventId};
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

use crate::features::Features;
use crate::generate::setup::{self, Version};
use crate::generate::{self, Generator};
use crate::rng::Rng;
use crate::world::core::{Decided, Real};
use crate::world::{Answer, Op, World};

/// The most commands of one batch here: enough for several on one account.
const BATCH: i64 = 40;

/// A history with its answers.
pub struct Script {
    pub seed: u64,
    pub versions: Vec<Version>,
    pub accounts: Vec<(AccountId, Timestamp)>,
    pub steps: Vec<(Op, Answer)>,
    pub world: World<Real>,
}

impl Script {
    /// Plays a seed in memory.
    pub fn write(seed: u64, ops: usize, allowed: Features) -> Self {
        let mut rng = Rng::new(seed);
        let features = allowed.swarm(&mut rng);
        let versions = setup::programs(&mut rng, features);
        let accounts = generate::accounts(&mut rng, ops);
        let mut world = World::new(Real, &versions, &accounts);
        let mut generator = Generator::new(rng, features, versions.clone());
        let mut steps = Vec::with_capacity(ops);
        for _ in 0..ops {
            let op = generator.next(&world);
            let answer = world.step(&op);
            // An elapse is left out where it is idle, and where another memory could have made it so.
            let idle = match &answer {
                Answer::Accepted(decided) => decided.iter().any(is_idle),
                Answer::Refused(refusal) => *refusal == Refusal::NothingDue,
                Answer::Again(_) => op.event.body == Body::Elapse,
            };
            if !idle {
                steps.push((op, answer));
            }
        }
        Self { seed, versions, accounts, steps, world }
    }

    /// The steps in batches of random size. A step that names an event of its own batch begins a new one: nobody
    /// knows an event's name before its answer is there. So does one that counts later than its now.
    pub fn batches(&self) -> Vec<Vec<usize>> {
        let mut rng = Rng::new(self.seed ^ 0xba7c);
        let mut batches = Vec::new();
        let mut batch: Vec<usize> = Vec::new();
        let mut new: BTreeSet<EventId> = BTreeSet::new();
        let mut size = rng.within(1, BATCH);
        for (at, (op, _)) in self.steps.iter().enumerate() {
            let ahead = op.event.effective_at > op.now;
            let full = i64::try_from(batch.len()).unwrap_or(BATCH) >= size;
            if full || ahead || named(&op.event.body).is_some_and(|event| new.contains(&event)) {
                batches.push(std::mem::take(&mut batch));
                new.clear();
                size = if ahead { 1 } else { rng.within(1, BATCH) };
            }
            batch.push(at);
            new.insert(op.event.id);
            new.extend(op.into.iter().map(|into| into.id));
        }
        batches.push(batch);
        batches.retain(|batch| !batch.is_empty());
        batches
    }
}

/// Time passed, and all it did was to find out better when something is due. That depends on which lots happened to
/// be in memory before, so such an elapse is no part of what two ledgers must agree on.
pub fn is_idle(decided: &Decided) -> bool {
    decided.event.body == Body::Elapse
        && decided.entries.is_empty()
        && decided.outcome.steps.is_empty()
}

/// The earlier event that a body names.
pub fn named(body: &Body) -> Option<EventId> {
    match body {
        Body::Reverse { event } => Some(*event),
        Body::Reinstate { lot, .. } => Some(lot.event),
        Body::Return(back) => match &back.purchase {
            PurchaseRef::Event(event) => Some(*event),
            PurchaseRef::Source { .. } => None,
        },
        _ => None,
    }
}
