//! Conditions over what is known of a member, in CEL: checked once against the names there are, then asked of millions.
//! The `cel` crate parses; what passes becomes typed steps of our own, without loops, so that an answer costs little.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use cel::common::ast::{CallExpr, Expr, LiteralValue};
use cel::parser::{Expression, Parser};
use lazo_measures::rfm::{self, Bounds, Scores};

use super::facts::Facts;

/// The longest condition, in octets.
pub const MAX_LENGTH: usize = 1_000;
/// The deepest brackets, see the rules' own bound: parsing goes down on the machine's stack.
const MAX_BRACKETS: u16 = 8;
/// The deepest nesting of what was parsed.
const MAX_DEPTH: usize = 32;

/// Numbers that are known of a member.
pub const NUMBERS: [&str; 9] = [
    "balance",
    "days_enrolled",
    "days_since_purchase",
    "purchases",
    "purchases_90",
    "purchases_365",
    "spent_minor",
    "spent_minor_90",
    "spent_minor_365",
];
/// Words that are known of a member.
pub const WORDS: [&str; 2] = ["kind", "language"];
/// Scores of 1 to 5 among all who bought within a year; 0 for who did not.
pub const SCORES: [&str; 3] = ["recency", "frequency", "monetary"];
/// The segment that the scores name; empty for who did not buy.
pub const RFM: &str = "rfm";

/// The names that depend on the tenant and its program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Attributes of members.
    pub attributes: BTreeSet<String>,
    /// Ladders.
    pub ladders: BTreeSet<String>,
    /// Consents, as `purpose_channel`.
    pub consents: BTreeSet<String>,
}

/// What a step yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Text,
    Ints,
    Texts,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "yes or no",
            Self::Int => "a whole number",
            Self::Text => "a text",
            Self::Ints | Self::Texts => "a list",
        })
    }
}

#[derive(Debug, Clone)]
enum Node {
    Bool(bool),
    Int(i64),
    Text(String),
    Number(usize),
    Word(usize),
    Score(usize),
    Rfm,
    Attribute(String),
    Tier(String),
    Consent(String),
    Not(Box<Node>),
    Both(Box<[Node; 2]>, bool),
    Compare(Relation, Box<[Node; 2]>),
    Sum(char, Box<[Node; 2]>),
    In(Box<Node>, Vec<Node>),
    Search(Search, Box<[Node; 2]>),
    List(Vec<Node>),
}

#[derive(Debug, Clone, Copy)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy)]
enum Search {
    Contains,
    Starts,
    Ends,
}

enum Value<'a> {
    Bool(bool),
    Int(i64),
    Text(&'a str),
}

/// A checked condition.
#[derive(Debug, Clone)]
pub struct Condition {
    root: Node,
    asks_scores: bool,
    bounds: Option<Arc<Bounds>>,
}

/// Whom a condition is asked of.
#[derive(Clone, Copy)]
struct Eye<'a> {
    facts: &'a Facts,
    bounds: Option<&'a Bounds>,
}

impl Eye<'_> {
    /// The scores, unless nothing was bought. Nothing at all where the quintiles are not known.
    fn scores(self) -> Option<Option<Scores>> {
        let bounds = self.bounds?;
        Some(self.facts.habits().map(|habits| bounds.scores(&habits)))
    }
}

impl Condition {
    /// Checks a condition; the error says what is wrong and what to write instead.
    pub fn compile(text: &str, names: &Vocabulary) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("it has {} bytes and may have {MAX_LENGTH}", text.len()));
        }
        let parsed = Parser::default().max_recursion_depth(MAX_BRACKETS).parse(text);
        let parsed = parsed.map_err(|errors| {
            let first = errors.errors.first().map(|error| error.msg.clone()).unwrap_or_default();
            let first: String =
                first.lines().next().unwrap_or_default().chars().take(200).collect();
            format!("it is not a CEL expression: {first}")
        })?;
        match (Check { names }).typed(&parsed, 0)? {
            (root, Kind::Bool) => {
                let asks_scores = names_scores(&root);
                Ok(Self { root, asks_scores, bounds: None })
            }
            (_, kind) => Err(format!("it yields {kind} and must yield yes or no")),
        }
    }

    /// Must quintiles be known before it can be asked?
    #[must_use]
    pub fn asks_scores(&self) -> bool {
        self.asks_scores
    }

    /// With the quintiles that scores are measured by.
    #[must_use]
    pub fn among(self, bounds: Arc<Bounds>) -> Self {
        Self { bounds: Some(bounds), ..self }
    }

    /// Does it hold for a member? What overflows does not.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        let eye = Eye { facts, bounds: self.bounds.as_deref() };
        matches!(value(&self.root, eye), Some(Value::Bool(true)))
    }
}

struct Check<'a> {
    names: &'a Vocabulary,
}

type Typed = (Node, Kind);

impl Check<'_> {
    fn typed(&self, expression: &Expression, depth: usize) -> Result<Typed, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        match &expression.expr {
            Expr::Literal(LiteralValue::Boolean(value)) => {
                Ok((Node::Bool(*value.inner()), Kind::Bool))
            }
            Expr::Literal(LiteralValue::Int(value)) => Ok((Node::Int(*value.inner()), Kind::Int)),
            Expr::Literal(LiteralValue::String(value)) => {
                Ok((Node::Text(value.inner().to_owned()), Kind::Text))
            }
            Expr::Literal(_) => {
                Err("use whole numbers, texts in quotes, true and false".to_owned())
            }
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(root) if !select.test => self.path(root, &select.field),
                _ => Err(format!("`{}` is not known here; {}", select.field, self.known())),
            },
            Expr::List(list) => self.list(&list.elements, depth),
            Expr::Call(call) => self.call(call, depth),
            _ => Err("loops and maps are not known here; compare values one by one".to_owned()),
        }
    }

    fn name(&self, name: &str) -> Result<Typed, String> {
        if let Some(place) = NUMBERS.iter().position(|known| *known == name) {
            return Ok((Node::Number(place), Kind::Int));
        }
        if let Some(place) = WORDS.iter().position(|known| *known == name) {
            return Ok((Node::Word(place), Kind::Text));
        }
        if let Some(place) = SCORES.iter().position(|known| *known == name) {
            return Ok((Node::Score(place), Kind::Int));
        }
        if name == RFM {
            return Ok((Node::Rfm, Kind::Text));
        }
        Err(format!("`{name}` is not known here; {}", self.known()))
    }

    fn path(&self, root: &str, field: &str) -> Result<Typed, String> {
        let owned = field.to_owned();
        let (among, typed) = match root {
            "member" => (&self.names.attributes, (Node::Attribute(owned), Kind::Text)),
            "tier" => (&self.names.ladders, (Node::Tier(owned), Kind::Text)),
            "consent" => (&self.names.consents, (Node::Consent(owned), Kind::Bool)),
            _ => return Err(format!("`{root}` is not known here; {}", self.known())),
        };
        if among.contains(field) {
            return Ok(typed);
        }
        let there: Vec<&str> = among.iter().map(String::as_str).collect();
        Err(format!("`{root}` has no `{field}`; it has {}", there.join(", ")))
    }

    /// Everything that may be named.
    fn known(&self) -> String {
        let paths = [
            ("member", &self.names.attributes),
            ("tier", &self.names.ladders),
            ("consent", &self.names.consents),
        ];
        let paths = paths
            .iter()
            .flat_map(|(root, all)| all.iter().map(move |field| format!("{root}.{field}")));
        let flat = NUMBERS
            .iter()
            .chain(&WORDS)
            .chain(&SCORES)
            .chain([&RFM])
            .map(|name| (*name).to_owned());
        format!("a condition may use {}", flat.chain(paths).collect::<Vec<_>>().join(", "))
    }

    fn list(&self, elements: &[Expression], depth: usize) -> Result<Typed, String> {
        let items: Vec<Typed> =
            elements.iter().map(|item| self.typed(item, depth + 1)).collect::<Result<_, _>>()?;
        let kind = match items.first() {
            Some((_, Kind::Int)) => Kind::Ints,
            Some((_, Kind::Text)) => Kind::Texts,
            _ => return Err("a list holds whole numbers or texts".to_owned()),
        };
        let same = |item: &Typed| item.1 == items[0].1;
        if !items.iter().all(same) {
            return Err("a list holds values of one kind".to_owned());
        }
        Ok((Node::List(items.into_iter().map(|(node, _)| node).collect()), kind))
    }

    fn call(&self, call: &CallExpr, depth: usize) -> Result<Typed, String> {
        let given = call.target.as_deref().into_iter().chain(&call.args);
        let given: Vec<Typed> =
            given.map(|argument| self.typed(argument, depth + 1)).collect::<Result<_, _>>()?;
        let kinds: Vec<Kind> = given.iter().map(|(_, kind)| *kind).collect();
        let mut nodes = given.into_iter().map(|(node, _)| node);
        let refused = || {
            let told: Vec<String> = kinds.iter().map(ToString::to_string).collect();
            let name = call.func_name.trim_matches('_').trim_start_matches('@');
            Err(format!("`{name}` does not take {}", told.join(" and ")))
        };
        match (call.func_name.as_str(), kinds.as_slice()) {
            ("!_", [Kind::Bool]) => match nodes.next() {
                Some(node) => Ok((Node::Not(Box::new(node)), Kind::Bool)),
                None => refused(),
            },
            ("-_", [Kind::Int]) => match nodes.next() {
                Some(node) => Ok((Node::Sum('-', Box::new([Node::Int(0), node])), Kind::Int)),
                None => refused(),
            },
            (name, [one, two]) => match (nodes.next(), nodes.next()) {
                (Some(a), Some(b)) => binary(name, (a, *one), (b, *two)).map_or_else(refused, Ok),
                _ => refused(),
            },
            _ => refused(),
        }
    }
}

fn binary(name: &str, (a, one): Typed, (b, two): Typed) -> Option<Typed> {
    use Kind::{Bool, Int, Ints, Text, Texts};
    let relation = |relation, a, b| (Node::Compare(relation, Box::new([a, b])), Bool);
    Some(match (name, one, two) {
        ("_&&_", Bool, Bool) => (Node::Both(Box::new([a, b]), true), Bool),
        ("_||_", Bool, Bool) => (Node::Both(Box::new([a, b]), false), Bool),
        ("_==_", x, y) if x == y && !matches!(x, Ints | Texts) => relation(Relation::Equal, a, b),
        ("_!=_", x, y) if x == y && !matches!(x, Ints | Texts) => {
            relation(Relation::NotEqual, a, b)
        }
        ("_<_", Int, Int) => relation(Relation::Less, a, b),
        ("_<=_", Int, Int) => relation(Relation::LessOrEqual, a, b),
        ("_>_", Int, Int) => relation(Relation::Greater, a, b),
        ("_>=_", Int, Int) => relation(Relation::GreaterOrEqual, a, b),
        ("_+_", Int, Int) => (Node::Sum('+', Box::new([a, b])), Int),
        ("_-_", Int, Int) => (Node::Sum('-', Box::new([a, b])), Int),
        ("_*_", Int, Int) => (Node::Sum('*', Box::new([a, b])), Int),
        ("@in", Int, Ints) | ("@in", Text, Texts) => match b {
            Node::List(items) => (Node::In(Box::new(a), items), Bool),
            _ => return None,
        },
        ("contains", Text, Text) => (Node::Search(Search::Contains, Box::new([a, b])), Bool),
        ("startsWith", Text, Text) => (Node::Search(Search::Starts, Box::new([a, b])), Bool),
        ("endsWith", Text, Text) => (Node::Search(Search::Ends, Box::new([a, b])), Bool),
        _ => return None,
    })
}

/// The value of a step; `None` where a number leaves its range.
fn value<'a>(node: &'a Node, eye: Eye<'a>) -> Option<Value<'a>> {
    Some(match node {
        Node::Bool(value) => Value::Bool(*value),
        Node::Int(value) => Value::Int(*value),
        Node::Text(value) => Value::Text(value),
        Node::Number(place) => Value::Int(eye.facts.number(*place)),
        Node::Word(place) => Value::Text(eye.facts.word(*place)),
        Node::Score(place) => {
            let scores = eye.scores()?;
            let of = |scores: Scores| [scores.recency, scores.frequency, scores.monetary][*place];
            Value::Int(i64::from(scores.map_or(0, of)))
        }
        Node::Rfm => Value::Text(eye.scores()?.map_or("", |scores| rfm::segment(&scores).name())),
        Node::Attribute(name) => Value::Text(eye.facts.attribute(name)),
        Node::Tier(ladder) => Value::Text(eye.facts.tier(ladder)),
        Node::Consent(name) => Value::Bool(eye.facts.has_consent(name)),
        Node::Not(of) => Value::Bool(!truth(of, eye)?),
        Node::Both(sides, and) => {
            // As in CEL, a side that decides alone does so whatever the other one is.
            let (one, two) = (truth(&sides[0], eye), truth(&sides[1], eye));
            match (one, two) {
                (Some(x), _) if x != *and => Value::Bool(x),
                (_, Some(y)) if y != *and => Value::Bool(y),
                (Some(_), Some(_)) => Value::Bool(*and),
                _ => return None,
            }
        }
        Node::Compare(relation, sides) => {
            let order = order(&value(&sides[0], eye)?, &value(&sides[1], eye)?)?;
            Value::Bool(match relation {
                Relation::Equal => order.is_eq(),
                Relation::NotEqual => order.is_ne(),
                Relation::Less => order.is_lt(),
                Relation::LessOrEqual => order.is_le(),
                Relation::Greater => order.is_gt(),
                Relation::GreaterOrEqual => order.is_ge(),
            })
        }
        Node::Sum(sign, sides) => {
            let (Value::Int(a), Value::Int(b)) = (value(&sides[0], eye)?, value(&sides[1], eye)?)
            else {
                return None;
            };
            Value::Int(match sign {
                '+' => a.checked_add(b)?,
                '-' => a.checked_sub(b)?,
                _ => a.checked_mul(b)?,
            })
        }
        Node::In(of, items) => {
            let of = value(of, eye)?;
            let mut found = false;
            for item in items {
                found |= order(&of, &value(item, eye)?)?.is_eq();
            }
            Value::Bool(found)
        }
        Node::Search(search, sides) => {
            let (Value::Text(text), Value::Text(part)) =
                (value(&sides[0], eye)?, value(&sides[1], eye)?)
            else {
                return None;
            };
            Value::Bool(match search {
                Search::Contains => text.contains(part),
                Search::Starts => text.starts_with(part),
                Search::Ends => text.ends_with(part),
            })
        }
        Node::List(_) => return None,
    })
}

/// Is a score or their segment named anywhere?
fn names_scores(node: &Node) -> bool {
    match node {
        Node::Score(_) | Node::Rfm => true,
        Node::Not(of) => names_scores(of),
        Node::Both(sides, _)
        | Node::Compare(_, sides)
        | Node::Sum(_, sides)
        | Node::Search(_, sides) => sides.iter().any(names_scores),
        Node::In(of, items) => names_scores(of) || items.iter().any(names_scores),
        Node::List(items) => items.iter().any(names_scores),
        Node::Bool(_)
        | Node::Int(_)
        | Node::Text(_)
        | Node::Number(_)
        | Node::Word(_)
        | Node::Attribute(_)
        | Node::Tier(_)
        | Node::Consent(_) => false,
    }
}

fn truth(node: &Node, eye: Eye<'_>) -> Option<bool> {
    match value(node, eye)? {
        Value::Bool(truth) => Some(truth),
        _ => None,
    }
}

fn order(a: &Value<'_>, b: &Value<'_>) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
