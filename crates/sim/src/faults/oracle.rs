//! What must be true in the end: who was sent what, what was acknowledged, and what the ledger says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::watch::Watch;

/// How many findings are told in words; the others are only counted.
const TOLD: usize = 12;

/// One half of what a deed does: to which account, as which kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The account's place among those of the run.
    pub account: usize,
    /// The kind of event, such as `purchase`.
    pub kind: &'static str,
    /// Points that become available, or leave when below zero.
    pub available: i64,
    /// Points that are set aside, or leave there.
    pub held: i64,
}

/// Something that a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The source under which the ledger knows it.
    pub source: &'static str,
    /// The reference under which the ledger knows it; empty when the server names it in its answer.
    pub reference: String,
    /// What it does when it is done, whole.
    pub effects: Vec<Effect>,
}

/// What became of a deed, as its client knows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// Sent, and nobody answered yet.
    Open,
    /// Acknowledged, as this event.
    Done(String),
    /// Refused although it should have been done.
    Refused(String),
    /// Refused rightly: it may not be there.
    Withdrawn,
}

/// An event as the ledger tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The account's place among those of the run.
    pub account: usize,
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its source.
    pub source: String,
    /// Its reference.
    pub reference: String,
    /// By how much the available points changed.
    pub available: i64,
    /// By how much the points set aside changed.
    pub held: i64,
}

/// What the comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Deeds that were sent.
    pub sent: u64,
    /// Of these, acknowledged.
    pub acknowledged: u64,
    /// Of these, never answered: they may be there or not.
    pub open: u64,
    /// Acknowledged and not there.
    pub lost: u64,
    /// There more than once.
    pub doubled: u64,
    /// There although nobody asked for it.
    pub unexplained: u64,
    /// There, but in part or with other points; answered otherwise than documented; balances that are no sums.
    pub wrong: u64,
    /// The first findings, in words.
    pub told: Vec<String>,
}

impl Verdict {
    /// Is nothing wrong?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.lost + self.doubled + self.unexplained + self.wrong == 0
    }

    /// Is nothing lost, doubled or unexplained, whatever was refused?
    #[must_use]
    pub fn has_right_books(&self) -> bool {
        self.lost + self.doubled + self.unexplained == 0
    }

    /// Notes something wrong that no comparison of events shows.
    pub fn wrong(&mut self, what: String) {
        self.wrong += 1;
        self.tell(what);
    }

    fn tell(&mut self, what: String) {
        if self.told.len() < TOLD {
            self.told.push(what);
        }
    }

    /// Takes over what another verdict found, of deeds that are counted here already.
    pub fn find(&mut self, other: Self) {
        self.add(Self { sent: 0, acknowledged: 0, open: 0, ..other });
    }

    /// Counts another verdict with this one.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.open += other.open;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unexplained += other.unexplained;
        self.wrong += other.wrong;
        other.told.into_iter().for_each(|what| self.tell(what));
    }
}

/// Which deeds were begun by some moment, and which of them were acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(Vec<bool>);

impl Mark {
    /// How much was done by then.
    #[must_use]
    pub fn done(&self) -> usize {
        self.0.iter().filter(|done| **done).count()
    }
}

/// Knows what was sent. Clients of many threads report to one.
#[derive(Debug, Default)]
pub struct Oracle {
    deeds: Mutex<Vec<(Deed, Fate)>>,
    done: AtomicU64,
    /// Is the power off?
    dark: AtomicBool,
    /// Events acknowledged to somebody who heard of it when the power was off.
    late: Mutex<BTreeSet<String>>,
    odd: Mutex<Vec<String>>,
}

impl Oracle {
    /// Notes a deed before it is sent for the first time; answers its number.
    pub fn begin(&self, deed: Deed) -> usize {
        let mut deeds = lock(&self.deeds);
        deeds.push((deed, Fate::Open));
        deeds.len() - 1
    }

    /// Notes an acknowledgement: the event's id and, where the server names it, the reference.
    pub fn acknowledge(&self, number: usize, event: &str, reference: Option<&str>) {
        let mut deeds = lock(&self.deeds);
        let Some((deed, fate)) = deeds.get_mut(number) else { return };
        if let Fate::Done(before) = fate
            && before != event
        {
            let what = format!("{deed:?} was answered as {before}, then as {event}");
            drop(deeds);
            self.odd(what);
            return;
        }
        if self.dark.load(Ordering::SeqCst) {
            lock(&self.late).insert(event.to_owned());
        }
        if *fate == Fate::Open {
            self.done.fetch_add(1, Ordering::SeqCst);
        }
        *fate = Fate::Done(event.to_owned());
        if let Some(reference) = reference {
            reference.clone_into(&mut deed.reference);
        }
    }

    /// Notes a refusal of something that should have been done.
    pub fn refuse(&self, number: usize, why: String) {
        if let Some((_, fate)) = lock(&self.deeds).get_mut(number) {
            *fate = Fate::Refused(why);
        }
    }

    /// Notes a refusal that is right: none of it may be there.
    pub fn withdraw(&self, number: usize) {
        if let Some((_, fate)) = lock(&self.deeds).get_mut(number) {
            *fate = Fate::Withdrawn;
        }
    }

    /// Notes an answer that is not as documented.
    pub fn odd(&self, what: String) {
        lock(&self.odd).push(what);
    }

    /// Notes that the power went off, or is on again.
    pub fn power(&self, on: bool) {
        self.dark.store(!on, Ordering::SeqCst);
    }

    /// How many deeds are acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.done.load(Ordering::SeqCst)
    }

    /// Waits until so many deeds more are acknowledged, but not for long: what tears at the server shall tear at work.
    pub fn wait_for(&self, more: u64) {
        let (wanted, watch) = (self.acknowledged() + more, Watch::start());
        while self.acknowledged() < wanted && !watch.reached(Duration::from_secs(4)) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// How things stand at this moment.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let deeds = lock(&self.deeds);
        Mark(deeds.iter().map(|(_, fate)| matches!(fate, Fate::Done(_))).collect())
    }

    /// Whether anything that was begun after `mark` is acknowledged.
    #[must_use]
    pub fn has_promised_since(&self, mark: &Mark) -> bool {
        lock(&self.deeds).iter().skip(mark.0.len()).any(|(_, fate)| matches!(fate, Fate::Done(_)))
    }

    /// What is known of a copy that was made after `from` and before `to`: what was acknowledged by `from` must be in
    /// it, what was begun after `to` may not, and what lies between may.
    #[must_use]
    pub fn as_of(&self, from: &Mark, to: &Mark) -> Self {
        let deeds = lock(&self.deeds);
        let then = deeds.iter().take(to.0.len()).enumerate().map(|(number, (deed, fate))| {
            let done = from.0.get(number).copied().unwrap_or(false);
            let fate = match fate {
                Fate::Done(_) if !done => Fate::Open,
                fate => fate.clone(),
            };
            (deed.clone(), fate)
        });
        Self { deeds: Mutex::new(then.collect()), ..Self::default() }
    }

    /// What each account must have in the end when all acknowledged deeds and those of `found` are done.
    ///
    /// `balances` is what the ledger says each account has available and set aside.
    #[must_use]
    pub fn judge(&self, found: &[Found], balances: &[(i64, i64)]) -> Verdict {
        let deeds = lock(&self.deeds);
        let mut verdict = Verdict::default();
        let mut there: BTreeMap<Name<'_>, Vec<&Found>> = BTreeMap::new();
        let mut sums = vec![(0, 0); balances.len()];
        for event in found {
            if let Some((available, held)) = sums.get_mut(event.account) {
                *available += event.available;
                *held += event.held;
            }
            // Time passes by itself.
            if event.kind == "elapse" {
                continue;
            }
            let name = (event.account, event.kind.as_str(), &*event.source, &*event.reference);
            there.entry(name).or_default().push(event);
        }
        for (deed, fate) in deeds.iter() {
            of_deed(deed, fate, &lock(&self.late), &mut there, &mut verdict);
        }
        for ((account, kind, source, reference), events) in there {
            verdict.unexplained += count(events.len());
            verdict.tell(format!("unexplained: {kind} {source} {reference} on account {account}"));
        }
        for (account, (sum, balance)) in sums.iter().zip(balances).enumerate() {
            if sum != balance {
                verdict.wrong(format!("account {account} has {balance:?}, its events say {sum:?}"));
            }
        }
        lock(&self.odd).iter().for_each(|what| verdict.wrong(what.clone()));
        verdict
    }
}

type Name<'a> = (usize, &'a str, &'a str, &'a str);

fn of_deed<'a>(
    deed: &'a Deed,
    fate: &Fate,
    late: &BTreeSet<String>,
    there: &mut BTreeMap<Name<'a>, Vec<&Found>>,
    verdict: &mut Verdict,
) {
    verdict.sent += 1;
    match fate {
        Fate::Open => verdict.open += 1,
        Fate::Done(_) => verdict.acknowledged += 1,
        Fate::Withdrawn => {}
        Fate::Refused(why) => verdict.wrong(format!("refused: {deed:?}: {why}")),
    }
    let mut halves = 0;
    for effect in &deed.effects {
        let name = (effect.account, effect.kind, deed.source, deed.reference.as_str());
        let events = there.remove(&name).unwrap_or_default();
        halves += usize::from(!events.is_empty());
        if events.len() > 1 {
            verdict.doubled += count(events.len() - 1);
            verdict.tell(format!("{} times: {deed:?}", events.len()));
        }
        if let Some(event) = events.first()
            && (event.available, event.held) != (effect.available, effect.held)
        {
            verdict.wrong(format!("{event:?} should have been {effect:?}"));
        }
    }
    if halves > 0 && *fate == Fate::Withdrawn {
        verdict.wrong(format!("refused and done: {deed:?}"));
    }
    if let Fate::Done(event) = fate
        && halves == 0
    {
        let when = if late.contains(event) { "after" } else { "before" };
        verdict.lost += 1;
        verdict.tell(format!("lost: {deed:?}, acknowledged as {event}, heard {when} a cut"));
    } else if halves > 0 && halves < deed.effects.len() {
        verdict.wrong(format!("half done: {deed:?}"));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
