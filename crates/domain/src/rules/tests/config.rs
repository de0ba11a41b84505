//! Rules as people write them: every effect reads back as it was written, and every mistake is pointed at.

use super::*;

#[test]
fn r4_every_effect_reads_and_writes_the_same() {
    let rules = json!([
        { "code": "base", "name": { "es": "Base" }, "point_type": "points",
          "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "half_up", "over": "line" } },
        { "code": "coffee", "point_type": "points", "lines": { "categories": ["coffee"], "when": "line.net_minor > 100" },
          "effect": { "type": "points_per_unit", "points": 5 }, "caps": [{ "per": "month", "points": 200, "times": 4 }] },
        { "code": "welcome", "on": "enrollment", "point_type": "points", "effect": { "type": "fixed", "points": 100 },
          "nth": { "n": 1, "per": "ever" }, "budget": 1_000_000 },
        { "code": "summer", "point_type": "points", "when": "purchase.store == 'madrid-1'",
          "from": "2026-06-01T00:00:00Z", "until": "2026-09-01T00:00:00Z", "priority": 5, "exclusive": "season",
          "stackable": false, "effect": { "type": "multiplier", "factor": "1.5", "rounding": "ceil" } },
    ]);
    let read: Vec<EarningRule> = serde_json::from_value(rules.clone()).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(serde_json::from_value::<Vec<EarningRule>>(written.clone()).unwrap(), read);
    assert_eq!(
        written[3]["effect"],
        json!({ "type": "multiplier", "factor": "3/2", "rounding": "ceil" })
    );
    assert_eq!(written[0]["on"], "purchase");
    assert!(compile(&rules).is_ok());
}

#[test]
fn r4_an_unknown_field_is_refused() {
    let rule = json!({ "code": "a", "point_type": "points", "effect": { "type": "fixed", "points": 1, "per": 5 } });
    assert!(serde_json::from_value::<EarningRule>(rule).is_err());
}

#[test]
fn r4_every_mistake_is_pointed_at() {
    let fixed = json!({ "type": "fixed", "points": 1 });
    let rule = |more: Value| {
        let mut rule = json!({ "code": "rule", "point_type": "points", "effect": fixed });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([rule])
    };
    for (rules, pointer) in [
        (rule(json!({ "point_type": "miles" })), "point_type"),
        (rule(json!({ "on": "" })), "on"),
        (rule(json!({ "on": "review", "lines": { "categories": ["toys"] } })), "lines"),
        (rule(json!({ "from": "2026-06-01T00:00:00Z", "until": "2026-06-01T00:00:00Z" })), "until"),
        (
            rule(json!({ "effect": { "type": "points_per_amount", "points": 1, "per_minor": 0 } })),
            "effect/per_minor",
        ),
        (
            rule(
                json!({ "effect": { "type": "points_per_amount", "points": -1, "per_minor": 1 } }),
            ),
            "effect/points",
        ),
        (rule(json!({ "effect": { "type": "points_per_unit", "points": -1 } })), "effect/points"),
        (rule(json!({ "effect": { "type": "fixed", "points": i64::MAX } })), "effect/points"),
        (rule(json!({ "effect": { "type": "multiplier", "factor": "0.5" } })), "effect/factor"),
        (rule(json!({ "effect": { "type": "multiplier", "factor": "1001" } })), "effect/factor"),
        (
            rule(json!({ "on": "review", "effect": { "type": "points_per_unit", "points": 1 } })),
            "effect",
        ),
        (rule(json!({ "caps": [{ "per": "day" }] })), "caps/0"),
        (rule(json!({ "caps": [{ "per": "day", "points": 0 }] })), "caps/0/points"),
        (rule(json!({ "caps": [{ "per": "day", "times": -1 }] })), "caps/0/times"),
        (
            rule(json!({ "caps": [{ "per": "day", "points": 1 }, { "per": "day", "times": 1 }] })),
            "caps/1/per",
        ),
        (rule(json!({ "nth": { "n": 0, "per": "ever" } })), "nth/n"),
        (rule(json!({ "budget": 0 })), "budget"),
    ] {
        let errors = compile(&rules).unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, [format!("/earning_rules/0/{pointer}")], "{errors:?}");
    }
}

#[test]
fn r70_an_exclusive_group_holds_what_can_be_compared() {
    let rule = |code: &str, point_type: &str, effect: Value| json!({ "code": code, "point_type": point_type, "exclusive": "g", "effect": effect });
    let fixed = json!({ "type": "fixed", "points": 1 });
    let double = json!({ "type": "multiplier", "factor": 2 });
    let mixed = json!([
        rule("a", "points", fixed.clone()),
        rule("b", "points", double),
        rule("c", "nights", fixed)
    ]);
    let errors = compile(&mixed).unwrap_err();
    let pointers: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
    assert_eq!(pointers, ["/earning_rules/1/exclusive", "/earning_rules/2/exclusive"]);
}
