//! How often a customer will buy: the beta-geometric/negative-binomial model (Fader, Hardie and Lee
//! 2005), fitted by maximum likelihood.

use std::collections::BTreeMap;

use super::simplex::maximize;
use super::summary::Summary;
use crate::stats::special::{hypergeometric, ln_gamma};

/// The model's four parameters, all positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Buying {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Scale of the purchase rates, in the unit of time.
    pub alpha: f64,
    /// First parameter of the chance to leave after a purchase.
    pub a: f64,
    /// Second parameter of it.
    pub b: f64,
}

/// A fitted model with how well it fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// The parameters.
    pub model: Buying,
    /// The log-likelihood of the data.
    pub log_likelihood: f64,
    /// Customers in it.
    pub customers: u64,
    /// How often the likelihood was computed.
    pub evaluations: usize,
    /// How far the fit may be trusted.
    pub quality: Quality,
}

/// What a fit is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// All parameters are determined by the data.
    Determined,
    /// The chance to leave went to nothing: rates can be used, P(alive) says nothing.
    DropoutNotMeasurable,
    /// The search did not settle: do not use.
    NotSettled,
}

/// Why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFit {
    /// Fewer than [`FEWEST`] customers.
    TooFew,
    /// Nobody bought twice: the rate is known, nothing else.
    NoRepeats,
    /// A customer whose times contradict each other (a repeat without recency, recency past the age).
    Contradiction,
}

/// Under this many customers four parameters are guesses.
pub const FEWEST: usize = 50;
/// Below this mean chance to leave, a ÷ (a + b), the data do not show anyone leaving.
const LEAST_DROPOUT: f64 = 1e-4;
const MOST_EVALUATIONS: usize = 20_000;
/// ln of the largest parameter that is tried; what wants past it is not measurable.
const FARTHEST: f64 = 14.0;

/// Customers alike, and how many they are.
struct Group {
    x: f64,
    recency: f64,
    age: f64,
    many: f64,
}

/// The parameters that make `customers` most likely. The log-likelihood is summed over all of them.
pub fn fit(customers: &[Summary]) -> Result<Fitted, NoFit> {
    if customers.len() < FEWEST {
        return Err(NoFit::TooFew);
    }
    let wrong = |one: &Summary| {
        one.recency > one.age || one.recency < 0.0 || (one.repeats == 0) != (one.recency == 0.0)
    };
    if customers.iter().any(wrong) {
        return Err(NoFit::Contradiction);
    }
    if customers.iter().all(|one| one.repeats == 0) {
        return Err(NoFit::NoRepeats);
    }
    let groups = grouped(customers);
    let scale = groups.iter().map(|group| group.age).fold(0.0, f64::max).max(1e-9) / 10.0;
    let far = |logs: &[f64]| logs.iter().any(|log| log.abs() > FARTHEST);
    let of = |logs: &[f64]| {
        if far(logs) { f64::NEG_INFINITY } else { likelihood(&from_logs(logs), &groups) }
    };
    let found = maximize(of, &[-1.0, scale.ln(), 0.0, 1.0], 1e-8, MOST_EVALUATIONS);
    let model = from_logs(&found.at);
    let quality = if model.a / (model.a + model.b) < LEAST_DROPOUT {
        Quality::DropoutNotMeasurable
    } else if found.settled {
        Quality::Determined
    } else {
        Quality::NotSettled
    };
    let customers = u64::try_from(customers.len()).unwrap_or(u64::MAX);
    let evaluations = found.evaluations;
    Ok(Fitted { model, log_likelihood: found.value, customers, evaluations, quality })
}

impl Buying {
    /// The log-likelihood of `customers` under these parameters: A1 + A2 + ln(e^A3 + δ e^A4).
    pub fn log_likelihood(&self, customers: &[Summary]) -> f64 {
        likelihood(self, &grouped(customers))
    }

    /// The chance that a customer is still one. It is 1 for whoever never came back: of those the
    /// model knows nothing, use a window instead (§3.3).
    pub fn alive(&self, one: &Summary) -> f64 {
        1.0 / (1.0 + self.left_odds(one))
    }

    /// Purchases expected of a customer in the next `time`. `None` where the series does not settle.
    pub fn expected(&self, one: &Summary, time: f64) -> Option<f64> {
        let x = f64::from(one.repeats);
        let Self { r, alpha, a, b } = *self;
        let a = away_from_one(a);
        let past = alpha + one.age;
        let series = hypergeometric(r + x, b + x, a + b + x - 1.0, time / (past + time))?;
        let fewer = ((r + x) * (past / (past + time)).ln()).exp() * series;
        Some((a + b + x - 1.0) / (a - 1.0) * (1.0 - fewer) / (1.0 + self.left_odds(one)))
    }

    /// Purchases expected of a new customer in the `time` after the first one. `None` as above.
    pub fn expected_of_new(&self, time: f64) -> Option<f64> {
        let Self { r, alpha, a, b } = *self;
        let a = away_from_one(a);
        let series = hypergeometric(r, b, a + b - 1.0, time / (alpha + time))?;
        Some((a + b - 1.0) / (a - 1.0) * (1.0 - (r * (alpha / (alpha + time)).ln()).exp() * series))
    }

    /// The odds of having left: a ÷ (b + x − 1) × ((α + T) ÷ (α + t_x))^(r + x), 0 without a repeat.
    fn left_odds(&self, one: &Summary) -> f64 {
        if one.repeats == 0 {
            return 0.0;
        }
        let x = f64::from(one.repeats);
        let ratio = (self.alpha + one.age) / (self.alpha + one.recency);
        self.a / (self.b + x - 1.0) * ((self.r + x) * ratio.ln()).exp()
    }
}

/// The formulas divide by a − 1; next to 1 they have a limit that this comes close enough to.
fn away_from_one(a: f64) -> f64 {
    if (a - 1.0).abs() < 1e-7 { 1.0 + 1e-7 } else { a }
}

fn from_logs(logs: &[f64]) -> Buying {
    Buying { r: logs[0].exp(), alpha: logs[1].exp(), a: logs[2].exp(), b: logs[3].exp() }
}

fn likelihood(model: &Buying, groups: &[Group]) -> f64 {
    let Buying { r, alpha, a, b } = *model;
    let (gamma_r, ln_alpha, ln_a) = (ln_gamma(r), alpha.ln(), a.ln());
    let mut of_x: (f64, f64) = (f64::NAN, 0.0);
    let mut sum = 0.0;
    for group in groups {
        let x = group.x;
        if of_x.0 != x {
            let a2 = ln_gamma(a + b) - ln_gamma(b) + ln_gamma(b + x) - ln_gamma(a + b + x);
            of_x = (x, ln_gamma(r + x) - gamma_r + r * ln_alpha + a2);
        }
        let a3 = -(r + x) * (alpha + group.age).ln();
        let tail = if x > 0.0 {
            let a4 = ln_a - (b + x - 1.0).ln() - (r + x) * (alpha + group.recency).ln();
            let top = a3.max(a4);
            top + ((a3 - top).exp() + (a4 - top).exp()).ln()
        } else {
            a3
        };
        sum += group.many * (of_x.1 + tail);
    }
    sum
}

/// Customers alike are computed once; groups come in the order of their repeats.
fn grouped(customers: &[Summary]) -> Vec<Group> {
    let mut counts: BTreeMap<(u32, u64, u64), f64> = BTreeMap::new();
    for one in customers {
        *counts.entry((one.repeats, one.recency.to_bits(), one.age.to_bits())).or_default() += 1.0;
    }
    let of = |((x, recency, age), many)| Group {
        x: f64::from(x),
        recency: f64::from_bits(recency),
        age: f64::from_bits(age),
        many,
    };
    counts.into_iter().map(of).collect()
}
