//! The normal, Student's and chi-squared distributions, as far as intervals and tests need them.

use super::special::{beta_regularized, gamma_upper};

/// P(Z ≤ z) of the standard normal distribution.
pub fn normal_below(z: f64) -> f64 {
    let tail = 0.5 * gamma_upper(0.5, z * z / 2.0);
    if z < 0.0 { tail } else { 1.0 - tail }
}

/// The two-sided p-value of a standard normal statistic.
pub fn normal_two_sided(z: f64) -> f64 {
    gamma_upper(0.5, z * z / 2.0)
}

/// The z with P(Z ≤ z) = `p`, for p in (0, 1); `NaN` outside.
pub fn normal_quantile(p: f64) -> f64 {
    quantile(p, 40.0, normal_below)
}

/// P(T ≤ t) of Student's distribution with `df` degrees of freedom (A&S 26.7.1).
pub fn student_below(t: f64, df: f64) -> f64 {
    let tail = 0.5 * beta_regularized(df / (df + t * t), df / 2.0, 0.5);
    if t < 0.0 { tail } else { 1.0 - tail }
}

/// The two-sided p-value of a t statistic with `df` degrees of freedom.
pub fn student_two_sided(t: f64, df: f64) -> f64 {
    beta_regularized(df / (df + t * t), df / 2.0, 0.5)
}

/// The t with P(T ≤ t) = `p` for `df` degrees of freedom; `NaN` outside (0, 1).
pub fn student_quantile(p: f64, df: f64) -> f64 {
    quantile(p, 1e7, |t| student_below(t, df))
}

/// P(X ≥ x) of the chi-squared distribution with `df` degrees of freedom.
pub fn chi_squared_above(x: f64, df: f64) -> f64 {
    gamma_upper(df / 2.0, x / 2.0)
}

/// Bisection of a rising function that is symmetric about 0, in the lower half where tails keep their
/// digits; 200 halvings end at neighboring floats.
fn quantile(p: f64, far: f64, below: impl Fn(f64) -> f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -quantile(1.0 - p, far, below);
    }
    let (mut low, mut high) = (-far, 0.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if below(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}
