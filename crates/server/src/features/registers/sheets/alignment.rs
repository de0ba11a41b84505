//! The registers of the people who must agree, and of the meetings at which they do.

use super::super::{Kind, Register};
use super::{FUNCTIONS, TOPICS, listed, may, must, no_rule};

const HOME: &str = "/console/alignment";

/// Who speaks for which function.
pub const STAKEHOLDERS: Register = Register {
    code: "stakeholders",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("function", Kind::Choice(FUNCTIONS))),
        listed(may("title", Kind::Words)),
        listed(must("influence", Kind::Whole(1, 5))),
        may("wants", Kind::Text),
        may("concerns", Kind::Text),
        listed(may("vetoes", Kind::Choices(TOPICS))),
        may("login", Kind::Words),
    ],
    rule: no_rule,
};

/// Meetings.
pub const WORKSHOPS: Register = Register {
    code: "workshops",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("at", Kind::Moment)),
        listed(must("minutes", Kind::Whole(5, 1_440))),
        listed(may("place", Kind::Words)),
        must("agenda", Kind::Lines),
        may("invited", Kind::Lines),
        may("read_before", Kind::Text),
        may("notes", Kind::Text),
        may("open_points", Kind::Lines),
    ],
    rule: no_rule,
};

/// What was decided, and what it concerns.
pub const DECISIONS: Register = Register {
    code: "decisions",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(must("workshop", Kind::Entry("workshops"))),
        listed(may("objective", Kind::Entry("objectives"))),
        listed(may("element", Kind::Words)),
        may("why", Kind::Text),
    ],
    rule: concerns,
};

/// A decision concerns an objective or an element of the program.
fn concerns(values: &super::Values) -> Vec<(&'static str, &'static str)> {
    let concerned = values.contains_key("objective") || values.contains_key("element");
    if concerned { Vec::new() } else { vec![("objective", "required")] }
}

/// Who does what until when.
pub const ACTIONS: Register = Register {
    code: "actions",
    home: HOME,
    fields: &[
        listed(must("name", Kind::Words)),
        listed(may("workshop", Kind::Entry("workshops"))),
        listed(must("owner", Kind::Words)),
        listed(must("due", Kind::Day)),
        listed(may("done_on", Kind::Day)),
    ],
    rule: no_rule,
};
