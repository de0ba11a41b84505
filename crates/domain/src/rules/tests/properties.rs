//! What holds for whatever rules and purchases: shares sum, nothing is negative, results repeat, limits hold.

use proptest::prelude::*;

use super::*;

fn a_purchase() -> impl Strategy<Value = Purchase> {
    let line = (0..4_u8, 0..3_u8, -500_i64..20_000, -3_000_i64..50_000);
    proptest::collection::vec(line, 0..12).prop_map(|lines| {
        let names: Vec<(String, String, i64, i64)> =
            lines.iter().map(|(p, c, q, n)| (format!("p{p}"), format!("c{c}"), *q, *n)).collect();
        purchase(
            &names.iter().map(|(p, c, q, n)| (p.as_str(), c.as_str(), *q, *n)).collect::<Vec<_>>(),
        )
    })
}

fn a_bench() -> Bench {
    let mut bench = Bench::new(json!([
        { "code": "base", "point_type": "points", "caps": [{ "per": "week", "points": 900 }],
          "effect": { "type": "points_per_amount", "points": 3, "per_minor": 100, "rounding": "half_even" } },
        { "code": "lines", "point_type": "points", "when": "purchase.net_minor > 5000", "lines": { "not_products": ["p1"] },
          "effect": { "type": "points_per_amount", "points": 2, "per_minor": 70, "rounding": "ceil", "over": "line" } },
        { "code": "unit", "point_type": "nights", "lines": { "when": "line.quantity_milli > 1500" },
          "effect": { "type": "points_per_unit", "points": 2 } },
        { "code": "often", "point_type": "points", "nth": { "n": 2, "every": true, "per": "day" },
          "caps": [{ "per": "month", "times": 5 }], "exclusive": "g", "effect": { "type": "fixed", "points": 77 } },
        { "code": "rare", "point_type": "points", "budget": 400, "exclusive": "g",
          "effect": { "type": "fixed", "points": 70 } },
        { "code": "more", "point_type": "points", "lines": { "categories": ["c1"] },
          "caps": [{ "per": "ever", "points": 2_000, "times": 9 }],
          "effect": { "type": "multiplier", "factor": "7/3", "rounding": "half_up" } },
    ]));
    bench.facts.resources.insert("budget:club:rare".into(), 400);
    bench.standings.insert("status".into(), standing("gold", ProgramId(7)));
    bench
}

/// What the steps say was given.
fn told(earned: &Earned) -> i64 {
    let given = |step: &Step| match step {
        Step::ForAmount { points, .. }
        | Step::ForUnits { points, .. }
        | Step::Fixed { points, .. }
        | Step::Multiplied { points, .. } => *points,
        _ => 0,
    };
    earned.steps.iter().map(given).sum()
}

proptest! {
    #[test]
    fn i12_shares_sum_and_nothing_is_negative(purchase in a_purchase()) {
        let bench = a_bench();
        let earned = bench.buy(&purchase);
        for award in &earned.awards {
            prop_assert!(award.points > 0, "{award:?}");
            prop_assert_eq!(award.shares.len(), purchase.lines.len());
            prop_assert_eq!(award.shares.iter().sum::<i64>(), award.points);
            prop_assert!(award.shares.iter().all(|share| *share >= 0), "{award:?}");
        }
        prop_assert_eq!(told(&earned), earned.awards.iter().map(|a| a.points).sum::<i64>());
        prop_assert_eq!(&bench.buy(&purchase), &earned);
        prop_assert!(earned.steps.len() >= 6);
    }

    /// A random history of a few days: the sums are counted here, apart from the counters.
    #[test]
    fn i17_no_cap_and_no_budget_is_ever_passed(
        history in proptest::collection::vec((a_purchase(), 0_i64..200_000), 1..40)
    ) {
        let mut bench = a_bench();
        let mut given: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        for (purchase, seconds) in &history {
            bench.at = bench.at.plus_micros(seconds * crate::time::SECOND);
            let earned = bench.commit(purchase);
            for award in &earned.awards {
                for (rule, period) in [("base", Period::Week), ("often", Period::Month)] {
                    if award.rule == rule {
                        let start = period.start(bench.at, &bench.program.zone).to_string();
                        let sum = given.entry((rule.to_owned(), start)).or_default();
                        *sum = (sum.0 + award.points, sum.1 + 1);
                    }
                }
                let sum = given.entry((award.rule.to_string(), "all".to_owned())).or_default();
                *sum = (sum.0 + award.points, sum.1 + 1);
            }
        }
        for ((rule, period), (points, times)) in &given {
            match (rule.as_str(), period.as_str()) {
                ("rare", _) => prop_assert!(*points <= 400),
                ("more", _) => prop_assert!(*points <= 2_000 && *times <= 9),
                ("base", "all") | ("often", "all") => {}
                ("base", _) => prop_assert!(*points <= 900, "{period} {points}"),
                ("often", _) => prop_assert!(*times <= 5, "{period} {times}"),
                _ => {}
            }
        }
    }

    /// Whatever text stands where an expression belongs: it is refused or it is evaluated, and nothing panics.
    #[test]
    fn r4_no_text_brings_the_rules_down(text in "[ a-z0-9_.()\\[\\]{}&|!?:<>=+*/%',\"-]{0,60}") {
        let rules = json!([{ "code": "rule", "point_type": "points", "when": text,
            "effect": { "type": "fixed", "points": 1 } }]);
        if let Ok(program) = compile(&rules) {
            let mut bench = a_bench();
            bench.program = program;
            bench.buy(&euros(100));
        }
    }

    /// The same for texts made of words of the language.
    #[test]
    fn r4_no_sentence_brings_the_rules_down(words in proptest::collection::vec(proptest::sample::select(vec![
        "purchase", ".net_minor", ".lines", ".exists(l, ", ".filter(l, ", ")", "(", "l", ".category", "==", "'a'", "1",
        "+", "-", "!", "&&", "||", "?", ":", "[", "]", "in", "has(", "size(", "member.x", "at.hour", "1.5", "true", "{",
        "}", ",", "u", "b'x'", "null", "optional.of(1)", "purchase{}", "type(1)", "dyn(1)", ".map(x, y, ",
    ]), 0..20)) {
        let rules = json!([{ "code": "rule", "point_type": "points", "when": words.concat(),
            "effect": { "type": "fixed", "points": 1 } }]);
        if let Ok(program) = compile(&rules) {
            let mut bench = a_bench();
            bench.program = program;
            bench.buy(&euros(100));
        }
    }
}
