//! The difference between two documents in words, one line per change.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What changes from `old` to `new`, each as `path: old → new`, `path: new …` or `path: removed`.
///
/// Items of lists are known by their `code`, so that moving one is no change of all.
#[must_use]
pub fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    walk("", &plain(old), &plain(new), &mut lines);
    lines
}

/// A document without what says nothing: nulls, empty lists and empty tables.
#[must_use]
pub fn plain(value: &Value) -> Value {
    match value {
        Value::Object(table) => {
            let kept = table.iter().map(|(key, value)| (key.clone(), plain(value)));
            Value::Object(kept.filter(|(_, value)| !says_nothing(value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        other => other.clone(),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(table) => table.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn walk(at: &str, old: &Value, new: &Value, lines: &mut Vec<String>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(old), Value::Object(new)) => tables(at, old, new, lines),
        (Value::Array(old), Value::Array(new)) if coded(old) && coded(new) => {
            let (old, new) = (by_code(old), by_code(new));
            let before = lines.len();
            tables(at, &old, &new, lines);
            if lines.len() == before {
                lines.push(format!("{at}: in another order"));
            }
        }
        _ => lines.push(format!("{at}: {} → {}", short(old), short(new))),
    }
}

fn tables(at: &str, old: &Map<String, Value>, new: &Map<String, Value>, lines: &mut Vec<String>) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => walk(&path, old, new, lines),
            (None, Some(new)) => lines.push(format!("{path}: new {}", short(new))),
            (Some(_), None) => lines.push(format!("{path}: removed")),
            (None, None) => {}
        }
    }
}

fn coded(items: &[Value]) -> bool {
    items.iter().all(|item| item.get("code").is_some_and(Value::is_string))
}

fn by_code(items: &[Value]) -> Map<String, Value> {
    let code =
        |item: &Value| item.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
    items.iter().map(|item| (code(item), item.clone())).collect()
}

/// A value as people would say it: texts bare, tables without braces.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        Value::Object(table) => {
            let parts: Vec<String> = table
                .iter()
                .filter(|(key, _)| key.as_str() != "code")
                .map(|(key, value)| format!("{key} {}", short(value)))
                .collect();
            format!("({})", parts.join(", "))
        }
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
