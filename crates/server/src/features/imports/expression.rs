//! Expressions over the columns of a row, in CEL. This is the only place of the imports that knows the engine.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Program, Value};

/// The longest expression; a mapping is a table, not a program.
const MAX_EXPRESSION: usize = 2_000;

/// The language's functions; building them anew for each row would cost more than anything else.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A compiled expression. Its variables are the row's columns, as text, and `row`, the map of all of them (for
/// columns whose names are no identifiers).
#[derive(Debug)]
pub struct Expression {
    program: Program,
    text: String,
    columns: Vec<String>,
    whole_row: bool,
}

impl Expression {
    /// Compiles, or says what is wrong.
    pub fn compile(text: &str) -> Result<Self, String> {
        if text.len() > MAX_EXPRESSION {
            return Err(format!("the expression is longer than {MAX_EXPRESSION} letters"));
        }
        let program = Program::compile(text).map_err(|e| e.to_string().replace('\n', " "))?;
        let mut columns: Vec<String> =
            program.references().variables().iter().map(ToString::to_string).collect();
        columns.sort_unstable();
        let whole_row = columns.iter().any(|c| c == "row");
        columns.retain(|c| c != "row");
        Ok(Self { program, text: text.to_owned(), columns, whole_row })
    }

    /// The columns it names.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Does it look at the row as a whole?
    #[must_use]
    pub fn takes_whole_row(&self) -> bool {
        self.whole_row
    }

    /// The value as text: text, whole numbers and truth values have one; null is empty.
    pub fn text<'a>(
        &self,
        cell: impl Fn(&str) -> &'a str,
        all: &[String],
    ) -> Result<String, String> {
        match self.value(cell, all)? {
            Value::String(text) => Ok(text.to_string()),
            Value::Int(number) => Ok(number.to_string()),
            Value::UInt(number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Null => Ok(String::new()),
            other => Err(format!(
                "`{}` gives a {}, not a text or a whole number",
                self.text,
                other.type_of()
            )),
        }
    }

    /// The value as a truth value.
    pub fn holds<'a>(
        &self,
        cell: impl Fn(&str) -> &'a str,
        all: &[String],
    ) -> Result<bool, String> {
        match self.value(cell, all)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(format!("`{}` gives a {}, not true or false", self.text, other.type_of())),
        }
    }

    fn value<'a>(&self, cell: impl Fn(&str) -> &'a str, all: &[String]) -> Result<Value, String> {
        let mut context = Context::with_env(LANGUAGE.clone());
        for column in &self.columns {
            context.add_variable_from_value(column.as_str(), cell(column).to_owned());
        }
        if self.whole_row {
            let row: HashMap<String, String> =
                all.iter().map(|c| (c.clone(), cell(c).to_owned())).collect();
            context.add_variable_from_value("row", row);
        }
        self.program.execute(&context).map_err(|e| format!("`{}` fails: {e}", self.text))
    }
}
