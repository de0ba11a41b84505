//! What can be wrong with rules as people write them, apart from their expressions.

use std::collections::BTreeMap;

use super::{EarningRule, LineFilter, RuleEffect};
use crate::program::{ConfigError, ProgramConfig};
use crate::rate::Rate;

/// The most rules one program may have: each is looked at for every event of its name.
pub(super) const MAX_RULES: usize = 500;

/// The most smallest units a rule may give at once, or hold as a limit. It keeps sums of all rules within 64 bits.
pub(super) const MAX_POINTS: i64 = 1_000_000_000_000_000;

/// Everything wrong with the rules.
pub(super) fn rules(rules: &[EarningRule], program: &ProgramConfig) -> Vec<ConfigError> {
    let mut errors = Errors::default();
    if rules.len() > MAX_RULES {
        errors.add(
            "/earning_rules",
            format!("a program has at most {MAX_RULES} rules, and here are {}", rules.len()),
        );
    }
    for (at, rule) in rules.iter().enumerate() {
        let at = format!("/earning_rules/{at}");
        references(rule, program, &at, &mut errors);
        effect(rule, &at, &mut errors);
        limits(rule, &at, &mut errors);
    }
    exclusive_groups(rules, &mut errors);
    tier_multipliers(program, &mut errors);
    errors.0
}

#[derive(Default)]
struct Errors(Vec<ConfigError>);

impl Errors {
    fn add(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(ConfigError::new(pointer, message));
    }
}

fn references(rule: &EarningRule, program: &ProgramConfig, at: &str, errors: &mut Errors) {
    if !program.point_types.iter().any(|p| p.code == rule.point_type) {
        let known: Vec<&str> = program.point_types.iter().map(|p| p.code.as_str()).collect();
        errors.add(
            format!("{at}/point_type"),
            format!(
                "there is no point type `{}`; the program has {}",
                rule.point_type,
                known.join(", ")
            ),
        );
    }
    if rule.on.is_empty() || rule.on.len() > 60 {
        errors.add(
            format!("{at}/on"),
            "name the event: `purchase`, or a custom event of at most 60 characters",
        );
    }
    if let (Some(from), Some(until)) = (rule.from, rule.until)
        && from >= until
    {
        errors.add(
            format!("{at}/until"),
            format!("the rule ends at {until}, which is not after it begins at {from}"),
        );
    }
    if rule.on != "purchase" && rule.lines != LineFilter::default() {
        errors.add(
            format!("{at}/lines"),
            format!("only purchases have lines; `{}` is not one", rule.on),
        );
    }
}

fn effect(rule: &EarningRule, at: &str, errors: &mut Errors) {
    let on_purchase = rule.on == "purchase";
    match &rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, .. } => {
            points_given(*points, at, errors);
            if *per_minor <= 0 {
                errors.add(
                    format!("{at}/effect/per_minor"),
                    "points are for every so much money: more than 0 minor units",
                );
            }
        }
        RuleEffect::PointsPerUnit { points } | RuleEffect::Fixed { points } => {
            points_given(*points, at, errors)
        }
        RuleEffect::Multiplier { factor, .. } => {
            if let Some(why) = bad_factor(*factor) {
                errors.add(format!("{at}/effect/factor"), why);
            }
        }
    }
    let needs_lines = matches!(
        rule.effect,
        RuleEffect::PointsPerAmount { .. } | RuleEffect::PointsPerUnit { .. }
    );
    if needs_lines && !on_purchase {
        errors.add(
            format!("{at}/effect"),
            format!(
                "`{}` has no amount and no units; give a fixed number of points instead",
                rule.on
            ),
        );
    }
}

fn points_given(points: i64, at: &str, errors: &mut Errors) {
    if !(0..=MAX_POINTS).contains(&points) {
        errors.add(
            format!("{at}/effect/points"),
            format!("a rule gives between 0 and {MAX_POINTS} smallest units"),
        );
    }
}

fn bad_factor(factor: Rate) -> Option<String> {
    (factor.num() < factor.den() || factor.num() / factor.den() > 1_000).then(|| {
        format!(
            "a multiplier is between 1 and 1000 and `{factor}` is not; rules never take points away"
        )
    })
}

fn limits(rule: &EarningRule, at: &str, errors: &mut Errors) {
    for (n, cap) in rule.caps.iter().enumerate() {
        let at = format!("{at}/caps/{n}");
        if cap.points.is_none() && cap.times.is_none() {
            errors.add(&at, "say how many `points` or how many `times`");
        }
        for (field, most) in [("points", cap.points), ("times", cap.times)] {
            if most.is_some_and(|most| most <= 0) {
                errors.add(
                    format!("{at}/{field}"),
                    "a cap is more than 0; leave the rule out if it gives nothing",
                );
            }
        }
        if rule.caps[..n].iter().any(|other| other.per == cap.per) {
            errors.add(
                format!("{at}/per"),
                "this period has a cap already; put `points` and `times` into one",
            );
        }
    }
    if rule.nth.is_some_and(|nth| nth.n < 1) {
        errors.add(format!("{at}/nth/n"), "counting begins at 1, the first");
    }
    if rule.budget.is_some_and(|most| most <= 0) {
        errors.add(format!("{at}/budget"), "a budget is more than 0 smallest units");
    }
}

/// Best-of needs results that can be compared: one point type, and either multipliers or others.
fn exclusive_groups(rules: &[EarningRule], errors: &mut Errors) {
    let mut first: BTreeMap<(&str, &str), &EarningRule> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        let Some(group) = rule.exclusive.as_deref() else { continue };
        let other = *first.entry((rule.on.as_str(), group)).or_insert(rule);
        let multiplies = |r: &EarningRule| matches!(r.effect, RuleEffect::Multiplier { .. });
        if other.point_type != rule.point_type {
            errors.add(
                format!("/earning_rules/{at}/exclusive"),
                format!("`{}` of the same group gives another point type; the best of two cannot be told", other.code),
            );
        }
        if multiplies(other) != multiplies(rule) {
            errors.add(
                format!("/earning_rules/{at}/exclusive"),
                format!("`{}` of the same group is of another kind; group multipliers with multipliers only", other.code),
            );
        }
    }
}

fn tier_multipliers(program: &ProgramConfig, errors: &mut Errors) {
    for (g, group) in program.tier_groups.iter().enumerate() {
        for (t, tier) in group.tiers.iter().enumerate() {
            if let Some(why) = tier.multiplier.and_then(bad_factor) {
                errors.add(format!("/tier_groups/{g}/tiers/{t}/multiplier"), why);
            }
        }
    }
}
