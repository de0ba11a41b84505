//! Why a total changed: the shares of members, frequency, basket and redemption, adding up to the
//! whole change exactly (R20).

use crate::ratio::split;

/// The factors whose product is the value that members had back: each with 0 or more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Members who bought.
    pub members: f64,
    /// Purchases of each.
    pub frequency: f64,
    /// Net sales of a purchase, in minor units.
    pub basket: f64,
    /// The share of net sales that the total counts: 1 for sales, the redemption rate for value
    /// redeemed.
    pub redemption: f64,
}

/// What each factor did to the total, in the total's unit; the parts sum to the change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// By more or fewer members.
    pub members: f64,
    /// By each buying more or less often.
    pub frequency: f64,
    /// By larger or smaller baskets.
    pub basket: f64,
    /// By another share redeemed.
    pub redemption: f64,
}

/// The change of the product from `before` to `now`, by factor: Shapley's value, the mean over all 24
/// orders in which the factors could have changed. A factor that did not change gets exactly 0.
pub fn decompose(before: &Factors, now: &Factors) -> Parts {
    let (from, to) = (before.as_array(), now.as_array());
    let mut parts = [0.0; 4];
    for order in orders() {
        let mut at = from;
        for factor in order {
            let earlier: f64 = at.iter().product();
            at[factor] = to[factor];
            parts[factor] += at.iter().product::<f64>() - earlier;
        }
    }
    let [members, frequency, basket, redemption] = parts.map(|part| part / 24.0);
    Parts { members, frequency, basket, redemption }
}

impl Factors {
    fn as_array(&self) -> [f64; 4] {
        [self.members, self.frequency, self.basket, self.redemption]
    }
}

impl Parts {
    /// The share of each part in the whole change, in the order of the fields; `None` without change.
    pub fn shares(&self) -> Option<[f64; 4]> {
        let parts = [self.members, self.frequency, self.basket, self.redemption];
        let whole: f64 = parts.iter().sum();
        (whole != 0.0).then(|| parts.map(|part| part / whole))
    }

    /// The parts as whole minor units that sum to `change_minor`: rounded, the rest to the largest.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "shares of one amount, bounded by it; the sum is set exactly"
    )]
    pub fn in_minor(&self, change_minor: i64) -> [i64; 4] {
        let parts = [self.members, self.frequency, self.basket, self.redemption];
        let mut whole = parts.map(|part| part.round() as i64);
        let largest =
            (0..4).max_by(|a, b| parts[*a].abs().total_cmp(&parts[*b].abs())).unwrap_or(0);
        whole[largest] += change_minor - whole.iter().sum::<i64>();
        whole
    }
}

fn orders() -> impl Iterator<Item = [usize; 4]> {
    (0..256_usize).filter_map(|code| {
        let order = [code & 3, (code >> 2) & 3, (code >> 4) & 3, (code >> 6) & 3];
        let seen = order.iter().fold(0_u8, |seen, factor| seen | (1 << factor));
        (seen == 0b1111).then_some(order)
    })
}

/// Splits a change among named parts in proportion to their sizes, for causes that are counted and not
/// multiplied (stores, cohorts). `None` when no part has a size.
pub fn by_size(change_minor: i64, sizes: &[u64]) -> Option<Vec<i64>> {
    split(change_minor, sizes)
}
