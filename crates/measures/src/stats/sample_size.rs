//! How many people an experiment needs, what it could detect, and whether its groups have the sizes
//! that they should have.

use super::distributions::{chi_squared_above, normal_quantile};

/// Below this p-value of its group sizes an experiment is not read at all: the allocation is broken.
pub const RATIO_ALARM: f64 = 0.001;

/// People per group (equal groups) to find a change from the share `base` to `base + lift`, two-sided
/// at `alpha` with `power`: unpooled normal formula (Fleiss, Levin & Paik, 3rd ed., eq. 4.14 without
/// its correction). `None` for shares outside (0, 1) or no lift.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive count, checked against the range of exact floats"
)]
pub fn per_group(base: f64, lift: f64, alpha: f64, power: f64) -> Option<u64> {
    let other = base + lift;
    let inside = |share: f64| share > 0.0 && share < 1.0;
    if !inside(base) || !inside(other) || lift == 0.0 {
        return None;
    }
    let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    let n = z * z * (base * (1.0 - base) + other * (1.0 - other)) / (lift * lift);
    (n.is_finite() && n < 9e15).then(|| n.ceil() as u64)
}

/// People per group to find a difference of `lift` between means with standard deviation `sd`. `None`
/// for no lift or no spread.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive count, checked against the range of exact floats"
)]
pub fn per_group_of_means(sd: f64, lift: f64, alpha: f64, power: f64) -> Option<u64> {
    let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    let n = 2.0 * (z * sd / lift).powi(2);
    (n.is_finite() && n > 0.0 && n < 9e15).then(|| n.ceil() as u64)
}

/// The smallest difference from the share `base` (that of the second group) which groups of `n1` and
/// `n2` find with `power`, as a share. `None` for empty groups or a share outside (0, 1).
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn detectable(base: f64, n1: u64, n2: u64, alpha: f64, power: f64) -> Option<f64> {
    if n1 == 0 || n2 == 0 || !(base > 0.0 && base < 1.0) {
        return None;
    }
    let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    Some(z * (base * (1.0 - base) * (1.0 / n1 as f64 + 1.0 / n2 as f64)).sqrt())
}

/// The p-value of the sizes of groups against the `weights` they were meant to have (Pearson's χ²);
/// under [`RATIO_ALARM`] the allocation is broken. `None` for fewer than two groups, a weight of 0, or
/// nobody allocated.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn ratio_p(sizes: &[u64], weights: &[f64]) -> Option<f64> {
    let total: u64 = sizes.iter().sum();
    let whole: f64 = weights.iter().sum();
    let fit = sizes.len() == weights.len() && sizes.len() >= 2 && total > 0;
    if !fit || weights.iter().any(|weight| *weight <= 0.0) {
        return None;
    }
    let of = |(size, weight): (&u64, &f64)| {
        let expected = total as f64 * weight / whole;
        (*size as f64 - expected).powi(2) / expected
    };
    let statistic: f64 = sizes.iter().zip(weights).map(of).sum();
    Some(chi_squared_above(statistic, (sizes.len() - 1) as f64))
}
