//! Which registers there are: one list, in the order in which a client is understood.

mod alignment;
mod discovery;
mod technology;

use super::{Field, Kind, Register, Values};

/// The six functions of a client whose word counts (R28).
pub const FUNCTIONS: &[&str] =
    &["finance", "technology", "operations", "marketing", "crm", "merchandising"];
/// The parts of a program that a change may touch and a function may have a veto on.
pub const TOPICS: &[&str] = &[
    "earning",
    "expiry",
    "tiers",
    "rewards",
    "point_value",
    "returns",
    "adjustments",
    "transfers",
    "state",
];
/// The indicators that an objective may be measured by.
pub const KPIS: &[&str] = &[
    "members",
    "active_members",
    "repeat_rate",
    "purchase_frequency",
    "average_order",
    "revenue_of_members",
    "redeemer_share",
    "burn_ratio",
    "points_liability",
    "reward_cost",
];

/// Every register.
pub const ALL: &[Register] = &[
    discovery::HISTORY,
    discovery::TACTICS,
    discovery::COMPETITORS,
    discovery::OBJECTIVES,
    discovery::CONSTRAINTS,
    alignment::STAKEHOLDERS,
    alignment::WORKSHOPS,
    alignment::DECISIONS,
    alignment::ACTIONS,
    technology::SYSTEMS,
    technology::CAPABILITIES,
    technology::POINTS,
    technology::TASKS,
    technology::BLACKOUTS,
];

/// A field that may be left empty.
const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, listed: false }
}

/// A field that must be filled in.
const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true, listed: false }
}

/// The same, standing in the list.
const fn listed(field: Field) -> Field {
    Field { listed: true, ..field }
}

fn no_rule(_: &Values) -> Vec<(&'static str, &'static str)> {
    Vec::new()
}

fn text<'a>(values: &'a Values, field: &str) -> &'a str {
    values.get(field).and_then(serde_json::Value::as_str).unwrap_or_default()
}
