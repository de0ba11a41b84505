//! The evaluation of a checked expression on one event: nothing is copied, nothing panics, and it fails in words.
//!
//! It follows the language's rules: arithmetic is checked, numbers of both kinds compare by value, and `&&` and `||`
//! come to an answer where one side decides, even when the other cannot be computed.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::node::{Conversion, Field, Loop, Node, Operation, Part, Search};
use super::scope::Scope;
use crate::event::Line;

/// A value while it is computed.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Cow<'a, str>),
    Line(&'a Line),
    List(Vec<Value<'a>>),
}

/// Why a value cannot be computed. It names no value: values may be a member's attributes, and explanations are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure<'a> {
    /// A number was not given.
    #[error("`{0}` was not given")]
    NotGiven(&'a str),
    /// Division or remainder by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A result left 64 bits.
    #[error("overflow")]
    Overflow,
    /// The purchase has fewer lines.
    #[error("there is no such line")]
    NoSuchLine,
    /// A text is no number.
    #[error("the text is not a number")]
    NotANumber,
    /// A value is of another kind than was checked: the event is of another kind than the expression is for.
    #[error("it is not for this kind of event")]
    OtherEvent,
}

type Answer<'a> = Result<Value<'a>, Failure<'a>>;

/// Where an evaluation is.
pub(super) struct Evaluation<'a> {
    pub(super) scope: &'a Scope<'a>,
    /// The line that a condition on lines is about.
    pub(super) line: Option<&'a Line>,
    loop_line: Option<&'a Line>,
    so_far: Answer<'a>,
}

impl<'a> Evaluation<'a> {
    /// An evaluation at no loop yet.
    pub(super) fn new(scope: &'a Scope<'a>, line: Option<&'a Line>) -> Self {
        Self { scope, line, loop_line: None, so_far: Ok(Value::Bool(false)) }
    }

    /// The value of a step.
    pub(super) fn value(&mut self, node: &'a Node) -> Answer<'a> {
        match node {
            Node::Bool(value) => Ok(Value::Bool(*value)),
            Node::Int(value) => Ok(Value::Int(*value)),
            Node::Double(value) => Ok(Value::Double(*value)),
            Node::Text(text) => Ok(Value::Text(Cow::Borrowed(text))),
            Node::Field(field) => self.scope.field(*field).ok_or(Failure::OtherEvent),
            Node::Keyed(map, key) => self.scope.keyed(*map, key).ok_or(Failure::NotGiven(key)),
            Node::Has(given) => match &**given {
                // Every part of a line is there, if the line is.
                Node::Part(line, _) => self.line(line).map(|_| Value::Bool(true)),
                given => Ok(Value::Bool(self.scope.has(given))),
            },
            Node::Line | Node::LoopLine | Node::LineAt(_) => self.line(node).map(Value::Line),
            Node::Part(line, part) => self.line(line).map(|line| part_of(line, *part)),
            Node::Lines => Err(Failure::OtherEvent),
            Node::List(items) => {
                items.iter().map(|item| self.value(item)).collect::<Result<_, _>>().map(Value::List)
            }
            Node::Loop(over) => self.run(over),
            Node::SoFar => self.so_far(),
            Node::Not(of) => Ok(Value::Bool(!self.truth(of)?)),
            Node::NotStrictlyFalse(of) => Ok(Value::Bool(self.truth(of).unwrap_or(true))),
            Node::Negate(of) => negated(&self.value(of)?),
            Node::And(sides) => self.connect(sides, false),
            Node::Or(sides) => self.connect(sides, true),
            Node::If(parts) => {
                let [condition, yes, no] = &**parts;
                if self.truth(condition)? { self.value(yes) } else { self.value(no) }
            }
            Node::Compare(relation, sides) => {
                let order = match self.plain_pair(sides) {
                    Some(order) => order,
                    None => {
                        let (a, b) = self.pair(sides)?;
                        compare(&a, &b)
                    }
                };
                Ok(Value::Bool(relation.holds(order)))
            }
            Node::Arithmetic(operation, sides) => {
                let (a, b) = self.pair(sides)?;
                arithmetic(*operation, a, b)
            }
            Node::In(sides) => self.within(sides),
            Node::Size(of) => self.size(of),
            Node::Search(search, sides) => {
                let (a, b) = self.pair(sides)?;
                Ok(Value::Bool(found(*search, text(&a)?, text(&b)?)))
            }
            Node::Convert(to, of) => converted(*to, &self.value(of)?),
        }
    }

    /// The value of a step that yields yes or no.
    pub(super) fn truth(&mut self, node: &'a Node) -> Result<bool, Failure<'a>> {
        match self.value(node)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Failure::OtherEvent),
        }
    }

    fn pair(&mut self, sides: &'a [Node; 2]) -> Result<(Value<'a>, Value<'a>), Failure<'a>> {
        Ok((self.value(&sides[0])?, self.value(&sides[1])?))
    }

    /// The order of two values that can be had at once; most comparisons are of a value of the event with a constant.
    fn plain_pair(&self, sides: &'a [Node; 2]) -> Option<Option<Ordering>> {
        let [a, b] = sides;
        if let (Some(a), Some(b)) = (self.plain_int(a), self.plain_int(b)) {
            return Some(Some(a.cmp(&b)));
        }
        Some(Some(self.plain_text(a)?.cmp(self.plain_text(b)?)))
    }

    fn plain_int(&self, node: &Node) -> Option<i64> {
        match node {
            Node::Int(value) => Some(*value),
            Node::Field(Field::Net | Field::Units | Field::Hour | Field::Weekday) => {
                self.whole_field(node)
            }
            Node::Part(line, Part::Net) => self.plain_line(line).map(|line| line.net_minor),
            Node::Part(line, Part::Quantity) => {
                self.plain_line(line).map(|line| line.quantity_milli)
            }
            _ => None,
        }
    }

    fn whole_field(&self, node: &Node) -> Option<i64> {
        let Node::Field(field) = node else { return None };
        match self.scope.field(*field) {
            Some(Value::Int(value)) => Some(value),
            _ => None,
        }
    }

    fn plain_text(&self, node: &'a Node) -> Option<&'a str> {
        match node {
            Node::Text(text) => Some(text),
            Node::Keyed(map, key) => self.scope.word_under(*map, key),
            Node::Field(Field::Store) => self.scope.store(),
            Node::Part(line, Part::Product) => self.plain_line(line).map(|l| l.product.as_str()),
            Node::Part(line, Part::Category) => self.plain_line(line).map(|l| l.category.as_str()),
            Node::Part(line, Part::Brand) => self.plain_line(line).map(|l| l.brand.as_str()),
            _ => None,
        }
    }

    fn plain_line(&self, node: &Node) -> Option<&'a Line> {
        match node {
            Node::Line => self.line,
            Node::LoopLine => self.loop_line,
            _ => None,
        }
    }

    fn line(&mut self, node: &'a Node) -> Result<&'a Line, Failure<'a>> {
        match node {
            Node::Line => self.line.ok_or(Failure::OtherEvent),
            Node::LoopLine => self.loop_line.ok_or(Failure::OtherEvent),
            Node::LineAt(place) => {
                let Value::Int(place) = self.value(place)? else { return Err(Failure::OtherEvent) };
                let place = usize::try_from(place).ok();
                place.and_then(|place| self.scope.lines().get(place)).ok_or(Failure::NoSuchLine)
            }
            _ => match self.value(node)? {
                Value::Line(line) => Ok(line),
                _ => Err(Failure::OtherEvent),
            },
        }
    }

    /// `&&` for `decides == false`, `||` for `true`: a side that decides wins over one that fails.
    fn connect(&mut self, sides: &'a [Node; 2], decides: bool) -> Answer<'a> {
        let left = self.truth(&sides[0]);
        if left == Ok(decides) {
            return Ok(Value::Bool(decides));
        }
        let right = self.truth(&sides[1]);
        if right == Ok(decides) {
            return Ok(Value::Bool(decides));
        }
        left.and(right).map(Value::Bool)
    }

    fn run(&mut self, over: &'a Loop) -> Answer<'a> {
        self.so_far = self.value(&over.start);
        for line in self.scope.lines() {
            if !self.truth(&over.go_on)? {
                break;
            }
            self.loop_line = Some(line);
            self.so_far = self.value(&over.step);
        }
        self.loop_line = None;
        self.value(&over.result)
    }

    /// Hands out what the loop has come to. Every step of a loop asks once, so that a list need not be copied.
    fn so_far(&mut self) -> Answer<'a> {
        match &mut self.so_far {
            Ok(Value::List(items)) => Ok(Value::List(std::mem::take(items))),
            other => other.clone(),
        }
    }

    fn within(&mut self, sides: &'a [Node; 2]) -> Answer<'a> {
        // Nothing can fail where all texts are there, so that the first that is equal decides.
        if let (Some(wanted), Node::List(items)) = (self.plain_text(&sides[0]), &sides[1])
            && items.iter().all(|item| matches!(item, Node::Text(_)))
        {
            let equal = |item: &Node| matches!(item, Node::Text(text) if text == wanted);
            return Ok(Value::Bool(items.iter().any(equal)));
        }
        let wanted = self.value(&sides[0])?;
        let equals = |item: &Value<'a>| compare(&wanted, item) == Some(Ordering::Equal);
        if let Node::List(items) = &sides[1] {
            let mut within = false;
            for item in items {
                within |= equals(&self.value(item)?);
            }
            return Ok(Value::Bool(within));
        }
        match self.value(&sides[1])? {
            Value::List(items) => Ok(Value::Bool(items.iter().any(equals))),
            _ => Err(Failure::OtherEvent),
        }
    }

    fn size(&mut self, of: &'a Node) -> Answer<'a> {
        let size = match of {
            Node::Lines => self.scope.lines().len(),
            _ => match self.value(of)? {
                Value::Text(text) => text.chars().count(),
                Value::List(items) => items.len(),
                _ => return Err(Failure::OtherEvent),
            },
        };
        i64::try_from(size).map(Value::Int).map_err(|_| Failure::Overflow)
    }
}

fn part_of(line: &Line, part: Part) -> Value<'_> {
    match part {
        Part::Product => Value::Text(Cow::Borrowed(&line.product)),
        Part::Category => Value::Text(Cow::Borrowed(&line.category)),
        Part::Brand => Value::Text(Cow::Borrowed(&line.brand)),
        Part::Quantity => Value::Int(line.quantity_milli),
        Part::Net => Value::Int(line.net_minor),
    }
}

fn text<'v, 'a>(value: &'v Value<'_>) -> Result<&'v str, Failure<'a>> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(Failure::OtherEvent),
    }
}

/// The order of two values; `None` where they have none, which is also how values of different kinds are unequal.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Double(b)) => nearest(*a).partial_cmp(b),
        (Value::Double(a), Value::Int(b)) => a.partial_cmp(&nearest(*b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// The nearest double, which is what the language compares a whole number by.
fn nearest(number: i64) -> f64 {
    number as f64
}

/// The whole part of a double strictly between the ends of 64 bits.
fn whole(double: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction is to go, and the range is checked"
    )]
    (double > -END && double < END).then_some(double as i64)
}

fn negated<'a>(value: &Value<'a>) -> Answer<'a> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int).ok_or(Failure::Overflow),
        Value::Double(value) => Ok(Value::Double(-value)),
        _ => Err(Failure::OtherEvent),
    }
}

fn arithmetic<'a>(operation: Operation, a: Value<'a>, b: Value<'a>) -> Answer<'a> {
    match (operation, a, b) {
        (_, Value::Int(a), Value::Int(b)) => whole_arithmetic(operation, a, b).map(Value::Int),
        (Operation::Add, Value::Double(a), Value::Double(b)) => Ok(Value::Double(a + b)),
        (Operation::Subtract, Value::Double(a), Value::Double(b)) => Ok(Value::Double(a - b)),
        (Operation::Multiply, Value::Double(a), Value::Double(b)) => Ok(Value::Double(a * b)),
        (Operation::Divide, Value::Double(a), Value::Double(b)) => Ok(Value::Double(a / b)),
        (Operation::Add, Value::Text(a), Value::Text(b)) => Ok(Value::Text(a + b)),
        (Operation::Add, Value::List(mut a), Value::List(b)) => {
            a.extend(b);
            Ok(Value::List(a))
        }
        _ => Err(Failure::OtherEvent),
    }
}

fn whole_arithmetic<'a>(operation: Operation, a: i64, b: i64) -> Result<i64, Failure<'a>> {
    let result = match operation {
        Operation::Add => a.checked_add(b),
        Operation::Subtract => a.checked_sub(b),
        Operation::Multiply => a.checked_mul(b),
        Operation::Divide | Operation::Remainder if b == 0 => return Err(Failure::DivisionByZero),
        Operation::Divide => a.checked_div(b),
        Operation::Remainder => a.checked_rem(b),
    };
    result.ok_or(Failure::Overflow)
}

fn found(search: Search, text: &str, part: &str) -> bool {
    match search {
        Search::Contains => text.contains(part),
        Search::StartsWith => text.starts_with(part),
        Search::EndsWith => text.ends_with(part),
    }
}

fn converted<'a>(to: Conversion, value: &Value<'a>) -> Answer<'a> {
    match (to, value) {
        (Conversion::Int, Value::Int(_))
        | (Conversion::Double, Value::Double(_))
        | (Conversion::Text, Value::Text(_)) => Ok(value.clone()),
        (Conversion::Int, Value::Double(double)) => {
            whole(*double).map(Value::Int).ok_or(Failure::Overflow)
        }
        (Conversion::Int, Value::Text(text)) => {
            text.parse().map(Value::Int).map_err(|_| Failure::NotANumber)
        }
        (Conversion::Double, Value::Int(number)) => Ok(Value::Double(nearest(*number))),
        (Conversion::Double, Value::Text(text)) => {
            text.parse().map(Value::Double).map_err(|_| Failure::NotANumber)
        }
        (Conversion::Text, Value::Int(number)) => Ok(Value::Text(Cow::Owned(number.to_string()))),
        (Conversion::Text, Value::Double(number)) => {
            Ok(Value::Text(Cow::Owned(number.to_string())))
        }
        (Conversion::Text, Value::Bool(value)) => {
            Ok(Value::Text(Cow::Borrowed(if *value { "true" } else { "false" })))
        }
        _ => Err(Failure::OtherEvent),
    }
}
