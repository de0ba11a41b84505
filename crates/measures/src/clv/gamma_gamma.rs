//! How much a customer spends at a time: the Gamma-Gamma model (Fader and Hardie 2013), fitted by
//! maximum likelihood on customers with a repeat.

use super::simplex::maximize;
use super::summary::Summary;
use crate::stats::special::ln_gamma;

/// The model's three parameters, all positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    /// Shape of a customer's transactions.
    pub p: f64,
    /// Shape of the customers' scales.
    pub q: f64,
    /// Scale of the customers' scales, in the currency's main unit.
    pub v: f64,
}

/// A fitted model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// The parameters.
    pub model: Spending,
    /// The log-likelihood of the data.
    pub log_likelihood: f64,
    /// Customers with a repeat and a value.
    pub customers: u64,
    /// Whether the search settled.
    pub settled: bool,
}

/// Under this many customers with a repeat there is no fit.
pub const FEWEST: usize = 30;
const MOST_EVALUATIONS: usize = 20_000;
const FARTHEST: f64 = 16.0;

/// The parameters that make the values of `customers` most likely; those without a repeat or with a
/// value of 0 or less are left out. `None` for fewer than [`FEWEST`].
pub fn fit(customers: &[Summary]) -> Option<Fitted> {
    let with: Vec<(f64, f64)> = customers
        .iter()
        .filter(|one| one.repeats > 0 && one.value > 0.0)
        .map(|one| (f64::from(one.repeats), one.value))
        .collect();
    if with.len() < FEWEST {
        return None;
    }
    let counted = u64::try_from(with.len()).ok()?;
    let mut values: Vec<f64> = with.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    let middle = values[values.len() / 2];
    let of = |logs: &[f64]| {
        if logs.iter().any(|log| log.abs() > FARTHEST) {
            return f64::NEG_INFINITY;
        }
        likelihood(&from_logs(logs), &with)
    };
    let found = maximize(of, &[1.0, 1.0, middle.ln()], 1e-8, MOST_EVALUATIONS);
    let model = from_logs(&found.at);
    Some(Fitted { model, log_likelihood: found.value, customers: counted, settled: found.settled })
}

impl Spending {
    /// The mean spend per purchase expected of a customer: p (v + x z̄) ÷ (p x + q − 1), in the main
    /// unit; the population's mean for whoever has no repeat. `None` when q ≤ 1 leaves no mean.
    pub fn expected(&self, one: &Summary) -> Option<f64> {
        let x = f64::from(one.repeats);
        let below = self.p * x + self.q - 1.0;
        (below > 0.0).then(|| self.p * (self.v + x * one.value) / below)
    }

    /// The population's mean, p v ÷ (q − 1); `None` when q ≤ 1.
    pub fn population_mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.v / (self.q - 1.0))
    }
}

fn from_logs(logs: &[f64]) -> Spending {
    Spending { p: logs[0].exp(), q: logs[1].exp(), v: logs[2].exp() }
}

fn likelihood(model: &Spending, with: &[(f64, f64)]) -> f64 {
    let Spending { p, q, v } = *model;
    let (gamma_q, ln_v) = (ln_gamma(q), v.ln());
    let of = |(x, z): &(f64, f64)| {
        let px = p * x;
        ln_gamma(px + q) - ln_gamma(px) - gamma_q + q * ln_v + (px - 1.0) * z.ln() + px * x.ln()
            - (px + q) * (x * z + v).ln()
    };
    with.iter().map(of).sum()
}
