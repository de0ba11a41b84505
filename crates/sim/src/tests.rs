//! Seeds in a loop, seeds that once failed, and the faults that must be found.

use crate::features::Features;
use crate::run;
use crate::world::core::Real;
use crate::world::faults::{Fault, Faulty};

/// Runs seeds on the core as it is; a finding fails the test with its smallest history.
fn sound(seeds: impl Iterator<Item = (u64, usize)>) -> u64 {
    let mut ops = 0;
    for (seed, steps) in seeds {
        match run::seed(|_| Real, seed, steps, Features::all()) {
            Ok(tally) => ops += tally.ops,
            Err(failure) => {
                let small = run::shrink(|_| Real, &failure);
                panic!(
                    "seed {seed} failed at operation {}: {}\nsmallest history: {:#?}",
                    failure.at, small.why, small.history
                );
            }
        }
    }
    ops
}

#[test]
fn q1_i1_to_i22_hold_over_random_histories_even_seeds() {
    assert!(sound((0..40).map(|n| (10_000 + n * 2, 120))) >= 4_800);
}

#[test]
fn q1_i1_to_i22_hold_over_random_histories_odd_seeds() {
    assert!(sound((0..40).map(|n| (10_001 + n * 2, 120))) >= 4_800);
}

#[test]
fn q1_a_long_history_stays_sound() {
    assert_eq!(sound([(4_242, 1_000)].into_iter()), 1_000);
}

#[test]
fn q1_seeds_that_once_failed_stay_sound() {
    let text = include_str!("../seeds.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let seeds = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    });
    assert!(sound(seeds) > 0);
}

#[test]
fn q1_the_same_seed_is_the_same_history() {
    let run = || run::seed(|_| Real, 7, 60, Features::all()).unwrap();
    assert_eq!(run(), run());
}

/// How many seeds it takes to find a fault, and what was said.
fn hunt(fault: Fault) -> Option<(u64, String)> {
    let core = |versions: &[_]| Faulty::new(fault, versions);
    (1..=80).find_map(|seed| {
        let failure = run::seed(core, seed, 150, Features::all()).err()?;
        Some((seed, failure.why))
    })
}

/// Every planted fault must be found within 80 seeds of 150 steps.
fn found(faults: &[(Fault, &str)]) {
    // The shell's panic on a lot that does not add up is a find too; its text would drown the test's.
    std::panic::set_hook(Box::new(|_| {}));
    let missed: Vec<_> =
        faults.iter().filter(|(fault, _)| hunt(*fault).is_none()).map(|(_, name)| *name).collect();
    drop(std::panic::take_hook());
    assert!(missed.is_empty(), "not found: {missed:?}");
}

#[test]
fn q1_planted_faults_of_meaning_are_found() {
    found(&Fault::ALL[..11]);
}

#[test]
fn q1_planted_faults_of_limits_and_keeping_are_found() {
    found(&Fault::ALL[11..]);
}
