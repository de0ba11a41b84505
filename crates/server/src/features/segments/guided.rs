//! The guided form: a few questions that most audiences are made of, written as a condition.

use serde::{Deserialize, Serialize};

/// The answers of the guided form; what is left open asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Guided {
    /// At least so many whole points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance_from: Option<i64>,
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance_to: Option<i64>,
    /// Bought within so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bought_within: Option<i64>,
    /// Has not bought for so many days, also who never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_for: Option<i64>,
    /// Enrolled within so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolled_within: Option<i64>,
    /// Enrolled at least so many days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolled_for: Option<i64>,
    /// Spent at least so much within 365 days, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent_from_minor: Option<i64>,
    /// Holds a tier, as `ladder.tier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "status.gold")]
    pub tier: Option<String>,
    /// Is in a segment of recency, frequency and money, such as `at_risk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "at_risk")]
    pub rfm: Option<String>,
    /// Has given a consent, as `purpose_channel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "offers_email")]
    pub consent: Option<String>,
}

impl Guided {
    /// The answers as a condition.
    #[must_use]
    pub fn condition(&self) -> String {
        let number = |name: &str, relation: &str, value: Option<i64>| {
            value.map(|value| format!("{name} {relation} {value}"))
        };
        let tier = self.tier.as_deref().and_then(|tier| tier.split_once('.'));
        let parts = [
            number("balance", ">=", self.balance_from),
            number("balance", "<=", self.balance_to),
            number("days_since_purchase", "<=", self.bought_within),
            number("days_since_purchase", ">=", self.silent_for),
            number("days_enrolled", "<=", self.enrolled_within),
            number("days_enrolled", ">=", self.enrolled_for),
            number("spent_minor_365", ">=", self.spent_from_minor),
            // Codes hold no quotes; whatever else comes is refused where the condition is checked.
            tier.map(|(ladder, tier)| format!("tier.{ladder} == {}", quoted(tier))),
            self.rfm.as_ref().map(|name| format!("rfm == {}", quoted(name))),
            self.consent.as_ref().map(|name| format!("consent.{name}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "true".to_owned() } else { parts.join(" && ") }
    }
}

/// A text as CEL writes it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
