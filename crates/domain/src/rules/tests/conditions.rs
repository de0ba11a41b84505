//! Expressions: what they see, what they refuse before they run, and how they fail.

use super::*;

/// A rule of 1 point with this condition on purchases.
fn when(condition: &str) -> Value {
    json!([{ "code": "rule", "point_type": "points", "when": condition, "effect": { "type": "fixed", "points": 1 } }])
}

fn shopping() -> Purchase {
    Purchase {
        store: Some("madrid-1".into()),
        attributes: BTreeMap::from([("coupon".to_owned(), "SUMMER".to_owned())]),
        ..purchase(&[("ball", "toys", 2_000, 1_500), ("pear", "fruit", 1_250, 300)])
    }
}

/// Does the condition hold for the shopping of a member in a known place and time?
fn holds(condition: &str) -> Result<bool, String> {
    let mut bench = Bench::new(when(condition));
    bench.facts.attributes.insert("segment".into(), "family".into());
    let earned = bench.buy(&shopping());
    match earned.steps.as_slice() {
        [Step::Fixed { .. }] => Ok(true),
        [Step::Zero { why: ZeroReason::Condition { when }, .. }] => {
            assert_eq!(when, condition);
            Ok(false)
        }
        [Step::Zero { why: ZeroReason::ConditionFailed { error, .. }, .. }] => Err(error.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn r26_conditions_see_the_purchase_the_member_the_tier_and_the_local_time() {
    // 2026-03-11T10:00:00Z is a Wednesday, 11:00 in Madrid.
    for condition in [
        "purchase.net_minor == 1800",
        "purchase.net_minor > 17.5",
        "purchase.units == 3",
        "purchase.currency == 'EUR' && purchase.store.startsWith('madrid')",
        "purchase.channel == '' && !has(purchase.channel) && has(purchase.store)",
        "purchase.attributes.coupon == 'SUMMER' && purchase.attributes['coupon'].contains('UMM')",
        "purchase.attributes.other == '' && !has(purchase.attributes.other) && has(purchase.attributes.coupon)",
        "size(purchase.lines) == 2 && purchase.lines.size() == 2",
        "purchase.lines[1].category == 'fruit'",
        "purchase.lines.exists(l, l.category == 'toys' && l.net_minor >= 1500)",
        "purchase.lines.all(l, l.quantity_milli > 1000)",
        "purchase.lines.exists_one(l, l.product == 'pear')",
        "purchase.lines.filter(l, l.net_minor > 200).size() == 2",
        "'fruit' in purchase.lines.map(l, l.category)",
        "member.segment in ['family', 'student'] && member.unknown == ''",
        "tier.status == '' && !has(tier.status)",
        "at.hour == 11 && at.weekday == 3 && at.day == 11 && at.month == 3 && at.year == 2026",
        "at.date == '2026-03-11' && at.date < '2026-04-01'",
        "int('12') + 1 == 13 && string(5) == '5' && double(3) / 2.0 == 1.5",
        "purchase.net_minor >= 5000 ? false : true",
    ] {
        assert_eq!(holds(condition), Ok(true), "{condition}");
        assert_eq!(holds(&format!("!({condition})")), Ok(false), "{condition}");
    }
}

#[test]
fn r26_a_condition_that_cannot_be_computed_gives_nothing_and_says_why() {
    for (condition, error) in [
        ("purchase.net_minor / 0 == 1", "division by zero"),
        ("purchase.net_minor * 9223372036854775807 > 1", "overflow"),
        ("purchase.lines[7].net_minor > 1", "there is no such line"),
        ("int(member.segment) > 3", "the text is not a number"),
    ] {
        assert_eq!(holds(condition), Err(error.to_owned()), "{condition}");
    }
}

#[test]
fn r26_custom_events_have_numbers_and_words() {
    let bench = Bench::new(json!([{ "code": "praise", "on": "review", "point_type": "points",
        "when": "event.numbers.stars >= 4 && event.attributes.place != 'shop' && event.name == 'review'",
        "effect": { "type": "fixed", "points": 5 } }]));
    let review = |stars: Option<i64>| Custom {
        name: "review".into(),
        numbers: stars.into_iter().map(|stars| ("stars".to_owned(), stars)).collect(),
        attributes: BTreeMap::new(),
    };
    assert_eq!(bench.ask(Subject::Custom(&review(Some(5)))).awards[0].points, 5);
    assert!(bench.ask(Subject::Custom(&review(Some(3)))).awards.is_empty());
    let missing = bench.ask(Subject::Custom(&review(None)));
    assert!(matches!(zeros(&missing)[..], [("praise", ZeroReason::ConditionFailed { error, .. })]
        if error == "`stars` was not given"));
}

#[test]
fn r26_a_condition_on_lines_chooses_lines() {
    let bench = Bench::new(json!([{ "code": "dear", "point_type": "points",
        "lines": { "categories": ["toys"], "when": "line.net_minor >= 1000 && purchase.units > 2" },
        "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } }]));
    let basket =
        [("a", "toys", 1_000, 900), ("b", "toys", 1_000, 1_000), ("c", "food", 1_000, 5_000)];
    assert_eq!(awards(&bench.buy(&purchase(&basket))), [("dear", 10, vec![0, 10, 0])]);
    assert_eq!(zeros(&bench.buy(&purchase(&basket[..2]))), [("dear", &ZeroReason::NoLine)]);
}

#[test]
fn r26_four_members_make_the_same_purchase_and_get_four_results() {
    let mut bench = Bench::new(json!([
        base(),
        { "code": "student", "point_type": "points", "when": "member.segment == 'student'",
          "effect": { "type": "fixed", "points": 20 } },
        { "code": "web", "point_type": "points", "when": "member.market == 'mx' && tier.status == 'gold'",
          "effect": { "type": "multiplier", "factor": 3 } },
    ]));
    let member = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    };
    let gold = standing("gold", ProgramId(7));
    let mut totals = Vec::new();
    for (attributes, tier) in [
        (member(&[]), None),
        (member(&[("segment", "student")]), None),
        (member(&[("market", "es")]), Some(&gold)),
        (member(&[("market", "mx")]), Some(&gold)),
    ] {
        bench.facts.attributes = attributes;
        bench.standings =
            tier.map(|gold| ("status".to_owned(), gold.clone())).into_iter().collect();
        totals.push(bench.buy(&euros(1_000)).awards.iter().map(|a| a.points).sum::<i64>());
    }
    // 10; 10 + 20; 10 + half for gold; 10 + half for gold + twice for Mexico.
    assert_eq!(totals, [10, 30, 15, 35]);
}

#[test]
fn r4_expressions_are_refused_before_they_run() {
    let deep = format!("{}true{}", "!(".repeat(70), ")".repeat(70));
    let long = format!("purchase.store == '{}'", "x".repeat(1_000));
    let wide = format!("purchase.lines.exists(l, {})", vec!["l.net_minor > 1"; 40].join(" && "));
    for (condition, part) in [
        ("purchase.net_minor >", "not a CEL expression; at character 21: "),
        ("purchase.net > 5", "`purchase` has no `net`; it has net_minor"),
        ("purchase == purchase", "say which part of `purchase`"),
        ("purchase.attributes == 'a'", "say which one: `purchase.attributes.<key>`"),
        ("purchase.store.name == 'a'", "`purchase.store` is a text and has no parts"),
        (
            "basket.net_minor > 5",
            "`basket` is not known here; an expression may use purchase, member, tier, at",
        ),
        ("now > 5", "`now` is not known here"),
        ("event.name == 'a'", "`event` is not known here"),
        ("tier.nope == 'gold'", "there is no tier group `nope`; the program has status, fans"),
        ("purchase.net_minor", "it yields a whole number and must yield yes or no"),
        ("purchase.net_minor > '5'", "a whole number and a text cannot be compared"),
        ("purchase.net_minor * 1.5 > 5.0", "int(…) and double(…) convert"),
        ("purchase.store.matches('a+')", "`matches` is not known here"),
        (
            "duration('5s') == duration('5s')",
            "`duration` is not known here; the functions are size",
        ),
        ("purchase.store == null", "nothing is null here"),
        ("{'a': 1}.a == 1", "maps and messages cannot be built here"),
        ("[1, 2].exists(x, x == 1)", "a loop runs over `purchase.lines`, not over a list"),
        (
            "purchase.lines.exists(l, purchase.lines.exists(m, m.product == l.product))",
            "a loop within a loop",
        ),
        ("purchase.lines.exists(l, l.price > 5)", "a line has no `price`; it has product"),
        ("purchase.lines.exists(at, at.net_minor > 5)", "`at` is a name already"),
        (
            "purchase.lines.exists(l, l.net_minor)",
            "`||` joins conditions, not yes or no and a whole number",
        ),
        (deep.as_str(), "more than 8 brackets within each other"),
        (long.as_str(), "the expression has 1020 bytes and may have 1000"),
        (wide.as_str(), "steps on a purchase of 2000 lines and 200000 are allowed"),
    ] {
        let errors = compile(&when(condition)).unwrap_err();
        assert_eq!(errors.len(), 1, "{condition}: {errors:?}");
        assert_eq!(errors[0].pointer, "/earning_rules/0/when");
        assert!(errors[0].message.contains(part), "{condition}: {}", errors[0].message);
    }
}

#[test]
fn r4_a_condition_on_lines_is_bounded_too() {
    for (condition, part) in [
        ("purchase.lines.exists(l, l.product == line.product)", "a loop within a loop over lines"),
        ("line.price > 5", "`line` has no `price`"),
    ] {
        let rules = json!([{ "code": "rule", "point_type": "points", "lines": { "when": condition },
            "effect": { "type": "fixed", "points": 1 } }]);
        let errors = compile(&rules).unwrap_err();
        assert_eq!(errors[0].pointer, "/earning_rules/0/lines/when");
        assert!(errors[0].message.contains(part), "{}", errors[0].message);
    }
    let heavy = format!("purchase.lines.exists(l, {})", ["l.net_minor > 1"; 12].join(" && "));
    let rules: Vec<Value> = (0..40)
        .map(|n| {
            json!({ "code": format!("r{n}"), "point_type": "points", "when": heavy,
            "effect": { "type": "fixed", "points": 1 } })
        })
        .collect();
    let errors = compile(&Value::from(rules)).unwrap_err();
    assert_eq!(errors[0].pointer, "/earning_rules");
    assert!(errors[0].message.contains("the conditions of all rules for `purchase`"));
}

#[test]
fn r4_a_ladder_can_measure_by_an_expression() {
    let mut config = config(&json!([]));
    config.tier_groups[0].measure = crate::program::Measure::Expression(
        "purchase.channel == 'web' ? 2 * purchase.units : purchase.units".into(),
    );
    let ids = BTreeMap::from([("points".to_owned(), POINTS), ("nights".to_owned(), NIGHTS)]);
    let program = config.compile(ProgramId(7), 1, Timestamp(0), &ids).unwrap();
    let web = Purchase { channel: Some("web".into()), ..shopping() };
    let foreign = Purchase { currency: "USD".into(), ..shopping() };
    let custom =
        Custom { name: "review".into(), numbers: BTreeMap::new(), attributes: BTreeMap::new() };
    assert_eq!(program.rules.measure("status", Subject::Purchase(&shopping())), 3);
    assert_eq!(program.rules.measure("status", Subject::Purchase(&web)), 6);
    assert_eq!(program.rules.measure("status", Subject::Purchase(&foreign)), 0);
    assert_eq!(program.rules.measure("status", Subject::Custom(&custom)), 0);
    assert_eq!(program.rules.measure("fans", Subject::Purchase(&web)), 0);
    config.tier_groups[0].measure = crate::program::Measure::Expression("member.age".into());
    let errors = config.compile(ProgramId(7), 1, Timestamp(0), &ids).unwrap_err();
    assert_eq!(errors[0].pointer, "/tier_groups/0/measure");
}

#[test]
fn r26_a_failure_never_repeats_a_members_attribute() {
    let mut bench = Bench::new(when("int(member.phone) > 3"));
    bench.facts.attributes.insert("phone".into(), "secret-600".into());
    let earned = bench.buy(&shopping());
    assert!(!serde_json::to_string(&earned.steps).unwrap().contains("secret"));
}

/// Long and deep texts of every form that the grammar lets repeat, each as long as may be.
#[test]
fn r4_no_depth_runs_out_of_stack() {
    let fill = |open: &str, middle: &str, close: &str| {
        let times = (1_000 - middle.len()) / (open.len() + close.len());
        format!("{}{middle}{}", open.repeat(times), close.repeat(times))
    };
    for (open, middle, close) in [
        ("(", "true", ")"),
        ("!(", "true", ")"),
        ("[", "1", "]"),
        ("{1:", "1", "}"),
        ("size(", "'a'", ")"),
        ("a{b:", "1", "}"),
        ("!", "true", ""),
        ("-", "1", ""),
        ("true?true:", "true", ""),
        ("true?", "true", ":true"),
        ("1+", "1", ""),
        ("true||", "true", ""),
        ("true&&", "true", ""),
        ("1<", "1", ""),
        ("", "a", ".b"),
        ("", "a", "[0]"),
        ("", "a", ".b()"),
        ("", "purchase.lines", ".filter(l,true)"),
        ("(", "", ""),
        ("[", "", ""),
        ("", "", ")"),
        ("? ", "", ""),
    ] {
        let rules = when(&fill(open, middle, close));
        if let Ok(program) = compile(&rules) {
            let bench = Bench { program, ..Bench::new(when("true")) };
            assert_eq!(bench.buy(&shopping()).steps.len(), 1, "{open}{middle}{close}");
        }
    }
}
