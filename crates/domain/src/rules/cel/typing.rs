//! The static check of a parsed expression: every name known, every kind right, every loop over lines and bounded.
//!
//! What passes comes out as typed steps; a path such as `purchase.net_minor` becomes one of them.

use std::fmt;

use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, ListExpr, LiteralValue, SelectExpr};
use ::cel::parser::Expression;

use super::node::{Conversion, Loop, Node, Operation, Relation, Search};
use super::vocabulary::{LINE_PARTS, Vocabulary, line_part};
use crate::event::MAX_LINES;

/// The deepest nesting: evaluation and this check go down the tree on the machine's stack.
const MAX_DEPTH: usize = 32;

/// What an expression yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Double,
    Text,
    Line,
    Lines,
    List,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "yes or no",
            Self::Int => "a whole number",
            Self::Double => "a number with decimals",
            Self::Text => "a text",
            Self::Line => "a line",
            Self::Lines => "the purchase's lines",
            Self::List => "a list",
        })
    }
}

impl Kind {
    fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Double)
    }

    fn is_scalar(self) -> bool {
        matches!(self, Self::Bool | Self::Int | Self::Double | Self::Text)
    }
}

/// A step with its kind.
type Typed = (Node, Kind);

/// Checks an expression; answers its steps, what it yields and how many steps it takes at most.
pub(super) fn check(
    expression: &Expression,
    vocabulary: &Vocabulary<'_>,
) -> Result<(Node, Kind, u64), String> {
    let weight = if vocabulary.per_line() { MAX_LINES as u64 } else { 1 };
    let mut check = Check { vocabulary, bound: Vec::new(), weight, cost: 0, depth: 0 };
    let (node, kind) = check.typed(expression)?;
    Ok((node, kind, check.cost))
}

struct Check<'a> {
    vocabulary: &'a Vocabulary<'a>,
    /// The variables of the loop around.
    bound: Vec<(String, Node, Kind)>,
    /// How often the part being looked at is evaluated at most.
    weight: u64,
    cost: u64,
    depth: usize,
}

impl Check<'_> {
    fn typed(&mut self, expression: &Expression) -> Result<Typed, String> {
        self.cost = self.cost.saturating_add(self.weight);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!(
                "it is nested more than {MAX_DEPTH} deep; split it over several rules"
            ));
        }
        let typed = match self.path(&expression.expr)? {
            Some(typed) => Ok(typed),
            None => self.other(&expression.expr),
        };
        self.depth -= 1;
        typed
    }

    fn other(&mut self, expr: &Expr) -> Result<Typed, String> {
        match expr {
            Expr::Literal(literal) => constant(literal),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.list(list),
            Expr::Comprehension(loops) => self.comprehension(loops),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err("maps and messages cannot be built here; compare values one by one".to_owned())
            }
        }
    }

    /// The value that a path from a known root leads to.
    fn path(&self, expr: &Expr) -> Result<Option<Typed>, String> {
        let Some((path, test)) = segments(expr) else { return Ok(None) };
        if !self.vocabulary.is_root(path[0]) {
            return Ok(None);
        }
        let (node, kind) = self.vocabulary.lookup(&path)?;
        Ok(Some(if test { (Node::Has(Box::new(node)), Kind::Bool) } else { (node, kind) }))
    }

    fn variable(&self, name: &str) -> Result<Typed, String> {
        let bound = self.bound.iter().find(|(bound, ..)| bound == name);
        bound.map(|(_, node, kind)| (node.clone(), *kind)).ok_or_else(|| {
            format!("`{name}` is not known here; an expression may use {}", self.vocabulary.roots())
        })
    }

    fn select(&mut self, select: &SelectExpr) -> Result<Typed, String> {
        let field = &select.field;
        let (of, kind) = self.typed(&select.operand)?;
        if kind != Kind::Line {
            return Err(format!("{kind} has no `{field}`"));
        }
        let (part, kind) = line_part(field)
            .ok_or_else(|| format!("a line has no `{field}`; it has {LINE_PARTS}"))?;
        let node = Node::Part(Box::new(of), part);
        Ok(if select.test { (Node::Has(Box::new(node)), Kind::Bool) } else { (node, kind) })
    }

    fn list(&mut self, list: &ListExpr) -> Result<Typed, String> {
        if !list.optional_indices.is_empty() {
            return Err("optional elements are not known here".to_owned());
        }
        let mut items = Vec::with_capacity(list.elements.len());
        for element in &list.elements {
            let (item, kind) = self.typed(element)?;
            if !kind.is_scalar() && kind != Kind::Line {
                return Err(format!("a list cannot hold {kind}"));
            }
            items.push(item);
        }
        Ok((Node::List(items), Kind::List))
    }

    fn comprehension(&mut self, loops: &ComprehensionExpr) -> Result<Typed, String> {
        if self.weight > 1 {
            return Err(
                "a loop within a loop over lines takes too long; put both conditions into one loop"
                    .to_owned(),
            );
        }
        let (_, over) = self.typed(&loops.iter_range)?;
        if over != Kind::Lines || loops.iter_var2.is_some() {
            return Err(format!(
                "a loop runs over `purchase.lines`, not over {over}; use `in` for a list"
            ));
        }
        if self.vocabulary.is_root(&loops.iter_var) {
            return Err(format!(
                "`{}` is a name already; call the loop's line `l`",
                loops.iter_var
            ));
        }
        let (start, kind) = self.typed(&loops.accu_init)?;
        self.bound = vec![
            (loops.iter_var.clone(), Node::LoopLine, Kind::Line),
            (loops.accu_var.clone(), Node::SoFar, kind),
        ];
        self.weight = MAX_LINES as u64;
        let (go_on, _) = self.typed(&loops.loop_cond)?;
        let (step, step_kind) = self.typed(&loops.loop_step)?;
        self.weight = 1;
        let (result, result_kind) = self.typed(&loops.result)?;
        self.bound.clear();
        if step_kind != kind {
            return Err(format!("a loop's condition must yield {kind} and yields {step_kind}"));
        }
        Ok((Node::Loop(Box::new(Loop { start, go_on, step, result })), result_kind))
    }

    fn call(&mut self, call: &CallExpr) -> Result<Typed, String> {
        let mut arguments = Vec::with_capacity(call.args.len() + 1);
        for argument in call.target.as_deref().into_iter().chain(&call.args) {
            arguments.push(self.typed(argument)?);
        }
        let kinds: Vec<Kind> = arguments.iter().map(|(_, kind)| *kind).collect();
        let node = build(call, arguments.into_iter().map(|(node, _)| node).collect());
        result(&call.func_name, call.target.is_some(), &kinds)
            .and_then(|kind| Some((node?, kind)))
            .ok_or_else(|| refusal(&call.func_name, &kinds))
    }
}

/// The path that an expression spells, and whether it is within `has(…)`: `a.b`, `a["b"]`.
fn segments(expr: &Expr) -> Option<(Vec<&str>, bool)> {
    match expr {
        Expr::Ident(name) => Some((vec![name], false)),
        Expr::Select(select) => match segments(&select.operand.expr)? {
            (mut path, false) => {
                path.push(&select.field);
                Some((path, select.test))
            }
            (_, true) => None,
        },
        Expr::Call(call) if call.func_name == "_[_]" => {
            let [of, index] = call.args.as_slice() else { return None };
            let Expr::Literal(LiteralValue::String(key)) = &index.expr else { return None };
            let (mut path, test) = segments(&of.expr)?;
            path.push(key.inner());
            (!test).then_some((path, false))
        }
        _ => None,
    }
}

fn constant(literal: &LiteralValue) -> Result<Typed, String> {
    match literal {
        LiteralValue::Boolean(value) => Ok((Node::Bool(*value.inner()), Kind::Bool)),
        LiteralValue::Int(value) => Ok((Node::Int(*value.inner()), Kind::Int)),
        LiteralValue::Double(value) => Ok((Node::Double(*value.inner()), Kind::Double)),
        LiteralValue::String(value) => Ok((Node::Text(value.inner().to_owned()), Kind::Text)),
        LiteralValue::UInt(_) => Err("write 5 instead of 5u".to_owned()),
        LiteralValue::Null => Err("nothing is null here; ask with has(…)".to_owned()),
        LiteralValue::Bytes(_) => Err("there are no bytes here; write a text".to_owned()),
    }
}

/// The step for an operator or a function; `None` when there is none of that name and number of arguments.
fn build(call: &CallExpr, arguments: Vec<Node>) -> Option<Node> {
    match arguments.len() {
        1 => {
            let of = Box::new(arguments.into_iter().next()?);
            Some(match call.func_name.as_str() {
                "!_" => Node::Not(of),
                "@not_strictly_false" => Node::NotStrictlyFalse(of),
                "-_" => Node::Negate(of),
                "size" => Node::Size(of),
                "int" => Node::Convert(Conversion::Int, of),
                "double" => Node::Convert(Conversion::Double, of),
                "string" => Node::Convert(Conversion::Text, of),
                _ => return None,
            })
        }
        2 => binary(&call.func_name, Box::new(arguments.try_into().ok()?)),
        3 if call.func_name == "_?_:_" => Some(Node::If(Box::new(arguments.try_into().ok()?))),
        _ => None,
    }
}

fn binary(function: &str, sides: Box<[Node; 2]>) -> Option<Node> {
    Some(match function {
        "_&&_" => Node::And(sides),
        "_||_" => Node::Or(sides),
        "_==_" => Node::Compare(Relation::Equal, sides),
        "_!=_" => Node::Compare(Relation::NotEqual, sides),
        "_<_" => Node::Compare(Relation::Less, sides),
        "_<=_" => Node::Compare(Relation::LessOrEqual, sides),
        "_>_" => Node::Compare(Relation::Greater, sides),
        "_>=_" => Node::Compare(Relation::GreaterOrEqual, sides),
        "_+_" => Node::Arithmetic(Operation::Add, sides),
        "_-_" => Node::Arithmetic(Operation::Subtract, sides),
        "_*_" => Node::Arithmetic(Operation::Multiply, sides),
        "_/_" => Node::Arithmetic(Operation::Divide, sides),
        "_%_" => Node::Arithmetic(Operation::Remainder, sides),
        "@in" => Node::In(sides),
        "contains" => Node::Search(Search::Contains, sides),
        "startsWith" => Node::Search(Search::StartsWith, sides),
        "endsWith" => Node::Search(Search::EndsWith, sides),
        "_[_]" => {
            let [_, place] = *sides;
            Node::LineAt(Box::new(place))
        }
        _ => return None,
    })
}

/// What an operator or function yields for arguments of these kinds, the one before the dot first.
fn result(function: &str, method: bool, kinds: &[Kind]) -> Option<Kind> {
    use Kind::{Bool, Double, Int, Line, Lines, List, Text};
    match (function, kinds) {
        ("_&&_" | "_||_", [Bool, Bool]) | ("!_" | "@not_strictly_false", [Bool]) => Some(Bool),
        ("_==_" | "_!=_", [a, b]) if a == b && a.is_scalar() => Some(Bool),
        ("_<_" | "_<=_" | "_>_" | "_>=_", [Text, Text]) => Some(Bool),
        ("_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_", [a, b])
            if a.is_number() && b.is_number() =>
        {
            Some(Bool)
        }
        ("@in", [a, List]) if a.is_scalar() => Some(Bool),
        ("_?_:_", [Bool, a, b]) if a == b && *a != Lines => Some(*a),
        ("_+_" | "_-_" | "_*_" | "_/_", [a, b]) if a == b && a.is_number() => Some(*a),
        ("_+_", [Text, Text]) => Some(Text),
        ("_+_", [List, List]) => Some(List),
        ("_%_", [Int, Int]) => Some(Int),
        ("-_", [a]) if a.is_number() => Some(*a),
        ("_[_]", [Lines, Int]) => Some(Line),
        ("size", [Text | Lines | List]) => Some(Int),
        ("contains" | "startsWith" | "endsWith", [Text, Text]) if method => Some(Bool),
        ("int", [Int | Double | Text]) if !method => Some(Int),
        ("double", [Int | Double | Text]) if !method => Some(Double),
        ("string", [a]) if !method && a.is_scalar() => Some(Text),
        _ => None,
    }
}

fn refusal(function: &str, kinds: &[Kind]) -> String {
    const FUNCTIONS: &str = "size, contains, startsWith, endsWith, int, double, string, has";
    let given: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    let given = given.join(" and ");
    match function {
        "matches" => "`matches` is not known here; use contains, startsWith or endsWith".to_owned(),
        "_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_" | "@in" => {
            format!("{given} cannot be compared")
        }
        "_&&_" | "_||_" | "!_" => {
            format!("`{}` joins conditions, not {given}", function.replace('_', ""))
        }
        "_?_:_" => format!("`? :` needs yes or no and two values of one kind, not {given}"),
        "size" | "contains" | "startsWith" | "endsWith" | "int" | "double" | "string" => {
            format!("`{function}` does not take {given}")
        }
        operator if operator.contains('_') || operator.starts_with('@') => {
            format!(
                "`{}` does not take {given}; int(…) and double(…) convert",
                operator.replace('_', "")
            )
        }
        _ => format!("`{function}` is not known here; the functions are {FUNCTIONS}"),
    }
}
