//! One rule made ready to be asked again and again: sets instead of lists, counter keys written out.

use super::cel::{Condition, Vocabulary};
use super::{EarningRule, LineFilter, Nth, RuleEffect};
use crate::event::Line;
use crate::ids::PointTypeId;
use crate::label::Label;
use crate::program::{Code, ConfigError, ProgramConfig};
use crate::time::{Period, Timestamp};

/// A compiled rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) code: Label,
    pub(super) priority: i64,
    pub(super) point_type: PointTypeId,
    pub(super) point_type_code: Label,
    pub(super) effect: RuleEffect,
    pub(super) when: Option<Condition>,
    pub(super) lines: Option<Lines>,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    pub(super) exclusive: Option<Code>,
    pub(super) stackable: bool,
    pub(super) caps: Vec<CapLimits>,
    pub(super) nth: Option<NthLimit>,
    pub(super) budget: Option<Limit>,
}

/// A number that may not be passed, and the key of what is used of it.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) key: Label,
    pub(super) most: i64,
}

/// The limits of one cap.
#[derive(Debug)]
pub(super) struct CapLimits {
    pub(super) per: Period,
    pub(super) points: Option<Limit>,
    pub(super) times: Option<Limit>,
}

/// Which of the matching events count, and where they are counted.
#[derive(Debug)]
pub(super) struct NthLimit {
    pub(super) key: Label,
    pub(super) nth: Nth,
}

/// Which lines a rule is about, for a rule that is not about all.
#[derive(Debug)]
pub(super) struct Lines {
    products: Codes,
    categories: Codes,
    brands: Codes,
    not_products: Codes,
    not_categories: Codes,
    when: Option<Condition>,
}

impl Rule {
    /// Compiles a rule; `at` points at it in the document.
    pub(super) fn compile(
        rule: &EarningRule,
        point_type: PointTypeId,
        program: &ProgramConfig,
        at: &str,
    ) -> Result<Self, Vec<ConfigError>> {
        let groups: Vec<&str> =
            program.tier_groups.iter().map(|group| group.code.as_str()).collect();
        let mut errors = Vec::new();
        let mut condition = |at: String, source: &Option<String>, vocabulary: &Vocabulary<'_>| {
            let compiled = Condition::compile(source.as_deref()?, vocabulary);
            compiled.map_err(|why| errors.push(ConfigError::new(at, why))).ok()
        };
        let when =
            condition(format!("{at}/when"), &rule.when, &Vocabulary::of_event(&rule.on, &groups));
        let of_line =
            condition(format!("{at}/lines/when"), &rule.lines.when, &Vocabulary::of_line(&groups));
        if !errors.is_empty() {
            return Err(errors);
        }
        let (owner, code) = (&program.code, &rule.code);
        let key =
            |what: &str, per: Period| format!("rule:{owner}:{code}:{what}:{}", name(per)).into();
        let limit = |what: &str, per: Period, most: Option<i64>| {
            most.map(|most| Limit { key: key(what, per), most })
        };
        Ok(Self {
            code: code.into(),
            priority: rule.priority,
            point_type,
            point_type_code: (&rule.point_type).into(),
            effect: rule.effect.clone(),
            when,
            lines: Lines::compile(&rule.lines, of_line),
            from: rule.from,
            until: rule.until,
            exclusive: rule.exclusive.clone(),
            stackable: rule.stackable,
            caps: rule
                .caps
                .iter()
                .map(|cap| CapLimits {
                    per: cap.per,
                    points: limit("points", cap.per, cap.points),
                    times: limit("times", cap.per, cap.times),
                })
                .collect(),
            nth: rule.nth.map(|nth| NthLimit { key: key("seen", nth.per), nth }),
            budget: rule
                .budget
                .map(|most| Limit { key: format!("budget:{owner}:{code}").into(), most }),
        })
    }

    /// Is it in force at `at`?
    pub(super) fn in_force(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// At most so many steps of its conditions for one event.
    pub(super) fn cost(&self) -> u64 {
        self.conditions().map(Condition::cost).sum()
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.when.iter().chain(self.lines.iter().filter_map(|lines| lines.when.as_ref()))
    }

    /// Does it multiply what others give?
    pub(super) fn multiplies(&self) -> bool {
        matches!(self.effect, RuleEffect::Multiplier { .. })
    }
}

impl Lines {
    fn compile(filter: &LineFilter, when: Option<Condition>) -> Option<Self> {
        let set = Codes::of;
        (*filter != LineFilter::default()).then(|| Self {
            products: set(&filter.products),
            categories: set(&filter.categories),
            brands: set(&filter.brands),
            not_products: set(&filter.not_products),
            not_categories: set(&filter.not_categories),
            when,
        })
    }

    /// The condition on each line that the lists leave.
    pub(super) fn when(&self) -> Option<&Condition> {
        self.when.as_ref()
    }

    /// Is the line in every list that is not empty and in no `not_` list?
    pub(super) fn lists_hold(&self, line: &Line) -> bool {
        let within = |codes: &Codes, value: &str| codes.0.is_empty() || codes.contain(value);
        within(&self.products, &line.product)
            && within(&self.categories, &line.category)
            && within(&self.brands, &line.brand)
            && !self.not_products.contain(&line.product)
            && !self.not_categories.contain(&line.category)
    }
}

/// Codes in order: few are looked through, many are searched.
#[derive(Debug)]
struct Codes(Vec<String>);

/// Up to so many, looking through is faster than searching.
const FEW: usize = 8;

impl Codes {
    fn of(list: &[String]) -> Self {
        let mut codes = list.to_vec();
        codes.sort_unstable();
        codes.dedup();
        Self(codes)
    }

    fn contain(&self, code: &str) -> bool {
        if self.0.len() <= FEW {
            return self.0.iter().any(|known| known == code);
        }
        self.0.binary_search_by(|known| known.as_str().cmp(code)).is_ok()
    }
}

/// A period's name in keys and scopes.
pub(super) fn name(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Year => "year",
        Period::Ever => "ever",
    }
}
