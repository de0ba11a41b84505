//! A program's rules compiled once, indexed by the event they look at.

use std::collections::BTreeMap;

use super::{EarnInput, Earned, EarningRule, Subject};
use crate::ids::PointTypeId;
use crate::program::{Code, ConfigError, ProgramConfig};

/// The compiled rules of one program version. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {}

impl RuleSet {
    /// Checks and compiles `rules`; every error is returned, with pointers under `/earning_rules`.
    pub fn compile(
        _rules: &[EarningRule],
        _program: &ProgramConfig,
        _ids: &BTreeMap<Code, PointTypeId>,
    ) -> Result<Self, Vec<ConfigError>> {
        Ok(Self {})
    }

    /// What an event gives, with a reason for every result and every zero.
    #[must_use]
    pub fn evaluate(&self, _input: &EarnInput<'_>) -> Earned {
        Earned::default()
    }

    /// What a purchase or event counts for on the ladder `group`, whose measure is an expression; 0 when it fails.
    #[must_use]
    pub fn measure(&self, _group: &str, _subject: Subject<'_>) -> i64 {
        0
    }

    /// The resource keys of the budgets that an event of this name may use.
    #[must_use]
    pub fn budgets(&self, _on: &str) -> Vec<String> {
        Vec::new()
    }
}
