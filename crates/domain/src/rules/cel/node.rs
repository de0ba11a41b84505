//! A checked expression as a tree of typed steps.

use std::cmp::Ordering;

/// One step. Its kind was checked when it was made, so that evaluation meets no kind it does not expect.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    /// A value of the event by name.
    Field(Field),
    /// A value of the event by a key of one's own choice.
    Keyed(Map, String),
    /// Was it given?
    Has(Box<Node>),
    /// The line that a condition on lines is about.
    Line,
    /// The line that the loop is at.
    LoopLine,
    /// The line at a place.
    LineAt(Box<Node>),
    /// A part of a line.
    Part(Box<Node>, Part),
    /// All lines; only ever looped over, counted or indexed.
    Lines,
    List(Vec<Node>),
    Loop(Box<Loop>),
    /// What the loop has come to so far.
    SoFar,
    Not(Box<Node>),
    /// False only when it is computed and false.
    NotStrictlyFalse(Box<Node>),
    Negate(Box<Node>),
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    If(Box<[Node; 3]>),
    Compare(Relation, Box<[Node; 2]>),
    Arithmetic(Operation, Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    Size(Box<Node>),
    Search(Search, Box<[Node; 2]>),
    Convert(Conversion, Box<Node>),
}

/// A value of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Net,
    Units,
    Currency,
    Store,
    Channel,
    EventName,
    Hour,
    Weekday,
    Day,
    Month,
    Year,
    Date,
}

/// Values under keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Map {
    PurchaseAttributes,
    EventAttributes,
    EventNumbers,
    Member,
    Tier,
}

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Product,
    Category,
    Brand,
    Quantity,
    Net,
}

/// A loop over the purchase's lines, as the language spells out `all`, `exists`, `exists_one`, `filter` and `map`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loop {
    pub(super) start: Node,
    pub(super) go_on: Node,
    pub(super) step: Node,
    pub(super) result: Node,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    /// Does it hold for this order? `None` is an order that a number without value has to any other.
    pub(super) fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

/// An operation on two numbers, or `Add` on two texts or lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// A question about two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    Contains,
    StartsWith,
    EndsWith,
}

/// A change of kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    Int,
    Double,
    Text,
}
