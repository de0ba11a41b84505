//! Splitting a whole over parts without losing a unit: largest remainder, and shares by cumulative differences.

/// Splits `total ≥ 0` over `weights ≥ 0` by largest remainder (Hamilton's method): each part gets the floor of its
/// exact share, the units left go to the largest fractions, ties to the earlier part.
///
/// The parts sum to `total`. When every weight is zero, the first part gets all; no weights give no parts.
#[must_use]
pub fn largest_remainder(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
    if sum == 0 {
        return weights.iter().enumerate().map(|(i, _)| if i == 0 { total } else { 0 }).collect();
    }
    let exact = |w: &i64| i128::from(total) * i128::from((*w).max(0));
    let mut parts: Vec<i64> =
        weights.iter().map(|w| i64::try_from(exact(w).div_euclid(sum)).unwrap_or(0)).collect();
    let mut left = total - parts.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(exact(&weights[i]).rem_euclid(sum)), i));
    for i in order {
        if left == 0 {
            break;
        }
        parts[i] += 1;
        left -= 1;
    }
    parts
}

/// How much of `whole` belongs to `part` out of `total`, rounded down, with all of it at `part == total`.
///
/// Piecewise shares are differences of this: `cumulative(w, after, t) - cumulative(w, before, t)`, so that any
/// sequence of pieces ends where one piece would.
#[must_use]
pub fn cumulative(whole: i64, part: i64, total: i64) -> i64 {
    if total <= 0 || part >= total {
        return whole;
    }
    i64::try_from((i128::from(whole) * i128::from(part.max(0))).div_euclid(i128::from(total)))
        .unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn m18_golden_lots_times_thirteen_tenths() {
        assert_eq!(largest_remainder(212, &[101, 57, 3, 1, 1]), [132, 74, 4, 1, 1]);
    }

    #[test]
    fn m33_golden_pool_of_four() {
        assert_eq!(
            largest_remainder(50_000, &[32_000, 28_000, 300_000, 9_000]),
            [4_336, 3_794, 40_650, 1_220]
        );
    }

    proptest! {
        #[test]
        fn i15_no_unit_is_lost(total in 0_i64..1_000_000_000, weights in proptest::collection::vec(0_i64..1_000_000, 1..20)) {
            let parts = largest_remainder(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().all(|p| *p >= 0));
        }

        #[test]
        fn i12_pieces_end_where_the_whole_does(whole in 0_i64..1_000_000, cuts in proptest::collection::vec(1_i64..50, 1..10)) {
            let total: i64 = cuts.iter().sum();
            let mut before = 0;
            let mut taken = 0;
            for cut in cuts {
                taken += cumulative(whole, before + cut, total) - cumulative(whole, before, total);
                before += cut;
            }
            prop_assert_eq!(taken, whole);
        }
    }
}
