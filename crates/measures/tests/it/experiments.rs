//! Intervals, sample sizes, alarms and tests that do not cry wolf (R74, measures §3.5).

use lazo_measures::experiment::{
    Ratio, adjusted, allocation, anytime, difference_in_differences, ratio, total,
};
use lazo_measures::seed::Draws;
use lazo_measures::stats::distributions::{
    chi_squared_above, normal_below, normal_quantile, student_below, student_quantile,
};
use lazo_measures::stats::intervals::{Mean, Proportion, Verdict, net_promoter};
use lazo_measures::stats::sample_size::{
    RATIO_ALARM, detectable, per_group, per_group_of_means, ratio_p,
};
use lazo_measures::stats::special::{hypergeometric, ln_gamma};

use crate::near;

#[test]
fn r74_special_functions_agree_with_printed_tables() {
    near(ln_gamma(0.5), 0.572_364_942_924_700, 1e-13);
    near(ln_gamma(10.0), 362_880_f64.ln(), 1e-12);
    near(normal_quantile(0.975), 1.959_963_984_540_054, 1e-12);
    near(normal_below(-1.644_853_626_951_472_2), 0.05, 1e-13);
    near(student_quantile(0.975, 10.0), 2.228_138_851_964_939, 1e-9);
    near(student_below(-2.228_138_851_964_939, 10.0), 0.025, 1e-12);
    near(chi_squared_above(3.841_458_820_694_124, 1.0), 0.05, 1e-12);
    // ₂F₁(1, 1; 2; z) = −ln(1 − z) ÷ z.
    near(hypergeometric(1.0, 1.0, 2.0, 0.9).unwrap(), -(0.1_f64.ln()) / 0.9, 1e-12);
    assert_eq!(hypergeometric(1.0, 1.0, 2.0, 1.0), None);
}

#[test]
fn r74_conversion_example_with_newcombe_wald_and_pooled_z() {
    let treated = Proportion { hits: 560, n: 8_000 };
    let control = Proportion { hits: 115, n: 2_000 };
    let wald = treated.wald_difference(control, 0.95).unwrap();
    near(wald.low * 100.0, 0.087, 5e-4);
    near(wald.high * 100.0, 2.413, 5e-4);
    let found = treated.less(control, 0.95).unwrap();
    near(found.estimate * 100.0, 1.25, 1e-12);
    near(found.interval.low * 100.0, 0.018, 5e-4);
    near(found.interval.high * 100.0, 2.353, 5e-4);
    near(found.estimate / found.se, 1.9929, 5e-5);
    near(found.p, 0.0463, 5e-5);
    assert_eq!(found.verdict, Verdict::Higher);
    near(detectable(0.0575, 8_000, 2_000, 0.05, 0.8).unwrap() * 100.0, 1.63, 5e-3);
}

#[test]
fn r74_spend_example_by_welch_is_not_conclusive() {
    let treated = Mean { mean: 42.10, sd: 61.0, n: 8_000 };
    let control = Mean { mean: 39.80, sd: 58.0, n: 2_000 };
    let found = treated.less(control, 0.95).unwrap();
    near(found.se, 1.46531, 5e-6);
    near(found.df.unwrap(), 3_196.35, 5e-3);
    near(found.interval.low, -0.573, 5e-4);
    near(found.interval.high, 5.173, 5e-4);
    let (sum, interval) = total(&found, 8_000);
    near(sum, 18_400.0, 1e-6);
    near(interval.low, -4_584.0, 1.0);
    near(interval.high, 41_384.0, 1.0);
    assert_eq!(found.verdict, Verdict::NotConclusive);
}

#[test]
fn k41_net_promoter_score_with_its_interval() {
    let score = net_promoter(450, 320, 230, 0.95).unwrap();
    near(score.estimate, 22.0, 1e-12);
    near(score.se, 2.513, 5e-4);
    near(score.interval.low, 17.07, 5e-3);
    near(score.interval.high, 26.93, 5e-3);
    assert_eq!(net_promoter(0, 0, 0, 0.95), None);
}

/// Goal: of a thousand experiments in which both groups get the same, about 5 % are called different.
/// Method: 1,000 seeded pairs of groups of 1,000 with the same chance of 10 %, by Newcombe; and the same
/// with spend of a skewed shape, by Welch.
#[test]
fn r74_an_a_a_test_is_called_different_in_about_five_percent() {
    let mut chance = Draws::new(20_260_101);
    let mut called = (0, 0);
    for _ in 0..1_000 {
        let mut group = || (0..1_000).filter(|_| chance.unit() < 0.1).count() as u64;
        let (one, two) = (group(), group());
        let one = Proportion { hits: one, n: 1_000 };
        let found = one.less(Proportion { hits: two, n: 1_000 }, 0.95).unwrap();
        called.0 += u32::from(found.verdict != Verdict::NotConclusive);
        let mut spend = || Mean::of((0..500).map(|_| -30.0 * (1.0 - chance.unit()).ln())).unwrap();
        let found = spend().less(spend(), 0.95).unwrap();
        called.1 += u32::from(found.verdict != Verdict::NotConclusive);
    }
    println!("A/A called different: {} and {} of 1,000", called.0, called.1);
    // Four standard errors around 50 of 1,000.
    assert!((22..=78).contains(&called.0), "{called:?}");
    assert!((22..=78).contains(&called.1), "{called:?}");
}

/// Goal: who looks after every hundredth customer is still wrong in at most 5 % with the anytime
/// interval, and much more often with the ordinary one.
#[test]
fn r74_looking_every_day_does_not_make_a_difference_with_the_anytime_interval() {
    let (mut ordinary, mut safe) = (0, 0);
    for run in 0..400 {
        let mut chance = Draws::of(7, run);
        let (mut sum, mut n) = (0.0, 0.0);
        let (mut fooled, mut misled) = (false, false);
        for _look in 0..30 {
            for _ in 0..100 {
                sum += chance.normal();
                n += 1.0;
            }
            let (mean, se) = (sum / n, 1.0 / f64::sqrt(n));
            fooled |= mean.abs() > 1.96 * se;
            misled |= anytime(mean, se, 0.1, 0.95).verdict() != Verdict::NotConclusive;
        }
        ordinary += u32::from(fooled);
        safe += u32::from(misled);
    }
    assert!(safe <= 28, "{safe} of 400");
    assert!(ordinary > 60, "{ordinary} of 400");
}

#[test]
fn r74_a_broken_allocation_raises_the_alarm_and_a_sound_one_does_not() {
    assert_eq!(ratio(8_000, 2_000, 0.8), Some(Ratio::Sound));
    assert_eq!(ratio(8_100, 1_900, 0.8), Some(Ratio::Sound), "p = 0.0124");
    assert_eq!(ratio(8_140, 1_860, 0.8), Some(Ratio::Broken), "p = 0.000466");
    near(ratio_p(&[8_140, 1_860], &[0.8, 0.2]).unwrap(), 0.000_465, 1e-5);
    assert!(ratio_p(&[5_000, 4_800, 5_200], &[1.0, 1.0, 1.0]).unwrap() < RATIO_ALARM);
    assert_eq!(ratio(0, 0, 0.5), None);
    assert_eq!(ratio_p(&[10], &[1.0]), None);
}

#[test]
fn r74_sample_sizes() {
    // (1.959964 + 0.841621)² × (0.05 × 0.95 + 0.06 × 0.94) ÷ 0.01² = 8,154.9…
    assert_eq!(per_group(0.05, 0.01, 0.05, 0.8), Some(8_155));
    // 2 × (2.801585 × 60 ÷ 3)² = 6,279.1…
    assert_eq!(per_group_of_means(60.0, 3.0, 0.05, 0.8), Some(6_280));
    assert_eq!(per_group(0.05, 0.0, 0.05, 0.8), None);
    assert_eq!(per_group(0.99, 0.02, 0.05, 0.8), None);
}

#[test]
fn r74_the_better_variant_gets_more_and_none_is_starved() {
    let shares = allocation(&[(100, 1_000), (140, 1_000), (90, 1_000)], 0.1, 11, 2_000);
    near(shares.iter().sum(), 1.0, 1e-9);
    assert!(shares[1] > 0.7 && shares[0] >= 0.1 && shares[2] >= 0.1, "{shares:?}");
    assert_eq!(shares, allocation(&[(100, 1_000), (140, 1_000), (90, 1_000)], 0.1, 11, 2_000));
}

#[test]
fn r74_what_the_time_before_explains_narrows_the_interval() {
    let mut chance = Draws::new(5);
    let mut people = |effect: f64| -> Vec<(f64, f64)> {
        let mut one = || {
            let before = 40.0 + 20.0 * chance.normal();
            (before, before + effect + 5.0 * chance.normal())
        };
        (0..400).map(|_| one()).collect()
    };
    let (treated, control) = (people(3.0), people(0.0));
    let plain = Mean::of(treated.iter().map(|p| p.1)).unwrap();
    let plain = plain.less(Mean::of(control.iter().map(|p| p.1)).unwrap(), 0.95).unwrap();
    let better = adjusted(&treated, &control, 0.95).unwrap();
    assert!(better.se < plain.se / 2.0);
    assert!(better.interval.holds(3.0));
}

#[test]
fn r84_difference_in_differences_finds_the_planted_effect_of_training() {
    let mut chance = Draws::new(84);
    let mut stores = |effect: f64| -> Vec<f64> {
        (0..60).map(|_| 0.01 + effect + 0.03 * chance.normal()).collect()
    };
    let (trained, untrained) = (stores(0.05), stores(0.0));
    let found = difference_in_differences(&trained, &untrained, 0.95).unwrap();
    assert!(found.interval.holds(0.05), "{found:?}");
    assert_eq!(found.verdict, Verdict::Higher);
}

#[test]
fn k2_wilson_stays_inside_and_nothing_asked_is_no_share() {
    let none = Proportion { hits: 0, n: 20 }.wilson(0.95).unwrap();
    near(none.low, 0.0, 1e-12);
    near(none.high, 0.161_1, 1e-4);
    assert_eq!(Proportion { hits: 0, n: 0 }.wilson(0.95), None);
}
