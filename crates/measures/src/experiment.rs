//! Experiments: reading a test once or as often as one likes, sharing people among variants, balance
//! before the start, and effects without a control group.

use serde::{Deserialize, Serialize};

use crate::seed::Draws;
use crate::stats::distributions::{normal_quantile, student_quantile, student_two_sided};
use crate::stats::intervals::{Difference, Interval, Mean};
use crate::stats::sample_size::{RATIO_ALARM, ratio_p};

/// Whether an experiment can be read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ratio {
    /// The groups have the sizes that chance gives.
    Sound,
    /// They do not: something dropped people from one of them, and no result is read.
    Broken,
}

/// Judges the sizes of two groups against the share meant for the first. `None` when nobody is in
/// them.
pub fn ratio(treated: u64, control: u64, treated_share: f64) -> Option<Ratio> {
    let p = ratio_p(&[treated, control], &[treated_share, 1.0 - treated_share])?;
    Some(if p < RATIO_ALARM { Ratio::Broken } else { Ratio::Sound })
}

/// An interval that stays true however often one looks: the normal mixture of Robbins (1970) with the
/// spread `tau` of effects thought likely, in the estimate's unit. Wider than the one-look interval.
pub fn anytime(estimate: f64, se: f64, tau: f64, level: f64) -> Interval {
    let (variance, prior) = (se * se, tau * tau);
    let wide = variance * (variance + prior) / prior;
    let alpha = 1.0 - level;
    let spread = (wide * (((variance + prior) / variance).ln() - 2.0 * alpha.ln())).sqrt();
    Interval { low: estimate - spread, high: estimate + spread }
}

/// The total effect on `treated` people of a difference of means, with its interval: intention to
/// treat, everybody counts in the group where chance put them (K32, K33).
pub fn total(difference: &Difference, treated: u64) -> (f64, Interval) {
    #[expect(clippy::cast_precision_loss, reason = "a count of people")]
    let many = treated as f64;
    (difference.estimate * many, difference.interval.scaled(many))
}

/// The effect by difference in differences from per-unit changes (after less before) of treated and
/// untreated units; *observational*, for the groups were not drawn by chance. `None` for fewer than
/// two units on a side.
pub fn difference_in_differences(
    treated: &[f64],
    untreated: &[f64],
    level: f64,
) -> Option<Difference> {
    Mean::of(treated.iter().copied())?.less(Mean::of(untreated.iter().copied())?, level)
}

/// Chances of each variant to be the best by its binary results, from `draws` of its beta posterior
/// (normal approximation above 30 results, uniform below): the shares of a Thompson allocation. Each
/// keeps at least `floor`, so that no variant is starved by an early streak.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn allocation(results: &[(u64, u64)], floor: f64, seed: u64, draws: u32) -> Vec<f64> {
    let mut wins = vec![0_u32; results.len()];
    let mut chance = Draws::new(seed);
    for _ in 0..draws {
        let of = |(hits, n): &(u64, u64), chance: &mut Draws| {
            let (a, b) = (*hits as f64 + 1.0, (*n - *hits.min(n)) as f64 + 1.0);
            let mean = a / (a + b);
            let sd = (mean * (1.0 - mean) / (a + b + 1.0)).sqrt();
            if *n < 30 { chance.unit() } else { mean + sd * chance.normal() }
        };
        let drawn: Vec<f64> = results.iter().map(|result| of(result, &mut chance)).collect();
        let best = (0..drawn.len()).max_by(|a, b| drawn[*a].total_cmp(&drawn[*b]));
        if let Some(best) = best {
            wins[best] += 1;
        }
    }
    let free = (1.0 - floor * results.len() as f64).max(0.0);
    wins.iter().map(|won| floor + free * f64::from(*won) / f64::from(draws.max(1))).collect()
}

/// The difference of means after taking out what the period before already explains (Deng et al. 2013,
/// CUPED): pairs of (before, after) for each person. `None` for fewer than three on a side.
pub fn adjusted(treated: &[(f64, f64)], control: &[(f64, f64)], level: f64) -> Option<Difference> {
    let all: Vec<(f64, f64)> = treated.iter().chain(control).copied().collect();
    let before = Mean::of(all.iter().map(|pair| pair.0))?;
    let after = Mean::of(all.iter().map(|pair| pair.1))?;
    #[expect(clippy::cast_precision_loss, reason = "a count of people")]
    let n = all.len() as f64;
    let both: f64 = all.iter().map(|pair| (pair.0 - before.mean) * (pair.1 - after.mean)).sum();
    let variance = before.sd * before.sd;
    let slope = if variance > 0.0 { both / (n - 1.0) / variance } else { 0.0 };
    let of = |pair: &(f64, f64)| pair.1 - slope * (pair.0 - before.mean);
    let one = Mean::of(treated.iter().map(of))?;
    one.less(Mean::of(control.iter().map(of))?, level)
}

/// One-sided test that a mean is beyond a line; the p-value. Used by the rules of diagnosis.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn beyond(mean: &Mean, line: f64, above: bool) -> Option<f64> {
    let se = mean.se().filter(|se| *se > 0.0)?;
    let t = (mean.mean - line) / se;
    let t = if above { t } else { -t };
    let two = student_two_sided(t, (mean.n.max(2) - 1) as f64);
    Some(if t > 0.0 { two / 2.0 } else { 1.0 - two / 2.0 })
}

/// The interval of a single mean by Student's distribution; `None` for fewer than two values.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn mean_interval(mean: &Mean, level: f64) -> Option<Interval> {
    if mean.n < 2 {
        return None;
    }
    let spread = student_quantile(0.5 + level / 2.0, (mean.n - 1) as f64) * mean.se()?;
    Some(Interval { low: mean.mean - spread, high: mean.mean + spread })
}

/// The normal interval around an estimate with a known standard error.
pub fn normal_interval(estimate: f64, se: f64, level: f64) -> Interval {
    let spread = normal_quantile(0.5 + level / 2.0) * se;
    Interval { low: estimate - spread, high: estimate + spread }
}
