//! The look of the day: everybody under way is asked for, whether a step is due or not, so that nobody stays who has arrived,
//! said no or is gone, and so that the goal of those left alone is seen as well.

use lazo_domain::ids::MemberId;
use lazo_store::StoreError;

use super::runs::{self, Run};
use super::walk::{Seen, Work};
use super::{goal, store};
use crate::jobs::{Fault, Step};

/// Runs looked at in one step.
const PAGE: i64 = 500;

impl Work<'_> {
    /// The next page of those under way, until the day is done.
    pub(super) async fn look(&self) -> Result<Step, Fault> {
        let (day, to) = self.journey.looked;
        let began = day == self.today && to != i64::MAX;
        if day >= self.today && !began {
            return Ok(Step::default());
        }
        let after = MemberId(if began { to } else { i64::MIN });
        let (db, tenant) = (&self.app.db, self.press.tenant.id);
        let open = runs::open(db, tenant, self.journey.id, after, PAGE).await?;
        let seen = self.seen(&open).await?;
        let mut done = 0;
        for run in &open {
            let mut after = run.clone();
            self.judge(&mut after, &seen);
            if after != *run {
                let kept = self.app.db.retry(|| self.keep(run, &after, &[])).await?;
                done += u64::from(kept);
            }
        }
        // A member with several entries may lie on both sides of a page's end: the next page begins before him or her.
        let full = open.len() as i64 == PAGE;
        let next = open.last().filter(|_| full).map(|last| last.member.0 - 1);
        let next = next.filter(|next| *next > after.0);
        let cursor = (self.today, next.unwrap_or(i64::MAX));
        self.app.db.retry(|| self.keep_cursor(cursor)).await?;
        Ok(Step { done, more: next.is_some() })
    }

    async fn keep_cursor(&self, cursor: (i64, i64)) -> Result<(), StoreError> {
        let mut tx = self.app.db.begin().await?;
        store::looked(&mut tx, self.press.tenant.id, self.journey.id, cursor).await?;
        tx.commit().await
    }

    fn judge(&self, run: &mut Run, seen: &Seen) {
        if seen.has_reached(run) {
            run.leave("goal", self.now);
        } else if let Some(reason) = seen.leaving(run) {
            run.leave(reason, self.now);
        }
        if run.entry < goal::first_open(&self.journey.plan.goal, self.today) {
            run.open = false;
        }
    }
}
