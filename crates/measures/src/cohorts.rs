//! Retention by cohort: of those who began in a month, how many were active in each month after (K12).

use std::collections::{BTreeMap, BTreeSet};

use crate::stats::intervals::Proportion;

/// A member's beginning and active months, as numbers of months from any fixed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The month of the beginning.
    pub began: i32,
    /// Months with a qualifying activity, in any order.
    pub active: Vec<i32>,
}

/// A cohort's row: its month, its size, and how many were active in month 0, 1, 2 … after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// The month of its members' beginning.
    pub month: i32,
    /// Its members.
    pub size: u64,
    /// Active members by months since; as long as the months observed.
    pub active: Vec<u64>,
}

/// The cohorts of `lives` observed to the end of `last_month`. Months after it are not counted, nor
/// activity before the beginning.
pub fn cohorts(lives: &[Life], last_month: i32) -> Vec<Cohort> {
    let mut rows: BTreeMap<i32, Cohort> = BTreeMap::new();
    for life in lives.iter().filter(|life| life.began <= last_month) {
        let months = usize::try_from(last_month - life.began).unwrap_or(0) + 1;
        let row = rows.entry(life.began).or_insert_with(|| Cohort {
            month: life.began,
            size: 0,
            active: vec![0; months],
        });
        row.size += 1;
        let months: BTreeSet<i32> = life.active.iter().map(|month| month - life.began).collect();
        for month in months {
            if let Some(count) = usize::try_from(month).ok().and_then(|at| row.active.get_mut(at)) {
                *count += 1;
            }
        }
    }
    rows.into_values().collect()
}

/// The retention of all cohorts together in month `n`, over those observed that long; `None` when none
/// is.
pub fn retention(cohorts: &[Cohort], n: usize) -> Option<Proportion> {
    let with = || cohorts.iter().filter(|cohort| cohort.active.len() > n);
    let size: u64 = with().map(|cohort| cohort.size).sum();
    let hits: u64 = with().map(|cohort| cohort.active[n]).sum();
    (size > 0).then_some(Proportion { hits, n: size })
}
