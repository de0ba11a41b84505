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
