//! What the sources counted for the ladders of the target: divided when a merge is taken apart, taken off when it is rolled back.

use std::collections::BTreeMap;

use lazo_domain::event::{Body, QualifyingCredit};
use lazo_domain::ids::{AccountId, MemberId};
use lazo_domain::merging::{MemberPlan, MergeRules};
use lazo_domain::tiers::Ladder;
use lazo_store::StoreError;

use super::fault::MergeFault;
use super::names;
use super::post::qualifying;
use super::store::projects::Project;
use super::workbench::Workbench;

/// Credits by ladder.
pub(super) type Credits = BTreeMap<String, Vec<QualifyingCredit>>;

/// What `had` counts more than `keeps`.
pub(super) fn beyond(had: &Credits, keeps: &Credits) -> Credits {
    let mut more = Credits::new();
    for (group, credits) in had {
        for credit in credits {
            let kept = keeps.get(group).into_iter().flatten();
            let kept: i64 =
                kept.filter(|k| k.counts_at == credit.counts_at).map(|k| k.amount).sum();
            if credit.amount > kept {
                let amount = credit.amount - kept;
                more.entry(group.clone()).or_default().push(QualifyingCredit { amount, ..*credit });
            }
        }
    }
    more
}

impl Workbench {
    /// Counts for a member what its plan says.
    pub(super) async fn count_in(
        &self,
        project: &Project,
        whose: (MemberId, AccountId),
        reference: &str,
        (plan, rules): (&MemberPlan, &MergeRules),
    ) -> Result<(), MergeFault> {
        let program = self.target(project).await?;
        for (group, credits) in qualifying(plan, rules, &program) {
            let name = names::of_counters(reference, &group);
            self.post_as(project, whose.1, whose.0, name, Body::Qualify { group, credits }).await?;
        }
        Ok(())
    }

    /// Takes credits off an account, as far as they still count: a window may be long over, or its counters put right.
    pub(super) async fn uncount(
        &self,
        project: &Project,
        whose: (MemberId, AccountId),
        reference: &str,
        credits: &Credits,
    ) -> Result<(), MergeFault> {
        let program = self.target(project).await?;
        for (group, credits) in credits {
            let Some(ladder) = program.tier_groups.get(group.as_str()) else { continue };
            let account = self.app.ledger.books().account(project.tenant, whose.1).await?;
            let account = account.ok_or_else(|| {
                StoreError::Corrupt(format!("account {} of the merge is gone", whose.1))
            })?;
            let ladder = Ladder::of(&program, ladder, account.enrolled_at);
            let mut counters = account.counters.clone();
            let mut off = Vec::new();
            for credit in credits {
                let period = ladder.period_of(credit.counts_at);
                let amount = credit.amount.min(counters.get(&ladder.counter(), &period));
                if amount > 0 {
                    off.push(QualifyingCredit { amount: -amount, ..*credit });
                    counters.add(&lazo_domain::account::CounterChange {
                        key: ladder.counter(),
                        period: period.into(),
                        by: -amount,
                    });
                }
            }
            if !off.is_empty() {
                let name = names::of_counters(reference, group);
                let body = Body::Qualify { group: group.clone(), credits: off };
                self.post_as(project, whose.1, whose.0, name, body).await?;
            }
        }
        Ok(())
    }
}
