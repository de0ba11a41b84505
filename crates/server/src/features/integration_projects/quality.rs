//! The quality of a source's data: what is wrong, how often, how many points hang on it, and where to look.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most examples kept of one finding.
const EXAMPLES: usize = 20;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Minor,
    /// Whoever has it waits at the desk.
    Major,
    /// Stands in the way until it is mended or accepted with a reason.
    Blocker,
}

/// Every code with its dimension and severity.
const CODES: &[(&str, &str, Severity)] = &[
    ("no_totals", "consistency", Severity::Blocker),
    ("unreadable_row", "validity", Severity::Blocker),
    ("duplicate_member", "uniqueness", Severity::Blocker),
    ("part_without_member", "integrity", Severity::Blocker),
    ("contact_without_company", "integrity", Severity::Major),
    ("balance_differs", "consistency", Severity::Major),
    ("ledger_differs", "consistency", Severity::Major),
    ("duplicate_lot", "uniqueness", Severity::Major),
    ("duplicate_transaction", "uniqueness", Severity::Major),
    ("impossible_lot", "validity", Severity::Major),
    ("impossible_order", "validity", Severity::Major),
    ("in_transit", "timeliness", Severity::Major),
    ("expired_yet_available", "timeliness", Severity::Major),
    ("earned_in_future", "validity", Severity::Major),
    ("enrolled_in_future", "validity", Severity::Major),
    ("erased_with_person", "validity", Severity::Major),
    ("no_name", "completeness", Severity::Minor),
    ("no_enrollment", "completeness", Severity::Minor),
    ("no_contact", "completeness", Severity::Minor),
    ("bad_email", "validity", Severity::Minor),
    ("bad_tax_id", "validity", Severity::Minor),
    ("shared_token", "uniqueness", Severity::Minor),
];

/// One kind of thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The stable code.
    pub code: String,
    /// `completeness`, `validity`, `uniqueness`, `consistency`, `timeliness` or `integrity`.
    pub dimension: String,
    /// How bad it is.
    pub severity: Severity,
    /// How often.
    pub count: u64,
    /// Of a thousand accounts.
    pub per_thousand: u64,
    /// Source points that hang on it.
    pub points: i64,
    /// Where to look: member (or file and line) and what.
    pub examples: Vec<(String, String)>,
}

/// The report on one source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Accounts.
    pub accounts: u64,
    /// Lots.
    pub lots: u64,
    /// Transactions of before.
    pub transactions: u64,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
}

/// How often, points, and where to look.
type Counted = (u64, i64, Vec<(String, String)>);

/// Gathers what is wrong.
#[derive(Debug, Default)]
pub struct Collector {
    found: BTreeMap<&'static str, Counted>,
}

impl Collector {
    /// One more: where, what, and the points that hang on it.
    pub fn add(&mut self, code: &'static str, place: &str, what: impl Into<String>, points: i64) {
        debug_assert!(CODES.iter().any(|(known, ..)| *known == code), "{code} has no severity");
        let (count, sum, examples) = self.found.entry(code).or_default();
        *count += 1;
        *sum = sum.saturating_add(points.saturating_abs());
        if examples.len() < EXAMPLES {
            examples.push((place.to_owned(), what.into()));
        }
    }

    /// The findings, the worst first.
    #[must_use]
    pub fn report(self, accounts: u64, lots: u64, transactions: u64) -> Report {
        let mut findings: Vec<Finding> = CODES
            .iter()
            .filter_map(|(code, dimension, severity)| {
                let (count, points, examples) = self.found.get(code)?.clone();
                Some(Finding {
                    code: (*code).to_owned(),
                    dimension: (*dimension).to_owned(),
                    severity: *severity,
                    count,
                    per_thousand: count.saturating_mul(1_000) / accounts.max(1),
                    points,
                    examples,
                })
            })
            .collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Report { accounts, lots, transactions, findings }
    }
}

impl Report {
    /// Blockers that nobody has accepted with a reason.
    #[must_use]
    pub fn blockers(&self, accepted: &BTreeMap<String, String>) -> Vec<&Finding> {
        let blocks = |finding: &&Finding| {
            finding.severity == Severity::Blocker && !accepted.contains_key(&finding.code)
        };
        self.findings.iter().filter(blocks).collect()
    }
}

/// The codes of findings that stand in the way.
pub fn blocking_codes() -> impl Iterator<Item = &'static str> {
    let blocks = |(_, _, severity): &&(&str, &str, Severity)| *severity == Severity::Blocker;
    CODES.iter().filter(blocks).map(|(code, ..)| *code)
}
