//! A condition in a reader's words: `at.weekday == 5 && purchase.net_minor >= 2000` is told as "it is Friday and the
//! purchase is 20.00 € or more". What has no plain words yet, such as a question about each line, is not told at all.

use cel::common::ast::{CallExpr, Expr, LiteralValue, SelectExpr};
use cel::parser::{Expression, Parser};
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::{Timestamp, Zone};

use crate::i18n::{Args, Locale};

/// The deepest brackets that are looked into, as where conditions are checked.
const MAX_BRACKETS: u16 = 8;

/// What holds when `source` does, as the end of a sentence that begins "only when …"; `None` where words are wanting.
#[must_use]
pub fn told(source: &str, program: &ProgramConfig, locale: Locale) -> Option<String> {
    let parsed = Parser::default().max_recursion_depth(MAX_BRACKETS).parse(source).ok()?;
    Teller { program, locale }.clause(&parsed)
}

struct Teller<'a> {
    program: &'a ProgramConfig,
    locale: Locale,
}

/// What is compared: its name in words, and how its values are written.
enum Subject {
    Weekday,
    Month,
    Hour,
    Date,
    Money(String),
    Count(String),
    Word(String),
    Tier(String),
}

/// Days of the week or months, by their number less one, and the key of their names.
struct Calendar {
    key: &'static str,
    holds: Vec<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "_==_" => Self::Equal,
            "_!=_" => Self::NotEqual,
            "_<_" => Self::Less,
            "_<=_" => Self::LessOrEqual,
            "_>_" => Self::Greater,
            "_>=_" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// The same told from the other side: `2 < x` is `x > 2`.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    fn holds(self, a: i64, b: i64) -> bool {
        match self {
            Self::Equal => a == b,
            Self::NotEqual => a != b,
            Self::Less => a < b,
            Self::LessOrEqual => a <= b,
            Self::Greater => a > b,
            Self::GreaterOrEqual => a >= b,
        }
    }
}

impl Teller<'_> {
    fn clause(&self, of: &Expression) -> Option<String> {
        if let Some(calendar) = self.calendar(of) {
            return self.among(&calendar);
        }
        let Expr::Call(call) = &of.expr else { return None };
        let [one, two] = call.args.as_slice() else { return None };
        match call.func_name.as_str() {
            "_&&_" => {
                let side = |side: &Expression| {
                    let words = self.clause(side)?;
                    let or = matches!(&side.expr, Expr::Call(inner) if inner.func_name == "_||_");
                    Some(if or { format!("({words})") } else { words })
                };
                Some(self.join("ledger-when-and", side(one)?, side(two)?))
            }
            "_||_" => Some(self.join("ledger-when-or", self.clause(one)?, self.clause(two)?)),
            "@in" => self.one_of(one, two),
            name => {
                let relation = Relation::named(name)?;
                match self.subject(one) {
                    Some(subject) => self.compare(&subject, relation, two),
                    None => self.compare(&self.subject(two)?, relation.turned(), one),
                }
            }
        }
    }

    /// The days of a week, or the months, of which an expression is true that asks of nothing else.
    fn calendar(&self, of: &Expression) -> Option<Calendar> {
        let Expr::Call(call) = &of.expr else { return None };
        let [one, two] = call.args.as_slice() else { return None };
        if let "_&&_" | "_||_" = call.func_name.as_str() {
            let (mut one, two) = (self.calendar(one)?, self.calendar(two)?);
            let and = call.func_name == "_&&_";
            for (place, holds) in one.holds.iter_mut().zip(&two.holds) {
                *place = if and { *place && *holds } else { *place || *holds };
            }
            return (one.key == two.key).then_some(one);
        }
        let turned = self.subject(one).is_none();
        let (subject, value) = if turned { (two, one) } else { (one, two) };
        let (key, many) = match self.subject(subject)? {
            Subject::Weekday => ("ledger-when-weekday", 7),
            Subject::Month => ("ledger-when-month", 12),
            _ => return None,
        };
        let holds: Box<dyn Fn(i64) -> bool> = match (&value.expr, call.func_name.as_str()) {
            (Expr::List(list), "@in") if !turned => {
                let all: Vec<i64> = list.elements.iter().map(number).collect::<Option<_>>()?;
                Box::new(move |day| all.contains(&day))
            }
            (_, name) => {
                let (relation, value) = (Relation::named(name)?, number(value)?);
                let relation = if turned { relation.turned() } else { relation };
                Box::new(move |day| relation.holds(day, value))
            }
        };
        Some(Calendar { key, holds: (1..=many).map(holds).collect() })
    }

    /// What an expression that names something is about.
    fn subject(&self, of: &Expression) -> Option<Subject> {
        match &of.expr {
            Expr::Select(select) if !select.test => self.field(select),
            Expr::Call(call) if call.func_name == "size" => self.size(call),
            _ => None,
        }
    }

    fn field(&self, select: &SelectExpr) -> Option<Subject> {
        let field = select.field.as_str();
        let root = match &select.operand.expr {
            Expr::Ident(root) => root.as_str(),
            // `purchase.attributes.key`, `event.numbers.key`
            Expr::Select(outer) if !outer.test => {
                let quoted = self.say("ledger-when-named", Args::new().text("name", field));
                return match outer.field.as_str() {
                    "attributes" => Some(Subject::Word(quoted)),
                    "numbers" => Some(Subject::Count(quoted)),
                    _ => None,
                };
            }
            _ => return None,
        };
        let text = |key: &str| self.say(key, Args::new());
        Some(match (root, field) {
            ("at", "weekday") => Subject::Weekday,
            ("at", "month") => Subject::Month,
            ("at", "hour") => Subject::Hour,
            ("at", "date") => Subject::Date,
            ("at", "day") => Subject::Count(text("ledger-when-day-of-month")),
            ("at", "year") => Subject::Count(text("ledger-when-year")),
            ("purchase", "net_minor") => Subject::Money(text("ledger-when-purchase")),
            ("purchase", "units") => Subject::Count(text("ledger-when-units")),
            ("purchase", "store") => Subject::Word(text("ledger-when-store")),
            ("purchase", "channel") => Subject::Word(text("ledger-when-channel")),
            ("purchase", "currency") => Subject::Word(text("ledger-when-currency")),
            ("line", "net_minor") => Subject::Money(text("ledger-when-line")),
            ("line", "product") => Subject::Word(text("ledger-when-product")),
            ("line", "category") => Subject::Word(text("ledger-when-category")),
            ("line", "brand") => Subject::Word(text("ledger-when-brand")),
            ("member", name) => {
                Subject::Word(self.say("ledger-when-named", Args::new().text("name", name)))
            }
            ("tier", group) => Subject::Tier(group.to_owned()),
            _ => return None,
        })
    }

    /// `purchase.lines.size()` and `size(purchase.lines)`.
    fn size(&self, call: &CallExpr) -> Option<Subject> {
        let of = call.target.as_deref().or(call.args.first())?;
        let Expr::Select(select) = &of.expr else { return None };
        let lines = select.field == "lines" && !select.test;
        lines.then(|| Subject::Count(self.say("ledger-when-lines", Args::new())))
    }

    fn compare(&self, subject: &Subject, relation: Relation, to: &Expression) -> Option<String> {
        match subject {
            Subject::Weekday | Subject::Month => None,
            Subject::Hour => self.hour(relation, number(to)?),
            Subject::Date => self.date(relation, text(to)?),
            Subject::Money(what) => {
                let money = self.locale.money(number(to)?, self.program.currency);
                Some(self.relation(what, relation, money))
            }
            Subject::Count(what) => {
                Some(self.relation(what, relation, self.locale.number(number(to)?, 0)))
            }
            Subject::Word(what) => {
                // Words have no order, and an empty one is one that was not given.
                let ordered = !matches!(relation, Relation::Equal | Relation::NotEqual);
                let value = text(to).filter(|value| !value.is_empty() && !ordered)?;
                Some(self.relation(what, relation, value.to_owned()))
            }
            Subject::Tier(group) => self.tier(group, relation, text(to)?),
        }
    }

    /// `store in ['367', '406']`
    fn one_of(&self, subject: &Expression, list: &Expression) -> Option<String> {
        let Expr::List(list) = &list.expr else { return None };
        let texts = || list.elements.iter().map(text).collect::<Option<Vec<&str>>>();
        match self.subject(subject)? {
            Subject::Count(what) => {
                let all: Vec<i64> = list.elements.iter().map(number).collect::<Option<_>>()?;
                let all = all.into_iter().map(|number| self.locale.number(number, 0));
                Some(self.relation(&what, Relation::Equal, self.any(all)?))
            }
            Subject::Word(what) => {
                let all = texts()?.into_iter().map(ToOwned::to_owned);
                Some(self.relation(&what, Relation::Equal, self.any(all)?))
            }
            Subject::Tier(group) => {
                let names = texts()?.into_iter().map(|code| self.tier_name(&group, code));
                let names: Vec<String> = names.collect::<Option<_>>()?;
                let what = self.ladder(&group);
                Some(self.relation(&what, Relation::Equal, self.any(names.into_iter())?))
            }
            _ => None,
        }
    }

    /// The days or months by name; `None` for none or all, which say nothing.
    fn among(&self, calendar: &Calendar) -> Option<String> {
        let all = (1_i64..).zip(&calendar.holds).filter(|(_, holds)| **holds);
        let names: Vec<String> =
            all.map(|(one, _)| self.say(calendar.key, Args::new().count("n", one))).collect();
        let some = names.len() < calendar.holds.len();
        let value = self.any(names.into_iter()).filter(|_| some)?;
        Some(self.say("ledger-when-it-is", Args::new().text("value", value)))
    }

    /// Whole hours: `>= 9` is from 9:00 on, `<= 9` until 10:00.
    fn hour(&self, relation: Relation, hour: i64) -> Option<String> {
        let (key, hour) = match relation {
            Relation::GreaterOrEqual => ("ledger-when-from-hour", hour),
            Relation::Greater => ("ledger-when-from-hour", hour + 1),
            Relation::Less => ("ledger-when-before-hour", hour),
            Relation::LessOrEqual => ("ledger-when-before-hour", hour + 1),
            Relation::Equal | Relation::NotEqual => return None,
        };
        let hour = (0..=24).contains(&hour).then(|| format!("{hour}:00"))?;
        Some(self.say(key, Args::new().text("hour", hour)))
    }

    fn date(&self, relation: Relation, day: &str) -> Option<String> {
        let at = Timestamp::parse(&format!("{day}T00:00:00Z")).ok()?;
        let key = match relation {
            Relation::Equal => "ledger-when-on-day",
            Relation::NotEqual => "ledger-when-not-on-day",
            Relation::Less => "ledger-when-before-day",
            Relation::LessOrEqual => "ledger-when-until-day",
            Relation::Greater => "ledger-when-after-day",
            Relation::GreaterOrEqual => "ledger-when-from-day",
        };
        Some(self.say(key, Args::new().text("day", self.locale.day(at, &Zone::utc()))))
    }

    fn tier(&self, group: &str, relation: Relation, code: &str) -> Option<String> {
        let ordered = !matches!(relation, Relation::Equal | Relation::NotEqual);
        let name = self.tier_name(group, code).filter(|_| !ordered)?;
        Some(self.relation(&self.ladder(group), relation, name))
    }

    fn ladder(&self, code: &str) -> String {
        let group = self.program.tier_groups.iter().find(|group| group.code == code);
        let name = group.and_then(|group| self.locale.pick(&group.name)).unwrap_or(code);
        self.say("ledger-when-tier", Args::new().text("group", name))
    }

    fn tier_name(&self, group: &str, code: &str) -> Option<String> {
        let group = self.program.tier_groups.iter().find(|known| known.code == group)?;
        let tier = group.tiers.iter().find(|tier| tier.code == code)?;
        Some(self.locale.pick(&tier.name).unwrap_or(code).to_owned())
    }

    fn relation(&self, what: &str, relation: Relation, value: String) -> String {
        let key = match relation {
            Relation::Equal => "ledger-when-is",
            Relation::NotEqual => "ledger-when-is-not",
            Relation::Less => "ledger-when-is-less",
            Relation::LessOrEqual => "ledger-when-is-at-most",
            Relation::Greater => "ledger-when-is-more",
            Relation::GreaterOrEqual => "ledger-when-is-at-least",
        };
        self.say(key, Args::new().text("what", what).text("value", value))
    }

    /// `a, b or c`; `None` for nothing.
    fn any(&self, values: impl Iterator<Item = String>) -> Option<String> {
        let mut all: Vec<String> = values.collect();
        let last = all.pop()?;
        if all.is_empty() {
            return Some(last);
        }
        Some(self.join("ledger-when-or", all.join(", "), last))
    }

    fn join(&self, key: &str, first: String, second: String) -> String {
        self.say(key, Args::new().text("first", first).text("second", second))
    }

    fn say(&self, key: &str, args: Args) -> String {
        self.locale.text(key, &args)
    }
}

fn number(of: &Expression) -> Option<i64> {
    match &of.expr {
        Expr::Literal(LiteralValue::Int(value)) => Some(*value.inner()),
        _ => None,
    }
}

fn text(of: &Expression) -> Option<&str> {
    match &of.expr {
        Expr::Literal(LiteralValue::String(value)) => Some(value.inner()),
        _ => None,
    }
}
