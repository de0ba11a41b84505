//! A whole run: every account to exactly one golden member, members in a fixed order, totals and hash at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::digest::{RunDigest, RunHash};
use super::member::{MemberPlan, plan_member};
use super::rules::{BadRules, MergeRules};
use super::snapshot::{MemberSnapshot, SourceKey};
use super::totals::Totals;
use crate::conversion::TooLarge;

/// Why a run cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The rules.
    #[error(transparent)]
    Rules(#[from] BadRules),
    /// Two clusters claim one account.
    #[error("account {0:?} is in two clusters")]
    InTwoClusters(SourceKey),
    /// A cluster names an account that no snapshot has.
    #[error("account {0:?} of a cluster is in no snapshot")]
    NotInSnapshot(SourceKey),
    /// Two rows of a snapshot are one account.
    #[error("account {0:?} is in its snapshot twice")]
    Twice(SourceKey),
    /// A total went beyond what can be counted exactly.
    #[error("a total is too large")]
    TooLarge(#[from] TooLarge),
}

/// Sums up a run member by member, in bounded memory. Members must come in the order of their golden keys.
#[derive(Debug, Clone)]
pub struct Run {
    totals: Totals,
    hash: RunHash,
    last: Option<SourceKey>,
}

impl Run {
    /// A run by `rules`, which must be in order.
    pub fn new(rules: &MergeRules) -> Result<Self, BadRules> {
        rules.check()?;
        Ok(Self { totals: Totals::default(), hash: RunHash::new(rules), last: None })
    }

    /// Adds the next member; answers its hash.
    ///
    /// # Panics
    /// When `plan` does not come after the one before it: the hash would depend on the caller.
    pub fn add(&mut self, plan: &MemberPlan) -> Result<[u8; 32], TooLarge> {
        assert!(
            self.last.as_ref().is_none_or(|last| *last < plan.golden),
            "members come in the order of their golden keys: {:?}",
            plan.golden
        );
        self.last = Some(plan.golden.clone());
        self.totals.add(plan)?;
        Ok(self.hash.add(plan))
    }

    /// Totals so far.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The totals, and what the run is known by.
    #[must_use]
    pub fn finish(self) -> (Totals, RunDigest) {
        (self.totals, self.hash.finish())
    }
}

/// A run whose snapshots fit in memory.
#[derive(Debug, Clone)]
pub struct MergePlan {
    /// Every golden member, in order.
    pub members: Vec<MemberPlan>,
    /// Control totals.
    pub totals: Totals,
    /// What the run is known by.
    pub digest: RunDigest,
}

/// Plans all of `snapshots`: each cluster becomes one golden member, and everybody else stays alone; nobody has to act.
pub fn plan(
    rules: &MergeRules,
    snapshots: Vec<MemberSnapshot>,
    clusters: &[Vec<SourceKey>],
) -> Result<MergePlan, RunError> {
    let mut by_key = BTreeMap::new();
    for snapshot in snapshots {
        if let Some(twice) = by_key.insert(snapshot.key.clone(), snapshot) {
            return Err(RunError::Twice(twice.key));
        }
    }
    let mut run = Run::new(rules)?;
    let mut seen = BTreeSet::new();
    let mut members = Vec::new();
    for cluster in clusters {
        let mut accounts = Vec::new();
        for key in cluster {
            if !seen.insert(key.clone()) {
                return Err(RunError::InTwoClusters(key.clone()));
            }
            let account = by_key.remove(key);
            accounts.push(account.ok_or_else(|| RunError::NotInSnapshot(key.clone()))?);
        }
        if !accounts.is_empty() {
            members.push(plan_member(rules, &accounts));
        }
    }
    let alone = by_key.into_values();
    members.extend(alone.map(|snapshot| plan_member(rules, std::slice::from_ref(&snapshot))));
    members.sort_by(|a, b| a.golden.cmp(&b.golden));
    for member in &members {
        run.add(member)?;
    }
    let (totals, digest) = run.finish();
    Ok(MergePlan { members, totals, digest })
}
