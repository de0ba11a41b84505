//! What the API tells of a program's document is what the document is.

use lazo_domain::program::ProgramConfig;
use serde_json::{Value, json};
use utoipa::PartialSchema;

use super::api::ProgramDocumentView;
use super::check;

fn told() -> Value {
    serde_json::from_str(include_str!("document.schema.json")).unwrap()
}

#[test]
fn r91_the_document_is_told_without_loss() {
    assert_eq!(serde_json::to_value(ProgramDocumentView::schema()).unwrap(), told());
}

#[test]
fn r91_the_example_is_a_program_that_can_be_made_as_it_stands() {
    let example: ProgramConfig = serde_json::from_value(told()["examples"][0].clone()).unwrap();
    assert_eq!(check(&example), []);
}

#[test]
fn q8_numbers_that_mean_nothing_are_refused_where_they_stand() {
    for (pointer, value) in [
        ("/point_types/0/expiry/term", json!({ "days": -1 })),
        ("/point_types/0/expiry/term", json!({ "months": i32::MAX })),
        ("/point_types/0/pending", json!({ "hours": 0 })),
        ("/tier_groups/0/grace", json!({ "days": 0 })),
        ("/tier_groups/0/window", json!({ "rolling": { "months": 0 } })),
        ("/rewards/0/hold", json!({ "days": -1 })),
        ("/rewards/0/stock", json!(-1)),
        ("/rewards/0/limit_per_member", json!(-1)),
        ("/rewards/0/kind/valid_for", json!({ "days": -30 })),
        ("/rewards/1/kind/min_minor", json!(-100)),
        ("/returns/debt_limit", json!(-5)),
        ("/adjustments/four_eyes_above", json!(i64::MIN)),
        ("/transfers/max", json!(-1)),
    ] {
        let mut document = told()["examples"][0].clone();
        let mut place = &mut document;
        for step in pointer.split('/').skip(1) {
            place = match step.parse::<usize>() {
                Ok(at) => &mut place[at],
                Err(_) => &mut place[step],
            };
        }
        *place = value;
        let config: ProgramConfig = serde_json::from_value(document).unwrap();
        let found: Vec<String> = check(&config).into_iter().map(|error| error.pointer).collect();
        assert_eq!(found, [pointer]);
    }
}

/// A document comes back with every field it has, so that a field the schema lacks, or one it invents, is found.
#[test]
fn r91_every_field_of_a_document_is_told_and_no_other() {
    let example = told()["examples"][0].clone();
    let mut rich = example.clone();
    rich["point_types"][0]["expiry"]["by_tier"] =
        json!([{ "group": "level", "tier": "gold", "term": { "days": 720 } }]);
    rich["point_types"][0]["pending"] = json!({ "hours": 3 });
    rich["earning_rules"][0]["nth"] = json!({ "n": 2, "per": "month" });
    rich["earning_rules"][1]["effect"] = json!({ "type": "multiplier", "factor": "3/2" });
    rich["earning_rules"][2]["effect"] = json!({ "type": "points_per_unit", "points": 1 });
    rich["tier_groups"][0]["measure"] = json!({ "expression": "purchase.net_minor" });
    rich["tier_groups"][0]["window"] = json!({ "rolling": { "months": 12 } });
    rich["tier_groups"][0]["tiers"][0]["benefits"] = json!([{ "en": "Free tea" }]);
    rich["rewards"][0]["price_by_tier"] = json!([{ "group": "level", "tier": "gold", "price": 5 }]);
    rich["rewards"][1]["kind"] =
        json!({ "type": "experience", "starts_at": "2030-01-01T00:00:00Z" });
    let mut plain = example.clone();
    plain["rewards"][0]["kind"] = json!({ "type": "product" });
    plain["tier_groups"][0]["measure"] = json!("visits");
    for document in [example, rich, plain] {
        let config: ProgramConfig = serde_json::from_value(document).unwrap();
        fits(&told(), &serde_json::to_value(&config).unwrap(), "").unwrap();
    }
}

/// Does `value` fit the schema, with every property the schema tells?
fn fits(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(all) = schema["oneOf"].as_array() {
        let tried = all.iter().map(|one| fits(one, value, at));
        return tried.reduce(Result::or).unwrap();
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.contains(&json!(kind)) {
        return Err(format!("{at}: {value} is not {kinds:?}"));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        return Err(format!("{at}: {value} is not among {}", schema["enum"]));
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(&schema["items"], item, &format!("{at}/{n}"))?;
    }
    let Some(fields) = value.as_object() else { return Ok(()) };
    if let Some(names) = schema["additionalProperties"].as_object() {
        let names = json!(names);
        return fields.iter().try_for_each(|(k, v)| fits(&names, v, &format!("{at}/{k}")));
    }
    let known = schema["properties"].as_object().unwrap();
    for (name, field) in fields {
        let schema = known.get(name).ok_or(format!("{at}/{name} is not told"))?;
        fits(schema, field, &format!("{at}/{name}"))?;
    }
    match known.keys().find(|name| !fields.contains_key(*name)) {
        Some(name) => Err(format!("{at}/{name} is told and not there")),
        None => Ok(()),
    }
}
