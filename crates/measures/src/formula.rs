//! Formulas of indicators: the text that is shown is what is computed, exactly, over named quantities.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::ratio::Ratio;

/// Quantities by name, each in the unit that its entry in the catalogue states.
pub type Quantities = BTreeMap<String, Ratio>;

/// A formula that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    root: Node,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoValue {
    /// A divisor is 0: shown as a dash.
    DividedByNothing,
    /// A quantity that the data do not hold.
    Missing(String),
    /// A result past 128 bits.
    TooLarge,
}

/// What is wrong with a formula's text, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The byte.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "a formula needs {} at byte {}", self.expected, self.at)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Number(i64),
    Name(String),
    Two(Box<Node>, Operation, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Plus,
    Minus,
    Times,
    Over,
}

/// Deeper formulas than this are not written by people.
const DEEPEST: usize = 32;

impl Formula {
    /// Reads `+ - * /`, parentheses, whole numbers and names of quantities.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        let mut reader = Reader { text, at: 0, depth: 0 };
        let root = reader.sum()?;
        reader.skip();
        if reader.at < text.len() {
            return Err(reader.expected("an operator or the end"));
        }
        Ok(Self { root })
    }

    /// The value over `quantities`.
    pub fn value(&self, quantities: &Quantities) -> Result<Ratio, NoValue> {
        value(&self.root, quantities)
    }

    /// The quantities it names.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        collect(&self.root, &mut names);
        names
    }

    /// For a plain quotient of two sums: the values above and below the line, which an interval of a
    /// share needs. `None` for another shape, or where a value is missing.
    pub fn quotient(&self, quantities: &Quantities) -> Option<(Ratio, Ratio)> {
        let Node::Two(above, Operation::Over, below) = &self.root else {
            return None;
        };
        Some((value(above, quantities).ok()?, value(below, quantities).ok()?))
    }
}

fn collect<'a>(node: &'a Node, names: &mut BTreeSet<&'a str>) {
    match node {
        Node::Number(_) => {}
        Node::Name(name) => {
            names.insert(name);
        }
        Node::Two(left, _, right) => {
            collect(left, names);
            collect(right, names);
        }
    }
}

fn value(node: &Node, quantities: &Quantities) -> Result<Ratio, NoValue> {
    let (left, operation, right) = match node {
        Node::Number(number) => return Ok(Ratio::whole(i128::from(*number))),
        Node::Name(name) => {
            return quantities.get(name).copied().ok_or_else(|| NoValue::Missing(name.clone()));
        }
        Node::Two(left, operation, right) => {
            (value(left, quantities)?, *operation, value(right, quantities)?)
        }
    };
    if operation == Operation::Over && right == Ratio::ZERO {
        return Err(NoValue::DividedByNothing);
    }
    let result = match operation {
        Operation::Plus => left.plus(right),
        Operation::Minus => left.minus(right),
        Operation::Times => left.times(right),
        Operation::Over => left.over(right),
    };
    result.ok_or(NoValue::TooLarge)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn sum(&mut self) -> Result<Node, Malformed> {
        let mut left = self.product()?;
        while let Some(operation) = self.one_of([('+', Operation::Plus), ('-', Operation::Minus)]) {
            left = Node::Two(Box::new(left), operation, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, Malformed> {
        let mut left = self.atom()?;
        while let Some(operation) = self.one_of([('*', Operation::Times), ('/', Operation::Over)]) {
            left = Node::Two(Box::new(left), operation, Box::new(self.atom()?));
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Node, Malformed> {
        self.skip();
        let rest = &self.text[self.at..];
        let word =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if rest.starts_with('(') {
            self.at += 1;
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.expected("fewer parentheses"));
            }
            let inside = self.sum()?;
            self.skip();
            if !self.text[self.at..].starts_with(')') {
                return Err(self.expected("a closing parenthesis"));
            }
            self.at += 1;
            self.depth -= 1;
            return Ok(inside);
        }
        if word == 0 {
            return Err(self.expected("a name, a number or a parenthesis"));
        }
        let node = match rest[..word].parse::<i64>() {
            Ok(number) => Node::Number(number),
            Err(_) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => {
                Node::Name(rest[..word].to_owned())
            }
            Err(_) => return Err(self.expected("a name or a number")),
        };
        self.at += word;
        Ok(node)
    }

    fn one_of(&mut self, signs: [(char, Operation); 2]) -> Option<Operation> {
        self.skip();
        let next = self.text[self.at..].chars().next()?;
        let found = signs.iter().find(|(sign, _)| *sign == next)?;
        self.at += 1;
        Some(found.1)
    }

    fn skip(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn expected(&self, expected: &'static str) -> Malformed {
        Malformed { at: self.at, expected }
    }
}
