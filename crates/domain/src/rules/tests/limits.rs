//! Caps per member and period, n-th events and budgets.

use super::*;

fn capped(caps: Value) -> Bench {
    Bench::new(json!([{ "code": "base", "point_type": "points", "caps": caps,
        "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } }]))
}

fn points(earned: &Earned) -> i64 {
    earned.awards.iter().map(|a| a.points).sum()
}

#[test]
fn i17_a_cap_in_points_cuts_and_then_holds() {
    let mut bench = capped(json!([{ "per": "day", "points": 100 }]));
    assert_eq!(points(&bench.commit(&euros(6_000))), 60);
    let second = bench.commit(&purchase(&[("a", "", 1_000, 4_500), ("b", "", 1_000, 1_500)]));
    assert_eq!(awards(&second), [("base", 40, vec![30, 10])]);
    let capped =
        Step::Capped { rule: "base".into(), cut: 20, limit: 100, scope: "member_day".into() };
    assert!(matches!(second.steps[0], Step::ForAmount { points: 40, amount_minor: 6_000, .. }));
    assert_eq!(second.steps[1], capped);
    let third = bench.commit(&euros(100));
    assert_eq!(
        zeros(&third),
        [("base", &ZeroReason::CapReached { limit: 100, scope: "member_day".into() })]
    );
    assert!(third.counted.is_empty());
    let key = "rule:club:base:points:day";
    assert_eq!(
        second.counted,
        [CounterChange { key: key.into(), period: "2026-03-11".into(), by: 40 }]
    );
    assert_eq!(bench.counters.get(key, "2026-03-11"), 100);
}

#[test]
fn i17_a_cap_begins_anew_at_local_midnight() {
    let mut bench = capped(json!([{ "per": "day", "times": 1 }]));
    // Madrid is one hour ahead of UTC in March until the 29th: 22:59 is still the 11th, 23:00 is the 12th.
    for (instant, expected) in
        [("2026-03-11T10:00:00Z", 1), ("2026-03-11T22:59:59Z", 0), ("2026-03-11T23:00:00Z", 1)]
    {
        bench.at = at(instant);
        assert_eq!(points(&bench.commit(&euros(100))), expected, "{instant}");
    }
}

#[test]
fn r35_the_tightest_of_several_caps_is_named() {
    let mut bench = capped(json!([
        { "per": "month", "points": 150, "times": 3 }, { "per": "day", "points": 100 }, { "per": "week", "times": 9 },
    ]));
    assert_eq!(points(&bench.commit(&euros(9_000))), 90);
    let second = bench.commit(&euros(9_000));
    assert!(
        matches!(&second.steps[1], Step::Capped { cut: 80, limit: 100, scope, .. } if scope == "member_day")
    );
    bench.at = at("2026-03-12T10:00:00Z");
    let third = bench.commit(&euros(9_000));
    assert!(
        matches!(&third.steps[1], Step::Capped { cut: 40, limit: 150, scope, .. } if scope == "member_month")
    );
    bench.at = at("2026-03-13T10:00:00Z");
    let why = ZeroReason::CapReached { limit: 3, scope: "member_month".into() };
    assert_eq!(zeros(&bench.commit(&euros(9_000))), [("base", &why)]);
    let kept: Vec<&str> = bench.counters.0.keys().map(|key| key.as_str()).collect();
    assert_eq!(
        kept,
        [
            "rule:club:base:points:day",
            "rule:club:base:points:month",
            "rule:club:base:times:month",
            "rule:club:base:times:week",
        ]
    );
}

#[test]
fn r70_a_cap_of_the_base_cuts_before_a_multiplier_and_a_multiplier_has_its_own() {
    let mut bench = Bench::new(json!([
        { "code": "base", "point_type": "points", "caps": [{ "per": "day", "points": 50 }],
          "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } },
        { "code": "triple", "point_type": "points", "caps": [{ "per": "month", "points": 120 }],
          "effect": { "type": "multiplier", "factor": 3 } },
    ]));
    // 80 are cut to 50; the multiplier adds 100, of which 120 are allowed.
    assert_eq!(
        awards(&bench.commit(&euros(8_000))),
        [("base", 50, vec![50]), ("triple", 100, vec![100])]
    );
    bench.at = at("2026-03-12T10:00:00Z");
    let second = bench.commit(&euros(3_000));
    assert_eq!(awards(&second), [("base", 30, vec![30]), ("triple", 20, vec![20])]);
    assert!(
        matches!(&second.steps[2], Step::Capped { cut: 40, limit: 120, scope, .. } if scope == "member_month")
    );
    assert!(matches!(second.steps[1], Step::Multiplied { points: 20, of: 30, .. }));
}

#[test]
fn r70_the_first_event_ever_is_told_from_the_others() {
    let mut bench = Bench::new(
        json!([{ "code": "first", "point_type": "points", "nth": { "n": 1, "per": "ever" },
        "effect": { "type": "fixed", "points": 100 } }]),
    );
    let first = bench.commit(&euros(100));
    assert_eq!(points(&first), 100);
    let key = "rule:club:first:seen:ever";
    assert_eq!(
        first.counted,
        [CounterChange { key: key.into(), period: "0001-01-01".into(), by: 1 }]
    );
    bench.at = at("2031-01-01T00:00:00Z");
    let second = bench.commit(&euros(100));
    assert_eq!(zeros(&second), [("first", &ZeroReason::NotNth { seen: 2, wanted: 1 })]);
    assert_eq!(bench.counters.get(key, "0001-01-01"), 2);
}

#[test]
fn r70_every_third_purchase_with_coffee_counts_and_others_are_not_seen() {
    let mut bench = Bench::new(json!([{ "code": "third", "point_type": "points",
        "lines": { "categories": ["coffee"] }, "nth": { "n": 3, "every": true, "per": "year" },
        "effect": { "type": "fixed", "points": 9 } }]));
    let coffee = purchase(&[("a", "coffee", 1_000, 250)]);
    let tea = purchase(&[("a", "tea", 1_000, 250)]);
    let given: Vec<i64> = [&coffee, &tea, &coffee, &tea, &coffee, &coffee, &coffee, &coffee]
        .iter()
        .map(|basket| points(&bench.commit(basket)))
        .collect();
    assert_eq!(given, [0, 0, 0, 0, 9, 0, 0, 9]);
    bench.at = at("2027-01-15T10:00:00Z");
    let why = ZeroReason::NotNth { seen: 1, wanted: 3 };
    assert_eq!(zeros(&bench.commit(&coffee)), [("third", &why)]);
}

#[test]
fn r35_a_budget_is_never_passed_and_the_base_goes_on() {
    let mut bench = Bench::new(json!([
        base(),
        { "code": "promo", "point_type": "points", "budget": 100, "effect": { "type": "fixed", "points": 70 } },
    ]));
    assert_eq!(bench.program.rules.budgets("purchase"), ["budget:club:promo"]);
    assert!(bench.program.rules.budgets("review").is_empty());
    bench.facts.resources.insert("budget:club:promo".into(), 100);
    let first = bench.commit(&euros(100));
    assert_eq!(awards(&first), [("base", 1, vec![1]), ("promo", 70, vec![70])]);
    assert_eq!(first.budgets, BTreeMap::from([("budget:club:promo".to_owned(), 70)]));
    let second = bench.commit(&euros(100));
    assert_eq!(awards(&second), [("base", 1, vec![1]), ("promo", 30, vec![30])]);
    let capped = Step::Capped { rule: "promo".into(), cut: 40, limit: 100, scope: "budget".into() };
    assert_eq!(second.steps[2], capped);
    let third = bench.commit(&euros(100));
    assert_eq!(awards(&third), [("base", 1, vec![1])]);
    let why = ZeroReason::CapReached { limit: 100, scope: "budget".into() };
    assert_eq!(zeros(&third), [("promo", &why)]);
    assert!(third.budgets.is_empty());
}

#[test]
fn r35_a_budget_that_was_not_loaded_is_whole() {
    let bench = Bench::new(json!([{ "code": "promo", "point_type": "points", "budget": 50,
        "effect": { "type": "fixed", "points": 70 } }]));
    assert_eq!(points(&bench.buy(&euros(100))), 50);
}

#[test]
fn r35_an_overdrawn_budget_gives_nothing() {
    let mut bench = Bench::new(json!([{ "code": "promo", "point_type": "points", "budget": 50,
        "effect": { "type": "fixed", "points": 70 } }]));
    bench.facts.resources.insert("budget:club:promo".into(), -5);
    assert!(bench.buy(&euros(100)).awards.is_empty());
}
