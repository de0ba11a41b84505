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
    // Everyday sizes fit in 64 bits, where a division takes a fraction of the time: no weight is above the sum.
    match (u64::try_from(total), u64::try_from(sum)) {
        (Ok(whole), Ok(sum)) if whole.checked_mul(sum).is_some() => {
            split(total, weights, |weight| {
                let product = whole * weight.unsigned_abs();
                (i64::try_from(product / sum).unwrap_or(0), product % sum)
            })
        }
        _ => split(total, weights, |weight| {
            let product = i128::from(total) * i128::from(weight);
            (i64::try_from(product.div_euclid(sum)).unwrap_or(0), product.rem_euclid(sum))
        }),
    }
}

/// Splits by `share`, which answers a weight's share rounded down and what is left of the division.
fn split<R: Ord + Copy>(total: i64, weights: &[i64], share: impl Fn(i64) -> (i64, R)) -> Vec<i64> {
    let mut rests = Vec::with_capacity(weights.len());
    let mut left = total;
    let part = |(place, weight): (usize, &i64)| {
        let (part, rest) = share((*weight).max(0));
        rests.push((std::cmp::Reverse(rest), place));
        left -= part;
        part
    };
    let mut parts: Vec<i64> = weights.iter().enumerate().map(part).collect();
    let left = usize::try_from(left).unwrap_or(0).min(rests.len());
    if left > 0 {
        rests.select_nth_unstable(left - 1);
        rests[..left].iter().for_each(|(_, place)| parts[*place] += 1);
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
    fn i15_a_split_beyond_64_bits_is_as_exact() {
        let big = i64::MAX / 2;
        assert_eq!(largest_remainder(3, &[big, big, 1]), [2, 1, 0]);
        assert_eq!(largest_remainder(i64::MAX, &[1, 1]), [i64::MAX / 2 + 1, i64::MAX / 2]);
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
