//! What the models need to know of a customer: repeats, recency, age and mean value, from purchases.

use std::collections::BTreeMap;

/// A customer as the models see one. Times are in one unit throughout (weeks by convention).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Repeat purchases: days with a purchase after the first one.
    pub repeats: u32,
    /// From the first to the last purchase; 0 without a repeat.
    pub recency: f64,
    /// From the first purchase to the end of observation.
    pub age: f64,
    /// The mean of the repeat days' net sales in the currency's main unit; 0 without a repeat.
    pub value: f64,
}

/// One purchase: whose, on which day, for how much in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The customer.
    pub customer: u64,
    /// The day, counted from any fixed one.
    pub day: i32,
    /// Net sales in minor units.
    pub net_minor: i64,
}

/// Days of a week, the models' unit of time.
const WEEK: f64 = 7.0;

/// Each customer's summary as of the end of `last_day`, by customer; purchases of one day count as one,
/// later ones not at all (Fader & Hardie's definition). `minor_per_main` is 100 for cents.
pub fn summarize(
    purchases: &[Purchase],
    last_day: i32,
    minor_per_main: u32,
) -> BTreeMap<u64, Summary> {
    let mut days: BTreeMap<u64, BTreeMap<i32, i64>> = BTreeMap::new();
    for purchase in purchases.iter().filter(|purchase| purchase.day <= last_day) {
        let sum = days.entry(purchase.customer).or_default().entry(purchase.day).or_default();
        *sum = sum.saturating_add(purchase.net_minor);
    }
    let of = |days: BTreeMap<i32, i64>| summary(&days, last_day, f64::from(minor_per_main));
    days.into_iter().filter_map(|(customer, days)| Some((customer, of(days)?))).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "amounts below 2^53; a mean for a statistical model"
)]
fn summary(days: &BTreeMap<i32, i64>, last_day: i32, minor_per_main: f64) -> Option<Summary> {
    let (first, last) = (*days.keys().next()?, *days.keys().next_back()?);
    let repeats = u32::try_from(days.len() - 1).ok()?;
    let sum: f64 = days.values().skip(1).map(|minor| *minor as f64 / minor_per_main).sum();
    let value = if repeats == 0 { 0.0 } else { sum / f64::from(repeats) };
    let recency = f64::from(last - first) / WEEK;
    Some(Summary { repeats, recency, age: f64::from(last_day - first) / WEEK, value })
}

/// Pearson's correlation of repeats and mean value among those with both, which Gamma-Gamma assumes to
/// be small. `None` for fewer than three, or without spread.
#[expect(clippy::cast_precision_loss, reason = "a count of customers")]
pub fn correlation(customers: &[Summary]) -> Option<f64> {
    let with = || customers.iter().filter(|one| one.repeats > 0 && one.value > 0.0);
    let n = with().count() as f64;
    if n < 3.0 {
        return None;
    }
    let mean_x = with().map(|one| f64::from(one.repeats)).sum::<f64>() / n;
    let mean_z = with().map(|one| one.value).sum::<f64>() / n;
    let (mut xx, mut zz, mut xz) = (0.0, 0.0, 0.0);
    for one in with() {
        let (x, z) = (f64::from(one.repeats) - mean_x, one.value - mean_z);
        xx += x * x;
        zz += z * z;
        xz += x * z;
    }
    (xx > 0.0 && zz > 0.0).then(|| xz / (xx * zz).sqrt())
}
