//! Figures in words: names of indicators, values as people write them, findings as sentences.

use jiff::civil::Date;
use lazo_domain::money::Currency;
use lazo_measures::catalogue::Unit;
use lazo_measures::diagnosis::{Answer, Finding};

use super::Figure;
use crate::i18n::{Args, Locale};

/// An indicator's name.
#[must_use]
pub fn name(locale: Locale, kpi: &str) -> String {
    locale.text(&format!("measures-{}", kpi.to_lowercase()), &Args::new())
}

/// A value as people write it; a dash where there is none.
#[must_use]
pub fn value(locale: Locale, value: Option<f64>, unit: Unit, currency: Currency) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return "—".to_owned() };
    let number = |value: f64, scale: u8| locale.number(units(value, scale), scale);
    match unit {
        Unit::Share => format!("{} %", number(value * 100.0, 1)),
        Unit::Money => locale.money(units(value, 0), currency),
        Unit::Count | Unit::Points | Unit::Days | Unit::Seconds => number(value, 0),
        Unit::Ratio | Unit::Months | Unit::Score | Unit::Table => number(value, 2),
    }
}

/// A figure's value.
#[must_use]
pub fn figure(locale: Locale, figure: &Figure, currency: Currency) -> String {
    value(locale, figure.value, figure.unit, currency)
}

/// What one test found, as a sentence.
#[must_use]
pub fn finding(locale: Locale, finding: &Finding) -> String {
    let plain = |value: f64| locale.number(units(value, 3), 3);
    let args = Args::new().text("fact", fact(locale, &finding.fact));
    let (key, args) = match &finding.answer {
        Answer::Holds { value, line, .. } => {
            ("measures-holds", args.text("value", plain(*value)).text("line", plain(*line)))
        }
        Answer::Fails { value, line } => {
            ("measures-fails", args.text("value", plain(*value)).text("line", plain(*line)))
        }
        Answer::Chance { value, line, p } => (
            "measures-chance",
            args.text("value", plain(*value)).text("line", plain(*line)).text("p", plain(*p)),
        ),
        Answer::TooFew { n, fewest } => {
            ("measures-too-few", args.text("n", n.to_string()).text("fewest", fewest.to_string()))
        }
        Answer::Unknown { .. } => ("measures-unknown", args),
    };
    locale.text(key, &args)
}

/// A fact's name: an indicator's own name, else the fact's code in words.
#[must_use]
pub fn fact(locale: Locale, fact: &str) -> String {
    let (head, rest) = fact.split_once('.').unwrap_or((fact, ""));
    if lazo_measures::catalogue::kpi(head).is_none() {
        return fact.replace(['_', '.'], " ");
    }
    let own = name(locale, head);
    if rest.is_empty() { own } else { format!("{own} ({rest})") }
}

/// A number of things, for texts that choose between one and many and show it.
#[must_use]
pub fn counted(many: usize) -> Args {
    let many = i64::try_from(many).unwrap_or(i64::MAX);
    Args::new().count("n", many).text("number", many.to_string())
}

/// A date as people write it: day, month, year.
#[must_use]
pub fn date(locale: Locale, date: Date) -> String {
    format!("{} {} {}", date.day(), locale.month(date.month()), date.year())
}

/// A decimal number as whole units of ten to the minus `scale`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "shown numbers; what does not fit is shown as the largest"
)]
fn units(value: f64, scale: u8) -> i64 {
    (value * 10_f64.powi(i32::from(scale))).round() as i64
}
