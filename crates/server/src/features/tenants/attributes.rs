//! Which attributes a tenant's members may have, and whether given ones fit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use lazo_domain::program::ConfigError;

/// The most attributes a member may have.
pub const MAX_ATTRIBUTES: usize = 100;
/// The longest text of an attribute, in characters.
pub const MAX_TEXT: usize = 1_000;

/// The attributes of a tenant's members by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct AttributeSchema(pub BTreeMap<String, AttributeRule>);

/// What one attribute may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeRule {
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// Must every member have it?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The only values allowed, for a text; any when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// The kind of an attribute's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// Words.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Flag,
    /// A day, `YYYY-MM-DD`.
    Date,
}

/// A member's attributes by name.
pub type Attributes = BTreeMap<String, Value>;

impl AttributeSchema {
    /// Everything in `attributes` that does not fit; pointers are below `/attributes`.
    #[must_use]
    pub fn check(&self, attributes: &Attributes) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        if attributes.len() > MAX_ATTRIBUTES {
            let most = format!("at most {MAX_ATTRIBUTES} attributes");
            errors.push(ConfigError::new("/attributes", most));
        }
        for (name, value) in attributes {
            let at = format!("/attributes/{name}");
            match self.0.get(name) {
                None => errors.push(ConfigError::new(
                    at,
                    "is not an attribute of this tenant; add it under member_attributes",
                )),
                Some(rule) => errors
                    .extend(rule.refusal(value).into_iter().map(|why| ConfigError::new(&at, why))),
            }
        }
        for (name, rule) in &self.0 {
            if rule.required && !attributes.contains_key(name) {
                errors.push(ConfigError::new(format!("/attributes/{name}"), "is required"));
            }
        }
        errors
    }
}

impl AttributeSchema {
    /// Does every one of these fit, whatever else a member must have?
    #[must_use]
    pub fn fits(&self, attributes: &Attributes) -> bool {
        attributes
            .iter()
            .all(|(name, value)| self.0.get(name).is_some_and(|rule| rule.refusal(value).is_none()))
    }
}

impl AttributeRule {
    fn refusal(&self, value: &Value) -> Option<String> {
        let fits = match (self.kind, value) {
            (AttributeType::Text, Value::String(text)) => text.chars().count() <= MAX_TEXT,
            (AttributeType::Integer, Value::Number(number)) => number.is_i64(),
            (AttributeType::Flag, Value::Bool(_)) => true,
            (AttributeType::Date, Value::String(text)) => text.parse::<jiff::civil::Date>().is_ok(),
            _ => false,
        };
        if !fits {
            return Some(self.kind.wanted());
        }
        let listed = self.choices.is_empty()
            || value.as_str().is_some_and(|text| self.choices.iter().any(|choice| choice == text));
        (!listed).then(|| format!("must be one of {}", self.choices.join(", ")))
    }
}

impl AttributeType {
    fn wanted(self) -> String {
        match self {
            Self::Text => format!("must be a text of at most {MAX_TEXT} characters"),
            Self::Integer => "must be a whole number".to_owned(),
            Self::Flag => "must be true or false".to_owned(),
            Self::Date => "must be a day such as 2026-01-31".to_owned(),
        }
    }
}
