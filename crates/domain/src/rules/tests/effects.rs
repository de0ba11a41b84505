//! Each effect by itself.

use super::*;

#[test]
fn r4_points_per_amount_counts_whole_steps_of_the_net() {
    let bench = Bench::new(json!([base()]));
    let earned = bench.buy(&purchase(&[
        ("a", "", 1_000, 1_050),
        ("b", "", 1_000, 495),
        ("c", "", 1_000, 54),
    ]));
    // 15.99 is 15 whole euros. Exact shares are 9.84, 4.64 and 0.50: floors 9, 4, 0, then the two largest fractions.
    assert_eq!(awards(&earned), [("base", 15, vec![10, 5, 0])]);
    let step = Step::ForAmount {
        rule: "base".into(),
        point_type: "points".into(),
        points: 15,
        amount_minor: 1_599,
        each: 1,
        per_minor: 100,
    };
    assert_eq!(earned.steps, [step]);
    assert!(earned.counted.is_empty() && earned.budgets.is_empty());
}

#[test]
fn r26_no_rule_and_nothing_paid_are_told_apart() {
    let bench = Bench::new(json!([base()]));
    let review =
        Custom { name: "review".into(), numbers: BTreeMap::new(), attributes: BTreeMap::new() };
    let earned = bench.ask(Subject::Custom(&review));
    assert_eq!(earned.steps, [Step::Nothing { why: ZeroReason::NoRule }]);
    for net in [0, -500] {
        assert_eq!(zeros(&bench.buy(&euros(net))), [("base", &ZeroReason::NoAmount)]);
    }
    assert_eq!(
        zeros(&bench.buy(&euros(99))),
        [("base", &ZeroReason::BelowStep { amount_minor: 99, per_minor: 100 })]
    );
    assert_eq!(bench.buy(&euros(100)).awards[0].points, 1);
}

#[test]
fn r4_a_part_of_a_step_is_rounded_as_the_rule_says() {
    // 15.50 at 3 points per whole 1.00 is 15.5 steps: points come in threes.
    for (rounding, points) in [("floor", 45), ("ceil", 48), ("half_up", 48), ("half_even", 48)] {
        let bench = Bench::new(json!([{ "code": "base", "point_type": "points",
            "effect": { "type": "points_per_amount", "points": 3, "per_minor": 100, "rounding": rounding } }]));
        assert_eq!(bench.buy(&euros(1_550)).awards[0].points, points, "{rounding}");
    }
    // 0.40 rounded up is a whole step.
    let up = Bench::new(json!([{ "code": "base", "point_type": "points",
        "effect": { "type": "points_per_amount", "points": 3, "per_minor": 100, "rounding": "ceil" } }]));
    assert_eq!(up.buy(&euros(40)).awards[0].points, 3);
}

#[test]
fn r4_lines_can_be_rounded_one_by_one() {
    let bench = Bench::new(json!([{ "code": "base", "point_type": "points",
        "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100, "over": "line" } }]));
    // 1.99, 2.50, 0.99 and a discount of 1.00: floors 1, 2, 0; the discount takes nothing from other lines.
    let earned = bench.buy(&purchase(&[
        ("a", "", 1_000, 199),
        ("b", "", 1_000, 250),
        ("c", "", 1_000, 99),
        ("d", "", 1_000, -100),
    ]));
    assert_eq!(awards(&earned), [("base", 3, vec![1, 2, 0, 0])]);
}

#[test]
fn r4_a_discount_line_lowers_the_sum_and_has_no_share() {
    let bench = Bench::new(json!([base()]));
    let earned = bench.buy(&purchase(&[("a", "", 1_000, 1_000), ("discount", "", 1_000, -250)]));
    assert_eq!(awards(&earned), [("base", 7, vec![7, 0])]);
}

#[test]
fn r4_points_per_unit_counts_whole_units_of_all_lines_together() {
    let bench = Bench::new(json!([{ "code": "coffee", "point_type": "points",
        "lines": { "categories": ["coffee"] }, "effect": { "type": "points_per_unit", "points": 5 } }]));
    // 1.250 and 2.000 are 3 whole units, 15 points; 15 × 1250/3250 = 5.77 and 15 × 2000/3250 = 9.23.
    let basket =
        [("a", "coffee", 1_250, 900), ("b", "tea", 4_000, 900), ("c", "coffee", 2_000, 900)];
    let earned = bench.buy(&purchase(&basket));
    assert_eq!(awards(&earned), [("coffee", 15, vec![6, 0, 9])]);
    assert!(matches!(earned.steps[..], [Step::ForUnits { points: 15, units: 3, .. }]));
    let little = bench.buy(&purchase(&[("a", "coffee", 999, 900)]));
    assert_eq!(zeros(&little), [("coffee", &ZeroReason::BelowUnit { quantity_milli: 999 })]);
}

#[test]
fn r26_a_fixed_number_is_for_purchases_and_for_custom_events() {
    let bench = Bench::new(json!([
        { "code": "welcome", "on": "enrollment", "point_type": "points", "effect": { "type": "fixed", "points": 100 } },
        { "code": "visit", "point_type": "points", "effect": { "type": "fixed", "points": 10 } },
    ]));
    let joined =
        Custom { name: "enrollment".into(), numbers: BTreeMap::new(), attributes: BTreeMap::new() };
    assert_eq!(awards(&bench.ask(Subject::Custom(&joined))), [("welcome", 100, vec![100])]);
    // 10 over 1.00 and 3.00: exactly 2.5 and 7.5; the tie goes to the earlier line.
    let earned = bench.buy(&purchase(&[("a", "", 1_000, 100), ("b", "", 1_000, 300)]));
    assert_eq!(awards(&earned), [("visit", 10, vec![3, 7])]);
    let posing = Custom { name: "purchase".into(), ..joined };
    assert_eq!(
        bench.ask(Subject::Custom(&posing)).steps,
        [Step::Nothing { why: ZeroReason::NoRule }]
    );
}

#[test]
fn r26_categories_products_and_brands_choose_the_lines() {
    let rule = |code: &str, lines: Value| {
        json!({ "code": code, "point_type": "points", "lines": lines,
            "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } })
    };
    let bench = Bench::new(json!([
        rule("a-toys", json!({ "categories": ["toys"] })),
        rule("b-not-toys", json!({ "not_categories": ["toys"] })),
        rule("c-one", json!({ "products": ["ball"], "categories": ["toys", "sport"] })),
        rule("d-brand", json!({ "brands": ["acme"] })),
        rule("e-not-ball", json!({ "not_products": ["ball"], "categories": ["toys"] })),
    ]));
    let earned = bench.buy(&purchase(&[
        ("ball", "toys", 1_000, 500),
        ("doll", "toys", 1_000, 300),
        ("pear", "fruit", 1_000, 200),
    ]));
    assert_eq!(
        awards(&earned),
        [
            ("a-toys", 8, vec![5, 3, 0]),
            ("b-not-toys", 2, vec![0, 0, 2]),
            ("c-one", 5, vec![5, 0, 0]),
            ("e-not-ball", 3, vec![0, 3, 0]),
        ]
    );
    assert_eq!(zeros(&earned), [("d-brand", &ZeroReason::NoLine)]);
}

#[test]
fn r35_a_foreign_currency_earns_nothing_and_counts_nothing() {
    let bench = Bench::new(
        json!([{ "code": "first", "point_type": "points", "nth": { "n": 1, "per": "ever" },
        "effect": { "type": "fixed", "points": 10 } }]),
    );
    let dollars = Purchase { currency: "USD".into(), ..euros(5_000) };
    let earned = bench.buy(&dollars);
    let why = ZeroReason::ForeignCurrency { currency: "USD".into(), program: "EUR".into() };
    assert_eq!(earned, Earned { steps: vec![Step::Nothing { why }], ..Earned::default() });
}

#[test]
fn r70_a_rule_is_in_force_from_its_first_instant_until_just_before_its_end() {
    let mut bench = Bench::new(json!([{ "code": "july", "point_type": "points",
        "from": "2026-07-01T00:00:00Z", "until": "2026-08-01T00:00:00Z", "effect": { "type": "fixed", "points": 10 } }]));
    for (instant, points) in [
        ("2026-06-30T23:59:59.999999Z", 0),
        ("2026-07-01T00:00:00Z", 10),
        ("2026-07-31T23:59:59.999999Z", 10),
        ("2026-08-01T00:00:00Z", 0),
    ] {
        bench.at = at(instant);
        let earned = bench.buy(&euros(100));
        assert_eq!(earned.awards.iter().map(|a| a.points).sum::<i64>(), points, "{instant}");
        if points == 0 {
            assert_eq!(zeros(&earned), [("july", &ZeroReason::NotInForce)]);
        }
    }
}

#[test]
fn i15_a_result_beyond_64_bits_is_a_zero_with_a_reason() {
    let bench = Bench::new(json!([{ "code": "huge", "point_type": "points",
        "effect": { "type": "points_per_amount", "points": 1_000_000_000_000_000_i64, "per_minor": 1 } }]));
    let why = ZeroReason::ConditionFailed { when: "".into(), error: "overflow".into() };
    assert_eq!(zeros(&bench.buy(&euros(1_000_000))), [("huge", &why)]);
    let two = purchase(&[("", "", 1_000, i64::MAX), ("", "", 1_000, i64::MAX)]);
    assert_eq!(zeros(&bench.buy(&two)), [("huge", &why)]);
}
