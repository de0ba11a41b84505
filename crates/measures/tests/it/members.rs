//! Cohorts, funnels, RFM, churn and the wait for the first reward.

use lazo_measures::churn::{State, state, window};
use lazo_measures::cohorts::{Life, cohorts, retention};
use lazo_measures::funnel::steps;
use lazo_measures::rfm::{Bounds, Habits, Segment, scores, segment};
use lazo_measures::survival::{Waited, curve, median};

use crate::near;

#[test]
fn k12_retention_by_cohort() {
    let life = |began, active: &[i32]| Life { began, active: active.to_vec() };
    let lives =
        [life(10, &[10, 11, 12, 11]), life(10, &[10]), life(11, &[12, 9, 14]), life(12, &[12])];
    let rows = cohorts(&lives, 12);
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[0].size, rows[0].active.as_slice()), (2, [2, 1, 1].as_slice()));
    assert_eq!((rows[1].size, rows[1].active.as_slice()), (1, [0, 1].as_slice()));
    let month_one = retention(&rows, 1).unwrap();
    assert_eq!((month_one.hits, month_one.n), (2, 3), "the youngest cohort is not counted yet");
    assert_eq!(retention(&rows, 3), None);
}

#[test]
fn r83_a_funnel_counts_whoever_passed_a_step() {
    let found = steps(&["seen", "begun", "done"], [0, 0, 1, 2, 2, 2, 0, 1]);
    let reached: Vec<u64> = found.iter().map(|step| step.reached).collect();
    assert_eq!(reached, [8, 5, 3]);
    near(found[2].of_previous.unwrap().0, 0.6, 1e-12);
    near(found[2].of_first.unwrap(), 0.375, 1e-12);
    assert_eq!(steps(&["seen", "begun"], [])[1].of_first, None);
}

#[test]
fn k31_equal_values_have_equal_scores_and_segments_follow() {
    let one = |days_since, purchases, net_minor| Habits { days_since, purchases, net_minor };
    let customers: Vec<Habits> =
        (0..10).map(|at| one(10 * at, 20 - 2 * at, 1_000 * i64::from(10 - at))).collect();
    let found = scores(&customers);
    assert_eq!((found[0].recency, found[0].frequency, found[0].monetary), (5, 5, 5));
    assert_eq!((found[9].recency, found[9].frequency, found[9].monetary), (1, 1, 1));
    assert_eq!(segment(&found[0]), Segment::Champions);
    assert_eq!(segment(&found[9]), Segment::Lost);
    let same = scores(&[one(5, 1, 1), one(5, 1, 1), one(5, 1, 1)]);
    assert!(same.iter().all(|scores| scores == &same[0]));
    let named =
        |r, f| segment(&lazo_measures::rfm::Scores { recency: r, frequency: f, monetary: 3 });
    assert_eq!(named(1, 5), Segment::CannotLose);
    assert_eq!(named(2, 4), Segment::AtRisk);
    assert_eq!(named(5, 1), Segment::New);
    assert_eq!(named(3, 3), Segment::NeedAttention);
}

/// The bounds of quintiles give what counting everybody who is below gives, whatever is equal to what.
#[test]
fn k31_bounds_score_one_as_all_of_them_do() {
    let mut state = 7_u32;
    let mut dice = |sides: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % sides
    };
    for size in [1, 2, 4, 5, 6, 9, 50, 333] {
        let sides = 1 + dice(40);
        let all: Vec<Habits> = (0..size)
            .map(|_| Habits {
                days_since: dice(sides),
                purchases: 1 + dice(5),
                net_minor: i64::from(dice(sides)) - 3,
            })
            .collect();
        let bounds = Bounds::of(&all);
        for one in &all {
            let rank = |is_below: &dyn Fn(&&Habits) -> bool| {
                let below = all.iter().filter(|other| is_below(other)).count();
                u8::try_from(below * 5 / all.len()).unwrap() + 1
            };
            let found = bounds.scores(one);
            assert_eq!(found.recency, rank(&|other| other.days_since > one.days_since));
            assert_eq!(found.frequency, rank(&|other| other.purchases < one.purchases));
            assert_eq!(found.monetary, rank(&|other| other.net_minor < one.net_minor));
        }
    }
}

#[test]
fn k19_the_median_wait_counts_those_who_still_wait() {
    let waited = |days, happened| Waited { days, happened };
    // 1 of 5, then one leaves, then 1 of 3, then 1 of 2: 0.8, 0.5333…, 0.2666….
    let people = [
        waited(10, true),
        waited(15, false),
        waited(20, true),
        waited(30, true),
        waited(40, false),
    ];
    let found = curve(&people);
    near(found[0].waiting, 0.8, 1e-12);
    near(found[1].waiting, 0.8 * 2.0 / 3.0, 1e-12);
    assert_eq!((found[1].at_risk, found[2].at_risk), (3, 2));
    assert_eq!(median(&people), Some(30));
    assert_eq!(median(&[waited(5, true), waited(9, false), waited(9, false)]), None);
}

#[test]
fn k13_pace_and_window_of_churn() {
    assert_eq!(window(&[10, 20, 30]), 90);
    assert_eq!(window(&[50, 60, 70]), 180);
    let gaps = [7, 7, 8, 14];
    assert_eq!(state(7, &gaps, &[]), Some(State::Active));
    assert_eq!(state(12, &gaps, &[]), Some(State::Slowing));
    assert_eq!(state(15, &gaps, &[]), Some(State::AtRisk));
    assert_eq!(state(29, &gaps, &[]), Some(State::Lapsed));
    // Two gaps are no pace of one's own.
    assert_eq!(state(29, &[7, 7], &[30, 40, 50]), Some(State::Active));
    assert_eq!(state(5, &[], &[]), None);
}
