//! What an expression sees of one event: values are lent by name when asked for, and nothing is copied before.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use ::cel::common::traits::{Indexer, Iterable, Iterator as CelIterator, Sizer};
use ::cel::common::types::{CelBool, CelInt, CelString, LIST_TYPE, Type};
use ::cel::common::value::{CowVal, Val};
use ::cel::context::VariableResolver;
use ::cel::{Env, ExecutionError};
use jiff::civil;

use crate::event::{Custom, Line, Purchase};
use crate::rules::{EarnInput, Subject};

/// The functions of the language, the same for every expression.
static FUNCTIONS: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

static LINE: Type = Type::new_unspecified_type("line");
static LINES: Type = LIST_TYPE;

/// An event as expressions see it.
#[derive(Debug)]
pub(in crate::rules) struct Scope<'a> {
    subject: Subject<'a>,
    input: Option<&'a EarnInput<'a>>,
    /// The line that a condition on lines is about.
    line: AtomicUsize,
    lines: OnceLock<Vec<LineValue<'a>>>,
    local: OnceLock<civil::DateTime>,
    date: OnceLock<String>,
}

/// A scope made ready for evaluation.
pub(in crate::rules) struct Context<'a> {
    scope: &'a Scope<'a>,
    cel: ::cel::Context<'a, 'a>,
}

impl<'a> Context<'a> {
    /// Lends a scope to the engine.
    pub(in crate::rules) fn new(scope: &'a Scope<'a>) -> Self {
        let mut cel = ::cel::Context::with_env(Arc::clone(&FUNCTIONS));
        cel.set_variable_resolver(scope);
        Self { scope, cel }
    }

    /// Makes `line` the place of the line that conditions on lines are about.
    pub(in crate::rules) fn on_line(&self, line: usize) {
        self.scope.line.store(line, Ordering::Relaxed);
    }

    pub(super) fn cel(&self) -> &::cel::Context<'a, 'a> {
        &self.cel
    }
}

impl<'a> Scope<'a> {
    /// What conditions of rules see.
    pub(in crate::rules) fn of_rules(input: &'a EarnInput<'a>) -> Self {
        Self { input: Some(input), ..Self::of_measure(input.subject) }
    }

    /// What a ladder's measure sees: the event alone.
    pub(in crate::rules) fn of_measure(subject: Subject<'a>) -> Self {
        Self {
            subject,
            input: None,
            line: AtomicUsize::new(0),
            lines: OnceLock::new(),
            local: OnceLock::new(),
            date: OnceLock::new(),
        }
    }

    fn purchase(&self) -> Option<&'a Purchase> {
        match self.subject {
            Subject::Purchase(purchase) => Some(purchase),
            Subject::Custom(_) => None,
        }
    }

    fn custom(&self) -> Option<&'a Custom> {
        match self.subject {
            Subject::Custom(custom) => Some(custom),
            Subject::Purchase(_) => None,
        }
    }

    fn sum(&self, of: impl Fn(&Line) -> i64) -> Option<i128> {
        Some(self.purchase()?.lines.iter().map(|line| i128::from(of(line))).sum())
    }

    fn current_line(&self) -> Option<LineValue<'a>> {
        self.purchase()?.lines.get(self.line.load(Ordering::Relaxed)).map(LineValue)
    }

    fn lines(&self) -> Option<&[LineValue<'a>]> {
        let purchase = self.purchase()?;
        Some(self.lines.get_or_init(|| purchase.lines.iter().map(LineValue).collect()))
    }

    fn local(&self) -> Option<&civil::DateTime> {
        let input = self.input?;
        Some(self.local.get_or_init(|| input.at.local(&input.program.zone)))
    }

    /// The tier held on a ladder of this program.
    fn tier(&self, group: &str) -> Option<&'a str> {
        let input = self.input?;
        let standing = input.standings.get(group).filter(|held| held.program == input.program.id);
        standing.map(|held| held.tier.as_str()).filter(|tier| !tier.is_empty())
    }

    fn value(&self, name: &str) -> Option<CowVal<'_, '_>> {
        match name {
            "purchase.net_minor" => int(clamped(self.sum(|line| line.net_minor)?)),
            "purchase.units" => {
                int(clamped(self.sum(|line| line.quantity_milli)?.div_euclid(1_000)))
            }
            "purchase.currency" => text(&self.purchase()?.currency),
            "purchase.store" => text(self.purchase()?.store.as_deref().unwrap_or_default()),
            "purchase.channel" => text(self.purchase()?.channel.as_deref().unwrap_or_default()),
            "purchase.lines" => Some(CowVal::owned(LinesValue(self.lines()?))),
            "event.name" => text(&self.custom()?.name),
            "at.hour" => int(self.local()?.hour().into()),
            "at.weekday" => int(self.local()?.weekday().to_monday_one_offset().into()),
            "at.day" => int(self.local()?.day().into()),
            "at.month" => int(self.local()?.month().into()),
            "at.year" => int(self.local()?.year().into()),
            "at.date" => {
                let local = self.local()?;
                text(self.date.get_or_init(|| local.date().to_string()))
            }
            _ => self.keyed(name),
        }
    }

    /// Values under keys; a word that was not given is empty, a number that was not given is not there.
    fn keyed(&self, name: &str) -> Option<CowVal<'_, '_>> {
        if let Some(part) = name.strip_prefix("line.") {
            return self.current_line()?.part(part);
        }
        if let Some(key) = name.strip_prefix("event.numbers.") {
            return int(*self.custom()?.numbers.get(key)?);
        }
        text(self.word(name)?.unwrap_or_default())
    }

    /// `None` when there is no such name, `Some(None)` when nothing was given under it.
    fn word(&self, name: &str) -> Option<Option<&str>> {
        let get = |map: &'a std::collections::BTreeMap<String, String>, key: &str| {
            map.get(key).map(String::as_str)
        };
        if let Some(key) = name.strip_prefix("member.") {
            return Some(get(&self.input?.facts.attributes, key));
        }
        if let Some(group) = name.strip_prefix("tier.") {
            return Some(self.tier(group));
        }
        if let Some(key) = name.strip_prefix("purchase.attributes.") {
            return Some(get(&self.purchase()?.attributes, key));
        }
        Some(get(&self.custom()?.attributes, name.strip_prefix("event.attributes.")?))
    }

    fn has(&self, name: &str) -> bool {
        match name {
            "purchase.store" => self.purchase().is_some_and(|purchase| purchase.store.is_some()),
            "purchase.channel" => {
                self.purchase().is_some_and(|purchase| purchase.channel.is_some())
            }
            _ => match self.word(name) {
                Some(word) => word.is_some(),
                None => self.value(name).is_some(),
            },
        }
    }
}

impl VariableResolver for Scope<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        match variable.strip_prefix('?') {
            Some(name) => Some(CowVal::owned(CelBool::from(self.has(name)))),
            None => self.value(variable),
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.fmt(f)
    }
}

fn int<'b, 'v>(number: i64) -> Option<CowVal<'b, 'v>> {
    Some(CowVal::owned(CelInt::from(number)))
}

fn text<'b, 'v>(text: &'v str) -> Option<CowVal<'b, 'v>> {
    Some(CowVal::owned(CelString::from(text)))
}

fn clamped(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// A line lent to an expression.
#[derive(Debug, Clone, Copy)]
struct LineValue<'a>(&'a Line);

impl<'a> LineValue<'a> {
    fn part<'b, 'v>(self, part: &str) -> Option<CowVal<'b, 'v>>
    where
        'a: 'v,
    {
        match part {
            "product" => text(&self.0.product),
            "category" => text(&self.0.category),
            "brand" => text(&self.0.brand),
            "quantity_milli" => int(self.0.quantity_milli),
            "net_minor" => int(self.0.net_minor),
            _ => None,
        }
    }
}

impl Val for LineValue<'_> {
    fn get_type(&self) -> &Type {
        &LINE
    }

    fn cel_type() -> &'static Type {
        &LINE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }
}

impl Indexer for LineValue<'_> {
    fn get<'b, 'v>(&'b self, part: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let name = part.downcast_ref::<CelString<'_>>().map_or("", CelString::inner);
        self.part(name).ok_or_else(|| ExecutionError::no_such_key(name))
    }

    fn steal<'v>(self: Box<Self>, part: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        (*self).get(part).map(CowVal::into_owned)
    }
}

/// All lines of a purchase, lent to an expression.
#[derive(Debug, Clone, Copy)]
struct LinesValue<'a>(&'a [LineValue<'a>]);

impl Val for LinesValue<'_> {
    fn get_type(&self) -> &Type {
        &LINES
    }

    fn cel_type() -> &'static Type {
        &LINES
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }
}

impl Indexer for LinesValue<'_> {
    fn get<'b, 'v>(&'b self, place: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let place = place.downcast_ref::<CelInt>().map_or(-1, |place| *place.inner());
        let line = usize::try_from(place).ok().and_then(|place| self.0.get(place));
        line.map(|line| CowVal::owned(*line)).ok_or(ExecutionError::IndexOutOfBounds(place.into()))
    }

    fn steal<'v>(self: Box<Self>, place: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        (*self).get(place).map(CowVal::into_owned)
    }
}

impl Iterable for LinesValue<'_> {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Walk(self.0.iter()))
    }
}

impl Sizer for LinesValue<'_> {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.0.len()).unwrap_or(i64::MAX))
    }
}

struct Walk<'a, 'l>(std::slice::Iter<'a, LineValue<'l>>);

impl<'b, 'v, 'a: 'b, 'l: 'v + 'b> CelIterator<'b, 'v> for Walk<'a, 'l> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|line| line as &'b (dyn Val + 'v))
    }
}
