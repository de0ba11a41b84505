//! Whether an entry says what its register asks for, and numbers with decimals that stay exact.

use jiff::civil::Date;
use lazo_domain::ids::RegisterEntryId;
use lazo_domain::time::Timestamp;
use serde_json::Value;

use super::{Field, Kind, Register, Values};
use crate::http::FieldError;

/// The longest line.
const MAX_WORDS: usize = 200;
/// The longest text.
const MAX_TEXT: usize = 4_000;
/// The most lines of a list.
const MAX_LINES: usize = 50;
/// Decimals that a number may have.
const MAX_DECIMALS: usize = 6;

/// An exact number with six decimals: millionths in an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(pub i64);

impl Number {
    /// One, in millionths.
    pub const ONE: i64 = 1_000_000;

    /// Reads `12`, `-0.5`; nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let sound = !whole.is_empty()
            && whole.len() <= 12
            && fraction.len() <= MAX_DECIMALS
            && all(whole)
            && all(fraction)
            && (!digits.contains('.') || !fraction.is_empty());
        if !sound {
            return None;
        }
        let padded = format!("{fraction:0<6}");
        let whole: i64 = whole.parse().ok()?;
        let micros: i64 = padded.parse().ok()?;
        whole.checked_mul(Self::ONE)?.checked_add(micros)?.checked_mul(sign).map(Self)
    }
}

/// One wrong field with a code that pages have words for.
#[must_use]
pub fn wrong(field: &str, code: &str) -> FieldError {
    let detail = match code {
        "required" => "must be filled in",
        "unknown" => "the register has no such field",
        "too_long" => "is longer than is taken",
        "number" => "must be a number within the field's range",
        "day" => "must be a day such as 2026-12-31",
        "moment" => "must be an instant such as 2026-12-31T09:00:00Z",
        "choice" => "must be one of the field's choices",
        "order" => "comes before what it must follow",
        "smart" => "must be filled in before the objective is approved",
        "same" => "is the same as where it begins",
        "entry" => "names no entry of this client",
        _ => "does not fit",
    };
    FieldError { pointer: format!("/{field}"), code: code.to_owned(), detail: detail.to_owned() }
}

/// What of `values` is filled in, and everything wrong with it.
#[must_use]
pub fn check(register: &Register, values: Values) -> (Values, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut kept = Values::new();
    for (name, value) in values {
        let Some(field) = register.fields.iter().find(|field| field.name == name) else {
            errors.push(wrong(&name, "unknown"));
            continue;
        };
        match one(field, value) {
            Ok(Some(value)) => drop(kept.insert(name, value)),
            Ok(None) => {}
            Err(code) => errors.push(wrong(&name, code)),
        }
    }
    for field in register.fields.iter().filter(|field| field.required) {
        let there =
            kept.contains_key(field.name) || errors.iter().any(|e| e.pointer[1..] == *field.name);
        if !there {
            errors.push(wrong(field.name, "required"));
        }
    }
    if errors.is_empty() {
        errors.extend((register.rule)(&kept).into_iter().map(|(field, code)| wrong(field, code)));
    }
    (kept, errors)
}

/// One field's value as it is kept; nothing when it was left empty.
fn one(field: &Field, value: Value) -> Result<Option<Value>, &'static str> {
    let value = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => Value::String(text.trim().to_owned()),
        value => value,
    };
    match field.kind {
        Kind::Words => text(value, MAX_WORDS, false),
        Kind::Text => text(value, MAX_TEXT, true),
        Kind::Lines => lines(value),
        Kind::Whole(least, most) => whole(&value, least, most),
        Kind::Money => whole(&value, 0, 1_000_000_000_000),
        Kind::Decimal => fits(value, "number", |text| Number::parse(text).is_some()),
        Kind::Day => fits(value, "day", |text| text.len() == 10 && text.parse::<Date>().is_ok()),
        Kind::Moment => fits(value, "moment", |text| Timestamp::parse(text).is_ok()),
        Kind::Yes => value.as_bool().map(|yes| Some(yes.into())).ok_or("choice"),
        Kind::Choice(choices) => fits(value, "choice", |text| choices.contains(&text)),
        Kind::Choices(choices) => some(value, "choice", |text| choices.contains(&text)),
        Kind::Entry(_) => fits(value, "entry", is_entry),
        Kind::Entries(_) => some(value, "entry", is_entry),
    }
}

fn is_entry(text: &str) -> bool {
    text.parse::<RegisterEntryId>().is_ok()
}

fn text(value: Value, most: usize, lines: bool) -> Result<Option<Value>, &'static str> {
    let Value::String(text) = value else { return Err("choice") };
    if text.chars().count() > most {
        return Err("too_long");
    }
    let strange = |c: char| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'));
    if text.chars().any(strange) {
        return Err("choice");
    }
    Ok(Some(Value::String(text.replace("\r\n", "\n"))))
}

fn lines(value: Value) -> Result<Option<Value>, &'static str> {
    let Value::Array(all) = value else { return Err("choice") };
    let mut kept = Vec::new();
    for line in all {
        let Value::String(line) = line else { return Err("choice") };
        if line.trim().is_empty() {
            continue;
        }
        kept.extend(text(Value::String(line.trim().to_owned()), MAX_WORDS, false)?);
    }
    if kept.len() > MAX_LINES {
        return Err("too_long");
    }
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

fn whole(value: &Value, least: i64, most: i64) -> Result<Option<Value>, &'static str> {
    let number = value.as_i64().filter(|number| (least..=most).contains(number));
    number.map(|number| Some(number.into())).ok_or("number")
}

fn fits(
    value: Value,
    code: &'static str,
    is: impl Fn(&str) -> bool,
) -> Result<Option<Value>, &'static str> {
    if value.as_str().is_some_and(is) { Ok(Some(value)) } else { Err(code) }
}

fn some(
    value: Value,
    code: &'static str,
    is: impl Fn(&str) -> bool,
) -> Result<Option<Value>, &'static str> {
    let Value::Array(all) = &value else { return Err(code) };
    if all.len() > MAX_LINES || !all.iter().all(|one| one.as_str().is_some_and(&is)) {
        return Err(code);
    }
    Ok((!all.is_empty()).then_some(value))
}
