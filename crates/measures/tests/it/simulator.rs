//! Free, premium or tiered, on a history whose answers can be worked out by hand (R37).

use lazo_measures::clv::summary::Purchase;
use lazo_measures::ratio::Ratio;
use lazo_measures::seed::Draws;
use lazo_measures::simulator::{History, Model, Range, Refused, Scenario, Tier, simulate};

fn fixed(value: i64) -> Range {
    Range { low: value, likely: value, high: value }
}

fn scenario(model: Model, lift: i64) -> Scenario {
    Scenario {
        model,
        enrollment: fixed(1_000_000),
        lift: fixed(lift),
        margin: 300_000,
        setup_minor: 0,
        running_minor: 1_234_567,
        discount: 0,
        open_at_end: 500_000,
        seed: 37,
    }
}

/// Two hundred customers with seeded baskets over half a year.
fn history() -> History {
    let mut chance = Draws::new(3);
    let mut purchases = Vec::new();
    for customer in 0..200 {
        for _ in 0..=chance.below(12) {
            let net_minor = 500 + i64::try_from(chance.below(9_000)).unwrap();
            let day = i32::try_from(chance.below(182)).unwrap();
            purchases.push(Purchase { customer, day, net_minor });
        }
    }
    History::new(&purchases, 182).unwrap()
}

/// A year's net sales of a history, worked out apart.
fn yearly(history: &History) -> i128 {
    let sum: i64 = history.customers.iter().flat_map(|one| &one.baskets_minor).sum();
    i128::from(sum) * 365
}

#[test]
fn r37_without_lift_the_free_model_loses_reward_cost_and_running_cost_to_the_cent() {
    let history = history();
    let model = Model::Points { rate: 12_500, urr: 800_000 };
    let found = simulate(&history, &scenario(model, 0)).unwrap().likely;
    // 1.25 % × 80 % = 1 % of a year's sales, rounded once.
    let reward = Ratio::new(yearly(&history), 182 * 100).unwrap().rounded_i64().unwrap();
    assert_eq!(found.year.reward_cost_minor, reward);
    assert_eq!(found.year.result_minor, -(reward + 1_234_567));
    assert_eq!(found.npv_minor, -3 * (reward + 1_234_567));
    assert_eq!(found.year.fee_income_minor, 0);
}

#[test]
fn r37_break_even_lift_times_base_margin_is_the_cost() {
    let history = history();
    let model = Model::Points { rate: 12_500, urr: 800_000 };
    let lift =
        simulate(&history, &scenario(model.clone(), 0)).unwrap().likely.break_even_lift.unwrap();
    let at = simulate(&history, &scenario(model.clone(), lift)).unwrap().likely.year;
    let below = simulate(&history, &scenario(model, lift - 1)).unwrap().likely.year;
    let cost = at.reward_cost_minor + at.running_minor;
    let margin = Ratio::whole(i128::from(at.base_margin_minor));
    let brought = margin.times(Ratio::millionths(lift)).unwrap().rounded_i64().unwrap();
    // A millionth of the margin is a few cents: the lift is the first that covers the cost.
    assert!((brought - cost).abs() <= at.base_margin_minor / 1_000_000 + 1, "{brought} {cost}");
    assert!(at.result_minor >= 0 && below.result_minor < 0);
}

#[test]
fn r37_the_seed_decides_who_enrolls_and_nothing_else() {
    let history = history();
    let mut one = scenario(Model::Cashback { rate: 20_000 }, 50_000);
    one.enrollment = Range { low: 200_000, likely: 400_000, high: 600_000 };
    one.lift = Range { low: 10_000, likely: 50_000, high: 90_000 };
    let found = simulate(&history, &one).unwrap();
    assert_eq!(found, simulate(&history, &one).unwrap());
    assert!(found.low.year.enrolled < found.likely.year.enrolled);
    assert!(found.likely.year.enrolled < found.high.year.enrolled);
    assert_eq!(found.sensitivity.len(), 4);
    let spread: Vec<u64> =
        found.sensitivity.iter().map(|one| one.high_minor.abs_diff(one.low_minor)).collect();
    assert!(spread.is_sorted_by(|a, b| a >= b));
    one.seed += 1;
    assert_ne!(found.likely, simulate(&history, &one).unwrap().likely);
}

#[test]
fn r32_stamps_tiers_paid_and_hybrid_on_three_customers() {
    let bought = |customer, net_minor| Purchase { customer, day: 1, net_minor };
    let mut purchases = vec![bought(1, 60_000), bought(2, 30_000), bought(2, 19_900)];
    purchases.extend((0..23).map(|_| bought(3, 1_000)));
    let history = History::new(&purchases, 365).unwrap();
    let year = |model: Model| simulate(&history, &scenario(model, 0)).unwrap().likely.year;
    // 23 stamps are two full cards of ten.
    let stamps = year(Model::Stamps { every: 10, reward_minor: 500, urr: 1_000_000 });
    assert_eq!(stamps.reward_cost_minor, 1_000);
    let tiers =
        vec![Tier { from_minor: 0, rate: 10_000 }, Tier { from_minor: 50_000, rate: 20_000 }];
    // 1 % of 499.00 and 230.00, 2 % of 600.00.
    let tiers = year(Model::Tiers { tiers, urr: 1_000_000 });
    assert_eq!(tiers.reward_cost_minor, 499 + 230 + 1_200);
    // Half of it is still open at the end: 964.5 goes to the even cent.
    assert_eq!(tiers.liability_minor, 964);
}

#[test]
fn k40_only_those_join_whose_saving_reaches_the_fee() {
    let bought = |customer, net_minor| Purchase { customer, day: 1, net_minor };
    let history =
        History::new(&[bought(1, 49_900), bought(2, 49_899), bought(3, 90_000)], 365).unwrap();
    let model = Model::Paid { fee_minor: 4_990, saving: 100_000 };
    assert_eq!(model.member_break_even(), Some(Ratio::whole(49_900)));
    let year = simulate(&history, &scenario(model, 0)).unwrap().likely.year;
    assert_eq!((year.enrolled, year.fee_income_minor), (2, 9_980));
    assert_eq!(year.reward_cost_minor, 4_990 + 9_000);
    let hybrid = Model::Hybrid { rate: 10_000, urr: 500_000, fee_minor: 4_990, saving: 100_000 };
    let year = simulate(&history, &scenario(hybrid, 0)).unwrap().likely.year;
    assert_eq!((year.enrolled, year.fee_income_minor), (3, 9_980));
    // 0.5 % of 1,897.99 is 948.995 cents: with 13,990 of savings, 14,938.995.
    assert_eq!(year.reward_cost_minor, 14_939);
}

#[test]
fn r37_what_cannot_be_simulated_is_refused() {
    let empty = History::new(&[], 30).unwrap();
    let one = scenario(Model::Cashback { rate: 10_000 }, 0);
    assert_eq!(simulate(&empty, &one), Err(Refused::NoHistory));
    assert_eq!(History::new(&[], 0), None);
    let mut odd = one.clone();
    odd.enrollment = Range { low: 500_000, likely: 100_000, high: 900_000 };
    assert_eq!(simulate(&history(), &odd), Err(Refused::OutOfRange));
    let hopeless = Scenario { margin: 0, ..one };
    assert_eq!(simulate(&history(), &hopeless).unwrap().likely.break_even_lift, None);
}
