//! What a rule makes of the facts: fired with its evidence, quiet, or not to be told from them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::rules::{Rule, rules};
use super::test::{Answer, Test, ask};

/// How a rule came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The symptom is there and its cause is supported.
    Fired,
    /// The symptom is there; what would show the cause is not known.
    CauseNotTested,
    /// The symptom is not there, or its cause is another.
    Quiet,
    /// The symptom itself could not be tested.
    CouldNotTest,
}

/// A test with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The fact that was asked about.
    pub fact: String,
    /// What the facts said.
    #[serde(flatten)]
    pub answer: Answer,
}

/// A rule's outcome with everything it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The rule.
    pub rule: String,
    /// How it came out.
    pub verdict: Verdict,
    /// The symptom's tests.
    pub symptom: Vec<Finding>,
    /// The cause's tests.
    pub cause: Vec<Finding>,
    /// Facts that were not known, or had too few cases.
    pub could_not_test: Vec<String>,
}

/// All rules over the facts, in their order.
pub fn diagnose(facts: &Facts) -> Vec<Outcome> {
    rules().iter().map(|rule| judge(rule, facts)).collect()
}

/// One rule over the facts.
pub fn judge(rule: &Rule, facts: &Facts) -> Outcome {
    let find =
        |test: &Test| Finding { fact: test.fact.clone(), answer: ask(test, facts, rule.min_n) };
    let groups: Vec<Vec<Finding>> =
        rule.symptom.iter().map(|group| group.iter().map(find).collect()).collect();
    let cause: Vec<Finding> = rule.cause.iter().map(find).collect();
    let unless: Vec<Finding> = rule.unless.iter().map(find).collect();
    let verdict = verdict(&groups, &cause, &unless);
    let symptom: Vec<Finding> = groups.into_iter().flatten().collect();
    let could_not = symptom.iter().chain(&cause).chain(&unless).filter(|one| one.unknown());
    let could_not_test: BTreeSet<String> = could_not.map(Finding::what).collect();
    let could_not_test = could_not_test.into_iter().collect();
    Outcome { rule: rule.id.clone(), verdict, symptom, cause, could_not_test }
}

fn verdict(groups: &[Vec<Finding>], cause: &[Finding], unless: &[Finding]) -> Verdict {
    let holds = |findings: &[Finding]| findings.iter().any(Finding::holds);
    let hidden = |group: &Vec<Finding>| !holds(group) && group.iter().any(Finding::unknown);
    let absent = |group: &Vec<Finding>| !holds(group) && !group.iter().any(Finding::unknown);
    if groups.iter().any(absent) || holds(unless) {
        return Verdict::Quiet;
    }
    if groups.iter().any(hidden) {
        return Verdict::CouldNotTest;
    }
    if holds(cause) {
        return Verdict::Fired;
    }
    if cause.iter().any(Finding::unknown) { Verdict::CauseNotTested } else { Verdict::Quiet }
}

impl Finding {
    /// Whether the test holds.
    pub fn holds(&self) -> bool {
        matches!(self.answer, Answer::Holds { .. })
    }

    fn unknown(&self) -> bool {
        matches!(self.answer, Answer::Unknown { .. } | Answer::TooFew { .. })
    }

    fn what(&self) -> String {
        match &self.answer {
            Answer::Unknown { fact } => fact.clone(),
            _ => self.fact.clone(),
        }
    }
}
