//! How good links are, held against known ones. Used for measuring only: nothing learns from it.

use crate::hash::{Map, Set};

/// Counts against the truth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Quality {
    /// Links that are true.
    pub right: u64,
    /// Links that are not.
    pub wrong: u64,
    /// True links that were not found.
    pub missed: u64,
}

impl Quality {
    /// Holds links against the true ones, pairs being in one order on both sides.
    #[must_use]
    pub fn of(links: impl Iterator<Item = (u32, u32)>, truth: &Set<(u32, u32)>) -> Self {
        let mut quality = Self::default();
        for link in links {
            if truth.contains(&link) { quality.right += 1 } else { quality.wrong += 1 }
        }
        quality.missed = (truth.len() as u64).saturating_sub(quality.right);
        quality
    }

    /// The share of links that are true.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// The share of true links that were found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// The upper 95 % bound of the share of wrong links, one-sided (Clopper and Pearson).
    #[must_use]
    pub fn error_bound(&self) -> f64 {
        let links = self.right + self.wrong;
        if links == 0 { 1.0 } else { upper_bound(self.wrong, links) }
    }
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

/// The rate at which seeing no more than `wrong` of `all` would have a probability of 5 %.
fn upper_bound(wrong: u64, all: u64) -> f64 {
    if wrong >= all {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if at_most(wrong, all, middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

/// The probability of at most `wrong` wrong ones among `all` at this rate.
fn at_most(wrong: u64, all: u64, rate: f64) -> f64 {
    let mut log = all as f64 * (-rate).ln_1p();
    let mut sum = log.exp();
    for k in 1..=wrong {
        log += ((all - k + 1) as f64 / k as f64).ln() + rate.ln() - (-rate).ln_1p();
        sum += log.exp();
    }
    sum
}

/// All pairs within each group of records, from the group of each record.
#[must_use]
pub fn pairs_of_groups(groups: &[u32]) -> Vec<(u32, u32)> {
    let mut members: Map<u32, Vec<u32>> = Map::default();
    for (record, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(crate::words::count(record));
    }
    let mut pairs = Vec::new();
    for members in members.values() {
        for (at, one) in members.iter().enumerate() {
            pairs.extend(members[at + 1..].iter().map(|other| (*one, *other)));
        }
    }
    pairs.sort_unstable();
    pairs
}
