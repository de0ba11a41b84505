//! Our evaluation held against that of the `cel` crate: the same answer, or no answer from both.

use std::collections::BTreeMap;

use cel::{Context, Program, Value as Other};
use proptest::prelude::*;
use serde::Serialize;

use super::*;
use crate::event::{Line, Purchase};
use crate::rules::Subject;

/// A purchase as the other engine sees it.
#[derive(Serialize)]
struct Seen<'a> {
    net_minor: i64,
    units: i64,
    currency: &'a str,
    store: &'a str,
    lines: Vec<SeenLine<'a>>,
    attributes: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct SeenLine<'a> {
    product: &'a str,
    category: &'a str,
    quantity_milli: i64,
    net_minor: i64,
}

fn shopping() -> Purchase {
    let line = |product: &str, category: &str, quantity_milli, net_minor| Line {
        product: product.to_owned(),
        category: category.to_owned(),
        quantity_milli,
        net_minor,
        ..Line::default()
    };
    Purchase {
        currency: "EUR".to_owned(),
        store: Some("madrid-1".to_owned()),
        lines: vec![
            line("ball", "toys", 2_000, 1_500),
            line("pear", "fruit", 1_250, 300),
            line("kite", "toys", 1_000, 0),
        ],
        attributes: BTreeMap::from([("coupon".to_owned(), "7".to_owned())]),
        ..Purchase::default()
    }
}

/// What we say: an answer, no answer, or that we do not take the expression.
fn ours(source: &str) -> Result<Option<bool>, String> {
    let condition = Condition::compile(source, &Vocabulary::of_measure())?;
    let purchase = shopping();
    let scope = Scope::of_measure(Subject::Purchase(&purchase));
    Ok(condition.holds(&scope, None).ok())
}

/// What the `cel` crate says.
fn theirs(source: &str) -> Option<bool> {
    let purchase = shopping();
    let seen = Seen {
        net_minor: 1_800,
        units: 4,
        currency: "EUR",
        store: "madrid-1",
        lines: purchase
            .lines
            .iter()
            .map(|line| SeenLine {
                product: &line.product,
                category: &line.category,
                quantity_milli: line.quantity_milli,
                net_minor: line.net_minor,
            })
            .collect(),
        attributes: &purchase.attributes,
    };
    let mut context = Context::default();
    context.add_variable("purchase", seen).unwrap();
    match Program::compile(source).unwrap().execute(&context) {
        Ok(Other::Bool(value)) => Some(value),
        Ok(other) => panic!("{source} yields {other:?}"),
        Err(_) => None,
    }
}

/// Texts of expressions that yield a whole number, a number with decimals, a text, or yes or no.
#[derive(Debug, Clone)]
struct Texts {
    int: String,
    double: String,
    text: String,
    truth: String,
}

fn leaves() -> impl Strategy<Value = Texts> {
    let int = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "3",
        "1800",
        "9223372036854775807",
        "-9223372036854775808",
        "purchase.net_minor",
        "purchase.units",
        "size(purchase.lines)",
        "purchase.lines[0].net_minor",
        "purchase.lines[3].net_minor",
        "int(purchase.attributes.coupon)",
        "int(purchase.store)",
    ]);
    let double = prop::sample::select(vec![
        "0.0",
        "1.5",
        "-2.5",
        "1e300",
        "9223372036854775807.0",
        "1800.0",
        "double(purchase.units)",
        "double('x')",
    ]);
    let text = prop::sample::select(vec![
        "''",
        "'toys'",
        "'madrid-1'",
        "purchase.store",
        "purchase.attributes['coupon']",
    ]);
    let truth = prop::sample::select(vec![
        "true",
        "false",
        "has(purchase.attributes.coupon)",
        "has(purchase.attributes.other)",
        "purchase.lines.all(l, l.net_minor > 0)",
        "purchase.lines.exists(l, 10 / l.net_minor == 0)",
        "purchase.lines.exists_one(l, l.category == 'fruit')",
        "'kite' in purchase.lines.map(l, l.product)",
        "purchase.lines.filter(l, l.category == 'toys').size() == 2",
        "purchase.lines.all(l, 10 / l.net_minor < 0)",
        "purchase.lines.exists(l, 10 / l.net_minor > 5)",
        "purchase.lines.filter(l, 10 / l.net_minor > 5).size() == 0",
    ]);
    (int, double, text, truth).prop_map(|(int, double, text, truth)| Texts {
        int: int.to_owned(),
        double: double.to_owned(),
        text: text.to_owned(),
        truth: truth.to_owned(),
    })
}

fn grow(inner: BoxedStrategy<Texts>) -> BoxedStrategy<Texts> {
    let arithmetic = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
    let relation = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let kind = 0..7_u8;
    (inner.clone(), inner.clone(), inner, arithmetic, relation, kind)
        .prop_map(|(a, b, c, arithmetic, relation, kind)| {
            // The other engine has no answer for a number without value, where the language says no.
            let on_doubles = if matches!(arithmetic, "%" | "/") { "+" } else { arithmetic };
            Texts {
                int: match kind {
                    0 => format!("size({})", a.text),
                    1 => format!("int({})", a.double),
                    2 => format!("-({})", a.int),
                    3 => format!("({} ? {} : {})", c.truth, a.int, b.int),
                    _ => format!("({} {arithmetic} {})", a.int, b.int),
                },
                double: match kind {
                    0 => format!("double({})", a.int),
                    1 => format!("-({})", a.double),
                    _ => format!("({} {on_doubles} {})", a.double, b.double),
                },
                text: match kind {
                    0 => format!("string({})", a.int),
                    1 => format!("string({})", a.truth),
                    _ => format!("({} + {})", a.text, b.text),
                },
                truth: match kind {
                    0 => format!("({} {relation} {})", a.int, b.int),
                    1 => format!("({} {relation} {})", a.int, b.double),
                    2 => format!("({} {relation} {})", a.text, b.text),
                    3 => format!("({} && {})", a.truth, b.truth),
                    4 => format!("({} || !{})", a.truth, b.truth),
                    5 => format!(
                        "{}.startsWith({}) == {}.contains({})",
                        a.text, b.text, b.text, c.text
                    ),
                    _ => format!("({} in [{}, {}, {}])", a.int, b.int, c.int, a.double),
                },
            }
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn r4_both_evaluations_agree(texts in grow(grow(leaves().boxed()))) {
        // What we do not take (nesting) needs no agreement; all else is the same answer, or none from both.
        if let Ok(answer) = ours(&texts.truth) {
            prop_assert_eq!(answer, theirs(&texts.truth), "{}", texts.truth);
        }
    }
}

#[test]
fn r4_both_evaluations_agree_where_it_is_subtle() {
    for source in [
        "true || 1 / 0 == 1",
        "1 / 0 == 1 || true",
        "1 / 0 == 1 || false",
        "false && 1 / 0 == 1",
        "1 / 0 == 1 && false",
        "1 / 0 == 1 && true",
        "!(1 / 0 == 1)",
        "9007199254740993 == 9007199254740992.0",
        "9007199254740993 > 9007199254740992.0",
        "9223372036854775807 < 9223372036854775807.0",
        "-9223372036854775808 == -9223372036854775808.0",
        "0 == -0.0 && 0.0 == -0.0",
        "0.0 / 0.0 == 0.0 / 0.0",
        "0.0 / 0.0 != 1",
        "1.0 / 0.0 > 9223372036854775807",
        "int(-1.9) == -1 && int(1.9) == 1",
        "int(9223372036854775807.0) > 0",
        "int('+5') == 5",
        "int(' 5') == 5",
        "int('99999999999999999999') == 5",
        "double('1e3') == 1000.0",
        "string(1.0) == '1'",
        "string(true) == 'true' && string('a') == 'a'",
        "size('ñandú') == 5",
        "'a' < 'b' && 'Z' < 'a' && 'a' < 'ñ'",
        "1 in [1.0] && 2 in [1, 2] && !('1' in [1, 2]) && !(1 in [])",
        "1 in [1, 1 / 0]",
        "-7 / 2 == -3 && -7 % 2 == -1",
        "-9223372036854775808 / -1 == 1",
        "-9223372036854775808 % -1 == 0",
        "-(-9223372036854775808) > 0",
        "purchase.lines.map(l, l.net_minor).size() == 3",
        "size(purchase.lines.filter(l, l.net_minor > 0)) + size([1, 2]) == 4",
        "size(purchase.lines.map(l, l.product) + ['x']) == 4",
        "purchase.lines.exists_one(l, l.net_minor / 0 == 1)",
        "purchase.lines.exists(l, has(l.product) && l.product == 'pear')",
        "has(purchase.lines[9].product)",
        "purchase.lines[-1].net_minor == 0",
    ] {
        assert_eq!(ours(source), Ok(theirs(source)), "{source}");
    }
}

/// Runs the language's own test cases (cel-spec), where `LAZO_DATA` has them: of those that a condition or a measure
/// may be, each comes out as the specification says.
#[test]
fn r4_what_is_taken_follows_the_specification() {
    let data = std::env::var("LAZO_DATA").unwrap_or_else(|_| "../../../shared/data".to_owned());
    let archive = format!("{data}/conformance/cel-spec/cel-spec-conformance.tar.gz");
    if !std::path::Path::new(&archive).exists() {
        eprintln!("skipped: {archive} is not there");
        return;
    }
    let (mut checked, mut refused) = (0, 0);
    for file in [
        "basic",
        "comparisons",
        "conversions",
        "fp_math",
        "integer_math",
        "lists",
        "logic",
        "macros",
        "parse",
        "string",
    ] {
        let member = format!("tests/simple/testdata/{file}.textproto");
        let unpacked =
            std::process::Command::new("tar").args(["-xzOf", &archive, &member]).output().unwrap();
        let text = String::from_utf8(unpacked.stdout).unwrap();
        assert!(text.contains("section"), "{member} is not in {archive}");
        for (expression, expected) in cases(&text) {
            match conforms(&expression, &expected) {
                Some(true) => checked += 1,
                Some(false) => panic!("{file}: {expression} should be {expected:?}"),
                None => refused += 1,
            }
        }
    }
    assert!(checked >= 200, "{checked} checked, {refused} not taken");
}

/// What a test case expects.
#[derive(Debug, PartialEq)]
enum Expected {
    Bool(bool),
    Int(i64),
    Failure,
}

/// The cases without bindings whose result is yes or no, a whole number, or a failure.
fn cases(text: &str) -> Vec<(String, Expected)> {
    let mut cases = Vec::new();
    for block in text.split("test {").chain(text.split("test: {")).skip(1) {
        let block = block.split("\n  }\n").next().unwrap_or_default();
        let field = |name: &str| {
            let start = block.find(name)? + name.len();
            block[start..].split(['\n', '}']).next().map(str::trim)
        };
        let expected = if block.contains("eval_error") {
            Some(Expected::Failure)
        } else if let Some(value) = field("bool_value:") {
            value.parse().ok().map(Expected::Bool)
        } else {
            field("int64_value:").and_then(|value| value.parse().ok()).map(Expected::Int)
        };
        // Texts with escapes would have to be read as the format of these files says.
        let expression =
            block.lines().find_map(|line| line.trim().strip_prefix("expr: ")).and_then(|quoted| {
                let quote = quoted.chars().next()?;
                quoted.strip_prefix(quote)?.strip_suffix(quote)
            });
        if let (Some(expression), Some(expected)) = (expression, expected)
            && !expression.contains('\\')
            && !block.contains("bindings")
        {
            cases.push((expression.to_owned(), expected));
        }
    }
    cases
}

/// Does our answer equal the expected one? `None` when the expression is not taken.
fn conforms(expression: &str, expected: &Expected) -> Option<bool> {
    let vocabulary = Vocabulary::of_measure();
    let purchase = shopping();
    let scope = Scope::of_measure(Subject::Purchase(&purchase));
    if let Ok(condition) = Condition::compile(expression, &vocabulary) {
        let answer = condition.holds(&scope, None).map_or(Expected::Failure, Expected::Bool);
        return Some(answer == *expected);
    }
    let number = Number::compile(expression, &vocabulary).ok()?;
    Some(number.value(&scope).map_or(Expected::Failure, Expected::Int) == *expected)
}
