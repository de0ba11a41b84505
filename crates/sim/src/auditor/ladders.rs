//! Tiers as the auditor sees them: what counts is added up from the deeds each time it is asked for.

use lazo_domain::event::QualifyingCredit;
use lazo_domain::program::{Measure, Provenance, TierGroup, Window};
use lazo_domain::time::{Term, Timestamp};

use super::holder::{Count, Held};
use super::turn::{Book, Turn, Why};

/// The place of a tier on its ladder; -1 for the floor.
fn rank(group: &TierGroup, tier: &str) -> i64 {
    let at = group.tiers.iter().position(|t| t.code == tier);
    at.map_or(-1, |at| i64::try_from(at).unwrap_or(0))
}

/// The highest tier that a number reaches; empty for none.
fn reached(group: &TierGroup, n: i64) -> &str {
    let mut best = "";
    for tier in &group.tiers {
        if tier.threshold <= n {
            best = &tier.code;
        }
    }
    best
}

impl Turn<'_> {
    /// What counts at an instant: all deeds of the window that holds it, less what came back of them.
    fn measured(&self, book: &Book, group: &TierGroup, at: Timestamp) -> i64 {
        let step = book.calendar.step(group.window, self.live.enrolled, at);
        let first = match group.window {
            Window::Rolling { months } => step - i64::from(months.max(1)) + 1,
            _ => step,
        };
        let mut sum = 0;
        let mut add = |deed: &super::holder::Deed| {
            for count in deed.counts.iter().filter(|c| c.group == group.code) {
                if (first..=step).contains(&count.step) {
                    sum += deed.counts_left(count);
                }
            }
        };
        for deed in self.live.deeds.values() {
            add(deed);
        }
        add(&self.deed);
        sum
    }

    /// Counts the event on every ladder of its program; `gave` tells the points per type and their shares.
    pub fn count(
        &mut self,
        book: &Book,
        spent: Option<i64>,
        visit: bool,
        gave: &[(String, Vec<i64>)],
    ) {
        let mut groups: Vec<&TierGroup> = book.version.config.tier_groups.iter().collect();
        groups.sort_by(|a, b| a.code.cmp(&b.code));
        for group in groups {
            let shares = match &group.measure {
                Measure::Points(code) => {
                    gave.iter().find(|(of, _)| of == code).map(|(_, s)| s.clone())
                }
                _ => None,
            };
            let by = match &group.measure {
                Measure::Points(_) => shares.as_ref().map_or(0, |s| s.iter().sum()),
                Measure::Spend => spent.unwrap_or(0).max(0),
                Measure::Visits => i64::from(visit),
                Measure::Expression(_) => 0,
            };
            if by != 0 {
                let step = book.calendar.step(group.window, self.live.enrolled, self.at());
                self.deed.counts.push(Count { group: group.code.clone(), step, by, shares });
                self.upgrade(book, group);
            }
        }
    }

    fn upgrade(&mut self, book: &Book, group: &TierGroup) {
        let at = self.at();
        let tier = reached(group, self.measured(book, group, at)).to_owned();
        if tier.is_empty() {
            return;
        }
        let kept = self.kept_until(book, group, at, 2);
        if rank(group, &tier) > rank(group, self.live.tier(&group.code)) {
            let held = self.held(book, &tier, at, Provenance::Earned, kept);
            self.put(book, group, held, at);
        } else if let Some(held) = self.live.held.get_mut(&group.code)
            && held.tier == tier
            && !matches!(held.provenance, Provenance::Earned | Provenance::Lifetime)
        {
            held.provenance = Provenance::Earned;
            held.review = match (held.review, kept) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
    }

    /// Until when a tier stays: the end of the `years`-th calendar or membership year from here, or so many months.
    fn kept_until(
        &self,
        book: &Book,
        group: &TierGroup,
        at: Timestamp,
        years: i64,
    ) -> Option<Timestamp> {
        let enrolled = self.live.enrolled;
        match group.window {
            Window::Lifetime => None,
            Window::Rolling { months } => {
                Some(book.calendar.after(Term::Months(months.max(1)), at))
            }
            window => {
                let step = book.calendar.step(window, enrolled, at);
                Some(book.calendar.year_start(window, enrolled, step + years))
            }
        }
    }

    fn held(
        &self,
        book: &Book,
        tier: &str,
        since: Timestamp,
        provenance: Provenance,
        review: Option<Timestamp>,
    ) -> Held {
        let (program, tier) = (book.version.program, tier.to_owned());
        Held { program, tier, since, provenance, review, protected: None, grace: false }
    }

    fn put(&mut self, book: &Book, group: &TierGroup, held: Held, at: Timestamp) {
        let rose = rank(group, &held.tier) > rank(group, self.live.tier(&group.code));
        self.live.held.insert(group.code.clone(), held);
        if rose {
            self.lengthen(book, at, true);
        }
    }

    /// Looks at a standing that is due.
    pub fn review(&mut self, code: &str, at: Timestamp) {
        let Some(held) = self.live.held.get(code).cloned() else { return };
        let book = self.shelf.at(held.program, at).or_else(|| self.shelf.last(held.program));
        let Some(book) = book else { return };
        let Some(group) = book.group(code) else {
            self.live.held.remove(code);
            return;
        };
        let before = self.measured(&book, group, Timestamp(at.0 - 1));
        let reached = reached(group, before.max(self.measured(&book, group, at)));
        let next = self.kept_until(&book, group, at, 1);
        let paid = held.provenance == Provenance::Paid;
        let new = if let Some(until) = held.protected.filter(|until| *until > at) {
            Held { review: Some(until), ..held }
        } else if rank(group, reached) >= rank(group, &held.tier) {
            let since = if reached == held.tier { held.since } else { at };
            self.held(&book, reached, since, Provenance::Earned, next)
        } else if let Some(grace) = group.grace.filter(|_| !held.grace && !paid) {
            Held { grace: true, review: Some(book.calendar.after(grace, at)), ..held }
        } else {
            let below = rank(group, &held.tier) - 1;
            let soft = group.soft_landing && !paid && below > rank(group, reached);
            let step = usize::try_from(below).ok().and_then(|at| group.tiers.get(at));
            let to = step.filter(|_| soft).map_or(reached, |tier| tier.code.as_str());
            self.held(&book, to, at, Provenance::Earned, next.filter(|_| !to.is_empty()))
        };
        self.put(&book, group, new, at);
    }

    /// What counts in one step of a ladder's windows.
    fn counted(&self, group: &TierGroup, step: i64) -> i64 {
        let deeds = self.live.deeds.values().map(|deed| &**deed).chain([&self.deed]);
        let own = |count: &&Count| count.group == group.code && count.step == step;
        deeds.map(|d| d.counts.iter().filter(own).map(|c| d.counts_left(c)).sum::<i64>()).sum()
    }

    /// What counts for a ladder, brought from elsewhere.
    pub fn credit(&mut self, code: &str, credits: &[QualifyingCredit]) -> Result<(), Why> {
        let book = self.book()?;
        let group = book.group(code).ok_or("unknown_code")?;
        if !(1..=200).contains(&credits.len()) {
            return Err("invalid");
        }
        for credit in credits {
            let step = book.calendar.step(group.window, self.live.enrolled, credit.counts_at);
            let later = credit.counts_at > self.at();
            if later || credit.amount == 0 || self.counted(group, step) + credit.amount < 0 {
                return Err("invalid");
            }
            let (group, by) = (code.to_owned(), credit.amount);
            self.deed.counts.push(Count { group, step, by, shares: None });
        }
        self.upgrade(&book, group);
        self.remember();
        Ok(())
    }

    /// A tier by hand.
    pub fn grant_tier(
        &mut self,
        code: &str,
        tier: &str,
        provenance: Provenance,
        until: Option<Timestamp>,
    ) -> Result<(), Why> {
        let book = self.book()?;
        let group = book.group(code).ok_or("unknown_code")?;
        if rank(group, tier) < 0 {
            return Err("unknown_code");
        }
        let at = self.at();
        if until.is_some_and(|until| until <= at) {
            return Err("invalid");
        }
        let review = match (provenance, until) {
            (Provenance::Lifetime, _) => None,
            (_, Some(until)) => Some(until),
            _ => self.kept_until(&book, group, at, 2),
        };
        let protected = until.filter(|_| provenance == Provenance::Protected);
        let held = Held { protected, ..self.held(&book, tier, at, provenance, review) };
        self.put(&book, group, held, at);
        Ok(())
    }
}

impl Turn<'_> {
    /// Refuses a step that is not above the one held.
    pub fn above(&self, group: &TierGroup, tier: &str) -> Result<(), Why> {
        if rank(group, tier) < 0 {
            return Err("unknown_code");
        }
        let higher = rank(group, self.live.tier(&group.code)) < rank(group, tier);
        if higher { Ok(()) } else { Err("reward_inactive") }
    }
}
