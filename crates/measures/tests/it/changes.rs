//! Two-sided sections, drivers of a change, outcomes and calibration.

use lazo_measures::changes::{Compared, two_sided};
use lazo_measures::closing::{Direction, Outcome, Prediction, calibration, outcome};
use lazo_measures::drivers::{Factors, decompose};
use lazo_measures::stats::intervals::Interval;

use crate::near;

fn compared(kpi: &str, better: Direction, now: f64, before: f64, se: Option<f64>) -> Compared {
    Compared { kpi: kpi.to_owned(), better, now, before, se }
}

#[test]
fn r79_one_metric_falling_a_fifth_appears_among_the_deteriorations() {
    let all = [
        compared("K8", Direction::Up, 3.2, 4.0, None),
        compared("K6", Direction::Up, 0.52, 0.50, Some(0.004)),
        compared("K13", Direction::Down, 0.30, 0.20, Some(0.01)),
        compared("K9", Direction::Up, 41.0, 40.6, None),
        compared("K4", Direction::Up, 0.1, 0.0, None),
    ];
    let sides = two_sided(&all, 5);
    let names = |side: &[lazo_measures::changes::Change]| -> Vec<String> {
        side.iter().map(|change| change.of.kpi.clone()).collect()
    };
    assert_eq!(names(&sides.improvements), ["K6"]);
    assert_eq!(names(&sides.deteriorations), ["K13", "K8"], "more churn is worse");
    near(sides.deteriorations[1].relative.unwrap(), -0.2, 1e-12);
    near(sides.deteriorations[0].size, 10.0, 1e-9);
}

#[test]
fn r20_a_drop_by_frequency_alone_is_laid_to_frequency() {
    let before = Factors { members: 1_000.0, frequency: 4.0, basket: 2_500.0, redemption: 0.7 };
    let parts = decompose(&before, &Factors { frequency: 3.0, ..before });
    assert!(parts.shares().unwrap()[1] >= 0.95);
    assert_eq!(parts.in_minor(-1_750_000), [0, -1_750_000, 0, 0]);
    // A little of everything: the parts still sum to the change.
    let now = Factors { members: 1_040.0, frequency: 3.1, basket: 2_460.0, redemption: 0.72 };
    let parts = decompose(&before, &now);
    let change = 1_040.0 * 3.1 * 2_460.0 * 0.72 - 1_000.0 * 4.0 * 2_500.0 * 0.7;
    near(parts.members + parts.frequency + parts.basket + parts.redemption, change, 1e-6);
    assert_eq!(parts.in_minor(-1_289_635).iter().sum::<i64>(), -1_289_635);
    assert!(parts.shares().unwrap()[1] > 0.95);
    assert_eq!(decompose(&before, &before).shares(), None);
}

#[test]
fn r5_success_needs_an_interval_on_the_side_that_was_wanted() {
    let of = |low, high| Interval { low, high };
    assert_eq!(outcome(of(0.1, 0.4), Direction::Up), Outcome::Success);
    assert_eq!(outcome(of(-0.4, -0.1), Direction::Down), Outcome::Success);
    assert_eq!(outcome(of(-0.4, -0.1), Direction::Up), Outcome::Failure);
    assert_eq!(outcome(of(-0.1, 0.4), Direction::Up), Outcome::NotConclusive);
}

#[test]
fn r82_calibration_says_how_good_predictions_were() {
    let of = |low, high, measured| Prediction { predicted: Interval { low, high }, measured };
    let found = calibration(&[of(0.0, 0.2, 0.1), of(0.2, 0.4, 0.1), of(0.0, 0.1, -0.05)]).unwrap();
    assert_eq!((found.measured, found.inside), (3, 1));
    near(found.bias, (0.0 - 0.2 - 0.1) / 3.0, 1e-12);
    assert_eq!(calibration(&[]), None);
}
