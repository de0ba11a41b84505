//! What several rules give together: order, multipliers, exclusive groups and tiers.

use super::*;

fn times(code: &str, factor: &str, more: Value) -> Value {
    let mut rule = json!({ "code": code, "point_type": "points",
        "effect": { "type": "multiplier", "factor": factor } });
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

fn fixed(code: &str, points: i64, more: Value) -> Value {
    let mut rule = json!({ "code": code, "point_type": "points", "effect": { "type": "fixed", "points": points } });
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

fn hold(bench: &mut Bench, group: &str, tier: &str, program: ProgramId) {
    bench.standings.insert(group.to_owned(), standing(tier, program));
}

#[test]
fn r70_sixty_points_are_doubled_and_both_halves_are_explained() {
    let bench = Bench::new(json!([base(), times("double", "2", json!({}))]));
    let earned = bench.buy(&euros(6_000));
    assert_eq!(awards(&earned), [("base", 60, vec![60]), ("double", 60, vec![60])]);
    assert!(matches!(
        &earned.steps[..],
        [Step::ForAmount { points: 60, amount_minor: 6_000, .. }, Step::Multiplied { rule, points: 60, of: 60, .. }]
            if rule == "double"
    ));
}

#[test]
fn r70_multipliers_never_multiply_each_other() {
    let bench = Bench::new(json!([
        base(),
        times("double", "2", json!({})),
        times("triple", "3", json!({}))
    ]));
    // 60, and 60 × 1, and 60 × 2: 240 in all, not 360.
    let earned = bench.buy(&euros(6_000));
    assert_eq!(
        awards(&earned),
        [("base", 60, vec![60]), ("double", 60, vec![60]), ("triple", 120, vec![120])]
    );
}

#[test]
fn r70_a_multiplier_is_about_its_own_lines_point_type_and_stackable_rules() {
    let bench = Bench::new(json!([
        base(),
        fixed("gift", 100, json!({ "stackable": false })),
        { "code": "nights", "point_type": "nights", "effect": { "type": "fixed", "points": 7 } },
        times("toys", "3", json!({ "lines": { "categories": ["toys"] } })),
        times("fruit", "2", json!({ "lines": { "categories": ["fruit"] } })),
    ]));
    let basket =
        [("a", "toys", 1_000, 1_000), ("b", "toys", 1_000, 500), ("c", "food", 1_000, 500)];
    let earned = bench.buy(&purchase(&basket));
    // Base 20 as 10, 5, 5. Toys adds twice 15, split as 10 to 5. The gift and the nights are left alone.
    assert_eq!(
        awards(&earned),
        [
            ("base", 20, vec![10, 5, 5]),
            ("gift", 100, vec![50, 25, 25]),
            ("nights", 7, vec![3, 2, 2]),
            ("toys", 30, vec![20, 10, 0]),
        ]
    );
    assert_eq!(zeros(&earned), [("fruit", &ZeroReason::NoLine)]);
}

#[test]
fn r70_nothing_to_multiply_is_said() {
    let bench = Bench::new(json!([times("double", "2", json!({}))]));
    assert_eq!(zeros(&bench.buy(&euros(500))), [("double", &ZeroReason::NothingToMultiply)]);
}

#[test]
fn r70_a_fraction_of_a_point_is_rounded_as_the_multiplier_says() {
    for (rounding, points) in [("floor", 1), ("ceil", 2), ("half_up", 2), ("half_even", 2)] {
        let bench = Bench::new(json!([base(), { "code": "more", "point_type": "points",
            "effect": { "type": "multiplier", "factor": "1.5", "rounding": rounding } }]));
        // Half of 3 is 1.5.
        assert_eq!(bench.buy(&euros(300)).awards[1].points, points, "{rounding}");
    }
    let bench = Bench::new(json!([base(), times("more", "1.5", json!({}))]));
    let earned = bench.buy(&euros(100));
    assert_eq!(awards(&earned), [("base", 1, vec![1])]);
    assert!(matches!(earned.steps[1], Step::Multiplied { points: 0, of: 1, .. }));
}

#[test]
fn r70_rules_are_looked_at_by_priority_then_code() {
    let bench = Bench::new(json!([
        fixed("c", 1, json!({})),
        fixed("b", 2, json!({ "priority": 5 })),
        fixed("a", 3, json!({})),
        times("x", "2", json!({ "priority": 9 })),
    ]));
    let order: Vec<String> =
        bench.buy(&euros(100)).awards.iter().map(|a| a.rule.to_string()).collect();
    assert_eq!(order, ["b", "a", "c", "x"]);
}

#[test]
fn r70_of_an_exclusive_group_the_best_for_the_member_counts() {
    let group = json!({ "exclusive": "welcome" });
    let bench = Bench::new(json!([
        fixed("five", 5, json!({ "exclusive": "welcome", "priority": 9 })),
        fixed("eight", 8, group.clone()),
        fixed("eight-too", 8, group),
        fixed("alone", 1, json!({})),
    ]));
    let earned = bench.buy(&euros(100));
    assert_eq!(awards(&earned), [("alone", 1, vec![1]), ("eight", 8, vec![8])]);
    let superseded = ZeroReason::Superseded { by: "eight".into() };
    assert_eq!(zeros(&earned), [("five", &superseded), ("eight-too", &superseded)]);
}

#[test]
fn r70_of_exclusive_multipliers_the_best_counts() {
    let group = json!({ "exclusive": "weekend" });
    let bench = Bench::new(json!([
        base(),
        times("double", "2", group.clone()),
        times("triple", "3", group)
    ]));
    let earned = bench.buy(&euros(1_000));
    assert_eq!(awards(&earned), [("base", 10, vec![10]), ("triple", 20, vec![20])]);
}

#[test]
fn r35_the_best_is_told_after_limits_and_the_loser_uses_none() {
    let mut bench = Bench::new(json!([
        fixed("big", 50, json!({ "exclusive": "g", "caps": [{ "per": "day", "points": 60 }] })),
        fixed("small", 20, json!({ "exclusive": "g", "caps": [{ "per": "day", "times": 1 }] })),
    ]));
    assert_eq!(awards(&bench.commit(&euros(100))), [("big", 50, vec![50])]);
    // 10 are left of the big one's cap, so that the small one is better, and had used nothing of its own.
    let second = bench.commit(&euros(100));
    assert_eq!(awards(&second), [("small", 20, vec![20])]);
    assert_eq!(awards(&bench.commit(&euros(100))), [("big", 10, vec![10])]);
    assert!(bench.commit(&euros(100)).awards.is_empty());
}

#[test]
fn r4_each_tier_held_multiplies_the_base_once() {
    let mut bench = Bench::new(json!([base(), times("double", "2", json!({}))]));
    hold(&mut bench, "status", "gold", ProgramId(7));
    hold(&mut bench, "fans", "fan", ProgramId(7));
    // 15; double adds 15; gold adds half of 15, rounded down; fans add 15.
    let earned = bench.buy(&euros(1_500));
    assert_eq!(
        awards(&earned),
        [
            ("base", 15, vec![15]),
            ("double", 15, vec![15]),
            ("tier:fans", 15, vec![15]),
            ("tier:status", 7, vec![7]),
        ]
    );
    assert!(
        matches!(&earned.steps[3], Step::Multiplied { rule, points: 7, of: 15, point_type, .. }
        if rule == "tier:status" && point_type == "points")
    );
}

#[test]
fn r4_a_tier_without_a_multiplier_or_of_another_program_multiplies_nothing() {
    let mut bench = Bench::new(json!([base()]));
    hold(&mut bench, "status", "silver", ProgramId(7));
    hold(&mut bench, "fans", "fan", ProgramId(8));
    let earned = bench.buy(&euros(1_500));
    assert_eq!(awards(&earned), [("base", 15, vec![15])]);
    assert_eq!(earned.steps.len(), 1);
}

#[test]
fn r4_a_tier_multiplies_each_point_type_by_itself() {
    let mut bench = Bench::new(json!([
        base(),
        { "code": "nights", "point_type": "nights", "effect": { "type": "fixed", "points": 4 } },
        { "code": "still", "point_type": "nights", "stackable": false, "effect": { "type": "fixed", "points": 9 } },
    ]));
    hold(&mut bench, "status", "gold", ProgramId(7));
    let earned = bench.buy(&euros(1_000));
    let tiers: Vec<(PointTypeId, i64)> = earned
        .awards
        .iter()
        .filter(|a| a.rule == "tier:status")
        .map(|a| (a.point_type, a.points))
        .collect();
    assert_eq!(tiers, [(POINTS, 5), (NIGHTS, 2)]);
}
