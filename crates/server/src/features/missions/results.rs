//! What missions are good for: how far those come who see them, and who buys within 30, 90 and 180 days, against the new
//! members who see none.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{AccountId, MemberId};
use lazo_measures::stats::intervals::{Difference, Proportion};
use lazo_store::StoreError;

use super::{Mission, Offer, store};
use crate::App;
use crate::features::measures::{self, Days, day_of};
use crate::http::{Problem, Scope};

/// After how many days is looked.
pub const AFTER: [i64; 3] = [30, 90, 180];
/// The confidence of the interval.
pub const LEVEL: f64 = 0.95;
/// New members read at a time.
const PAGE: i64 = 500;

/// One group after so many days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Group {
    /// Those whose days are over.
    pub people: i64,
    /// Those of them who bought within them.
    pub buyers: i64,
    /// What they spent, in minor units.
    pub net_minor: i64,
}

impl Group {
    fn share(self) -> Proportion {
        let whole = |count: i64| u64::try_from(count).unwrap_or(0);
        Proportion { hits: whole(self.buyers), n: whole(self.people) }
    }
}

/// Both groups after so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Days since they came upon missions.
    pub days: i64,
    /// Those who see them.
    pub shown: Group,
    /// Those who see none.
    pub holdout: Group,
}

impl Outcome {
    /// The share of buyers among those who see missions less that of the others; nothing while a group is empty.
    #[must_use]
    pub fn difference(&self) -> Option<Difference> {
        self.shown.share().less(self.holdout.share(), LEVEL)
    }
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// New members who see missions.
    pub shown: i64,
    /// New members who see none.
    pub holdout: i64,
    /// How many of those who see them did each.
    pub done: Vec<(Mission, i64)>,
    /// Who bought.
    pub outcomes: Vec<Outcome>,
}

/// Counts now.
pub async fn of(scope: &Scope<App>) -> Result<Results, Problem> {
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let found = scope.app.lookups.tenants.get(tenant).await?;
    let found = found.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let today = day_of(scope.now, &found.config.time_zone);
    let nobody = |days| Outcome { days, shown: Group::default(), holdout: Group::default() };
    let mut outcomes = AFTER.map(nobody);
    let (mut shown, mut holdout, mut after) = (0, 0, MemberId(i64::MIN));
    loop {
        let page = store::offers(db, tenant, after, today, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.member;
        let seeing = page.iter().filter(|offer| offer.shown).count();
        shown += i64::try_from(seeing).unwrap_or(0);
        holdout += i64::try_from(page.len() - seeing).unwrap_or(0);
        for outcome in &mut outcomes {
            count(scope, &page, today, outcome).await?;
        }
    }
    let counts: BTreeMap<String, i64> = store::counts(db, tenant).await?.into_iter().collect();
    let of = |mission: Mission| (mission, counts.get(mission.name()).copied().unwrap_or(0));
    let done = Mission::STEPS.into_iter().chain([Mission::All]).map(of).collect();
    Ok(Results { shown, holdout, done, outcomes: outcomes.to_vec() })
}

/// Adds those of a page whose days are over.
async fn count(
    scope: &Scope<App>,
    page: &[Offer],
    today: i64,
    outcome: &mut Outcome,
) -> Result<(), StoreError> {
    let over: Vec<&Offer> = page.iter().filter(|it| it.day + outcome.days <= today).collect();
    // Those of one program who came on the same day have the same days to look at.
    let together: BTreeSet<_> = over.iter().map(|it| (it.program, it.day)).collect();
    for (program, day) in together {
        let these: Vec<&&Offer> =
            over.iter().filter(|it| (it.program, it.day) == (program, day)).collect();
        let accounts: Vec<AccountId> = these.iter().map(|it| it.account).collect();
        let days = Days { from: day, to: day + outcome.days - 1 };
        let of = (scope.tenant, program);
        let bought = measures::store::bought(&scope.app.db, of, &accounts, days).await?;
        for offer in these {
            let (purchases, net) = bought.get(&offer.account).copied().unwrap_or_default();
            let group = if offer.shown { &mut outcome.shown } else { &mut outcome.holdout };
            group.people += 1;
            group.buyers += i64::from(purchases > 0);
            group.net_minor += net;
        }
    }
    Ok(())
}
