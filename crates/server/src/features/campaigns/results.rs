//! What came of a campaign: how its letters fared, what treated and untreated people bought, and what may be said of the
//! difference. Everybody counts in the group where chance put them, whether the letter reached them or not.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{AccountId, MemberId, RedemptionId};
use lazo_domain::money::Currency;
use lazo_domain::time::Timestamp;
use lazo_measures::experiment::total;
use lazo_measures::stats::intervals::{Difference, Interval, Mean, Proportion};
use lazo_measures::stats::sample_size::{RATIO_ALARM, detectable, ratio_p};
use lazo_store::{Db, StoreError};

use super::Campaign;
use super::draw::{HOLDOUT, UNIVERSAL, WHOLE};
use super::recipients::{self, Recipient};
use crate::App;
use crate::features::measures::{self, Days, day_of};
use crate::features::tenants::Tenant;
use crate::features::vouchers;

/// How sure a statement is.
pub const LEVEL: f64 = 0.95;
/// With which chance a difference that is there would be found.
const POWER: f64 = 0.8;
/// People read at a time.
const PAGE: i64 = 500;

/// How a group fared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// `holdout`, `universal`, `treated`, or a variant's name.
    pub name: String,
    /// Everybody in it.
    pub people: u64,
    /// Letters by state: `ready`, `handing`, `sent`, `bounced`, `withheld`, `kept`.
    pub states: BTreeMap<String, u64>,
    /// Letters withheld and bounced, by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Readers who complained.
    pub complained: u64,
    /// Readers who left the list.
    pub unsubscribed: u64,
    /// People who bought within the days that are counted.
    pub buyers: u64,
    /// Their purchases.
    pub purchases: i64,
    /// What they spent, in minor units.
    pub net_minor: i64,
    /// What everybody spent, for the mean and its spread.
    spent: Vec<f64>,
}

/// Two groups beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The first group, and the one it is compared with.
    pub groups: (String, String),
    /// The p-value of the groups' sizes against the shares they were meant to have.
    pub ratio_p: Option<f64>,
    /// Are the sizes what chance gives? If not, nothing else is said.
    pub sound: bool,
    /// The share of buyers, first less second: Newcombe's interval.
    pub buyers: Option<Difference>,
    /// What a person spent, first less second, in minor units: Welch's interval.
    pub spent: Option<Difference>,
    /// The same for the whole first group, with its interval.
    pub incremental: Option<(f64, Interval)>,
    /// The smallest difference in buyers that groups of these sizes would find four times out of five.
    pub detectable: Option<f64>,
}

/// What came of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The days whose purchases are counted; nothing before sending began.
    pub days: Option<Days>,
    /// Are these days over?
    pub over: bool,
    /// When this was counted.
    pub as_of: Timestamp,
    /// The money.
    pub currency: Currency,
    /// Every group: the variants, then who is left alone.
    pub groups: Vec<Group>,
    /// All variants together.
    pub treated: Group,
    /// All variants together against the holdout.
    pub effect: Option<Comparison>,
    /// Each further variant against the first.
    pub variants: Vec<Comparison>,
}

/// Somebody of a campaign with what he or she bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The letter.
    pub to: Recipient,
    /// Purchases within the days that are counted.
    pub purchases: i64,
    /// What was spent, in minor units.
    pub net_minor: i64,
}

/// The days whose purchases a campaign counts.
#[must_use]
pub fn days(campaign: &Campaign, tenant: &Tenant) -> Option<Days> {
    let from = day_of(campaign.started_at?, &tenant.config.time_zone);
    Some(Days { from, to: from + campaign.window_days - 1 })
}

/// A page of a campaign's people with what they bought: the rows behind every figure. The state `bought` is of those who
/// did within the days that are counted, `used` of those whose code came to a till.
pub async fn rows(
    db: &Db,
    tenant: &Tenant,
    campaign: &Campaign,
    (arm, state): (Option<&str>, Option<&str>),
    after: MemberId,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let used = match state {
        Some("bought") => BTreeSet::new(),
        Some("used") => {
            vouchers::store::used_codes(db, tenant.id, RedemptionId(campaign.id.0)).await?
        }
        _ => return all_rows(db, tenant, campaign, (arm, state), after, limit).await,
    };
    let wanted = |row: &Row| match state {
        Some("used") => row.to.code.as_ref().is_some_and(|code| used.contains(code)),
        _ => row.purchases > 0,
    };
    let (mut found, mut after) = (Vec::new(), after);
    let most = usize::try_from(limit).unwrap_or(0);
    loop {
        let page = all_rows(db, tenant, campaign, (arm, None), after, PAGE).await?;
        let Some(last) = page.last().map(|row| row.to.member) else { break };
        found.extend(page.into_iter().filter(wanted));
        if found.len() >= most {
            break;
        }
        after = last;
    }
    found.truncate(most);
    Ok(found)
}

async fn all_rows(
    db: &Db,
    tenant: &Tenant,
    campaign: &Campaign,
    of: (Option<&str>, Option<&str>),
    after: MemberId,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let page = recipients::page(db, tenant.id, campaign.id, of, after, limit).await?;
    let accounts: Vec<AccountId> = page.iter().map(|to| to.account).collect();
    let bought = match days(campaign, tenant) {
        Some(days) => {
            measures::store::bought(db, (tenant.id, campaign.program), &accounts, days).await?
        }
        None => BTreeMap::new(),
    };
    let row = |to: Recipient| {
        let (purchases, net_minor) = bought.get(&to.account).copied().unwrap_or_default();
        Row { to, purchases, net_minor }
    };
    Ok(page.into_iter().map(row).collect())
}

/// What came of a campaign, counted now.
pub async fn of(
    app: &App,
    tenant: &Tenant,
    campaign: &Campaign,
    now: Timestamp,
) -> Result<Results, StoreError> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut after = MemberId(i64::MIN);
    loop {
        let page = rows(&app.db, tenant, campaign, (None, None), after, PAGE).await?;
        let Some(last) = page.last().map(|row| row.to.member) else { break };
        for row in &page {
            let group = groups.entry(row.to.arm.clone()).or_default();
            group.name.clone_from(&row.to.arm);
            group.add(row);
        }
        after = last;
    }
    Ok(judged(campaign, tenant, groups, now))
}

fn judged(
    campaign: &Campaign,
    tenant: &Tenant,
    mut groups: BTreeMap<String, Group>,
    now: Timestamp,
) -> Results {
    let variants = &campaign.content.variants;
    let mut take = |name: &str| {
        let empty = || Group { name: name.to_owned(), ..Group::default() };
        groups.remove(name).unwrap_or_else(empty)
    };
    let arms: Vec<Group> = variants.iter().map(|variant| take(&variant.name)).collect();
    let (holdout, universal) = (take(HOLDOUT), take(UNIVERSAL));
    let mut treated = Group { name: "treated".to_owned(), ..Group::default() };
    for arm in &arms {
        treated.join(arm);
    }
    let share = |ten_thousandths: i64| share_of(ten_thousandths, WHOLE);
    let drawn = campaign.drawn_at.is_some();
    let effect = (drawn && campaign.holdout > 0).then(|| {
        let alone = share(campaign.holdout);
        compare(&treated, &holdout, (1.0 - alone, alone))
    });
    let further = arms.iter().zip(variants).skip(1).filter(|_| drawn).map(|(arm, variant)| {
        let whole = variants[0].weight + variant.weight;
        let weight = share_of(variant.weight, whole);
        compare(arm, &arms[0], (weight, 1.0 - weight))
    });
    let further: Vec<Comparison> = further.collect();
    let days = days(campaign, tenant);
    let today = day_of(now, &tenant.config.time_zone);
    Results {
        days,
        over: days.is_some_and(|days| today > days.to),
        as_of: now,
        currency: tenant.config.currency,
        groups: arms.into_iter().chain([holdout, universal]).collect(),
        treated,
        effect,
        variants: further,
    }
}

#[expect(clippy::cast_precision_loss, reason = "shares of small whole numbers")]
fn share_of(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

/// Two groups beside each other, drawn with these weights.
#[must_use]
pub fn compare(one: &Group, other: &Group, weights: (f64, f64)) -> Comparison {
    let ratio_p = ratio_p(&[one.people, other.people], &[weights.0, weights.1]);
    let sound = ratio_p.is_none_or(|p| p >= RATIO_ALARM);
    let buyers = one.share().less(other.share(), LEVEL).filter(|_| sound);
    let means = Mean::of(one.spent.iter().copied()).zip(Mean::of(other.spent.iter().copied()));
    let spent = means.and_then(|(a, b)| a.less(b, LEVEL)).filter(|_| sound);
    let base = other.share().share();
    Comparison {
        groups: (one.name.clone(), other.name.clone()),
        ratio_p,
        sound,
        incremental: spent.as_ref().map(|difference| total(difference, one.people)),
        detectable: base
            .and_then(|base| detectable(base, one.people, other.people, 1.0 - LEVEL, POWER)),
        buyers,
        spent,
    }
}

impl Group {
    /// A group of people who spent so much each, in minor units; who spent something bought.
    #[must_use]
    pub fn of(name: &str, spent: &[i64]) -> Self {
        let mut group = Self { name: name.to_owned(), ..Self::default() };
        for minor in spent {
            group.count(i64::from(*minor > 0), *minor);
        }
        group
    }

    fn count(&mut self, purchases: i64, net_minor: i64) {
        self.people += 1;
        self.buyers += u64::from(purchases > 0);
        self.purchases += purchases;
        self.net_minor = self.net_minor.saturating_add(net_minor);
        #[expect(clippy::cast_precision_loss, reason = "what one person spends in some weeks")]
        self.spent.push(net_minor as f64);
    }

    fn add(&mut self, row: &Row) {
        self.count(row.purchases, row.net_minor);
        *self.states.entry(row.to.state.clone()).or_default() += 1;
        if !row.to.reason.is_empty() {
            *self.reasons.entry(row.to.reason.clone()).or_default() += 1;
        }
        self.complained += u64::from(row.to.complained_at.is_some());
        self.unsubscribed += u64::from(row.to.unsubscribed_at.is_some());
    }

    fn join(&mut self, other: &Self) {
        self.people += other.people;
        self.buyers += other.buyers;
        self.purchases += other.purchases;
        self.net_minor = self.net_minor.saturating_add(other.net_minor);
        self.complained += other.complained;
        self.unsubscribed += other.unsubscribed;
        self.spent.extend_from_slice(&other.spent);
        for (mine, theirs) in
            [(&mut self.states, &other.states), (&mut self.reasons, &other.reasons)]
        {
            for (name, count) in theirs {
                *mine.entry(name.clone()).or_default() += count;
            }
        }
    }

    /// The share of buyers.
    #[must_use]
    pub fn share(&self) -> Proportion {
        Proportion { hits: self.buyers, n: self.people }
    }

    /// How many letters are in a state.
    #[must_use]
    pub fn letters(&self, state: &str) -> u64 {
        self.states.get(state).copied().unwrap_or(0)
    }
}
