//! The catalogue: every indicator reads, names only known quantities, and computes what its line says.

use std::collections::BTreeSet;

use lazo_measures::catalogue::{kpi, kpis, quantities};
use lazo_measures::formula::{Formula, NoValue, Quantities};
use lazo_measures::ratio::{Ratio, split};

use crate::near;

fn over(pairs: &[(&str, i128)]) -> Quantities {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Ratio::whole(*value))).collect()
}

fn value(id: &str, pairs: &[(&str, i128)]) -> Ratio {
    kpi(id).unwrap().figure(&over(pairs)).unwrap().value.unwrap()
}

#[test]
fn r88_the_catalogue_has_all_sixty_and_every_formula_reads() {
    let ids: BTreeSet<&str> = kpis().iter().map(|kpi| kpi.id.as_str()).collect();
    assert_eq!(ids.len(), kpis().len(), "no id twice");
    for number in 1..=60 {
        assert!(ids.contains(format!("K{number}").as_str()), "K{number} is missing");
    }
    let known: BTreeSet<&str> = quantities().iter().map(|one| one.code.as_str()).collect();
    let mut used = BTreeSet::new();
    for kpi in kpis() {
        assert_ne!(kpi.formula.is_some(), kpi.method.is_some(), "{}", kpi.id);
        let Some(text) = &kpi.formula else { continue };
        let formula = Formula::read(text).unwrap_or_else(|error| panic!("{}: {error}", kpi.id));
        for name in formula.names() {
            assert!(known.contains(name), "{} names {name}", kpi.id);
            used.insert(name.to_owned());
        }
    }
    assert_eq!(used.len(), known.len(), "no quantity without a formula");
}

#[test]
fn r123_payout_rate_of_seeded_data_and_after_a_reward_price_changes() {
    let seeded = |redemption_value: (i128, i128)| {
        let mut data = over(&[
            ("issued_points", 250_000),
            ("instant_discounts", 30_000),
            ("benefits_value", 20_000),
            ("eligible_net_sales", 25_000_000),
        ]);
        let one = Ratio::new(redemption_value.0, redemption_value.1).unwrap();
        data.insert("redemption_value".to_owned(), one);
        kpi("K20").unwrap().figure(&data).unwrap().value.unwrap()
    };
    // 250,000 points at 1 cent and 500.00 of discounts and benefits on 250,000.00: 3,000 ÷ 250,000.
    assert_eq!(seeded((1, 1)), Ratio::new(12, 1_000).unwrap());
    // The same reward for 80 points instead of 100 makes a point worth 1.25 cents.
    assert_eq!(seeded((5, 4)), Ratio::new(362_500, 25_000_000).unwrap());
}

#[test]
fn r78_formulas_are_exact_and_shares_of_people_have_intervals() {
    assert_eq!(value("K15", &[("redeemed_points", 7), ("issued_points", 3)]).to_string(), "7/3");
    assert_eq!(value("K46", &[("contacts", 31), ("average_members", 1_240)]), Ratio::whole(25));
    assert_eq!(value("K40", &[("plan_fee", 4_990), ("member_saving_rate", 1)]).num(), 4_990);
    let nps = [("promoters", 450), ("detractors", 230), ("surveyed_members", 1_000)];
    assert_eq!(value("K41", &nps), Ratio::whole(22));
    let active = over(&[("active_members", 30), ("members", 120)]);
    let figure = kpi("K6").unwrap().figure(&active).unwrap();
    near(figure.value.unwrap().to_f64(), 0.25, 0.0);
    let interval = figure.interval.unwrap();
    assert!(interval.low < 0.25 && interval.high > 0.25);
    let sales = over(&[("member_net_sales", 30), ("net_sales", 120)]);
    assert_eq!(kpi("K4").unwrap().figure(&sales).unwrap().interval, None, "money is no sample");
}

#[test]
fn r78_nothing_divided_by_nothing_is_a_dash_and_what_is_missing_is_named() {
    let none = over(&[("active_members", 0), ("members", 0)]);
    assert_eq!(kpi("K6").unwrap().figure(&none).unwrap().value, None);
    let missing = kpi("K6").unwrap().figure(&over(&[("active_members", 1)]));
    assert_eq!(missing, Err(NoValue::Missing("members".to_owned())));
}

#[test]
fn r80_a_formula_that_is_none_says_where() {
    for (text, at) in [("", 0), ("a /", 3), ("(a + b", 6), ("a b", 2), ("a + 9z", 4)] {
        assert_eq!(Formula::read(text).unwrap_err().at, at, "{text}");
    }
    let big = over(&[("a", i128::MAX / 2)]);
    assert_eq!(Formula::read("a * a").unwrap().value(&big), Err(NoValue::TooLarge));
    assert!(Formula::read(&"(".repeat(1_000)).is_err());
}

#[test]
fn r78_fractions_round_to_even_and_compare_without_overflow() {
    let half = |num| Ratio::new(num, 2).unwrap().rounded();
    assert_eq!([half(1), half(3), half(5), half(-1), half(-3)], [0, 2, 2, 0, -2]);
    let (a, b) = (Ratio::new(i128::MAX, i128::MAX - 1), Ratio::new(i128::MAX - 1, i128::MAX - 2));
    assert!(a.unwrap() < b.unwrap());
    assert_eq!(Ratio::new(1, 0), None);
    assert_eq!(Ratio::millionths(300_000), Ratio::new(3, 10).unwrap());
}

#[test]
fn k58_a_split_gives_the_rest_to_the_largest_remainders() {
    assert_eq!(split(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
    assert_eq!(split(-7, &[2, 1]), Some(vec![-5, -2]));
    assert_eq!(split(5, &[0, 0]), None);
    assert_eq!(split(0, &[0]), Some(vec![0]));
}
