//! The registers of the technology audit: what is there, what is needed, where the two meet, and the work between.

use super::super::{Kind, Number, Register, Values};
use super::{listed, may, must, no_rule, text};

const HOME: &str = "/console/technology";
/// What a program needs of the systems around it.
const CAPABILITIES_OF: &[&str] = &[
    "earn_at_pos",
    "burn_at_pos",
    "earn_online",
    "burn_online",
    "web_login",
    "email_send",
    "sms_send",
    "push_send",
    "consent_sync",
    "member_sync",
    "product_catalogue",
    "finance_posting",
    "reporting",
    "customer_service",
];
const RISKS: &[&str] = &["low", "medium", "high"];

/// What the client has.
pub const SYSTEMS: Register = Register {
    code: "systems",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("owner", Kind::Words)),
        listed(may("vendor", Kind::Words)),
        listed(may("version", Kind::Words)),
        listed(must("timing", Kind::Choice(&["real_time", "batch", "both", "none"]))),
        may("protocols", Kind::Lines),
        may("availability", Kind::Words),
        may("rate_limit", Kind::Words),
        may("data_classes", Kind::Lines),
        listed(may("contract_end", Kind::Day)),
        listed(may("frozen_from", Kind::Day)),
        listed(may("frozen_until", Kind::Day)),
    ],
    rule: frozen,
};

fn frozen(values: &Values) -> Vec<(&'static str, &'static str)> {
    let (from, until) = (text(values, "frozen_from"), text(values, "frozen_until"));
    match (from.is_empty(), until.is_empty()) {
        (false, true) => vec![("frozen_until", "required")],
        (true, false) => vec![("frozen_from", "required")],
        (false, false) if until < from => vec![("frozen_until", "order")],
        _ => Vec::new(),
    }
}

/// What is needed, and which system gives it.
pub const CAPABILITIES: Register = Register {
    code: "capabilities",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Choice(CAPABILITIES_OF))),
        listed(must("severity", Kind::Choice(RISKS))),
        listed(may("system", Kind::Entry("systems"))),
        may("note", Kind::Text),
    ],
    rule: no_rule,
};

/// Where two systems meet.
pub const POINTS: Register = Register {
    code: "integration_points",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("source", Kind::Entry("systems"))),
        listed(may("target", Kind::Entry("systems"))),
        listed(must("direction", Kind::Choice(&["in", "out", "both"]))),
        listed(must("event", Kind::Words)),
        listed(must("protocol", Kind::Words)),
        may("frequency", Kind::Words),
        may("volume_per_day", Kind::Whole(0, 1_000_000_000_000)),
        must("owner", Kind::Words),
        may("auth", Kind::Words),
        may("on_error", Kind::Text),
        may("proof_source", Kind::Words),
    ],
    rule: no_rule,
};

/// The work, with what each piece takes in days: at best, most likely, at worst.
pub const TASKS: Register = Register {
    code: "tasks",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        may("point", Kind::Entry("integration_points")),
        listed(must("best_days", Kind::Decimal)),
        listed(must("likely_days", Kind::Decimal)),
        listed(must("worst_days", Kind::Decimal)),
        listed(may("actual_days", Kind::Decimal)),
        may("after", Kind::Entries("tasks")),
        listed(may("team", Kind::Words)),
        may("system", Kind::Entry("systems")),
        may("phase", Kind::Choice(&["build", "run"])),
        may("responsible", Kind::Words),
        listed(must("accountable", Kind::Words)),
        may("consulted", Kind::Lines),
        may("informed", Kind::Lines),
        may("day_rate", Kind::Money),
    ],
    rule: estimate,
};

fn estimate(values: &Values) -> Vec<(&'static str, &'static str)> {
    let days = |field: &str| Number::parse(text(values, field)).map_or(-1, |number| number.0);
    let (best, likely, worst) = (days("best_days"), days("likely_days"), days("worst_days"));
    let mut wrong = Vec::new();
    for (field, days) in [("best_days", best), ("likely_days", likely), ("worst_days", worst)] {
        if !(0..=3_650 * Number::ONE).contains(&days) {
            wrong.push((field, "number"));
        }
    }
    if likely < best {
        wrong.push(("likely_days", "order"));
    }
    if worst < likely {
        wrong.push(("worst_days", "order"));
    }
    wrong
}

/// Days on which nothing goes live.
pub const BLACKOUTS: Register = Register {
    code: "blackouts",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("from", Kind::Day)),
        listed(must("until", Kind::Day)),
        listed(may("system", Kind::Entry("systems"))),
    ],
    rule: span,
};

fn span(values: &Values) -> Vec<(&'static str, &'static str)> {
    if text(values, "until") < text(values, "from") { vec![("until", "order")] } else { Vec::new() }
}
