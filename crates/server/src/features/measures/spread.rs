//! Means with their spread over members and purchases, and ratios month by month.

use lazo_measures::diagnosis::{Fact, Facts};
use lazo_measures::stats::intervals::Mean;

use super::Days;
use super::lives::Life;

/// Months of the burn ratio that rules look at.
const MONTHS: i64 = 6;
/// A month of the rules, in days.
const MONTH: i64 = 30;

/// Purchases of each purchasing member (K8) and net sales of a purchase in minor units (K9b), with their spread; those
/// without two values are left out.
#[must_use]
pub fn means(lives: &[Life], days: Days) -> Vec<(&'static str, Mean)> {
    let (mut frequency, mut baskets) = (Vec::new(), Vec::new());
    for life in lives {
        let moved = life.within(days);
        if moved.purchases > 0 {
            frequency.push(small(moved.purchases));
        }
        let bought = life.days.iter().filter(|(day, m)| days.holds(*day) && m.purchases > 0);
        baskets.extend(bought.map(|(_, m)| small(m.net_minor) / small(m.purchases)));
    }
    // Rules know the members' basket as K9: of others the ledger knows nothing.
    let all = [("K8", Mean::of(frequency)), ("K9", Mean::of(baskets))];
    all.into_iter().filter_map(|(name, mean)| Some((name, mean?))).collect()
}

/// The burn ratio of the last months (K15), the earliest first.
#[must_use]
pub fn burn_by_month(lives: &[Life], days: Days) -> Facts {
    let mut series = Vec::new();
    let mut cases = 0_u64;
    for back in (0..MONTHS).rev() {
        let to = days.to - back * MONTH;
        let month = Days { from: to - MONTH + 1, to };
        let (mut issued, mut redeemed) = (0_i64, 0_i64);
        for moved in lives.iter().map(|life| life.within(month)) {
            issued = issued.saturating_add(moved.issued);
            redeemed = redeemed.saturating_add(moved.redeemed);
            cases += u64::from(moved.redeemed > 0);
        }
        if issued > 0 {
            series.push(small(redeemed) / small(issued));
        }
    }
    let fact = Fact::Series { series, n: cases };
    [("K15.months".to_owned(), fact)].into()
}

#[expect(clippy::cast_precision_loss, reason = "sums below 2^53, for statistics")]
fn small(value: i64) -> f64 {
    value as f64
}
