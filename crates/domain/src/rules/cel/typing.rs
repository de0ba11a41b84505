//! The static check of an expression: every name known, every kind right, every loop over lines and bounded.
//!
//! On its way it turns each path such as `purchase.net_minor` into one name, so that evaluation asks once for it and
//! nothing is built that is not asked for; `has(…)` of a path becomes the same name behind a question mark.

use std::fmt;

use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, ListExpr, LiteralValue, SelectExpr};
use ::cel::parser::Expression;

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

/// Checks and rewrites an expression; answers what it yields and how many steps it takes at most.
pub(super) fn check(
    expression: &mut Expression,
    vocabulary: &Vocabulary<'_>,
) -> Result<(Kind, u64), String> {
    let weight = if vocabulary.per_line() { MAX_LINES as u64 } else { 1 };
    let mut check = Check { vocabulary, bound: Vec::new(), weight, cost: 0, depth: 0 };
    let kind = check.kind(expression)?;
    Ok((kind, check.cost))
}

struct Check<'a> {
    vocabulary: &'a Vocabulary<'a>,
    /// The variables of the loop around.
    bound: Vec<(String, Kind)>,
    /// How often the part being looked at is evaluated at most.
    weight: u64,
    cost: u64,
    depth: usize,
}

impl Check<'_> {
    fn kind(&mut self, expression: &mut Expression) -> Result<Kind, String> {
        self.cost = self.cost.saturating_add(self.weight);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!(
                "it is nested more than {MAX_DEPTH} deep; split it over several rules"
            ));
        }
        let kind = match self.path(expression)? {
            Some(kind) => Ok(kind),
            None => self.kind_of(&mut expression.expr),
        };
        self.depth -= 1;
        kind
    }

    fn kind_of(&mut self, expr: &mut Expr) -> Result<Kind, String> {
        match expr {
            Expr::Literal(literal) => literal_kind(literal),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.list(list),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err("maps and messages cannot be built here; compare values one by one".to_owned())
            }
        }
    }

    /// Replaces a path from a known root by one name.
    fn path(&self, expression: &mut Expression) -> Result<Option<Kind>, String> {
        let Some((segments, test)) = segments(&expression.expr) else { return Ok(None) };
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        if !self.vocabulary.is_root(path[0]) {
            return Ok(None);
        }
        let kind = self.vocabulary.kind(&path)?;
        let name = path.join(".");
        let (name, kind) = if test { (format!("?{name}"), Kind::Bool) } else { (name, kind) };
        expression.expr = Expr::Ident(name);
        Ok(Some(kind))
    }

    fn variable(&self, name: &str) -> Result<Kind, String> {
        let bound = self.bound.iter().rev().find(|(bound, _)| bound == name);
        bound.map(|(_, kind)| *kind).ok_or_else(|| {
            format!("`{name}` is not known here; an expression may use {}", self.vocabulary.roots())
        })
    }

    fn select(&mut self, select: &mut SelectExpr) -> Result<Kind, String> {
        let field = select.field.clone();
        match self.kind(&mut select.operand)? {
            Kind::Line if select.test => Ok(Kind::Bool),
            Kind::Line => line_part(&field)
                .ok_or_else(|| format!("a line has no `{field}`; it has {LINE_PARTS}")),
            kind => Err(format!("{kind} has no `{field}`")),
        }
    }

    fn list(&mut self, list: &mut ListExpr) -> Result<Kind, String> {
        if !list.optional_indices.is_empty() {
            return Err("optional elements are not known here".to_owned());
        }
        for element in &mut list.elements {
            let kind = self.kind(element)?;
            if !kind.is_scalar() && kind != Kind::Line {
                return Err(format!("a list cannot hold {kind}"));
            }
        }
        Ok(Kind::List)
    }

    fn comprehension(&mut self, loops: &mut ComprehensionExpr) -> Result<Kind, String> {
        if self.weight > 1 {
            return Err(
                "a loop within a loop over lines takes too long; put both conditions into one loop"
                    .to_owned(),
            );
        }
        let over = self.kind(&mut loops.iter_range)?;
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
        let start = self.kind(&mut loops.accu_init)?;
        self.bound = vec![(loops.iter_var.clone(), Kind::Line), (loops.accu_var.clone(), start)];
        self.weight = MAX_LINES as u64;
        self.kind(&mut loops.loop_cond)?;
        let step = self.kind(&mut loops.loop_step)?;
        self.weight = 1;
        let result = self.kind(&mut loops.result)?;
        self.bound.clear();
        if step != start {
            return Err(format!("a loop's condition must yield {start} and yields {step}"));
        }
        Ok(result)
    }

    fn call(&mut self, call: &mut CallExpr) -> Result<Kind, String> {
        let mut kinds = Vec::with_capacity(call.args.len() + 1);
        for argument in call.target.as_deref_mut().into_iter().chain(&mut call.args) {
            kinds.push(self.kind(argument)?);
        }
        result(&call.func_name, call.target.is_some(), &kinds)
    }
}

/// The path that an expression spells, and whether it is within `has(…)`: `a.b`, `a["b"]`.
fn segments(expr: &Expr) -> Option<(Vec<String>, bool)> {
    match expr {
        Expr::Ident(name) => Some((vec![name.clone()], false)),
        Expr::Select(select) => match segments(&select.operand.expr)? {
            (mut path, false) => {
                path.push(select.field.clone());
                Some((path, select.test))
            }
            (_, true) => None,
        },
        Expr::Call(call) if call.func_name == "_[_]" => {
            match (segments(&call.args.first()?.expr)?, call.args.get(1)) {
                ((mut path, false), Some(index)) => {
                    let Expr::Literal(LiteralValue::String(key)) = &index.expr else { return None };
                    path.push(key.inner().to_owned());
                    Some((path, false))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn literal_kind(literal: &LiteralValue) -> Result<Kind, String> {
    match literal {
        LiteralValue::Boolean(_) => Ok(Kind::Bool),
        LiteralValue::Int(_) => Ok(Kind::Int),
        LiteralValue::Double(_) => Ok(Kind::Double),
        LiteralValue::String(_) => Ok(Kind::Text),
        LiteralValue::UInt(_) => Err("write 5 instead of 5u".to_owned()),
        LiteralValue::Null => Err("nothing is null here; ask with has(…)".to_owned()),
        LiteralValue::Bytes(_) => Err("there are no bytes here; write a text".to_owned()),
    }
}

/// What an operator or function yields for arguments of these kinds, the one before the dot first.
fn result(function: &str, method: bool, kinds: &[Kind]) -> Result<Kind, String> {
    use Kind::{Bool, Double, Int, Lines, List, Text};
    let yields = match (function, kinds) {
        ("_&&_" | "_||_", [Bool, Bool]) | ("!_" | "@not_strictly_false", [Bool]) => Some(Bool),
        ("_==_" | "_!=_", [a, b]) if a == b && a.is_scalar() => Some(Bool),
        ("_<_" | "_<=_" | "_>_" | "_>=_", [Text, Text]) => Some(Bool),
        ("_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_", [a, b])
            if a.is_number() && b.is_number() =>
        {
            Some(Bool)
        }
        ("@in", [a, List]) if a.is_scalar() => Some(Bool),
        ("_?_:_", [Bool, a, b]) if a == b => Some(*a),
        ("_+_" | "_-_" | "_*_" | "_/_", [a, b]) if a == b && a.is_number() => Some(*a),
        ("_+_", [Text, Text]) => Some(Text),
        ("_+_", [List, List]) => Some(List),
        ("_%_", [Int, Int]) => Some(Int),
        ("-_", [a]) if a.is_number() => Some(*a),
        ("_[_]", [Lines, Int]) => Some(Kind::Line),
        ("size", [Text | Lines | List]) => Some(Int),
        ("contains" | "startsWith" | "endsWith", [Text, Text]) if method => Some(Bool),
        ("int", [Int | Double | Text]) if !method => Some(Int),
        ("double", [Int | Double | Text]) if !method => Some(Double),
        ("string", [a]) if !method && a.is_scalar() => Some(Text),
        _ => None,
    };
    yields.ok_or_else(|| refusal(function, kinds))
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
