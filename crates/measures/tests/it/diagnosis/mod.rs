//! Every rule with a set of facts that fires it and one that nearly does (R81), and the diagnoses of low
//! sign-ups and of churn (R83, R85).

use std::collections::BTreeMap;

use lazo_measures::diagnosis::{
    Answer, Fact, Facts, Finding, Severity, Verdict, diagnose, judge, rule, rules,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    fires: Facts,
    nearly: Facts,
}

fn cases() -> BTreeMap<String, Case> {
    toml::from_str(include_str!("cases.toml")).expect("the cases")
}

fn fired(facts: &Facts) -> Vec<String> {
    let fired = |one: &lazo_measures::diagnosis::Outcome| one.verdict == Verdict::Fired;
    diagnose(facts).into_iter().filter(fired).map(|one| one.rule).collect()
}

#[test]
fn r81_each_of_the_46_rules_fires_on_its_data_and_not_on_what_nearly_is() {
    let cases = cases();
    assert_eq!(rules().len(), 46);
    let mut wrong = Vec::new();
    for (at, rule) in rules().iter().enumerate() {
        assert_eq!(rule.id, format!("D{}", at + 1));
        let case = &cases[&rule.id];
        let outcome = judge(rule, &case.fires);
        if outcome.verdict != Verdict::Fired || fired(&case.fires) != [rule.id.clone()] {
            wrong.push((fired(&case.fires), outcome));
        }
        let mut facts = case.fires.clone();
        facts.extend(case.nearly.clone());
        let outcome = judge(rule, &facts);
        let changed: Vec<&Finding> = outcome
            .symptom
            .iter()
            .chain(&outcome.cause)
            .filter(|one| case.nearly.contains_key(&one.fact))
            .collect();
        let near =
            |one: &&Finding| matches!(one.answer, Answer::Fails { .. } | Answer::Chance { .. });
        if outcome.verdict == Verdict::Fired || changed.is_empty() || !changed.iter().all(near) {
            wrong.push((vec!["nearly".to_owned()], outcome));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn r81_every_rule_names_an_indicator_a_range_and_a_way_to_measure() {
    for rule in rules() {
        let effect = &rule.effect;
        assert!(effect.low <= effect.high, "{}", rule.id);
        assert!(effect.weeks > 0 && rule.cooldown_days > 0 && rule.min_n > 0, "{}", rule.id);
        assert!(
            lazo_measures::catalogue::kpi(&effect.kpi).is_some(),
            "{}: {}",
            rule.id,
            effect.kpi
        );
        assert!(!rule.cause.is_empty() && !rule.symptom.is_empty(), "{}", rule.id);
    }
    assert_eq!(rule("D10").unwrap().severity, Severity::Critical);
    assert!(rule("D47").is_none());
}

#[test]
fn r81_a_rule_without_its_data_says_what_it_could_not_test() {
    let none = judge(rule("D7").unwrap(), &Facts::new());
    assert_eq!(none.verdict, Verdict::CouldNotTest);
    assert_eq!(none.could_not_test, ["K16", "K27", "awareness_quiz", "catalog_viewers"]);
    // The symptom is there, what would show its cause is not known.
    let mut facts = cases()["D7"].fires.clone();
    facts.remove("catalog_viewers");
    let outcome = judge(rule("D7").unwrap(), &facts);
    assert_eq!(outcome.verdict, Verdict::CauseNotTested);
    assert_eq!(outcome.could_not_test, ["awareness_quiz", "catalog_viewers"]);
}

#[test]
fn r81_too_few_cases_are_not_a_finding_and_neither_is_chance() {
    let with = |hits, n| {
        let mut facts = cases()["D7"].fires.clone();
        let share = lazo_measures::stats::intervals::Proportion { hits, n };
        facts.insert("K16".to_owned(), Fact::Share(share));
        judge(rule("D7").unwrap(), &facts)
    };
    let few = with(10, 199);
    assert_eq!(few.verdict, Verdict::CouldNotTest);
    assert_eq!(few.symptom[0].answer, Answer::TooFew { n: 199, fewest: 200 });
    let chance = with(190, 1_000);
    assert_eq!(chance.verdict, Verdict::Quiet);
    assert!(matches!(chance.symptom[0].answer, Answer::Chance { .. }), "{chance:?}");
}

/// What is known of a program whose sign-ups are low and where nothing else is wrong.
const LOW_SIGN_UPS: &str = r#"
K2 = { hits = 300, n = 6000 }
"K2.weeks" = { series = [0.05, 0.05, 0.05, 0.05], n = 1500 }
"K2.target" = { value = 0.10 }
"K2.stores" = { groups = [[48, 1000], [50, 1000], [50, 1000], [50, 1000], [50, 1000], [52, 1000]] }
K51 = { hits = 5200, n = 6000 }
value_score_of_nonjoiners = { mean = 4.2, sd = 0.8, n = 200 }
landing_conversion = { hits = 300, n = 1000 }
K20 = { value = 0.020 }
"K20.competitors" = { value = 0.015 }
no_advantage_verbatims = { hits = 10, n = 200 }
training_overdue = { hits = 2, n = 60 }
mystery_shop_score = { mean = 4.5, sd = 0.4, n = 40 }
form_abandonment = { hits = 100, n = 1000 }
enrollment_seconds = { mean = 24, sd = 10, n = 500 }
worst_field_dropout = { hits = 20, n = 1000 }
mobile_abandonment = { hits = 50, n = 500 }
desktop_abandonment = { hits = 50, n = 500 }
"#;

fn low_sign_ups(change: &str) -> Vec<String> {
    let mut facts: Facts = toml::from_str(LOW_SIGN_UPS).unwrap();
    facts.extend(toml::from_str::<Facts>(change).unwrap());
    fired(&facts).into_iter().filter(|id| ["D1", "D2", "D3"].contains(&id.as_str())).collect()
}

#[test]
fn r83_value_associates_and_friction_are_told_apart() {
    assert_eq!(low_sign_ups(""), Vec::<String>::new());
    let value = r#"
value_score_of_nonjoiners = { mean = 2.9, sd = 0.8, n = 200 }
K20 = { value = 0.008 }
no_advantage_verbatims = { hits = 120, n = 200 }
"#;
    assert_eq!(low_sign_ups(value), ["D1"]);
    let associates = r#"
"K2.stores" = { groups = [[10, 1000], [12, 1000], [14, 1000], [60, 1000], [90, 1000], [114, 1000]] }
K51 = { hits = 2100, n = 6000 }
training_overdue = { hits = 35, n = 60 }
mystery_shop_score = { mean = 2.6, sd = 0.6, n = 40 }
"#;
    assert_eq!(low_sign_ups(associates), ["D2"]);
    let friction = r#"
form_abandonment = { hits = 560, n = 1000 }
enrollment_seconds = { mean = 71, sd = 20, n = 500 }
worst_field_dropout = { hits = 300, n = 1000 }
"#;
    assert_eq!(low_sign_ups(friction), ["D3"]);
    // Both causes at once are both told.
    let untrained = associates.to_owned()
        + "form_abandonment = { hits = 560, n = 1000 }\nworst_field_dropout = { hits = 300, n = 1000 }\n";
    assert_eq!(low_sign_ups(&untrained), ["D2", "D3"]);
}

#[test]
fn r85_churn_of_those_who_never_redeemed_fires_and_says_what_to_lower() {
    let facts = &cases()["D4"].fires;
    let outcome = judge(rule("D4").unwrap(), facts);
    assert_eq!(outcome.verdict, Verdict::Fired);
    let cause = &outcome.cause[0];
    assert_eq!(cause.fact, "churners_never_redeemed");
    assert!(matches!(cause.answer, Answer::Holds { p: Some(p), .. } if p < 1e-6));
    let effect = &rule("D4").unwrap().effect;
    assert_eq!((effect.kpi.as_str(), effect.low, effect.high), ("K13", -0.05, -0.02));
}
