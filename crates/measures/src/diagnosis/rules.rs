//! The rules as they are written in the file, read once.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::test::Test;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Can wait for the next review.
    Low,
    /// Belongs on this month's list.
    Medium,
    /// Needs an owner this week.
    High,
    /// Stops something today.
    Critical,
}

/// How the effect of the recommendation is to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verify {
    /// Two variants, drawn by chance.
    AbTest,
    /// Against a control group, drawn by chance.
    Holdout,
    /// Before and after, against units that were not changed; observational.
    DifferenceInDifferences,
    /// Before and after alone; observational.
    BeforeAfter,
    /// That it is not worse by more than a margin.
    NonInferiority,
}

/// What the recommendation is expected to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The indicator that should move.
    pub kpi: String,
    /// The smaller end, in the indicator's unit or relative.
    pub low: f64,
    /// The larger end.
    pub high: f64,
    /// Whether both ends are relative to the present value.
    pub relative: bool,
    /// After how many weeks it can be measured.
    pub weeks: u32,
}

/// A rule. Names of its symptom, cause and recommendation are in the locale files under its id.
#[derive(Clone, Debug)]
pub struct Rule {
    /// D1 to D46.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// Fewest cases of a test, unless it sets its own.
    pub min_n: u64,
    /// Days in which it does not fire again after it did.
    pub cooldown_days: u32,
    /// Of each group one test must hold.
    pub symptom: Vec<Vec<Test>>,
    /// Evidence of the cause; one test at least must hold.
    pub cause: Vec<Test>,
    /// What would point to another cause: none of these may hold.
    pub unless: Vec<Test>,
    /// What is expected of the recommendation.
    pub effect: Effect,
    /// How to measure it.
    pub verify: Verify,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    severity: Severity,
    min_n: u64,
    cooldown_days: u32,
    symptom: Vec<Vec<String>>,
    cause: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    effect: Effect,
    verify: Verify,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    // The file is part of the program and a test reads every rule of it.
    let file: File =
        toml::from_str(include_str!("rules.toml")).unwrap_or_else(|error| unreachable!("{error}"));
    file.rule.into_iter().map(read).collect()
});

/// All rules, in the order of their numbers.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule with this id; `None` when there is none.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

fn read(written: Written) -> Rule {
    let tests = |texts: &[String]| -> Vec<Test> {
        let one = |text: &String| {
            Test::read(text).unwrap_or_else(|| unreachable!("{}: `{text}` is no test", written.id))
        };
        texts.iter().map(one).collect()
    };
    Rule {
        severity: written.severity,
        min_n: written.min_n,
        cooldown_days: written.cooldown_days,
        symptom: written.symptom.iter().map(|group| tests(group)).collect(),
        cause: tests(&written.cause),
        unless: tests(&written.unless),
        effect: written.effect.clone(),
        verify: written.verify,
        id: written.id.clone(),
    }
}
