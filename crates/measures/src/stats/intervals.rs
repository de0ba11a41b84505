//! Proportions and means with their intervals, and what may be said of a difference.

use serde::{Deserialize, Serialize};

use super::distributions::{
    normal_quantile, normal_two_sided, student_quantile, student_two_sided,
};

/// A share of `hits` among `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proportion {
    /// How many had it.
    pub hits: u64,
    /// How many were asked; a share of 0 is not a number.
    pub n: u64,
}

/// A mean of `n` values with their standard deviation (n − 1 in its denominator).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean, in the unit of the values.
    pub mean: f64,
    /// The standard deviation, in the same unit.
    pub sd: f64,
    /// How many values.
    pub n: u64,
}

/// Both ends of an interval, in the unit of the estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A difference with what may be said of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The first less the second, in their unit.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// The interval at the level asked for.
    pub interval: Interval,
    /// The two-sided p-value of no difference.
    pub p: f64,
    /// Degrees of freedom, where the method has them.
    pub df: Option<f64>,
    /// What may be said.
    pub verdict: Verdict,
}

/// What an interval allows one to say. That it says nothing is an answer like the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval is above 0.
    Higher,
    /// The whole interval is below 0.
    Lower,
    /// The interval holds 0: not conclusive.
    NotConclusive,
}

impl Interval {
    /// Whether `value` lies in it, its ends included.
    pub fn holds(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// What it says of a difference.
    pub fn verdict(self) -> Verdict {
        if self.low > 0.0 {
            Verdict::Higher
        } else if self.high < 0.0 {
            Verdict::Lower
        } else {
            Verdict::NotConclusive
        }
    }

    /// Both ends multiplied by a factor that is not negative, as a per-person effect becomes a total.
    pub fn scaled(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }
}

impl Proportion {
    /// The share; `None` for n = 0.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn share(self) -> Option<f64> {
        (self.n > 0).then(|| self.hits as f64 / self.n as f64)
    }

    /// Wilson's score interval at `level` (0.95), which never leaves [0, 1] (Wilson 1927). `None` for
    /// n = 0.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn wilson(self, level: f64) -> Option<Interval> {
        let (p, n) = (self.share()?, self.n as f64);
        let z = normal_quantile(0.5 + level / 2.0);
        let center = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        Some(Interval { low: (center - spread) / scale, high: (center + spread) / scale })
    }

    /// This share less another: Newcombe's hybrid score interval (1998, method 10) and the pooled
    /// z-test. The verdict is the interval's. `None` when one has n = 0.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn less(self, other: Self, level: f64) -> Option<Difference> {
        let (p1, p2) = (self.share()?, other.share()?);
        let (one, two) = (self.wilson(level)?, other.wilson(level)?);
        let estimate = p1 - p2;
        let low = estimate - ((p1 - one.low).powi(2) + (two.high - p2).powi(2)).sqrt();
        let high = estimate + ((one.high - p1).powi(2) + (p2 - two.low).powi(2)).sqrt();
        let (n1, n2) = (self.n as f64, other.n as f64);
        let pooled = (self.hits + other.hits) as f64 / (n1 + n2);
        let se = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
        let p = if se > 0.0 { normal_two_sided(estimate / se) } else { 1.0 };
        let interval = Interval { low, high };
        Some(Difference { estimate, se, interval, p, df: None, verdict: interval.verdict() })
    }

    /// Wald's interval of the difference, for comparison with tools that show it; Newcombe's is the one
    /// to decide by. `None` when one has n = 0.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn wald_difference(self, other: Self, level: f64) -> Option<Interval> {
        let (p1, p2) = (self.share()?, other.share()?);
        let variance = p1 * (1.0 - p1) / self.n as f64 + p2 * (1.0 - p2) / other.n as f64;
        let spread = normal_quantile(0.5 + level / 2.0) * variance.sqrt();
        Some(Interval { low: p1 - p2 - spread, high: p1 - p2 + spread })
    }
}

impl Mean {
    /// Mean and standard deviation of `values` (Welford's recurrence). `None` for fewer than two.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut n, mut mean, mut squares) = (0_u64, 0.0, 0.0);
        for value in values {
            n += 1;
            let before = value - mean;
            mean += before / n as f64;
            squares += before * (value - mean);
        }
        (n >= 2).then(|| Self { mean, sd: (squares / (n - 1) as f64).sqrt(), n })
    }

    /// The standard error of the mean; `None` for n = 0.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn se(self) -> Option<f64> {
        (self.n > 0).then(|| self.sd / (self.n as f64).sqrt())
    }

    /// This mean less another, without assuming equal variances (Welch 1947, Satterthwaite's degrees of
    /// freedom). `None` when one has fewer than two values, or neither varies.
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    pub fn less(self, other: Self, level: f64) -> Option<Difference> {
        if self.n < 2 || other.n < 2 {
            return None;
        }
        let (v1, v2) = (self.se()?.powi(2), other.se()?.powi(2));
        let se = (v1 + v2).sqrt();
        if se <= 0.0 {
            return None;
        }
        let df =
            (v1 + v2).powi(2) / (v1 * v1 / (self.n - 1) as f64 + v2 * v2 / (other.n - 1) as f64);
        let estimate = self.mean - other.mean;
        let spread = student_quantile(0.5 + level / 2.0, df) * se;
        let interval = Interval { low: estimate - spread, high: estimate + spread };
        let p = student_two_sided(estimate / se, df);
        Some(Difference { estimate, se, interval, p, df: Some(df), verdict: interval.verdict() })
    }
}

/// Net promoter score in points of −100 to 100, with its standard error √((p₊ + p₋ − NPS²) ÷ n) and
/// interval. `None` when nobody answered.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn net_promoter(
    promoters: u64,
    passives: u64,
    detractors: u64,
    level: f64,
) -> Option<Difference> {
    let n = promoters + passives + detractors;
    if n == 0 {
        return None;
    }
    let (up, down) = (promoters as f64 / n as f64, detractors as f64 / n as f64);
    let score = up - down;
    let se = ((up + down - score * score) / n as f64).sqrt() * 100.0;
    let estimate = score * 100.0;
    let spread = normal_quantile(0.5 + level / 2.0) * se;
    let interval = Interval { low: estimate - spread, high: estimate + spread };
    let p = if se > 0.0 { normal_two_sided(estimate / se) } else { 1.0 };
    Some(Difference { estimate, se, interval, p, df: None, verdict: interval.verdict() })
}
