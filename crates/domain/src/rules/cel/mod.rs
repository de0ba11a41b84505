//! The wall around the expression engine: expressions are checked, typed and bounded once, then asked many times.
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

mod scope;
mod typing;
mod vocabulary;

use ::cel::common::types::{CelBool, CelInt};
use ::cel::common::value::CowVal;
use ::cel::parser::{Expression, Parser};
use ::cel::{ExecutionError, ParseErrors, Value};

use crate::explain::ZeroReason;
pub(super) use scope::{Context, Scope};
use typing::Kind;
pub(super) use vocabulary::Vocabulary;

/// The longest expression, in bytes: what a person can still read.
pub(super) const MAX_LENGTH: usize = 1_000;

/// The deepest brackets: an unoptimized parser takes 150 kB of the machine's stack for each, and threads have 2 MB.
const MAX_BRACKETS: u16 = 8;

/// The most steps one expression may take on the largest purchase; a thousand of them take about a tenth of a
/// millisecond.
pub(super) const MAX_COST: u64 = 200_000;

/// A checked expression that yields yes or no.
#[derive(Debug)]
pub(super) struct Condition(Checked);

/// A checked expression that yields a whole number.
#[derive(Debug)]
pub(super) struct Number(Checked);

#[derive(Debug)]
struct Checked {
    source: String,
    expression: Expression,
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

    /// Does it hold? A condition that cannot be computed says why.
    pub(super) fn holds(&self, context: &Context<'_>) -> Result<bool, ZeroReason> {
        let value = self.0.value(context).map_err(|error| self.failed(error))?;
        match value.downcast_ref::<CelBool>() {
            Some(yes) => Ok(*yes.inner()),
            None => Err(self.failed("it is neither true nor false".to_owned())),
        }
    }

    /// The reason for a zero where the condition does not hold.
    pub(super) fn unmet(&self) -> ZeroReason {
        ZeroReason::Condition { when: self.0.source.clone() }
    }

    fn failed(&self, error: String) -> ZeroReason {
        ZeroReason::ConditionFailed { when: self.0.source.clone(), error }
    }
}

impl Number {
    /// Checks an expression for a whole number.
    pub(super) fn compile(source: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, String> {
        Checked::compile(source, vocabulary, Kind::Int).map(Self)
    }

    /// Its value; `None` when it cannot be computed.
    pub(super) fn value(&self, context: &Context<'_>) -> Option<i64> {
        self.0.value(context).ok()?.downcast_ref::<CelInt>().map(|number| *number.inner())
    }
}

impl Checked {
    fn compile(source: &str, vocabulary: &Vocabulary<'_>, wanted: Kind) -> Result<Self, String> {
        if source.len() > MAX_LENGTH {
            return Err(format!(
                "the expression has {} bytes and may have {MAX_LENGTH}; split it over several rules",
                source.len()
            ));
        }
        let parsed = Parser::default().max_recursion_depth(MAX_BRACKETS).parse(source);
        let mut expression = parsed.map_err(|errors| syntax(&errors))?;
        let (kind, cost) = typing::check(&mut expression, vocabulary)?;
        if kind != wanted {
            return Err(format!("it yields {kind} and must yield {wanted}"));
        }
        if cost > MAX_COST {
            return Err(format!(
                "it may take {cost} steps on a purchase of {} lines and {MAX_COST} are allowed; ask less of each line",
                crate::event::MAX_LINES
            ));
        }
        Ok(Self { source: source.to_owned(), expression, cost })
    }

    fn value<'e>(&'e self, context: &'e Context<'_>) -> Result<CowVal<'e, 'e>, String> {
        Value::resolve_val(&self.expression, context.cel()).map_err(|error| words(&error))
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

/// What went wrong, without any value: values may be a member's attributes, and explanations are kept.
fn words(error: &ExecutionError) -> String {
    match error {
        ExecutionError::UndeclaredReference(name) => format!("`{name}` was not given"),
        ExecutionError::NoSuchOverload(mismatch) => mismatch.to_string(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "division by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "overflow".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "there is no such line".to_owned(),
        ExecutionError::FunctionError { function, .. } => {
            format!("`{function}` cannot read the value")
        }
        _ => "the values do not fit together".to_owned(),
    }
}
