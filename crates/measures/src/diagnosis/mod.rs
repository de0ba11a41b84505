//! Diagnosis: the rules D1 to D46 over what is known of a program, each with its evidence, its causes,
//! and what it could not test.

mod evaluate;
mod facts;
mod rules;
mod test;

pub use evaluate::{Finding, Outcome, Verdict, diagnose, judge};
pub use facts::{Fact, Facts};
pub use rules::{Effect, Rule, Severity, Verify, rule, rules};
pub use test::{Answer, Line, Test, ask};
