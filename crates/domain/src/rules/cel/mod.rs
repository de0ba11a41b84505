//! The wall around the expression language: texts are parsed, typed and bounded once, then asked many times.
//!
//! What an expression may name:
//!
//! | name | what |
//! |---|---|
//! | `purchase.net_minor`, `.units`, `.currency`, `.store`, `.channel` | sum of the lines, whole units in all, words |
//! | `purchase.lines` | lines, for `all`, `exists`, `exists_one`, `filter`, `map`, `size` and `[n]` |
//! | `purchase.attributes.<key>` | a word, empty when it was not given |
//! | `event.name`, `event.numbers.<key>`, `event.attributes.<key>` | of a custom event; a number not given fails |
//! | `member.<attribute>` | a word, empty when it is not known |
//! | `tier.<group>` | the code of the tier held, empty when none |
//! | `at.hour`, `.weekday` (1 is Monday), `.day`, `.month`, `.year`, `.date` | the instant in the program's zone |
//! | `line.product`, `.category`, `.brand`, `.quantity_milli`, `.net_minor` | in a condition on lines |
//!
//! `has(…)` tells whether a word or number was given. There is no wall clock, no regular expression (it would be
//! built anew for every event) and no list but a purchase's lines to run through, once.
//!
//! The `cel` crate parses and expands the language's macros. It has neither types nor a bound on what an evaluation
//! may cost, and takes several allocations for each comparison; so the tree it yields is checked and turned into
//! typed steps of our own here, and a test holds both evaluations against each other.

mod evaluation;
mod node;
mod scope;
#[cfg(test)]
mod tests;
mod typing;
mod vocabulary;

use ::cel::ParseErrors;
use ::cel::parser::Parser;

use crate::event::Line;
use crate::explain::ZeroReason;
use crate::label::Label;
use evaluation::{Evaluation, Value};
use node::Node;
pub(super) use scope::Scope;
use typing::Kind;
pub(super) use vocabulary::Vocabulary;

/// The longest expression, in bytes: what a person can still read.
pub(super) const MAX_LENGTH: usize = 1_000;

/// The deepest brackets: an unoptimized parser takes 150 kB of the machine's stack for each, and threads have 2 MB.
const MAX_BRACKETS: u16 = 8;

/// The most steps one expression may take on the largest purchase; a thousand of them take some ten microseconds.
pub(super) const MAX_COST: u64 = 200_000;

/// A checked expression that yields yes or no.
#[derive(Debug)]
pub(super) struct Condition(Checked);

/// A checked expression that yields a whole number.
#[derive(Debug)]
pub(super) struct Number(Checked);

#[derive(Debug)]
struct Checked {
    source: Label,
    node: Node,
    cost: u64,
}

impl Condition {
    /// Checks a condition; the error says what is wrong, why, and what to write instead.
    pub(super) fn compile(source: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, String> {
        Checked::compile(source, vocabulary, Kind::Bool).map(Self)
    }

    /// At most so many steps for one event.
    pub(super) fn cost(&self) -> u64 {
        self.0.cost
    }

    /// Does it hold for the event, or for one line of it? A condition that cannot be computed says why.
    pub(super) fn holds(&self, scope: &Scope<'_>, line: Option<&Line>) -> Result<bool, ZeroReason> {
        let answer = Evaluation::new(scope, line).truth(&self.0.node);
        answer.map_err(|failure| ZeroReason::ConditionFailed {
            when: self.0.source.clone(),
            error: failure.to_string(),
        })
    }

    /// The reason for a zero where the condition does not hold.
    pub(super) fn unmet(&self) -> ZeroReason {
        ZeroReason::Condition { when: self.0.source.clone() }
    }
}

impl Number {
    /// Checks an expression for a whole number.
    pub(super) fn compile(source: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, String> {
        Checked::compile(source, vocabulary, Kind::Int).map(Self)
    }

    /// Its value; `None` when it cannot be computed.
    pub(super) fn value(&self, scope: &Scope<'_>) -> Option<i64> {
        match Evaluation::new(scope, None).value(&self.0.node) {
            Ok(Value::Int(number)) => Some(number),
            _ => None,
        }
    }
}

impl Checked {
    fn compile(source: &str, vocabulary: &Vocabulary<'_>, wanted: Kind) -> Result<Self, String> {
        if source.len() > MAX_LENGTH {
            let length = source.len();
            return Err(format!(
                "the expression has {length} bytes and may have {MAX_LENGTH}; split it over several rules"
            ));
        }
        let parsed = Parser::default().max_recursion_depth(MAX_BRACKETS).parse(source);
        let (node, kind, cost) =
            typing::check(&parsed.map_err(|errors| syntax(&errors))?, vocabulary)?;
        if kind != wanted {
            return Err(format!("it yields {kind} and must yield {wanted}"));
        }
        if cost > MAX_COST {
            return Err(format!(
                "it may take {cost} steps on a purchase of {} lines and {MAX_COST} are allowed; ask less of each line",
                crate::event::MAX_LINES
            ));
        }
        Ok(Self { source: source.into(), node, cost })
    }
}

/// The first mistake of a text that is no expression.
fn syntax(errors: &ParseErrors) -> String {
    let Some(first) = errors.errors.first() else { return "it is not a CEL expression".to_owned() };
    if first.msg.contains("Recursion limit") {
        return format!(
            "it has more than {MAX_BRACKETS} brackets within each other; split it over several rules"
        );
    }
    let what: String = first.msg.lines().next().unwrap_or_default().chars().take(200).collect();
    format!("it is not a CEL expression; at character {}: {what}", first.pos.1)
}
