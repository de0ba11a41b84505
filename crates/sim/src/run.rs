//! One seed from its first step to its last, checked after each; and a failing history made small.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lazo_domain::ids::AccountId;
use lazo_domain::time::{DAY, Timestamp};

use crate::auditor::Auditor;
use crate::features::Features;
use crate::generate::setup::{self, BEGIN, Version};
use crate::generate::{self, Generator};
use crate::invariants::Invariants;
use crate::metamorphic;
use crate::rng::Rng;
use crate::world::core::Core;
use crate::world::{Answer, Op, World};

/// How much of a run was what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Steps taken.
    pub ops: u64,
    /// Of these, accepted.
    pub accepted: u64,
    /// Refused.
    pub refused: u64,
    /// Recognized as sent again.
    pub again: u64,
    /// Journal lines written.
    pub entries: u64,
}

impl Tally {
    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        self.ops += other.ops;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.again += other.again;
        self.entries += other.entries;
    }
}

/// A history that showed something wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Where it comes from.
    pub seed: u64,
    /// The features that were on.
    pub features: Features,
    /// The step that failed, from 1.
    pub at: usize,
    /// What was wrong.
    pub why: String,
    /// The history up to and including that step.
    pub history: Vec<Op>,
    /// The programs.
    pub versions: Vec<Version>,
    /// The accounts.
    pub accounts: Vec<(AccountId, Timestamp)>,
}

/// A world with everyone who looks at it.
struct Bench<C> {
    world: World<C>,
    auditor: Auditor,
    invariants: Invariants,
    tally: Tally,
    /// Every so many steps, what is dear to check is checked.
    every: u64,
    rng: Rng,
}

impl<C: Core + Clone> Bench<C> {
    fn new(core: C, versions: &[Version], accounts: &[(AccountId, Timestamp)], every: u64) -> Self {
        Self {
            world: World::new(core, versions, accounts),
            auditor: Auditor::new(versions, accounts),
            invariants: Invariants::default(),
            tally: Tally::default(),
            every,
            rng: Rng::new(1),
        }
    }

    fn step(&mut self, op: &Op) -> Result<(), String> {
        self.tally.ops += 1;
        let thorough = self.tally.ops.is_multiple_of(self.every);
        if thorough || self.tally.ops.is_multiple_of(4) {
            metamorphic::same_again(op, &self.world)?;
        }
        if thorough {
            metamorphic::whenever_jobs_ran(op, &self.world)?;
        }
        let answer = self.world.step(op);
        self.auditor.check(op, &answer, &self.world)?;
        match &answer {
            Answer::Accepted(decided) => {
                self.tally.accepted += 1;
                for one in decided {
                    self.tally.entries += u64::try_from(one.entries.len()).unwrap_or(0);
                    self.invariants.check(one, &self.world)?;
                }
            }
            Answer::Refused(_) => self.tally.refused += 1,
            Answer::Again(_) => self.tally.again += 1,
        }
        if thorough {
            let past = self.rng.within(BEGIN.0 - DAY, op.now.0);
            self.auditor.check_past(&self.world, op.event.account, Timestamp(past))?;
            self.auditor.check_past(&self.world, op.event.account, op.now)?;
        }
        Ok(())
    }

    /// Takes a step; a panic of the core is a finding like any other.
    fn guarded(&mut self, op: &Op) -> Result<(), String> {
        catch_unwind(AssertUnwindSafe(|| self.step(op))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            Err(format!("panicked: {}", text.unwrap_or_default()))
        })
    }
}

/// Runs `ops` steps of one seed on the core that `core` makes for its programs.
pub fn seed<C: Core + Clone>(
    core: impl Fn(&[Version]) -> C,
    seed: u64,
    ops: usize,
    allowed: Features,
) -> Result<Tally, Box<Failure>> {
    let mut rng = Rng::new(seed);
    let features = allowed.swarm(&mut rng);
    let versions = setup::programs(&mut rng, features);
    let accounts = generate::accounts(&mut rng, ops);
    let every = u64::try_from(ops / 50).unwrap_or(0).max(8);
    let mut bench = Bench::new(core(&versions), &versions, &accounts, every);
    let mut generator = Generator::new(rng, features, versions.clone());
    let mut history = Vec::with_capacity(ops);
    for at in 1..=ops {
        let op = generator.next(&bench.world);
        history.push(op.clone());
        if let Err(why) = bench.guarded(&op) {
            return Err(Box::new(Failure { seed, features, at, why, history, versions, accounts }));
        }
    }
    Ok(bench.tally)
}

/// Drops steps from a failing history for as long as it still fails.
pub fn shrink<C: Core + Clone>(core: impl Fn(&[Version]) -> C, failure: &Failure) -> Failure {
    let fails = |history: &[Op]| -> Option<(usize, String)> {
        let mut bench =
            Bench::new(core(&failure.versions), &failure.versions, &failure.accounts, 1);
        history.iter().enumerate().find_map(|(at, op)| Some((at + 1, bench.guarded(op).err()?)))
    };
    let mut small = failure.clone();
    if let Some((at, why)) = fails(&small.history) {
        small.history.truncate(at);
        (small.at, small.why) = (at, why);
    }
    let mut chunk = small.history.len() / 2;
    while chunk > 0 {
        let mut start = 0;
        while start + chunk <= small.history.len() {
            let mut fewer = small.history.clone();
            fewer.drain(start..start + chunk);
            if let Some((at, why)) = fails(&fewer) {
                fewer.truncate(at);
                (small.history, small.at, small.why) = (fewer, at, why);
            } else {
                start += chunk;
            }
        }
        chunk /= 2;
    }
    small
}
