//! The registers of the discovery's questions: what was, what others do, what is wanted, what must not be.

use super::super::{Kind, Number, Register, Values};
use super::{FUNCTIONS, KPIS, listed, may, must, no_rule, text};

const HOME: &str = "/console/discovery";
/// Ways in which a program rewards.
const MECHANICS: &[&str] = &[
    "points",
    "cashback",
    "stamps",
    "tiers",
    "paid",
    "coupons",
    "discount",
    "rebate",
    "coalition",
    "none",
];
/// What a limit may be on. The engine holds those that it can hold by itself.
const LIMITS: &[&str] = &[
    "annual_reward_budget",
    "maximum_liability",
    "maximum_campaign_cost",
    "frozen_system",
    "channel_unavailable",
];

/// What the client does or did in loyalty.
pub const HISTORY: Register = Register {
    code: "history",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("mechanic", Kind::Choice(MECHANICS))),
        listed(must("started_on", Kind::Day)),
        listed(may("ended_on", Kind::Day)),
        listed(may("members", Kind::Whole(0, 1_000_000_000))),
        listed(may("yearly_cost", Kind::Money)),
        may("results", Kind::Text),
        may("why_ended", Kind::Text),
        listed(may("data_exists", Kind::Yes)),
        may("data_where", Kind::Words),
    ],
    rule: past,
};

fn past(values: &Values) -> Vec<(&'static str, &'static str)> {
    let (start, end) = (text(values, "started_on"), text(values, "ended_on"));
    let mut wrong = Vec::new();
    if !end.is_empty() && end < start {
        wrong.push(("ended_on", "order"));
    }
    let exists = values.get("data_exists").and_then(serde_json::Value::as_bool) == Some(true);
    if exists && text(values, "data_where").is_empty() {
        wrong.push(("data_where", "required"));
    }
    wrong
}

/// What might be tried, beside the catalogue of tactics: ideas of the client's own.
pub const TACTICS: Register = Register {
    code: "tactics",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("mechanic", Kind::Choice(MECHANICS))),
        listed(must("effort", Kind::Choice(&["low", "medium", "high"]))),
        listed(must("cost", Kind::Choice(&["low", "medium", "high"]))),
        may("evidence", Kind::Text),
        may("needs", Kind::Text),
    ],
    rule: no_rule,
};

/// What others offer.
pub const COMPETITORS: Register = Register {
    code: "competitors",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        must("offer", Kind::Text),
        must("currency", Kind::Words),
        must("points", Kind::Decimal),
        must("per_spend", Kind::Decimal),
        must("point_worth", Kind::Decimal),
        listed(may("first_reward", Kind::Decimal)),
        listed(may("expiry_months", Kind::Whole(0, 600))),
        listed(may("tiers", Kind::Whole(0, 20))),
        listed(may("yearly_fee", Kind::Decimal)),
        listed(may("app_rating", Kind::Decimal)),
        listed(must("checked_on", Kind::Day)),
        must("found_where", Kind::Words),
    ],
    rule: offer,
};

fn offer(values: &Values) -> Vec<(&'static str, &'static str)> {
    let number = |field: &str| Number::parse(text(values, field));
    let mut wrong = Vec::new();
    if number("per_spend").is_none_or(|spend| spend.0 <= 0) {
        wrong.push(("per_spend", "number"));
    }
    for field in ["points", "point_worth", "first_reward", "yearly_fee", "app_rating"] {
        if number(field).is_some_and(|number| number.0 < 0) {
            wrong.push((field, "number"));
        }
    }
    wrong
}

/// What the program is for: goals with objectives below them.
pub const OBJECTIVES: Register = Register {
    code: "objectives",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        may("goal", Kind::Entry("objectives")),
        listed(may("function", Kind::Choice(FUNCTIONS))),
        listed(may("kpi", Kind::Choice(KPIS))),
        may("baseline", Kind::Decimal),
        listed(may("target", Kind::Decimal)),
        may("from", Kind::Day),
        listed(may("due", Kind::Day)),
        listed(may("owner", Kind::Words)),
        listed(may("weight", Kind::Whole(1, 100))),
        may("elements", Kind::Lines),
        listed(may("approved", Kind::Yes)),
    ],
    rule: smart,
};

/// What an objective needs before it is approved: an indicator, where it begins, a number, a date, somebody, a weight.
pub const SMART: &[&str] = &["function", "kpi", "baseline", "target", "due", "owner", "weight"];

fn smart(values: &Values) -> Vec<(&'static str, &'static str)> {
    if values.get("approved").and_then(serde_json::Value::as_bool) != Some(true) {
        return Vec::new();
    }
    let missing = SMART.iter().filter(|field| !values.contains_key(**field));
    let mut wrong: Vec<(&'static str, &'static str)> =
        missing.map(|field| (*field, "smart")).collect();
    if !text(values, "target").is_empty() && text(values, "target") == text(values, "baseline") {
        wrong.push(("target", "same"));
    }
    wrong
}

/// What must not be exceeded or touched.
pub const CONSTRAINTS: Register = Register {
    code: "constraints",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("limit", Kind::Choice(LIMITS))),
        listed(may("amount", Kind::Money)),
        listed(may("system", Kind::Words)),
        listed(may("until", Kind::Day)),
        listed(must("owner", Kind::Words)),
        may("why", Kind::Text),
    ],
    rule: limit,
};

fn limit(values: &Values) -> Vec<(&'static str, &'static str)> {
    match text(values, "limit") {
        "frozen_system" => {
            let missing = ["system", "until"].into_iter().filter(|f| text(values, f).is_empty());
            missing.map(|field| (field, "required")).collect()
        }
        "channel_unavailable" if text(values, "system").is_empty() => vec![("system", "required")],
        "channel_unavailable" => Vec::new(),
        _ if !values.contains_key("amount") => vec![("amount", "required")],
        _ => Vec::new(),
    }
}
