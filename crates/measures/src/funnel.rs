//! Funnels: how many reach each step, and where they are lost.

use crate::stats::intervals::{Interval, Proportion};

/// A step with what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The step's code.
    pub code: String,
    /// How many reached it.
    pub reached: u64,
    /// The share of the step before, with Wilson's 95 % interval; `None` for the first and after 0.
    pub of_previous: Option<(f64, Interval)>,
    /// The share of the first step; `None` when nobody began.
    pub of_first: Option<f64>,
}

/// Steps of a funnel from people and the furthest step each reached (0 the first). Whoever reached a
/// step passed the ones before it.
pub fn steps(codes: &[&str], furthest: impl IntoIterator<Item = usize>) -> Vec<Step> {
    let mut reached = vec![0_u64; codes.len()];
    for step in furthest {
        for count in reached.iter_mut().take(step + 1) {
            *count += 1;
        }
    }
    let of = |at: usize| {
        let share = |n: u64| Proportion { hits: reached[at], n };
        let before = at.checked_sub(1).map(|before| share(reached[before]));
        let of_previous = before.and_then(|p| Some((p.share()?, p.wilson(0.95)?)));
        let of_first = share(reached[0]).share();
        Step { code: codes[at].to_owned(), reached: reached[at], of_previous, of_first }
    };
    (0..codes.len()).map(of).collect()
}
