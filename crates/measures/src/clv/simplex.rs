//! The search for a maximum without derivatives: Nelder and Mead's simplex with adaptive steps (Gao and
//! Han 2012), begun again from its result until it finds no better.

/// Where the search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The best point.
    pub at: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// How often the function was asked.
    pub evaluations: usize,
    /// Whether it settled before the limit of evaluations.
    pub settled: bool,
}

/// Rounds of begun-again searches; the second confirms the first, more are for long valleys.
const MOST_ROUNDS: usize = 12;

/// The largest value of `f` near `start`, to a difference of `tolerance` between rounds, within
/// `most_evaluations`. A value that is not finite counts as the worst.
pub fn maximize(
    f: impl Fn(&[f64]) -> f64,
    start: &[f64],
    tolerance: f64,
    most_evaluations: usize,
) -> Found {
    let mut asked = 0;
    let mut ask = |point: &[f64]| {
        asked += 1;
        let value = f(point);
        if value.is_finite() { -value } else { f64::MAX }
    };
    let mut best = (start.to_vec(), ask(start));
    let mut settled = false;
    let mut used = 1;
    for round in 0..MOST_ROUNDS {
        let step = if round == 0 { 0.5 } else { 0.1 };
        let (next, calls) = descend(&mut ask, &best.0, step, tolerance, most_evaluations - used);
        used += calls;
        let gain = best.1 - next.1;
        if next.1 <= best.1 {
            best = next;
        }
        settled = round > 0 && gain.abs() <= tolerance;
        if settled || used >= most_evaluations {
            break;
        }
    }
    Found { value: -best.1, at: best.0, evaluations: asked, settled }
}

type Point = (Vec<f64>, f64);

fn descend(
    ask: &mut impl FnMut(&[f64]) -> f64,
    start: &[f64],
    step: f64,
    tolerance: f64,
    most: usize,
) -> (Point, usize) {
    let n = start.len();
    let mut simplex = vec![(start.to_vec(), ask(start))];
    for axis in 0..n {
        let mut point = start.to_vec();
        point[axis] += step;
        let value = ask(&point);
        simplex.push((point, value));
    }
    let mut calls = n + 1;
    let order = |simplex: &mut Vec<Point>| simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
    order(&mut simplex);
    while calls < most && !flat(&simplex, tolerance) {
        calls += step_once(ask, &mut simplex);
        order(&mut simplex);
    }
    (simplex.swap_remove(0), calls)
}

/// Flat in value and small in extent: one alone is met on a ridge long before its top.
fn flat(simplex: &[Point], tolerance: f64) -> bool {
    let (best, worst) = (&simplex[0], &simplex[simplex.len() - 1]);
    let apart =
        |point: &Point| point.0.iter().zip(&best.0).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    worst.1 - best.1 <= tolerance * 0.01 && simplex.iter().map(apart).fold(0.0, f64::max) <= 1e-7
}

#[expect(clippy::cast_precision_loss, reason = "a handful of dimensions")]
fn step_once(ask: &mut impl FnMut(&[f64]) -> f64, simplex: &mut [Point]) -> usize {
    let n = simplex.len() - 1;
    let d = (n as f64).max(2.0);
    let (expand, contract, shrink) = (1.0 + 2.0 / d, 0.75 - 0.5 / d, 1.0 - 1.0 / d);
    let center: Vec<f64> = (0..n)
        .map(|axis| simplex[..n].iter().map(|point| point.0[axis]).sum::<f64>() / n as f64)
        .collect();
    let worst = simplex[n].0.clone();
    let mut toward = |far: f64| {
        let point: Vec<f64> = center.iter().zip(&worst).map(|(c, w)| c + far * (c - w)).collect();
        let value = ask(&point);
        (point, value)
    };
    let reflected = toward(1.0);
    if reflected.1 < simplex[0].1 {
        let further = toward(expand);
        simplex[n] = if further.1 < reflected.1 { further } else { reflected };
        return 2;
    }
    if reflected.1 < simplex[n - 1].1 {
        simplex[n] = reflected;
        return 1;
    }
    let inside = if reflected.1 < simplex[n].1 { toward(contract) } else { toward(-contract) };
    if inside.1 < reflected.1.min(simplex[n].1) {
        simplex[n] = inside;
        return 2;
    }
    let best = simplex[0].0.clone();
    for point in simplex.iter_mut().skip(1) {
        point.0.iter_mut().zip(&best).for_each(|(x, b)| *x = b + shrink * (*x - b));
        point.1 = ask(&point.0);
    }
    2 + n
}
