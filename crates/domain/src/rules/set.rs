//! A program's rules compiled once, indexed by the event they look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cel::{self, Number, Scope, Vocabulary};
use super::rule::Rule;
use super::{EarnInput, Earned, EarningRule, Subject, check, evaluate};
use crate::event::Purchase;
use crate::ids::PointTypeId;
use crate::money::Currency;
use crate::program::{Code, ConfigError, Measure, ProgramConfig};

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
    /// Expressions that ladders measure by, by ladder.
    measures: BTreeMap<Code, Number>,
    /// The currency that amounts in expressions are in.
    currency: Option<Currency>,
}

/// The most steps the conditions of all rules for one event may take on the largest purchase.
const MAX_COST_PER_EVENT: u64 = 10 * cel::MAX_COST;

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
        for (on, rules) in &mut by_event {
            rules.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.code.cmp(&b.code)));
            let cost: u64 = rules.iter().map(Rule::cost).sum();
            if cost > MAX_COST_PER_EVENT {
                errors.push(ConfigError::new("/earning_rules", too_dear(on, cost)));
            }
        }
        let measures = measures(program, &mut errors);
        let compiled = Compiled { by_event, measures, currency: Some(program.currency) };
        if errors.is_empty() { Ok(Self { compiled: Arc::new(compiled) }) } else { Err(errors) }
    }

    /// What an event gives, with a reason for every result and every zero.
    #[must_use]
    pub fn evaluate(&self, input: &EarnInput<'_>) -> Earned {
        evaluate::evaluate(self.rules_for(input.subject.on()), input)
    }

    /// What a purchase or event counts for on the ladder `group`, whose measure is an expression; 0 when it fails.
    #[must_use]
    pub fn measure(&self, group: &str, subject: Subject<'_>) -> i64 {
        let Some(measure) = self.compiled.measures.get(group) else { return 0 };
        let foreign = |purchase: &Purchase| {
            self.compiled.currency.is_some_and(|own| own.code() != purchase.currency)
        };
        if matches!(subject, Subject::Purchase(purchase) if foreign(purchase)) {
            return 0;
        }
        let scope = Scope::of_measure(subject);
        measure.value(&scope).unwrap_or(0).max(0)
    }

    /// The resource keys of the budgets that an event of this name may use.
    #[must_use]
    pub fn budgets(&self, on: &str) -> Vec<String> {
        self.rules_for(on)
            .iter()
            .filter_map(|rule| rule.budget.as_ref())
            .map(|limit| limit.key.to_string())
            .collect()
    }

    fn rules_for(&self, on: &str) -> &[Rule] {
        self.compiled.by_event.get(on).map_or(&[], Vec::as_slice)
    }
}

fn measures(program: &ProgramConfig, errors: &mut Vec<ConfigError>) -> BTreeMap<Code, Number> {
    let mut measures = BTreeMap::new();
    for (at, group) in program.tier_groups.iter().enumerate() {
        let Measure::Expression(source) = &group.measure else { continue };
        match Number::compile(source, &Vocabulary::of_measure()) {
            Ok(number) => drop(measures.insert(group.code.clone(), number)),
            Err(why) => errors.push(ConfigError::new(format!("/tier_groups/{at}/measure"), why)),
        }
    }
    measures
}

fn too_dear(on: &str, cost: u64) -> String {
    format!(
        "the conditions of all rules for `{on}` may take {cost} steps on the largest purchase and \
         {MAX_COST_PER_EVENT} are allowed; use `lines.categories` and the other lists instead of loops"
    )
}
