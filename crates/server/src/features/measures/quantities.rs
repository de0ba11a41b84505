//! The quantities that formulas name, counted over lives, and the facts that rules ask about.

use std::collections::BTreeMap;

use lazo_domain::ids::AccountId;
use lazo_measures::diagnosis::{Fact, Facts};
use lazo_measures::formula::Quantities;
use lazo_measures::ratio::Ratio;
use lazo_measures::stats::intervals::{Mean, Proportion};
use lazo_measures::survival::{Waited, median};

use super::lives::Life;
use super::{Days, spread};

/// A member is active who did something within so many days (K6).
const ACTIVE_DAYS: i64 = 365;
/// A new member should be back within so many days (K11b).
const BACK_DAYS: i64 = 60;

/// What the ledger counts whatever it holds. It takes nothing off prices, books no benefits and forfeits no points: of
/// these it knows that there were none.
const COUNTED: [&str; 20] = [
    "members",
    "member_days",
    "new_memberships",
    "member_purchases",
    "member_net_sales",
    "purchasing_members",
    "repeat_purchasers",
    "active_members",
    "period_active_members",
    "redeeming_members",
    "issued_points",
    "redeemed_points",
    "expired_points",
    "members_active_before",
    "left_members",
    "new_members_60_days_ago",
    "new_members_back_in_60_days",
    "instant_discounts",
    "benefits_value",
    "forfeited_points",
];

/// What figures need besides the days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    /// What a smallest unit of points is worth, in minor units.
    pub value: Option<Ratio>,
    /// What the cheapest reward costs, in smallest units.
    pub cheapest: Option<i64>,
    /// What each account could spend at present; empty for the past.
    pub balances: BTreeMap<AccountId, i64>,
    /// Points that members could still ask for, in smallest units.
    pub outstanding: i64,
}

/// The stretch that churn is judged by, of which the one before it is of the same length: the days asked for, and at
/// least three times the middle gap between two purchases.
#[must_use]
pub fn churn_window(lives: &[Life], days: Days) -> Days {
    let gaps = lives.iter().flat_map(|life| {
        let bought: Vec<i64> = life.purchase_days().take_while(|day| *day <= days.to).collect();
        let gaps = bought.windows(2).map(|pair| u32::try_from(pair[1] - pair[0]).unwrap_or(0));
        gaps.collect::<Vec<u32>>()
    });
    let gaps: Vec<u32> = gaps.collect();
    let count = days.count().max(lazo_measures::churn::window(&gaps).into());
    Days { from: days.to - count + 1, to: days.to }
}

/// Every quantity that the ledger knows, over a stretch.
#[must_use]
pub fn count(lives: &[Life], days: Days, terms: &Terms) -> Quantities {
    let mut counts: BTreeMap<&'static str, i128> = BTreeMap::new();
    let year = Days { from: days.to - ACTIVE_DAYS + 1, to: days.to };
    let window = churn_window(lives, days);
    let back = Days { from: days.from - BACK_DAYS, to: days.to - BACK_DAYS };
    // A program without members has zeros, which is not the same as data that are missing.
    counts.extend(COUNTED.map(|name| (name, 0)));
    let mut add = |name, more: i128| *counts.entry(name).or_default() += more;
    for life in lives {
        let moved = life.within(days);
        let (began, ended) = (life.member_on(days.from - 1), life.member_on(days.to));
        add("members", i128::from(ended));
        add("member_days", i128::from(began) + i128::from(ended));
        add("new_memberships", i128::from(days.holds(life.joined)));
        add("member_purchases", moved.purchases.into());
        add("member_net_sales", moved.net_minor.into());
        add("purchasing_members", i128::from(moved.purchases > 0));
        add("repeat_purchasers", i128::from(moved.purchases > 1));
        add("active_members", i128::from(ended && life.active(year)));
        add("period_active_members", i128::from(life.active(days)));
        add("redeeming_members", i128::from(moved.redeemed > 0));
        add("issued_points", moved.issued.into());
        add("redeemed_points", moved.redeemed.into());
        add("expired_points", moved.expired.into());
        let before = life.active(window.before());
        add("members_active_before", i128::from(before));
        add("left_members", i128::from(before && !life.active(window)));
        if back.holds(life.joined) {
            let later = Days { from: life.joined + 1, to: life.joined + BACK_DAYS };
            let first = life.purchase_days().next();
            let again = life.purchase_days().any(|day| later.holds(day) && Some(day) != first);
            add("new_members_60_days_ago", 1);
            add("new_members_back_in_60_days", i128::from(again));
        }
        if let (Some(cheapest), true) = (terms.cheapest, ended && !terms.balances.is_empty()) {
            let able = terms.balances.get(&life.account).is_some_and(|has| *has >= cheapest);
            add("members_able_to_redeem", i128::from(able));
        }
    }
    finished(&counts, days, terms)
}

fn finished(counts: &BTreeMap<&'static str, i128>, days: Days, terms: &Terms) -> Quantities {
    let mut all: Quantities =
        counts.iter().map(|(name, n)| ((*name).to_owned(), Ratio::whole(*n))).collect();
    let of = |name: &str| counts.get(name).copied().unwrap_or(0);
    let mut set = |name: &str, value: Option<Ratio>| {
        all.extend(value.map(|value| (name.to_owned(), value)));
    };
    set("average_members", Ratio::new(of("member_days"), 2));
    set("eligible_net_sales", Some(Ratio::whole(of("member_net_sales"))));
    set("redemption_value", terms.value);
    let received = terms.value.and_then(|value| value.times(Ratio::whole(of("redeemed_points"))));
    set("value_received", received);
    let months = Ratio::new(i128::from(days.count()) * 12, 365);
    let monthly = months.and_then(|months| Ratio::whole(of("redeemed_points")).over(months));
    set("monthly_redeemed_points", monthly);
    if !terms.balances.is_empty() {
        set("outstanding_points", Some(Ratio::whole(terms.outstanding.into())));
    }
    all.remove("member_days");
    all
}

/// The median days until the first reward, of those who joined in the year before the end (K19).
#[must_use]
pub fn first_reward(lives: &[Life], last: i64) -> Option<u32> {
    let waits: Vec<Waited> = lives
        .iter()
        .filter_map(|life| {
            let first = life.days.iter().find(|(_, moved)| moved.redeemed > 0).map(|(day, _)| *day);
            let until = first.or(life.left).unwrap_or(last);
            let days = u32::try_from(until - life.joined).ok()?;
            Some(Waited { days, happened: first.is_some() })
        })
        .collect();
    median(&waits)
}

/// Facts for the rules: figures with their spread, now and in the stretch before.
#[must_use]
pub fn facts(lives: &[Life], days: Days, terms: &Terms) -> Facts {
    let mut facts = Facts::new();
    for (suffix, days) in [("", days), (".before", days.before())] {
        let all = count(lives, days, terms);
        let share = |hits: &str, n: &str| {
            let count = |name: &str| all.get(name).and_then(|n| u64::try_from(n.num()).ok());
            Some(Fact::Share(Proportion { hits: count(hits)?, n: count(n)? }))
        };
        let shares = [
            ("K6", share("active_members", "members")),
            ("K11", share("repeat_purchasers", "purchasing_members")),
            ("K11b", share("new_members_back_in_60_days", "new_members_60_days_ago")),
            ("K13", share("left_members", "members_active_before")),
            ("K16", share("redeeming_members", "period_active_members")),
            ("K27", share("members_able_to_redeem", "members").filter(|_| suffix.is_empty())),
        ];
        let told = shares.into_iter().filter_map(|(name, fact)| Some((name, fact?)));
        facts.extend(told.map(|(name, fact)| (format!("{name}{suffix}"), fact)));
        for (name, mean) in spread::means(lives, days) {
            facts.insert(format!("{name}{suffix}"), Fact::Mean(mean));
        }
        let known = |kpi: &str| lazo_measures::catalogue::kpi(kpi)?.figure(&all).ok()?.value;
        for kpi in ["K1", "K15", "K20"] {
            let value = known(kpi).map(|value| Fact::Known { value: value.to_f64() });
            facts.extend(value.map(|fact| (format!("{kpi}{suffix}"), fact)));
        }
    }
    facts.extend(left_and_stayed(lives, days, terms));
    facts.extend(spread::burn_by_month(lives, days));
    let cheapest = terms.cheapest.and_then(|price| u32::try_from(price).ok());
    if let (Some(cheapest), Some(middle)) = (cheapest, middle(terms)) {
        let known = |value: u32| Fact::Known { value: f64::from(value) };
        facts.insert("cheapest_reward".to_owned(), known(cheapest));
        facts.insert("K26.median".to_owned(), known(middle));
    }
    facts
}

fn middle(terms: &Terms) -> Option<u32> {
    let balances: Vec<u32> =
        terms.balances.values().map(|has| u32::try_from(*has).unwrap_or(0)).collect();
    lazo_measures::churn::median(&balances)
}

/// What those who left had received until then, beside those who stayed, and how many of them never redeemed (D4).
fn left_and_stayed(lives: &[Life], days: Days, terms: &Terms) -> Facts {
    let window = churn_window(lives, days);
    let until = Days { from: i64::MIN, to: window.before().to };
    let ever = Days { from: i64::MIN, to: days.to };
    let worth = terms.value.map_or(0.0, Ratio::to_f64);
    let (mut left, mut stayed, mut never) = (Vec::new(), Vec::new(), 0_u64);
    for life in lives.iter().filter(|life| life.active(window.before())) {
        #[expect(clippy::cast_precision_loss, reason = "points of one member, for a mean")]
        let value = life.within(until).redeemed as f64 * worth;
        if life.active(window) {
            stayed.push(value);
        } else {
            left.push(value);
            never += u64::from(life.within(ever).redeemed <= 0);
        }
    }
    let n = u64::try_from(left.len()).unwrap_or(u64::MAX);
    let mut facts = Facts::new();
    if n > 0 {
        let share = Fact::Share(Proportion { hits: never, n });
        facts.insert("churners_never_redeemed".to_owned(), share);
    }
    for (name, values) in [("K57.churners", left), ("K57.stayers", stayed)] {
        facts.extend(Mean::of(values).map(|mean| (name.to_owned(), Fact::Mean(mean))));
    }
    facts
}
